"""Who made a recorded call: CloudTrail's `userIdentity` as a caller that policies can judge.

Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from ddb_perimeter.policy.request import Caller, Kind
from ddb_perimeter.policy.world import Relation

_SERVICE_LINKED: Final = ":role/aws-service-role/"
_PRINCIPAL: Final = re.compile(r"arn:[a-z-]+:(iam|sts)::[0-9]{12}:[\w+=,.@/-]+", re.ASCII)
_ACCOUNT: Final = re.compile(r"[0-9]{12}", re.ASCII)
_KINDS_BY_ID: Final = {"AROA": Kind.ROLE, "AIDA": Kind.USER}


@dataclass(frozen=True, slots=True)
class Recorded:
    """A caller as far as its record tells.

    Args:
        caller: the caller; how its account stands to ours is for the judge to say.
        name: how reports call it.
        doubt: why its ARN cannot be told, or empty.
        service: the AWS service that made the call, for itself or for the caller; or empty.
        nobody: whether the record does not even tell an account.
    """

    caller: Caller
    name: str
    doubt: str = ""
    service: str = ""
    nobody: bool = False


def recorded(identity: object) -> Recorded:
    """Read a `userIdentity`; what it does not tell is said, never guessed.

    Args:
        identity: the element as it is recorded.
    """
    fields = identity if isinstance(identity, dict) else {}
    kind = _text(fields, "type")
    service = _text(fields, "invokedBy")
    if kind == "AWSService" and service:
        caller = Caller(Kind.SERVICE, Relation.NONE, service=service)
        return Recorded(caller, service, service=service)
    reader = {
        "AssumedRole": _role,
        "Role": _role,
        "IAMUser": _user,
        "Root": _root,
        "FederatedUser": _federated,
        "AWSAccount": _foreign,
    }.get(kind)
    found = reader(fields, service) if reader else None
    if found is not None:
        return found
    shown = kind or "no type"
    return Recorded(
        Caller(Kind.ANONYMOUS, Relation.NONE),
        f"somebody ({shown})",
        doubt=f"the record's userIdentity of type {shown} names no principal of IAM",
        service=service,
        nobody=True,
    )


def _role(fields: dict[str, object], service: str) -> Recorded | None:
    issuer = _issuer(fields)
    arn = _principal(issuer, "arn")
    session_arn = _principal(fields, "arn")
    unique, _, session = _text(fields, "principalId").partition(":")
    session = session or session_arn.rpartition("/")[2]
    if ":role/" in arn:
        kind = Kind.SERVICE_LINKED_ROLE if _SERVICE_LINKED in arn else Kind.ROLE
        caller = Caller(
            kind, Relation.NONE, _account(arn), arn=arn, session=session, unique_id=unique
        )
        return Recorded(caller, arn, service=service)
    if not session_arn:
        return None
    # The session's ARN lacks the path of the role's.
    caller = Caller(
        Kind.ROLE, Relation.NONE, _account(session_arn), session=session, unique_id=unique
    )
    name = session_arn.rpartition("/")[0]
    doubt = "the record has no sessionIssuer, so the ARN of the role is not known"
    return Recorded(caller, name, doubt, service)


def _user(fields: dict[str, object], service: str) -> Recorded | None:
    arn = _principal(fields, "arn")
    if ":user/" not in arn:
        return None
    unique = _text(fields, "principalId")
    caller = Caller(Kind.USER, Relation.NONE, _account(arn), arn=arn, unique_id=unique)
    return Recorded(caller, arn, service=service)


def _root(fields: dict[str, object], service: str) -> Recorded | None:
    arn = _principal(fields, "arn")
    if not arn.endswith(":root"):
        return None
    return Recorded(Caller(Kind.ROOT, Relation.NONE, _account(arn), arn=arn), arn, service=service)


def _federated(fields: dict[str, object], service: str) -> Recorded | None:
    arn = _principal(fields, "arn")
    if ":federated-user/" not in arn:
        return None
    issuer = _principal(_issuer(fields), "arn")
    caller = Caller(Kind.FEDERATED, Relation.NONE, _account(arn), arn=arn, issuer=issuer)
    return Recorded(caller, arn, service=service)


def _foreign(fields: dict[str, object], service: str) -> Recorded | None:
    """Read a caller of another account: its name is recorded only there."""
    account = _text(fields, "accountId")
    if not _ACCOUNT.fullmatch(account):
        return None
    unique, _, session = _text(fields, "principalId").partition(":")
    kind = _KINDS_BY_ID.get(unique[:4], Kind.ROLE)
    caller = Caller(kind, Relation.NONE, account, session=session, unique_id=unique)
    name = f"account {account} ({unique})" if unique else f"account {account}"
    doubt = f"the name of a caller is recorded only in its own account, {account}"
    return Recorded(caller, name, doubt, service)


def _issuer(fields: dict[str, object]) -> dict[str, object]:
    context = fields.get("sessionContext")
    issuer = context.get("sessionIssuer") if isinstance(context, dict) else None
    return issuer if isinstance(issuer, dict) else {}


def _principal(fields: dict[str, object], name: str) -> str:
    arn = _text(fields, name)
    return arn if _PRINCIPAL.fullmatch(arn) else ""


def _text(fields: dict[str, object], name: str) -> str:
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def _account(arn: str) -> str:
    return arn.split(":")[4]

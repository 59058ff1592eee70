"""Whom a Principal or NotPrincipal element names, and how strong a grant to them is."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Final

from ddb_perimeter.policy.match import Match
from ddb_perimeter.policy.patterns import Pattern, matcher, tokenize
from ddb_perimeter.policy.request import ROLES, Kind
from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from ddb_perimeter.policy.document import Principals, Value
    from ddb_perimeter.policy.request import Caller


class Document(enum.Enum):
    """What a policy is attached to: it decides how its principals are read."""

    IDENTITY = "identity policy"  # also permissions boundary, session policy, SCP
    RESOURCE = "resource policy"  # also RCP
    KEY = "key policy"
    TRUST = "trust policy"
    GATEWAY = "gateway endpoint policy"
    INTERFACE = "interface endpoint policy"


class Grant(enum.IntEnum):
    """How a principal element names a caller; each is stronger than the one before."""

    ACCOUNT = 0  # the account as a whole: its own policies must allow, too
    LIMITED = 1  # the role: permissions boundary and session policy still limit it
    DIRECT = 2  # the session, the user, or everyone: nothing else is needed in one account


Grants = dict[Grant, Match]
_KINDS: Final = {"Service": Kind.SERVICE, "Federated": Kind.PROVIDER}


def grants(principals: Principals, caller: Caller, document: Document) -> Grants:
    """Return how a Principal element names a caller, by strength of the grant.

    Args:
        principals: the element; not inverted.
        caller: who asks.
        document: what the policy is attached to.
    """
    if principals.everyone:
        return {Grant.DIRECT: Match.YES}
    found: Grants = {}
    for kind, value in principals.named:
        grant, match = _grant(kind, value, caller, document)
        if match is not Match.NO:
            found[grant] = max(match, found.get(grant, Match.NO))
    return found


def _grant(  # noqa: PLR0911 - one return per form of principal
    kind: str, value: Value, caller: Caller, document: Document
) -> tuple[Grant, Match]:
    """Return how one named principal names a caller."""
    if isinstance(value, Unknown):
        return Grant.DIRECT, Match.MAYBE
    if kind == "CanonicalUser":
        signed = caller.kind not in {Kind.ANONYMOUS, Kind.SERVICE, Kind.PROVIDER}
        return Grant.ACCOUNT, Match.MAYBE if signed else Match.NO
    if kind in _KINDS:
        if caller.kind is not _KINDS[kind]:
            return Grant.DIRECT, Match.NO
        name = caller.service or caller.provider
        if "*" in value or "?" in value:
            return Grant.DIRECT, _invalid(value, name)
        return Grant.DIRECT, Match.of(value == name)
    if value == "*":
        sure = caller.kind not in {Kind.SERVICE, Kind.PROVIDER}
        return Grant.DIRECT, Match.YES if sure else Match.MAYBE
    if caller.kind in {Kind.SERVICE, Kind.PROVIDER, Kind.ANONYMOUS}:
        return Grant.DIRECT, Match.NO
    if document is Document.GATEWAY:
        return _gateway(value, caller)
    return _named(value, caller)


def _named(value: str, caller: Caller) -> tuple[Grant, Match]:
    """Return how an `AWS` principal other than the star names a signed caller."""
    if value == caller.account or (value.startswith("arn:") and value.endswith(":root")):
        account = value if value == caller.account else value.split(":")[4:5][0]
        return Grant.ACCOUNT, Match.of(account == caller.account)
    if "*" in value or "?" in value:
        # AWS refuses wildcards inside a principal's ARN.
        best = max(_invalid(value, caller.arn), _invalid(value, caller.session_arn))
        return Grant.DIRECT, best
    if value in {caller.session_arn, caller.unique_id} and value:
        is_role_id = caller.kind in ROLES and value == caller.unique_id
        return Grant.LIMITED if is_role_id else Grant.DIRECT, Match.YES
    if value == caller.arn:
        return Grant.LIMITED if caller.kind in ROLES else Grant.DIRECT, Match.YES
    if value == caller.issuer and value:
        return Grant.LIMITED, Match.YES
    return Grant.DIRECT, Match.NO


def _gateway(value: str, caller: Caller) -> tuple[Grant, Match]:
    """Return how a gateway endpoint's policy names a caller: an account is its root user only."""
    grant, match = _named(value, caller)
    if grant is Grant.ACCOUNT and match is Match.YES:
        return Grant.DIRECT, Match.of(caller.kind is Kind.ROOT)
    # AWS documents the plain star and accounts only.
    return grant, Match.MAYBE if match is not Match.NO else Match.NO


def _invalid(value: str, name: str) -> Match:
    """Answer for a value with wildcards where AWS accepts none."""
    pattern = Pattern(tokenize(value, wildcards=True, variables=False))
    return Match.MAYBE if name and matcher(pattern)(name) else Match.NO


def excluded(principals: Principals, caller: Caller, *, bounded: bool) -> Match:
    """Say whether a Deny with NotPrincipal matches a caller, that is, denies it.

    A caller is exempt when the element lists its account and itself (of a role session: account,
    role and session); it is denied when it lists none of them. In between AWS only says that it
    may be denied. A caller with a permissions boundary is always denied.

    Args:
        principals: the element; inverted.
        caller: who asks.
        bounded: whether the caller has a permissions boundary.
    """
    if principals.everyone:
        return Match.NO
    if bounded and caller.kind in {Kind.USER, *ROLES}:
        return Match.YES
    needed = [caller.account, caller.arn]
    if caller.kind is Kind.ROOT:
        needed = [caller.account]
    elif caller.kind in ROLES:
        needed.append(caller.session_arn)
    elif caller.kind in {Kind.SERVICE, Kind.PROVIDER}:
        needed = [caller.service or caller.provider]
    elif caller.kind is Kind.ANONYMOUS:
        needed = []
    listed = [_is_listed(each, principals, caller) for each in needed]
    if listed and all(each is Match.YES for each in listed):
        return Match.NO
    if any(each is not Match.NO for each in listed):
        return Match.MAYBE
    return Match.YES


def _is_listed(name: str, principals: Principals, caller: Caller) -> Match:
    """Say whether a NotPrincipal element lists one of the names of a caller."""
    best = Match.NO
    for kind, value in principals.named:
        if isinstance(value, Unknown) or kind == "CanonicalUser":
            best = max(best, Match.MAYBE)
            continue
        if kind in _KINDS:
            same = caller.kind is _KINDS[kind] and value == name
        else:
            is_root = value.startswith("arn:") and value.endswith(":root")
            account = value.split(":")[4:5][0] if is_root and value.count(":") > 4 else value  # noqa: PLR2004
            same = name in {value, account} and caller.kind not in _KINDS.values()
        if same:
            return Match.YES
        if "*" in value or "?" in value:
            best = max(best, _invalid(value, name))
    return best

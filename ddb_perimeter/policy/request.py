"""A concrete request: who asks, from where, for what, with which condition keys."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ddb_perimeter.findings import Counterexample

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ddb_perimeter.policy.world import Relation

Keys = dict[str, tuple[str, ...]]


class Kind(enum.Enum):
    """What kind of principal a caller is."""

    ANONYMOUS = "an anonymous caller"
    SERVICE = "an AWS service"
    ROOT = "the root user"
    USER = "a user"
    ROLE = "a session of a role"
    SERVICE_LINKED_ROLE = "a service-linked role"
    FEDERATED = "a federated user"
    PROVIDER = "a user of an identity provider"


ROLES = frozenset({Kind.ROLE, Kind.SERVICE_LINKED_ROLE})
SIGNED = frozenset(Kind) - {Kind.ANONYMOUS, Kind.PROVIDER}
_TYPES = {
    Kind.ANONYMOUS: "Anonymous",
    Kind.ROOT: "Account",
    Kind.USER: "User",
    Kind.ROLE: "AssumedRole",
    Kind.SERVICE_LINKED_ROLE: "AssumedRole",
    Kind.FEDERATED: "FederatedUser",
}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks.

    Args:
        kind: what kind of principal.
        relation: how its account stands to ours; for a service, the account it acts for.
        account: its account; for a service, the account it acts for (`aws:SourceAccount`).
        organization: id of that account's organization, or empty.
        org_path: path of that account in its organization, or empty.
        arn: `aws:PrincipalArn`: of a role session, the role's ARN.
        session: session name of a role session.
        unique_id: the AROA… or AIDA… id; empty when it does not matter.
        service: service principal, e.g. ``dax.amazonaws.com``.
        source_arn: for a service, the resource it acts for (`aws:SourceArn`).
        provider: identity provider, e.g. ``accounts.google.com``.
        issuer: for a federated user, ARN of the user who asked for the session.
    """

    kind: Kind
    relation: Relation
    account: str = ""
    organization: str = ""
    org_path: str = ""
    arn: str = ""
    session: str = ""
    unique_id: str = ""
    service: str = ""
    source_arn: str = ""
    provider: str = ""
    issuer: str = ""

    @property
    def session_arn(self) -> str:
        """Return the ARN of the role session, or empty."""
        if self.kind not in ROLES:
            return ""
        parts = self.arn.split(":", 5)
        name = self.arn.rsplit("/", 1)[-1]
        partition = parts[1] if len(parts) > 1 else "aws"
        return f"arn:{partition}:sts::{self.account}:assumed-role/{name}/{self.session}"

    @property
    def user_id(self) -> str:
        """Return `aws:userid`, or empty."""
        if self.kind is Kind.ANONYMOUS:
            return "anonymous"
        if self.kind is Kind.ROOT:
            return self.account
        if self.kind is Kind.USER:
            return self.unique_id or "AIDACKCEVSQ6C2EXAMPLE"
        if self.kind in ROLES:
            return f"{self.unique_id or 'AROADBQP57FF2AEXAMPLE'}:{self.session}"
        if self.kind is Kind.FEDERATED:
            return f"{self.account}:{self.arn.rsplit('/', 1)[-1]}"
        return ""

    def keys(self) -> Keys:
        """Return the condition keys that the caller sets, by their names in lower case."""
        keys: dict[str, str] = {
            "aws:PrincipalType": _TYPES.get(self.kind, ""),
            "aws:userid": self.user_id,
        }
        if self.kind is Kind.ANONYMOUS:
            keys["aws:PrincipalAccount"] = "anonymous"
        elif self.kind is Kind.SERVICE:
            keys |= {
                "aws:PrincipalIsAWSService": "true",
                "aws:PrincipalServiceName": self.service,
                "aws:PrincipalServiceNamesList": self.service,
                "aws:SourceAccount": self.account,
                "aws:SourceArn": self.source_arn,
                "aws:SourceOrgID": self.organization,
                "aws:SourceOrgPaths": self.org_path,
            }
        elif self.kind is Kind.PROVIDER:
            keys["aws:FederatedProvider"] = self.provider
        else:
            keys |= {
                "aws:PrincipalIsAWSService": "false",
                "aws:PrincipalArn": self.arn,
                "aws:PrincipalAccount": self.account,
                "aws:PrincipalOrgID": self.organization,
                "aws:PrincipalOrgPaths": self.org_path,
                "kms:CallerAccount": self.account,
            }
        if self.kind is Kind.USER:
            keys["aws:username"] = self.arn.rsplit("/", 1)[-1]
        return {key: (value,) for key, value in keys.items() if value}

    def __str__(self) -> str:
        """Tell the caller in words a reader can act on."""
        if self.kind is Kind.SERVICE:
            whose = self.source_arn or self.account
            return f"{self.service} for {whose}" if whose else self.service
        if self.kind is Kind.PROVIDER:
            return f"a user of {self.provider}"
        if self.kind in ROLES and self.session:
            return self.session_arn if self.arn.startswith("arn:") else self.arn
        return self.arn or self.kind.value


class Path(enum.Enum):
    """Which way a request takes."""

    INTERNET = "the internet"
    ENDPOINT = "a VPC endpoint"
    FORWARDED = "an AWS service that forwards the caller's request"
    SERVICE = "an AWS service's own network"


@dataclass(frozen=True, slots=True)
class Origin:
    """From where a request comes.

    Args:
        path: which way it takes.
        address: public address, or of an endpoint call the private one; may be empty.
        endpoint: id of the endpoint.
        vpc: id of its VPC.
        account: account that owns the endpoint.
        organization: id of that account's organization, or empty.
        org_path: path of that account in its organization, or empty.
        called_via: services that forward the request, first to last.
    """

    path: Path
    address: str = ""
    endpoint: str = ""
    vpc: str = ""
    account: str = ""
    organization: str = ""
    org_path: str = ""
    called_via: tuple[str, ...] = ()

    def keys(self) -> Keys:
        """Return the condition keys that the origin sets."""
        keys: Keys = {"aws:ViaAWSService": (str(self.path is Path.FORWARDED).lower(),)}
        single = {
            "aws:SourceVpce": self.endpoint,
            "aws:SourceVpc": self.vpc,
            "aws:VpceAccount": self.account,
            "aws:VpceOrgID": self.organization,
            "aws:VpceOrgPaths": self.org_path,
        }
        at = "aws:VpcSourceIp" if self.path is Path.ENDPOINT else "aws:SourceIp"
        single[at] = self.address
        keys |= {key: (value,) for key, value in single.items() if value}
        if self.called_via:
            keys |= {
                "aws:CalledVia": self.called_via,
                "aws:CalledViaFirst": self.called_via[:1],
                "aws:CalledViaLast": self.called_via[-1:],
            }
        return keys

    def __str__(self) -> str:
        """Tell the origin in words."""
        if self.path is Path.ENDPOINT:
            return f"endpoint {self.endpoint}" + (f" in {self.vpc}" if self.vpc else "")
        if self.path is Path.FORWARDED and self.called_via:
            return f"{self.called_via[-1]}, which forwards the caller's request"
        if self.path is Path.INTERNET and self.address:
            return f"the internet ({self.address})"
        return str(self.path.value)


@dataclass(frozen=True, slots=True)
class Request:
    """One concrete request.

    Args:
        caller: who asks.
        origin: from where.
        action: what, e.g. ``dynamodb:GetItem``.
        resource: ARN on which, or ``*``.
        context: every other condition key it carries, spelled, with its values.
    """

    caller: Caller
    origin: Origin
    action: str
    resource: str
    context: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def keys(self) -> Keys:
        """Return every condition key of the request and its values."""
        return {**self.caller.keys(), **self.origin.keys(), **self.context}

    def counterexample(self, outcome: str, because: str) -> Counterexample:
        """Return the request as findings tell it.

        Args:
            outcome: ``allowed`` or ``denied``.
            because: why the policies answer so.
        """
        return Counterexample(
            caller=str(self.caller),
            action=self.action,
            resource=self.resource,
            origin=str(self.origin),
            outcome=outcome,
            because=because,
            context={key: ", ".join(values) for key, values in sorted(self.keys().items())},
        )

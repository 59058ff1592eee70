"""A request that is tried on every layer, and what is said about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ddb_perimeter.policy.layers import Layers
from ddb_perimeter.policy.patterns import opaque
from ddb_perimeter.policy.request import Caller, Kind, Origin, Path, Request
from ddb_perimeter.policy.world import Relation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ddb_perimeter.policy.world import World

INTERNET = Origin(Path.INTERNET, address="203.0.113.7")
SERVICE = Origin(Path.SERVICE)
"""A service that works with a role: neither an endpoint nor a forwarded request is seen."""
CLOUDFORMATION = Origin(
    Path.FORWARDED, address="203.0.113.7", called_via=("cloudformation.amazonaws.com",)
)
_ARN_FIELDS = 6


@dataclass(frozen=True, slots=True)
class Trial:
    """One request, and the layers below the organization's that decide about it.

    Args:
        purpose: what it is for, in words, e.g. ``the application reads the table``.
        request: the request.
        layers: policies of the resource, the caller and the endpoint.
    """

    purpose: str
    request: Request
    layers: Layers = field(default_factory=Layers)

    def is_ours(self, world: World) -> bool:
        """Say whether the resource is of our account; what has no ARN is.

        Args:
            world: our account.
        """
        return owner(self.request.resource, world.account) == world.account


@dataclass(frozen=True, slots=True)
class Place:
    """Where requests are made: an account and a Region, as their members see them.

    Args:
        world: the account, as a member of its organization.
    """

    world: World

    def arn(self, service: str, resource: str, *, account: str = "", region: str = "") -> str:
        """Return an ARN here, or elsewhere.

        Args:
            service: e.g. ``dynamodb``.
            resource: the last field.
            account: another account.
            region: another Region; IAM's ARNs have none.
        """
        where = "" if service == "iam" else region or self.world.region
        whose = account or self.world.account
        return f"arn:{self.world.partition}:{service}:{where}:{whose}:{resource}"

    def principal(self, arn: str) -> Caller:
        """Return a user, a session of a role, or a service-linked role of this account.

        Args:
            arn: its ARN.
        """
        kind = Kind.ROLE
        if ":user/" in arn:
            kind = Kind.USER
        elif ":role/aws-service-role/" in arn:
            kind = Kind.SERVICE_LINKED_ROLE
        return Caller(
            kind,
            Relation.OURS,
            account=self.world.account,
            organization=self.world.organization,
            arn=opaque(arn),
            session="" if kind is Kind.USER else "session",
        )

    def request(
        self,
        caller: Caller,
        action: str,
        resource: str,
        origin: Origin,
        context: Mapping[str, str] | None = None,
    ) -> Request:
        """Return a request over TLS, with the keys that follow from its resource.

        Args:
            caller: who asks.
            action: what.
            resource: ARN on which, or ``*``.
            origin: from where.
            context: further condition keys.
        """
        fields = resource.split(":", _ARN_FIELDS - 1)
        region = fields[3] if len(fields) == _ARN_FIELDS else ""
        account = opaque(owner(resource, self.world.account))
        keys = {
            "aws:SecureTransport": "true",
            "aws:RequestedRegion": region or self.world.region,
            "aws:ResourceAccount": account,
        }
        if self.world.organization and account == self.world.account:
            keys["aws:ResourceOrgID"] = self.world.organization
        keys |= context or {}
        return Request(
            caller, origin, action, opaque(resource), {key: (value,) for key, value in keys.items()}
        )


def owner(resource: str, ours: str) -> str:
    """Return the account of a resource; what has no account in its ARN is ours.

    Args:
        resource: an ARN, or ``*``.
        ours: our account.
    """
    fields = opaque(resource).split(":", _ARN_FIELDS - 1)
    return fields[4] if len(fields) == _ARN_FIELDS and fields[4] else ours

"""What is known about the account whose policies are judged."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from datetime import UTC, datetime

from ddb_perimeter.policy.patterns import opaque


class Relation(enum.Enum):
    """How the account of a caller stands to ours."""

    __hash__ = object.__hash__  # members are compared by the million: skip Enum's own hash

    OURS = "our account"
    ORGANIZATION = "an account of our organization"
    FRIENDLY = "a declared friendly account"
    STRANGER = "a stranger's account"
    NONE = "no account"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A VPC endpoint.

    Args:
        id: ``vpce-…``, or a placeholder for one that the template creates.
        vpc: id of its VPC.
        account: account that owns it.
    """

    id: str
    vpc: str = ""
    account: str = ""

    def __post_init__(self) -> None:
        """Spell placeholders as policies are read."""
        for name in ("id", "vpc", "account"):
            object.__setattr__(self, name, opaque(getattr(self, name)))


@dataclass(frozen=True, slots=True)
class World:
    """Our account, and what surrounds it.

    Args:
        account: our account id, or a placeholder.
        region: Region of the resources, e.g. ``eu-west-1``.
        partition: ``aws``, ``aws-cn`` or ``aws-us-gov``.
        organization: id of our organization, or empty when none is declared.
        organization_accounts: declared accounts of our organization.
        friendly_accounts: declared accounts outside it that are trusted.
        endpoints: declared endpoints, ours or not.
        management_account: whether our account is the management account of its organization.
        now: the instant at which the proof is made; dates in policies compare with it.
    """

    account: str
    region: str = "us-east-1"
    partition: str = "aws"
    organization: str = ""
    organization_accounts: tuple[str, ...] = ()
    friendly_accounts: tuple[str, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    management_account: bool = False
    now: datetime = field(default_factory=lambda: datetime.now(tz=UTC))

    def __post_init__(self) -> None:
        """Spell placeholders as policies are read."""
        object.__setattr__(self, "account", opaque(self.account))
        object.__setattr__(self, "region", opaque(self.region))
        for name in ("organization_accounts", "friendly_accounts"):
            object.__setattr__(self, name, tuple(map(opaque, getattr(self, name))))

    def relation(self, account: str, organization: str = "") -> Relation:
        """Return how an account stands to ours.

        Args:
            account: its id; empty for callers without one.
            organization: id of its organization, or empty.
        """
        if not account:
            return Relation.NONE
        if account == self.account:
            return Relation.OURS
        if account in self.organization_accounts or (
            organization and organization == self.organization
        ):
            return Relation.ORGANIZATION
        if account in self.friendly_accounts:
            return Relation.FRIENDLY
        return Relation.STRANGER

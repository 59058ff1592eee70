"""What the user declares to be inside: accounts, endpoints, VPCs and named exemptions."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Final

EXISTING: Final = (
    "backup-plan",
    "config-rules",
    "flow-logs",
    "log-bucket",
    "recorder",
    "table-key",
    "trail",
)
"""What may be declared to exist although nothing that is checked declares it."""


def current_day() -> date:
    """Return today's date in UTC, so that every machine agrees on what has expired."""
    return datetime.now(tz=UTC).date()


@dataclass(frozen=True, slots=True)
class DeclaredExemption:
    """A principal that the user lets through on purpose.

    Args:
        arn: the exact ARN of a role, a user or an account root.
        reason: why it is let through, in one sentence.
        expires: last day on which the exemption counts; None when it never ends.
    """

    arn: str
    reason: str
    expires: date | None = None

    def expired(self, today: date) -> bool:
        """Say whether the last day of the exemption has passed."""
        return self.expires is not None and self.expires < today


class Duty(enum.Enum):
    """What somebody who is in no template has to be able to do."""

    DEPLOY = "changes the stacks as CloudFormation"
    HAND_OVER = "starts a deployment"
    BOOTSTRAP = "sets the account up"
    EXPORT = "exports the table"
    RESTORE = "restores the table"
    BACK_UP = "backs the table up"
    BREAK_GLASS = "repairs what nobody else can"


@dataclass(frozen=True, slots=True)
class Operator:
    """Somebody who works with the perimeter and is in no template.

    Args:
        duty: what for.
        role: the ARN of a role or user, or the name of a role, in which ``{account}`` and
            ``{region}`` stand for where it works.
    """

    duty: Duty
    role: str

    def arn(self, partition: str, account: str, region: str) -> str:
        """Return its ARN where it works.

        Args:
            partition: e.g. ``aws``.
            account: account id.
            region: Region code.
        """
        if self.role.startswith("arn:"):
            return self.role
        name = self.role.replace("{account}", account).replace("{region}", region)
        return f"arn:{partition}:iam::{account}:role/{name}"


@dataclass(frozen=True, slots=True)
class Perimeter:
    """What is inside besides that which the templates declare themselves.

    Args:
        accounts: account ids that belong to the perimeter.
        organization: id of the AWS organization whose principals belong to it, or empty.
        endpoints: ids of VPC endpoints that are declared elsewhere.
        vpcs: ids of VPCs that are declared elsewhere.
        regions: Regions that may hold replicas although no stack is deployed there.
        existing: what an account has already, so that the templates need not declare it; words
            of `EXISTING`. A control that would ask for it takes the user's word.
        exemptions: principals that are let through, each with its reason.
        member_of: id of the organization that the accounts belong to, or empty; unlike
            `organization`, it lets nobody in.
        units: ids of organizational units, roots and accounts, of which each account is in one:
            a policy that is attached to all of them binds it.
        operators: who deploys, restores and so on, and is in no template.
        today: the day on which exemptions are judged.
    """

    accounts: frozenset[str] = frozenset()
    organization: str = ""
    endpoints: frozenset[str] = frozenset()
    vpcs: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    existing: frozenset[str] = frozenset()
    exemptions: tuple[DeclaredExemption, ...] = ()
    member_of: str = ""
    units: frozenset[str] = frozenset()
    operators: tuple[Operator, ...] = ()
    today: date = field(default_factory=current_day)

    def exemption(self, arn: str) -> DeclaredExemption | None:
        """Return the declared exemption of exactly this principal, expired or not."""
        return next((declared for declared in self.exemptions if declared.arn == arn), None)

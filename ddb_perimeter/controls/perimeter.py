"""What the user declares to be inside: accounts, endpoints, VPCs and named exemptions."""

from __future__ import annotations

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
        today: the day on which exemptions are judged.
    """

    accounts: frozenset[str] = frozenset()
    organization: str = ""
    endpoints: frozenset[str] = frozenset()
    vpcs: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    existing: frozenset[str] = frozenset()
    exemptions: tuple[DeclaredExemption, ...] = ()
    today: date = field(default_factory=current_day)

    def exemption(self, arn: str) -> DeclaredExemption | None:
        """Return the declared exemption of exactly this principal, expired or not."""
        return next((declared for declared in self.exemptions if declared.arn == arn), None)

"""What a control is, and the words in which it is written.

A control is a generator over one inventory that judges every resource it is about::

    @control(
        id="ddb-pitr",
        title="Point-in-time recovery is on",
        severity=Severity.MEDIUM,
        why="Without it, a deleted item is gone.",
        source="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/…",
        fix="Set PointInTimeRecoveryEnabled to true.",
        types=("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"),
    )
    def point_in_time_recovery(inventory: Inventory, _: Perimeter) -> Judgments:
        for table in inventory.tables:
            if table.recovery:
                yield holds(table.subject)
            else:
                yield broken(table.subject, "PointInTimeRecoveryEnabled is false.")

Being defined in an area module that `catalogue.AREAS` names is all that it takes to be run.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Generic, TypeAlias, TypeVar

from ddb_perimeter.controls.perimeter import Perimeter
from ddb_perimeter.findings import Evidence, Exemption, Exposure, Severity, Subject, Verdict

if TYPE_CHECKING:
    from ddb_perimeter.findings import Counterexample
    from ddb_perimeter.unknown import Unknown

I = TypeVar("I")  # noqa: E741 - the inventory that a control reads
"""The inventory that a control reads."""

_SLUG: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)+")
_NOWHERE: Final = Evidence()


class Where(enum.StrEnum):
    """Of what a question can be asked: some things only a template says, others only an account."""

    ANYWHERE = "templates and accounts"
    TEMPLATES = "templates"
    ACCOUNTS = "accounts"


@dataclass(frozen=True, slots=True)
class Judgment:
    """What a control concludes about one resource.

    Args:
        subject: the resource.
        verdict: whether the control holds for it.
        message: what is wrong or cannot be told, in one sentence; empty when it holds.
        exposure: what it means for the data.
        evidence: the place in the source.
        counterexample: the request that proves it.
        severity: how bad it is here; None takes the control's severity.
        fix: what to do about it here; empty takes the control's fix.
    """

    subject: Subject
    verdict: Verdict
    message: str = ""
    exposure: Exposure = Exposure.NONE
    evidence: Evidence = _NOWHERE
    counterexample: Counterexample | None = None
    severity: Severity | None = None
    fix: str = ""

    def __post_init__(self) -> None:
        """Refuse a judgment that a report could not stand behind."""
        if self.verdict is not Verdict.HOLDS and not self.message:
            raise ValueError(f"{self.subject.logical_id}: {self.verdict} needs a message")
        if self.exposure is Exposure.REACHABLE and self.counterexample is None:
            raise ValueError(f"{self.subject.logical_id}: reachable needs a counterexample")


Judgments: TypeAlias = Iterable[Judgment | Exemption]
Check: TypeAlias = Callable[[I, Perimeter], Judgments]


@dataclass(frozen=True, slots=True)
class Control(Generic[I]):
    """One question about the perimeter, and how it is answered.

    Args:
        id: slug, unique in the catalogue, e.g. ``ddb-deny-outside-vpce``.
        title: what must hold, in one line.
        severity: how bad it is when it does not.
        why: what happens then.
        source: URL of the page that says so.
        fix: what to do about it.
        types: CloudFormation types that the check reads; only the conditions that these
            resources depend on are combined.
        check: judges the resources of one inventory.
        where: of what it is asked.
    """

    id: str
    title: str
    severity: Severity
    why: str
    source: str
    fix: str
    types: frozenset[str]
    check: Check[I]
    where: Where = Where.ANYWHERE

    def __post_init__(self) -> None:
        """Refuse metadata that `explain` could not show."""
        if not _SLUG.fullmatch(self.id):
            raise ValueError(f"control id {self.id!r}: use lower-case words joined by hyphens")
        for name in ("title", "why", "fix"):
            if not getattr(self, name).strip():
                raise ValueError(f"{self.id}: {name} is empty")
        if not self.source.startswith("https://"):
            raise ValueError(f"{self.id}: source {self.source!r} is no https URL")
        if not self.types:
            raise ValueError(f"{self.id}: name the CloudFormation types that it reads")


def control(  # noqa: PLR0913 - one argument per word of a control
    *,
    id: str,  # noqa: A002 - the catalogue's own word
    title: str,
    severity: Severity,
    why: str,
    source: str,
    fix: str,
    types: Iterable[str],
    where: Where = Where.ANYWHERE,
) -> Callable[[Check[I]], Control[I]]:
    """Turn the generator below into the control that these words describe."""

    def decorate(check: Check[I]) -> Control[I]:
        return Control(
            id=id,
            title=title,
            severity=severity,
            why=why,
            source=source,
            fix=fix,
            types=frozenset(types),
            check=check,
            where=where,
        )

    return decorate


def holds(subject: Subject) -> Judgment:
    """Say that the control holds for this resource."""
    return Judgment(subject, Verdict.HOLDS)


def broken(
    subject: Subject,
    message: str,
    *,
    exposure: Exposure = Exposure.NONE,
    evidence: Evidence = _NOWHERE,
    counterexample: Counterexample | None = None,
    severity: Severity | None = None,
    fix: str = "",
) -> Judgment:
    """Say that the control does not hold for this resource.

    Args:
        subject: the resource.
        message: what is wrong, in one sentence that names the value.
        exposure: what it means for the data; `reachable` needs a counterexample.
        evidence: the place in the source.
        counterexample: the request that proves it.
        severity: how bad it is here, where that differs from the control's severity.
        fix: what to do here, where that differs from the control's fix.
    """
    return Judgment(
        subject,
        Verdict.BROKEN,
        message,
        exposure=exposure,
        evidence=evidence,
        counterexample=counterexample,
        severity=severity,
        fix=fix,
    )


def unknown(
    subject: Subject, why: str, *, evidence: Evidence = _NOWHERE, fix: str = ""
) -> Judgment:
    """Say that nobody could look; it fails like `broken`, at the control's own severity.

    Args:
        subject: the resource.
        why: what cannot be told, and why, in one sentence.
        evidence: the place in the source.
        fix: what to do here, where that differs from the control's fix.
    """
    return Judgment(subject, Verdict.UNKNOWN, why, evidence=evidence, fix=fix)


def exempt(subject: Subject, principal: str, reason: str, *, expires: str = "") -> Exemption:
    """Name a principal that a Deny of this resource lets through on purpose.

    Args:
        subject: the resource whose policy lets it through.
        principal: the ARN, ARN pattern or service condition.
        reason: why, in one sentence.
        expires: ISO date after which it is denied again, or empty.
    """
    return Exemption(principal, subject, reason, expires)


def unresolved(
    subject: Subject, name: str, value: Unknown, *, evidence: Evidence = _NOWHERE, fix: str = ""
) -> Judgment:
    """Say that nobody could look, because a value cannot be resolved.

    Args:
        subject: the resource.
        name: what the value is of, e.g. ``SSESpecification.SSEEnabled``.
        value: the value.
        evidence: the place in the source.
        fix: what to do here, where that differs from the control's fix.
    """
    return unknown(
        subject,
        f"{name} is {value.text or 'not told'}, which cannot be resolved: {value.why}.",
        evidence=evidence,
        fix=fix,
    )

"""What a check concludes: verdicts, findings, exemptions and the requests that prove them."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Verdict(enum.StrEnum):
    """The answer to one question; `unknown` says that nobody could look, and never passes."""

    HOLDS = "holds"
    UNKNOWN = "unknown"
    BROKEN = "broken"

    @classmethod
    def worst(cls, verdicts: Iterable[Verdict]) -> Verdict:
        """Return the verdict of a whole from those of its parts; of nothing, it holds."""
        order = list(cls)
        return max(verdicts, key=order.index, default=cls.HOLDS)


class Severity(enum.StrEnum):
    """How bad a broken control is, least first."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """Return 0 for the least severe, counting up."""
        return list(type(self)).index(self)


class Exposure(enum.StrEnum):
    """What a finding means for the data."""

    NONE = "none"  # posture: no layer of the perimeter is lost
    WEAKENED = "weakened"  # one layer is lost, another still holds
    REACHABLE = "reachable"  # an outside request or packet passes every layer


@dataclass(frozen=True, slots=True)
class Subject:
    """The resource that a finding is about.

    Args:
        type: CloudFormation type, e.g. ``AWS::DynamoDB::GlobalTable``.
        logical_id: logical id in its template, or the physical name in an account.
        stack: stack name; empty when there is none.
        region: Region code, e.g. ``eu-west-1``.
        template: file that declares it, relative to the path that was checked.
        path: construct path that CDK recorded, or empty.
    """

    type: str
    logical_id: str
    stack: str = ""
    region: str = ""
    template: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The place in the source that a finding rests on.

    Args:
        pointer: property path inside the resource, e.g.
            ``Properties.PolicyDocument.Statement[0]``.
        sid: the offending statement's Sid, or empty.
        line: line of the template, counted from 1, or None when it is not known.
        source: Python file and line that created the resource, where CDK recorded it.
    """

    pointer: str = ""
    sid: str = ""
    line: int | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Counterexample:
    """A concrete request (or packet) that shows why a control is broken.

    Args:
        caller: who asks, e.g. ``arn:aws:iam::444455556666:user/stranger``.
        action: what is asked, e.g. ``dynamodb:GetItem`` or ``tcp/9111``.
        resource: on what, as an ARN or an address.
        origin: from where, as words: ``the internet``, ``endpoint vpce-…``.
        outcome: ``allowed`` or ``denied``: what the policies answer.
        because: why they answer so, e.g. ``AllowPublicRead lets it through``.
        context: further condition keys of the request and their values.
    """

    caller: str
    action: str
    resource: str
    origin: str
    outcome: str
    because: str
    context: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        """Tell the request as one sentence."""
        return (
            f"{self.caller} calls {self.action} on {self.resource} from {self.origin}: "
            f"{self.outcome}, because {self.because}"
        )


@dataclass(frozen=True, slots=True)
class Finding:
    """One control that does not hold for one resource.

    Args:
        control: id of the control.
        verdict: `broken` or `unknown`; what holds is no finding.
        severity: how bad it is.
        subject: the resource.
        message: what is wrong, in one sentence that names the value.
        fix: what to do about it.
        exposure: what it means for the data.
        evidence: the place in the source.
        counterexample: the request that proves it, where one exists.
    """

    control: str
    verdict: Verdict
    severity: Severity
    subject: Subject
    message: str
    fix: str
    exposure: Exposure = Exposure.NONE
    evidence: Evidence = Evidence()
    counterexample: Counterexample | None = None

    def __post_init__(self) -> None:
        """Refuse a finding that says that all is well."""
        if self.verdict is Verdict.HOLDS:
            raise ValueError(f"{self.control}: a control that holds is no finding")


@dataclass(frozen=True, slots=True)
class Exemption:
    """A principal that a Deny lets through on purpose: always named, always reported.

    Args:
        principal: the ARN, ARN pattern or service condition that is let through.
        subject: the resource whose policy lets it through.
        reason: why, in one sentence.
        expires: ISO date after which it is denied again, or empty.
    """

    principal: str
    subject: Subject
    reason: str
    expires: str = ""


@dataclass(frozen=True, slots=True)
class ControlResult:
    """How one control came out over every resource that it looked at.

    Args:
        id: id of the control.
        verdict: the worst of its findings; `holds` without any.
        resources: number of resources that it judged.
        subjects: those resources, where the run kept them.
    """

    id: str
    verdict: Verdict
    resources: int
    subjects: tuple[Subject, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that one run found out, in a stable order.

    Args:
        findings: what does not hold.
        exemptions: who is let through, and why.
        controls: how each control came out.
    """

    findings: tuple[Finding, ...] = ()
    exemptions: tuple[Exemption, ...] = ()
    controls: tuple[ControlResult, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """Return the worst verdict of any control or finding."""
        return Verdict.worst(
            [*(f.verdict for f in self.findings), *(c.verdict for c in self.controls)]
        )

"""How every report calls resources, places and verdicts, safely for a terminal and for XML."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from ddb_perimeter.findings import Exposure, Severity, Verdict

if TYPE_CHECKING:
    from ddb_perimeter.findings import Evidence, Finding, Result, Subject

# Control characters, lone surrogates, direction overrides and line separators: a template is
# somebody else's text, and may neither steer a terminal nor break a line or an XML document.
_UNPRINTABLE: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)


def printable(text: str) -> str:
    r"""Spell what cannot be printed as an escape, e.g. ``\x1b``, on one line."""
    return _UNPRINTABLE.sub(lambda match: ascii(match.group())[1:-1], text)


def count(number: int, noun: str) -> str:
    """Return ``1 finding`` or ``2 findings``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def name(subject: Subject) -> str:
    """Call a resource by its type and logical id."""
    if not subject.logical_id:
        return "The input as a whole"
    return " ".join(part for part in (subject.type, subject.logical_id) if part)


def home(subject: Subject) -> str:
    """Say where a resource lives: stack, Region, template and construct path."""
    parts = (
        f"stack {subject.stack}" if subject.stack else "",
        subject.region,
        subject.template,
        subject.path,
    )
    return ", ".join(part for part in parts if part)


def place(subject: Subject, evidence: Evidence) -> str:
    """Say where the evidence is: Sid, template and line, property path."""
    parts = (
        f"statement {evidence.sid}" if evidence.sid else "",
        _line(subject, evidence),
        evidence.pointer,
    )
    return ", ".join(part for part in parts if part)


def _line(subject: Subject, evidence: Evidence) -> str:
    if evidence.line is None:
        return subject.template
    return f"{subject.template}:{evidence.line}" if subject.template else f"line {evidence.line}"


def tally(findings: tuple[Finding, ...]) -> str:
    """Count findings by severity, worst first: ``1 critical, 2 high``."""
    counted = Counter(finding.severity for finding in findings)
    return ", ".join(
        f"{counted[severity]} {severity}" for severity in reversed(Severity) if counted[severity]
    )


def judged(result: Result) -> int:
    """Return how many resources were judged, each counted once."""
    subjects = {subject for control in result.controls for subject in control.subjects}
    return max([len(subjects), *(control.resources for control in result.controls)])


def verdict_line(result: Result) -> str:
    """Tell the verdict and its weight in one line."""
    verdict = result.verdict
    if verdict is Verdict.HOLDS:
        resources = judged(result)
        if resources == 0:
            return "holds: but no control found a resource to judge"
        return (
            f"holds: {count(len(result.controls), 'control')} over "
            f"{count(resources, 'resource')}, {count(len(result.exemptions), 'exemption')}"
        )
    if result.findings:
        worst = max((finding.severity for finding in result.findings), key=lambda s: s.rank)
        told = f"{count(len(result.findings), 'finding')}, the worst {worst}"
    else:
        failing = sum(control.verdict is not Verdict.HOLDS for control in result.controls)
        told = f"{count(failing, 'control')} without a finding"
    if any(finding.exposure is Exposure.REACHABLE for finding in result.findings):
        return f"{verdict}: {told}; data is reachable from outside"
    if verdict is Verdict.UNKNOWN:
        return f"{verdict}: {told}; what cannot be judged does not pass"
    return f"{verdict}: {told}"

"""The report that CI servers show beside their test results: JUnit XML.

One test case per control and resource that it judged: `broken` is a failure, `unknown` an
error, and a control that found nothing to judge is skipped.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ddb_perimeter.findings import ControlResult, Finding, Result, Subject, Verdict
from ddb_perimeter.report.wording import home, name, place, printable, verdict_line

if TYPE_CHECKING:
    from collections.abc import Iterator

SUITE: Final = "ddb-perimeter"

_OUTCOMES: Final = {Verdict.BROKEN: "failure", Verdict.UNKNOWN: "error"}


@dataclass(frozen=True, slots=True)
class _Case:
    """One control on one resource; without a resource, one control that judged none."""

    control: str
    subject: Subject | None
    verdict: Verdict
    findings: tuple[Finding, ...] = ()

    @property
    def outcome(self) -> str:
        if self.subject is None and self.verdict is Verdict.HOLDS:
            return "skipped"
        return _OUTCOMES.get(self.verdict, "")


def render(result: Result) -> str:
    """Return the report as JUnit XML, without times: the same result is the same bytes."""
    cases = list(_cases(result))
    outcomes = Counter(case.outcome for case in cases)
    totals = {
        "name": SUITE,
        "tests": str(len(cases)),
        "failures": str(outcomes["failure"]),
        "errors": str(outcomes["error"]),
        "skipped": str(outcomes["skipped"]),
        "time": "0",
    }
    root = ET.Element("testsuites", {key: totals[key] for key in totals if key != "skipped"})
    suite = ET.SubElement(root, "testsuite", totals)
    for case in cases:
        _write(suite, case)
    ET.SubElement(suite, "system-out").text = "\n".join(_told(result))
    ET.indent(root)
    body = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


def _cases(result: Result) -> Iterator[_Case]:
    by_control: dict[str, dict[Subject, list[Finding]]] = {}
    for finding in result.findings:
        subjects = by_control.setdefault(finding.control, {})
        subjects.setdefault(finding.subject, []).append(finding)
    known = {control.id for control in result.controls}
    for control in result.controls:
        yield from _control_cases(control, by_control.get(control.id, {}))
    for identifier, found in by_control.items():
        if identifier not in known:
            yield from _control_cases(ControlResult(identifier, Verdict.HOLDS, 0), found)


def _control_cases(control: ControlResult, found: dict[Subject, list[Finding]]) -> Iterator[_Case]:
    for subject in dict.fromkeys([*control.subjects, *found]):
        findings = tuple(found.get(subject, ()))
        verdict = Verdict.worst(finding.verdict for finding in findings)
        yield _Case(control.id, subject, verdict, findings)
    nameless = not control.subjects and not found
    if nameless and control.resources and control.verdict is Verdict.HOLDS:
        yield _Case(control.id, Subject("", ""), Verdict.HOLDS)
    elif nameless or (control.verdict is not Verdict.HOLDS and not found):
        yield _Case(control.id, None, control.verdict)


def _write(suite: ET.Element, case: _Case) -> None:
    element = ET.SubElement(
        suite,
        "testcase",
        {"classname": printable(case.control), "name": _title(case), "time": "0"},
    )
    if not case.outcome:
        return
    if case.outcome == "skipped":
        ET.SubElement(element, "skipped", {"message": "no resource to judge"})
        return
    first = case.findings[0].message if case.findings else f"{case.control} is {case.verdict}"
    more = f" (and {len(case.findings) - 1} more)" if len(case.findings) > 1 else ""
    kind = case.findings[0].severity.value if case.findings else case.verdict.value
    detail = ET.SubElement(
        element, case.outcome, {"message": printable(first) + more, "type": kind}
    )
    detail.text = "\n\n".join(_explained(finding) for finding in case.findings)


def _title(case: _Case) -> str:
    if case.subject is None:
        return "no resource" if case.verdict is Verdict.HOLDS else "the control as a whole"
    if not case.subject.logical_id:
        return "every resource" if not case.findings else name(case.subject)
    lives = home(case.subject)
    return printable(f"{name(case.subject)} ({lives})" if lives else name(case.subject))


def _explained(finding: Finding) -> str:
    lines = [f"{finding.severity}: {finding.message}"]
    lines += [
        f"{label}: {text}"
        for label, text in (
            ("exposure", finding.exposure.value),
            ("at", place(finding.subject, finding.evidence)),
            ("from", finding.evidence.source),
            ("request", str(finding.counterexample or "")),
            ("fix", finding.fix),
        )
        if text
    ]
    return "\n".join(printable(line) for line in lines)


def _told(result: Result) -> Iterator[str]:
    yield verdict_line(result)
    for exemption in result.exemptions:
        until = f" (until {exemption.expires})" if exemption.expires else ""
        yield printable(
            f"exemption: {exemption.principal} on {name(exemption.subject)}: "
            f"{exemption.reason}{until}"
        )

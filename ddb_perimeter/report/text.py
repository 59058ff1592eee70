"""The report that a person reads: verdict first, then findings by resource, then exemptions."""

from __future__ import annotations

import functools
import io
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ddb_perimeter.findings import Exposure, Severity, Verdict
from ddb_perimeter.report.wording import count, home, name, place, printable, tally, verdict_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ddb_perimeter.findings import Counterexample, Exemption, Finding, Result, Subject

WIDTH: Final = 80
"""Columns when nobody's terminal says otherwise."""

_VERDICT_STYLES: Final = {
    Verdict.HOLDS: "bold green",
    Verdict.UNKNOWN: "bold yellow",
    Verdict.BROKEN: "bold red",
}
_SEVERITY_STYLES: Final = {
    Severity.INFO: "cyan",
    Severity.LOW: "cyan",
    Severity.MEDIUM: "yellow",
    Severity.HIGH: "red",
    Severity.CRITICAL: "bold red",
}
_EXPOSURE_WORDS: Final = {
    Exposure.REACHABLE: ", data is reachable",
    Exposure.WEAKENED: ", one layer is lost",
    Exposure.NONE: "",
}
# Who asks, from where and on what: the sentence says these already. JSON has them all.
_TOLD_BY_THE_SENTENCE: Final = frozenset(
    {
        "aws:PrincipalAccount",
        "aws:PrincipalArn",
        "aws:PrincipalIsAWSService",
        "aws:PrincipalType",
        "aws:RequestedRegion",
        "aws:ResourceAccount",
        "aws:SourceIp",
        "aws:SourceVpc",
        "aws:SourceVpce",
        "aws:ViaAWSService",
        "aws:VpcSourceIp",
        "aws:VpceAccount",
        "aws:userid",
        "aws:username",
        "kms:CallerAccount",
    }
)


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    style: str = ""


def render(
    result: Result, *, width: int = WIDTH, colour: bool = False, notes: Sequence[str] = ()
) -> str:
    """Return the report as text.

    Args:
        result: what the run found out.
        width: columns to wrap at; words longer than a line, such as ARNs, stay whole.
        colour: whether to style it for a terminal.
        notes: last lines, e.g. why the exit code differs from the verdict.
    """
    lines = list(_lines(result, width, notes))
    if colour:
        return _styled(lines, width)
    return "".join(f"{line.text}\n" for line in lines)


def _styled(lines: list[_Line], width: int) -> str:
    # Rich takes longer to import than everything else; plain text does without it.
    from rich.console import Console  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    console = Console(
        file=io.StringIO(),
        force_terminal=True,
        color_system="standard",
        no_color=False,
        width=width,
    )
    with console.capture() as capture:
        for line in lines:
            console.print(Text(line.text, style=line.style), soft_wrap=True)
    return capture.get()


def _lines(result: Result, width: int, notes: Sequence[str]) -> Iterator[_Line]:
    yield _Line(verdict_line(result), _VERDICT_STYLES[result.verdict])
    by_subject: dict[Subject, list[Finding]] = {}
    for finding in result.findings:
        by_subject.setdefault(finding.subject, []).append(finding)
    for subject, findings in by_subject.items():
        yield _Line("")
        yield from _wrapped(name(subject), width, style="bold")
        yield from _wrapped(home(subject), width, indent=2, style="dim")
        for alike in _alike(findings):
            yield from _finding(alike, width)
    yield from _exemptions(result.exemptions, width)
    yield _Line("")
    yield from _wrapped(_summary(result), width)
    for note in notes:
        yield from _wrapped(note, width)


def _alike(findings: Iterable[Finding]) -> Iterable[list[Finding]]:
    """Put findings together that say the same of different controls, e.g. of a macro."""
    groups: dict[object, list[Finding]] = {}
    for finding in findings:
        told = str(finding.counterexample or "")
        key = (finding.verdict, finding.message, finding.fix, finding.evidence, told)
        groups.setdefault((*key, finding.exposure), []).append(finding)
    return groups.values()


def _finding(alike: Sequence[Finding], width: int) -> Iterator[_Line]:
    yield _Line("")
    finding = alike[0]
    controls = list(dict.fromkeys(one.control for one in alike))
    head = (
        f"{controls[0]} is {finding.verdict}{_EXPOSURE_WORDS[finding.exposure]}"
        if len(controls) == 1
        else f"{finding.verdict} for {len(controls)} controls: {', '.join(controls)}"
    )
    yield from _wrapped(
        f"{finding.severity}: {head}",
        width,
        indent=2,
        hang=2,
        style=_SEVERITY_STYLES[finding.severity],
    )
    yield from _wrapped(finding.message, width, indent=4)
    yield from _labelled("at", place(finding.subject, finding.evidence), width, style="dim")
    yield from _labelled("from", finding.evidence.source, width, style="dim")
    if finding.counterexample is not None:
        yield from _labelled("request", _told(finding.counterexample), width)
    yield from _labelled("fix", finding.fix, width)


def _told(counterexample: Counterexample) -> str:
    context = ", ".join(
        f"{key} = {value}"
        for key, value in sorted(counterexample.context.items())
        if key not in _TOLD_BY_THE_SENTENCE
    )
    return f"{counterexample} (with {context})" if context else str(counterexample)


def _exemptions(exemptions: tuple[Exemption, ...], width: int) -> Iterator[_Line]:
    if not exemptions:
        return
    yield _Line("")
    yield _Line("Exemptions, let through on purpose", "bold")
    by_principal: dict[tuple[str, str, str], list[Exemption]] = {}
    for exemption in exemptions:
        key = (exemption.principal, exemption.reason, exemption.expires)
        by_principal.setdefault(key, []).append(exemption)
    for (principal, reason, expires), members in by_principal.items():
        yield _Line("")
        yield from _wrapped(principal, width, indent=2)
        yield from _labelled("why", reason, width)
        yield from _labelled("until", expires, width)
        for exemption in members:
            subject = exemption.subject
            lives = ", ".join(part for part in (subject.stack, subject.region) if part)
            yield from _labelled(
                "on", f"{name(subject)} ({lives})" if lives else name(subject), width
            )


def _summary(result: Result) -> str:
    verdicts = [control.verdict for control in result.controls]
    controls = ", ".join(
        f"{verdicts.count(verdict)} {verdict}" for verdict in Verdict if verdict in verdicts
    )
    parts = [
        count(len(result.controls), "control") + (f" ({controls})" if controls else ""),
        count(len(result.findings), "finding")
        + (f" ({tally(result.findings)})" if result.findings else ""),
        count(len(result.exemptions), "exemption"),
    ]
    return "; ".join(parts)


def _labelled(label: str, text: str, width: int, *, style: str = "") -> Iterator[_Line]:
    if text:
        yield from _wrapped(f"{label}: {text}", width, indent=4, hang=2, style=style)


def _wrapped(
    text: str, width: int, *, indent: int = 0, hang: int = 0, style: str = ""
) -> Iterator[_Line]:
    for line in _broken(text, width, indent, hang):
        yield _Line(line, style)


@functools.lru_cache(maxsize=1024)  # what one Region's resources are told, the others' are too
def _broken(text: str, width: int, indent: int, hang: int) -> list[str]:
    """Break at spaces only, so that ARNs and property paths can be copied whole."""
    return textwrap.wrap(
        printable(text),
        width,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + hang),
        break_long_words=False,
        break_on_hyphens=False,
    )

"""Runs controls over every scenario of a system and merges what they say.

A template with Conditions stands for several deployments. Each control runs on every
combination of the conditions that it depends on; the worst answer counts, and a finding that
occurs only under certain conditions says which.
"""

from __future__ import annotations

import re
import traceback
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING, Final, Protocol, runtime_checkable

from ddb_perimeter import __version__, processes
from ddb_perimeter.controls.control import Judgment
from ddb_perimeter.findings import (
    ControlResult,
    Evidence,
    Exemption,
    Exposure,
    Finding,
    Result,
    Subject,
    Verdict,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ddb_perimeter.controls.control import Control
    from ddb_perimeter.controls.perimeter import Perimeter
    from ddb_perimeter.processes import Workers

WHOLE_INPUT: Final = Subject(type="", logical_id="")
"""What a finding is about when no single resource can be named."""

_LONGEST_ERROR: Final = 300
_OUTCOME: Final = re.compile(r"(.+?)=(true|false)(?:, |$)")


class Hidden(Protocol):
    """What cannot be read and why, e.g. a macro."""

    @property
    def why(self) -> str:
        """Return why nobody here can see what it stands for."""


class Gap(Protocol):
    """Something in the input that may stand for resources that nobody here can see."""

    @property
    def subject(self) -> Subject:
        """Return where it is."""

    @property
    def unknown(self) -> Hidden:
        """Return what it is."""

    @property
    def line(self) -> int | None:
        """Return its line in the template."""

    @property
    def types(self) -> frozenset[str]:
        """Return the only types that it may stand for; empty for any."""

    @property
    def fix(self) -> str:
        """Return what to do about it; empty for what helps with templates."""


class Scenario(Protocol):
    """One satisfiable combination of a system's conditions: an inventory."""

    @property
    def gaps(self) -> Sequence[Gap]:
        """Return what may hide resources: with a gap, nothing can be said to hold."""

    @property
    def description(self) -> str:
        """Spell the combination, e.g. ``IsProd=true, Data.Cheap=false``; empty if it is alone."""


@runtime_checkable
class Live(Protocol):
    """A system that was read from an account, by calls that are counted."""

    @property
    def calls(self) -> Mapping[str, int]:
        """Return the number of API calls by Region."""


class System(Protocol):
    """Everything that was loaded, in all its combinations of conditions."""

    def scenarios(self, types: frozenset[str]) -> Iterator[Scenario]:
        """Yield an inventory for each combination that resources of these types depend on."""


def evaluate(
    system: System,
    perimeter: Perimeter,
    controls: Sequence[Control[Scenario]],
    workers: Workers = processes.alone,
) -> Result:
    """Ask every control, and return what they found in a stable order.

    Args:
        system: what is judged.
        perimeter: what is declared.
        controls: what is asked.
        workers: who runs the controls.

    Raises:
        ValueError: no control is given; a check that asks nothing must not pass.
    """
    if not controls:
        raise ValueError("there is no control to run, so nothing can be concluded")
    told = workers([partial(_asked, system, perimeter, control) for control in controls])
    return Result(
        findings=tuple(sorted((f for each in told for f in each.findings), key=_finding_order)),
        exemptions=tuple(
            sorted({e for each in told for e in each.exemptions}, key=_exemption_order)
        ),
        controls=tuple(result for each in told for result in each.controls),
    )


def _asked(system: System, perimeter: Perimeter, control: Control[Scenario]) -> Result:
    """Run one control over all scenarios."""
    tally = _Tally(control)
    conditions = tally.conditions
    try:
        for scenario in system.scenarios(control.types):
            conditions.add(scenario.description)
            tally.take(_answers(control, scenario, perimeter), conditions.current)
            tally.doubt(_hidden(scenario.gaps, control.types), conditions.current)
    except Exception as error:  # noqa: BLE001 - what cannot be enumerated was not looked at
        conditions.complete = False
        tally.doubt(
            [_unlisted(f"The combinations of conditions cannot be listed: {_brief(error)}")]
        )
    if not conditions.values:
        tally.doubt([_unlisted("The input offers no combination of conditions to judge.")])
    return Result(
        findings=tuple(tally.findings()),
        exemptions=tuple(tally.named_exemptions()),
        controls=(tally.result(),),
    )


def _answers(
    control: Control[Scenario], scenario: Scenario, perimeter: Perimeter
) -> Iterator[Judgment | Exemption]:
    """Yield what a control says; its own failure is an answer too: nobody could look."""
    try:
        for answer in control.check(scenario, perimeter):
            if not isinstance(answer, Judgment | Exemption):
                raise TypeError(f"it yielded {answer!r}, which is no judgment")  # noqa: TRY301
            yield answer
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a defect neither passes nor crashes
        yield Judgment(
            WHOLE_INPUT,
            Verdict.UNKNOWN,
            f"Control {control.id} failed: {_brief(error)}{_place(error)}",
            fix=f"This is a defect of dynamodb-perimeter {__version__}, not of the template: "
            "report it with this message and a template that shows it. Until it is repaired, "
            "check by hand what `ddb-perimeter explain "
            f"{control.id}` describes.",
        )


def _hidden(gaps: Iterable[Gap], types: frozenset[str]) -> Iterator[Judgment]:
    """Doubt what may hide resources of the types that a control reads."""
    for gap in gaps:
        if gap.types and gap.types.isdisjoint(types):
            continue
        why = gap.unknown.why.rstrip(".")
        yield Judgment(
            gap.subject,
            Verdict.UNKNOWN,
            f"{why[:1].upper()}{why[1:]}, so there may be resources that nobody here can see.",
            evidence=Evidence(line=gap.line),
            fix=gap.fix
            or "Check the template as AWS deploys it: with macros expanded and every nested "
            "template beside it.",
        )


def _unlisted(why: str) -> Judgment:
    return Judgment(
        WHOLE_INPUT,
        Verdict.UNKNOWN,
        why,
        fix="Set parameters with --parameter so that conditions become constant, "
        "or check the stacks one by one.",
    )


def _brief(error: BaseException) -> str:
    text = " ".join(str(error).split())
    shown = text if len(text) <= _LONGEST_ERROR else text[: _LONGEST_ERROR - 1] + "…"
    return f"{type(error).__name__}: {shown}" if shown else type(error).__name__


def _place(error: BaseException) -> str:
    """Name the line that raised, without the folders of this machine."""
    frames = traceback.extract_tb(error.__traceback__)
    return f" ({PurePath(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""


@dataclass(slots=True)
class _Conditions:
    """The combinations that were judged so far; a set of them is a bit mask."""

    values: list[Mapping[str, str]] = field(default_factory=list)
    complete: bool = True
    _told: dict[int, str] = field(default_factory=dict)

    def add(self, description: str) -> None:
        self.values.append(dict(_OUTCOME.findall(description)))

    @property
    def current(self) -> int:
        """Return the mask of the combination that is judged now."""
        return 1 << (len(self.values) - 1)

    def tell(self, mask: int) -> str:
        """Say when something occurs; nothing when it always does."""
        if mask not in self._told:
            self._told[mask] = self._describe(mask)
        return self._told[mask]

    def _describe(self, mask: int) -> str:
        inside = [value for index, value in enumerate(self.values) if mask >> index & 1]
        if len(inside) == len(self.values):
            return ""
        varying = sorted(
            name
            for name in {name for value in self.values for name in value}
            if len({value.get(name) for value in self.values}) > 1
        )
        fixed = [name for name in varying if len({value.get(name) for value in inside}) == 1]
        matching = [
            value
            for value in self.values
            if all(value.get(name) == inside[0].get(name) for name in fixed)
        ]
        if self.complete and fixed and len(matching) == len(inside):
            return f"only when {_spell(inside[0], fixed)}"
        return f"for example when {_spell(inside[0], varying)}" if varying else ""


def _spell(values: Mapping[str, str], names: Iterable[str]) -> str:
    return " and ".join(f"{name} is {values[name]}" for name in names if name in values)


_Key = tuple[Subject, Verdict, str, object]


@dataclass(slots=True)
class _Tally:
    """What one control said so far."""

    control: Control[Scenario]
    conditions: _Conditions = field(default_factory=_Conditions)
    judged: dict[Subject, None] = field(default_factory=dict)
    judgments: dict[_Key, Judgment] = field(default_factory=dict)
    exemptions: dict[Exemption, int] = field(default_factory=dict)
    occurrences: dict[_Key, int] = field(default_factory=dict)

    def take(self, answers: Iterable[Judgment | Exemption], scenario: int) -> None:
        """Keep what was said in one scenario."""
        for answer in answers:
            if isinstance(answer, Exemption):
                self.exemptions[answer] = self.exemptions.get(answer, 0) | scenario
                continue
            if answer.subject != WHOLE_INPUT:
                self.judged[answer.subject] = None
            if answer.verdict is not Verdict.HOLDS:
                self.doubt([answer], scenario)

    def doubt(self, judgments: Iterable[Judgment], scenario: int = 0) -> None:
        """Keep what does not hold, without counting what it is about as judged."""
        for judgment in judgments:
            key = (judgment.subject, judgment.verdict, judgment.message, judgment.evidence)
            self.occurrences[key] = self.occurrences.get(key, 0) | scenario
            known = self.judgments.get(key)
            if known is None or self._weight(judgment) > self._weight(known):
                self.judgments[key] = judgment

    def _weight(self, judgment: Judgment) -> tuple[int, int, bool]:
        severity = judgment.severity or self.control.severity
        exposure = list(Exposure).index(judgment.exposure)
        return severity.rank, exposure, judgment.counterexample is not None

    def findings(self) -> Iterator[Finding]:
        for key, judgment in self.judgments.items():
            yield Finding(
                control=self.control.id,
                verdict=judgment.verdict,
                severity=judgment.severity or self.control.severity,
                subject=judgment.subject,
                message=self._qualified(judgment.message, self.occurrences[key]),
                fix=judgment.fix or self.control.fix,
                exposure=judgment.exposure,
                evidence=judgment.evidence,
                counterexample=judgment.counterexample,
            )

    def named_exemptions(self) -> Iterator[Exemption]:
        for exemption, mask in self.exemptions.items():
            yield replace(exemption, reason=self._qualified(exemption.reason, mask))

    def _qualified(self, sentence: str, mask: int) -> str:
        when = self.conditions.tell(mask) if mask else ""
        if not when:
            return sentence
        stop = "." if sentence.endswith(".") else ""
        return f"{sentence.removesuffix('.')} ({when}){stop}"

    def result(self) -> ControlResult:
        return ControlResult(
            id=self.control.id,
            verdict=Verdict.worst(judgment.verdict for judgment in self.judgments.values()),
            resources=len(self.judged),
            subjects=tuple(sorted(self.judged, key=_subject_order)),
        )


def _subject_order(subject: Subject) -> tuple[str, ...]:
    return (
        subject.stack,
        subject.logical_id,
        subject.region,
        subject.template,
        subject.type,
        subject.path,
    )


def _finding_order(finding: Finding) -> tuple[object, ...]:
    return (
        -finding.severity.rank,
        finding.control,
        _subject_order(finding.subject),
        finding.evidence.pointer,
        finding.verdict,
        finding.message,
        finding.evidence.sid,
        finding.evidence.line or 0,
        finding.evidence.source,
    )


def _exemption_order(exemption: Exemption) -> tuple[object, ...]:
    return (
        _subject_order(exemption.subject),
        exemption.principal,
        exemption.reason,
        exemption.expires,
    )

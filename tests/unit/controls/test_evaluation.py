"""How the answers of many scenarios become one result."""

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddb_perimeter.controls.control import (
    Check,
    Control,
    Judgment,
    Judgments,
    broken,
    exempt,
    holds,
    unknown,
)
from ddb_perimeter.controls.evaluation import WHOLE_INPUT, Scenario, evaluate
from ddb_perimeter.controls.perimeter import Perimeter
from ddb_perimeter.findings import (
    Counterexample,
    Evidence,
    Exposure,
    Finding,
    Result,
    Severity,
    Subject,
    Verdict,
)
from ddb_perimeter.unknown import Unknown

TABLE = Subject("AWS::DynamoDB::Table", "Messages", stack="Data")
OTHER = Subject("AWS::DynamoDB::Table", "Archive", stack="Data")
REQUEST = Counterexample("a stranger", "dynamodb:GetItem", "a table", "afar", "allowed", "it is")


@dataclass(frozen=True)
class Macro:
    subject: Subject
    unknown: Unknown
    line: int | None
    types: frozenset[str] = frozenset()
    fix: str = ""


MACRO = Macro(
    Subject("Transform", "Expand", stack="Data", template="a.json"),
    Unknown("Expand", "macro Expand may add resources."),
    3,
)


@dataclass(frozen=True)
class Combination:
    conditions: Mapping[str, bool]
    gaps: tuple[Macro, ...] = ()

    @property
    def description(self) -> str:
        return ", ".join(f"{name}={str(on).lower()}" for name, on in self.conditions.items())


@dataclass
class System:
    """Combines the given conditions in every way, in the order of their names."""

    names: tuple[str, ...] = ()
    asked: list[frozenset[str]] = field(default_factory=list)

    def scenarios(self, types: frozenset[str]) -> Iterator[Combination]:
        self.asked.append(types)
        for values in itertools.product((True, False), repeat=len(self.names)):
            yield Combination(dict(zip(self.names, values, strict=True)))


class TooManyError(Exception):
    pass


class Endless(System):
    def scenarios(self, types: frozenset[str]) -> Iterator[Combination]:
        yield from super().scenarios(types)
        raise TooManyError("13 conditions combine in more than 4096 ways")


class Macros(System):
    def scenarios(self, types: frozenset[str]) -> Iterator[Combination]:
        for combination in super().scenarios(types):
            yield Combination(combination.conditions, (MACRO,))


class Impossible(System):
    def scenarios(self, types: frozenset[str]) -> Iterator[Combination]:
        del types
        yield from ()


def make(
    check: Check[Scenario],
    *,
    id: str = "ddb-sample",  # noqa: A002 - the field's name
    severity: Severity = Severity.MEDIUM,
    types: Iterable[str] = ("AWS::DynamoDB::Table",),
) -> Control[Scenario]:
    return Control(
        id,
        "Title",
        severity,
        "Why.",
        "https://docs.aws.amazon.com/",
        "Fix.",
        frozenset(types),
        check,
    )


def outcomes(scenario: Scenario) -> dict[str, bool]:
    parts = (part.split("=") for part in scenario.description.split(", ") if part)
    return {name: outcome == "true" for name, outcome in parts}


def always(*answers: Any) -> Check[Scenario]:  # noqa: ANN401 - wrong answers are tested too
    def check(_: Scenario, __: Perimeter) -> Judgments:
        yield from answers

    return check


def when(name: str, *answers: Judgment) -> Check[Scenario]:
    def check(scenario: Scenario, _: Perimeter) -> Judgments:
        yield from answers if outcomes(scenario)[name] else [holds(TABLE)]

    return check


def judge(*checks: Check[Scenario], system: System | None = None) -> Result:
    controls = [make(check, id=f"ddb-sample-{index}") for index, check in enumerate(checks)]
    return evaluate(system or System(), Perimeter(), controls)


def only(result: Result) -> Finding:
    (finding,) = result.findings
    return finding


def test_what_holds_is_counted_and_no_finding() -> None:
    result = judge(always(holds(TABLE), holds(OTHER), holds(TABLE)))

    assert result.verdict is Verdict.HOLDS
    assert result.findings == ()
    assert result.controls[0].resources == 2
    assert result.controls[0].subjects == (OTHER, TABLE)


def test_a_finding_takes_what_it_does_not_say_from_its_control() -> None:
    finding = only(judge(always(broken(TABLE, "It is off."))))

    assert finding == Finding(
        "ddb-sample-0", Verdict.BROKEN, Severity.MEDIUM, TABLE, "It is off.", "Fix."
    )


def test_a_finding_keeps_what_it_says_itself() -> None:
    evidence = Evidence("Properties", "Sid", 3, "app.py:1")
    finding = only(
        judge(
            always(
                broken(
                    TABLE,
                    "It is open.",
                    exposure=Exposure.REACHABLE,
                    evidence=evidence,
                    counterexample=REQUEST,
                    severity=Severity.CRITICAL,
                    fix="Close it.",
                )
            )
        )
    )

    assert (finding.severity, finding.fix) == (Severity.CRITICAL, "Close it.")
    assert (finding.exposure, finding.evidence) == (Exposure.REACHABLE, evidence)
    assert finding.counterexample == REQUEST


def test_the_worst_answer_counts() -> None:
    result = judge(
        always(holds(TABLE), unknown(TABLE, "Unclear.")),
        always(unknown(TABLE, "Unclear."), broken(TABLE, "Off."), holds(TABLE)),
    )

    assert [control.verdict for control in result.controls] == [Verdict.UNKNOWN, Verdict.BROKEN]
    assert result.verdict is Verdict.BROKEN


def test_a_finding_of_every_scenario_is_told_once_and_without_conditions() -> None:
    result = judge(always(broken(TABLE, "Off.")), system=System(("A", "B")))

    assert only(result).message == "Off."


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("Off.", "Off (only when B is true)."),
        ("Off", "Off (only when B is true)"),
    ],
)
def test_a_finding_of_some_scenarios_says_which(message: str, told: str) -> None:
    result = judge(when("B", broken(TABLE, message)), system=System(("A", "B", "C")))

    assert only(result).message == told
    assert result.verdict is Verdict.BROKEN


def test_two_conditions_are_told_together() -> None:
    def check(scenario: Scenario, _: Perimeter) -> Judgments:
        if outcomes(scenario)["A"] and not outcomes(scenario)["C"]:
            yield broken(TABLE, "Off.")

    told = only(judge(check, system=System(("A", "B", "C")))).message

    assert told == "Off (only when A is true and C is false)."


def test_what_no_conjunction_describes_is_told_by_an_example() -> None:
    def check(scenario: Scenario, _: Perimeter) -> Judgments:
        if outcomes(scenario)["A"] or outcomes(scenario)["B"]:
            yield broken(TABLE, "Off.")

    told = only(judge(check, system=System(("A", "B")))).message

    assert told == "Off (for example when A is true and B is true)."


def test_names_of_conditions_may_hold_anything() -> None:
    system = System(("a, b=true.X", "out/Stack.template.json.Y"))

    def check(scenario: Scenario, _: Perimeter) -> Judgments:
        if "Y=false" in scenario.description:
            yield broken(TABLE, "Off.")

    told = only(judge(check, system=system)).message

    assert told == "Off (only when out/Stack.template.json.Y is false)."


def test_an_exemption_of_some_scenarios_says_which() -> None:
    def check(scenario: Scenario, _: Perimeter) -> Judgments:
        if outcomes(scenario)["A"]:
            yield exempt(TABLE, "arn", "DAX reads.")

    (exemption,) = judge(check, system=System(("A",))).exemptions

    assert exemption.reason == "DAX reads (only when A is true)."


def test_exemptions_of_several_controls_are_named_once() -> None:
    dax, backup = exempt(TABLE, "dax", "It reads."), exempt(TABLE, "backup", "It copies.")

    result = judge(always(dax, backup), always(dax), system=System(("A",)))

    assert result.exemptions == (backup, dax)
    assert result.controls[0].resources == 0


def test_the_gravest_of_equal_findings_is_kept() -> None:
    mild = broken(TABLE, "Open.")
    grave = broken(TABLE, "Open.", exposure=Exposure.REACHABLE, counterexample=REQUEST)

    for answers in ((mild, grave), (grave, mild)):
        assert only(judge(always(*answers))).exposure is Exposure.REACHABLE


def test_a_control_that_fails_is_unknown_and_says_who_and_where() -> None:
    def check(_: Scenario, __: Perimeter) -> Judgments:
        yield broken(OTHER, "Off.")
        raise KeyError("Properties")

    result = judge(check, always(holds(TABLE)))

    finding, grave = result.findings
    assert grave.message == "Off."
    assert finding.verdict is Verdict.UNKNOWN
    assert finding.subject == WHOLE_INPUT
    assert finding.message.startswith(
        "Control ddb-sample-0 failed: KeyError: 'Properties' (test_evaluation.py:"
    )
    assert "report it" in finding.fix
    assert [control.verdict for control in result.controls] == [Verdict.BROKEN, Verdict.HOLDS]


def test_a_control_that_fails_alone_does_not_pass() -> None:
    def check(_: Scenario, __: Perimeter) -> Judgments:
        raise RuntimeError

    result = judge(check)

    assert result.verdict is Verdict.UNKNOWN
    assert result.controls[0].verdict is Verdict.UNKNOWN
    assert (result.controls[0].resources, result.controls[0].subjects) == (0, ())
    assert "RuntimeError (test_evaluation.py:" in only(result).message


def test_a_control_that_ends_the_program_does_not_pass() -> None:
    def check(_: Scenario, __: Perimeter) -> Judgments:
        raise SystemExit(0)

    assert judge(check).verdict is Verdict.UNKNOWN


def test_a_control_that_recurses_for_ever_is_unknown() -> None:
    def check(scenario: Scenario, perimeter: Perimeter) -> Judgments:
        return check(scenario, perimeter)

    assert judge(check).verdict is Verdict.UNKNOWN


def test_an_answer_that_is_no_judgment_is_unknown() -> None:
    assert "which is no judgment" in only(judge(always("holds"))).message


def test_a_long_error_is_cut() -> None:
    def check(_: Scenario, __: Perimeter) -> Judgments:
        raise ValueError("long\n " * 1000)

    message = only(judge(check)).message
    assert len(message) < 400
    assert "\n" not in message


def test_an_interrupt_is_not_swallowed() -> None:
    def check(_: Scenario, __: Perimeter) -> Judgments:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        judge(check)


def test_too_many_scenarios_are_unknown_for_every_control() -> None:
    result = judge(always(holds(TABLE)), always(broken(TABLE, "Off.")), system=Endless(("A",)))

    assert [control.verdict for control in result.controls] == [Verdict.UNKNOWN, Verdict.BROKEN]
    assert result.findings[0].message == (
        "The combinations of conditions cannot be listed: "
        "TooManyError: 13 conditions combine in more than 4096 ways"
    )


def test_an_interrupted_list_of_scenarios_promises_no_only_when() -> None:
    result = judge(when("A", broken(TABLE, "Off.")), system=Endless(("A", "B")))

    assert any(
        finding.message == "Off (for example when A is true and B is true)."
        for finding in result.findings
    )


def test_a_system_without_any_scenario_is_unknown() -> None:
    assert judge(always(holds(TABLE)), system=Impossible()).verdict is Verdict.UNKNOWN


def test_with_a_gap_nothing_holds() -> None:
    result = judge(
        always(holds(TABLE)), always(broken(TABLE, "Off.")), always(), system=Macros(("A",))
    )

    gaps = [finding for finding in result.findings if finding.subject == MACRO.subject]
    assert [control.verdict for control in result.controls] == [
        Verdict.UNKNOWN,
        Verdict.BROKEN,
        Verdict.UNKNOWN,
    ]
    assert [control.resources for control in result.controls] == [1, 1, 0]
    assert len(gaps) == 3
    assert gaps[0].verdict is Verdict.UNKNOWN
    assert gaps[0].evidence == Evidence(line=3)
    assert gaps[0].message == (
        "Macro Expand may add resources, so there may be resources that nobody here can see."
    )


def test_a_gap_that_hides_certain_types_doubts_only_the_controls_that_read_them() -> None:
    hidden = replace(MACRO, types=frozenset({"B"}), fix="Allow the call.")

    class Refusing(System):
        def scenarios(self, types: frozenset[str]) -> Iterator[Combination]:
            for combination in super().scenarios(types):
                yield Combination(combination.conditions, (hidden,))

    one = make(always(holds(TABLE)), id="ddb-one", types=("A",))
    two = make(always(holds(TABLE)), id="ddb-two", types=("A", "B"))
    result = evaluate(Refusing(), Perimeter(), [one, two])

    assert [each.verdict for each in result.controls] == [Verdict.HOLDS, Verdict.UNKNOWN]
    assert [finding.fix for finding in result.findings] == ["Allow the call."]


def test_asking_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="no control"):
        evaluate(System(), Perimeter(), [])


def test_results_come_in_the_order_of_the_controls_whoever_runs_them() -> None:
    system = System()
    controls = [
        make(always(holds(TABLE)), id="ddb-one", types=("A",)),
        make(always(broken(TABLE, "It is off.")), id="ddb-two", types=("B",)),
        make(always(holds(TABLE)), id="ddb-three", types=("A",)),
    ]

    result = evaluate(system, Perimeter(), controls)
    backwards = evaluate(
        System(), Perimeter(), controls, lambda jobs: [job() for job in jobs[::-1]][::-1]
    )

    assert system.asked == [frozenset({"A"}), frozenset({"B"}), frozenset({"A"})]
    assert [control.id for control in result.controls] == ["ddb-one", "ddb-two", "ddb-three"]
    assert backwards == result


def test_findings_are_ordered_by_severity_control_stack_resource_and_place() -> None:
    elsewhere = Subject("AWS::DynamoDB::Table", "Aardvark", stack="Zoo")
    answers = (
        broken(elsewhere, "6."),
        broken(TABLE, "5.", evidence=Evidence("b")),
        broken(TABLE, "4.", evidence=Evidence("a")),
        broken(OTHER, "3."),
    )
    controls = [
        make(always(broken(TABLE, "7.")), id="zzz-last"),
        make(always(*answers), id="ddb-medium"),
        make(always(broken(elsewhere, "2.")), id="ddb-zebra", severity=Severity.HIGH),
        make(always(broken(elsewhere, "1.")), id="ddb-apple", severity=Severity.HIGH),
    ]

    result = evaluate(System(), Perimeter(), controls)

    assert [finding.message for finding in result.findings] == [f"{n}." for n in range(1, 8)]


@given(
    st.permutations(
        [broken(TABLE, "a"), broken(OTHER, "b"), unknown(TABLE, "c"), exempt(TABLE, "p", "r")]
    )
)
def test_the_order_of_the_answers_does_not_matter(answers: list[Judgment]) -> None:
    result = judge(always(*answers))

    assert [finding.message for finding in result.findings] == ["b", "a", "c"]


@given(st.sets(st.tuples(st.booleans(), st.booleans(), st.booleans()), min_size=1))
def test_only_when_is_exact(broken_in: set[tuple[bool, ...]]) -> None:
    """What is said to be the only case is neither more nor less than where it occurs."""

    def check(scenario: Scenario, _: Perimeter) -> Judgments:
        if tuple(outcomes(scenario).values()) in broken_in:
            yield broken(TABLE, "Off.")

    message = only(judge(check, system=System(("A", "B", "C")))).message

    if "only when" in message:
        told = message.removeprefix("Off (only when ").removesuffix(").").split(" and ")
        claimed = {
            values
            for values in itertools.product((True, False), repeat=3)
            if all(
                f"{name} is {str(value).lower()}" in told
                for name, value in zip("ABC", values, strict=True)
                if any(part.startswith(f"{name} ") for part in told)
            )
        }
        assert claimed == broken_in
    elif message == "Off.":
        assert len(broken_in) == 8
    else:
        assert message.startswith("Off (for example when A is ")

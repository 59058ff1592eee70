"""The words in which a control is written."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from ddb_perimeter.controls.control import (
    Control,
    Judgments,
    broken,
    control,
    exempt,
    holds,
    unknown,
)
from ddb_perimeter.controls.perimeter import Perimeter
from ddb_perimeter.findings import (
    Counterexample,
    Evidence,
    Exemption,
    Exposure,
    Severity,
    Subject,
    Verdict,
)

TABLE = Subject("AWS::DynamoDB::Table", "Messages")
REQUEST = Counterexample("a stranger", "dynamodb:GetItem", "a table", "afar", "allowed", "it is")
GOOD: Mapping[str, Any] = {
    "id": "ddb-pitr",
    "title": "Point-in-time recovery is on",
    "severity": Severity.MEDIUM,
    "why": "A deleted item is gone.",
    "source": "https://docs.aws.amazon.com/",
    "fix": "Turn it on.",
    "types": ("AWS::DynamoDB::Table",),
}


def build(**changes: object) -> Control[Mapping[str, bool]]:
    words: dict[str, Any] = {**GOOD, **changes}

    @control(**words)
    def recovery(tables: Mapping[str, bool], _: Perimeter) -> Judgments:
        for name, on in tables.items():
            subject = Subject("AWS::DynamoDB::Table", name)
            yield holds(subject) if on else broken(subject, "It is off.")

    return recovery


def test_the_decorated_function_is_a_control_that_judges() -> None:
    recovery = build()

    judgments = list(recovery.check({"Good": True, "Bad": False}, Perimeter()))

    assert recovery.id == "ddb-pitr"
    assert recovery.types == frozenset({"AWS::DynamoDB::Table"})
    assert [judgment.verdict for judgment in judgments if not isinstance(judgment, Exemption)] == [
        Verdict.HOLDS,
        Verdict.BROKEN,
    ]


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("id", "DDB_PITR", "lower-case words"),
        ("id", "pitr", "lower-case words"),
        ("title", " ", "ddb-pitr: title is empty"),
        ("why", "", "ddb-pitr: why is empty"),
        ("fix", "", "ddb-pitr: fix is empty"),
        ("source", "the manual", "no https URL"),
        ("types", (), "name the CloudFormation types"),
    ],
)
def test_metadata_that_explain_could_not_show_is_refused(
    field: str, value: object, complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        build(**{field: value})


def test_each_word_says_what_it_is_called() -> None:
    evidence = Evidence("Properties", sid="S")

    wrong = broken(
        TABLE,
        "It is public.",
        exposure=Exposure.REACHABLE,
        evidence=evidence,
        counterexample=REQUEST,
        severity=Severity.LOW,
        fix="Close it.",
    )
    unclear = unknown(TABLE, "Nobody knows.", evidence=evidence, fix="Ask.")

    assert (wrong.verdict, wrong.severity, wrong.fix) == (Verdict.BROKEN, Severity.LOW, "Close it.")
    assert (wrong.exposure, wrong.counterexample) == (Exposure.REACHABLE, REQUEST)
    assert (unclear.verdict, unclear.message) == (Verdict.UNKNOWN, "Nobody knows.")
    assert unclear.severity is None
    assert unclear.evidence == wrong.evidence == evidence
    assert holds(TABLE).verdict is Verdict.HOLDS
    assert exempt(TABLE, "arn", "why", expires="2030-12-31") == Exemption(
        "arn", TABLE, "why", "2030-12-31"
    )


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: broken(TABLE, ""),
        lambda: unknown(TABLE, ""),
        lambda: broken(TABLE, "It is open.", exposure=Exposure.REACHABLE),
    ],
)
def test_judgments_that_no_report_could_stand_behind_are_refused(
    wrong: Callable[[], object],
) -> None:
    with pytest.raises(ValueError, match=r"Messages: .* needs a"):
        wrong()

"""The handler of the AWS Config rule, with a client that holds calls against AWS's own model."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import botocore.session
import pytest
from botocore.validate import validate_parameters
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ddb_perimeter import config_rule
from ddb_perimeter.config_rule import Judged, Opinion, Run, annotation, handler, opinion_of
from ddb_perimeter.controls import catalogue, declaration
from ddb_perimeter.controls.perimeter import Perimeter
from ddb_perimeter.findings import (
    ControlResult,
    Counterexample,
    Finding,
    Result,
    Severity,
    Subject,
    Verdict,
)
from ddb_perimeter.inventory import Gap, Inventory, Resource
from ddb_perimeter.inventory.account import Account
from ddb_perimeter.inventory.errors import InputError
from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

ACCOUNT, RULE = "111122223333", "perimeter-rule"
TABLE, ROLE = "AWS::DynamoDB::Table", "AWS::IAM::Role"
WHEN = "2026-11-22T06:00:00.373Z"
REQUEST = Counterexample(
    caller=f"arn:aws:iam::{ACCOUNT}:user/someone",
    action="dynamodb:GetItem",
    resource=f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/orders",
    origin="the internet (203.0.113.7)",
    outcome="allowed",
    because="no Deny of the table policy matches it",
)


class InvalidResultTokenException(Exception):  # noqa: N818 - AWS's name
    """What the client raises for a token that has expired."""


@dataclass
class Config:
    """AWS Config's client: keeps what it is told, and refuses what AWS Config would."""

    before: list[tuple[str, str]] = field(default_factory=list)
    refuses: int = 0
    expired: bool = False
    told: list[dict[str, Any]] = field(default_factory=list)
    started: list[str] = field(default_factory=list)
    exceptions: Any = field(
        default_factory=lambda: SimpleNamespace(
            InvalidResultTokenException=InvalidResultTokenException
        )
    )

    def put_evaluations(self, **parameters: Any) -> dict[str, Any]:  # noqa: ANN401 - as boto3
        check("PutEvaluations", parameters)
        assert parameters["ResultToken"] == "token"
        if self.expired:
            raise InvalidResultTokenException
        evaluations = parameters["Evaluations"]
        assert 0 < len(evaluations) <= 100
        assert all(0 < len(each.get("Annotation", "-")) <= 256 for each in evaluations)
        failed, taken = evaluations[: self.refuses], evaluations[self.refuses :]
        self.refuses = 0
        self.told += taken
        return {"FailedEvaluations": failed}

    def start_config_rules_evaluation(self, **parameters: Any) -> None:  # noqa: ANN401 - as boto3
        check("StartConfigRulesEvaluation", parameters)
        self.started += parameters["ConfigRuleNames"]

    def get_paginator(self, operation: str) -> Any:  # noqa: ANN401 - as boto3
        assert operation == "get_compliance_details_by_config_rule"
        return SimpleNamespace(paginate=self.pages)

    def pages(self, **parameters: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - as boto3
        check("GetComplianceDetailsByConfigRule", parameters)
        assert parameters["ConfigRuleName"] == RULE
        for type_, id_ in self.before:
            about = {"ResourceType": type_, "ResourceId": id_, "ConfigRuleName": RULE}
            identifier = {"EvaluationResultQualifier": about}
            yield {"EvaluationResults": [{"EvaluationResultIdentifier": identifier}]}

    @property
    def verdicts(self) -> dict[str, str]:
        return {each["ComplianceResourceId"]: each["ComplianceType"] for each in self.told}


MODEL = botocore.session.get_session().get_service_model("config")


def check(operation: str, parameters: dict[str, Any]) -> None:
    validate_parameters(parameters, MODEL.operation_model(operation).input_shape)


def notice(tables: str | None = "orders", kind: str = "ScheduledNotification") -> dict[str, Any]:
    """Return what AWS Config hands to the function of a periodic rule."""
    message = {
        "awsAccountId": ACCOUNT,
        "notificationCreationTime": WHEN,
        "messageType": kind,
        "recordVersion": "1.0",
    }
    return {
        "version": "1.0",
        "invokingEvent": json.dumps(message),
        "ruleParameters": json.dumps({} if tables is None else {"tables": tables}),
        "resultToken": "token",
        "eventLeftScope": False,
        "executionRoleArn": f"arn:aws:iam::{ACCOUNT}:role/config",
        "configRuleArn": f"arn:aws:config:us-east-1:{ACCOUNT}:config-rule/config-rule-0123456",
        "configRuleName": RULE,
        "configRuleId": "config-rule-0123456",
        "accountId": ACCOUNT,
    }


def finding(
    control: str = "ddb-deny-outside-vpce",
    subject: Subject = Subject(TABLE, "orders"),  # noqa: B008 - a frozen value
    verdict: Verdict = Verdict.BROKEN,
    severity: Severity = Severity.HIGH,
    message: str = "it is wrong",
    example: Counterexample | None = None,
) -> Finding:
    return Finding(
        control, verdict, severity, subject, message, "repair it", counterexample=example
    )


def result(*findings: Finding, silent: Verdict = Verdict.HOLDS) -> Result:
    controls = {each.control: each.verdict for each in findings} | {"another-control": silent}
    return Result(
        findings=findings,
        controls=tuple(ControlResult(id_, verdict, 1) for id_, verdict in controls.items()),
    )


def report(
    config: Config, judged: Judged | Exception, event: dict[str, Any] | None = None
) -> list[str]:
    """Run once, and return the names of the tables that the rule asked about."""
    asked: list[str] = []

    def judge(named: Sequence[str]) -> Judged:
        asked.extend(named)
        if isinstance(judged, Exception):
            raise judged
        return judged

    Run(event or notice(), config).report(judge, seconds=5)
    return asked


def test_a_table_complies_when_every_control_holds() -> None:
    config = Config()

    assert report(config, Judged(("orders",), result())) == ["orders"]
    assert config.told == [
        {
            "ComplianceResourceType": TABLE,
            "ComplianceResourceId": "orders",
            "ComplianceType": "COMPLIANT",
            "OrderingTimestamp": datetime(2026, 11, 22, 6, 0, 0, 373000, tzinfo=UTC),
        }
    ]


@pytest.mark.parametrize("verdict", [Verdict.BROKEN, Verdict.UNKNOWN])
def test_a_table_does_not_when_one_is_broken_or_unknown(verdict: Verdict) -> None:
    config = Config()
    report(config, Judged(("orders",), result(finding(verdict=verdict, example=REQUEST))))
    unknown = "unknown: " if verdict is Verdict.UNKNOWN else ""

    (told,) = config.told
    assert told["ComplianceType"] == "NON_COMPLIANT"
    assert told["Annotation"] == f"ddb-deny-outside-vpce: {unknown}{REQUEST}"


@pytest.mark.parametrize("silent", [Verdict.BROKEN, Verdict.UNKNOWN])
def test_a_control_that_gives_no_reason_does_not_comply(silent: Verdict) -> None:
    opinion = opinion_of(result(silent=silent), "orders")

    assert opinion == Opinion("NON_COMPLIANT", "no reason told by another-control")


def test_controls_that_nobody_asked_do_not_comply() -> None:
    assert opinion_of(Result(), "orders").compliance == "NON_COMPLIANT"


def test_findings_count_where_they_belong() -> None:
    """Another table's findings are its own; what the tables share, they share."""
    own = result(finding(subject=Subject(TABLE, "orders")))
    shared = result(finding(subject=Subject(ROLE, "reader")))

    assert opinion_of(own, "orders").compliance == "NON_COMPLIANT"
    assert opinion_of(own, "carts").compliance == "COMPLIANT"
    assert opinion_of(own, "").compliance == "NON_COMPLIANT"
    assert opinion_of(shared, "orders").compliance == "NON_COMPLIANT"
    assert opinion_of(shared, "carts").compliance == "NON_COMPLIANT"


def test_the_account_stands_for_tables_that_are_not_there() -> None:
    config = Config()
    report(config, Judged((), result()), notice(tables=None))

    assert [(each["ComplianceResourceType"], each["ComplianceResourceId"]) for each in config.told]
    assert config.told[0]["ComplianceResourceType"] == "AWS::::Account"
    assert config.verdicts == {ACCOUNT: "COMPLIANT"}


@pytest.mark.parametrize("tables", ["orders", "orders, carts", None])
def test_an_error_leaves_nothing_compliant(tables: str | None) -> None:
    """What AWS Config was told before would otherwise stay: COMPLIANT."""
    config = Config(before=[(TABLE, "orders"), (TABLE, "bills")])

    with pytest.raises(RuntimeError, match="the reader broke"):
        report(config, RuntimeError("the reader broke"), notice(tables=tables))

    expected = {"orders", "bills", *(["carts"] if tables and "carts" in tables else [])}
    assert config.verdicts == dict.fromkeys(
        expected | (set() if tables else {ACCOUNT}), "NON_COMPLIANT"
    )
    assert {each["Annotation"] for each in config.told} == {"could not be judged: the reader broke"}


def test_time_that_is_up_leaves_nothing_compliant() -> None:
    config, late = Config(), threading.Event()

    def judge(_: Sequence[str]) -> Judged:
        late.wait(5)
        return Judged(("orders",), result())

    with pytest.raises(TimeoutError):
        Run(notice(), config).report(judge, seconds=0.01)
    late.set()

    assert config.verdicts == {"orders": "NON_COMPLIANT"}


def test_a_table_that_is_gone_has_no_verdict_any_more() -> None:
    config = Config(before=[("AWS::::Account", ACCOUNT), (TABLE, "orders"), (TABLE, "old")])
    report(config, Judged(("orders",), result()))

    assert config.verdicts == {
        "orders": "COMPLIANT",
        "old": "NOT_APPLICABLE",
        ACCOUNT: "NOT_APPLICABLE",
    }


def test_tables_that_nobody_can_list_are_not_taken_for_gone() -> None:
    config = Config(before=[(TABLE, "orders")])
    unlisted = finding(verdict=Verdict.UNKNOWN, subject=Subject("", ""))
    report(config, Judged((), result(unlisted)))

    assert config.verdicts == {ACCOUNT: "NON_COMPLIANT", "orders": "NON_COMPLIANT"}


@pytest.mark.parametrize("count", [1, 100, 101, 250])
def test_results_come_in_parts_that_aws_config_takes(count: int) -> None:
    config = Config(refuses=2)
    names = tuple(f"table{number}" for number in range(count))
    report(config, Judged(names, result()), notice(tables=None))

    assert sorted(config.verdicts) == sorted(names)
    assert len(config.told) == count


def test_results_that_aws_config_never_takes_are_an_error() -> None:
    class Deaf(Config):
        def put_evaluations(self, **parameters: Any) -> dict[str, Any]:  # noqa: ANN401 - as boto3
            return {"FailedEvaluations": parameters["Evaluations"]}

    with pytest.raises(RuntimeError, match="did not take 1 evaluations, the first about orders"):
        report(Deaf(), Judged(("orders",), result()))


def test_a_token_that_has_expired_is_an_error() -> None:
    with pytest.raises(RuntimeError, match="its token has expired; start another evaluation"):
        report(Config(expired=True), Judged(("orders",), result()))


@pytest.mark.parametrize(
    "kind", ["OversizedConfigurationItemChangeNotification", "ConfigurationItemChangeNotification"]
)
def test_any_message_of_aws_config_has_the_account_judged(kind: str) -> None:
    config = Config()
    report(config, Judged(("orders",), result()), notice(kind=kind))

    assert config.verdicts == {"orders": "COMPLIANT"}


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Config:
    config = Config()
    monkeypatch.setattr(config_rule, "boto3", SimpleNamespace(client=lambda _: config))
    monkeypatch.setattr(config_rule, "open_session", lambda: None)
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    return config


CONTEXT = SimpleNamespace(get_remaining_time_in_millis=lambda: 300_000)


def test_a_change_starts_an_evaluation_and_judges_nothing(session: Config) -> None:
    handler({"evaluate": RULE}, CONTEXT)

    assert session.started == [RULE]
    assert session.told == []


def test_a_notification_is_answered(session: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        config_rule, "_judge", lambda named: Judged(tuple(named), result(finding()))
    )
    handler(notice(), CONTEXT)

    assert session.verdicts == {"orders": "NON_COMPLIANT"}


def account(*names: str) -> Account:
    """Return an account with tables that no policy closes."""
    tables = [
        Resource.recorded(
            TABLE,
            {"TableName": name},
            physical=name,
            attributes={"Arn": f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/{name}"},
            region="us-east-1",
            account=ACCOUNT,
        )
        for name in names
    ]
    return Account(ACCOUNT, ("us-east-1",), Inventory(tables), {}, frozenset(names))


@pytest.fixture
def live(
    session: Config, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[[Account | Exception], Config]:
    """Return a function that lets the handler read an account, and tells what it reported."""
    (tmp_path / "perimeter.toml").write_text("[perimeter]\n", encoding="utf-8")
    monkeypatch.setattr(config_rule, "_PERIMETER", tmp_path / "perimeter.toml")

    def run(answer: Account | Exception, tables: str | None = "orders") -> Config:
        def read(_: object, regions: Sequence[str], *, tables: Sequence[str]) -> Account:
            assert list(regions) == ["us-east-1"]
            assert tuple(tables) in {(), ("orders",)}
            if isinstance(answer, Exception):
                raise answer
            return replace(answer, tables=answer.tables.intersection(tables or answer.tables))

        monkeypatch.setattr(config_rule, "read_account", read)
        handler(notice(tables=tables), CONTEXT)
        return session

    return run


def test_the_controls_judge_what_the_account_has(live: Callable[..., Config]) -> None:
    config = live(account("orders", "carts"))

    assert config.verdicts == {"orders": "NON_COMPLIANT"}
    assert config.told[0]["Annotation"].startswith("ddb-")
    assert "; also ddb-" in config.told[0]["Annotation"]


def test_every_table_is_judged_when_none_is_named(live: Callable[..., Config]) -> None:
    config = live(account("orders", "carts"), None)

    assert config.verdicts == {"orders": "NON_COMPLIANT", "carts": "NON_COMPLIANT"}


def test_a_table_that_nobody_may_look_at_does_not_comply(live: Callable[..., Config]) -> None:
    gap = Gap(Subject("", "dynamodb:DescribeTable"), Unknown("not told", "AWS refused it"))
    unseen = Account(ACCOUNT, ("us-east-1",), Inventory([], gaps=(gap,)), {}, frozenset({"orders"}))
    config = live(unseen, None)

    assert config.verdicts == {"orders": "NON_COMPLIANT"}
    assert "AWS refused it" in config.told[0]["Annotation"]


def test_a_table_that_is_not_there_does_not_comply(
    live: Callable[..., Config], session: Config
) -> None:
    with pytest.raises(InputError):
        live(InputError.at("--table orders", "there is no such table in us-east-1", "check it"))

    assert session.told[0]["Annotation"] == (
        "could not be judged: --table orders: there is no such table in us-east-1; check it"
    )


def test_a_perimeter_that_cannot_be_read_leaves_nothing_compliant(
    live: Callable[..., Config], session: Config, tmp_path: Path
) -> None:
    (tmp_path / "perimeter.toml").write_text("[perimeter]\naccounts = 7\n", encoding="utf-8")

    with pytest.raises(declaration.DeclarationError):
        live(account("orders"))

    assert session.verdicts == {"orders": "NON_COMPLIANT"}


@pytest.mark.parametrize(
    ("source", "verdict"),
    [
        ({"Owner": "CUSTOM_LAMBDA", "SourceIdentifier": "arn:function"}, Verdict.HOLDS),
        ({"Owner": "AWS", "SourceIdentifier": "CLOUD_TRAIL_ENABLED"}, Verdict.BROKEN),
    ],
    ids=["its own", "another"],
)
def test_the_rule_does_not_go_by_what_it_said_itself(
    source: dict[str, str], verdict: Verdict
) -> None:
    """Else NON_COMPLIANT would be a reason to say it again, for ever."""
    rule = Resource.recorded(
        "AWS::Config::ConfigRule",
        {"Source": source},
        physical=RULE,
        attributes={"Compliance.Type": "NON_COMPLIANT"},
        region="us-east-1",
        account=ACCOUNT,
    )
    read = Account(ACCOUNT, ("us-east-1",), Inventory([rule]), {})

    assert catalogue.run(read, Perimeter(), ["config-rules-comply"]).verdict is verdict


SENTENCES = st.sampled_from(["no", "x" * 300, "two\nlines\x1b[31m", "\u202e⟦Net.Id⟧", "w " * 200])
FINDINGS = st.lists(
    st.tuples(
        st.sampled_from(["a-b", "another-control", f"a-{'long' * 20}", f"b-{'id' * 60}"]),
        st.sampled_from([Verdict.BROKEN, Verdict.UNKNOWN]),
        st.sampled_from(Severity),
        SENTENCES,
        st.booleans(),
    ),
    min_size=1,
    max_size=8,
).map(
    lambda drawn: [
        finding(
            control,
            verdict=verdict,
            severity=severity,
            message=text,
            example=replace(REQUEST, because=text) if shown else None,
        )
        for control, verdict, severity, text, shown in drawn
    ]
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(FINDINGS)
def test_an_annotation_fits_and_begins_with_the_worst(findings: list[Finding]) -> None:
    told = annotation(findings)
    worst = max(each.severity.rank for each in findings)

    assert len(told) <= 256
    assert told.isprintable()
    assert told.split(": ")[0] in {each.control for each in findings if each.severity.rank == worst}


def test_an_annotation_names_the_other_controls_by_severity() -> None:
    findings = [
        finding("milder-one", severity=Severity.LOW),
        finding("worst-one", severity=Severity.CRITICAL),
        finding("unknown-one", verdict=Verdict.UNKNOWN),
        finding("broken-one"),
        finding("broken-one", Subject(ROLE, "reader")),
    ]

    assert annotation(findings) == (
        "worst-one: it is wrong; also broken-one, unknown-one, milder-one"
    )


def test_a_long_counterexample_leaves_room_for_the_others() -> None:
    long = finding("a-long-one", message="long " * 99)
    told = annotation([long, finding("other-one")])

    assert len(told) == 256
    assert told.endswith("...; also other-one")


def test_more_controls_than_fit_are_counted() -> None:
    findings = [finding(f"control-number-{number:02}") for number in range(20)]
    told = annotation(findings)

    assert told.startswith("control-number-00: it is wrong; also control-number-01, ")
    assert told.endswith(", 14 more")

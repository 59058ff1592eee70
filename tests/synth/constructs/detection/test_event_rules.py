"""Each rule matches the calls that it is about, as CloudTrail records them, and no others."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeAlias

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from moto.events.models import EventPattern

from private_dynamodb import ALERTS, AlarmTopic, Named, PerimeterAlerts, Reach, Thing, Watched
from private_dynamodb.detection.alert import Calls, ExternalAccess
from tests.synth.constructs.detection import records
from tests.synth.templates import of_type

if TYPE_CHECKING:
    from collections.abc import Iterator

    from private_dynamodb import Alert
    from tests.synth.templates import Json

RULE = "AWS::Events::Rule"
Patterns: TypeAlias = "dict[str, dict[str, EventPattern]]"


def synthesized(reach: Reach, things: dict[Thing, Named] | None = None) -> dict[str, Json]:
    """Return the rules of a stack by the id of their alert, and whether they are expected."""
    stack = cdk.Stack(
        cdk.App(builtin_cloud_formation_validation=False),
        "Alerts",
        env=cdk.Environment(account=records.ACCOUNT, region=records.REGION),
    )
    everything = {
        Thing.TABLE: Named.table(records.TABLE),
        Thing.VAULT: Named(exactly=(records.VAULT,)),
        Thing.CLUSTER: Named(exactly=(records.CLUSTER,)),
        Thing.GROUP: Named(exactly=(records.GROUP,)),
        Thing.KEY: Named.keys([records.KEY_ARN]),
        Thing.PROJECT: Named.project("shop"),
        Thing.ROLE: Named.role_names("shop-", "cdk-hnb659fds-", exactly=["auditor"]),
        Thing.BREAK_GLASS: Named.roles([records.BREAK_GLASS]),
    }
    PerimeterAlerts(
        stack,
        "Alerts",
        watched=Watched(
            things=everything if things is None else things,
            deployers=(records.DEPLOYER,),
            deployers_elsewhere=(records.DEPLOYER_ELSEWHERE,),
        ),
        topic=AlarmTopic(stack, "Topic", event_rules=True).topic,
        reach=reach,
    )
    template = dict(assertions.Template.from_stack(stack).to_json())
    return {
        name: json.loads(json.dumps(rule["Properties"]).replace("${AWS::Partition}", "aws"))
        for name, rule in of_type(template, RULE).items()
    }


@pytest.fixture(scope="module")
def rules() -> dict[str, Json]:
    return synthesized(Reach.BOTH)


@pytest.fixture(scope="module")
def patterns(rules: dict[str, Json]) -> Patterns:
    """Give the patterns by the source that they name, to ask only those that can match."""
    found: Patterns = {}
    for name, rule in rules.items():
        pattern = rule["EventPattern"]
        (source,) = pattern["source"]
        found.setdefault(source, {})[name] = EventPattern(json.dumps(pattern), pattern)
    return found


def told(
    event: Any,  # noqa: ANN401 - moto has a type of its own for what EventBridge delivers
    patterns: Patterns,
    rules: dict[str, Json],
) -> list[str]:
    """Return the first lines of the messages that an event sets off."""
    return [
        rules[name]["Targets"][0]["InputTransformer"]["InputTemplate"].partition("\n")[0].strip('"')
        for name, pattern in patterns[event["source"]].items()
        if pattern.matches_event(event)
    ]


def calls_of(alert: Alert) -> Iterator[tuple[str, str, Json]]:
    for signal in alert.signals:
        if isinstance(signal, Calls):
            for name in signal.names:
                for example in records.EXAMPLES[alert.id][signal.service][name]:
                    yield signal.service, name, example


ALERTS_OF_CALLS = [
    pytest.param(alert, id=alert.id) for alert in ALERTS if alert.id in records.EXAMPLES
]


def test_every_example_is_of_a_call_that_is_told() -> None:
    watched = {
        (alert.id, signal.service, name)
        for alert in ALERTS
        for signal in alert.signals
        if isinstance(signal, Calls)
        for name in signal.names
    }

    assert {
        (alert, service, name)
        for alert, services in records.EXAMPLES.items()
        for service, names in services.items()
        for name in names
    } == watched


@pytest.mark.parametrize("alert", ALERTS_OF_CALLS)
def test_a_call_by_anybody_is_told_once(
    alert: Alert, patterns: Patterns, rules: dict[str, Json]
) -> None:
    for service, name, example in calls_of(alert):
        for kind, who in records.OTHERS.items():
            event = records.event(service, name, example, who)

            assert told(event, patterns, rules) == [f"ALERT: {alert.title}"], (name, kind)


@pytest.mark.parametrize("alert", ALERTS_OF_CALLS)
def test_a_call_by_a_deployment_is_told_as_expected(
    alert: Alert, patterns: Patterns, rules: dict[str, Json]
) -> None:
    lead = "Expected, by the deployment role" if alert.deployed else "ALERT"
    for service, name, example in calls_of(alert):
        event = records.event(service, name, example, records.DEPLOYMENT)

        assert told(event, patterns, rules) == [f"{lead}: {alert.title}"], name


@pytest.mark.parametrize("alert", ALERTS_OF_CALLS)
def test_a_call_about_something_else_is_not_told(
    alert: Alert, patterns: Patterns, rules: dict[str, Json]
) -> None:
    anywhere = {
        name
        for signal in alert.signals
        if isinstance(signal, Calls) and not signal.where
        for name in signal.names
    }
    for service, name, example in calls_of(alert):
        event = records.event(service, name, records.elsewhere(example), records.OTHERS["role"])
        expected = [f"ALERT: {alert.title}"] if name in anywhere else []

        assert told(event, patterns, rules) == expected, name


@pytest.mark.parametrize(("service", "name", "parameters"), records.READS)
def test_a_read_is_not_told(
    service: str,
    name: str,
    parameters: Json | None,
    patterns: Patterns,
    rules: dict[str, Json],
) -> None:
    event = records.event(service, name, parameters, records.USER)

    assert told(event, patterns, rules) == []


@pytest.mark.parametrize(("alert", "service", "name", "message"), records.REFUSED)
def test_a_refused_call_is_told_by_the_words_of_its_error(
    alert: str,
    service: str,
    name: str,
    message: str,
    patterns: Patterns,
    rules: dict[str, Json],
) -> None:
    words = f"User: {records.USER['arn']} is not authorized to perform: {message}"
    event = records.event(service, name, None, records.USER, refused=words)
    (title,) = (each.title for each in ALERTS if each.id == alert)

    assert told(event, patterns, rules) == [f"ALERT: {title}"]
    words = records.elsewhere(words)
    elsewhere = records.event(service, name, None, records.USER, refused=words)
    assert told(elsewhere, patterns, rules) == []


def test_iam_tells_of_the_deployments_of_every_region(
    patterns: Patterns, rules: dict[str, Json]
) -> None:
    who = records.session_of(records.DEPLOYER_ELSEWHERE)
    (role,) = records.EXAMPLES["role-changed"]["iam"]["DeleteRole"]
    (key, *_) = records.EXAMPLES["key-changed"]["kms"]["DisableKey"]
    (expected,) = told(records.event("iam", "DeleteRole", role, who), patterns, rules)
    (alert,) = told(records.event("kms", "DisableKey", key, who), patterns, rules)

    assert expected.startswith("Expected")
    assert alert.startswith("ALERT")


def test_autoscaling_by_its_service_linked_role_is_not_told(
    patterns: Patterns, rules: dict[str, Json]
) -> None:
    who = records.session_of(records.AUTOSCALING)
    capacity = {"tableName": records.TABLE, "provisionedThroughput": {"readCapacityUnits": 20}}

    event = records.event("dynamodb", "UpdateTable", capacity, who)
    assert told(event, patterns, rules) == []
    # The same role is told of where it has no business.
    event = records.event(
        "dynamodb", "DeleteResourcePolicy", {"resourceArn": records.TABLE_ARN}, who
    )
    assert told(event, patterns, rules) != []


@pytest.mark.parametrize(
    ("status", "heard"), [("ACTIVE", True), ("ARCHIVED", False), ("RESOLVED", False)]
)
def test_an_active_finding_of_external_access_is_told(
    status: str,
    heard: bool,  # noqa: FBT001 - a parameter of the test
    patterns: Patterns,
    rules: dict[str, Json],
) -> None:
    """Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-eventbridge.html."""
    event = {
        "version": "0",
        "id": "22222222-dcba-4444-dcba-333333333333",
        "detail-type": "Access Analyzer Finding",
        "source": "aws.access-analyzer",
        "account": records.ACCOUNT,
        "time": "2026-11-21T01:22:33Z",
        "region": records.REGION,
        "resources": [f"arn:aws:access-analyzer:us-east-1:{records.ACCOUNT}:analyzer/mine"],
        "detail": {
            "version": "1.0",
            "id": "43e8d5b6-0eb7-4dd5-a1e9-8b3b1c8d9c5f",
            "status": status,
            "resourceType": "AWS::DynamoDB::Table",
            "resource": records.TABLE_ARN,
            "createdAt": "2026-11-20T01:22:33Z",
            "analyzedAt": "2026-11-21T01:22:33Z",
            "updatedAt": "2026-11-21T01:14:07Z",
            "accountId": records.ACCOUNT,
            "region": records.REGION,
            "principal": {"AWS": "444455556666"},
            "action": ["dynamodb:GetItem"],
            "condition": {},
            "isDeleted": False,
            "isPublic": False,
        },
    }
    title = "IAM Access Analyzer found that somebody outside the account has access"

    assert told(event, patterns, rules) == ([f"ALERT: {title}"] if heard else [])


def test_iam_is_heard_in_its_own_region_alone() -> None:
    regional, all_over = synthesized(Reach.REGIONAL), synthesized(Reach.BOTH)
    in_one = synthesized(Reach.GLOBAL)

    def services(rules: dict[str, Json]) -> set[str]:
        return {rule["EventPattern"]["source"][0] for rule in rules.values()}

    assert services(all_over) - services(regional) == {"aws.iam"}
    assert services(in_one) == {"aws.iam", "aws.sts"}


def test_what_is_not_there_is_not_watched() -> None:
    """Without a cache, a vault or named roles nothing is told about them."""
    rules = synthesized(Reach.BOTH, {Thing.TABLE: Named.table(records.TABLE)})
    about = {name.removeprefix("Alerts").rstrip("0123456789ABCDEF") for name in rules}

    assert {name for name in about if name.startswith(("TablePolicyChanged", "EndpointChanged"))}
    assert not {name for name in about if name.startswith(("BreakGlass", "KeyChanged", "Role"))}


def at(path: str, event: Json) -> object:
    value: Any = event
    for part in path.removeprefix("$.").split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


@pytest.mark.parametrize("name", ["TablePolicyChanged1", "EndpointChanged1", "BreakGlassUsed1"])
def test_a_message_says_what_who_on_what_from_where_and_when(
    name: str, rules: dict[str, Json]
) -> None:
    (rule,) = (
        rule
        for logical, rule in rules.items()
        if logical.startswith(f"Alerts{name}") and "Expected" not in logical
    )
    transformer = rule["Targets"][0]["InputTransformer"]
    (alert,) = (each for each in ALERTS if each.runbook in transformer["InputTemplate"])
    ((service, examples),) = records.EXAMPLES[alert.id].items()
    call, (example, *_) = next(iter(examples.items()))
    event = records.event(service, call, example, records.OTHERS["role"])
    text = transformer["InputTemplate"]
    for variable, path in transformer["InputPathsMap"].items():
        found = at(path, event)
        text = text.replace(f"<{variable}>", "" if found is None else str(found))
    about = [value for value in map(str, example.values()) if value in text]

    assert "<" not in text
    assert text.startswith(f'"ALERT: {alert.title}"\n')
    assert f'"What: {call} of {service}.amazonaws.com.' in text
    assert f'"Who: AssumedRole arn:aws:sts::{records.ACCOUNT}:assumed-role/Admin/session"' in text
    assert '"From: 203.0.113.7,' in text
    assert '"When: 2026-11-20T14:10:11Z, account 111122223333, Region us-east-1,' in text
    assert text.endswith(f'"Runbook: docs/runbooks/{alert.id}.md"')
    assert about or alert.id == "endpoint-changed"


def test_rules_fit_what_eventbridge_takes(rules: dict[str, Json]) -> None:
    """Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html."""
    for name, rule in rules.items():
        transformer = rule["Targets"][0]["InputTransformer"]
        used = transformer["InputTemplate"]

        assert len(json.dumps(rule["EventPattern"], separators=(",", ":"))) <= 2048, name
        assert len(used) <= 8192
        assert len(transformer["InputPathsMap"]) <= 100
        assert all(f"<{variable}>" in used for variable in transformer["InputPathsMap"])
        assert len(rule["Description"]) <= 512
    assert len(rules) <= 100


def test_findings_and_calls_are_all_told(rules: dict[str, Json]) -> None:
    told_about = {rule["Description"].rpartition(": ")[2] for rule in rules.values()}

    assert told_about == {
        alert.runbook
        for alert in ALERTS
        if any(isinstance(signal, Calls | ExternalAccess) for signal in alert.signals)
    }

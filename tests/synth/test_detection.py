"""Who is told about what in the whole app, and what the switches of `[audit]` leave out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from private_dynamodb import ALERTS
from stacks.configuration import Configuration
from stacks.configuration.availability import global_region
from tests.conftest import TODAY
from tests.synth.templates import by_sid, of_type, only

if TYPE_CHECKING:
    from tests.synth.conftest import Build
    from tests.synth.templates import Assembly, Json

RULE = "AWS::Events::Rule"
ANALYZER = "AWS::AccessAnalyzer::Analyzer"
# What the pseudo parameters stand for at most: the longest partition and Region.
EXPANDED = {"AWS::Partition": "aws-us-gov", "AWS::AccountId": "111122223333"}


def one_region(**audit: str | bool) -> Configuration:
    return Configuration.model_validate(
        {
            "project": "small",
            "regions": [{"name": "eu-west-1", "home": True}],
            "audit": audit,
            "checks": {"packs": []},
        },
        context={"today": TODAY},
    )


@pytest.fixture(scope="session")
def silent_app(build: Build) -> Assembly:
    return build(one_region(detection=False))


def alert_rules(template: Json) -> dict[str, Json]:
    """Return the rules that tell somebody; other rules start an evaluation."""
    return {
        name: rule
        for name, rule in of_type(template, RULE).items()
        if "docs/runbooks/" in rule["Properties"]["Description"]
    }


def runbooks(template: Json) -> set[str]:
    """Return the runbooks that the rules and alarms of a template name."""
    described: list[str] = [
        resource["Properties"].get("Description", "") for resource in alert_rules(template).values()
    ] + [
        resource["Properties"]["AlarmDescription"]
        for resource in of_type(template, "AWS::CloudWatch::Alarm").values()
    ]
    return {
        word for text in described for word in text.split() if word.startswith("docs/runbooks/")
    }


def test_the_home_region_tells_about_every_alert(default_app: Assembly) -> None:
    told = runbooks(default_app.templates["us-east-1/Audit"])

    # No role gets in on purpose by default.
    assert told == {alert.runbook for alert in ALERTS} - {"docs/runbooks/break-glass-used.md"}


def test_roles_that_get_in_on_purpose_are_watched_everywhere(full_app: Assembly) -> None:
    watching = {
        path
        for path, template in full_app.templates.items()
        if "docs/runbooks/break-glass-used.md" in runbooks(template)
    }

    assert watching == {
        "eu-central-1/Audit",
        "us-west-1/Audit",
        "ap-southeast-2/Audit",
        "us-east-1/GlobalAudit",
    }


def test_iam_is_watched_in_its_region_even_without_a_table_there(full_app: Assembly) -> None:
    watching = {
        path
        for path, template in full_app.templates.items()
        if "docs/runbooks/role-changed.md" in runbooks(template)
    }

    assert watching == {"us-east-1/GlobalAudit"}


@pytest.mark.parametrize(
    ("region", "expected"),
    [
        ("eu-west-1", "us-east-1"),
        ("us-east-1", "us-east-1"),
        ("us-gov-east-1", "us-gov-west-1"),
        ("cn-northwest-1", "cn-north-1"),
    ],
)
def test_iam_has_one_region_in_each_partition(region: str, expected: str) -> None:
    assert global_region(region) == expected


def expanded(value: Any) -> str:  # noqa: ANN401 - any part of a template
    text = json.dumps(value, separators=(",", ":"))
    for name, full in EXPANDED.items():
        text = text.replace(f"${{{name}}}", full)
    return text


def test_every_pattern_fits_what_eventbridge_takes(assembly: Assembly) -> None:
    """Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html."""
    too_long = {
        (path, name)
        for path, template in assembly.templates.items()
        for name, rule in alert_rules(template).items()
        if len(expanded(rule["Properties"]["EventPattern"])) > 2048
    }

    assert too_long == set()


def test_every_rule_tells_a_topic_that_admits_event_rules(assembly: Assembly) -> None:
    for path, template in assembly.templates.items():
        if not alert_rules(template):
            continue
        data = assembly.templates.get(path.replace("/Audit", "/Data"), template)
        policy = by_sid(only(data, "AWS::SNS::TopicPolicy")["PolicyDocument"])

        assert "AllowEventBridge" in policy
        for rule in alert_rules(template).values():
            (target,) = rule["Properties"]["Targets"]
            assert "AlarmsTopic" in target["Arn"]


def test_no_alert_is_made_where_detection_is_off(silent_app: Assembly) -> None:
    assert set(silent_app.templates) == {
        "eu-west-1/Network",
        "eu-west-1/Data",
        "eu-west-1/Audit",
    }
    for template in silent_app.templates.values():
        assert alert_rules(template) == {}
        assert of_type(template, ANALYZER) == {}
        assert runbooks(template) == set()
        assert "AllowEventBridge" not in json.dumps(template)


def test_an_existing_analyzer_is_left_alone(build: Build) -> None:
    templates = build(one_region(analyzer="existing")).templates

    assert of_type(templates["eu-west-1/Audit"], ANALYZER) == {}
    assert "docs/runbooks/external-access-found.md" in runbooks(templates["eu-west-1/Audit"])


def test_each_region_has_an_analyzer(assembly: Assembly) -> None:
    for region in assembly.configuration.regions:
        template = assembly.templates[f"{region.name}/Audit"]

        assert len(of_type(template, ANALYZER)) == 1

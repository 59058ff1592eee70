"""Alarms on the trail's records, on a silent trail and on the cache; the analyzer; the topic."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from aws_cdk import aws_logs as logs

from private_dynamodb import AlarmTopic, CacheAlarms, ExternalAccessAnalyzer, TrailAlarms
from private_dynamodb.detection.alert import Records
from private_dynamodb.detection.log_alarms import record_filter
from tests.synth.templates import by_sid, of_type, only

if TYPE_CHECKING:
    from collections.abc import Sequence

    import aws_cdk as cdk

    from tests.synth.constructs.conftest import Synthesize
    from tests.synth.templates import Json

ALARM = "AWS::CloudWatch::Alarm"
FILTER = "AWS::Logs::MetricFilter"
ROLE = "arn:aws:iam::111122223333:role/break-glass"


def trail_alarms(stack: cdk.Stack, break_glass: Sequence[str]) -> None:
    TrailAlarms(
        stack,
        "Alarms",
        log_group=logs.LogGroup.from_log_group_name(stack, "Group", "trail"),
        break_glass=break_glass,
        topic=AlarmTopic(stack, "Topic").topic,
    )


def by_metric(template: Json) -> dict[str, Json]:
    return {
        alarm["Properties"]["MetricName"]: alarm["Properties"]
        for alarm in of_type(template, ALARM).values()
    }


def test_every_kind_of_record_is_counted_and_alarmed_on(
    anywhere: cdk.Stack, synthesize: Synthesize
) -> None:
    trail_alarms(anywhere, [ROLE])
    template = synthesize(anywhere)
    alarms = by_metric(template)
    counted = {
        each["Properties"]["MetricTransformations"][0]["MetricName"]: each["Properties"]
        for each in of_type(template, FILTER).values()
    }

    assert set(counted) == {"endpoint-refused", "table-refused", "break-glass-used"}
    assert set(alarms) == {*counted, "IncomingLogEvents"}
    for name, found in counted.items():
        assert found["LogGroupName"] == "trail"
        assert found["MetricTransformations"][0]["MetricNamespace"] == alarms[name]["Namespace"]
        assert alarms[name]["Threshold"] == 1
        assert alarms[name]["Statistic"] == "Sum"
        assert alarms[name]["AlarmActions"]
        assert f"docs/runbooks/{name}.md" in alarms[name]["AlarmDescription"]


def test_nobody_is_waited_for_where_no_role_is_named(
    anywhere: cdk.Stack, synthesize: Synthesize
) -> None:
    trail_alarms(anywhere, [])

    assert set(by_metric(synthesize(anywhere))) == {
        "endpoint-refused",
        "table-refused",
        "IncomingLogEvents",
    }


def test_a_trail_that_says_nothing_is_alarming(anywhere: cdk.Stack, synthesize: Synthesize) -> None:
    trail_alarms(anywhere, [])
    alarm = by_metric(synthesize(anywhere))["IncomingLogEvents"]

    assert alarm["Dimensions"] == [{"Name": "LogGroupName", "Value": "trail"}]
    assert alarm["ComparisonOperator"] == "LessThanThreshold"
    assert (alarm["Threshold"], alarm["Period"]) == (1, 3600)
    assert alarm["TreatMissingData"] == "breaching"
    assert alarm["AlarmActions"]


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        (
            Records.ENDPOINT_REFUSED,
            '{ ($.eventSource = "dynamodb.amazonaws.com") && ($.errorCode = "VpceAccessDenied") }',
        ),
        (
            Records.TABLE_REFUSED,
            '{ ($.eventSource = "dynamodb.amazonaws.com") && ($.eventCategory = "Data") '
            '&& ($.errorCode = "AccessDenied*") }',
        ),
        (
            Records.BREAK_GLASS,
            '{ ($.eventSource = "sts.amazonaws.com") && '
            f'(($.requestParameters.roleArn = "{ROLE}") || '
            '($.errorMessage = "*:role/break-glass") || '
            '($.errorMessage = "*:role/break-glass *")) }',
        ),
        (Records.NONE, None),
    ],
    ids=lambda value: value.name if isinstance(value, Records) else "",
)
def test_a_filter_counts_its_records(records: Records, expected: str | None) -> None:
    """Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html."""
    assert record_filter(records, [ROLE]) == expected


def test_errors_of_the_cache_are_alarming(anywhere: cdk.Stack, synthesize: Synthesize) -> None:
    topic = AlarmTopic(anywhere, "Topic").topic
    CacheAlarms(anywhere, "Cache", cluster_name="shop", topic=topic)
    alarms = by_metric(synthesize(anywhere))

    assert {name: alarm["Threshold"] for name, alarm in alarms.items()} == {
        "FaultRequestCount": 1,
        "ErrorRequestCount": 10,
    }
    for alarm in alarms.values():
        assert alarm["Namespace"] == "AWS/DAX"
        assert alarm["Dimensions"] == [{"Name": "ClusterId", "Value": "shop"}]
        assert "docs/runbooks/cache-errors.md" in alarm["AlarmDescription"]


def test_the_analyzer_trusts_the_account_alone(anywhere: cdk.Stack, synthesize: Synthesize) -> None:
    ExternalAccessAnalyzer(anywhere, "Access")

    assert only(synthesize(anywhere), "AWS::AccessAnalyzer::Analyzer") == {"Type": "ACCOUNT"}


def test_event_rules_may_publish_and_encrypt_and_nothing_else(
    anywhere: cdk.Stack, synthesize: Synthesize
) -> None:
    """EventBridge sends no source: with a condition on it, every message would be lost."""
    AlarmTopic(anywhere, "Topic", event_rules=True)
    template = synthesize(anywhere)
    topic = by_sid(only(template, "AWS::SNS::TopicPolicy")["PolicyDocument"])["AllowEventBridge"]
    key = by_sid(only(template, "AWS::KMS::Key")["KeyPolicy"])["AllowEventBridge"]
    event_bridge = {"Service": "events.amazonaws.com"}
    (name,) = of_type(template, "AWS::SNS::Topic")

    assert topic == {
        "Sid": "AllowEventBridge",
        "Effect": "Allow",
        "Principal": event_bridge,
        "Action": "sns:Publish",
        "Resource": f"${{{name}}}",
    }
    assert key == {
        "Sid": "AllowEventBridge",
        "Effect": "Allow",
        "Principal": event_bridge,
        "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
        "Resource": "*",
    }


def test_event_rules_may_not_publish_unasked(anywhere: cdk.Stack, synthesize: Synthesize) -> None:
    AlarmTopic(anywhere, "Topic")

    assert "events.amazonaws.com" not in str(synthesize(anywhere))

"""Alarms, and the topic that only named services of this account fill."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch

from private_dynamodb import AlarmTopic, alarm_on
from tests.synth.templates import by_sid, name_of, of_type, only

if TYPE_CHECKING:
    from tests.synth.constructs.conftest import Synthesize

TOPIC = "AWS::SNS::Topic"
SUBSCRIPTION = "AWS::SNS::Subscription"


def metric() -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace="AWS/DynamoDB",
        metric_name="SystemErrors",
        statistic="Sum",
        period=cdk.Duration.minutes(5),
    )


def test_named_services_of_this_account_publish_over_tls(
    anywhere: cdk.Stack, synthesize: Synthesize
) -> None:
    services = ["cloudwatch.amazonaws.com", "dax.amazonaws.com"]
    AlarmTopic(anywhere, "Alarms", publishers=services)
    template = synthesize(anywhere)
    topic = f"${{{name_of(template, TOPIC)}}}"
    policy = by_sid(only(template, "AWS::SNS::TopicPolicy")["PolicyDocument"])

    assert policy == {
        "DenyPlainHttp": {
            "Sid": "DenyPlainHttp",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "sns:Publish",
            "Resource": topic,
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
        "AllowServicesOfThisAccount": {
            "Sid": "AllowServicesOfThisAccount",
            "Effect": "Allow",
            "Principal": {"Service": services},
            "Action": "sns:Publish",
            "Resource": topic,
            "Condition": {"StringEquals": {"aws:SourceAccount": "${AWS::AccountId}"}},
        },
    }


def test_the_topic_is_encrypted_with_a_key_for_its_publishers(
    anywhere: cdk.Stack, synthesize: Synthesize
) -> None:
    AlarmTopic(anywhere, "Alarms", publishers=["dax.amazonaws.com"])
    template = synthesize(anywhere)
    key = name_of(template, "AWS::KMS::Key")
    use = by_sid(only(template, "AWS::KMS::Key")["KeyPolicy"])["AllowServicesOfThisAccount"]

    assert only(template, TOPIC)["KmsMasterKeyId"] == f"${{{key}.Arn}}"
    assert use["Principal"] == {"Service": "dax.amazonaws.com"}


def test_somebody_is_told_by_mail(anywhere: cdk.Stack, synthesize: Synthesize) -> None:
    AlarmTopic(anywhere, "Alarms", email="ops@example.com")
    template = synthesize(anywhere)

    assert only(template, SUBSCRIPTION) == {
        "Endpoint": "ops@example.com",
        "Protocol": "email",
        "TopicArn": f"${{{name_of(template, TOPIC)}}}",
    }


def test_nobody_is_told_without_an_address(anywhere: cdk.Stack, synthesize: Synthesize) -> None:
    AlarmTopic(anywhere, "Alarms")

    assert of_type(synthesize(anywhere), SUBSCRIPTION) == {}


@pytest.mark.parametrize("told", [True, False], ids=["with a topic", "without"])
def test_an_alarm_goes_off_at_its_threshold(
    told: bool,  # noqa: FBT001 - a parameter of the test
    anywhere: cdk.Stack,
    synthesize: Synthesize,
) -> None:
    topic = AlarmTopic(anywhere, "Alarms").topic if told else None
    alarm_on(anywhere, "Alarm", metric(), what="it failed", topic=topic, threshold=3)
    template = synthesize(anywhere)
    alarm = only(template, "AWS::CloudWatch::Alarm")

    assert alarm["Threshold"] == 3
    assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
    assert alarm["EvaluationPeriods"] == 1
    assert alarm["TreatMissingData"] == "notBreaching"
    assert alarm["AlarmDescription"] == "In five minutes, it failed (3 or more)"
    assert alarm.get("AlarmActions") == ([f"${{{name_of(template, TOPIC)}}}"] if told else None)

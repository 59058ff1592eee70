"""Alarms, and the encrypted topic that tells about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as cloudwatch_actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from private_dynamodb.encryption_keys import ServiceKey

if TYPE_CHECKING:
    from collections.abc import Sequence

_EVENT_BRIDGE = "events.amazonaws.com"


class AlarmTopic(Construct):
    """A topic for alarms and notifications that only named services of this account fill.

    Creates an encrypted SNS topic that refuses plain HTTP, its key (about 1 USD a month) and,
    with an address, an e-mail subscription that its owner has to confirm.

    Args:
        scope: parent construct.
        construct_id: id in the parent.
        publishers: service principals that publish, e.g. ``cloudwatch.amazonaws.com``.
        event_rules: whether EventBridge publishes too. It sends no source that a condition could
            ask for, neither to the topic nor to its key: with one, every message is lost.
        email: who is told, or None.

    Source: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        publishers: Sequence[str] = ("cloudwatch.amazonaws.com",),
        event_rules: bool = False,
        email: str | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        key = ServiceKey(self, "Key", description="Encrypts alarms", services=publishers)
        self.topic = sns.Topic(self, "Topic", master_key=key)
        self.topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="DenyPlainHttp",
                effect=iam.Effect.DENY,
                principals=[iam.StarPrincipal()],
                actions=["sns:Publish"],
                resources=[self.topic.topic_arn],
                conditions={"Bool": {"aws:SecureTransport": "false"}},
            )
        )
        self.topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AllowServicesOfThisAccount",
                principals=[iam.ServicePrincipal(service) for service in publishers],
                actions=["sns:Publish"],
                resources=[self.topic.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": cdk.Stack.of(self).account}},
            )
        )
        if event_rules:
            self._let_event_rules_publish(key)
        if email is not None:
            self.topic.add_subscription(subscriptions.EmailSubscription(email))

    def _let_event_rules_publish(self, key: ServiceKey) -> None:
        self.topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AllowEventBridge",
                principals=[iam.ServicePrincipal(_EVENT_BRIDGE)],
                actions=["sns:Publish"],
                resources=[self.topic.topic_arn],
            )
        )
        key.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AllowEventBridge",
                principals=[iam.ServicePrincipal(_EVENT_BRIDGE)],
                actions=["kms:Decrypt", "kms:GenerateDataKey*"],
                resources=["*"],
            )
        )


def alarm_on(
    scope: Construct,
    construct_id: str,
    metric: cloudwatch.IMetric,
    *,
    what: str,
    topic: sns.ITopic | None,
    threshold: int = 1,
) -> cloudwatch.Alarm:
    """Create an alarm that goes off when a sum reaches a threshold.

    Args:
        scope: parent construct.
        construct_id: id in the parent.
        metric: a sum over a period.
        what: what happened, for the alarm's description.
        topic: who is told, or None.
        threshold: the least sum that is worth telling.
    """
    alarm = cloudwatch.Alarm(
        scope,
        construct_id,
        metric=metric,
        threshold=threshold,
        evaluation_periods=1,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        alarm_description=f"In five minutes, {what} ({threshold} or more)",
    )
    if topic is not None:
        alarm.add_alarm_action(cloudwatch_actions.SnsAction(topic))
    return alarm

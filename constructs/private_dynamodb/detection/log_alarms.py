"""Alarms on what a trail records, and on a trail that records nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as cloudwatch_actions
from aws_cdk import aws_logs as logs
from constructs import Construct

from private_dynamodb.alarms import alarm_on
from private_dynamodb.detection.alert import Records
from private_dynamodb.detection.catalogue import ALERTS
from private_dynamodb.detection.watched import in_error_messages

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_sns as sns

    from private_dynamodb.detection.alert import Alert

_FROM_DYNAMODB: Final = '($.eventSource = "dynamodb.amazonaws.com")'


class TrailAlarms(Construct):
    """Alarms on requests that were refused, on uses of named roles, and on a silent trail.

    Creates metric filters on the log group of a trail, a metric and an alarm for each: about
    0.40 USD a month each. Records arrive some minutes after the request. A trail of several
    Regions is watched once, in its home Region.

    Args:
        scope: parent construct.
        construct_id: id in the parent.
        log_group: the trail's log group.
        break_glass: ARNs of the roles whose every use is told.
        topic: who is told.

    Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudwatch-alarms-for-cloudtrail.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        log_group: logs.ILogGroup,
        break_glass: Sequence[str],
        topic: sns.ITopic,
    ) -> None:
        super().__init__(scope, construct_id)
        for alert in ALERTS:
            for signal in alert.signals:
                if signal is Records.NONE:
                    self._silence(alert, log_group, topic)
                elif isinstance(signal, Records):
                    pattern = record_filter(signal, break_glass)
                    if pattern is not None:
                        self._count(alert, pattern, log_group, topic)

    def _count(
        self, alert: Alert, pattern: str, log_group: logs.ILogGroup, topic: sns.ITopic
    ) -> None:
        counted = logs.MetricFilter(
            self,
            f"{_name(alert)}Filter",
            log_group=log_group,
            filter_pattern=logs.FilterPattern.literal(pattern),
            # The stack's name keeps two projects of one account apart.
            metric_namespace=cdk.Stack.of(self).stack_name,
            metric_name=alert.id,
            metric_value="1",
        )
        alarm_on(
            self,
            _name(alert),
            counted.metric(statistic="Sum", period=cdk.Duration.minutes(5)),
            what=f"{alert.title}: {alert.runbook}",
            topic=topic,
        )

    def _silence(self, alert: Alert, log_group: logs.ILogGroup, topic: sns.ITopic) -> None:
        alarm = cloudwatch.Alarm(
            self,
            _name(alert),
            metric=cloudwatch.Metric(
                namespace="AWS/Logs",
                metric_name="IncomingLogEvents",
                dimensions_map={"LogGroupName": log_group.log_group_name},
                statistic="Sum",
                period=cdk.Duration.hours(1),
            ),
            threshold=1,
            evaluation_periods=1,
            comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
            # Nothing at all is what this is about.
            treat_missing_data=cloudwatch.TreatMissingData.BREACHING,
            alarm_description=f"For an hour, {alert.title}: {alert.runbook}",
        )
        alarm.add_alarm_action(cloudwatch_actions.SnsAction(topic))


def record_filter(records: Records, break_glass: Sequence[str]) -> str | None:
    """Return the filter pattern that counts these records, or None where there can be none.

    Args:
        records: which records.
        break_glass: ARNs of the roles whose every use is told.
    """
    match records:
        case Records.ENDPOINT_REFUSED:
            return f'{{ {_FROM_DYNAMODB} && ($.errorCode = "VpceAccessDenied") }}'
        case Records.TABLE_REFUSED:
            # The trail has data events of this table and its stream alone.
            return (
                f'{{ {_FROM_DYNAMODB} && ($.eventCategory = "Data") '
                '&& ($.errorCode = "AccessDenied*") }'
            )
        case Records.BREAK_GLASS if break_glass:
            # A refused request often has no parameters, but says in words what it was about.
            named = [
                *(f'($.requestParameters.roleArn = "{arn}")' for arn in break_glass),
                *(
                    f'($.errorMessage = "{pattern}")'
                    for arn in break_glass
                    for pattern in in_error_messages(arn.rpartition(":")[2])
                ),
            ]
            uses = " || ".join(named)
            return f'{{ ($.eventSource = "sts.amazonaws.com") && ({uses}) }}'
        case _:
            return None


def _name(alert: Alert) -> str:
    return "".join(word.title() for word in alert.id.split("-"))

"""Alarms on requests that a cache answers with errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from private_dynamodb.alarms import alarm_on
from private_dynamodb.detection.alert import CacheErrors
from private_dynamodb.detection.catalogue import ALERTS

if TYPE_CHECKING:
    from aws_cdk import aws_sns as sns


class CacheAlarms(Construct):
    """Alarms on errors of a DAX cluster: its own, and those of its callers.

    Creates an alarm for each metric, about 0.10 USD a month each.

    Args:
        scope: parent construct.
        construct_id: id in the parent.
        cluster_name: the cluster.
        topic: who is told.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/dax-metrics-dimensions-dax.html
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, cluster_name: str, topic: sns.ITopic
    ) -> None:
        super().__init__(scope, construct_id)
        for alert in ALERTS:
            for signal in alert.signals:
                if isinstance(signal, CacheErrors):
                    alarm_on(
                        self,
                        signal.metric,
                        cloudwatch.Metric(
                            namespace="AWS/DAX",
                            metric_name=signal.metric,
                            dimensions_map={"ClusterId": cluster_name},
                            statistic="Sum",
                            period=cdk.Duration.minutes(5),
                        ),
                        what=f"{signal.what}: {alert.runbook}",
                        topic=topic,
                        threshold=signal.threshold,
                    )

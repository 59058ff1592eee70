"""A DynamoDB table that answers only inside its perimeter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from private_dynamodb.alarms import alarm_on
from private_dynamodb.table_policy import stream_policy, table_policy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_kms as kms
    from aws_cdk import aws_sns as sns

    from private_dynamodb.perimeter import Administrators, Endpoints, Exemption

_PERIOD = cdk.Duration.minutes(5)
_WATCHED_OPERATIONS = (
    dynamodb.Operation.BATCH_GET_ITEM,
    dynamodb.Operation.BATCH_WRITE_ITEM,
    dynamodb.Operation.DELETE_ITEM,
    dynamodb.Operation.GET_ITEM,
    dynamodb.Operation.PUT_ITEM,
    dynamodb.Operation.QUERY,
    dynamodb.Operation.SCAN,
    dynamodb.Operation.UPDATE_ITEM,
)


class PrivateTable(Construct):
    """A table whose resource policy denies everything from outside the declared endpoints.

    Creates a table (`TableV2`, one Region, no replicas) with a customer-managed key,
    point-in-time recovery, deletion protection and a resource policy; it is retained when the
    stack goes. When the stream is on, the stream gets a policy of its own. Alarms watch
    throttled, refused and failed requests.

    Costs what the table's requests and storage cost, plus 0.20 USD a GB and month for
    point-in-time recovery and 0.80 USD a month for the alarms.

    It refuses (by `Endpoints` and `Administrators`) a perimeter without an endpoint and a policy
    that nobody could repair, and a stack without a Region, for which `TableV2` cannot say which
    key is meant.

    Args:
        scope: parent construct.
        construct_id: id in the parent.
        table_name: fixed name, since the endpoint's policy names the table too.
        key: customer-managed key; `TableKey` makes a fitting one.
        partition_key: attribute to partition by.
        endpoints: where the data may be reached from.
        administrators: who may deploy, export, restore and back up.
        sort_key: attribute to sort by.
        indexes: global secondary indexes.
        exemptions: who may reach the data from elsewhere.
        stream_exemptions: who may read the stream from elsewhere, and not the table.
        cache_role_arns: service roles of the DAX clusters that read the table.
        time_to_live_attribute: attribute with the expiry time in epoch seconds.
        stream: what the stream carries; None: no stream.
        billing: on-demand unless given.
        recovery_days: days of point-in-time recovery, 1 to 35.
        alarm_topic: who is told about alarms.

    Raises:
        ValueError: the stack has no Region.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/best-practices-security-preventative.html
    """

    def __init__(  # noqa: PLR0913 - what a table is made of
        self,
        scope: Construct,
        construct_id: str,
        *,
        table_name: str,
        key: kms.IKey,
        partition_key: dynamodb.Attribute,
        endpoints: Endpoints,
        administrators: Administrators,
        sort_key: dynamodb.Attribute | None = None,
        indexes: Sequence[dynamodb.GlobalSecondaryIndexPropsV2] = (),
        exemptions: Sequence[Exemption] = (),
        stream_exemptions: Sequence[Exemption] = (),
        cache_role_arns: Sequence[str] = (),
        time_to_live_attribute: str | None = None,
        stream: dynamodb.StreamViewType | None = None,
        billing: dynamodb.Billing | None = None,
        recovery_days: int = 35,
        alarm_topic: sns.ITopic | None = None,
    ) -> None:
        region = cdk.Stack.of(scope).region
        if cdk.Token.is_unresolved(region):
            raise ValueError(
                f"stack {cdk.Stack.of(scope).node.path}: region is not set, and TableV2 cannot "
                'encrypt with a key without it; pass env=cdk.Environment(region="eu-west-1")'
            )
        super().__init__(scope, construct_id)
        self.table = dynamodb.TableV2(
            self,
            "Table",
            table_name=table_name,
            partition_key=partition_key,
            sort_key=sort_key,
            global_secondary_indexes=list(indexes),
            time_to_live_attribute=time_to_live_attribute,
            billing=billing or dynamodb.Billing.on_demand(),
            encryption=dynamodb.TableEncryptionV2.customer_managed_key(key),
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True, recovery_period_in_days=recovery_days
            ),
            deletion_protection=True,
            removal_policy=cdk.RemovalPolicy.RETAIN,
            resource_policy=table_policy(
                self,
                endpoints=endpoints,
                administrators=administrators,
                exemptions=exemptions,
                cache_role_arns=cache_role_arns,
            ),
            dynamo_stream=stream,
            stream_resource_policy=None
            if stream is None
            else stream_policy(
                self,
                endpoints=endpoints,
                administrators=administrators,
                exemptions=[*exemptions, *stream_exemptions],
            ),
        )
        self.alarms = self._alarms(alarm_topic)

    def _alarms(self, topic: sns.ITopic | None) -> tuple[cloudwatch.Alarm, ...]:
        return (
            alarm_on(
                self,
                "ReadThrottles",
                self._metric("ReadThrottleEvents"),
                what="reads were throttled",
                topic=topic,
            ),
            alarm_on(
                self,
                "WriteThrottles",
                self._metric("WriteThrottleEvents"),
                what="writes were throttled",
                topic=topic,
            ),
            # DynamoDB counts these for each operation.
            alarm_on(
                self,
                "SystemErrors",
                self.table.metric_system_errors_for_operations(
                    operations=list(_WATCHED_OPERATIONS), period=_PERIOD
                ),
                what="DynamoDB answered with an internal error",
                topic=topic,
            ),
            # The metric has no table dimension: it counts for the account and Region.
            alarm_on(
                self,
                "UserErrors",
                cloudwatch.Metric(
                    namespace="AWS/DynamoDB",
                    metric_name="UserErrors",
                    statistic="Sum",
                    period=_PERIOD,
                ),
                what="requests were refused as invalid",
                topic=topic,
                threshold=10,
            ),
        )

    def _metric(self, name: str) -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace="AWS/DynamoDB",
            metric_name=name,
            dimensions_map={"TableName": self.table.table_name},
            statistic="Sum",
            period=_PERIOD,
        )

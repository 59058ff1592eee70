"""A Lambda function that follows the stream of a private table, and writes to that table."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from private_dynamodb import actions
from private_dynamodb.alarms import alarm_on
from private_dynamodb.encryption_keys import log_group_key
from private_dynamodb.perimeter import Exemption
from private_dynamodb.trust import name_trust

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_sns as sns

_HTTPS = ec2.Port.tcp(443)
# Lambda attaches a function to a VPC by its execution role. These calls name no resource.
# Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
_ATTACH_TO_VPC = (
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
)
_SOURCE_FUNCTION = "lambda:SourceFunctionArn"


class StreamConsumerRole(Construct):
    """The execution role of a stream consumer, which the stream's policy has to exempt.

    The stream is polled by the Lambda service, from outside the VPC, with the execution role of
    the function: nothing else can be named. So this role is exempt from the network Deny of the
    stream, and of the stream only. What that means:

    - Whoever holds the role's credentials may read the stream from anywhere. The policy of
      `StreamConsumer` therefore allows polling only where ``lambda:SourceFunctionArn`` is absent,
      as it is when the service polls, and never to the function's own code.
    - Whoever may pass the role to Lambda may follow the stream with another function. Guard
      ``iam:PassRole`` on it like the data.
    - The table does not exempt it: items are read and written through the endpoint.

    It exists before the table, whose stream policy names it.

    Args:
        scope: parent construct.
        construct_id: id in the parent.
        role_name: its name, for policies that cannot refer to it; IAM names are global, so it
            has to carry the Region.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, role_name: str | None = None
    ) -> None:
        super().__init__(scope, construct_id)
        self.role = iam.Role(
            self,
            "Role",
            role_name=role_name,
            description="Follows the stream of the private table",
            # Lambda alone: whoever assumes it is exempt from the network Deny of the stream.
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
        )
        name_trust(self.role, "AllowLambda")

    @property
    def exemption(self) -> Exemption:
        """Return the role as the stream's policy exempts it."""
        return Exemption(
            arn=self.role.role_arn,
            reason="Lambda polls the stream with this role, from outside the VPC",
        )


class StreamConsumer(Construct):
    """A function inside the VPC that is given the new items of a table, and may move items.

    Creates a Lambda function in the given subnets with a security group of its own, an encrypted
    log group with its key, the role's policies, an event source mapping (oldest record first, one
    batch a shard at a time, halved when it fails) and an encrypted dead-letter queue with an
    alarm. The function reaches DynamoDB through the endpoint and nothing else; logs and failures
    are delivered by the Lambda service.

    Costs roughly 1 USD a month for the key and 0.10 USD for the alarm; invocations by use.

    Args:
        scope: parent construct.
        construct_id: id in the parent.
        role: the role that the stream's policy exempts.
        code: the function's code.
        handler: ``MODULE.FUNCTION``.
        environment: variables of the function.
        vpc: where it runs.
        subnets: isolated subnets with a route to the DynamoDB endpoint.
        table_arn: the table that it reads and writes.
        stream_arn: the stream that it follows.
        filters: which records it is given, in the language of event filtering.
        index: the index that it queries.
        alarm_topic: who is told when records are given up.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
    """

    def __init__(  # noqa: PLR0913 - what a consumer is made of
        self,
        scope: Construct,
        construct_id: str,
        *,
        role: StreamConsumerRole,
        code: lambda_.Code,
        handler: str,
        environment: Mapping[str, str],
        vpc: ec2.IVpc,
        subnets: Sequence[ec2.ISubnet],
        table_arn: str,
        stream_arn: str,
        filters: Sequence[Mapping[str, object]],
        index: str,
        alarm_topic: sns.ITopic | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self._role = role.role
        self.queue = self._dead_letter_queue()
        self.log_group = self._log_group()
        self.service_policy = self._service_policy(stream_arn)
        self.function = self._function(code, handler, environment, vpc, subnets)
        self.table_policy = self._table_policy(table_arn, index)
        self.mapping = self._mapping(stream_arn, filters)
        self.alarm = alarm_on(
            self,
            "GivenUp",
            self.queue.metric_approximate_number_of_messages_visible(
                statistic="Maximum", period=cdk.Duration.minutes(5)
            ),
            what="records of the stream were given up into the dead-letter queue",
            topic=alarm_topic,
        )

    def _dead_letter_queue(self) -> sqs.Queue:
        queue = sqs.Queue(
            self,
            "DeadLetters",
            # What arrives names shard and sequence numbers, and no item.
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            retention_period=cdk.Duration.days(14),
        )
        queue.add_to_resource_policy(
            iam.PolicyStatement(
                sid="DenyPlainHttp",
                effect=iam.Effect.DENY,
                principals=[iam.StarPrincipal()],
                actions=["sqs:*"],
                resources=[queue.queue_arn],
                conditions={"Bool": {"aws:SecureTransport": "false"}},
            )
        )
        return queue

    def _log_group(self) -> logs.LogGroup:
        return logs.LogGroup(
            self,
            "Logs",
            encryption_key=log_group_key(self, "LogKey"),
            retention=logs.RetentionDays.ONE_YEAR,
            removal_policy=cdk.RemovalPolicy.RETAIN,
        )

    def _service_policy(self, stream_arn: str) -> iam.ManagedPolicy:
        # The key is in every request of the function's code, and in none that the service makes
        # on its behalf: so the code can neither poll nor touch network interfaces.
        by_the_service = {"Null": {_SOURCE_FUNCTION: "true"}}
        return iam.ManagedPolicy(
            self,
            "ServicePolicy",
            description="What Lambda does with the role, outside of the function",
            roles=[self._role],
            statements=[
                iam.PolicyStatement(
                    sid="AllowLambdaToPollStream",
                    actions=list(actions.READ_STREAM),
                    resources=[stream_arn],
                    conditions=by_the_service,
                ),
                iam.PolicyStatement(
                    sid="AllowLambdaToFindStreamAndAttachToVpc",
                    actions=["dynamodb:ListStreams", *_ATTACH_TO_VPC],
                    resources=["*"],
                    conditions=by_the_service,
                ),
                iam.PolicyStatement(
                    sid="AllowLambdaToSendFailures",
                    actions=["sqs:SendMessage"],
                    resources=[self.queue.queue_arn],
                    conditions=by_the_service,
                ),
                iam.PolicyStatement(
                    sid="AllowWritingLogs",
                    actions=["logs:CreateLogStream", "logs:PutLogEvents"],
                    resources=[self.log_group.log_group_arn],
                ),
            ],
        )

    def _function(
        self,
        code: lambda_.Code,
        handler: str,
        environment: Mapping[str, str],
        vpc: ec2.IVpc,
        subnets: Sequence[ec2.ISubnet],
    ) -> lambda_.Function:
        group = ec2.SecurityGroup(
            self,
            "Group",
            vpc=vpc,
            description="The consumer of the stream of the private table",
            allow_all_outbound=False,
        )
        # The only route out of these subnets is the DynamoDB endpoint.
        group.add_egress_rule(ec2.Peer.any_ipv4(), _HTTPS, "DynamoDB through the endpoint")
        function = lambda_.Function(
            self,
            "Function",
            description="Keeps items in step with the stream of the private table",
            runtime=lambda_.Runtime.PYTHON_3_14,
            architecture=lambda_.Architecture.ARM_64,
            code=code,
            handler=handler,
            environment=dict(environment),
            role=self._role,
            memory_size=256,
            timeout=cdk.Duration.seconds(60),
            log_group=self.log_group,
            logging_format=lambda_.LoggingFormat.JSON,
            vpc=vpc,
            vpc_subnets=ec2.SubnetSelection(subnets=list(subnets)),
            security_groups=[group],
        )
        function.node.add_dependency(self.service_policy)  # it attaches itself to the VPC
        return function

    def _table_policy(self, table_arn: str, index: str) -> iam.ManagedPolicy:
        by_the_function = {"ArnEquals": {_SOURCE_FUNCTION: self.function.function_arn}}
        return iam.ManagedPolicy(
            self,
            "TablePolicy",
            description="What the function's code does: find items by one index, and move them",
            roles=[self._role],
            statements=[
                iam.PolicyStatement(
                    sid="AllowFunctionToFindItems",
                    actions=["dynamodb:Query"],
                    resources=[f"{table_arn}/index/{index}"],
                    conditions=by_the_function,
                ),
                iam.PolicyStatement(
                    sid="AllowFunctionToMoveItems",
                    actions=["dynamodb:DeleteItem", "dynamodb:PutItem"],
                    resources=[table_arn],
                    conditions=by_the_function,
                ),
            ],
        )

    def _mapping(
        self, stream_arn: str, filters: Sequence[Mapping[str, object]]
    ) -> lambda_.CfnEventSourceMapping:
        mapping = lambda_.CfnEventSourceMapping(
            self,
            "Mapping",
            function_name=self.function.function_name,
            event_source_arn=stream_arn,
            starting_position="TRIM_HORIZON",
            batch_size=100,
            # One batch a shard at a time keeps the records of an item in order.
            parallelization_factor=1,
            bisect_batch_on_function_error=True,
            function_response_types=["ReportBatchItemFailures"],
            maximum_retry_attempts=20,
            maximum_record_age_in_seconds=int(cdk.Duration.hours(6).to_seconds()),
            filter_criteria=lambda_.CfnEventSourceMapping.FilterCriteriaProperty(
                filters=[
                    lambda_.CfnEventSourceMapping.FilterProperty(pattern=json.dumps(dict(pattern)))
                    for pattern in filters
                ]
            ),
            destination_config=lambda_.CfnEventSourceMapping.DestinationConfigProperty(
                on_failure=lambda_.CfnEventSourceMapping.OnFailureProperty(
                    destination=self.queue.queue_arn
                )
            ),
        )
        mapping.node.add_dependency(self.service_policy, self.table_policy)
        return mapping

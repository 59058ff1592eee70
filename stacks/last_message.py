"""The stream consumer of the sample workload, composed: its code, its filter, its findings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_

from private_dynamodb import StreamConsumer, StreamConsumerRole
from stacks.acknowledgments import acknowledge
from workload import keys

if TYPE_CHECKING:
    from aws_cdk import aws_sns as sns
    from constructs import Construct

    from private_dynamodb import PrivateNetwork, PrivateTable

HANDLER: Final = "workload.last_message.handler"
TABLE_VARIABLE: Final = "TABLE_NAME"
MODULES: Final = ("__init__.py", "keys.py", "last_message.py")
_ROOT: Final = Path(__file__).parents[1]
# New messages, and nothing that the function itself writes.
_NEW_MESSAGES: Final = {
    "eventName": ["INSERT"],
    "dynamodb": {"Keys": {"pk": {"S": [{"prefix": keys.MESSAGES}]}}},
}


def follow_messages(
    scope: Construct,
    *,
    role: StreamConsumerRole,
    table: PrivateTable,
    network: PrivateNetwork,
    alarm_topic: sns.ITopic,
) -> StreamConsumer:
    """Let a function keep conversations in step with the messages of a table.

    Args:
        scope: the stack that has the table.
        role: the role that the stream's policy exempts.
        table: the table, with its stream on.
        network: where the function runs.
        alarm_topic: who is told when records are given up.
    """
    stream_arn = table.table.table_stream_arn
    assert stream_arn is not None  # noqa: S101 - the configuration demands the stream
    consumer = StreamConsumer(
        scope,
        "LastMessage",
        role=role,
        code=code(),
        handler=HANDLER,
        environment={TABLE_VARIABLE: table.table.table_name},
        vpc=network.vpc,
        subnets=network.client_subnets,
        table_arn=table.table.table_arn,
        stream_arn=stream_arn,
        filters=[_NEW_MESSAGES],
        index=keys.INDEX,
        alarm_topic=alarm_topic,
    )
    _acknowledge(consumer)
    return consumer


def code() -> lambda_.Code:
    """Package the modules that the function needs as they are: it has boto3 already."""
    return lambda_.Code.from_asset(
        str(_ROOT),
        exclude=["*", "!workload", "workload/*", *(f"!workload/{name}" for name in MODULES)],
        ignore_mode=cdk.IgnoreMode.GIT,
    )


def _acknowledge(consumer: StreamConsumer) -> None:
    """Accept what the packs find on a consumer, each with its reason."""
    acknowledge(
        consumer.queue,
        {
            "AwsSolutions::AwsSolutions-SQS3": "It is a dead-letter queue: the event source "
            "mapping sends to it what it gives up, and an alarm tells when something is there."
        },
    )
    acknowledge(
        consumer.service_policy,
        {
            "AwsSolutions::AwsSolutions-IAM5[Resource::*]": "Lambda attaches the function to the "
            "VPC and finds the stream by calls that name no resource; the condition on "
            "lambda:SourceFunctionArn closes them to the function's own code."
        },
    )
    mapped = (
        "Only the event source mapping invokes the function, with one batch a shard at a time, "
    )
    for pack in ("NIST.800.53.R5", "HIPAA.Security"):
        acknowledge(
            consumer.function,
            {
                f"{pack}::{pack}-LambdaConcurrency": f"{mapped}so the stream's shards bound its "
                "concurrency; a reservation would only take it from the account's others.",
                f"{pack}::{pack}-LambdaDLQ": f"{mapped}and what fails goes to the mapping's "
                "dead-letter queue; the function's own is for asynchronous invocations.",
            },
        )

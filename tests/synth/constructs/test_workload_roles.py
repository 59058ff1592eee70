"""Who works with the data, and that they can do nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from private_dynamodb import CrossAccountCacheReader, DataAccess, DataPolicy, WorkloadRole
from tests.synth.templates import name_of, only

if TYPE_CHECKING:
    import aws_cdk as cdk

    from tests.synth.constructs.conftest import Synthesize

TABLE = "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/messages"
CACHE = "arn:aws:dax:eu-west-1:111122223333:cache/messages"
READ = [
    "dynamodb:BatchGetItem",
    "dynamodb:ConditionCheckItem",
    "dynamodb:DescribeTable",
    "dynamodb:GetItem",
    "dynamodb:Query",
    "dynamodb:Scan",
]
WRITE = [
    "dynamodb:BatchWriteItem",
    "dynamodb:DeleteItem",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
]
READ_CACHE = {
    "Sid": "AllowReadingCache",
    "Effect": "Allow",
    "Action": ["dax:BatchGetItem", "dax:GetItem", "dax:Query", "dax:Scan"],
    "Resource": CACHE,
}
POLICY = "AWS::IAM::ManagedPolicy"
ROLE = "AWS::IAM::Role"


def allow_table(*actions: str) -> dict[str, Any]:
    return {
        "Sid": "AllowTable",
        "Effect": "Allow",
        "Action": list(actions),
        "Resource": [TABLE, f"{TABLE}/index/*"],
    }


@pytest.mark.parametrize(
    ("access", "actions"),
    [(DataAccess.READ, READ), (DataAccess.READ_AND_WRITE, [*READ, *WRITE])],
    ids=["reader", "writer"],
)
def test_a_policy_names_the_table_and_its_indexes(
    access: DataAccess, actions: list[str], anywhere: cdk.Stack, synthesize: Synthesize
) -> None:
    DataPolicy(anywhere, "Policy", access=access, table_name="messages")

    assert only(synthesize(anywhere), POLICY)["PolicyDocument"] == {
        "Version": "2012-10-17",
        "Statement": [allow_table(*actions)],
    }


def test_a_policy_names_the_stream_and_the_cache_when_there_are_any(
    anywhere: cdk.Stack, synthesize: Synthesize
) -> None:
    DataPolicy(
        anywhere,
        "Policy",
        access=DataAccess.READ_AND_WRITE,
        table_name="messages",
        cache_arn=CACHE,
        stream=True,
    )

    assert only(synthesize(anywhere), POLICY)["PolicyDocument"]["Statement"] == [
        allow_table(*READ, *WRITE),
        {
            "Sid": "AllowStream",
            "Effect": "Allow",
            "Action": [
                "dynamodb:DescribeStream",
                "dynamodb:GetRecords",
                "dynamodb:GetShardIterator",
            ],
            "Resource": f"{TABLE}/stream/*",
        },
        # Writers read through the cache too, and never write through it.
        READ_CACHE,
    ]


def test_compute_services_assume_a_workload_role(
    anywhere: cdk.Stack, synthesize: Synthesize
) -> None:
    policy = DataPolicy(anywhere, "Policy", access=DataAccess.READ, table_name="messages")
    WorkloadRole(
        anywhere,
        "Reader",
        role_name="messages-reader-eu-west-1",
        policy=policy,
        services=["ecs-tasks.amazonaws.com", "lambda.amazonaws.com"],
    )
    template = synthesize(anywhere)
    role = only(template, ROLE)

    assert role["RoleName"] == "messages-reader-eu-west-1"
    assert role["ManagedPolicyArns"] == [f"${{{name_of(template, POLICY)}}}"]
    assert "Policies" not in role
    assert role["AssumeRolePolicyDocument"]["Statement"] == [
        {
            "Sid": sid,
            "Effect": "Allow",
            "Principal": {"Service": service},
            "Action": "sts:AssumeRole",
        }
        for sid, service in (
            ("AllowEcsTasks", "ecs-tasks.amazonaws.com"),
            ("AllowLambda", "lambda.amazonaws.com"),
        )
    ]


@pytest.mark.parametrize("external_id", ["reporting", None])
def test_another_account_reads_through_the_cache_and_does_nothing_else(
    external_id: str | None, anywhere: cdk.Stack, synthesize: Synthesize
) -> None:
    CrossAccountCacheReader(
        anywhere,
        "Reader",
        role_name="messages-cache-444455556666-eu-west-1",
        account="444455556666",
        cache_arn=CACHE,
        external_id=external_id,
    )
    template = synthesize(anywhere)
    role = only(template, ROLE)
    trust: dict[str, Any] = {
        "Sid": "AllowReaderAccount",
        "Effect": "Allow",
        "Principal": {"AWS": "arn:${AWS::Partition}:iam::444455556666:root"},
        "Action": "sts:AssumeRole",
    }
    if external_id:
        trust["Condition"] = {"StringEquals": {"sts:ExternalId": external_id}}

    assert role["RoleName"] == "messages-cache-444455556666-eu-west-1"
    assert role["AssumeRolePolicyDocument"]["Statement"] == [trust]
    assert not {"ManagedPolicyArns", "Policies"} & set(role)
    assert only(template, POLICY)["Roles"] == [f"${{{name_of(template, ROLE)}}}"]
    assert only(template, POLICY)["PolicyDocument"]["Statement"] == [READ_CACHE]

"""What passes through the endpoints: our principals, our table, and only what is used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from private_dynamodb import cache_endpoint_policy, stream_endpoint_policy, table_endpoint_policy
from tests.synth.templates import plain

if TYPE_CHECKING:
    import aws_cdk as cdk

TABLE = "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/messages"
OUR_PRINCIPALS = {"aws:PrincipalAccount": "${AWS::AccountId}"}
OUR_RESOURCES = {**OUR_PRINCIPALS, "aws:ResourceAccount": "${AWS::AccountId}"}


def allow(
    sid: str, action: str | list[str], resource: str | list[str], pinned: dict[str, str]
) -> dict[str, Any]:
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": "*",
        "Action": action,
        "Resource": resource,
        "Condition": {"StringEquals": pinned},
    }


def test_the_table_policy_admits_our_principals_to_our_table(anywhere: cdk.Stack) -> None:
    policy = table_endpoint_policy(anywhere, table_name="messages")

    assert plain(anywhere.resolve(policy)) == {
        "Version": "2012-10-17",
        "Statement": [
            allow(
                "AllowOwnPrincipalsOwnTable",
                [
                    "dynamodb:BatchGetItem",
                    "dynamodb:ConditionCheckItem",
                    "dynamodb:DescribeTable",
                    "dynamodb:GetItem",
                    "dynamodb:Query",
                    "dynamodb:Scan",
                    "dynamodb:BatchWriteItem",
                    "dynamodb:DeleteItem",
                    "dynamodb:PutItem",
                    "dynamodb:UpdateItem",
                ],
                [TABLE, f"{TABLE}/index/*"],
                OUR_RESOURCES,
            ),
            allow(
                "AllowDiscovery",
                ["dynamodb:DescribeEndpoints", "dynamodb:ListTables"],
                "*",
                OUR_PRINCIPALS,
            ),
        ],
    }


def test_the_stream_policy_admits_our_principals_to_our_stream(anywhere: cdk.Stack) -> None:
    policy = stream_endpoint_policy(anywhere, table_name="messages")

    assert plain(anywhere.resolve(policy)) == {
        "Version": "2012-10-17",
        "Statement": [
            allow(
                "AllowOwnPrincipalsOwnStream",
                ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
                f"{TABLE}/stream/*",
                OUR_RESOURCES,
            )
        ],
    }


def test_the_cache_policy_admits_our_principals_to_descriptions_only(anywhere: cdk.Stack) -> None:
    policy = cache_endpoint_policy(anywhere)

    assert plain(anywhere.resolve(policy)) == {
        "Version": "2012-10-17",
        "Statement": [
            allow(
                "AllowOwnPrincipalsDescribeCaches",
                [
                    "dax:DescribeClusters",
                    "dax:DescribeEvents",
                    "dax:DescribeParameterGroups",
                    "dax:DescribeParameters",
                    "dax:DescribeSubnetGroups",
                ],
                "*",
                OUR_PRINCIPALS,
            )
        ],
    }

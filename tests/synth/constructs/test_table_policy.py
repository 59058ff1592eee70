"""The policies that keep a table and its stream inside, exactly: they are the product."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from private_dynamodb import Administrators, Endpoints, Exemption, stream_policy, table_policy
from tests.synth.templates import by_sid, plain

if TYPE_CHECKING:
    import aws_cdk as cdk
    from aws_cdk import aws_iam as iam

SERVICE_LINKED = "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/aws-service-role/*"
DEPLOY = "arn:aws:iam::111122223333:role/deploy"
OPERATIONS = "arn:aws:iam::111122223333:role/operations"
AUDITOR = "arn:aws:iam::111122223333:user/auditor"
DAX = "arn:aws:iam::111122223333:role/dax"
ENDPOINTS = Endpoints(table=("vpce-1", "vpce-2"), stream=("vpce-3",))
ADMINISTRATORS = Administrators(
    deploy=(DEPLOY,),
    export=("arn:aws:iam::111122223333:role/lake",),
    restore=("arn:aws:iam::111122223333:role/restore",),
    backup=("arn:aws:iam::111122223333:role/backup",),
)
DATA_PLANE = [
    "dynamodb:BatchGetItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:ConditionCheckItem",
    "dynamodb:DeleteItem",
    "dynamodb:GetItem",
    "dynamodb:PartiQLDelete",
    "dynamodb:PartiQLInsert",
    "dynamodb:PartiQLSelect",
    "dynamodb:PartiQLUpdate",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "dynamodb:Scan",
    "dynamodb:SearchVectors",
    "dynamodb:UpdateItem",
]


def deny(sid: str, action: str | list[str], condition: dict[str, Any] | None) -> dict[str, Any]:
    statement: dict[str, Any] = {
        "Sid": sid,
        "Effect": "Deny",
        "Principal": "*",
        "Action": action,
        "Resource": "*",
    }
    return statement if condition is None else {**statement, "Condition": condition}


def but_for(*arns: str) -> dict[str, Any]:
    return {"ArnNotEquals": {"aws:PrincipalArn": list(arns)}}


PLAIN_HTTP = deny("DenyPlainHttp", "dynamodb:*", {"Bool": {"aws:SecureTransport": "false"}})
OTHER_ACCOUNTS = deny(
    "DenyOtherAccounts",
    "dynamodb:*",
    {"StringNotEquals": {"aws:PrincipalAccount": "${AWS::AccountId}"}},
)
POLICY_CHANGES = deny(
    "DenyPolicyChanges",
    ["dynamodb:DeleteResourcePolicy", "dynamodb:PutResourcePolicy"],
    but_for(DEPLOY),
)


def written(stack: cdk.Stack, policy: iam.PolicyDocument) -> dict[str, Any]:
    """Resolve a policy as a template would have it."""
    document: dict[str, Any] = plain(stack.resolve(policy))
    return document


def test_the_whole_table_policy(anywhere: cdk.Stack) -> None:
    policy = written(
        anywhere,
        table_policy(
            anywhere,
            endpoints=ENDPOINTS,
            administrators=ADMINISTRATORS,
            exemptions=[
                Exemption(OPERATIONS, "moves data out of the old table"),
                Exemption(AUDITOR, "audits from elsewhere", dt.date(2030, 1, 31)),
            ],
            cache_role_arns=[DAX],
        ),
    )

    assert policy == {
        "Version": "2012-10-17",
        "Statement": [
            deny(
                "DenyDataPlaneOutsideEndpoints",
                DATA_PLANE,
                {
                    "StringNotEquals": {"aws:SourceVpce": ["vpce-1", "vpce-2"]},
                    "ArnNotLike": {"aws:PrincipalArn": [DAX, SERVICE_LINKED, OPERATIONS, AUDITOR]},
                },
            ),
            deny(
                "DenyExpiredExemption2",
                DATA_PLANE,
                {
                    "StringNotEquals": {"aws:SourceVpce": ["vpce-1", "vpce-2"]},
                    "ArnEquals": {"aws:PrincipalArn": AUDITOR},
                    "DateGreaterThan": {"aws:CurrentTime": "2030-01-31T23:59:59Z"},
                },
            ),
            PLAIN_HTTP,
            OTHER_ACCOUNTS,
            POLICY_CHANGES,
            deny(
                "DenyExport", "dynamodb:ExportTableToPointInTime", but_for(ADMINISTRATORS.export[0])
            ),
            deny(
                "DenyPointInTimeRestore",
                "dynamodb:RestoreTableToPointInTime",
                but_for(ADMINISTRATORS.restore[0]),
            ),
            deny(
                "DenyBackups",
                ["dynamodb:CreateBackup", "dynamodb:StartAwsBackupJob"],
                but_for(ADMINISTRATORS.backup[0]),
            ),
            deny(
                "DenyKinesisStreaming",
                [
                    "dynamodb:EnableKinesisStreamingDestination",
                    "dynamodb:UpdateKinesisStreamingDestination",
                ],
                but_for(DEPLOY),
            ),
            deny(
                "DenyReplicas",
                [
                    "dynamodb:AssociateTableReplica",
                    "dynamodb:CreateGlobalTable",
                    "dynamodb:CreateTableReplica",
                    "dynamodb:ReadDataForReplication",
                    "dynamodb:ReplicateSettings",
                    "dynamodb:UpdateGlobalTable",
                    "dynamodb:WriteDataForReplication",
                ],
                but_for(DEPLOY),
            ),
            deny("DenyContributorInsights", "dynamodb:UpdateContributorInsights", but_for(DEPLOY)),
        ],
    }


def test_the_whole_stream_policy(anywhere: cdk.Stack) -> None:
    policy = written(
        anywhere,
        stream_policy(
            anywhere,
            endpoints=ENDPOINTS,
            administrators=ADMINISTRATORS,
            exemptions=[Exemption(OPERATIONS, "consumes the stream")],
        ),
    )

    assert policy == {
        "Version": "2012-10-17",
        "Statement": [
            deny(
                "DenyDataPlaneOutsideEndpoints",
                ["dynamodb:GetRecords", "dynamodb:GetShardIterator"],
                {
                    "StringNotEquals": {"aws:SourceVpce": ["vpce-3"]},
                    "ArnNotLike": {"aws:PrincipalArn": [SERVICE_LINKED, OPERATIONS]},
                },
            ),
            PLAIN_HTTP,
            OTHER_ACCOUNTS,
            POLICY_CHANGES,
        ],
    }


def test_a_stream_without_endpoints_is_denied_to_all_but_the_exempt(anywhere: cdk.Stack) -> None:
    policy = written(
        anywhere,
        stream_policy(
            anywhere, endpoints=Endpoints(table=("vpce-1",)), administrators=ADMINISTRATORS
        ),
    )

    assert by_sid(policy)["DenyDataPlaneOutsideEndpoints"]["Condition"] == {
        "ArnNotLike": {"aws:PrincipalArn": [SERVICE_LINKED]}
    }


def test_an_exit_that_nobody_is_named_for_is_closed_to_everybody(anywhere: cdk.Stack) -> None:
    statements = by_sid(
        written(
            anywhere,
            table_policy(
                anywhere, endpoints=ENDPOINTS, administrators=Administrators(deploy=(DEPLOY,))
            ),
        )
    )

    for sid in ("DenyExport", "DenyPointInTimeRestore", "DenyBackups"):
        assert "Condition" not in statements[sid]


@pytest.mark.parametrize("write", [table_policy, stream_policy])
def test_a_policy_allows_nothing(write: Any, anywhere: cdk.Stack) -> None:  # noqa: ANN401
    policy = written(anywhere, write(anywhere, endpoints=ENDPOINTS, administrators=ADMINISTRATORS))

    assert {statement["Effect"] for statement in policy["Statement"]} == {"Deny"}


@pytest.mark.parametrize("write", [table_policy, stream_policy])
def test_only_plain_http_and_strangers_are_denied_whole_services(
    write: Any,  # noqa: ANN401
    anywhere: cdk.Stack,
) -> None:
    """A Deny of dynamodb:* for anybody else would lock out deployment and autoscaling."""
    policy = written(anywhere, write(anywhere, endpoints=ENDPOINTS, administrators=ADMINISTRATORS))
    whole = {
        statement["Sid"]
        for statement in policy["Statement"]
        if any("*" in action for action in [statement["Action"]])
    }

    assert whole == {"DenyPlainHttp", "DenyOtherAccounts"}


def test_no_action_of_deployment_backup_or_autoscaling_is_denied(anywhere: cdk.Stack) -> None:
    policy = written(
        anywhere, table_policy(anywhere, endpoints=ENDPOINTS, administrators=ADMINISTRATORS)
    )
    denied = {
        action
        for statement in policy["Statement"]
        for action in (
            statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        )
    }

    assert not denied & {
        "dynamodb:DescribeTable",
        "dynamodb:UpdateTable",
        "dynamodb:DeleteTable",
        "dynamodb:TagResource",
        "dynamodb:UpdateTimeToLive",
        "dynamodb:UpdateContinuousBackups",
        "dynamodb:DescribeContinuousBackups",
        "dynamodb:GetResourcePolicy",
    }

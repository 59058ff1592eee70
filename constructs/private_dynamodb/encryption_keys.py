"""Customer-managed keys that only the services they are for can use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs import Construct

# What an administrator does with a key. None of it reads what the key encrypted.
_ADMINISTER = (
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "kms:DescribeKey",
    "kms:DisableKey",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListGrants",
    "kms:ListKeyPolicies",
    "kms:ListResourceTags",
    "kms:PutKeyPolicy",
    "kms:RevokeGrant",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
)
_USE = ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*")


class MediatedKey(kms.Key):
    """A key that this account's principals can use through one service, and in no other way.

    Creates a rotating, retained key (about 1 USD a month). Whoever may use the service's
    resource here uses the key by that; it refuses direct use and other accounts.

    Args:
        scope: parent construct.
        construct_id: id in the parent.
        service: the service's name in its host name, e.g. ``dynamodb``.
        description: what it encrypts.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, service: str, description: str
    ) -> None:
        stack = cdk.Stack.of(scope)
        through_service = {
            "StringEquals": {
                "kms:CallerAccount": stack.account,
                "kms:ViaService": f"{service}.{stack.region}.{stack.url_suffix}",
            }
        }
        super().__init__(
            scope,
            construct_id,
            description=description,
            enable_key_rotation=True,
            removal_policy=cdk.RemovalPolicy.RETAIN,
            policy=iam.PolicyDocument(
                statements=[
                    administer_key(),
                    iam.PolicyStatement(
                        sid="AllowUseThroughServiceOnly",
                        principals=[iam.StarPrincipal()],
                        actions=list(_USE),
                        resources=["*"],
                        conditions=through_service,
                    ),
                    # The service works on when no caller is there, by a grant.
                    iam.PolicyStatement(
                        sid="AllowGrantsToServiceOnly",
                        principals=[iam.StarPrincipal()],
                        actions=["kms:CreateGrant"],
                        resources=["*"],
                        conditions={
                            **through_service,
                            "Bool": {"kms:GrantIsForAWSResource": "true"},
                        },
                    ),
                ]
            ),
        )


class TableKey(MediatedKey):
    """The key of a private table, usable through DynamoDB only.

    Args:
        scope: parent construct.
        construct_id: id in the parent.
    """

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(
            scope,
            construct_id,
            service="dynamodb",
            description="Encrypts the private DynamoDB table",
        )


class ServiceKey(kms.Key):
    """A key that AWS services use for what this account asks of them.

    Creates a rotating, retained key (about 1 USD a month). It refuses any principal but the
    named services; readers are let in by `grant_decrypt` or by a statement of their own.

    Args:
        scope: parent construct.
        construct_id: id in the parent.
        description: what it encrypts.
        services: service principals, e.g. ``cloudwatch.amazonaws.com``.
        conditions: conditions of their use; by default requests for this account's resources.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        description: str,
        services: Sequence[str],
        conditions: Mapping[str, object] | None = None,
    ) -> None:
        account = cdk.Stack.of(scope).account
        super().__init__(
            scope,
            construct_id,
            description=description,
            enable_key_rotation=True,
            removal_policy=cdk.RemovalPolicy.RETAIN,
            policy=iam.PolicyDocument(
                statements=[
                    administer_key(),
                    iam.PolicyStatement(
                        sid="AllowServicesOfThisAccount",
                        principals=[iam.ServicePrincipal(service) for service in services],
                        actions=list(_USE),
                        resources=["*"],
                        conditions=conditions or {"StringEquals": {"aws:SourceAccount": account}},
                    ),
                ]
            ),
        )


def log_group_key(scope: Construct, construct_id: str) -> ServiceKey:
    """Create a key for the log groups of one stack.

    CloudWatch Logs sends the log group as encryption context, and no source account.
    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    """
    stack = cdk.Stack.of(scope)
    log_groups = f"arn:{stack.partition}:logs:{stack.region}:{stack.account}:log-group:*"
    return ServiceKey(
        scope,
        construct_id,
        description="Encrypts log groups",
        services=[f"logs.{stack.region}.{stack.url_suffix}"],
        conditions={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": log_groups}},
    )


def administer_key() -> iam.PolicyStatement:
    """Let the account administer a key by its IAM policies, without using it."""
    return iam.PolicyStatement(
        sid="AllowAdministrationByIamPolicies",
        principals=[iam.AccountRootPrincipal()],
        actions=list(_ADMINISTER),
        resources=["*"],
    )

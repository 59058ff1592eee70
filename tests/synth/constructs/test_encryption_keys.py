"""Keys that only the services they are for can use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from private_dynamodb import MediatedKey, ServiceKey, TableKey
from private_dynamodb.encryption_keys import log_group_key
from tests.synth.templates import by_sid, of_type, only

if TYPE_CHECKING:
    import aws_cdk as cdk

    from tests.synth.constructs.conftest import Synthesize

USE = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
READS_OR_GRANTS = {
    "kms:Decrypt",
    "kms:Encrypt",
    "kms:CreateGrant",
    "kms:GenerateDataKey*",
    "kms:ReEncrypt*",
    "kms:*",
}


def key_policy(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return by_sid(only(template, "AWS::KMS::Key")["KeyPolicy"])


@pytest.fixture(params=["table", "mediated", "service", "log group"])
def any_key(request: pytest.FixtureRequest, anywhere: cdk.Stack) -> cdk.Stack:
    match request.param:
        case "table":
            TableKey(anywhere, "Key")
        case "mediated":
            MediatedKey(anywhere, "Key", service="backup", description="Encrypts backups")
        case "service":
            ServiceKey(anywhere, "Key", description="Encrypts", services=["sns.amazonaws.com"])
        case _:
            log_group_key(anywhere, "Key")
    return anywhere


def test_a_key_rotates_and_is_retained(any_key: cdk.Stack, synthesize: Synthesize) -> None:
    (key,) = of_type(synthesize(any_key), "AWS::KMS::Key").values()

    assert key["Properties"]["EnableKeyRotation"] is True
    assert (key["DeletionPolicy"], key["UpdateReplacePolicy"]) == ("Retain", "Retain")


def test_the_account_administers_a_key_and_cannot_read_with_it(
    any_key: cdk.Stack, synthesize: Synthesize
) -> None:
    administration = key_policy(synthesize(any_key))["AllowAdministrationByIamPolicies"]

    assert administration["Principal"] == {
        "AWS": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"
    }
    assert "kms:PutKeyPolicy" in administration["Action"]
    assert not READS_OR_GRANTS & set(administration["Action"])


def test_whoever_is_not_the_account_needs_a_condition(
    any_key: cdk.Stack, synthesize: Synthesize
) -> None:
    statements = key_policy(synthesize(any_key))

    assert [
        sid
        for sid, statement in statements.items()
        if sid != "AllowAdministrationByIamPolicies" and not statement.get("Condition")
    ] == []


def test_a_table_key_is_used_through_dynamodb_by_this_account_only(
    anywhere: cdk.Stack, synthesize: Synthesize
) -> None:
    TableKey(anywhere, "Key")
    statements = key_policy(synthesize(anywhere))
    through_dynamodb = {
        "kms:CallerAccount": "${AWS::AccountId}",
        "kms:ViaService": "dynamodb.${AWS::Region}.${AWS::URLSuffix}",
    }

    assert set(statements) == {
        "AllowAdministrationByIamPolicies",
        "AllowUseThroughServiceOnly",
        "AllowGrantsToServiceOnly",
    }
    assert statements["AllowUseThroughServiceOnly"] == {
        "Sid": "AllowUseThroughServiceOnly",
        "Effect": "Allow",
        "Principal": "*",
        "Action": USE,
        "Resource": "*",
        "Condition": {"StringEquals": through_dynamodb},
    }
    assert statements["AllowGrantsToServiceOnly"] == {
        "Sid": "AllowGrantsToServiceOnly",
        "Effect": "Allow",
        "Principal": "*",
        "Action": "kms:CreateGrant",
        "Resource": "*",
        "Condition": {
            "StringEquals": through_dynamodb,
            "Bool": {"kms:GrantIsForAWSResource": "true"},
        },
    }


def test_a_service_key_is_used_for_this_account(
    anywhere: cdk.Stack, synthesize: Synthesize
) -> None:
    services = ["cloudwatch.amazonaws.com", "dax.amazonaws.com"]
    ServiceKey(anywhere, "Key", description="Encrypts alarms", services=services)

    assert key_policy(synthesize(anywhere))["AllowServicesOfThisAccount"] == {
        "Sid": "AllowServicesOfThisAccount",
        "Effect": "Allow",
        "Principal": {"Service": services},
        "Action": USE,
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:SourceAccount": "${AWS::AccountId}"}},
    }


def test_a_log_group_key_is_used_by_the_logs_of_this_account_and_region(
    anywhere: cdk.Stack, synthesize: Synthesize
) -> None:
    log_group_key(anywhere, "Key")
    statement = key_policy(synthesize(anywhere))["AllowServicesOfThisAccount"]

    assert statement["Principal"] == {"Service": "logs.${AWS::Region}.${AWS::URLSuffix}"}
    assert statement["Condition"] == {
        "ArnLike": {
            "kms:EncryptionContext:aws:logs:arn": "arn:${AWS::Partition}:logs:${AWS::Region}:"
            "${AWS::AccountId}:log-group:*"
        }
    }

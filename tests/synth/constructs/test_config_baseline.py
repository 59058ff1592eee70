"""AWS Config: what is recorded, where it goes, and the rules that come after."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
import pytest

from ddb_perimeter.controls.rule_regions import LEFT_OUT
from private_dynamodb import ConfigBaseline, ConfigRecorder, ManagedRule, cache_rules
from tests.synth.templates import by_sid, name_of, of_type, only

if TYPE_CHECKING:
    from tests.synth.constructs.conftest import Synthesize

RECORDER = "AWS::Config::ConfigurationRecorder"
CHANNEL = "AWS::Config::DeliveryChannel"
RULE = "AWS::Config::ConfigRule"
ROLE = "AWS::IAM::ServiceLinkedRole"
CONFIG = {"Service": "config.amazonaws.com"}


def recorder(stack: cdk.Stack, *, home: bool = True, role: bool = True) -> ConfigRecorder:
    return ConfigRecorder(
        stack,
        "Recorder",
        records_global_types=home,
        creates_service_role=role,
        retention=cdk.Duration.days(365),
    )


@pytest.mark.parametrize("home", [True, False], ids=["home", "elsewhere"])
def test_everything_is_recorded_and_global_types_at_home_only(
    home: bool,  # noqa: FBT001 - a parameter of the test
    anywhere: cdk.Stack,
    synthesize: Synthesize,
) -> None:
    recorder(anywhere, home=home)

    assert only(synthesize(anywhere), RECORDER)["RecordingGroup"] == {
        "AllSupported": True,
        "IncludeGlobalResourceTypes": home,
    }


def test_the_recorder_works_with_the_service_linked_role(
    anywhere: cdk.Stack, synthesize: Synthesize
) -> None:
    recorder(anywhere)
    template = synthesize(anywhere)
    (resource,) = of_type(template, RECORDER).values()

    assert resource["Properties"]["RoleARN"] == (
        "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/aws-service-role/config.amazonaws.com/"
        "AWSServiceRoleForConfig"
    )
    assert only(template, ROLE) == {"AWSServiceName": "config.amazonaws.com"}
    assert resource["DependsOn"] == [name_of(template, ROLE)]


def test_an_account_that_has_the_role_keeps_it(anywhere: cdk.Stack, synthesize: Synthesize) -> None:
    recorder(anywhere, role=False)

    assert of_type(synthesize(anywhere), ROLE) == {}


def test_deliveries_are_encrypted_and_come_from_this_account(
    anywhere: cdk.Stack, synthesize: Synthesize
) -> None:
    recorder(anywhere)
    template = synthesize(anywhere)
    (logs,) = (name for name in of_type(template, "AWS::S3::Bucket") if "BucketLogs" in name)
    ((policy_name, policy),) = (
        (name, by_sid(policy["Properties"]["PolicyDocument"]))
        for name, policy in of_type(template, "AWS::S3::BucketPolicy").items()
        if policy["Properties"]["Bucket"] == f"${{{logs}}}"
    )
    (channel,) = of_type(template, CHANNEL).values()
    this_account = {"aws:SourceAccount": "${AWS::AccountId}"}

    assert channel["Properties"] == {
        "S3BucketName": f"${{{logs}}}",
        "S3KmsKeyArn": f"${{{name_of(template, 'AWS::KMS::Key')}.Arn}}",
    }
    assert channel["DependsOn"] == [policy_name]
    assert policy["AllowConfigToCheckBucket"] == {
        "Sid": "AllowConfigToCheckBucket",
        "Effect": "Allow",
        "Principal": CONFIG,
        "Action": ["s3:GetBucketAcl", "s3:ListBucket"],
        "Resource": f"${{{logs}.Arn}}",
        "Condition": {"StringEquals": this_account},
    }
    assert policy["AllowConfigToDeliver"] == {
        "Sid": "AllowConfigToDeliver",
        "Effect": "Allow",
        "Principal": CONFIG,
        "Action": "s3:PutObject",
        "Resource": f"${{{logs}.Arn}}/AWSLogs/${{AWS::AccountId}}/Config/*",
        "Condition": {
            "StringEquals": {**this_account, "s3:x-amz-acl": "bucket-owner-full-control"}
        },
    }


def test_a_rule_is_asked_as_it_is_described(anywhere: cdk.Stack, synthesize: Synthesize) -> None:
    ConfigBaseline(
        anywhere,
        "Rules",
        rules=[
            ManagedRule(
                "DYNAMODB_TABLE_ENCRYPTED_KMS",
                "The table is encrypted with its own key",
                {"kmsKeyArns": "arn:key"},
                only=("AWS::DynamoDB::Table", "messages"),
            )
        ],
    )

    assert only(synthesize(anywhere), RULE) == {
        "Description": "The table is encrypted with its own key",
        "InputParameters": {"kmsKeyArns": "arn:key"},
        "Scope": {
            "ComplianceResourceTypes": ["AWS::DynamoDB::Table"],
            "ComplianceResourceId": "messages",
        },
        "Source": {"Owner": "AWS", "SourceIdentifier": "DYNAMODB_TABLE_ENCRYPTED_KMS"},
    }


def test_a_rule_without_parameters_has_none(anywhere: cdk.Stack, synthesize: Synthesize) -> None:
    ConfigBaseline(anywhere, "Rules", rules=[ManagedRule("CLOUD_TRAIL_ENABLED", "A trail is on")])
    (rule,) = of_type(synthesize(anywhere), RULE).values()

    assert set(rule["Properties"]) == {"Description", "Source"}
    # Where the account has a recorder, there is nothing to wait for.
    assert "DependsOn" not in rule


def test_rules_come_after_the_recorder_that_the_stack_creates(
    anywhere: cdk.Stack, synthesize: Synthesize
) -> None:
    ConfigBaseline(
        anywhere,
        "Rules",
        rules=[ManagedRule("CLOUD_TRAIL_ENABLED", "A trail is on")],
        recorder=recorder(anywhere),
    )
    template = synthesize(anywhere)
    (rule,) = of_type(template, RULE).values()

    assert set(rule["DependsOn"]) == {name_of(template, RECORDER), name_of(template, CHANNEL)}


@pytest.mark.parametrize(
    ("region", "there"),
    [
        ("us-east-1", {"DAX_ENCRYPTION_ENABLED", "DAX_TLS_ENDPOINT_ENCRYPTION"}),
        ("cn-northwest-1", {"DAX_ENCRYPTION_ENABLED"}),
        ("ca-central-1", set()),
        pytest.param(
            None, {"DAX_ENCRYPTION_ENABLED", "DAX_TLS_ENDPOINT_ENCRYPTION"}, id="not-told"
        ),
    ],
)
def test_rules_that_the_region_lacks_are_left_out_and_named(
    region: str | None, there: set[str], synthesize: Synthesize
) -> None:
    everywhere = ManagedRule("CLOUD_TRAIL_ENABLED", "A trail is on")
    app = cdk.App(builtin_cloud_formation_validation=False)
    stack = cdk.Stack(app, "Theirs", env=cdk.Environment(region=region))
    wanted = {rule.identifier for rule in cache_rules()}

    baseline = ConfigBaseline(stack, "Rules", rules=[everywhere, *cache_rules()])

    assert there | {everywhere.identifier} == {
        rule["Properties"]["Source"]["SourceIdentifier"]
        for rule in of_type(synthesize(stack), RULE).values()
    }
    named = {entry.data for entry in baseline.node.metadata if entry.type == LEFT_OUT}
    assert named == wanted - there

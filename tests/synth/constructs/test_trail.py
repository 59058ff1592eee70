"""The trail: everything of the account, the table's data everywhere, and refused requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
import pytest

from private_dynamodb import AuditTrail
from tests.synth.templates import by_sid, name_of, of_type, only

if TYPE_CHECKING:
    from tests.synth.constructs.conftest import Synthesize
    from tests.synth.templates import Json

TRAIL_ARN = "arn:${AWS::Partition}:cloudtrail:${AWS::Region}:${AWS::AccountId}:trail/messages-trail"
TRAIL = "AWS::CloudTrail::Trail"
CLOUDTRAIL = {"Service": "cloudtrail.amazonaws.com"}
TABLES = [
    f"arn:${{AWS::Partition}}:dynamodb:{region}:${{AWS::AccountId}}:table/messages"
    for region in ("eu-west-1", "us-east-1")
]


@pytest.fixture
def template(anywhere: cdk.Stack, synthesize: Synthesize) -> Json:
    AuditTrail(
        anywhere,
        "Trail",
        trail_name="messages-trail",
        table_name="messages",
        regions=["eu-west-1", "us-east-1"],
        retention=cdk.Duration.days(365),
    )
    return synthesize(anywhere)


def key_with(template: Json, description: str) -> tuple[str, dict[str, Json]]:
    ((name, key),) = (
        (name, key)
        for name, key in of_type(template, "AWS::KMS::Key").items()
        if key["Properties"]["Description"] == description
    )
    return name, by_sid(key["Properties"]["KeyPolicy"])


def test_the_trail_is_on_in_every_region_validated_and_encrypted(template: Json) -> None:
    trail = only(template, TRAIL)
    key, _ = key_with(template, "Encrypts the trail's log files")

    assert trail["TrailName"] == "messages-trail"
    assert trail["IsLogging"] is True
    assert trail["IsMultiRegionTrail"] is True
    assert trail["IncludeGlobalServiceEvents"] is True
    assert trail["EnableLogFileValidation"] is True
    assert trail["KMSKeyId"] == f"${{{key}.Arn}}"


def test_the_trail_records_management_data_and_refused_requests(template: Json) -> None:
    selectors = {
        selector["Name"]: {
            field.pop("Field"): field for field in (dict(f) for f in selector["FieldSelectors"])
        }
        for selector in only(template, TRAIL)["AdvancedEventSelectors"]
    }

    assert selectors == {
        "Management events": {"eventCategory": {"Equals": ["Management"]}},
        "Reads and writes of the table": {
            "eventCategory": {"Equals": ["Data"]},
            "resources.type": {"Equals": ["AWS::DynamoDB::Table"]},
            "resources.ARN": {"StartsWith": TABLES},
        },
        "Reads of the stream": {
            "eventCategory": {"Equals": ["Data"]},
            "resources.type": {"Equals": ["AWS::DynamoDB::Stream"]},
            "resources.ARN": {"StartsWith": [f"{table}/stream/" for table in TABLES]},
        },
        "Requests that an endpoint refused": {
            "eventCategory": {"Equals": ["NetworkActivity"]},
            "eventSource": {"Equals": ["dynamodb.amazonaws.com"]},
            "errorCode": {"Equals": ["VpceAccessDenied"]},
        },
    }


def test_only_this_trail_writes_to_the_bucket(template: Json) -> None:
    (logs,) = (name for name in of_type(template, "AWS::S3::Bucket") if "BucketLogs" in name)
    (policy,) = (
        by_sid(policy["Properties"]["PolicyDocument"])
        for policy in of_type(template, "AWS::S3::BucketPolicy").values()
        if policy["Properties"]["Bucket"] == f"${{{logs}}}"
    )

    assert only(template, TRAIL)["S3BucketName"] == f"${{{logs}}}"
    assert [sid for sid, statement in policy.items() if statement["Effect"] == "Allow"] == [
        "AllowTrailToCheckBucket",
        "AllowTrailToWrite",
    ]
    assert policy["AllowTrailToCheckBucket"] == {
        "Sid": "AllowTrailToCheckBucket",
        "Effect": "Allow",
        "Principal": CLOUDTRAIL,
        "Action": "s3:GetBucketAcl",
        "Resource": f"${{{logs}.Arn}}",
        "Condition": {"StringEquals": {"aws:SourceArn": TRAIL_ARN}},
    }
    assert policy["AllowTrailToWrite"] == {
        "Sid": "AllowTrailToWrite",
        "Effect": "Allow",
        "Principal": CLOUDTRAIL,
        "Action": "s3:PutObject",
        "Resource": f"${{{logs}.Arn}}/AWSLogs/${{AWS::AccountId}}/*",
        "Condition": {
            "StringEquals": {
                "aws:SourceArn": TRAIL_ARN,
                "s3:x-amz-acl": "bucket-owner-full-control",
            }
        },
    }


def test_only_this_trail_uses_the_key(template: Json) -> None:
    _, statements = key_with(template, "Encrypts the trail's log files")
    use = statements["AllowServicesOfThisAccount"]

    assert use["Principal"] == CLOUDTRAIL
    assert use["Condition"] == {
        "StringEquals": {"aws:SourceArn": TRAIL_ARN},
        "StringLike": {
            "kms:EncryptionContext:aws:cloudtrail:arn": "arn:${AWS::Partition}:cloudtrail:*:"
            "${AWS::AccountId}:trail/*"
        },
    }


def test_the_trail_is_searchable_in_an_encrypted_log_group(template: Json) -> None:
    trail = only(template, TRAIL)
    (group,) = of_type(template, "AWS::Logs::LogGroup").values()
    key, _ = key_with(template, "Encrypts log groups")
    log_group = name_of(template, "AWS::Logs::LogGroup")
    role = name_of(template, "AWS::IAM::Role")

    assert trail["CloudWatchLogsLogGroupArn"] == f"${{{log_group}.Arn}}"
    assert trail["CloudWatchLogsRoleArn"] == f"${{{role}.Arn}}"
    assert group["Properties"] == {"KmsKeyId": f"${{{key}.Arn}}", "RetentionInDays": 365}
    assert only(template, "AWS::IAM::Role")["AssumeRolePolicyDocument"]["Statement"] == [
        {
            "Sid": "AllowThisTrail",
            "Effect": "Allow",
            "Principal": CLOUDTRAIL,
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"aws:SourceArn": TRAIL_ARN}},
        }
    ]
    assert only(template, "AWS::IAM::ManagedPolicy")["PolicyDocument"]["Statement"] == [
        {
            "Sid": "AllowWritingTrail",
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": f"${{{log_group}.Arn}}",
        }
    ]


def test_the_trail_comes_after_the_policies_that_its_first_delivery_needs(template: Json) -> None:
    (trail,) = of_type(template, TRAIL).values()
    needed = {template["Resources"][name]["Type"] for name in trail["DependsOn"]}

    assert needed == {"AWS::S3::BucketPolicy", "AWS::IAM::ManagedPolicy"}

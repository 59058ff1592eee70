"""Buckets for audit logs: private, versioned, kept, and written by one service only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
import pytest

from private_dynamodb import LogBucket, ServiceKey
from tests.synth.templates import by_sid, name_of, of_type

if TYPE_CHECKING:
    from tests.synth.constructs.conftest import Synthesize
    from tests.synth.templates import Json

BUCKET = "AWS::S3::Bucket"


@pytest.fixture
def template(anywhere: cdk.Stack, synthesize: Synthesize) -> Json:
    key = ServiceKey(anywhere, "Key", description="Encrypts", services=["config.amazonaws.com"])
    LogBucket(anywhere, "Bucket", key=key, retention=cdk.Duration.days(400))
    return synthesize(anywhere)


def name_with(template: Json, part: str) -> str:
    (name,) = (name for name in of_type(template, BUCKET) if part in name)
    return name


def bucket_policy(template: Json, bucket: str) -> dict[str, Json]:
    (policy,) = (
        policy["Properties"]["PolicyDocument"]
        for policy in of_type(template, "AWS::S3::BucketPolicy").values()
        if policy["Properties"]["Bucket"] == f"${{{bucket}}}"
    )
    return by_sid(policy)


@pytest.mark.parametrize("part", ["AccessLogs", "BucketLogs"])
def test_a_bucket_is_private_versioned_and_retained(part: str, template: Json) -> None:
    bucket = of_type(template, BUCKET)[name_with(template, part)]
    properties = bucket["Properties"]

    assert set(properties["PublicAccessBlockConfiguration"].values()) == {True}
    assert len(properties["PublicAccessBlockConfiguration"]) == 4
    assert properties["OwnershipControls"] == {
        "Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]
    }
    assert properties["VersioningConfiguration"] == {"Status": "Enabled"}
    assert "AccessControl" not in properties
    assert (bucket["DeletionPolicy"], bucket["UpdateReplacePolicy"]) == ("Retain", "Retain")


@pytest.mark.parametrize("part", ["AccessLogs", "BucketLogs"])
def test_a_bucket_forgets_old_logs(part: str, template: Json) -> None:
    bucket = of_type(template, BUCKET)[name_with(template, part)]
    (rule,) = bucket["Properties"]["LifecycleConfiguration"]["Rules"]

    assert rule == {
        "Id": "ExpireOldLogs",
        "Status": "Enabled",
        "ExpirationInDays": 400,
        "NoncurrentVersionExpiration": {"NoncurrentDays": 30},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
    }


@pytest.mark.parametrize("part", ["AccessLogs", "BucketLogs"])
def test_a_bucket_refuses_plain_http_and_old_tls_from_everybody(part: str, template: Json) -> None:
    name = name_with(template, part)
    statements = bucket_policy(template, name)

    for sid, condition in {
        "DenyPlainHttp": {"Bool": {"aws:SecureTransport": "false"}},
        "DenyOldTls": {"NumericLessThan": {"s3:TlsVersion": "1.2"}},
    }.items():
        assert statements[sid] == {
            "Sid": sid,
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [f"${{{name}.Arn}}", f"${{{name}.Arn}}/*"],
            "Condition": condition,
        }


def test_logs_are_encrypted_with_the_given_key(template: Json) -> None:
    logs = of_type(template, BUCKET)[name_with(template, "BucketLogs")]
    key = name_of(template, "AWS::KMS::Key")

    assert logs["Properties"]["BucketEncryption"]["ServerSideEncryptionConfiguration"] == [
        {
            "BucketKeyEnabled": True,
            "ServerSideEncryptionByDefault": {
                "SSEAlgorithm": "aws:kms",
                "KMSMasterKeyID": f"${{{key}.Arn}}",
            },
        }
    ]


def test_access_is_logged_by_a_policy_and_not_by_an_acl(template: Json) -> None:
    """CDK's own way uses an ACL in an app without the feature flag, and ACLs are off."""
    access_logs, logs = name_with(template, "AccessLogs"), name_with(template, "BucketLogs")
    properties = of_type(template, BUCKET)

    assert properties[logs]["Properties"]["LoggingConfiguration"] == {
        "DestinationBucketName": f"${{{access_logs}}}",
        "LogFilePrefix": "logs/",
    }
    assert bucket_policy(template, access_logs)["AllowAccessLogDelivery"] == {
        "Sid": "AllowAccessLogDelivery",
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"${{{access_logs}.Arn}}/logs/*",
        "Condition": {
            "StringEquals": {"aws:SourceAccount": "${AWS::AccountId}"},
            "ArnLike": {"aws:SourceArn": f"${{{logs}.Arn}}"},
        },
    }


def test_nobody_writes_logs_until_a_service_is_let_in(template: Json) -> None:
    assert set(bucket_policy(template, name_with(template, "BucketLogs"))) == {
        "DenyPlainHttp",
        "DenyOldTls",
    }

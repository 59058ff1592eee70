"""Who may write to the buckets of logs and use their keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ddb_perimeter.controls.perimeter import Perimeter
from tests.unit.controls.networks import UNRESOLVED, UNSET, Resources, get, resource

if TYPE_CHECKING:
    from tests.unit.controls.conftest import Tell

BUCKET, KEY, CONFIG = "trail-bucket-sourcearn", "trail-kms-key-policy", "config-delivery-healthy"
OWN, STRANGER = "111122223333", "444455556666"
TRAIL = f"arn:aws:cloudtrail:us-east-1:{OWN}:trail/main"
ARCHIVE = Perimeter(existing=frozenset({"log-bucket"}))
SWITCHES = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
CONTEXT = "kms:EncryptionContext:aws:cloudtrail:arn"


def document(*statements: Resources) -> Resources:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def grant(service: str, action: object, where: object, **conditions: object) -> Resources:
    return {
        "Sid": "Deliver",
        "Effect": "Allow",
        "Principal": {"Service": f"{service}.amazonaws.com"},
        "Action": action,
        "Resource": where,
        "Condition": conditions,
    }


OBJECTS = {"Fn::Sub": f"${{Logs.Arn}}/logs/AWSLogs/{OWN}/*"}
TLS = {
    "Sid": "Tls",
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": [get("Logs", "Arn"), {"Fn::Sub": "${Logs.Arn}/*"}],
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
WRITE = grant("cloudtrail", "s3:PutObject", OBJECTS, StringEquals={"aws:SourceArn": TRAIL})
RECORD = grant("config", "s3:PutObject", OBJECTS, StringEquals={"aws:SourceAccount": OWN})
ENCRYPT = grant("cloudtrail", "kms:GenerateDataKey*", "*", StringEquals={"aws:SourceArn": TRAIL})


def logged(*statements: Resources, key: Resources = ENCRYPT) -> dict[str, Any]:
    """Return a trail and a delivery channel with a bucket and a key."""
    private = resource(
        "AWS::S3::Bucket", PublicAccessBlockConfiguration=dict.fromkeys(SWITCHES, True)
    )
    policy = document(*statements)
    return {
        "Logs": private,
        "Policy": resource("AWS::S3::BucketPolicy", Bucket={"Ref": "Logs"}, PolicyDocument=policy),
        "Key": resource("AWS::KMS::Key", KeyPolicy=document(key)),
        "Trail": resource(
            "AWS::CloudTrail::Trail", S3BucketName={"Ref": "Logs"}, KMSKeyId=get("Key", "Arn")
        ),
        "Channel": resource("AWS::Config::DeliveryChannel", S3BucketName={"Ref": "Logs"}),
    }


def unpinned(statement: Resources) -> Resources:
    return {**statement, "Condition": {}}


PLACE = "PolicyDocument.Statement[0]"


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([WRITE, TLS], []),
        ([grant("cloudtrail", "s3:*", OBJECTS, StringEquals={"aws:SourceAccount": OWN}), TLS], []),
        (
            [unpinned(WRITE), TLS],
            [
                f"broken Policy {PLACE}: The bucket's policy lets cloudtrail.amazonaws.com, on "
                "behalf of any account, call s3:PutObject."
            ],
        ),
        (
            [{**unpinned(WRITE), "Principal": {"AWS": STRANGER}, "Action": "s3:GetObject"}, TLS],
            [f"broken Policy {PLACE}: The bucket's policy lets strangers call s3:GetObject."],
        ),
        ([WRITE], ["broken Policy PolicyDocument: The bucket answers over plain HTTP."]),
        (
            [WRITE, {**TLS, "Resource": get("Logs", "Arn")}],
            ["broken Policy PolicyDocument: The bucket answers over plain HTTP."],
        ),
    ],
)
def test_the_trails_bucket_takes_this_accounts_logs_over_tls(
    statements: list[Resources], expected: list[str], tell: Tell
) -> None:
    assert tell(BUCKET, logged(*statements)) == expected


def test_a_bucket_policy_that_cannot_be_read_is_unknown(tell: Tell) -> None:
    (finding,) = tell(BUCKET, logged({**WRITE, "Principal": UNSET}, TLS))

    assert finding.startswith("unknown Policy PolicyDocument: ")
    assert "Unset" in finding


def test_a_bucket_without_a_policy_answers_over_plain_http(tell: Tell) -> None:
    resources = logged()
    del resources["Policy"]

    assert tell(BUCKET, resources) == ["broken Logs -: The bucket answers over plain HTTP."]


@pytest.mark.parametrize("control", [BUCKET, CONFIG])
def test_a_bucket_elsewhere_is_unknown_unless_declared(control: str, tell: Tell) -> None:
    resources = logged(WRITE, TLS)
    sender = "Trail" if control == BUCKET else "Channel"
    resources[sender]["Properties"]["S3BucketName"] = "archive"

    (finding,) = tell(control, resources)

    assert finding.startswith(f"unknown {sender} S3BucketName: Bucket archive is not in what was")
    assert tell(control, resources, ARCHIVE) == []


LOOSE = "the key's policy lets {} use the key"
DEPUTY = LOOSE.format("cloudtrail.amazonaws.com, on behalf of any account,")


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (ENCRYPT, []),
        (unpinned(ENCRYPT), [f"broken Key KeyPolicy: {DEPUTY}"]),
        # CloudTrail tells the key for which trail it encrypts; a caller may tell anything.
        ({**ENCRYPT, "Condition": {"StringLike": {CONTEXT: f"arn:aws:cloudtrail:*:{OWN}:*"}}}, []),
        (
            {
                **ENCRYPT,
                "Principal": {"AWS": "*"},
                "Action": "kms:Decrypt",
                "Condition": {"StringLike": {CONTEXT: f"arn:aws:cloudtrail:*:{OWN}:*"}},
            },
            [f"broken Key KeyPolicy: {LOOSE.format('strangers')}"],
        ),
    ],
)
def test_the_trails_key_is_for_this_accounts_trail(
    key: Resources, expected: list[str], tell: Tell
) -> None:
    assert tell(KEY, logged(key=key)) == expected


def test_a_key_of_a_trail_that_cannot_be_told_is_unknown(tell: Tell) -> None:
    resources = logged()
    resources["Trail"]["Properties"]["KMSKeyId"] = UNSET
    unresolved = tell(KEY, resources)
    resources["Trail"]["Properties"]["KMSKeyId"] = "alias/archive"
    elsewhere = tell(KEY, resources)

    assert unresolved == [f"unknown Trail KMSKeyId: KMSKeyId {UNRESOLVED}"]
    assert elsewhere == [
        "unknown Trail KMSKeyId: Key alias/archive is not in what was checked, so who may use it "
        "cannot be seen."
    ]
    assert tell(KEY, resources, ARCHIVE) == []


def test_config_delivers_for_this_account_to_a_private_bucket(tell: Tell) -> None:
    resources = logged(RECORD, TLS)
    fine = tell(CONFIG, resources)
    del resources["Logs"]["Properties"]["PublicAccessBlockConfiguration"]["BlockPublicAcls"]
    resources["Policy"]["Properties"]["PolicyDocument"] = document(unpinned(RECORD), TLS)
    resources["Key"]["Properties"]["KeyPolicy"] = document(
        unpinned(grant("config", "kms:Decrypt", "*"))
    )
    resources["Channel"]["Properties"]["S3KmsKeyArn"] = get("Key", "Arn")

    assert fine == []
    assert sorted(tell(CONFIG, resources)) == [
        f"broken Key KeyPolicy: {LOOSE.format('config.amazonaws.com, on behalf of any account,')}",
        "broken Logs PublicAccessBlockConfiguration.BlockPublicAcls: "
        "PublicAccessBlockConfiguration.BlockPublicAcls is not true.",
        f"broken Policy {PLACE}: The bucket's policy lets config.amazonaws.com, on behalf of any "
        "account, call s3:PutObject.",
    ]


def test_a_key_of_a_channel_that_cannot_be_told_is_unknown(tell: Tell) -> None:
    resources = logged(RECORD, TLS)
    resources["Channel"]["Properties"]["S3KmsKeyArn"] = UNSET

    assert tell(CONFIG, resources) == [f"unknown Channel S3KmsKeyArn: S3KmsKeyArn {UNRESOLVED}"]

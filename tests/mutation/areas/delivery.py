"""Faults of log delivery: whom buckets and keys of the trail and of AWS Config let in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.mutation.mutant import (
    NONE,
    Mutant,
    Policy,
    allow,
    plus,
    put,
    recondition,
    remove,
    reword,
    without,
)
from tests.mutation.templates import STRANGER

if TYPE_CHECKING:
    from tests.mutation.mutant import Change
    from tests.mutation.templates import Node, Templates

AREA: Final = "log delivery"
BUCKET: Final = "trail-bucket-sourcearn"
KEY: Final = "trail-kms-key-policy"
CONFIG: Final = "config-delivery-healthy"
TRAIL_BUCKET: Final = "Audit/Trail/Bucket/Logs"
TRAIL_POLICY: Final = f"{TRAIL_BUCKET}/Policy"
TRAIL_KEY: Final = "Audit/Trail/Key"
CONFIG_BUCKET: Final = "Audit/Recorder/Bucket/Logs"
CONFIG_POLICY: Final = f"{CONFIG_BUCKET}/Policy"
CONFIG_KEY: Final = "Audit/Recorder/Key"
WRITE: Final = "AllowTrailToWrite"
ENCRYPT: Final = "AllowServicesOfThisAccount"
FOREIGN: Final = {"AWS": f"arn:aws:iam::{STRANGER}:root"}


def _policy(path: str, property_: str = "PolicyDocument") -> Policy:
    def read(templates: Templates) -> Node:
        document: Node = templates.properties(path)[property_]
        return document

    return read


trail_bucket = _policy(TRAIL_POLICY)
trail_key = _policy(TRAIL_KEY, "KeyPolicy")
config_bucket = _policy(CONFIG_POLICY)
config_key = _policy(CONFIG_KEY, "KeyPolicy")


def _fault(name: str, control: str, on: str, change: Change) -> Mutant:
    return Mutant(name, control, NONE, on, change)


MUTANTS: Final = (
    _fault(
        "the trail's bucket takes log files of anybody's trail",
        BUCKET,
        TRAIL_POLICY,
        recondition(
            trail_bucket,
            WRITE,
            "StringEquals",
            {"s3:x-amz-acl": "bucket-owner-full-control"},
        ),
    ),
    _fault(
        "the trail's bucket shows its ACL for anybody's trail",
        BUCKET,
        TRAIL_POLICY,
        reword(trail_bucket, "AllowTrailToCheckBucket", Condition=None),
    ),
    _fault(
        "the trail's bucket takes log files of any trail that has such a name",
        BUCKET,
        TRAIL_POLICY,
        reword(
            trail_bucket,
            WRITE,
            Condition={"ArnLike": {"aws:SourceArn": "arn:aws:cloudtrail:*:*:trail/mutants-trail"}},
        ),
    ),
    _fault(
        "another account may read the trail's bucket",
        BUCKET,
        TRAIL_POLICY,
        plus(trail_bucket, allow(FOREIGN, "s3:GetObject", "s3:ListBucket")),
    ),
    _fault(
        "everybody may delete log files over an endpoint",
        BUCKET,
        TRAIL_POLICY,
        plus(
            trail_bucket,
            allow(
                "*",
                "s3:DeleteObject",
                Condition={"StringEquals": {"aws:SourceVpce": "vpce-0123456789abcdef0"}},
            ),
        ),
    ),
    _fault(
        "the trail's bucket answers over plain HTTP",
        BUCKET,
        TRAIL_POLICY,
        without(trail_bucket, "DenyPlainHttp"),
    ),
    _fault("the trail's bucket has no policy", BUCKET, TRAIL_BUCKET, remove(TRAIL_POLICY)),
    _fault(
        "the trail's key encrypts for anybody's trail",
        KEY,
        TRAIL_KEY,
        reword(trail_key, ENCRYPT, Condition=None),
    ),
    _fault(
        "the trail's key is for every service that calls for somebody",
        KEY,
        TRAIL_KEY,
        plus(trail_key, allow({"Service": "s3.amazonaws.com"}, "kms:Decrypt")),
    ),
    _fault(
        "another account may decrypt log files",
        KEY,
        TRAIL_KEY,
        plus(
            trail_key,
            allow(
                FOREIGN,
                "kms:Decrypt",
                Condition={"Null": {"kms:EncryptionContext:aws:cloudtrail:arn": "false"}},
            ),
        ),
    ),
    _fault(
        "AWS Config delivers for any account",
        CONFIG,
        CONFIG_POLICY,
        recondition(
            config_bucket,
            "AllowConfigToDeliver",
            "StringEquals",
            {"s3:x-amz-acl": "bucket-owner-full-control"},
        ),
    ),
    _fault(
        "AWS Config's bucket may become public",
        CONFIG,
        CONFIG_BUCKET,
        put(CONFIG_BUCKET, "PublicAccessBlockConfiguration.RestrictPublicBuckets", value=False),
    ),
    _fault(
        "AWS Config's key encrypts for any account",
        CONFIG,
        CONFIG_KEY,
        recondition(config_key, ENCRYPT, "StringEquals", None),
    ),
    _fault(
        "AWS Config's bucket is readable for everybody",
        CONFIG,
        CONFIG_BUCKET,
        put(CONFIG_BUCKET, "AccessControl", "PublicRead"),
    ),
)

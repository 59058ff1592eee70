"""Faults of where logs go: the buckets and keys that services of AWS write with."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from tests.live.faults.fault import Fault, Policy, forget_condition
from tests.live.faults.trail import BUCKET

if TYPE_CHECKING:
    from tests.live.emulation.account import Account
    from tests.live.faults.fault import Change, Edit, Node

AREA: Final = "log delivery"
KEY: Final = "Audit/Trail/Key"
RECORDS: Final = "Audit/Recorder/Bucket/Logs"


def _bucket(path: str, edit: Edit) -> Change:
    """Change the policy of a bucket, and return what an account calls that policy."""

    def read(account: Account) -> Node:
        answer = account.client("s3").get_bucket_policy(Bucket=account.id(path))
        document: Node = json.loads(answer["Policy"])
        return document

    def write(account: Account, document: str) -> None:
        account.client("s3").put_bucket_policy(Bucket=account.id(path), Policy=document)

    def change(account: Account) -> str:
        Policy(read, write).edited(edit)(account)
        return f"policy of {account.id(path)}"

    return change


def _read_key(account: Account) -> Node:
    answer = account.client("kms").get_key_policy(KeyId=account.id(KEY), PolicyName="default")
    document: Node = json.loads(answer["Policy"])
    return document


def _write_key(account: Account, document: str) -> None:
    account.client("kms").put_key_policy(
        KeyId=account.id(KEY), PolicyName="default", Policy=document
    )


FAULTS: Final = (
    Fault(
        "the trail's bucket takes log files of any trail",
        "trail-bucket-sourcearn",
        "",
        _bucket(BUCKET, forget_condition("AllowTrailToWrite", "aws:SourceArn")),
    ),
    Fault(
        "the trail's key encrypts for any trail",
        "trail-kms-key-policy",
        KEY,
        Policy(_read_key, _write_key).edited(
            forget_condition(
                "AllowServicesOfThisAccount",
                "aws:SourceArn",
                "kms:EncryptionContext:aws:cloudtrail:arn",
            )
        ),
    ),
    Fault(
        "the recorder's bucket takes records of any account",
        "config-delivery-healthy",
        "",
        _bucket(RECORDS, forget_condition("AllowConfigToDeliver", "aws:SourceAccount")),
    ),
)

"""Faults of the table's key."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from tests.live.faults.fault import TABLE, Fault, Policy, plus, reword
from tests.mutation.mutant import allow
from tests.mutation.templates import STRANGER

if TYPE_CHECKING:
    from tests.live.emulation.account import Account
    from tests.live.faults.fault import Node

AREA: Final = "key"
KEY: Final = "Data/TableKey"


def _read(account: Account) -> Node:
    answer = account.client("kms").get_key_policy(KeyId=account.id(KEY), PolicyName="default")
    document: Node = json.loads(answer["Policy"])
    return document


def _write(account: Account, document: str) -> None:
    account.client("kms").put_key_policy(
        KeyId=account.id(KEY), PolicyName="default", Policy=document
    )


def _no_rotation(account: Account) -> None:
    account.client("kms").disable_key_rotation(KeyId=account.id(KEY))


def _key_of_aws(account: Account) -> None:
    account.client("dynamodb").update_table(TableName=TABLE, SSESpecification={"Enabled": False})


POLICY: Final = Policy(_read, _write)

FAULTS: Final = (
    Fault(
        "anybody may decrypt",
        "ddb-cmk-key-policy",
        KEY,
        POLICY.edited(plus(allow("*", "kms:Decrypt"))),
    ),
    Fault(
        "another account may decrypt",
        "ddb-cmk-key-policy",
        KEY,
        POLICY.edited(plus(allow({"AWS": f"arn:aws:iam::{STRANGER}:root"}, "kms:Decrypt"))),
    ),
    Fault(
        "the key is used by anybody through DynamoDB",
        "ddb-cmk-key-policy",
        KEY,
        POLICY.edited(
            reword(
                "AllowUseThroughServiceOnly",
                Condition={"StringEquals": {"kms:ViaService": "dynamodb.us-east-1.amazonaws.com"}},
            )
        ),
    ),
    Fault("the key does not rotate", "kms-key-rotation", KEY, _no_rotation),
    Fault("a key of AWS encrypts the table", "ddb-table-cmk", TABLE, _key_of_aws),
)

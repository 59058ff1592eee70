"""Faults of the stream's policy."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from tests.live.faults.fault import TABLE, Fault, Policy, also, plus, without
from tests.mutation.mutant import allow
from tests.mutation.templates import STRANGER

if TYPE_CHECKING:
    from tests.live.emulation.account import Account
    from tests.live.faults.fault import Node

AREA: Final = "stream policy"


def _arn(account: Account) -> str:
    described = account.client("dynamodb").describe_table(TableName=TABLE)
    return str(described["Table"]["LatestStreamArn"])


def _read(account: Account) -> Node:
    answer = account.client("dynamodb").get_resource_policy(ResourceArn=_arn(account))
    document: Node = json.loads(answer["Policy"])
    return document


def _write(account: Account, document: str) -> None:
    account.client("dynamodb").put_resource_policy(ResourceArn=_arn(account), Policy=document)


def _delete(account: Account) -> None:
    account.client("dynamodb").delete_resource_policy(ResourceArn=_arn(account))


POLICY: Final = Policy(_read, _write)

FAULTS: Final = (
    Fault(
        "the stream's policy is deleted",
        "ddb-stream-deny-outside-vpce",
        TABLE,
        _delete,
        also("ddb-stream-deny-insecure-transport", "ddb-stream-policy-change-guarded"),
    ),
    Fault(
        "the stream's policy lets everybody read",
        "ddb-stream-policy-not-public",
        TABLE,
        POLICY.edited(plus(allow("*", "dynamodb:GetRecords", "dynamodb:GetShardIterator"))),
        also("ddb-stream-policy-no-cross-account"),
    ),
    Fault(
        "the stream's policy lets another account read",
        "ddb-stream-policy-no-cross-account",
        TABLE,
        POLICY.edited(plus(allow({"AWS": f"arn:aws:iam::{STRANGER}:root"}, "dynamodb:GetRecords"))),
    ),
    Fault(
        "everybody may change the stream's policy",
        "ddb-stream-policy-change-guarded",
        TABLE,
        POLICY.edited(without("DenyPolicyChanges")),
    ),
)

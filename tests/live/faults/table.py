"""Faults of the table's own policy."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from tests.live.faults.fault import (
    TABLE,
    Fault,
    Policy,
    also,
    exempting,
    forget,
    plus,
    respell,
    without,
)
from tests.mutation.mutant import allow, role
from tests.mutation.templates import STRANGER

if TYPE_CHECKING:
    from tests.live.emulation.account import Account
    from tests.live.faults.fault import Node

AREA: Final = "table policy"
NETWORK: Final = "DenyDataPlaneOutsideEndpoints"
GUARDS: Final = (
    "ddb-deny-insecure-transport",
    "ddb-export-guarded",
    "ddb-kinesis-guarded",
    "ddb-no-multi-account-replica",
    "ddb-policy-change-guarded",
    "ddb-restore-guarded",
    "ddb-table-change-guarded",
    "ddb-contributor-insights-guarded",
)
"""What only the policy of a table closes, beside the network."""


def arn(account: Account) -> str:
    """Return the ARN of the table."""
    described = account.client("dynamodb").describe_table(TableName=TABLE)
    return str(described["Table"]["TableArn"])


def _read(account: Account) -> Node:
    answer = account.client("dynamodb").get_resource_policy(ResourceArn=arn(account))
    document: Node = json.loads(answer["Policy"])
    return document


def _write(account: Account, document: str) -> None:
    account.client("dynamodb").put_resource_policy(ResourceArn=arn(account), Policy=document)


def _delete(account: Account) -> None:
    account.client("dynamodb").delete_resource_policy(ResourceArn=arn(account))


POLICY: Final = Policy(_read, _write)
EVERYBODY: Final = allow("*", "dynamodb:GetItem", "dynamodb:Query")

FAULTS: Final = (
    Fault("the table's policy is deleted", "ddb-deny-outside-vpce", TABLE, _delete, also(*GUARDS)),
    Fault(
        "the table's policy is replaced by one that lets everybody read",
        "ddb-deny-outside-vpce",
        TABLE,
        POLICY.replaced(EVERYBODY),
        also(*GUARDS, "ddb-policy-no-cross-account", "ddb-table-policy-not-public"),
    ),
    Fault(
        "the table's policy lets everybody read",
        "ddb-table-policy-not-public",
        TABLE,
        POLICY.edited(plus(EVERYBODY)),
        also("ddb-policy-no-cross-account"),
    ),
    Fault(
        "the table's policy lets another account read",
        "ddb-policy-no-cross-account",
        TABLE,
        POLICY.edited(plus(allow({"AWS": f"arn:aws:iam::{STRANGER}:root"}, "dynamodb:GetItem"))),
    ),
    Fault(
        "the table's network Deny admits any endpoint",
        "ddb-deny-outside-vpce",
        TABLE,
        POLICY.edited(respell(NETWORK, "StringNotEquals", "StringNotLike", "vpce-*")),
    ),
    Fault(
        "the table's network Deny spares the writer",
        "ddb-deny-outside-vpce",
        TABLE,
        POLICY.edited(exempting(NETWORK, role("live-writer-us-east-1"))),
    ),
    Fault(
        "the table's network Deny forgets batches",
        "ddb-deny-outside-vpce",
        TABLE,
        POLICY.edited(forget(NETWORK, "dynamodb:BatchGetItem")),
    ),
    Fault(
        "everybody may export the table",
        "ddb-export-guarded",
        TABLE,
        POLICY.edited(without("DenyExport")),
    ),
    Fault(
        "the table answers over plain HTTP",
        "ddb-deny-insecure-transport",
        TABLE,
        POLICY.edited(without("DenyPlainHttp")),
    ),
)

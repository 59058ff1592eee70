"""Faults of the table's key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.mutation.mutant import (
    NONE,
    WEAKENED,
    Mutant,
    allow,
    also,
    drop,
    plus,
    put,
    recondition,
    reword,
)
from tests.mutation.templates import ACCOUNT, STRANGER, key_policy, statement

if TYPE_CHECKING:
    from tests.mutation.mutant import Change
    from tests.mutation.templates import Templates

AREA: Final = "key"
KEY: Final = "Data/TableKey"
TABLE: Final = "Data/Table/Table"
USE: Final = "AllowUseThroughServiceOnly"
GRANTS: Final = "AllowGrantsToServiceOnly"
POLICY: Final = "ddb-cmk-key-policy"
ROTATION: Final = "kms-key-rotation"
OWN: Final = "ddb-table-cmk"


def _without(sid: str, key: str) -> Change:
    def change(templates: Templates) -> None:
        del statement(key_policy(templates), sid)["Condition"]["StringEquals"][key]

    return change


def _alias(templates: Templates) -> None:
    """Name the key by an alias of AWS's own."""
    templates.properties(TABLE)["Replicas"][0]["SSESpecification"]["KMSMasterKeyId"] = {
        "Fn::Sub": "arn:aws:kms:us-east-1:${AWS::AccountId}:alias/aws/dynamodb"
    }


def _opened(name: str, change: Change) -> Mutant:
    return Mutant(name, POLICY, WEAKENED, KEY, change)


MUTANTS: Final = (
    _opened("anybody may use the key", reword(key_policy, USE, Condition=None)),
    _opened("anybody may use the key through DynamoDB", _without(USE, "kms:CallerAccount")),
    _opened(
        "anybody may use the key who says who he is or not",
        recondition(
            key_policy,
            USE,
            "StringEquals",
            {"kms:EncryptionContext:aws:dynamodb:tableName": "cruddur-messages"},
        ),
    ),
    _opened(
        "another account may decrypt",
        plus(key_policy, allow({"AWS": f"arn:aws:iam::{STRANGER}:root"}, "kms:Decrypt")),
    ),
    _opened("anybody may give the key away", reword(key_policy, GRANTS, Condition=None)),
    _opened(
        "anybody may give the key away for a resource of AWS",
        _without(GRANTS, "kms:CallerAccount"),
    ),
    _opened(
        "another account administers the key",
        reword(
            key_policy,
            "AllowAdministrationByIamPolicies",
            Principal={"AWS": [ACCOUNT, STRANGER]},
        ),
    ),
    _opened(
        "the organization of a stranger may use the key",
        recondition(key_policy, USE, "StringEquals", {"aws:PrincipalOrgID": "o-strangers00"}),
    ),
    _opened(
        "everybody but one may change the key's policy",
        plus(
            key_policy,
            allow(
                "*",
                "kms:Put*",
                Condition={"ArnNotEquals": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:root"}},
            ),
        ),
    ),
    Mutant(
        "the key does not rotate", ROTATION, NONE, KEY, put(KEY, "EnableKeyRotation", value=False)
    ),
    Mutant("the key's rotation is left out", ROTATION, NONE, KEY, drop(KEY, "EnableKeyRotation")),
    Mutant(
        "a key of AWS encrypts the table",
        OWN,
        NONE,
        TABLE,
        drop(TABLE, "Replicas.0.SSESpecification"),
    ),
    Mutant(
        "a key that AWS manages encrypts the table",
        OWN,
        NONE,
        TABLE,
        _alias,
        also("config-rule-params-right"),  # the rule names the key that it should be
    ),
    Mutant(
        "nothing of KMS encrypts the table",
        OWN,
        NONE,
        TABLE,
        put(TABLE, "SSESpecification", {"SSEEnabled": False}),
    ),
)

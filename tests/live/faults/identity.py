"""Faults of the roles that work with the data."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from tests.live.faults.cache import trusting
from tests.live.faults.fault import Fault, also
from tests.mutation.templates import STRANGER

if TYPE_CHECKING:
    from tests.live.emulation.account import Account
    from tests.live.faults.fault import Change, Node

AREA: Final = "identity"
READER: Final = "Data/Reader1/Role"
WRITER: Final = "Data/Writer1/Role"


def _document(*statements: Node) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def _trust(role: str, principal: object) -> Change:
    def change(account: Account) -> None:
        account.client("iam").update_assume_role_policy(
            RoleName=account.id(role), PolicyDocument=_document(trusting(principal))
        )

    return change


def _everything_with_the_cache(account: Account) -> None:
    account.client("iam").put_role_policy(
        RoleName=account.id(READER),
        PolicyName="more",
        PolicyDocument=_document(
            {
                "Effect": "Allow",
                "Action": "dax:*",
                "Resource": "arn:aws:dax:us-east-1:111122223333:cache/live",
            }
        ),
    )


def _another_role(account: Account) -> None:
    """Add a role that reads through the cache, and that anybody may assume."""
    iam = account.client("iam")
    iam.create_role(
        RoleName="reporting", AssumeRolePolicyDocument=_document(trusting({"AWS": "*"}))
    )
    iam.put_role_policy(
        RoleName="reporting",
        PolicyName="read",
        PolicyDocument=_document(
            {
                "Effect": "Allow",
                "Action": "dax:GetItem",
                "Resource": "arn:aws:dax:us-east-1:111122223333:cache/live",
            }
        ),
    )


FAULTS: Final = (
    Fault(
        "anybody may assume the reader",
        "iam-no-stranger-assumes",
        READER,
        _trust(READER, {"AWS": "*"}),
    ),
    Fault(
        "another account may assume the writer",
        "iam-no-stranger-assumes",
        WRITER,
        _trust(WRITER, {"AWS": f"arn:aws:iam::{STRANGER}:root"}),
    ),
    Fault(
        "somebody adds a role that anybody may assume, and that reads through the cache",
        "iam-no-stranger-assumes",
        "reporting",
        _another_role,
    ),
    Fault(
        "a reader may do everything with the cache",
        "dax-client-least",
        READER,
        _everything_with_the_cache,
        also(),
    ),
)

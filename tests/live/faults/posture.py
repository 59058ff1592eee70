"""Faults of posture: recovery and protection, and a table that nobody thought of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.live.faults.fault import TABLE, Fault, also
from tests.live.faults.table import GUARDS

if TYPE_CHECKING:
    from tests.live.emulation.account import Account

AREA: Final = "posture"
BARE: Final = (
    "ddb-backup-plan",
    "ddb-deletion-protection",
    "ddb-pitr",
    "ddb-table-cmk",
    "trail-ddb-data-events",
)
"""What a table has to be told, and a new one is not."""


def _no_recovery(account: Account) -> None:
    account.client("dynamodb").update_continuous_backups(
        TableName=TABLE,
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": False},
    )


def _deletable(account: Account) -> None:
    account.client("dynamodb").update_table(TableName=TABLE, DeletionProtectionEnabled=False)


def _plain_table(account: Account) -> None:
    """Add a table as a tutorial does."""
    account.client("dynamodb").create_table(
        TableName="sessions",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


FAULTS: Final = (
    Fault("nothing can be recovered", "ddb-pitr", TABLE, _no_recovery),
    Fault("the table may be deleted", "ddb-deletion-protection", TABLE, _deletable),
    Fault(
        "somebody adds a table without a policy",
        "ddb-deny-outside-vpce",
        "sessions",
        _plain_table,
        also(*GUARDS, *BARE),
    ),
)

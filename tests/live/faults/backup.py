"""Faults of backups: what is backed up, and who gets at it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from tests.live.faults.fault import TABLE, Fault, Policy, without

if TYPE_CHECKING:
    from tests.live.emulation.account import Account
    from tests.live.faults.fault import Change, Node

AREA: Final = "backup"
VAULT: Final = "Data/Backup/Vault"
PLAN: Final = "Data/Backup/Plan"


def _read(account: Account) -> Node:
    answer = account.client("backup").get_backup_vault_access_policy(
        BackupVaultName=account.id(VAULT)
    )
    document: Node = json.loads(answer["Policy"])
    return document


def _write(account: Account, document: str) -> None:
    account.client("backup").put_backup_vault_access_policy(
        BackupVaultName=account.id(VAULT), Policy=document
    )


def _unguarded(account: Account) -> None:
    account.client("backup").delete_backup_vault_access_policy(BackupVaultName=account.id(VAULT))


def _selecting(*arns: str) -> Change:
    """Back up something else, or nothing."""

    def change(account: Account) -> None:
        backup = account.client("backup")
        plan = account.id(PLAN)
        (old,) = backup.list_backup_selections(BackupPlanId=plan)["BackupSelectionsList"]
        backup.delete_backup_selection(BackupPlanId=plan, SelectionId=old["SelectionId"])
        if arns:
            selection = {
                "SelectionName": "Other",
                "IamRoleArn": old["IamRoleArn"],
                "Resources": list(arns),
            }
            backup.create_backup_selection(BackupPlanId=plan, BackupSelection=selection)

    return change


POLICY: Final = Policy(_read, _write)

FAULTS: Final = (
    Fault("the vault's policy is deleted", "ddb-vault-guarded", VAULT, _unguarded),
    Fault(
        "everybody may restore from the vault",
        "ddb-vault-guarded",
        VAULT,
        POLICY.edited(without("DenyRestoreCopyAndDelete")),
    ),
    Fault("nobody backs the table up", "ddb-backup-plan", TABLE, _selecting()),
    Fault(
        "the backup plan takes another table",
        "ddb-backup-plan",
        TABLE,
        _selecting("arn:aws:dynamodb:us-east-1:111122223333:table/cruddur-old"),
    ),
)

"""Backup vaults' policies and backup plans' selections: moto stores neither."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Final

from tests.live.emulation.stubs import Gap, RefusedError

if TYPE_CHECKING:
    from tests.live.emulation.stubs import Answer, Parameters, Store

_VAULTS: Final = "moto's vaults have no access policies"
_SELECTIONS: Final = "moto's plans select nothing"
_POINTS: Final = "moto takes no backups"
_CREATED: Final = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)


def put_vault_policy(store: Store, parameters: Parameters) -> Answer:
    """Give a vault its policy."""
    store.kind("vault policy")[parameters["BackupVaultName"]] = parameters["Policy"]
    return {}


def get_vault_policy(store: Store, parameters: Parameters) -> Answer:
    """Return the policy of a vault."""
    name = parameters["BackupVaultName"]
    policies = store.kind("vault policy")
    if name not in policies:
        raise RefusedError("ResourceNotFoundException", f"Backup Vault {name} has no policy")
    return {
        "BackupVaultName": name,
        "BackupVaultArn": f"arn:aws:backup:{store.region}:{store.account}:backup-vault:{name}",
        "Policy": policies[name],
    }


def delete_vault_policy(store: Store, parameters: Parameters) -> Answer:
    """Take a vault's policy away."""
    store.kind("vault policy").pop(parameters["BackupVaultName"], None)
    return {}


def create_selection(store: Store, parameters: Parameters) -> Answer:
    """Say what a plan backs up."""
    id_ = str(uuid.UUID(int=len(store.kind("selection")) + 1))
    plan = parameters["BackupPlanId"]
    common = {"SelectionId": id_, "BackupPlanId": plan, "CreationDate": _CREATED}
    store.kind("selection")[id_] = {**common, "BackupSelection": parameters["BackupSelection"]}
    return common


def list_selections(store: Store, parameters: Parameters) -> Answer:
    """Return what a plan backs up, in short."""
    return {
        "BackupSelectionsList": [
            {
                "SelectionId": each["SelectionId"],
                "SelectionName": each["BackupSelection"]["SelectionName"],
                "BackupPlanId": each["BackupPlanId"],
                "CreationDate": each["CreationDate"],
                "IamRoleArn": each["BackupSelection"]["IamRoleArn"],
            }
            for each in store.kind("selection").values()
            if each["BackupPlanId"] == parameters["BackupPlanId"]
        ]
    }


def get_selection(store: Store, parameters: Parameters) -> Answer:
    """Return a selection."""
    found = store.kind("selection").get(parameters["SelectionId"])
    if found is None:
        raise RefusedError("ResourceNotFoundException", "there is no such selection")
    answer: Answer = found
    return answer


def delete_selection(store: Store, parameters: Parameters) -> Answer:
    """Remove a selection."""
    del store.kind("selection")[parameters["SelectionId"]]
    return {}


def list_recovery_points(store: Store, parameters: Parameters) -> Answer:
    """Return the one backup that the plan took, in the vault that the plan names."""
    del parameters
    return {
        "RecoveryPoints": [
            {
                "RecoveryPointArn": f"arn:aws:dynamodb:{store.region}:{store.account}:backup/1",
                "CreationDate": _CREATED,
                "Status": "COMPLETED",
                "BackupVaultName": name,
            }
            for name in store.kind("vault policy")
        ]
    }


GAPS: Final = (
    Gap("backup", "PutBackupVaultAccessPolicy", _VAULTS, put_vault_policy),
    Gap("backup", "GetBackupVaultAccessPolicy", _VAULTS, get_vault_policy),
    Gap("backup", "DeleteBackupVaultAccessPolicy", _VAULTS, delete_vault_policy),
    Gap("backup", "CreateBackupSelection", _SELECTIONS, create_selection),
    Gap("backup", "ListBackupSelections", _SELECTIONS, list_selections),
    Gap("backup", "GetBackupSelection", _SELECTIONS, get_selection),
    Gap("backup", "DeleteBackupSelection", _SELECTIONS, delete_selection),
    Gap("backup", "ListRecoveryPointsByResource", _POINTS, list_recovery_points),
)

"""AWS Backup: plans, what they select, and the vaults that have the tables' backups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ddb_perimeter.inventory.backups import SELECTION
from ddb_perimeter.inventory.live import calls
from ddb_perimeter.inventory.live.place import document, told
from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ddb_perimeter.inventory.live.place import Place
    from ddb_perimeter.inventory.resource import Resource

_PLAN: Final = "AWS::Backup::BackupPlan"
_VAULT: Final = "AWS::Backup::BackupVault"
_RULE: Final = (
    "RuleName",
    "TargetBackupVaultName:TargetBackupVault",
    "ScheduleExpression",
    "StartWindowMinutes",
    "CompletionWindowMinutes",
    "Lifecycle",
    "EnableContinuousBackup",
    "CopyActions",
)
_TAG_LISTS: Final = ("StringEquals", "StringNotEquals", "StringLike", "StringNotLike")


def read_plan(place: Place, plan: dict[str, Any]) -> list[Resource]:
    """Read a backup plan, and what it selects.

    Args:
        place: its Region.
        plan: what AWS Backup told about it in the list of all.
    """
    id_ = str(plan["BackupPlanId"])
    arn = str(plan.get("BackupPlanArn") or place.arn("backup", f"backup-plan:{id_}"))
    found: list[Resource] = []
    answer = place.ask(calls.GET_BACKUP_PLAN, arn, BackupPlanId=id_)
    if isinstance(answer, Unknown):
        place.miss(calls.GET_BACKUP_PLAN, answer)
    else:
        properties = {"BackupPlan": _plan(told(answer, "BackupPlan") or {})}
        found.append(place.resource(_PLAN, id_, properties, BackupPlanArn=arn, Arn=arn))
    selections = place.list(calls.LIST_BACKUP_SELECTIONS, arn, BackupPlanId=id_)
    return [*found, *(_selection(place, id_, arn, each) for each in selections)]


def _plan(plan: dict[str, Any]) -> dict[str, object]:
    rules: list[object] = []
    for rule in plan.get("Rules") or ():
        pairs = ((name.split(":")[0], name.rpartition(":")[2]) for name in _RULE)
        rules.append({new: rule[old] for old, new in pairs if old in rule})
    return {"BackupPlanName": plan.get("BackupPlanName"), "BackupPlanRule": rules}


def _selection(place: Place, plan: str, arn: str, listed: dict[str, Any]) -> Resource:
    id_ = str(listed["SelectionId"])
    answer = place.ask(
        calls.GET_BACKUP_SELECTION, f"{arn}, selection {id_}", BackupPlanId=plan, SelectionId=id_
    )
    selection = told(answer, "BackupSelection")
    if isinstance(selection, dict):
        conditions = selection.get("Conditions") or {}
        selection = {
            "SelectionName": selection.get("SelectionName"),
            "IamRoleArn": selection.get("IamRoleArn"),
            "Resources": selection.get("Resources") or [],
            "NotResources": selection.get("NotResources") or [],
            "ListOfTags": selection.get("ListOfTags") or [],
            "Conditions": {name: conditions[name] for name in _TAG_LISTS if conditions.get(name)},
        }
    properties = {"BackupPlanId": plan, "BackupSelection": selection}
    return place.resource(SELECTION, id_, properties)


def target_vaults(plans: Iterable[Resource]) -> Iterator[str]:
    """Yield the names of the vaults that plans write to.

    Args:
        plans: what `read_plan` returned.
    """
    for plan in plans:
        rules = plan.items("BackupPlan.BackupPlanRule") if plan.type == _PLAN else []
        for rule in rules if isinstance(rules, list) else ():
            if isinstance(rule, dict) and isinstance(rule.get("TargetBackupVault"), str):
                yield rule["TargetBackupVault"]


def vaults_of(place: Place, arn: str) -> list[str]:
    """Return the names of the vaults that have a backup of a table.

    Args:
        place: its Region.
        arn: its ARN.
    """
    points = place.list(calls.LIST_RECOVERY_POINTS_BY_RESOURCE, arn, ResourceArn=arn)
    return [str(each["BackupVaultName"]) for each in points]


def read_vault(place: Place, name: str) -> Resource:
    """Read a vault.

    Args:
        place: its Region.
        name: its name.
    """
    arn = place.arn("backup", f"backup-vault:{name}")
    answer = place.ask(calls.GET_BACKUP_VAULT_ACCESS_POLICY, arn, BackupVaultName=name)
    properties = {"BackupVaultName": name, "AccessPolicy": document(told(answer, "Policy"))}
    return place.resource(_VAULT, name, properties, Arn=arn)

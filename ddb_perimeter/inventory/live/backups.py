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


def read_plans(place: Place) -> list[Resource]:
    """Read the backup plans of a Region, and what they select.

    Args:
        place: the Region.
    """
    found: list[Resource] = []
    for plan in place.list(calls.LIST_BACKUP_PLANS):
        id_ = str(plan["BackupPlanId"])
        arn = str(plan.get("BackupPlanArn") or place.arn("backup", f"backup-plan:{id_}"))
        answer = place.ask(calls.GET_BACKUP_PLAN, arn, BackupPlanId=id_)
        if isinstance(answer, Unknown):
            place.miss(calls.GET_BACKUP_PLAN, answer)
        else:
            properties = {"BackupPlan": _plan(told(answer, "BackupPlan") or {})}
            found.append(place.resource(_PLAN, id_, properties, BackupPlanArn=arn, Arn=arn))
        selections = place.list(calls.LIST_BACKUP_SELECTIONS, arn, BackupPlanId=id_)
        found += [_selection(place, id_, arn, each) for each in selections]
    return found


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


def read_vaults(
    place: Place, plans: Iterable[Resource], tables: Iterable[Resource]
) -> Iterator[Resource]:
    """Read the vaults that plans write to, and those that have a backup of a table.

    Args:
        place: the Region.
        plans: its backup plans.
        tables: its tables.
    """
    names: dict[str, None] = {}
    for plan in plans:
        rules = plan.items("BackupPlan.BackupPlanRule") if plan.type == _PLAN else []
        for rule in rules if isinstance(rules, list) else ():
            if isinstance(rule, dict) and isinstance(rule.get("TargetBackupVault"), str):
                names[rule["TargetBackupVault"]] = None
    for table in tables:
        arn = table.arn or ""
        for point in place.list(calls.LIST_RECOVERY_POINTS_BY_RESOURCE, arn, ResourceArn=arn):
            names[str(point["BackupVaultName"])] = None
    for name in names:
        yield _vault(place, name)


def _vault(place: Place, name: str) -> Resource:
    arn = place.arn("backup", f"backup-vault:{name}")
    answer = place.ask(calls.GET_BACKUP_VAULT_ACCESS_POLICY, arn, BackupVaultName=name)
    properties = {"BackupVaultName": name, "AccessPolicy": document(told(answer, "Policy"))}
    return place.resource(_VAULT, name, properties, Arn=arn)

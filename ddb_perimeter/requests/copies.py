"""Who makes copies: backups, the three forms of a restore, exports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ddb_perimeter.controls.perimeter import Duty
from ddb_perimeter.inventory.backups import SELECTION
from ddb_perimeter.policy.document import Policy
from ddb_perimeter.policy.layers import Layers
from ddb_perimeter.requests.trial import INTERNET, SERVICE, Trial

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddb_perimeter.requests.scene import Scene


_VAULT: Final = "AWS::Backup::BackupVault"
# What a restore authorizes on the table that it makes, whichever form it has.
_FILLS_A_TABLE: Final = (
    "dynamodb:BatchWriteItem",
    "dynamodb:DeleteItem",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "dynamodb:Scan",
    "dynamodb:UpdateItem",
)


def backup(scene: Scene) -> Iterator[Trial]:
    """Yield what AWS Backup calls with its plan's role, and whoever backs up by hand."""
    plans = [each.at("BackupSelection.IamRoleArn") for each in scene.here(SELECTION)]
    for table in scene.tables:
        for role in dict.fromkeys(plan for plan in plans if isinstance(plan, str)):
            for action in ("dynamodb:DescribeTable", "dynamodb:StartAwsBackupJob"):
                yield scene.trial("daily backup", role, action, table.arns[0], SERVICE)
        for who in scene.operators(Duty.BACK_UP):
            yield scene.trial(
                "backup by hand", who, "dynamodb:CreateBackup", table.arns[0], INTERNET
            )


def restore(scene: Scene) -> Iterator[Trial]:
    """Yield a restore in its three forms, each into a new table."""
    for table in scene.tables:
        arn = table.arns[0]
        new = scene.place.arn("dynamodb", f"table/{table.name}-restored")
        for who in scene.operators(Duty.RESTORE):
            point = "restore to a point in time"
            yield scene.trial(point, who, "dynamodb:RestoreTableToPointInTime", arn, INTERNET)
            native = "restore from a native backup"
            for resource in (f"{arn}/backup/01234567890123-a1b2c3d4", new):
                yield scene.trial(
                    native, who, "dynamodb:RestoreTableFromBackup", resource, INTERNET
                )
            for action in _FILLS_A_TABLE:
                yield scene.trial(point, who, action, new, INTERNET)
            yield from _restore_by_aws_backup(scene, who, new)


def _restore_by_aws_backup(scene: Scene, who: str, new: str) -> Iterator[Trial]:
    form = "restore by AWS Backup"
    if ":role/" in who:  # AWS Backup restores with a role, which somebody else may hand to it
        for action in ("dynamodb:RestoreTableFromAwsBackup", *_FILLS_A_TABLE):
            yield scene.trial(form, who, action, new, SERVICE)
    for vault in scene.here(_VAULT):
        document = vault.at("AccessPolicy")
        policy = None if document is None else Policy.read(document, "vault policy")
        request = scene.place.request(
            scene.place.principal(who),
            "backup:StartRestoreJob",
            scene.place.arn("backup", "recovery-point:1EB3B5E7-9EB0-435A-A80B-108B488B0D45"),
            INTERNET,
        )
        yield Trial(form, request, Layers(resource=policy))


def export(scene: Scene) -> Iterator[Trial]:
    """Yield exports by whoever is named for them."""
    for table in scene.tables:
        for who in scene.operators(Duty.EXPORT):
            yield scene.trial(
                "export", who, "dynamodb:ExportTableToPointInTime", table.arns[0], INTERNET
            )

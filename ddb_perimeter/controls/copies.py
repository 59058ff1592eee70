"""Where the data of tables goes: backups that must exist, copies that must not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ddb_perimeter.controls.control import Where, broken, control, holds, unknown, unresolved
from ddb_perimeter.findings import Exposure, Severity
from ddb_perimeter.inventory.backups import SELECTION, selections
from ddb_perimeter.inventory.network import ENDPOINT
from ddb_perimeter.inventory.resource import look_up
from ddb_perimeter.inventory.tables import TABLE_TYPES, tables
from ddb_perimeter.inventory.template import DOCUMENTATION_ACCOUNT
from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddb_perimeter.controls.control import Judgment, Judgments
    from ddb_perimeter.controls.perimeter import Perimeter
    from ddb_perimeter.inventory import Inventory, Resource

_CUSTOM_REPLICA: Final = "Custom::DynamoDBReplica"
_SOURCE: Final = "GlobalTableSourceArn"
_ARN_PARTS: Final = 6


@control(
    id="ddb-backup-plan",
    title="Each table and replica is in a backup plan",
    severity=Severity.MEDIUM,
    why="Point-in-time recovery ends after 35 days and with the table; backups in a vault outlive "
    "both, and a vault can be closed to everybody who administers the table.",
    source="https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html",
    fix="Name the table's ARN in an AWS::Backup::BackupSelection of its account and Region; "
    'declare a plan that exists elsewhere with existing = ["backup-plan"] in [perimeter].',
    types=(*TABLE_TYPES, SELECTION),
)
def backup_plan(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    """Judge each table and replica."""
    for table in tables(inventory):
        subject = table.subject()
        if "backup-plan" in perimeter.existing:
            yield holds(subject)
            continue
        doubt: Unknown | None = None
        for selection in selections(inventory):
            answer = selection.takes(table)
            if isinstance(answer, Unknown):
                doubt = answer
            elif answer:
                yield holds(subject)
                break
        else:
            if doubt is not None:
                yield unresolved(subject, "The selection of a backup plan", doubt)
            else:
                yield broken(subject, f"No backup plan in what was checked selects {table.arn}.")


@control(
    id="ddb-no-kinesis-destination",
    title="No Kinesis stream gets a copy of every change",
    severity=Severity.HIGH,
    why="DynamoDB writes each change of an item to the stream, and whoever may read the stream "
    "has the data: no policy of the table is asked.",
    source="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/kds.html",
    fix="Remove KinesisStreamSpecification; read changes from the table's own stream, which has a "
    "policy of its own.",
    types=TABLE_TYPES,
)
def kinesis_destination(inventory: Inventory, _: Perimeter) -> Judgments:
    """Judge each table and replica."""
    property_ = "KinesisStreamSpecification.StreamArn"
    for table in tables(inventory):
        subject, stream = table.subject(), table.kinesis_destination
        evidence = table.evidence(property_)
        if stream is None:
            yield holds(subject)
        elif isinstance(stream, Unknown):
            yield unresolved(subject, property_, stream, evidence=evidence)
        else:
            owner = _account(str(stream))
            own = table.resource.account
            foreign = own != DOCUMENTATION_ACCOUNT and owner not in {"", own}
            yield broken(
                subject,
                f"Every change is copied to {stream}"
                f"{f' of account {owner}' if foreign else ''}, which the table's policy does not "
                "protect.",
                exposure=Exposure.WEAKENED,
                evidence=evidence,
                severity=Severity.CRITICAL if foreign else None,
            )


@control(
    id="ddb-no-foreign-export",
    title="No export went to a bucket of another account",
    severity=Severity.CRITICAL,
    why="An export writes every item into a bucket, in any account that the caller may write to. "
    "From then on the bucket's owner decides who reads them, whatever the table's policy says. AWS "
    "tells of an export for 90 days, so the finding stays as long.",
    source="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/"
    "S3DataExport_Requesting.html",
    fix="Have the export deleted, find who called ExportTableToPointInTime in the trail, and guard "
    "the call (ddb-export-guarded). An account that may have the data belongs in accounts of "
    "[perimeter].",
    types=TABLE_TYPES,
    where=Where.ACCOUNTS,
)
def foreign_exports(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    """Judge the exports of each table that AWS still tells of: those of 90 days."""
    for table in tables(inventory):
        subject, exports = table.subject(), table.resource.attribute("Exports")
        if not isinstance(exports, list):
            doubt = exports if isinstance(exports, Unknown) else Unknown("Exports", "not told")
            yield unresolved(subject, "Where the table was exported to", doubt)
            continue
        inside = {"", table.resource.account} | perimeter.accounts
        findings = [
            broken(
                subject,
                f"{export['ExportArn']} is in the bucket {export['S3Bucket']} of account {owner}, "
                "which is not in the perimeter.",
                exposure=Exposure.WEAKENED,
            )
            for export in exports
            if (owner := str(export["S3BucketOwner"] or "")) not in inside
        ]
        yield from findings or [holds(subject)]


@control(
    id="ddb-replicas-allow-listed",
    title="Replicas are only in Regions and accounts of the perimeter",
    severity=Severity.HIGH,
    why="A replica holds all items. In a Region where nothing else of the perimeter is deployed "
    "no endpoint, trail or rule watches it, and a replica of another account is read there.",
    source="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GlobalTables.html",
    fix="Remove the replica, deploy the perimeter in its Region too, or declare what belongs to it "
    "with regions and accounts in [perimeter].",
    types=(*TABLE_TYPES, _CUSTOM_REPLICA, ENDPOINT),
)
def replicas(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    """Judge every place where items are copied to or from."""
    inside = perimeter.regions | _deployed(inventory)
    for resource in dict.fromkeys(table.resource for table in tables(inventory)):
        findings = [
            judgment
            for pointer, region in _places(resource)
            for judgment in _region(resource, pointer, region, inside | {resource.region})
        ]
        findings += _source(resource, perimeter)
        yield from findings or [holds(resource.subject())]
    for resource in inventory.of_type(_CUSTOM_REPLICA):
        region = resource.at("Region")
        yield from list(_region(resource, "Region", region, inside)) or [holds(resource.subject())]


def _deployed(inventory: Inventory) -> frozenset[str]:
    """Return the Regions in which the perimeter is deployed.

    An account has a trail or a recorder in any Region; what tells is an endpoint to the tables.
    """
    telling = inventory.of_type(ENDPOINT) if ENDPOINT in inventory.complete else inventory
    return frozenset(resource.region for resource in telling if resource.region)


def _places(resource: Resource) -> Iterator[tuple[str, object]]:
    """Yield where a global table keeps items, and where it says so."""
    for property_ in ("Replicas", "GlobalTableWitnesses"):
        entries = resource.items(property_)
        if isinstance(entries, Unknown):
            yield property_, entries
            continue
        for position, entry in enumerate(entries):
            yield f"{property_}[{position}].Region", look_up(entry, "Region")


def _region(
    resource: Resource, pointer: str, region: object, inside: frozenset[str]
) -> Iterator[Judgment]:
    evidence = resource.evidence(f"Properties.{pointer}")
    if isinstance(region, Unknown):
        yield unresolved(resource.subject(), pointer, region, evidence=evidence)
    elif str(region) not in inside:
        yield broken(
            resource.subject(),
            f"{pointer} is {region}, where no stack of what was checked is deployed.",
            exposure=Exposure.WEAKENED,
            evidence=evidence,
        )


def _source(resource: Resource, perimeter: Perimeter) -> Iterator[Judgment]:
    """Judge the table that this one replicates, which may be of another account."""
    source = resource.at(_SOURCE)
    if source is None:
        return
    evidence = resource.evidence(f"Properties.{_SOURCE}")
    if isinstance(source, Unknown):
        yield unresolved(resource.subject(), _SOURCE, source, evidence=evidence)
        return
    owner = _account(str(source))
    if not owner:
        yield unknown(
            resource.subject(),
            f"{_SOURCE} is {source}, which is no table's ARN.",
            evidence=evidence,
        )
    elif owner != resource.account and owner not in perimeter.accounts:
        yield broken(
            resource.subject(),
            f"{_SOURCE} is {source}: account {owner} is not in the perimeter, and gets every "
            "item that is written here.",
            exposure=Exposure.WEAKENED,
            evidence=evidence,
            severity=Severity.CRITICAL,
        )


def _account(arn: str) -> str:
    """Return the account of an ARN, or an empty string."""
    parts = arn.split(":", _ARN_PARTS - 1)
    return parts[4] if len(parts) == _ARN_PARTS and parts[0] == "arn" else ""

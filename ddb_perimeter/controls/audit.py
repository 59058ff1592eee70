"""The trail: that it is on, complete and intact, and records tables and streams."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ddb_perimeter.controls.control import broken, control, holds, unresolved
from ddb_perimeter.findings import Severity
from ddb_perimeter.inventory.client_networks import CLIENT_TYPES, SERVICES
from ddb_perimeter.inventory.tables import TABLE_TYPES, tables
from ddb_perimeter.inventory.topology import network
from ddb_perimeter.inventory.trails import EVERYTHING, READS, TRAIL, Record, Trail, trails
from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddb_perimeter.controls.control import Judgment, Judgments
    from ddb_perimeter.controls.perimeter import Perimeter
    from ddb_perimeter.findings import Subject
    from ddb_perimeter.inventory import Inventory, Resource
    from ddb_perimeter.inventory.tables import Table

_TABLE: Final = "AWS::DynamoDB::Table"
_STREAM: Final = "AWS::DynamoDB::Stream"
_SOURCE: Final = "dynamodb.amazonaws.com"
_NONE: Final[frozenset[str]] = frozenset()
_TYPES: Final = (*TABLE_TYPES, TRAIL)
_DECLARE: Final = (
    'Add an AWS::CloudTrail::Trail, or declare one that exists elsewhere with existing = ["trail"] '
    "in [perimeter]."
)


@control(
    id="trail-is-logging",
    title="A trail is on for each table",
    severity=Severity.CRITICAL,
    why="Without a trail nobody can tell who called DynamoDB, nor who changed the perimeter.",
    source="https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-create-and-update-a-trail.html",
    fix='Set IsLogging: true; declare a trail that exists elsewhere with existing = ["trail"] in '
    "[perimeter].",
    types=_TYPES,
)
def is_logging(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    """Judge each trail, and each table that none watches."""
    for trail in trails(inventory):
        yield flagged(trail.resource, "IsLogging", on=trail.logging)
    for table in tables(inventory):
        if "trail" in perimeter.existing or _watching(inventory, table):
            yield holds(table.subject())
        else:
            yield _unwatched(table)


def _watching(inventory: Inventory, table: Table) -> list[Trail]:
    """Return the trails that are on and record a table's account and Region."""
    return [
        trail
        for trail in trails(inventory)
        if trail.logging is not False and trail.watches(table.region, table.resource.account)
    ]


def _unwatched(table: Table) -> Judgment:
    return broken(
        table.subject(),
        f"No trail in what was checked is on and records {table.region}.",
        fix=_DECLARE,
    )


@control(
    id="trail-multi-region",
    title="A trail records all management events of every Region",
    severity=Severity.HIGH,
    why="Whoever works in a Region, or with calls, that the trail leaves out is not seen: a "
    "restore of the table elsewhere, for example, or a change of its policy.",
    source="https://docs.aws.amazon.com/awscloudtrail/latest/userguide/receive-cloudtrail-log-files-from-multiple-regions.html",
    fix="Set IsMultiRegionTrail and IncludeGlobalServiceEvents to true, and record management "
    "events, reads and writes.",
    types=(TRAIL,),
)
def multi_region(inventory: Inventory, _: Perimeter) -> Judgments:
    """Judge the trails of each account: one that records everything is enough."""
    by_account: dict[str, list[Trail]] = {}
    for trail in trails(inventory):
        by_account.setdefault(trail.resource.account, []).append(trail)
    for own in by_account.values():
        findings = {trail: list(_gaps(trail)) for trail in own}
        complete = [trail for trail, judgments in findings.items() if not judgments]
        for trail in complete:
            yield holds(trail.resource.subject())
        for judgments in findings.values():
            yield from judgments if not complete else ()


def _gaps(trail: Trail) -> Iterator[Judgment]:
    """Yield what a trail leaves out of all management events."""
    resource = trail.resource
    for property_, default in (("IsMultiRegionTrail", False), ("IncludeGlobalServiceEvents", True)):
        judgment = flagged(resource, property_, on=resource.flag(property_, default=default))
        if judgment.message:
            yield judgment
    record = trail.management_events()
    if record.modes != EVERYTHING:
        advanced = resource.at("AdvancedEventSelectors") is not None
        pointer = "AdvancedEventSelectors" if advanced else "EventSelectors"
        evidence = resource.evidence(f"Properties.{pointer}")
        if record.doubts:
            yield unresolved(resource.subject(), pointer, record.doubts[0], evidence=evidence)
        else:
            yield broken(
                resource.subject(),
                f"{pointer} records {_spell(record)} of management events.",
                evidence=evidence,
            )


def _spell(record: Record) -> str:
    """Spell what is recorded, and why not more."""
    what = f"only {' and '.join(sorted(record.modes))}" if record.modes else "none"
    return f"{what} ({', '.join(record.narrowed)})" if record.narrowed else what


@control(
    id="trail-no-excluded-sources",
    title="Trails leave out no service",
    severity=Severity.MEDIUM,
    why="Events of AWS KMS and of the RDS Data API can be left out; those of KMS tell who used or "
    "changed the table's key.",
    source="https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-management-events-with-cloudtrail.html",
    fix="Remove ExcludeManagementEventSources, or the eventSource field of the selector.",
    types=(TRAIL,),
)
def no_excluded_sources(inventory: Inventory, _: Perimeter) -> Judgments:
    """Judge each trail."""
    for trail in trails(inventory):
        subject, excluded = trail.resource.subject(), list(trail.excluded_sources())
        for pointer, value in excluded:
            evidence = trail.resource.evidence(f"Properties.{pointer}")
            if isinstance(value, Unknown):
                yield unresolved(subject, pointer, value, evidence=evidence)
            else:
                yield broken(subject, f"It leaves out events of {value}.", evidence=evidence)
        if not excluded:
            yield holds(subject)


@control(
    id="trail-validation",
    title="Log files of trails are validated",
    severity=Severity.LOW,
    why="Without digest files nobody can show that a log file is complete and unchanged.",
    source="https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-intro.html",
    fix="Set EnableLogFileValidation: true.",
    types=(TRAIL,),
)
def validated(inventory: Inventory, _: Perimeter) -> Judgments:
    """Judge each trail."""
    for trail in inventory.of_type(TRAIL):
        name = "EnableLogFileValidation"
        yield flagged(trail, name, on=trail.flag(name))


def flagged(resource: Resource, property_: str, *, on: bool | Unknown) -> Judgment:
    """Judge a property that has to be true.

    Args:
        resource: what has it.
        property_: where it is written.
        on: its value.
    """
    evidence = resource.evidence(f"Properties.{property_}")
    if isinstance(on, Unknown):
        return unresolved(resource.subject(), property_, on, evidence=evidence)
    if on:
        return holds(resource.subject())
    return broken(resource.subject(), f"{property_} is not true.", evidence=evidence)


@control(
    id="trail-kms",
    title="A key of yours encrypts the log files of trails",
    severity=Severity.MEDIUM,
    why="Log files name every caller and resource; with a key of your own its policy decides who "
    "may read them, besides the bucket's.",
    source="https://docs.aws.amazon.com/awscloudtrail/latest/userguide/encrypting-cloudtrail-log-files-with-aws-kms.html",
    fix="Set KMSKeyId.",
    types=(TRAIL,),
)
def encrypted(inventory: Inventory, _: Perimeter) -> Judgments:
    """Judge each trail."""
    return _present(inventory, "KMSKeyId", "so S3's own key encrypts the log files.")


@control(
    id="trail-cloudwatch",
    title="Trails are searchable in CloudWatch Logs",
    severity=Severity.MEDIUM,
    why="Alarms need the events within minutes; log files in a bucket are read after the fact.",
    source="https://docs.aws.amazon.com/awscloudtrail/latest/userguide/send-cloudtrail-events-to-cloudwatch-logs.html",
    fix="Set CloudWatchLogsLogGroupArn and CloudWatchLogsRoleArn.",
    types=(TRAIL,),
)
def in_cloudwatch(inventory: Inventory, _: Perimeter) -> Judgments:
    """Judge each trail."""
    return _present(inventory, "CloudWatchLogsLogGroupArn", "so no alarm can watch the trail.")


def _present(inventory: Inventory, property_: str, otherwise: str) -> Iterator[Judgment]:
    for trail in inventory.of_type(TRAIL):
        value, evidence = trail.at(property_), trail.evidence(f"Properties.{property_}")
        if isinstance(value, Unknown):
            yield unresolved(trail.subject(), property_, value, evidence=evidence)
        elif value:
            yield holds(trail.subject())
        else:
            yield broken(
                trail.subject(), f"{property_} is left out, {otherwise}", evidence=evidence
            )


@control(
    id="trail-ddb-data-events",
    title="Every read and write of each table is recorded",
    severity=Severity.HIGH,
    why="Management events say who changed a table, data events alone who read it. They are off "
    "unless a selector asks for them.",
    source="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/logging-using-cloudtrail.html",
    fix="Add an advanced event selector with eventCategory Data and resources.type "
    "AWS::DynamoDB::Table, without readOnly or eventName, that covers the table's ARN in each of "
    "its Regions.",
    types=_TYPES,
)
def data_events(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    """Judge each table and replica by all trails that watch its Region."""
    for table in tables(inventory):
        watching = _watching(inventory, table)
        total = Record()
        for trail in watching:
            total |= trail.data_events(_TABLE, str(table.arn))
        what = f"data events of {table.arn}"
        yield _recorded(table.subject(), perimeter, watching, what, total)


@control(
    id="trail-ddb-stream-events",
    title="Every read of each stream is recorded",
    severity=Severity.MEDIUM,
    why="A stream holds each change of the last 24 hours: reading it is reading the table.",
    source="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/logging-using-cloudtrail.html",
    fix="Add an advanced event selector with eventCategory Data and resources.type "
    "AWS::DynamoDB::Stream, or record all data events of the table, which include its stream's.",
    types=_TYPES,
)
def stream_events(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    """Judge each table and replica that has a stream."""
    for table in tables(inventory):
        if table.stream_arn is None:
            continue
        watching = _watching(inventory, table)
        total = Record()
        for trail in watching:
            total |= trail.data_events(_STREAM, str(table.stream_arn))
            total |= trail.data_events(_TABLE, str(table.arn))
        what = f"reads of stream {table.stream_arn}"
        reads = replace(total, modes=EVERYTHING if READS in total.modes else _NONE)
        yield _recorded(table.subject(), perimeter, watching, what, reads)


@control(
    id="trail-ddb-network-activity",
    title="What DynamoDB endpoints refuse is recorded",
    severity=Severity.HIGH,
    why="A refused call shows that credentials of somebody else are used inside the network; it "
    "is recorded as network activity of the endpoint's owner alone.",
    source="https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-network-events-with-cloudtrail.html",
    fix="Add an advanced event selector with eventCategory NetworkActivity and eventSource "
    "dynamodb.amazonaws.com; errorCode VpceAccessDenied may narrow it.",
    types=(*CLIENT_TYPES, TRAIL),
)
def network_activity(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    """Judge each endpoint for DynamoDB."""
    for endpoint in network(inventory).endpoints:
        if endpoint.service not in SERVICES - {"dynamodb-streams"}:
            continue
        resource = endpoint.resource
        watching = [
            trail
            for trail in trails(inventory)
            if trail.logging is not False and trail.watches(resource.region, resource.account)
        ]
        total = Record()
        for trail in watching:
            total |= trail.network_activity(_SOURCE, "VpceAccessDenied", str(endpoint.id))
        what = "refusals of the endpoint"
        yield _recorded(resource.subject(), perimeter, watching, what, total)


def _recorded(
    subject: Subject, perimeter: Perimeter, watching: list[Trail], what: str, total: Record
) -> Judgment:
    """Judge what all trails that watch a resource record of it together."""
    if "trail" in perimeter.existing or total.modes == EVERYTHING:
        return holds(subject)
    if total.doubts:
        return unresolved(subject, f"Whether a trail records {what}", total.doubts[0])
    if not watching:
        return broken(subject, f"No trail in what was checked records {what}.", fix=_DECLARE)
    names = ", ".join(trail.resource.logical_id for trail in watching)
    return broken(subject, f"Trail {names} does not record all {what}: {_spell(total)}.")

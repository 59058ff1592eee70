"""The resource policy of a table: who reaches it, from where, and which ways out are closed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ddb_perimeter.controls.cache_role import trusted_cache_roles
from ddb_perimeter.controls.control import control
from ddb_perimeter.controls.guarded import guarded_tables
from ddb_perimeter.controls.questions import (
    exit_closed,
    no_stranger_allowed,
    outside_denied,
    plain_http_denied,
)
from ddb_perimeter.findings import Exposure, Severity
from ddb_perimeter.inventory.iam import IAM_TYPES
from ddb_perimeter.inventory.network import ENDPOINT
from ddb_perimeter.inventory.organization import ORGANIZATION_POLICY
from ddb_perimeter.inventory.tables import TABLE_TYPES

if TYPE_CHECKING:
    from ddb_perimeter.controls.control import Judgments
    from ddb_perimeter.controls.perimeter import Perimeter
    from ddb_perimeter.inventory import Inventory

_GUIDE: Final = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide"
_TYPES: Final = TABLE_TYPES | {ENDPOINT, ORGANIZATION_POLICY}
_WITH_CACHE: Final = _TYPES | IAM_TYPES | {"AWS::DAX::Cluster"}


@control(
    id="ddb-deny-outside-vpce",
    title="Every data-plane request from outside the perimeter is denied by the table",
    severity=Severity.CRITICAL,
    why="DynamoDB's API is on the internet: whoever holds credentials of the account, or steals "
    "them, reads the table from anywhere unless the table itself denies it.",
    source=f"{_GUIDE}/best-practices-security-preventative.html",
    fix="Deny the whole data plane in the table's resource policy unless aws:SourceVpce is one of "
    "your endpoints, and exempt nobody but the cache's role and service-linked roles.",
    types=_WITH_CACHE,
)
def data_plane_denied_outside(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    for table in guarded_tables(inventory, perimeter):
        caches = dict.fromkeys(
            trusted_cache_roles(inventory, perimeter),
            "DAX reads the table with this role; it can only read",
        )
        yield from outside_denied(table, perimeter, caches)


@control(
    id="ddb-table-policy-not-public",
    title="The table's policy lets no stranger in",
    severity=Severity.CRITICAL,
    why="An Allow for everybody makes the items public to anyone with an AWS account, or none.",
    source=f"{_GUIDE}/rbac-bpa-rbp.html",
    fix="Remove the Allow, or name the principals of your own account that it is for.",
    types=_TYPES,
)
def table_not_public(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    for table in guarded_tables(inventory, perimeter):
        yield from no_stranger_allowed(table, named=False)


@control(
    id="ddb-policy-no-cross-account",
    title="The table's policy lets no undeclared account in",
    severity=Severity.HIGH,
    why="A grant to another account hands its administrators the data, and AWS's block on public "
    "policies lets it pass.",
    source=f"{_GUIDE}/rbac-cross-account-access.html",
    fix="Remove the grant, or declare the account in [perimeter] accounts if it is yours.",
    types=_TYPES,
)
def table_not_shared(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    for table in guarded_tables(inventory, perimeter):
        yield from no_stranger_allowed(table, named=True)


@control(
    id="ddb-deny-insecure-transport",
    title="The table denies plain HTTP",
    severity=Severity.HIGH,
    why="DynamoDB's endpoints answer over HTTP too: items would cross the network in clear.",
    source="https://docs.aws.amazon.com/general/latest/gr/ddb.html",
    fix="Deny dynamodb:* when aws:SecureTransport is false (Bool, not BoolIfExists).",
    types=_TYPES,
)
def table_denies_plain_http(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    for table in guarded_tables(inventory, perimeter):
        yield from plain_http_denied(table)


@control(
    id="ddb-export-guarded",
    title="Only named roles export the table",
    severity=Severity.HIGH,
    why="One call copies the whole table to any bucket that its caller can write to, of any "
    "account, and no endpoint sees it.",
    source=f"{_GUIDE}/S3DataExport_Requesting.html",
    fix="Deny dynamodb:ExportTableToPointInTime to everybody but the named roles.",
    types=_TYPES,
)
def export_guarded(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    for table in guarded_tables(inventory, perimeter):
        yield from exit_closed(
            table,
            ("dynamodb:ExportTableToPointInTime",),
            what="export",
            exposure=Exposure.REACHABLE,
        )


@control(
    id="ddb-policy-change-guarded",
    title="Only named roles change the table's policy",
    severity=Severity.HIGH,
    why="Whoever may replace the policy may open the table in the next call.",
    source=f"{_GUIDE}/rbac-considerations.html",
    fix="Deny PutResourcePolicy and DeleteResourcePolicy to everybody but the named roles.",
    types=_TYPES,
)
def policy_change_guarded(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    for table in guarded_tables(inventory, perimeter):
        yield from exit_closed(
            table,
            ("dynamodb:DeleteResourcePolicy", "dynamodb:PutResourcePolicy"),
            what="change the policy",
            exposure=Exposure.WEAKENED,
        )


@control(
    id="ddb-kinesis-guarded",
    title="Only named roles stream the table to Kinesis",
    severity=Severity.HIGH,
    why="A Kinesis destination carries every change to a stream with a policy of its own.",
    source=f"{_GUIDE}/kds_iam.html",
    fix="Deny EnableKinesisStreamingDestination and UpdateKinesisStreamingDestination to "
    "everybody but the named roles.",
    types=_TYPES,
)
def kinesis_guarded(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    for table in guarded_tables(inventory, perimeter):
        yield from exit_closed(
            table,
            (
                "dynamodb:EnableKinesisStreamingDestination",
                "dynamodb:UpdateKinesisStreamingDestination",
            ),
            what="stream to Kinesis",
            exposure=Exposure.WEAKENED,
        )


@control(
    id="ddb-no-multi-account-replica",
    title="Only named roles replicate the table",
    severity=Severity.CRITICAL,
    why="A replica is a continuous copy, in another Region or another account, with a policy of "
    "its own.",
    source=f"{_GUIDE}/globaltables_MA_security.html",
    fix="Deny AssociateTableReplica, CreateTableReplica, ReadDataForReplication and their kin to "
    "everybody but the named roles.",
    types=_TYPES,
)
def replication_guarded(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    for table in guarded_tables(inventory, perimeter):
        yield from exit_closed(
            table,
            (
                "dynamodb:AssociateTableReplica",
                "dynamodb:CreateTableReplica",
                "dynamodb:ReadDataForReplication",
                "dynamodb:ReplicateSettings",
                "dynamodb:WriteDataForReplication",
            ),
            what="replicate",
            exposure=Exposure.REACHABLE,
        )


@control(
    id="ddb-restore-guarded",
    title="Only named roles back the table up or restore it to a point in time",
    severity=Severity.HIGH,
    why="A restored table starts without the policy of the one that it was made from.",
    source=f"{_GUIDE}/rbac-iam-actions.html",
    fix="Deny RestoreTableToPointInTime, CreateBackup and StartAwsBackupJob to everybody but the "
    "named roles; close RestoreTableFromBackup by an SCP.",
    types=_TYPES,
)
def restore_guarded(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    for table in guarded_tables(inventory, perimeter):
        yield from exit_closed(
            table,
            (
                "dynamodb:CreateBackup",
                "dynamodb:RestoreTableToPointInTime",
                "dynamodb:StartAwsBackupJob",
            ),
            what="back up or restore",
            exposure=Exposure.WEAKENED,
        )


@control(
    id="ddb-table-change-guarded",
    title="Only named roles change the table",
    severity=Severity.LOW,
    why="UpdateTable turns a stream on, which starts without a policy, and protection off.",
    source=f"{_GUIDE}/rbac-iam-actions.html",
    fix="Deny UpdateTable to everybody but the named roles and service-linked ones.",
    types=_TYPES,
)
def table_change_guarded(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    for table in guarded_tables(inventory, perimeter):
        yield from exit_closed(
            table, ("dynamodb:UpdateTable",), what="change the table", exposure=Exposure.NONE
        )


@control(
    id="ddb-contributor-insights-guarded",
    title="Only named roles show the table's keys in CloudWatch",
    severity=Severity.LOW,
    why="Contributor Insights copies key values to CloudWatch, under a key of AWS.",
    source=f"{_GUIDE}/encryption.usagenotes.html",
    fix="Deny UpdateContributorInsights to everybody but the named roles.",
    types=_TYPES,
)
def contributor_insights_guarded(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    for table in guarded_tables(inventory, perimeter):
        yield from exit_closed(
            table,
            ("dynamodb:UpdateContributorInsights",),
            what="show keys in CloudWatch",
            exposure=Exposure.NONE,
        )

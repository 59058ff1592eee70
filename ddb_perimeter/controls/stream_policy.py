"""The resource policy of a stream, which the table's policy does not cover."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ddb_perimeter.controls.control import control
from ddb_perimeter.controls.guarded import guarded_streams
from ddb_perimeter.controls.questions import (
    exit_closed,
    no_stranger_allowed,
    outside_denied,
    plain_http_denied,
)
from ddb_perimeter.controls.stream_poller import POLLER_TYPES, polling_roles
from ddb_perimeter.findings import Exposure, Severity
from ddb_perimeter.inventory.network import ENDPOINT
from ddb_perimeter.inventory.organization import ORGANIZATION_POLICY
from ddb_perimeter.inventory.tables import TABLE_TYPES

if TYPE_CHECKING:
    from ddb_perimeter.controls.control import Judgments
    from ddb_perimeter.controls.perimeter import Perimeter
    from ddb_perimeter.inventory import Inventory

_GUIDE: Final = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide"
_TYPES: Final = TABLE_TYPES | {ENDPOINT, ORGANIZATION_POLICY}


@control(
    id="ddb-stream-deny-outside-vpce",
    title="Every read of the stream from outside the perimeter is denied",
    severity=Severity.CRITICAL,
    why="A stream holds the last day of every change, and the table's policy does not cover it.",
    source=f"{_GUIDE}/rbac-iam-actions.html",
    fix="Give the stream a resource policy that denies GetRecords and GetShardIterator unless "
    "aws:SourceVpce is your dynamodb-streams endpoint, and exempt nobody but the role of a "
    "function that Lambda polls it for.",
    types=_TYPES | POLLER_TYPES,
)
def stream_denied_outside(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    for stream in guarded_streams(inventory, perimeter):
        pollers = {
            arn: "Lambda polls the stream with this role, which nobody else may assume"
            for stream_arn in stream.arns
            for arn in polling_roles(inventory, perimeter, stream_arn)
        }
        yield from outside_denied(stream, perimeter, pollers)


@control(
    id="ddb-stream-policy-not-public",
    title="The stream's policy lets no stranger in",
    severity=Severity.CRITICAL,
    why="An Allow for everybody publishes every change of the table.",
    source=f"{_GUIDE}/rbac-bpa-rbp.html",
    fix="Remove the Allow, or name the principals of your own account that it is for.",
    types=_TYPES,
)
def stream_not_public(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    for stream in guarded_streams(inventory, perimeter):
        yield from no_stranger_allowed(stream, named=False)


@control(
    id="ddb-stream-policy-no-cross-account",
    title="The stream's policy lets no undeclared account in",
    severity=Severity.HIGH,
    why="A grant to another account hands its administrators every change of the table.",
    source=f"{_GUIDE}/rbac-cross-account-access.html",
    fix="Remove the grant, or declare the account in [perimeter] accounts if it is yours.",
    types=_TYPES,
)
def stream_not_shared(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    for stream in guarded_streams(inventory, perimeter):
        yield from no_stranger_allowed(stream, named=True)


@control(
    id="ddb-stream-deny-insecure-transport",
    title="The stream denies plain HTTP",
    severity=Severity.HIGH,
    why="The endpoints of DynamoDB Streams answer over HTTP too.",
    source="https://docs.aws.amazon.com/general/latest/gr/ddb.html",
    fix="Deny dynamodb:* in the stream's policy when aws:SecureTransport is false.",
    types=_TYPES,
)
def stream_denies_plain_http(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    for stream in guarded_streams(inventory, perimeter):
        yield from plain_http_denied(stream)


@control(
    id="ddb-stream-policy-change-guarded",
    title="Only named roles change the stream's policy",
    severity=Severity.HIGH,
    why="Whoever may replace the policy may open the stream in the next call.",
    source=f"{_GUIDE}/rbac-considerations.html",
    fix="Deny PutResourcePolicy and DeleteResourcePolicy to everybody but the named roles.",
    types=_TYPES,
)
def stream_policy_change_guarded(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    for stream in guarded_streams(inventory, perimeter):
        yield from exit_closed(
            stream,
            ("dynamodb:DeleteResourcePolicy", "dynamodb:PutResourcePolicy"),
            what="change the policy",
            exposure=Exposure.WEAKENED,
        )

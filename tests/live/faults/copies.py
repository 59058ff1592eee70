"""Faults that copy the data elsewhere: replicas, Kinesis, CloudWatch, other tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.live.emulation.account import ACCOUNT, HOME
from tests.live.faults.fault import TABLE, Fault, also
from tests.live.faults.posture import BARE
from tests.live.faults.table import GUARDS
from tests.mutation.areas.posture import UNWATCHED

if TYPE_CHECKING:
    from tests.live.emulation.account import Account
    from tests.live.faults.fault import Change

AREA: Final = "copies"


def _replica(account: Account) -> None:
    account.client("dynamodb").update_table(
        TableName=TABLE, ReplicaUpdates=[{"Create": {"RegionName": "ap-southeast-2"}}]
    )


def _kinesis(account: Account) -> None:
    account.client("dynamodb").enable_kinesis_streaming_destination(
        TableName=TABLE,
        StreamArn="arn:aws:kinesis:us-east-1:111122223333:stream/everything",
    )


def _insights(**where: str) -> Change:
    def change(account: Account) -> None:
        account.client("dynamodb").update_contributor_insights(
            TableName=TABLE, ContributorInsightsAction="ENABLE", **where
        )

    return change


def _export(account: Account) -> None:
    account.client("dynamodb").export_table_to_point_in_time(
        TableArn=f"arn:aws:dynamodb:{HOME}:{ACCOUNT}:table/{TABLE}",
        S3Bucket="theirs",
        S3BucketOwner="444455556666",
    )


FAULTS: Final = (
    Fault(
        "a replica is added in a Region without a perimeter",
        "ddb-replicas-allow-listed",
        TABLE,
        _replica,
    ),
    Fault(
        "a replica in a Region without a perimeter has no policy",
        "ddb-deny-outside-vpce",
        TABLE,
        _replica,
        also(*GUARDS, *BARE, *UNWATCHED),
        regions=(HOME, "ap-southeast-2"),
    ),
    Fault("every change goes to Kinesis", "ddb-no-kinesis-destination", TABLE, _kinesis),
    Fault("the table is exported to another account", "ddb-no-foreign-export", TABLE, _export),
    Fault("keys go to CloudWatch", "ddb-contributor-insights-reviewed", TABLE, _insights()),
    Fault(
        "keys of an index go to CloudWatch",
        "ddb-contributor-insights-reviewed",
        TABLE,
        _insights(IndexName="message-group-sk-index"),
    ),
)

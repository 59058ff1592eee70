"""The Lambda function that keeps conversations in step with their messages.

Each user's conversations are sorted by the time of their last message, and a sort key cannot be
changed: so a new message moves the conversation's two items, each by a delete and a put, in one
transaction. The stream brings a message once or more, and after a failure again with all that
followed; whatever it brings, in whatever order, the newest message wins:

- an item only moves forward in time, and only from where the index shows it;
- an index that lags shows an item that is gone: then the transaction fails as a whole, and the
  record is tried again.

What failed is reported record by record, so that Lambda tries again from there and gives up into
the dead-letter queue. It has nothing but boto3, and logs no text of a message.

Source: https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
"""

from __future__ import annotations

import functools
import logging
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from workload import keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

TABLE_VARIABLE: Final = "TABLE_NAME"
_SIDES: Final = 2
_log: Final = logging.getLogger(__name__)


class NotInStepError(Exception):
    """A message that could not be brought into its conversation; the text says why."""


@dataclass(frozen=True, slots=True, order=True)
class Arrival:
    """A message as the stream brings it.

    Args:
        sent_at: sort key of the message.
        text: what it says.
        group: id of its conversation.
    """

    sent_at: str
    text: str
    group: str

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> Arrival | None:
        """Read a record of the stream; None when it brings no new message.

        Args:
            record: a record with the new image of the item.

        Raises:
            NotInStepError: it is a message that cannot be read.
        """
        change = record.get("dynamodb", {})
        partition = change.get("Keys", {}).get("pk", {}).get("S", "")
        if record.get("eventName") != "INSERT" or not partition.startswith(keys.MESSAGES):
            return None
        image = change.get("NewImage", {})
        sent_at, text = (image.get(name, {}).get("S", "") for name in ("sk", "message"))
        if not keys.is_timestamp(sent_at) or not text:
            raise NotInStepError("the message has no text, or no time that sorts")
        return cls(sent_at, text, partition.removeprefix(keys.MESSAGES))


def handler(event: Mapping[str, Any], _: object = None) -> dict[str, list[dict[str, str]]]:
    """Bring a batch of stream records into the conversations.

    Args:
        event: the batch, as Lambda passes it on.

    Returns:
        The sequence numbers of the records that failed.
    """
    failed = keep_in_step(event["Records"], _dynamodb(), os.environ[TABLE_VARIABLE])
    return {"batchItemFailures": [{"itemIdentifier": number} for number in failed]}


def keep_in_step(records: Iterable[Mapping[str, Any]], dynamodb: Any, table: str) -> list[str]:  # noqa: ANN401 - boto3 makes its clients' classes at run time
    """Move every conversation of some records to its newest message.

    Args:
        records: records of the stream, in any order.
        dynamodb: a boto3 client.
        table: name of the table.

    Returns:
        The sequence numbers of the records that failed. A conversation moves once, so its first
        record stands for all: Lambda goes on from there.
    """
    failed: list[str] = []
    newest: dict[str, Arrival] = {}
    first: dict[str, str] = {}
    for record in records:
        number = record["dynamodb"]["SequenceNumber"]
        try:
            arrival = Arrival.of(record)
        except NotInStepError as error:
            _log.warning("record %s: %s", number, error)
            failed.append(number)
            continue
        if arrival is not None:
            first.setdefault(arrival.group, number)
            newest[arrival.group] = max(arrival, newest.get(arrival.group, arrival))
    for group, arrival in newest.items():
        try:
            _move(arrival, dynamodb, table)
        except (NotInStepError, ClientError, BotoCoreError) as error:
            _log.warning("conversation %s, from record %s: %s", group, first[group], error)
            failed.append(first[group])
    return failed


def _move(arrival: Arrival, dynamodb: Any, table: str) -> None:  # noqa: ANN401 - as above
    sides = _sides(arrival.group, dynamodb, table)
    if len(sides) != _SIDES:
        raise NotInStepError(f"the index shows {len(sides)} of the conversation's two items")
    writes: list[dict[str, Any]] = []
    for side in sides:
        if side["sk"]["S"] >= arrival.sent_at:
            continue  # this message, or a newer one
        moved = {**side, "sk": {"S": arrival.sent_at}, "message": {"S": arrival.text}}
        delete = {
            "TableName": table,
            "Key": {"pk": side["pk"], "sk": side["sk"]},
            # Gone, when the index lags or somebody else moved it.
            "ConditionExpression": "message_group_uuid = :group",
            "ExpressionAttributeValues": {":group": side[keys.GROUP_ATTRIBUTE]},
        }
        put = {
            "TableName": table,
            "Item": moved,
            # Never in the place of another conversation of the same moment.
            "ConditionExpression": "attribute_not_exists(pk)",
        }
        writes += [{"Delete": delete}, {"Put": put}]
    if writes:
        dynamodb.transact_write_items(TransactItems=writes)


def _sides(group: str, dynamodb: Any, table: str) -> list[dict[str, Any]]:  # noqa: ANN401 - as above
    """Return a conversation's items, one for each user: the newest that the index shows."""
    pages = dynamodb.get_paginator("query").paginate(
        TableName=table,
        IndexName=keys.INDEX,
        KeyConditionExpression="message_group_uuid = :group",
        # A table that was filled by others may have messages in the index too.
        FilterExpression="begins_with(pk, :conversations)",
        ExpressionAttributeValues={
            ":group": {"S": group},
            ":conversations": {"S": keys.CONVERSATIONS},
        },
        ScanIndexForward=True,
    )
    by_user = {item["pk"]["S"]: item for page in pages for item in page["Items"]}
    return list(by_user.values())


@functools.cache
def _dynamodb() -> Any:  # noqa: ANN401 - as above
    return boto3.client(
        "dynamodb",
        config=Config(
            connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3}
        ),
    )

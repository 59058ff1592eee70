"""Whatever the stream brings, in whatever order and however often, the newest message wins."""

from __future__ import annotations

import itertools
import logging
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workload.conftest import ANDREW, BAYKO, TABLE, items_of
from workload import last_message
from workload.entities import Conversation, Message
from workload.items import Item, conversation_item, message_item
from workload.last_message import handler, keep_in_step
from workload.store import MessageStore

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

GROUPS = ("5ae290ed-55d1-47a0-bc6d-fe2bc2700399", "9d1c4d1f-8d0f-4b58-9c0c-0c3a1f1f5a10")
NUMBERS = itertools.count(1)


def moment(second: int) -> str:
    return f"2026-01-01T00:00:{second:02}.000000+00:00"


def message(second: int, group: str = GROUPS[0], text: str = "") -> Message:
    return Message(
        f"00000000-0000-4000-8000-{second:012}", group, moment(second), text or f"{second}", BAYKO
    )


def record(arrived: Message, event: str = "INSERT", **image: Any) -> dict[str, Any]:  # noqa: ANN401 - attributes
    item = {**message_item(arrived), **image}
    return {
        "eventName": event,
        "dynamodb": {
            "SequenceNumber": f"{next(NUMBERS):09}",
            "Keys": {name: item[name] for name in ("pk", "sk")},
            "NewImage": item,
        },
    }


def begin(dynamodb: Any, *groups: str) -> None:  # noqa: ANN401 - boto3's clients have no class
    store = MessageStore(TABLE, dynamodb)
    for number, group in enumerate(groups):
        assert store.begin_with([message(number, group)], ANDREW)


def conversations(dynamodb: Any) -> list[tuple[str, str, str, str]]:  # noqa: ANN401 - as above
    return [
        (item["pk"]["S"], item["message_group_uuid"]["S"], item["sk"]["S"], item["message"]["S"])
        for item in items_of(dynamodb)
        if item["pk"]["S"].startswith("GRP#")
    ]


def at(second: int, group: str = GROUPS[0]) -> list[tuple[str, str, str, str]]:
    return [(f"GRP#{user.uuid}", group, moment(second), str(second)) for user in (ANDREW, BAYKO)]


def test_a_message_moves_both_conversations(dynamodb: Any, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ANN401 - as above
    begin(dynamodb, GROUPS[0])
    before = items_of(dynamodb)[0]
    monkeypatch.setenv(last_message.TABLE_VARIABLE, TABLE)
    last_message._dynamodb.cache_clear()  # noqa: SLF001 - it may hold a client of another test

    answer = handler({"Records": [record(message(7))]})

    assert answer == {"batchItemFailures": []}
    assert conversations(dynamodb) == at(7)
    after = items_of(dynamodb)[0]
    assert {k: v for k, v in after.items() if k not in {"sk", "message"}} == {
        k: v for k, v in before.items() if k not in {"sk", "message"}
    }


def test_an_older_message_changes_nothing(dynamodb: Any) -> None:  # noqa: ANN401 - as above
    begin(dynamodb, GROUPS[0])
    keep_in_step([record(message(9))], dynamodb, TABLE)

    assert keep_in_step([record(message(5)), record(message(9))], dynamodb, TABLE) == []
    assert conversations(dynamodb) == at(9)


def test_other_records_are_none_of_its_business(dynamodb: Any) -> None:  # noqa: ANN401 - as above
    begin(dynamodb, GROUPS[0])
    ignored = [
        record(message(8), "MODIFY"),
        record(message(8), "REMOVE"),
        record(message(8), pk={"S": f"GRP#{ANDREW.uuid}"}),
    ]

    assert keep_in_step(ignored, dynamodb, TABLE) == []
    assert conversations(dynamodb) == at(0)


def test_a_conversation_that_is_not_there_fails_alone_and_from_its_first_record(
    dynamodb: Any,  # noqa: ANN401 - as above
) -> None:
    begin(dynamodb, GROUPS[0])
    missing = [record(message(second, GROUPS[1])) for second in (2, 3)]
    records = [record(message(1)), missing[0], record(message(4)), missing[1]]

    failed = keep_in_step(records, dynamodb, TABLE)

    assert failed == [missing[0]["dynamodb"]["SequenceNumber"]]
    assert conversations(dynamodb) == at(4)


@pytest.mark.parametrize(
    "image",
    [{"message": {"N": "1"}}, {"message": {"S": ""}}, {"sk": {"S": "2026-01-01T00:00:00Z"}}],
)
def test_a_message_that_cannot_be_read_fails_alone(dynamodb: Any, image: dict[str, Any]) -> None:  # noqa: ANN401 - as above
    begin(dynamodb, GROUPS[0])
    broken = record(message(8), **image)

    failed = keep_in_step([broken, record(message(5))], dynamodb, TABLE)

    assert failed == [broken["dynamodb"]["SequenceNumber"]]
    assert conversations(dynamodb) == at(5)


def test_another_conversation_of_the_same_moment_is_never_overwritten(dynamodb: Any) -> None:  # noqa: ANN401 - as above
    begin(dynamodb, *GROUPS)
    here = record(message(9, GROUPS[0]))
    keep_in_step([here], dynamodb, TABLE)

    failed = keep_in_step([there := record(message(9, GROUPS[1]))], dynamodb, TABLE)

    assert failed == [there["dynamodb"]["SequenceNumber"]]
    assert sorted(conversations(dynamodb)) == sorted([*at(1, GROUPS[1]), *at(9, GROUPS[0])])


def test_one_side_that_lags_catches_up(dynamodb: Any) -> None:  # noqa: ANN401 - as above
    begin(dynamodb, GROUPS[0])
    own = next(item for item in items_of(dynamodb) if item["pk"]["S"] == f"GRP#{ANDREW.uuid}")
    dynamodb.delete_item(TableName=TABLE, Key={"pk": own["pk"], "sk": own["sk"]})
    moved = {**own, "sk": {"S": moment(6)}, "message": {"S": "6"}}
    dynamodb.put_item(TableName=TABLE, Item=moved)

    assert keep_in_step([record(message(6))], dynamodb, TABLE) == []
    assert conversations(dynamodb) == at(6)


def test_messages_in_the_index_of_somebody_elses_table_are_left_alone(dynamodb: Any) -> None:  # noqa: ANN401 - as above
    begin(dynamodb, GROUPS[0])
    indexed = {**message_item(message(3)), "message_group_uuid": {"S": GROUPS[0]}}
    dynamodb.put_item(TableName=TABLE, Item=indexed)

    assert keep_in_step([record(message(4))], dynamodb, TABLE) == []
    assert conversations(dynamodb) == at(4)
    assert indexed in items_of(dynamodb)


def test_a_table_that_is_gone_fails_the_records(
    dynamodb: Any,  # noqa: ANN401 - as above
    caplog: pytest.LogCaptureFixture,
) -> None:
    begin(dynamodb, GROUPS[0])
    dynamodb.delete_table(TableName=TABLE)
    arrived = record(message(4, text="between the two of us"))

    with caplog.at_level(logging.DEBUG, logger="workload.last_message"):
        failed = keep_in_step([arrived], dynamodb, TABLE)

    assert failed == [arrived["dynamodb"]["SequenceNumber"]]
    assert "ResourceNotFoundException" in caplog.text
    assert "between the two of us" not in caplog.text


class Lagging:
    """The calls of the function on items in memory, whose index answers as it was, some writes ago.

    It knows the conditions that the function sets, and no others.
    """

    CONDITIONS: ClassVar[dict[str, Callable[[Item | None, dict[str, Any]], bool]]] = {
        "message_group_uuid = :group": lambda item, values: (
            item is not None and item["message_group_uuid"] == values[":group"]
        ),
        "attribute_not_exists(pk)": lambda item, _: item is None,
    }

    def __init__(self, items: Sequence[Item], lags: Sequence[int]) -> None:
        self.items = {self._key(item): item for item in items}
        self._past = [self.items]
        self._lags = iter(lags)

    @staticmethod
    def _key(item: Item) -> tuple[str, str]:
        return item["pk"]["S"], item["sk"]["S"]

    def get_paginator(self, name: str) -> Lagging:
        assert name == "query"
        return self

    def paginate(self, **request: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - as boto3 has it
        lag = min(next(self._lags, 0), len(self._past) - 1)
        group = request["ExpressionAttributeValues"][":group"]
        found = [i for i in self._past[-1 - lag].values() if i["message_group_uuid"] == group]
        return [{"Items": sorted(found, key=lambda item: item["sk"]["S"])}]

    def transact_write_items(self, **request: Any) -> None:  # noqa: ANN401 - as above
        after = dict(self.items)
        for (kind, write), *_ in (action.items() for action in request["TransactItems"]):
            key = self._key(write["Key" if kind == "Delete" else "Item"])
            met = self.CONDITIONS[write["ConditionExpression"]]
            if not met(self.items.get(key), write.get("ExpressionAttributeValues", {})):
                raise ClientError({"Error": {"Code": "TransactionCanceledException"}}, "Transact")
            if kind == "Delete":
                del after[key]
            else:
                after[key] = write["Item"]
        self.items = after
        self._past.append(after)

    def times(self, group: str) -> dict[str, str]:
        """Return when each user's item of a conversation is."""
        return {
            pk: sk for (pk, sk), i in self.items.items() if i["message_group_uuid"]["S"] == group
        }


ARRIVALS = st.lists(st.tuples(st.integers(2, 9), st.sampled_from(GROUPS)), min_size=1, max_size=12)


@settings(max_examples=100, deadline=None)
@given(
    arrivals=ARRIVALS,
    cuts=st.sets(st.integers(1, 11)),
    lags=st.lists(st.integers(0, 4), max_size=12),
)
def test_any_order_and_any_repetition_end_in_the_same_conversations(
    arrivals: list[tuple[int, str]], cuts: set[int], lags: list[int]
) -> None:
    """Batches are cut anywhere and tried again until they succeed, with an index that lags."""
    # Even seconds are of one conversation and odd ones of the other, so that no two share one.
    messages = [message(second * 2 + GROUPS.index(group), group) for second, group in arrivals]
    begun = [
        conversation_item(Conversation(group, owner.uuid, other, moment(number), f"{number}"))
        for number, group in enumerate(GROUPS)
        for owner, other in ((ANDREW, BAYKO), (BAYKO, ANDREW))
    ]
    table = Lagging(begun, lags)
    bounds = sorted({0, len(messages), *(cut for cut in cuts if cut < len(messages))})
    for start, end in itertools.pairwise(bounds):
        batch = [record(each) for each in messages[start:end]]
        failed = [""]
        for _ in range(len(lags) + 1):  # when nothing lags any more, nothing fails
            if not failed:
                break
            before = {group: table.times(group) for group in GROUPS}
            failed = keep_in_step(batch, table, TABLE)
            for group, times in before.items():
                after = table.times(group)
                assert len(table.items) == len(begun)
                assert all(after[owner] >= time for owner, time in times.items())
        assert failed == []

    for number, group in enumerate(GROUPS):
        arrived = [each.sent_at for each in messages if each.group == group]
        newest = max(arrived, default=moment(number))
        assert set(table.times(group).values()) == {newest}
        assert {
            item["message"]["S"]
            for item in table.items.values()
            if item["message_group_uuid"]["S"] == group
        } == {str(int(newest[17:19]))}

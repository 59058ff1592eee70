"""The access patterns, on a table as the template declares it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.workload.conftest import ANDREW, BAYKO, TABLE, items_of
from workload import keys
from workload import store as patterns
from workload.entities import Message, Page, User
from workload.page_token import BadPageTokenError, write_token
from workload.seed import seed
from workload.store import BadRequestError, MessageStore

if TYPE_CHECKING:
    from collections.abc import Callable

NOBODY = "00000000-0000-4000-8000-000000000000"


class Calls:
    """A client that counts what is asked of another."""

    def __init__(self, client: Any) -> None:  # noqa: ANN401 - boto3's clients have no class
        self._client = client
        self.seen: list[tuple[str, dict[str, Any]]] = []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(**request: Any) -> Any:  # noqa: ANN401 - passed on
            self.seen.append((name, request))
            return getattr(self._client, name)(**request)

        return call


def fill(store: MessageStore, count: int, year: int = 2026) -> str:
    """Write a conversation with so many messages, a second apart."""
    group = "5ae290ed-55d1-47a0-bc6d-fe2bc2700399"
    messages = [
        Message(
            f"00000000-0000-4000-8000-{number:012}",
            group,
            f"{year}-01-01T00:{number // 60:02}:{number % 60:02}.000000+00:00",
            f"message {number}",
            (ANDREW, BAYKO)[number % 2],
        )
        for number in range(count)
    ]
    assert store.begin_with(messages, BAYKO)
    return group


def all_pages(read: Callable[..., Page[Any]], **how: Any) -> list[list[Any]]:  # noqa: ANN401 - of the read
    pages: list[list[Any]] = []
    token: str | None = None
    while True:
        page = read(page=token, **how)
        pages.append(list(page.entries))
        token = page.next_page
        if token is None:
            return pages


def test_a_conversation_begins_in_one_transaction_of_three_items(
    store: MessageStore,
    dynamodb: Any,  # noqa: ANN401 - as above
) -> None:
    begun = store.begin(ANDREW, BAYKO, "hello")

    groups, message = items_of(dynamodb)[:2], items_of(dynamodb)[2]
    assert [item["pk"]["S"] for item in groups] == [f"GRP#{ANDREW.uuid}", f"GRP#{BAYKO.uuid}"]
    assert [item["user_handle"]["S"] for item in groups] == ["bayko", "andrewbrown"]
    assert {item["message_group_uuid"]["S"] for item in groups} == {begun.group}
    assert message["pk"]["S"] == f"MSG#{begun.group}"
    assert message["message"]["S"] == "hello"
    assert {item["sk"]["S"] for item in (*groups, message)} == {begun.last_sent_at}
    assert "message_group_uuid" not in message  # so that the index stays sparse


def test_both_users_see_a_conversation_as_theirs(store: MessageStore) -> None:
    begun = store.begin(ANDREW, BAYKO, "hello")

    (first,) = store.conversations(ANDREW.uuid).entries
    (second,) = store.conversations(BAYKO.uuid).entries
    assert first == begun
    assert (first.other, second.other) == (BAYKO, ANDREW)
    assert first.last_text == second.last_text == "hello"


def test_nothing_is_written_when_one_key_is_taken(store: MessageStore, dynamodb: Any) -> None:  # noqa: ANN401 - as above
    fill(store, 3)
    before = items_of(dynamodb)

    again = Message(NOBODY, NOBODY, "2026-01-01T00:00:02.000000+00:00", "taken", ANDREW)

    assert not store.begin_with([again], BAYKO)  # another conversation of that moment
    assert items_of(dynamodb) == before


def test_messages_come_newest_first_page_by_page(store: MessageStore) -> None:
    group = fill(store, 7)

    pages = all_pages(lambda **how: store.messages(group, **how), limit=3)

    assert [len(page) for page in pages] == [3, 3, 1]
    assert [each.text for page in pages for each in page] == [f"message {n}" for n in range(7)][
        ::-1
    ]


def test_the_last_page_is_never_empty(store: MessageStore) -> None:
    group = fill(store, 6)

    assert [len(page) for page in all_pages(lambda **h: store.messages(group, **h), limit=3)] == [
        3,
        3,
    ]


def test_a_year_is_read_without_a_scan(store: MessageStore, dynamodb: Any) -> None:  # noqa: ANN401 - as above
    group, _ = seed(store, ANDREW, BAYKO)
    calls = Calls(dynamodb)
    watched = MessageStore(TABLE, calls)

    pages = all_pages(lambda **how: watched.messages(group, year=2025, **how), limit=2)

    assert [len(page) for page in pages] == [2, 1]
    assert all(each.sent_at.startswith("2025-") for page in pages for each in page)
    assert {name for name, _ in calls.seen} == {"query"}
    # Only what is returned is read, and one more to know whether there is more.
    assert sum(request["Limit"] for _, request in calls.seen) == 6
    assert watched.conversations(ANDREW.uuid, year=2026).entries
    assert watched.conversations(ANDREW.uuid, year=2025).entries == ()


def test_a_page_that_dynamodb_ends_early_is_filled(store: MessageStore, dynamodb: Any) -> None:  # noqa: ANN401 - as above
    """An answer ends at 1 MB, whatever the limit."""
    group = fill(store, 5)

    class Short(Calls):
        def query(self, **request: Any) -> Any:  # noqa: ANN401 - passed on
            return dynamodb.query(**{**request, "Limit": 1})

    page = MessageStore(TABLE, Short(dynamodb)).messages(group, limit=4)

    assert [each.text for each in page.entries] == [f"message {n}" for n in (4, 3, 2, 1)]
    assert page.next_page is not None


def test_a_message_is_added_and_the_conversation_is_left_to_the_stream(
    store: MessageStore,
    dynamodb: Any,  # noqa: ANN401 - as above
) -> None:
    group = fill(store, 1)
    before = {item["pk"]["S"]: item for item in items_of(dynamodb) if "GRP#" in item["pk"]["S"]}

    sent = store.send(group, "bayko", "added")

    assert store.messages(group).entries[0] == sent
    assert sent.author == BAYKO
    after = {item["pk"]["S"]: item for item in items_of(dynamodb) if "GRP#" in item["pk"]["S"]}
    assert after == before


def test_two_messages_of_one_moment_are_both_kept(
    store: MessageStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = fill(store, 1)
    moments = [f"2026-05-05T00:00:00.00000{n}+00:00" for n in range(3)]
    monkeypatch.setattr(patterns, "_moments", lambda: moments)

    first, second = store.send(group, "bayko", "one"), store.send(group, ANDREW.uuid, "two")

    assert (first.sent_at, second.sent_at) == (moments[0], moments[1])
    assert {each.text for each in store.messages(group).entries} == {"message 0", "one", "two"}
    store.send(group, "bayko", "three")
    with pytest.raises(BadRequestError, match="too busy"):
        store.send(group, "bayko", "four")


def test_a_repeated_write_of_a_message_is_one_message(store: MessageStore) -> None:
    """As botocore does when an answer is lost."""
    group = fill(store, 1)
    sent = store.send(group, "bayko", "once")

    assert store._is_put(sent)  # noqa: SLF001 - what a retry does
    assert len(store.messages(group).entries) == 2


def test_the_index_knows_conversations_only(store: MessageStore) -> None:
    group = fill(store, 5)

    assert {each.owner for each in store.participants(group)} == {ANDREW.uuid, BAYKO.uuid}
    assert len(store.scan(index=True).entries) == 2
    assert [len(page) for page in all_pages(store.scan, limit=3)] == [3, 3, 1]
    assert [len(page) for page in all_pages(store.scan, limit=1, index=True)] == [1, 1]


def test_reads_go_through_the_cache_and_consistent_reads_and_writes_past_it(
    dynamodb: Any,  # noqa: ANN401 - as above
) -> None:
    table, cache = Calls(dynamodb), Calls(dynamodb)
    store = MessageStore(TABLE, table, cache)
    group = fill(store, 2)
    store.send(group, "bayko", "hello")
    writes = [name for name, _ in table.seen]

    for read in (
        lambda **how: store.messages(group, **how),
        lambda **how: store.conversations(ANDREW.uuid, **how),
        store.scan,
    ):
        read()
        read(consistent=True)

    assert writes == ["transact_write_items", "query", "put_item"]
    assert [request["ConsistentRead"] for _, request in cache.seen] == [False] * 3
    assert [request["ConsistentRead"] for _, request in table.seen[3:]] == [True] * 3


def test_an_index_has_no_consistent_read(store: MessageStore) -> None:
    with pytest.raises(BadRequestError, match="no consistent read"):
        store.scan(index=True, consistent=True)


def bad_requests() -> list[tuple[str, Callable[[MessageStore, str], object]]]:
    stranger = User("bob", "Bob", "12345678-1234-4234-8234-123456789012")
    return [
        ("the message is empty", lambda s, g: s.send(g, "bayko", " \n")),
        ("the message is empty", lambda s, _: s.begin(ANDREW, BAYKO, "")),
        ("has 1,025 characters", lambda s, g: s.send(g, "bayko", "x" * 1025)),
        ("is not UTF-8", lambda s, g: s.send(g, "bayko", "\udcff")),
        ("bob does not take part", lambda s, g: s.send(g, "bob", "hello")),
        ("bob does not take part", lambda s, g: s.send(g, stranger.handle, "hello")),
        ("there is no conversation", lambda s, _: s.send(NOBODY, "bayko", "hello")),
        ("cannot write to themselves", lambda s, _: s.begin(ANDREW, ANDREW, "hello")),
        ("is no UUID", lambda s, _: s.send("MSG#1", "bayko", "hello")),
        ("is no UUID", lambda s, _: s.begin(ANDREW, User("bob", "Bob", "7"), "hello")),
        ("is no UUID", lambda s, _: s.messages("7")),
        ("is no UUID", lambda s, _: s.conversations("7")),
        ("ask for 1 to 100", lambda s, g: s.messages(g, limit=0)),
        ("ask for 1 to 100", lambda s, _: s.scan(limit=101)),
        ("is no page token", lambda s, g: s.messages(g, page="x")),
        ("is of another list", lambda s, g: s.messages(g, page=write_token({"pk": "x"}))),
        ("is of another list", lambda s, _: s.scan(page=write_token({"pk": "x"}))),
        ("write for example 2026", lambda s, g: s.messages(g, year=0)),
    ]


@pytest.mark.parametrize("case", bad_requests(), ids=lambda case: case[0])
def test_a_bad_request_says_why_and_writes_nothing(
    case: tuple[str, Callable[[MessageStore, str], object]],
    store: MessageStore,
    dynamodb: Any,  # noqa: ANN401 - as above
) -> None:
    message, request = case
    group = fill(store, 1)
    before = items_of(dynamodb)

    with pytest.raises((BadRequestError, BadPageTokenError, keys.BadKeyError), match=message):
        request(store, group)

    assert items_of(dynamodb) == before


def test_the_longest_message_is_taken(store: MessageStore) -> None:
    begun = store.begin(ANDREW, BAYKO, "é" * 1024)

    assert store.messages(begun.group).entries[0].text == "é" * 1024


def test_other_failures_of_a_write_are_not_hidden(store: MessageStore, dynamodb: Any) -> None:  # noqa: ANN401 - as above
    group = fill(store, 1)
    dynamodb.delete_table(TableName=TABLE)

    for write in (lambda: store.begin(ANDREW, BAYKO, "hello"), lambda: store.send(group, "b", "c")):
        with pytest.raises(ClientError):
            write()


def test_seeding_twice_is_seeding_once(store: MessageStore, dynamodb: Any) -> None:  # noqa: ANN401 - as above
    first = seed(store, ANDREW, BAYKO)
    before = items_of(dynamodb)

    assert first[1]
    assert seed(store, ANDREW, BAYKO) == (first[0], False)
    assert items_of(dynamodb) == before
    assert len(before) == 8
    assert store.conversations(BAYKO.uuid).entries[0].last_text == "Happy new year!"

"""The access patterns: what is read and written, newest first, without a scan."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Any, Final, TypeVar

from botocore.exceptions import ClientError

from workload import keys
from workload.entities import Conversation, Message, Page, User
from workload.items import (
    Item,
    conversation_item,
    message_item,
    read_conversation,
    read_message,
)
from workload.page_token import BadPageTokenError, key_in, read_token, write_token

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Entry = TypeVar("Entry")

TEXT_LIMIT: Final = 1024
"""Most characters of a message."""
PAGE_LIMIT: Final = 100
"""Most entries of a page."""
_TAKEN: Final = "attribute_not_exists(pk)"
_ATTEMPTS: Final = 5


class BadRequestError(ValueError):
    """Something that no request should be made for; the message says what to do instead."""


class MessageStore:
    """The messages and conversations of one table.

    Args:
        table: name of the table.
        writes: a boto3 client of DynamoDB.
        reads: what answers queries and scans: the same client, or one of DAX.
    """

    def __init__(self, table: str, writes: Any, reads: Any | None = None) -> None:  # noqa: ANN401 - boto3 makes its clients' classes at run time
        self._table = table
        self._writes = writes
        self._reads = writes if reads is None else reads

    def conversations(
        self,
        user: str,
        *,
        year: int | None = None,
        limit: int = 20,
        page: str | None = None,
        consistent: bool = False,
    ) -> Page[Conversation]:
        """Return a user's conversations, the one with the newest message first.

        Args:
            user: id of the user.
            year: only those whose last message is of this year, in UTC.
            limit: entries of a page, 1 to 100.
            page: token of the page; None for the first.
            consistent: whether to read what was written last, past a cache.

        Raises:
            BadKeyError: the id is no UUID, or the year is none.
            BadPageTokenError: the token is none of this list.
            BadRequestError: the limit is out of bounds.
        """
        return self._newest(
            keys.conversations_of(user), read_conversation, year, limit, page, consistent
        )

    def messages(
        self,
        group: str,
        *,
        year: int | None = None,
        limit: int = 20,
        page: str | None = None,
        consistent: bool = False,
    ) -> Page[Message]:
        """Return the messages of a conversation, the newest first.

        Args:
            group: id of the conversation.
            year: only those of this year, in UTC.
            limit: entries of a page, 1 to 100.
            page: token of the page; None for the first.
            consistent: whether to read what was written last, past a cache.

        Raises:
            BadKeyError: the id is no UUID, or the year is none.
            BadPageTokenError: the token is none of this list.
            BadRequestError: the limit is out of bounds.
        """
        return self._newest(keys.messages_of(group), read_message, year, limit, page, consistent)

    def participants(self, group: str) -> tuple[Conversation, ...]:
        """Return a conversation as each of its users sees it, from the index.

        An index is eventually consistent: a conversation that was just begun may be missing.

        Args:
            group: id of the conversation.

        Raises:
            BadKeyError: the id is no UUID.
        """
        answer = self._writes.query(
            TableName=self._table,
            IndexName=keys.INDEX,
            KeyConditionExpression="message_group_uuid = :group",
            ExpressionAttributeValues={
                ":group": {"S": keys.canonical_uuid(group, "the conversation")}
            },
        )
        return tuple(read_conversation(item) for item in answer["Items"])

    def scan(
        self,
        *,
        index: bool = False,
        limit: int = 20,
        page: str | None = None,
        consistent: bool = False,
    ) -> Page[Item]:
        """Return items in no order: for a look at the table, never for a pattern.

        Args:
            index: whether to read the index, which has the conversations only.
            limit: entries of a page, 1 to 100.
            page: token of the page; None for the first.
            consistent: whether to read what was written last, past a cache.

        Raises:
            BadPageTokenError: the token is none.
            BadRequestError: a consistent read of an index, or a limit out of bounds.
        """
        if index and consistent:
            raise BadRequestError(
                f"the index {keys.INDEX} has no consistent read, since DynamoDB copies into it "
                "a moment later; leave out one of the two"
            )
        request: dict[str, Any] = {"TableName": self._table, "ConsistentRead": consistent}
        named: tuple[str, ...] = ("pk", "sk")
        if index:
            request = {"TableName": self._table, "IndexName": keys.INDEX}
            named = ("pk", "sk", keys.GROUP_ATTRIBUTE)
        if page is not None:
            key = read_token(page)
            if key.keys() != set(named):
                raise BadPageTokenError(f"the page token {page!r} is of another list; ask anew")
            request["ExclusiveStartKey"] = _item_key(key)
        client = self._writes if consistent else self._reads
        items, more = _collect(client.scan, request, _bounded(limit))
        return Page(tuple(items), _token(items[-1], named) if more else None)

    def send(self, group: str, author: str, text: str) -> Message:
        """Add a message to a conversation.

        The conversations of both users follow by the stream (`workload.last_message`).

        Args:
            group: id of the conversation.
            author: handle or id of one of its two users.
            text: 1 to 1,024 characters.

        Raises:
            BadKeyError: the id is no UUID.
            BadRequestError: the text is empty or too long, the conversation is not there, or the
                author does not take part.
        """
        _accepted(text)
        seen = self.participants(group)
        if not seen:
            raise BadRequestError(
                f"there is no conversation {group}; a new one takes a moment to be found, else "
                "begin one with new-conversation"
            )
        for moment in _moments():
            message = Message(
                uuid=str(uuid.uuid4()),
                group=keys.canonical_uuid(group, "the conversation"),
                sent_at=moment,
                text=text,
                author=_participant(author, seen),
            )
            if self._is_put(message):
                return message
        raise BadRequestError(f"the conversation {group} is too busy; send the message again")

    def begin(self, first: User, second: User, text: str) -> Conversation:
        """Begin a conversation: its message and both users' items, in one transaction.

        Args:
            first: who writes.
            second: to whom.
            text: 1 to 1,024 characters.

        Raises:
            BadKeyError: an id is no UUID.
            BadRequestError: the text is empty or too long, or both are the same user.
        """
        group = str(uuid.uuid4())
        for moment in _moments():
            message = Message(str(uuid.uuid4()), group, moment, text, first)
            if self.begin_with((message,), second):
                return _seen_by(first, second, message)
        raise BadRequestError(f"{first.handle} is too busy; begin the conversation again")

    def begin_with(self, messages: Sequence[Message], second: User) -> bool:
        """Write a whole conversation in one transaction, unless it is there.

        Args:
            messages: 1 to 98 messages of one conversation, the last one newest.
            second: the other user than the author of the first message.

        Returns:
            Whether it was written; if not, one of its keys was taken and nothing was.

        Raises:
            BadKeyError: an id is no UUID.
            BadRequestError: a text is empty or too long, or both are the same user.
        """
        first, last = messages[0].author, messages[-1]
        if first.uuid == second.uuid:
            raise BadRequestError(f"{first.handle} cannot write to themselves; name another user")
        for message in messages:
            _accepted(message.text)
        items = [
            conversation_item(_seen_by(first, second, last)),
            conversation_item(_seen_by(second, first, last)),
            *(message_item(message) for message in messages),
        ]
        try:
            self._writes.transact_write_items(
                TransactItems=[
                    {"Put": {"TableName": self._table, "Item": item, "ConditionExpression": _TAKEN}}
                    for item in items
                ]
            )
        except ClientError as error:
            if _a_key_was_taken(error):
                return False
            raise
        return True

    def _is_put(self, message: Message) -> bool:
        """Write a message, unless another one has its key; writing it twice does no harm."""
        try:
            self._writes.put_item(
                TableName=self._table,
                Item=message_item(message),
                ConditionExpression=f"{_TAKEN} OR message_uuid = :same",
                ExpressionAttributeValues={":same": {"S": message.uuid}},
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                return False
            raise
        return True

    def _newest(
        self,
        partition: str,
        read: Callable[[Mapping[str, Mapping[str, Any]]], Entry],
        year: int | None,
        limit: int,
        page: str | None,
        consistent: bool,  # noqa: FBT001 - passed on as it was given by keyword
    ) -> Page[Entry]:
        prefix = "" if year is None else keys.year_prefix(year)
        values = {":pk": {"S": partition}}
        condition = "pk = :pk"
        if prefix:
            values[":year"] = {"S": prefix}
            condition += " AND begins_with(sk, :year)"
        request: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": values,
            "ScanIndexForward": False,
            "ConsistentRead": consistent,
        }
        if page is not None:
            request["ExclusiveStartKey"] = _item_key(key_in(page, partition, prefix))
        client = self._writes if consistent else self._reads
        items, more = _collect(client.query, request, _bounded(limit))
        entries = tuple(read(item) for item in items)
        return Page(entries, _token(items[-1], ("pk", "sk")) if more else None)


def _collect(
    call: Callable[..., dict[str, Any]], request: dict[str, Any], limit: int
) -> tuple[list[Item], bool]:
    """Return at most so many items, and whether there are more: so no page is empty but the first.

    An answer may end early, at 1 MB.
    """
    items: list[Item] = []
    while len(items) <= limit:
        answer = call(**request, Limit=limit + 1 - len(items))
        items += answer["Items"]
        if "LastEvaluatedKey" not in answer:
            break
        request = {**request, "ExclusiveStartKey": answer["LastEvaluatedKey"]}
    return items[:limit], len(items) > limit


def _token(item: Item, named: Sequence[str]) -> str:
    return write_token({name: item[name]["S"] for name in named})


def _item_key(key: Mapping[str, str]) -> Item:
    return {name: {"S": value} for name, value in key.items()}


def _bounded(limit: int) -> int:
    if not 1 <= limit <= PAGE_LIMIT:
        raise BadRequestError(f"a page of {limit} entries is out of bounds; ask for 1 to 100")
    return limit


def _accepted(text: str) -> None:
    if not text.strip():
        raise BadRequestError("the message is empty; write 1 to 1,024 characters")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise BadRequestError("the message is not UTF-8; write it in that encoding")
    if len(text) > TEXT_LIMIT:
        raise BadRequestError(
            f"the message has {len(text):,} characters; write at most {TEXT_LIMIT:,}"
        )


def _moments() -> Sequence[str]:
    """Return the moment that is now, and the next ones for when its key is taken."""
    now = dt.datetime.now(tz=dt.UTC)
    return [keys.timestamp(now + dt.timedelta(microseconds=later)) for later in range(_ATTEMPTS)]


def _seen_by(owner: User, other: User, last: Message) -> Conversation:
    return Conversation(
        group=keys.canonical_uuid(last.group, "the conversation"),
        owner=keys.canonical_uuid(owner.uuid, f"the user {owner.handle}"),
        other=other,
        last_sent_at=last.sent_at,
        last_text=last.text,
    )


def _participant(author: str, seen: Sequence[Conversation]) -> User:
    """Return the user of a conversation who has this handle or id: each item names the other."""
    users = [conversation.other for conversation in seen]
    for user in users:
        if author in {user.handle, user.uuid}:
            return user
    known = " and ".join(sorted(user.handle for user in users))
    raise BadRequestError(f"{author} does not take part in this conversation; {known} do")


def _a_key_was_taken(error: ClientError) -> bool:
    reasons = error.response.get("CancellationReasons", [])
    return any(reason.get("Code") == "ConditionalCheckFailed" for reason in reasons)

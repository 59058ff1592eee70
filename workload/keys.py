"""The keys of the table: who is in which partition, and what it is sorted by.

    MSG#<group>  <time>   a message; the newest of a conversation is last
    GRP#<user>   <time>   a conversation as one user sees it, at the time of its last message

Only conversations have the attribute that the index is partitioned by, so the index is sparse: it
has two items for a conversation, however long that is.
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import Final

INDEX: Final = "message-group-sk-index"
GROUP_ATTRIBUTE: Final = "message_group_uuid"
MESSAGES: Final = "MSG#"
CONVERSATIONS: Final = "GRP#"

# One width and one zone: then the order of the strings is the order in time.
_TIMESTAMP: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]{6}\+00:00")
_YEARS: Final = range(1, 10_000)


class BadKeyError(ValueError):
    """A value that cannot be part of a key; the message says what to give instead."""


def messages_of(group: str) -> str:
    """Return the partition of a conversation's messages.

    Args:
        group: id of the conversation.

    Raises:
        BadKeyError: it is no UUID.
    """
    return f"{MESSAGES}{canonical_uuid(group, 'the conversation')}"


def conversations_of(user: str) -> str:
    """Return the partition of a user's conversations.

    Args:
        user: id of the user.

    Raises:
        BadKeyError: it is no UUID.
    """
    return f"{CONVERSATIONS}{canonical_uuid(user, 'the user')}"


def canonical_uuid(value: str, whose: str) -> str:
    """Spell a UUID in the one way that keys spell it.

    Args:
        value: 36 characters, in either case.
        whose: what it is the id of, for the message.

    Raises:
        BadKeyError: it is no UUID.
    """
    try:
        spelled = str(uuid.UUID(value))
    except ValueError:
        spelled = ""
    if not spelled or spelled != value.lower():
        raise BadKeyError(
            f"{whose} {value!r} is no UUID; write it like 5ae290ed-55d1-47a0-bc6d-fe2bc2700399"
        )
    return spelled


def timestamp(moment: dt.datetime) -> str:
    """Write a moment so that text sorts as time does: UTC, always with microseconds.

    Args:
        moment: a time that knows its zone.

    Raises:
        BadKeyError: it does not.
    """
    if moment.tzinfo is None:
        raise BadKeyError(f"{moment} has no time zone; give one, for example UTC")
    return moment.astimezone(dt.UTC).isoformat(timespec="microseconds")


def is_timestamp(text: str) -> bool:
    """Return whether `timestamp` could have written this.

    Args:
        text: a sort key.
    """
    if not _TIMESTAMP.fullmatch(text):
        return False
    try:
        return timestamp(dt.datetime.fromisoformat(text)) == text
    except ValueError:
        return False


def year_prefix(year: int) -> str:
    """Return what the sort keys of one year begin with.

    Args:
        year: 1 to 9999, in UTC.

    Raises:
        BadKeyError: it is another number.
    """
    if year not in _YEARS:
        raise BadKeyError(f"the year {year} is not in 1 to 9999; write for example 2026")
    return f"{year:04d}-"

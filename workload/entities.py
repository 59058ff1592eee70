"""What the workload is about: users, messages, conversations, and pages of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

Entry = TypeVar("Entry")


@dataclass(frozen=True, slots=True, order=True)
class User:
    """Somebody who writes messages.

    Args:
        handle: unique name, as it is typed.
        display_name: name, as it is shown.
        uuid: id; in a Cognito user pool the ``sub``.
    """

    handle: str
    display_name: str
    uuid: str


@dataclass(frozen=True, slots=True)
class Message:
    """A message of a conversation.

    Args:
        uuid: its own id.
        group: id of its conversation.
        sent_at: when it was sent, as `workload.keys.timestamp` writes it.
        text: what it says.
        author: who wrote it.
    """

    uuid: str
    group: str
    sent_at: str
    text: str
    author: User


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation, as one of its two users sees it.

    Args:
        group: its id.
        owner: id of the user who sees it.
        other: the other user.
        last_sent_at: when its last message was sent.
        last_text: what that message says.
    """

    group: str
    owner: str
    other: User
    last_sent_at: str
    last_text: str


@dataclass(frozen=True, slots=True)
class Page(Generic[Entry]):
    """A part of a list, and how to ask for the next.

    Args:
        entries: newest first.
        next_page: token of the next page; None when this is the last.
    """

    entries: tuple[Entry, ...]
    next_page: str | None = None

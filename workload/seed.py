"""A conversation to begin with: the same whenever it is written, so that twice is once."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Final

from workload.entities import Message

if TYPE_CHECKING:
    from workload.entities import User
    from workload.store import MessageStore

_NAMESPACE: Final = uuid.UUID("0d5b8f0e-4d0c-5f43-9c55-6f9f5b7a4c10")
# When, by whom (0 or 1), what. Two years, so that reading one of them shows.
_LINES: Final = (
    ("2025-12-30T17:02:11.000000+00:00", 0, "Have you seen the new table?"),
    ("2025-12-30T17:04:45.000000+00:00", 1, "The one that only the VPC reaches? How do I read it?"),
    ("2025-12-31T08:15:02.000000+00:00", 0, "From a role inside, through the endpoint."),
    ("2026-01-02T09:30:00.000000+00:00", 1, "It works. And from my laptop it is denied."),
    ("2026-01-02T09:31:27.000000+00:00", 0, "Then all is as it should be."),
    ("2026-01-02T09:33:50.000000+00:00", 1, "Happy new year!"),
)


def seed(store: MessageStore, first: User, second: User) -> tuple[str, bool]:
    """Write a conversation of two users, unless it is there.

    Args:
        store: where to.
        first: who begins.
        second: the other one.

    Returns:
        The id of the conversation, and whether it was written.

    Raises:
        BadKeyError: an id is no UUID.
        BadRequestError: both are the same user.
    """
    group = str(uuid.uuid5(_NAMESPACE, f"{first.uuid} {second.uuid}"))
    messages = [
        Message(
            uuid=str(uuid.uuid5(_NAMESPACE, f"{group} {sent_at}")),
            group=group,
            sent_at=sent_at,
            text=text,
            author=(first, second)[author],
        )
        for sent_at, author, text in _LINES
    ]
    return group, store.begin_with(messages, second)

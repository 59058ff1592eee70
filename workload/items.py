"""How messages and conversations are written as items, and read back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from workload import keys
from workload.entities import Conversation, Message, User

if TYPE_CHECKING:
    from collections.abc import Mapping

Item: TypeAlias = dict[str, dict[str, Any]]
"""An item as the API has it: each attribute with its type."""

_UNKNOWN: Final = ""


def message_item(message: Message) -> Item:
    """Return the item of a message.

    Args:
        message: the message.

    Raises:
        BadKeyError: its conversation's id is no UUID.
    """
    return _texts(
        pk=keys.messages_of(message.group),
        sk=message.sent_at,
        message=message.text,
        message_uuid=message.uuid,
        user_uuid=message.author.uuid,
        user_display_name=message.author.display_name,
        user_handle=message.author.handle,
    )


def conversation_item(conversation: Conversation) -> Item:
    """Return the item of a conversation, as its owner sees it.

    Args:
        conversation: the conversation.

    Raises:
        BadKeyError: its owner's id is no UUID.
    """
    return _texts(
        pk=keys.conversations_of(conversation.owner),
        sk=conversation.last_sent_at,
        message_group_uuid=conversation.group,
        message=conversation.last_text,
        user_uuid=conversation.other.uuid,
        user_display_name=conversation.other.display_name,
        user_handle=conversation.other.handle,
    )


def read_message(item: Mapping[str, Mapping[str, Any]]) -> Message:
    """Return the message that an item holds.

    Args:
        item: an item of the partition of a conversation's messages.
    """
    return Message(
        uuid=_text(item, "message_uuid"),
        group=_text(item, "pk").removeprefix(keys.MESSAGES),
        sent_at=_text(item, "sk"),
        text=_text(item, "message"),
        author=_user(item),
    )


def read_conversation(item: Mapping[str, Mapping[str, Any]]) -> Conversation:
    """Return the conversation that an item holds.

    Args:
        item: an item of the partition of a user's conversations.
    """
    return Conversation(
        group=_text(item, keys.GROUP_ATTRIBUTE),
        owner=_text(item, "pk").removeprefix(keys.CONVERSATIONS),
        other=_user(item),
        last_sent_at=_text(item, "sk"),
        last_text=_text(item, "message"),
    )


def _user(item: Mapping[str, Mapping[str, Any]]) -> User:
    return User(
        handle=_text(item, "user_handle"),
        display_name=_text(item, "user_display_name"),
        uuid=_text(item, "user_uuid"),
    )


def _text(item: Mapping[str, Mapping[str, Any]], name: str) -> str:
    """Return a text; empty where somebody else's item lacks it or has another type."""
    return str(item.get(name, {}).get("S", _UNKNOWN))


def _texts(**attributes: str) -> Item:
    return {name: {"S": value} for name, value in attributes.items()}

"""The commands of people: who is there, what was said, and saying more."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Unpack

import click

from workload.cli.options import directory, output_format, paged, target
from workload.cli.output import show_json, show_next, show_table

if TYPE_CHECKING:
    from workload.cli.options import PartOfYear, Target
    from workload.directory import Directory

_year = click.option("--year", type=int, help="Only this year, in UTC; read without a scan.")


@click.command("list-users")
@target
@directory
@output_format
def list_users(target: Target, users: Directory, output_format: str) -> None:
    """List who can write: built-in, of a file, or of a Cognito user pool."""
    del target  # the table has no users of its own
    if output_format == "json":
        show_json({"users": [asdict(user) for user in users.users]})
        return
    show_table(
        ("Handle", "Name", "Id"),
        [(user.handle, user.display_name, user.uuid) for user in users.users],
        "No users.",
    )


@click.command("list-conversations")
@click.argument("user")
@target
@directory
@_year
@paged
@output_format
def list_conversations(
    target: Target,
    users: Directory,
    user: str,
    output_format: str,
    cache: str | None,
    **part: Unpack[PartOfYear],
) -> None:
    """List the conversations of USER (handle or id), the newest first."""
    owner = users.find_id(user)
    with target.reading(cache) as store:
        page = store.conversations(owner, **part)
    if output_format == "json":
        show_json(
            {
                "conversations": [asdict(entry) for entry in page.entries],
                "next_page": page.next_page,
            }
        )
        return
    show_table(
        ("Last message", "With", "Says", "Conversation"),
        [
            (entry.last_sent_at, entry.other.handle, entry.last_text, entry.group)
            for entry in page.entries
        ],
        "No conversations.",
    )
    show_next(page.next_page)


@click.command("get-conversation")
@click.argument("conversation")
@target
@_year
@paged
@output_format
def get_conversation(
    target: Target,
    conversation: str,
    output_format: str,
    cache: str | None,
    **part: Unpack[PartOfYear],
) -> None:
    """Read the messages of CONVERSATION (its id), the newest first."""
    with target.reading(cache) as store:
        page = store.messages(conversation, **part)
    if output_format == "json":
        show_json(
            {"messages": [asdict(entry) for entry in page.entries], "next_page": page.next_page}
        )
        return
    show_table(
        ("Sent", "By", "Message"),
        [(entry.sent_at, entry.author.handle, entry.text) for entry in page.entries],
        "No messages.",
    )
    show_next(page.next_page)


@click.command()
@click.argument("conversation")
@click.argument("message")
@click.option("--from", "author", required=True, metavar="USER", help="Handle or id of who writes.")
@target
@output_format
def send(target: Target, conversation: str, message: str, author: str, output_format: str) -> None:
    """Send MESSAGE to CONVERSATION (its id)."""
    sent = target.store().send(conversation, author, message)
    if output_format == "json":
        show_json({"message": asdict(sent)})
    else:
        show_table(("Sent", "Message id"), [(sent.sent_at, sent.uuid)], "")


@click.command("new-conversation")
@click.argument("message")
@click.option("--from", "author", required=True, metavar="USER", help="Handle or id of who writes.")
@click.option("--to", "other", required=True, metavar="USER", help="Handle or id of the other.")
@target
@directory
@output_format
def new_conversation(
    target: Target, users: Directory, message: str, author: str, other: str, output_format: str
) -> None:
    """Begin a conversation with MESSAGE, in one transaction."""
    begun = target.store().begin(users.find(author), users.find(other), message)
    if output_format == "json":
        show_json({"conversation": asdict(begun)})
    else:
        show_table(("Begun", "Conversation"), [(begun.last_sent_at, begun.group)], "")

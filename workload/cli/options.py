"""The options that commands share: which table, where, by which way, as whom."""

from __future__ import annotations

import contextlib
import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypedDict

import click

from workload import connection
from workload.directory import Directory
from workload.store import MessageStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Command: TypeAlias = "Callable[..., int | None]"

DEFAULT_TABLE: Final = "cruddur-messages"


@dataclass(frozen=True, slots=True)
class Target:
    """Which table is meant, and where it is.

    Args:
        table: its name.
        region: its Region; None for the one of the environment.
        endpoint_url: a local DynamoDB or an interface endpoint; None for the usual one.
    """

    table: str
    region: str | None
    endpoint_url: str | None

    def client(self) -> Any:  # noqa: ANN401 - boto3 makes its clients' classes at run time
        """Return a client of DynamoDB."""
        return connection.dynamodb(self.region, self.endpoint_url)

    def store(self) -> MessageStore:
        """Return the store, without a cache."""
        return MessageStore(self.table, self.client())

    @contextlib.contextmanager
    def reading(self, cache: str | None) -> Iterator[MessageStore]:
        """Open the store for reads.

        Args:
            cache: endpoint of a DAX cluster to read through; None for none.
        """
        with contextlib.ExitStack() as stack:
            reads = stack.enter_context(connection.cache(cache, self.region)) if cache else None
            yield MessageStore(self.table, self.client(), reads)


class Part(TypedDict):
    """Which part of a list to read, as `paged` passes it on."""

    limit: int
    page: str | None
    consistent: bool


class PartOfYear(Part):
    """Which part of a list that is sorted by time to read."""

    year: int | None


def target(command: Command) -> Command:
    """Give a command the options of a `Target`, and the target in their place.

    Args:
        command: a function with a keyword argument ``target``.
    """

    @click.option("--table", default=DEFAULT_TABLE, show_default=True, help="Name of the table.")
    @click.option("--region", help="Region of the table; by default that of the environment.")
    @click.option("--endpoint-url", help="A local DynamoDB, or an interface endpoint of DynamoDB.")
    @functools.wraps(command)
    def with_target(
        *, table: str, region: str | None, endpoint_url: str | None, **others: object
    ) -> int | None:
        return command(target=Target(table, region, endpoint_url), **others)

    return with_target


def directory(command: Command) -> Command:
    """Give a command the options that say who can write, and a way to look them up.

    Args:
        command: a function with the keyword arguments ``target`` and ``users``.
    """

    @click.option("--user-pool-id", help="Take the users from this Cognito user pool.")
    @click.option(
        "--users",
        "users_file",
        type=click.Path(path_type=Path),
        help="Take the users from this file (list-users --format json writes one).",
    )
    @functools.wraps(command)
    def with_users(
        *, target: Target, user_pool_id: str | None, users_file: Path | None, **others: object
    ) -> int | None:
        if user_pool_id and users_file:
            raise click.UsageError("--user-pool-id and --users exclude each other")
        if users_file:
            users = Directory.from_file(users_file)
        elif user_pool_id:
            users = Directory.from_user_pool(user_pool_id, connection.cognito(target.region))
        else:
            users = Directory.built_in()
        return command(target=target, users=users, **others)

    return with_users


def paged(command: Command) -> Command:
    """Give a command the options of a read: how much, from where on, and through what.

    Args:
        command: a function that takes them as they are.
    """
    for option in (
        click.option("--cache", metavar="ENDPOINT", help="Read through this DAX cluster."),
        click.option(
            "--consistent", is_flag=True, help="Read what was written last, past a cache."
        ),
        click.option("--page", metavar="TOKEN", help="Go on where a page ended."),
        click.option("--limit", default=20, show_default=True, help="Entries of a page, 1 to 100."),
    ):
        command = option(command)
    return command


output_format = click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="A table to read, or JSON.",
)

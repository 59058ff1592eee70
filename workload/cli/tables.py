"""The commands of a table: which there are, creating, filling, looking at and dropping one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import click
from boto3.dynamodb.types import TypeDeserializer

from workload import schema
from workload.cli.options import directory, output_format, paged, target
from workload.cli.output import say, show_json, show_next, show_table
from workload.seed import seed
from workload.store import BadRequestError

if TYPE_CHECKING:
    from workload.cli.options import Part, Target
    from workload.directory import Directory

_assembly = click.option(
    "--assembly",
    type=click.Path(path_type=Path),
    default=Path("cdk.out"),
    show_default=True,
    help="The synthesized assembly, or one template, that declares the table.",
)


@click.command("list-tables")
@target
@output_format
def list_tables(target: Target, output_format: str) -> None:
    """List the tables of the account and Region by name."""
    pages = target.client().get_paginator("list_tables").paginate()
    names = [name for page in pages for name in page["TableNames"]]
    if output_format == "json":
        show_json({"tables": names})
    else:
        show_table(("Table",), [(name,) for name in names], "No tables.")


@click.command("load-schema")
@target
@_assembly
def load_schema(target: Target, assembly: Path) -> None:
    """Create the table in a local DynamoDB, as the synthesized template declares it."""
    _load_schema(target, assembly)


@click.command("seed")
@target
@directory
def seed_table(target: Target, users: Directory) -> None:
    """Write a conversation of the first two users; twice is as good as once."""
    _seed(target, users)


@click.command()
@target
@directory
@_assembly
def setup(target: Target, users: Directory, assembly: Path) -> None:
    """Create the table in a local DynamoDB and fill it: load-schema, then seed."""
    _load_schema(target, assembly)
    _seed(target, users)


@click.command()
@target
@click.option("--index", is_flag=True, help="Scan the index, which has the conversations only.")
@paged
@output_format
def scan(target: Target, output_format: str, cache: str | None, **part: Unpack[Part]) -> None:
    """Look at the items of the table, in no order."""
    with target.reading(cache) as store:
        page = store.scan(**part)
    read = TypeDeserializer().deserialize
    items = [{name: read(value) for name, value in item.items()} for item in page.entries]
    if output_format == "json":
        show_json({"items": items, "next_page": page.next_page})
        return
    show_table(
        ("pk", "sk", "message"),
        [tuple(str(item.get(name, "")) for name in ("pk", "sk", "message")) for item in items],
        "No items.",
    )
    show_next(page.next_page)


@click.command()
@target
@click.option("--yes", is_flag=True, help="Do not ask.")
def drop(target: Target, *, yes: bool) -> None:
    """Delete the table, unless it has deletion protection."""
    client = target.client()
    schema.demand_unprotected(client, target.table)
    if not yes and not _agreed(f"Delete the table {target.table} with all its items?"):
        raise BadRequestError(f"the table {target.table} was not dropped; --yes drops it unasked")
    schema.drop_table(client, target.table)
    say(f"The table {target.table} is dropped.")


def _agreed(question: str) -> bool:
    try:
        return click.confirm(question, err=True)
    except click.Abort:
        click.echo(err=True)
        return False


def _load_schema(target: Target, assembly: Path) -> None:
    client = target.client()
    schema.demand_local(client.meta.endpoint_url)
    wanted = schema.table_schema(assembly, target.table, client.meta.region_name)
    created = schema.create_table(client, wanted)
    say(f"The table {target.table} is {'created' if created else 'there already'}.")


def _seed(target: Target, users: Directory) -> None:
    first, second = users.pair()
    group, written = seed(target.store(), first, second)
    state = "written" if written else "there already"
    say(f"The conversation {group} of {first.handle} and {second.handle} is {state}.")

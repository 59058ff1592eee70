"""The program `python -m workload`: its commands, and which errors it can explain."""

from __future__ import annotations

from typing import Final

import click
from botocore.exceptions import BotoCoreError, ClientError

from ddb_perimeter.command_line import Program
from workload.cli.conversations import (
    get_conversation,
    list_conversations,
    list_users,
    new_conversation,
    send,
)
from workload.cli.options import DEFAULT_TABLE
from workload.cli.tables import drop, list_tables, load_schema, scan, seed_table, setup
from workload.failures import explain
from workload.keys import BadKeyError
from workload.page_token import BadPageTokenError
from workload.store import BadRequestError

NAME: Final = "python -m workload"


class WorkloadProgram(Program):
    """The commands of the workload."""

    def explain(self, error: Exception) -> str:
        """Tell of bad input, and of what AWS answers."""
        if isinstance(error, BadKeyError | BadPageTokenError | BadRequestError):
            return str(error)
        return explain(error) if isinstance(error, ClientError | BotoCoreError) else ""


@click.group(
    cls=WorkloadProgram,
    called=NAME,
    speaks_as="workload",
    report="please report this line",
    context_settings={"help_option_names": ["-h", "--help"]},
    help=f"Direct messages in one private DynamoDB table, {DEFAULT_TABLE}.",
)
def program() -> None:
    """Hold the commands."""


for command in (
    list_tables,
    load_schema,
    seed_table,
    setup,
    list_users,
    list_conversations,
    get_conversation,
    send,
    new_conversation,
    scan,
    drop,
):
    program.add_command(command)


def main() -> None:
    """Run the program with the arguments of the process."""
    program()

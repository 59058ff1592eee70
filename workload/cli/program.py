"""The program and its way to fail: one line on standard error, exit code 2, no traceback."""

from __future__ import annotations

import sys
import traceback
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final, NoReturn

import click
from botocore.exceptions import BotoCoreError, ClientError

from ddb_perimeter.report.wording import printable
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

if TYPE_CHECKING:
    from collections.abc import Sequence

NAME: Final = "python -m workload"
UNUSABLE: Final = 2
INTERRUPTED: Final = 130


class Program(click.Group):
    """A group of commands that fail in one line, and write nothing when they do."""

    def main(  # type: ignore[override]
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,  # noqa: ARG002 - always called by its own name
        **extra: Any,  # noqa: ANN401 - passed on to click as they are
    ) -> NoReturn:
        """Run, and exit.

        Args:
            args: arguments; those of the process when not given.
            prog_name: ignored.
            extra: click's further settings.
        """
        extra["standalone_mode"] = False
        try:
            super().main(args, NAME, **extra)
        except click.exceptions.NoArgsIsHelpError:
            _fail(f"name a command: {', '.join(self.commands)} (or --help)")
        except click.UsageError as error:
            command = error.ctx.command_path if error.ctx else NAME
            _fail(f"{error.format_message()} (see `{command} --help`)")
        except click.ClickException as error:
            _fail(error.format_message())
        except click.Abort:
            sys.exit(INTERRUPTED)
        except (BadKeyError, BadPageTokenError, BadRequestError) as error:
            _fail(str(error))
        except (ClientError, BotoCoreError) as error:
            _fail(explain(error))
        except Exception as error:  # noqa: BLE001 - a traceback helps nobody who sends a message
            _fail(_defect(error))
        sys.exit(0)


def _fail(message: str) -> NoReturn:
    click.echo(f"workload: {printable(' '.join(message.split()))}", err=True)
    sys.exit(UNUSABLE)


def _defect(error: Exception) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return (
        f"internal error: {type(error).__name__}: {error} "
        f"({PurePath(frame.filename).name}:{frame.lineno}); please report this line"
    )


@click.group(
    cls=Program,
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

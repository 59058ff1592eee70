"""The program and its way to fail: one line on standard error, exit code 2, no traceback."""

from __future__ import annotations

import sys
import traceback
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final, NoReturn

import click

from ddb_perimeter import __version__
from ddb_perimeter.cli.check import check
from ddb_perimeter.cli.dry_run import dry_run
from ddb_perimeter.cli.lookup import explain, list_controls
from ddb_perimeter.cli.output import abandon_stdout
from ddb_perimeter.cli.permissions import permissions
from ddb_perimeter.cli.replay import replay
from ddb_perimeter.cli.verify import verify
from ddb_perimeter.report.wording import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

NAME: Final = "ddb-perimeter"
UNUSABLE: Final = 2
INTERRUPTED: Final = 130


class Program(click.Group):
    """A group of commands that return their exit code and fail in one line."""

    def main(  # type: ignore[override]
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,  # noqa: ARG002 - always called by its own name
        **extra: Any,  # noqa: ANN401 - passed on to click as they are
    ) -> NoReturn:
        """Run, and exit with the code that the command returns.

        Args:
            args: arguments; those of the process when not given.
            prog_name: ignored.
            extra: click's further settings.
        """
        extra["standalone_mode"] = False
        try:
            code = super().main(args, NAME, **extra)
        except click.exceptions.NoArgsIsHelpError:
            _fail(f"name a command: {', '.join(self.commands)} (or --help)")
        except click.UsageError as error:
            command = error.ctx.command_path if error.ctx else NAME
            _fail(f"{error.format_message()} (see `{command} --help`)")
        except click.ClickException as error:
            _fail(error.format_message())
        except click.Abort:
            sys.exit(INTERRUPTED)
        except OSError as error:
            abandon_stdout()
            _fail(f"{error.filename or 'standard output'}: {error.strerror or error}")
        except Exception as error:  # noqa: BLE001 - a traceback helps nobody who runs a check
            _fail(_defect(error))
        sys.exit(code if isinstance(code, int) else 0)


def _fail(message: str) -> NoReturn:
    click.echo(f"{NAME}: {printable(' '.join(message.split()))}", err=True)
    sys.exit(UNUSABLE)


def _defect(error: Exception) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return (
        f"internal error: {type(error).__name__}: {error} "
        f"({PurePath(frame.filename).name}:{frame.lineno}); nothing was concluded; "
        f"please report this line and version {__version__}"
    )


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name=NAME, message="%(prog)s %(version)s")
def program() -> None:
    """Prove that DynamoDB tables are reachable only from inside a data perimeter."""


program.add_command(check)
program.add_command(verify)
program.add_command(permissions)
program.add_command(replay)
program.add_command(list_controls)
program.add_command(explain)
program.add_command(dry_run)


def main() -> None:
    """Run the program with the arguments of the process."""
    program()

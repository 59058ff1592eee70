"""The program `ddb-perimeter`: its commands, and which errors it can explain."""

from __future__ import annotations

import gc
from typing import Final

import click

from ddb_perimeter import __version__
from ddb_perimeter.cli.check import check
from ddb_perimeter.cli.dry_run import dry_run
from ddb_perimeter.cli.lookup import explain, list_controls
from ddb_perimeter.cli.output import abandon_stdout
from ddb_perimeter.cli.permissions import permissions
from ddb_perimeter.cli.replay import replay
from ddb_perimeter.cli.verify import verify
from ddb_perimeter.command_line import Program

NAME: Final = "ddb-perimeter"
_YOUNG: Final = 200_000
"""Objects between two searches for cycles: a run keeps nearly all that it makes until it ends."""


class PerimeterProgram(Program):
    """The commands of the analyzer."""

    def explain(self, error: Exception) -> str:
        """Tell of files and streams that fail."""
        if not isinstance(error, OSError):
            return ""
        abandon_stdout()
        return f"{error.filename or 'standard output'}: {error.strerror or error}"


@click.group(
    cls=PerimeterProgram,
    called=NAME,
    report=f"nothing was concluded; please report this line and version {__version__}",
    context_settings={"help_option_names": ["-h", "--help"]},
)
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
    gc.set_threshold(_YOUNG)
    program()

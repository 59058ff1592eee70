"""How a program of this project fails: one line on standard error, exit code 2, no traceback."""

from __future__ import annotations

import sys
import traceback
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final, NoReturn

import click

from ddb_perimeter.report.wording import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

UNUSABLE: Final = 2
INTERRUPTED: Final = 130


class Program(click.Group):
    """A group of commands that return their exit code and fail in one line.

    Args:
        called: how a person starts the program, e.g. ``python -m workload``.
        speaks_as: what its one line begins with; as it is called when left out.
        report: what to do about a defect of the program, in words.
        settings: click's own.
    """

    def __init__(self, *, called: str, report: str, speaks_as: str = "", **settings: Any) -> None:  # noqa: ANN401 - passed on to click as they are
        super().__init__(**settings)
        self._called = called
        self._speaks_as = speaks_as or called
        self._report = report

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
            code = super().main(args, self._called, **extra)
        except click.exceptions.NoArgsIsHelpError:
            self._fail(f"name a command: {', '.join(self.commands)} (or --help)")
        except click.UsageError as error:
            command = error.ctx.command_path if error.ctx else self._called
            self._fail(f"{error.format_message()} (see `{command} --help`)")
        except click.ClickException as error:
            self._fail(error.format_message())
        except click.Abort:
            sys.exit(INTERRUPTED)
        except Exception as error:  # noqa: BLE001 - a traceback helps nobody who runs a command
            self._fail(self.explain(error) or self._defect(error))
        sys.exit(code if isinstance(code, int) else 0)

    def explain(self, error: Exception) -> str:  # noqa: ARG002 - for those that know some errors
        """Return what an error means to the person at the terminal; empty for a defect.

        Args:
            error: what a command raised.
        """
        return ""

    def _fail(self, message: str) -> NoReturn:
        click.echo(f"{self._speaks_as}: {printable(' '.join(message.split()))}", err=True)
        sys.exit(UNUSABLE)

    def _defect(self, error: Exception) -> str:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        return (
            f"internal error: {type(error).__name__}: {error} "
            f"({PurePath(frame.filename).name}:{frame.lineno}); {self._report}"
        )

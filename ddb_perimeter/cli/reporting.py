"""What `check` and `verify` share: their options, the report, and the exit code."""

from __future__ import annotations

import importlib
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from ddb_perimeter.cli.output import Failure, demand_writable, write_file, write_stdout
from ddb_perimeter.controls import catalogue
from ddb_perimeter.controls.perimeter import Perimeter
from ddb_perimeter.findings import Severity, Verdict
from ddb_perimeter.report.wording import verdict_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ddb_perimeter.controls.control import Control, Where
    from ddb_perimeter.findings import Result

PASSED: Final = 0
FAILED: Final = 1

PATH: Final = click.Path(path_type=Path, readable=False)  # what reads it says what is wrong

_NARROW: Final = 80  # columns when no terminal says otherwise
_WIDEST: Final = 100
_STDOUT: Final = Path("-")

Command = TypeVar("Command", bound="Callable[..., int]")


def _identifiers(
    _context: click.Context, _option: click.Parameter, values: Sequence[str]
) -> tuple[str, ...]:
    identifiers = tuple(part.strip() for value in values for part in value.split(","))
    if "" in identifiers:
        raise Failure("--only: an id is empty; write --only ID or --only ID,ID")
    return identifiers


_OPTIONS: Final = (
    click.option(
        "--format",
        "output_format",
        type=click.Choice(["text", "json", "sarif", "junit"]),
        default="text",
        show_default=True,
        help="How the report is written.",
    ),
    click.option(
        "--output",
        metavar="FILE",
        type=PATH,
        help="Write the report to FILE, replaced in one step, and print only the verdict.",
    ),
    click.option(
        "--config",
        metavar="FILE",
        type=PATH,
        help="TOML file whose [perimeter] table declares accounts, organization, endpoints, vpcs "
        "and exemptions besides those that are found.",
    ),
    click.option(
        "--fail-on",
        type=click.Choice([severity.value for severity in Severity]),
        default=Severity.INFO.value,
        show_default=True,
        help="Exit 1 only for findings of this severity or worse; milder ones are still shown. "
        "What cannot be judged (unknown) counts like a broken control of the same severity.",
    ),
    click.option(
        "--only",
        metavar="ID",
        multiple=True,
        callback=_identifiers,
        help="Ask only these controls. Repeat, or separate ids by commas.",
    ),
    click.option("--quiet", "-q", is_flag=True, help="Print the verdict and nothing else."),
)


def report_options(command: Command) -> Command:
    """Give a command the options of a report.

    Args:
        command: takes them as keyword arguments, which `Report` takes too.
    """
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@dataclass(frozen=True, slots=True)
class Report:
    """What the caller wants to see, and what makes the run fail.

    Args:
        output_format: one of the formats.
        output: the file that gets the report; None for standard output.
        config: the file that declares the perimeter; None for none.
        fail_on: name of the mildest severity that fails.
        only: ids of the controls to ask; empty for all.
        quiet: print the verdict alone.
    """

    output_format: str
    output: Path | None
    config: Path | None
    fail_on: str
    only: tuple[str, ...]
    quiet: bool

    @classmethod
    def of(cls, options: dict[str, Any]) -> Report:
        """Return what the options of `report_options` ask for.

        Args:
            options: their values by name.
        """
        return cls(**options)

    @property
    def file(self) -> Path | None:
        """Return the file that gets the report."""
        return None if self.output == _STDOUT else self.output

    def prepare(self, where: Where, inputs: Iterable[Path] = ()) -> Perimeter:
        """Refuse, before any work is done, what could not be finished.

        Args:
            where: of what is asked.
            inputs: files that must not be overwritten.

        Returns:
            What is declared to be inside.

        Raises:
            Failure: the options cannot be used.
        """
        if self.file is not None:
            demand_writable(self.file, inputs)
        perimeter = read_perimeter(self.config)
        self._demand_controls(where)
        return perimeter

    def publish(
        self,
        result: Result,
        *,
        folder: str = "",
        notes: Iterable[str] = (),
        more: Sequence[Control[Any]] = (),
    ) -> int:
        """Write the report, and return the exit code.

        Args:
            result: what the run found out.
            folder: folder of the templates below the current one, or empty.
            notes: what a person should know besides.
            more: controls of this run alone, which the catalogue does not have.
        """
        if self.file is not None:
            write_file(self.file, self._render(result, folder, notes, more, colour=False))
        if self.quiet or self.file is not None:
            write_stdout(f"{verdict_line(result)}\n")
        else:
            colour = colourful(sys.stdout)
            write_stdout(self._render(result, folder, notes, more, colour=colour))
        return FAILED if self._fails(result) else PASSED

    def _demand_controls(self, where: Where) -> None:
        """Refuse ids that do not exist or fit, and a check that would ask nothing."""
        try:
            asked = catalogue.select(self.only, where)
        except (catalogue.UnknownControlError, catalogue.MisplacedControlError) as error:
            raise Failure(f"--only: {error}") from error
        if not asked:
            raise Failure("this installation has no controls, so nothing can be concluded")

    def _fails(self, result: Result) -> bool:
        """Say whether anything as severe as asked for is broken or unknown."""
        mildest = Severity(self.fail_on).rank
        explained = {finding.control for finding in result.findings}
        return any(f.severity.rank >= mildest for f in result.findings) or any(
            control.verdict is not Verdict.HOLDS and control.id not in explained
            for control in result.controls
        )

    def _render(
        self,
        result: Result,
        folder: str,
        notes: Iterable[str],
        more: Sequence[Control[Any]],
        *,
        colour: bool,
    ) -> str:
        """Write the report in the format that was asked for; the others are never imported."""
        match self.output_format:
            case "json":
                from ddb_perimeter.report import json  # noqa: PLC0415

                return json.render(result)
            case "sarif":
                from ddb_perimeter.report import sarif  # noqa: PLC0415

                controls = (*catalogue.select(self.only), *more)
                return sarif.render(result, controls, folder=folder)
            case "junit":
                from ddb_perimeter.report import junit  # noqa: PLC0415

                return junit.render(result)
            case _:
                from ddb_perimeter.report import text  # noqa: PLC0415

                told = (*notes, *self._excuse(result))
                return text.render(result, width=report_width(), colour=colour, notes=told)

    def _excuse(self, result: Result) -> Iterable[str]:
        """Say why the exit code differs from the verdict."""
        if result.verdict is not Verdict.HOLDS and not self._fails(result):
            yield f"Exit code 0: --fail-on {self.fail_on}, and no finding is that severe."


def colourful(stream: Any) -> bool:  # noqa: ANN401 - whatever stands for a stream
    """Say whether a person looks at a terminal that can show colours, and wants them.

    Args:
        stream: standard output or standard error.
    """
    wanted = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return bool(stream.isatty() and wanted)


def read_perimeter(config: Path | None) -> Perimeter:
    """Read the file of ``--config``; without one, nothing is declared.

    Args:
        config: the file, or None.

    Raises:
        Failure: it cannot be used.
    """
    if config is None:
        return Perimeter()
    declaration = importlib.import_module("ddb_perimeter.controls.declaration")
    try:
        declared: Perimeter = declaration.read(config)
    except declaration.DeclarationError as error:
        raise Failure(str(error)) from error
    return declared


def report_width() -> int:
    """Return the columns that a report may use on standard output."""
    if not sys.stdout.isatty():
        return _NARROW
    return max(40, min(shutil.get_terminal_size().columns, _WIDEST))

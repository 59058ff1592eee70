"""`check`: judge templates, write the report, and answer with the exit code."""

from __future__ import annotations

import importlib
import os
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from ddb_perimeter.cli.output import Failure, demand_writable, write_file, write_stdout
from ddb_perimeter.controls import catalogue, declaration
from ddb_perimeter.controls.perimeter import Perimeter
from ddb_perimeter.findings import Result, Severity, Verdict
from ddb_perimeter.report.wording import verdict_line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ddb_perimeter.controls.evaluation import System

PASSED: Final = 0
FAILED: Final = 1

_PARAMETER: Final = re.compile(r"(.+:)?[A-Za-z0-9]+")
_NARROW: Final = 80  # columns when no terminal says otherwise
_WIDEST: Final = 100
_STDOUT: Final = Path("-")
_PATH: Final = click.Path(path_type=Path, readable=False)  # what reads it says what is wrong


def read_parameters(
    _context: click.Context, _option: click.Parameter, values: Sequence[str]
) -> dict[str, str]:
    """Read the values of template parameters.

    Raises:
        Failure: one of them is not NAME=VALUE, or is given twice.
    """
    parameters: dict[str, str] = {}
    for value in values:
        key, equals, setting = value.partition("=")
        if not equals or not _PARAMETER.fullmatch(key):
            raise Failure(f"--parameter {value}: write NAME=VALUE, e.g. VpcCidr=10.0.0.0/16")
        if parameters.setdefault(key, setting) != setting:
            raise Failure(f"--parameter {key}: is given twice with different values; keep one")
    return parameters


def _identifiers(
    _context: click.Context, _option: click.Parameter, values: Sequence[str]
) -> tuple[str, ...]:
    identifiers = tuple(part.strip() for value in values for part in value.split(","))
    if "" in identifiers:
        raise Failure("--only: an id is empty; write --only ID or --only ID,ID")
    return identifiers


@click.command()
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=_PATH)
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json", "sarif", "junit"]),
    default="text",
    show_default=True,
    help="How the report is written.",
)
@click.option(
    "--output",
    metavar="FILE",
    type=_PATH,
    help="Write the report to FILE, replaced in one step, and print only the verdict.",
)
@click.option(
    "--config",
    metavar="FILE",
    type=_PATH,
    help="TOML file whose [perimeter] table declares accounts, organization, endpoints, vpcs "
    "and exemptions besides those of the templates.",
)
@click.option(
    "--parameter",
    "parameters",
    metavar="NAME=VALUE",
    multiple=True,
    callback=read_parameters,
    help="Value of a template parameter, instead of its default; STACK:NAME=VALUE for one stack "
    "only. Repeat for more.",
)
@click.option(
    "--fail-on",
    type=click.Choice([severity.value for severity in Severity]),
    default=Severity.INFO.value,
    show_default=True,
    help="Exit 1 only for findings of this severity or worse; milder ones are still shown. "
    "What cannot be judged (unknown) counts like a broken control of the same severity.",
)
@click.option(
    "--only",
    metavar="ID",
    multiple=True,
    callback=_identifiers,
    help="Ask only these controls. Repeat, or separate ids by commas.",
)
@click.option("--quiet", "-q", is_flag=True, help="Print the verdict and nothing else.")
def check(  # noqa: PLR0913 - one argument per option
    *,
    paths: tuple[Path, ...],
    output_format: str,
    output: Path | None,
    config: Path | None,
    parameters: Mapping[str, str],
    fail_on: str,
    only: tuple[str, ...],
    quiet: bool,
) -> int:
    """Prove the perimeter from templates, or show the request that breaks it.

    PATH is a cdk.out, a folder of templates or one template, JSON or YAML; several stacks of
    one PATH are one system.

    Exit code 0: every control holds. 1: something is broken, or cannot be judged. 2: the input
    cannot be used, and nothing was concluded.
    """
    file = None if output == _STDOUT else output
    if file is not None:
        demand_writable(file, paths)
    perimeter = declared_perimeter(config)
    _demand_controls(only)
    system = load(paths, parameters)
    request = _Request(paths, output_format, Severity(fail_on), only)
    result = catalogue.run(system, perimeter, only)
    if file is not None:
        write_file(file, request.render(result, colour=False))
    if quiet or file is not None:
        write_stdout(f"{verdict_line(result)}\n")
    else:
        write_stdout(request.render(result, colour=_colourful()))
    return FAILED if request.fails(result) else PASSED


def load(paths: Sequence[Path], parameters: Mapping[str, str]) -> System:
    """Read the inventory of all paths.

    Raises:
        Failure: the input cannot be used.
    """
    inventory = importlib.import_module("ddb_perimeter.inventory")
    try:
        system: System = inventory.load(paths, parameters)
    except inventory.InputError as error:
        raise Failure(str(error)) from error
    return system


def declared_perimeter(config: Path | None) -> Perimeter:
    """Read what is declared to be inside; without a file, nothing more than the templates say.

    Raises:
        Failure: the file cannot be used.
    """
    if config is None:
        return Perimeter()
    try:
        return declaration.read(config)
    except declaration.DeclarationError as error:
        raise Failure(str(error)) from error


def _demand_controls(only: Sequence[str]) -> None:
    """Refuse ids that do not exist, and a check that would ask nothing."""
    try:
        asked = catalogue.select(only)
    except catalogue.UnknownControlError as error:
        raise Failure(f"--only: {error}") from error
    if not asked:
        raise Failure("this installation has no controls, so nothing can be concluded")


def _colourful() -> bool:
    """Say whether a person looks at a terminal that can show colours, and wants them."""
    return (
        sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    )


@dataclass(frozen=True, slots=True)
class _Request:
    """What the caller wants to see, and what makes the check fail."""

    paths: tuple[Path, ...]
    output_format: str
    fail_on: Severity
    only: tuple[str, ...]

    def fails(self, result: Result) -> bool:
        """Say whether anything as severe as asked for is broken or unknown."""
        explained = {finding.control for finding in result.findings}
        return any(f.severity.rank >= self.fail_on.rank for f in result.findings) or any(
            control.verdict is not Verdict.HOLDS and control.id not in explained
            for control in result.controls
        )

    def render(self, result: Result, *, colour: bool) -> str:
        """Write the report in the format that was asked for; the others are never imported."""
        match self.output_format:
            case "json":
                from ddb_perimeter.report import json  # noqa: PLC0415

                return json.render(result)
            case "sarif":
                from ddb_perimeter.report import sarif  # noqa: PLC0415

                return sarif.render(result, catalogue.select(self.only), folder=self._folder())
            case "junit":
                from ddb_perimeter.report import junit  # noqa: PLC0415

                return junit.render(result)
            case _:
                from ddb_perimeter.report import text  # noqa: PLC0415

                return text.render(result, width=width(), colour=colour, note=self._note(result))

    def _note(self, result: Result) -> str:
        if result.verdict is Verdict.HOLDS or self.fails(result):
            return ""
        return f"Exit code 0: --fail-on {self.fail_on}, and no finding is that severe."

    def _folder(self) -> str:
        """Return the folder of the templates below the current one, where it is certain."""
        if len(self.paths) != 1:
            return ""
        path = self.paths[0].resolve()
        folder = path if path.is_dir() else path.parent
        here = Path.cwd().resolve()
        inside = folder != here and folder.is_relative_to(here)
        return folder.relative_to(here).as_posix() if inside else ""


def width() -> int:
    """Return how many columns a report may have."""
    if not sys.stdout.isatty():
        return _NARROW
    return max(40, min(shutil.get_terminal_size().columns, _WIDEST))

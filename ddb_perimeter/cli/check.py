"""`check`: judge templates, write the report, and answer with the exit code."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from ddb_perimeter import processes
from ddb_perimeter.cli.output import Failure
from ddb_perimeter.cli.reporting import PATH, Report, report_options
from ddb_perimeter.controls import catalogue
from ddb_perimeter.controls.control import Where

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ddb_perimeter.controls.evaluation import System

_PARAMETER: Final = re.compile(r"(.+:)?[A-Za-z0-9]+")


def read_parameters(
    _context: click.Context, _option: click.Parameter, values: Sequence[str]
) -> dict[str, str]:
    """Read the values of ``--parameter``.

    Raises:
        Failure: one cannot be used.
    """
    parameters: dict[str, str] = {}
    for value in values:
        key, equals, setting = value.partition("=")
        if not equals or not _PARAMETER.fullmatch(key):
            raise Failure(f"--parameter {value}: write NAME=VALUE, e.g. VpcCidr=10.0.0.0/16")
        if parameters.setdefault(key, setting) != setting:
            raise Failure(f"--parameter {key}: is given twice with different values; keep one")
    return parameters


@click.command()
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=PATH)
@click.option(
    "--parameter",
    "parameters",
    metavar="NAME=VALUE",
    multiple=True,
    callback=read_parameters,
    help="Value of a template parameter, instead of its default; STACK:NAME=VALUE for one stack "
    "only. Repeat for more.",
)
@report_options
def check(
    *,
    paths: tuple[Path, ...],
    parameters: Mapping[str, str],
    **options: Any,  # noqa: ANN401 - those of every report
) -> int:
    """Prove the perimeter from templates, or show the request that breaks it.

    PATH is a cdk.out, a folder of templates or one template, JSON or YAML; several stacks of
    one PATH are one system.

    Exit code 0: every control holds. 1: something is broken, or cannot be judged. 2: the input
    cannot be used, and nothing was concluded.
    """
    report = Report.of(options)
    perimeter = report.prepare(Where.TEMPLATES, paths)
    system = load(paths, parameters)
    result = catalogue.run(system, perimeter, report.only, workers=processes.shared)
    return report.publish(result, folder=_folder(paths))


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


def _folder(paths: Sequence[Path]) -> str:
    """Return the folder of the templates below the current one, where it is certain."""
    if len(paths) != 1:
        return ""
    path = paths[0].resolve()
    folder = path if path.is_dir() else path.parent
    here = Path.cwd().resolve()
    inside = folder != here and folder.is_relative_to(here)
    return folder.relative_to(here).as_posix() if inside else ""

"""`replay`: ask recorded events who would be locked out, before anything is deployed."""

from __future__ import annotations

import importlib
import ipaddress
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from ddb_perimeter.cli.check import load, read_parameters
from ddb_perimeter.cli.output import Failure, demand_writable, write_file, write_stdout
from ddb_perimeter.cli.reporting import FAILED, PASSED, PATH, read_perimeter, report_width
from ddb_perimeter.findings import Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ddb_perimeter.controls.evaluation import System

_STDOUT: Final = Path("-")
_REAL: Final = re.compile(r"[A-Za-z0-9_.:/+=,@-]{1,2048}", re.ASCII)
_LOGICAL_ID: Final = re.compile(r"[A-Za-z0-9]{1,255}", re.ASCII)


def _names(
    _context: click.Context, _option: click.Parameter, values: Sequence[str]
) -> dict[str, str]:
    names: dict[str, str] = {}
    for value in values:
        real, equals, logical_id = value.rpartition("=")
        if not equals or not _REAL.fullmatch(real) or not _LOGICAL_ID.fullmatch(logical_id):
            raise Failure(f"--as {value}: write NAME=LOGICALID, e.g. vpce-0a1b2c3d=Endpoint")
        if re.fullmatch(r"[0-9.]+(/[0-9]*)?|[0-9a-fA-F]*:[0-9a-fA-F:.]*(/[0-9]*)?", real):
            _demand_block(real)
        if names.setdefault(real, logical_id) != logical_id:
            raise Failure(f"--as {real}: is given twice with different values; keep one")
    return names


def _demand_block(real: str) -> None:
    try:
        ipaddress.ip_network(real)
    except ValueError as error:
        raise Failure(f"--as {real}: {error}; write an address or a CIDR block") from error


@click.command()
@click.argument("events", metavar="EVENTS...", nargs=-1, required=True, type=PATH)
@click.option(
    "--against",
    "templates",
    metavar="PATH",
    multiple=True,
    required=True,
    type=PATH,
    help="What would be deployed: a cdk.out, a folder of templates or one template. Repeat for "
    "more.",
)
@click.option(
    "--as",
    "names",
    metavar="NAME=LOGICALID",
    multiple=True,
    callback=_names,
    help="What the events call NAME is what the templates call LOGICALID. NAME is an endpoint id "
    "or an address (e.g. of a NAT gateway) whose place an endpoint of the templates takes, a "
    "table, or a role; =outside says that nothing takes its place. Repeat for more.",
)
@click.option(
    "--assume-tls",
    is_flag=True,
    help="Take events whose record does not tell as made over HTTPS, which AWS's SDKs use.",
)
@click.option(
    "--config",
    metavar="FILE",
    type=PATH,
    help="TOML file with a [perimeter] table, or a baseline.toml, as for check.",
)
@click.option(
    "--parameter",
    "parameters",
    metavar="NAME=VALUE",
    multiple=True,
    callback=read_parameters,
    help="Value of a template parameter, as for check.",
)
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How the report is written.",
)
@click.option(
    "--output",
    metavar="FILE",
    type=PATH,
    help="Write the report to FILE, replaced in one step, and print only the verdict.",
)
def replay(  # noqa: PLR0913 - one argument per option
    *,
    events: tuple[Path, ...],
    templates: tuple[Path, ...],
    names: Mapping[str, str],
    assume_tls: bool,
    config: Path | None,
    parameters: Mapping[str, str],
    output_format: str,
    output: Path | None,
) -> int:
    """Show from recorded CloudTrail events who would be locked out.

    EVENTS are files or folders of a trail (.json, .json.gz, JSON lines), or what
    `aws cloudtrail lookup-events` prints. No credentials are needed.

    Exit code 0: nobody would be denied. 1: somebody would be, or a call cannot be decided. 2: the
    input cannot be used, and nothing was concluded.
    """
    file = None if output == _STDOUT else output
    if file is not None:
        demand_writable(file, (*events, *templates))
    perimeter = read_perimeter(config)

    def load_in(place: Mapping[str, str]) -> System:
        return load(templates, {**parameters, **place})

    # What judges events takes longer to import than `--help` may take.
    deployed = importlib.import_module("ddb_perimeter.replay.deployed")
    records = importlib.import_module("ddb_perimeter.replay.records")
    engine = importlib.import_module("ddb_perimeter.replay.replay")
    report = importlib.import_module("ddb_perimeter.replay.report")
    inventory = importlib.import_module("ddb_perimeter.inventory")
    try:
        against = deployed.Templates(load_in, perimeter, deployed.Names.read(names))
        result = engine.replay(records.read(events), against, assume_tls=assume_tls)
    except (inventory.InputError, inventory.TooManyScenarios) as error:
        raise Failure(str(error)) from error
    text = (
        report.as_json(result) if output_format == "json" else report.text(result, report_width())
    )
    if file is not None:
        write_file(file, text)
        text = f"{report.verdict_line(result)}\n"
    write_stdout(text)
    return PASSED if result.verdict is Verdict.HOLDS else FAILED

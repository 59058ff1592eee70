"""`dry-run`: what the guardrails of the templates would let through, and what they would stop."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import click

from ddb_perimeter.cli.check import load, read_parameters
from ddb_perimeter.cli.output import Failure, write_stdout
from ddb_perimeter.cli.reporting import FAILED, PASSED, PATH, read_perimeter

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ddb_perimeter.inventory.system import System


@click.command("dry-run")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=PATH)
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="A table to read, or JSON with every request.",
)
@click.option(
    "--config",
    metavar="FILE",
    type=PATH,
    help="The baseline.toml, or a TOML file with a [perimeter] table: where in the organization "
    "the accounts are, and who deploys, restores and so on.",
)
@click.option(
    "--parameter",
    "parameters",
    metavar="NAME=VALUE",
    multiple=True,
    callback=read_parameters,
    help="Value of a template parameter, as for `check`.",
)
def dry_run(
    *,
    paths: tuple[Path, ...],
    output_format: str,
    config: Path | None,
    parameters: Mapping[str, str],
) -> int:
    """Say what the organization's policies would let through, and what they would stop.

    What must work (bootstrap, deployment, the application, the cache, backups, restores) and what
    must not (whatever takes the perimeter apart) is tried on the policies of tables, endpoints,
    roles and the organization together. Nothing is deployed and no account is asked.

    Exit code 0: all of it is as it should be. 1: something is not. 2: the input cannot be used, or
    no organization policy surely binds an account that has a table.
    """
    from ddb_perimeter.report import dry_run as report  # noqa: PLC0415 - the others need neither
    from ddb_perimeter.requests.dry_run import tried  # noqa: PLC0415

    perimeter = read_perimeter(config)
    system = cast("System", load(paths, parameters))  # `check` knows it by what it needs
    outcomes = tried(system, perimeter)
    if not outcomes:
        raise Failure(
            f"{', '.join(map(str, paths))}: no organization policy surely binds an account that "
            "has a table; name the file that has [organization] with --config, or the account's "
            "organizational unit in [perimeter] units"
        )
    render = report.json_text if output_format == "json" else report.text
    write_stdout(render(outcomes))
    return PASSED if all(each.as_wanted for each in outcomes) else FAILED

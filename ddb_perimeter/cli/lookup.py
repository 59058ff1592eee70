"""`controls` and `explain`: what is asked, and what one question means."""

from __future__ import annotations

import importlib
import json
import textwrap
from typing import TYPE_CHECKING, Any, Final

import click

from ddb_perimeter.cli.output import Failure, write_stdout
from ddb_perimeter.controls import catalogue

if TYPE_CHECKING:
    from ddb_perimeter.controls.control import Control
    from ddb_perimeter.controls.evaluation import Scenario

_WIDTH: Final = 80


@click.command("controls")
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json"]),
    default="text",
    help="Lines to read, or JSON.",
)
def list_controls(output_format: str) -> int:
    """List every control: id, severity and title."""
    known = catalogue.controls()
    if output_format == "json":
        listing = {"schema": 1, "controls": [_metadata(control) for control in known]}
        write_stdout(json.dumps(listing, indent=2) + "\n")
        return 0
    identifiers = max((len(control.id) for control in known), default=0)
    severities = max((len(control.severity) for control in known), default=0)
    write_stdout(
        "".join(
            f"{control.id:<{identifiers}}  {control.severity:<{severities}}  {control.title}\n"
            for control in known
        )
    )
    return 0


def _metadata(control: Control[Scenario]) -> dict[str, object]:
    return {
        "id": control.id,
        "title": control.title,
        "severity": control.severity.value,
        "why": control.why,
        "source": control.source,
        "fix": control.fix,
        "types": sorted(control.types),
        "where": control.where.value,
    }


def _find(identifier: str) -> Control[Any]:
    """Return a control of the catalogue, or the one that `verify --against` adds to it.

    Raises:
        Failure: there is none.
    """
    try:
        return catalogue.find(identifier)
    except catalogue.UnknownControlError as error:
        drift = importlib.import_module("ddb_perimeter.drift")
        if identifier != drift.ID:
            raise Failure(str(error)) from error
    nothing = importlib.import_module("ddb_perimeter.inventory").Inventory(())
    added: Control[Any] = drift.drift_control(nothing, ())
    return added


@click.command()
@click.argument("identifier", metavar="ID")
def explain(identifier: str) -> int:
    """Say what a control asks, why, who says so and how to fix it."""
    control = _find(identifier)
    paragraphs = (
        f"{control.id} ({control.severity})",
        f"What: {control.title}",
        f"Why: {control.why}",
        f"Fix: {control.fix}",
        f"Source: {control.source}",
        f"Reads: {', '.join(sorted(control.types))}",
        f"Asked of: {control.where}",
    )
    write_stdout(
        "\n\n".join(
            textwrap.fill(text, _WIDTH, break_long_words=False, break_on_hyphens=False)
            for text in paragraphs
        )
        + "\n"
    )
    return 0

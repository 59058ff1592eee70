"""`permissions`: the IAM policy that `verify` needs."""

from __future__ import annotations

import importlib
import json

import click

from ddb_perimeter.cli.output import write_stdout


@click.command()
@click.option(
    "--partition",
    type=click.Choice(["aws", "aws-cn", "aws-us-gov"]),
    default="aws",
    show_default=True,
    help="Partition of the account.",
)
def permissions(partition: str) -> int:
    """Print the IAM policy that `verify` needs, as JSON: reads of the control plane alone."""
    written = importlib.import_module("ddb_perimeter.inventory.live.permissions")
    write_stdout(json.dumps(written.policy(partition), indent=2) + "\n")
    return 0

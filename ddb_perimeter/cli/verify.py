"""`verify`: ask a live account what `check` asks templates, by read-only calls."""

from __future__ import annotations

import importlib
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from ddb_perimeter import processes
from ddb_perimeter.cli.check import load, read_parameters
from ddb_perimeter.cli.output import Failure
from ddb_perimeter.cli.reporting import PATH, Report, colourful, report_options
from ddb_perimeter.controls import catalogue
from ddb_perimeter.controls.control import Where

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path
    from types import ModuleType

    from ddb_perimeter.controls.control import Control
    from ddb_perimeter.inventory import Inventory
    from ddb_perimeter.inventory.account import Account


@click.command()
@click.option(
    "--region",
    "named",
    metavar="REGION",
    multiple=True,
    help="Read this Region. Repeat for more; without, the Region of the AWS configuration.",
)
@click.option("--all-regions", "every", is_flag=True, help="Read every enabled Region.")
@click.option("--profile", metavar="NAME", help="Use this profile of the AWS configuration.")
@click.option(
    "--table",
    "tables",
    metavar="NAME",
    multiple=True,
    help="Judge this table, and what it depends on. Repeat for more; without, every table.",
)
@click.option(
    "--against",
    metavar="PATH",
    multiple=True,
    type=PATH,
    help="Compare the account with what these templates promise: a cdk.out, a folder of templates "
    "or one template. Repeat for more.",
)
@click.option(
    "--parameter",
    "parameters",
    metavar="NAME=VALUE",
    multiple=True,
    callback=read_parameters,
    help="Value of a parameter of these templates, as for check.",
)
@report_options
def verify(
    *,
    named: tuple[str, ...],
    every: bool,
    profile: str | None,
    tables: tuple[str, ...],
    against: tuple[Path, ...],
    parameters: Mapping[str, str],
    **options: Any,  # noqa: ANN401 - those of every report
) -> int:
    """Prove the perimeter of a live account, or show the request that breaks it.

    Nothing is changed and no item is read: every call is a read of the control plane, and
    `ddb-perimeter permissions` prints the policy that it needs.

    Exit code 0: every control holds. 1: something is broken, or cannot be judged. 2: the account
    cannot be read, and nothing was concluded.
    """
    if named and every:
        raise Failure("--region and --all-regions: give one of them")
    if parameters and not against:
        raise Failure("--parameter: is for the templates of --against; name them, or leave it out")
    report = Report.of(options)
    perimeter = report.prepare(Where.ACCOUNTS, against)
    if against:
        load(against, parameters)  # before the account is asked: templates may be unusable
    account = _read(named, tables, profile, every=every)
    drift = [_drift(account, against, parameters)] if against else []
    result = catalogue.run(account, perimeter, report.only, drift, processes.shared)
    return report.publish(result, notes=_notes(account, report.only), more=drift)


def _drift(
    account: Account, against: Sequence[Path], parameters: Mapping[str, str]
) -> Control[Inventory]:
    """Return the control that compares an account with templates.

    Raises:
        Failure: the templates stand for several promises.
    """
    drift = importlib.import_module("ddb_perimeter.drift")
    place = {"AWS::AccountId": account.id, "AWS::Region": account.regions[0]}
    control: Control[Inventory] | None = drift.promise(
        load(against, {**parameters, **place}), account.regions
    )
    if control is None:
        raise Failure(
            "--against: conditions of the templates leave open what they promise; "
            "set their parameters with --parameter"
        )
    return control


def _read(
    named: Sequence[str], tables: Sequence[str], profile: str | None, *, every: bool
) -> Account:
    """Read the account.

    Raises:
        Failure: boto3 is not installed, or the account cannot be read.
    """
    reader = _reader()
    try:
        session = reader.open_session(profile)
        regions = reader.choose_regions(session, named, every=every)
        with _progress(regions) as progress:
            account: Account = reader.read_account(
                session, regions, tables=tables, progress=progress
            )
    except reader.InputError as error:
        raise Failure(str(error)) from error
    return account


def _reader() -> ModuleType:
    """Return the module that reads accounts, which alone needs boto3."""
    try:
        return importlib.import_module("ddb_perimeter.inventory.account")
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in {"boto3", "botocore"}:
            raise
        raise Failure("boto3 is not installed: pip install 'dynamodb-perimeter[live]'") from error


def _notes(account: Account, only: Sequence[str]) -> Iterator[str]:
    """Tell what the account was asked, and what it was not."""
    calls = ", ".join(f"{account.calls.get(region, 0)} in {region}" for region in account.regions)
    yield f"Read with {sum(account.calls.values())} API calls: {calls}."
    left = [known.id for known in catalogue.controls() if known.where is Where.TEMPLATES]
    if left and not only:
        yield f"Asked of templates only: {', '.join(left)}."


@contextmanager
def _progress(regions: Sequence[str]) -> Iterator[Callable[[str], object] | None]:
    """Show a person at a terminal which Regions have been read."""
    if not colourful(sys.stderr):
        yield None
        return
    from rich.console import Console  # noqa: PLC0415 - slow to import, and most runs have none
    from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn  # noqa: PLC0415

    text = "[progress.description]{task.description}"
    with Progress(
        SpinnerColumn(), MofNCompleteColumn(), text, console=Console(stderr=True), transient=True
    ) as bar:
        task = bar.add_task("Reading Regions", total=len(regions))
        yield lambda region: bar.update(task, advance=1, description=f"Read {region}")

"""A small inventory and three controls, so that the command line can be tried without AWS."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest
from click.testing import CliRunner, Result

import ddb_perimeter.inventory
from ddb_perimeter.cli.program import program
from ddb_perimeter.controls import catalogue
from ddb_perimeter.controls.control import Judgments, broken, control, exempt, holds, unknown
from ddb_perimeter.controls.perimeter import Perimeter
from ddb_perimeter.findings import Counterexample, Evidence, Exposure, Severity, Subject

Run = Callable[..., Result]


class InputError(Exception):
    """As the inventory raises it: one line."""


@dataclass(frozen=True)
class Tables:
    """Names of tables and how they are: good, public, bare or unreadable."""

    tables: Mapping[str, str]
    parameters: Mapping[str, str]
    description: str = ""
    gaps: tuple[()] = ()


@dataclass(frozen=True)
class OneWorld:
    tables: Tables

    def scenarios(self, types: frozenset[str]) -> Iterator[Tables]:
        assert types
        yield self.tables


def load(paths: Sequence[Path], parameters: Mapping[str, str]) -> OneWorld:
    found: dict[str, str] = {}
    for path in paths:
        file = path / "Data.template.json" if path.is_dir() else path
        try:
            found |= json.loads(file.read_text(encoding="utf-8"))
        except OSError as error:
            raise InputError(f"{path}: no such file or folder; give a cdk.out") from error
        except ValueError as error:
            raise InputError(f"{path}: is not JSON; repair it") from error
    return OneWorld(Tables(found, parameters))


def place(name: str) -> Subject:
    return Subject("AWS::DynamoDB::Table", name, "Data", "eu-west-1", "Data.template.json")


@control(
    id="ddb-table-policy-not-public",
    title="No table policy allows the public",
    severity=Severity.CRITICAL,
    why="Everybody would read the table.",
    source="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/rbac-bpa-rbp.html",
    fix="Name the principals.",
    types=["AWS::DynamoDB::Table"],
)
def not_public(inventory: Tables, perimeter: Perimeter) -> Judgments:
    for name, state in inventory.tables.items():
        if state == "public":
            yield broken(
                place(name),
                "Statement AllowAll lets everybody in.",
                exposure=Exposure.REACHABLE,
                evidence=Evidence("Properties.ResourcePolicy", "AllowAll", 12),
                counterexample=Counterexample(
                    "arn:aws:iam::444455556666:user/stranger",
                    "dynamodb:GetItem",
                    "arn:aws:dynamodb:eu-west-1:111122223333:table/messages",
                    "the internet",
                    "allowed",
                    "AllowAll lets it through",
                ),
            )
        elif state == "unreadable":
            yield unknown(place(name), "The policy is a parameter.")
        else:
            yield holds(place(name))
        for declared in perimeter.exemptions:
            yield exempt(place(name), declared.arn, declared.reason)


@control(
    id="ddb-pitr",
    title="Point-in-time recovery is on",
    severity=Severity.MEDIUM,
    why="A deleted item is gone.",
    source="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Point-in-time-recovery.html",
    fix="Turn it on.",
    types=["AWS::DynamoDB::Table"],
)
def recovery(inventory: Tables, _: Perimeter) -> Judgments:
    for name, state in inventory.tables.items():
        on = state != "bare" or inventory.parameters.get("Recovery") == "true=on"
        yield holds(place(name)) if on else broken(place(name), "Recovery is off.")


@control(
    id="ddb-crash-prone",
    title="Tables are not called Crash",
    severity=Severity.HIGH,
    why="This control fails on them.",
    source="https://docs.aws.amazon.com/",
    fix="Rename it.",
    types=["AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"],
)
def crash_prone(inventory: Tables, _: Perimeter) -> Judgments:
    for name in inventory.tables:
        if name == "Crash":
            raise KeyError(name)
        yield holds(place(name))


@pytest.fixture(autouse=True)
def _sample_controls(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    area = ModuleType("ddb_perimeter.controls.sample")
    vars(area).update(not_public=not_public, recovery=recovery, crash_prone=crash_prone)
    monkeypatch.setitem(sys.modules, area.__name__, area)
    monkeypatch.setattr(catalogue, "AREAS", ("sample",))
    monkeypatch.setattr(ddb_perimeter.inventory, "load", load, raising=False)
    monkeypatch.setattr(ddb_perimeter.inventory, "InputError", InputError, raising=False)
    catalogue.controls.cache_clear()
    yield
    catalogue.controls.cache_clear()


@pytest.fixture
def run() -> Run:
    """Run the program with some arguments, standard output and error apart."""

    def invoke(*arguments: str | Path) -> Result:
        return CliRunner().invoke(program, [str(argument) for argument in arguments])

    return invoke


@pytest.fixture
def template(tmp_path: Path) -> Callable[..., Path]:
    """Write a template with tables in the given states."""

    def write(**tables: str) -> Path:
        folder = tmp_path / "cdk.out"
        folder.mkdir(exist_ok=True)
        (folder / "Data.template.json").write_text(json.dumps(tables), encoding="utf-8")
        return folder

    return write

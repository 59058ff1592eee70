"""The list of all controls."""

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import ddb_perimeter.controls
from ddb_perimeter.controls import catalogue
from ddb_perimeter.controls.control import Control, Judgments
from ddb_perimeter.controls.evaluation import Scenario
from ddb_perimeter.controls.perimeter import Perimeter
from ddb_perimeter.findings import Severity


def nothing(_: Scenario, __: Perimeter) -> Judgments:
    return ()


def make(identifier: str) -> Control[Scenario]:
    source = "https://docs.aws.amazon.com/"
    types = frozenset({"AWS::DynamoDB::Table"})
    return Control(identifier, "T", Severity.LOW, "W", source, "F", types, nothing)


@pytest.fixture
def areas(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, ModuleType]]:
    """Two area modules: one control in the first, two in the second."""
    modules = {name: ModuleType(f"ddb_perimeter.controls.{name}") for name in ("zebra", "apple")}
    vars(modules["zebra"]).update(pitr=make("ddb-pitr"), other=1)
    vars(modules["apple"]).update(tls=make("dax-tls"), sse=make("dax-sse"))
    for module in modules.values():
        monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(catalogue, "AREAS", tuple(modules))
    catalogue.controls.cache_clear()
    yield modules
    catalogue.controls.cache_clear()


def test_every_area_module_is_listed_and_every_listed_one_exists() -> None:
    folder = Path(ddb_perimeter.controls.__file__ or "").parent
    areas = {path.stem for path in folder.glob("*.py") if "\n@control(" in path.read_text("utf-8")}

    assert areas == set(catalogue.AREAS)
    assert len(catalogue.AREAS) == len(set(catalogue.AREAS))


def test_the_ids_of_the_real_controls_are_unique() -> None:
    """Loading refuses twins, so that it loads is the proof."""
    catalogue.controls.cache_clear()
    identifiers = [control.id for control in catalogue.controls()]

    assert len(identifiers) == len(set(identifiers))


@pytest.mark.usefixtures("areas")
def test_areas_come_as_listed_and_controls_as_written() -> None:
    assert [control.id for control in catalogue.controls()] == ["ddb-pitr", "dax-tls", "dax-sse"]


@pytest.mark.usefixtures("areas")
def test_areas_are_imported_only_when_they_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "AREAS", ("missing",))
    with pytest.raises(ModuleNotFoundError):
        catalogue.controls()


def test_twins_are_refused(areas: dict[str, ModuleType]) -> None:
    vars(areas["apple"])["twin"] = make("ddb-pitr")

    with pytest.raises(ValueError, match="ddb-pitr is defined twice, again in apple"):
        catalogue.controls()


def test_a_control_that_another_area_imports_is_no_twin(areas: dict[str, ModuleType]) -> None:
    vars(areas["apple"])["imported"] = vars(areas["zebra"])["pitr"]

    assert len(catalogue.controls()) == 3


@pytest.mark.usefixtures("areas")
def test_controls_are_selected_in_the_order_of_the_catalogue() -> None:
    assert [c.id for c in catalogue.select(["dax-sse", "ddb-pitr"])] == ["ddb-pitr", "dax-sse"]
    assert len(catalogue.select()) == 3


@pytest.mark.usefixtures("areas")
def test_an_unknown_id_is_refused_with_what_comes_close() -> None:
    with pytest.raises(catalogue.UnknownControlError, match="'dax-tsl': did you mean dax-tls"):
        catalogue.find("dax-tsl")
    with pytest.raises(catalogue.UnknownControlError, match="`ddb-perimeter controls` lists"):
        catalogue.select(["ddb-pitr", "xxxxxxxx"])

"""A small private system, and the judgment of one control on it."""

from __future__ import annotations

import copy
import datetime as dt
import functools
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest
import yaml

from ddb_perimeter.controls import catalogue
from ddb_perimeter.controls.perimeter import Perimeter
from ddb_perimeter.inventory import load

if TYPE_CHECKING:
    from ddb_perimeter.findings import Result

TODAY = dt.date(2026, 11, 22)
Template = dict[str, Any]
Change = Callable[[Template], object]


class Judge(Protocol):
    """Judges a template by one control."""

    def __call__(
        self, template: Template, control: str, perimeter: Perimeter | None = None
    ) -> Result: ...


@functools.cache
def _private() -> Template:
    text = Path(__file__).with_name("private.yaml").read_text(encoding="utf-8")
    loaded: Template = yaml.safe_load(text)
    return loaded


@pytest.fixture
def private() -> Template:
    """Return a fresh copy of the private system."""
    return copy.deepcopy(_private())


@pytest.fixture
def judge(tmp_path: Path) -> Judge:
    """Return a function that runs one control over a template."""

    def run(template: Template, control: str, perimeter: Perimeter | None = None) -> Result:
        path = tmp_path / "app.template.json"
        path.write_text(json.dumps(template), encoding="utf-8")
        declared = perimeter or Perimeter(today=TODAY)
        return catalogue.run(load([path]), declared, [control])

    return run

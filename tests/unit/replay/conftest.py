"""A small private system to replay events on."""

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from ddb_perimeter.controls.perimeter import Perimeter
from ddb_perimeter.inventory import load
from ddb_perimeter.replay.deployed import Names, Templates
from ddb_perimeter.replay.replay import Replay
from ddb_perimeter.replay.replay import replay as run_replay

TEMPLATE = Path(__file__).parents[1] / "controls" / "private.yaml"


@pytest.fixture(scope="session")
def templates() -> Callable[..., Templates]:
    """Return the private system, with names and declarations of a test."""
    systems: dict[str, Any] = {}

    def read(
        names: Mapping[str, str] | None = None,
        perimeter: Perimeter | None = None,
        path: Path = TEMPLATE,
    ) -> Templates:
        def load_in(place: Mapping[str, str]) -> Any:  # noqa: ANN401 - a System
            key = json.dumps([path.read_text(), sorted(place.items())])
            if key not in systems:
                systems[key] = load([path], place)
            return systems[key]

        return Templates(load_in, perimeter or Perimeter(), Names.read(names or {}))

    return read


@pytest.fixture
def ask(templates: Callable[..., Templates]) -> Callable[..., Replay]:
    """Return a function that replays records on the private system."""

    def run(
        records: Iterable[object],
        names: Mapping[str, str] | None = None,
        *,
        assume_tls: bool = False,
        **options: Any,  # noqa: ANN401 - passed on
    ) -> Replay:
        return run_replay(records, templates(names, **options), assume_tls=assume_tls)

    return run

"""What every test can rely on: the pinned node, and configurations made from TOML text."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from stacks.jsii_node import use_pinned_node

use_pinned_node()

from stacks.configuration import Configuration, load_configuration  # noqa: E402 - needs node set

if TYPE_CHECKING:
    from collections.abc import Callable

TODAY = dt.date(2026, 11, 22)


@pytest.fixture(scope="session")
def configure(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Configuration]:
    """Load a configuration from TOML text, as of a fixed day."""

    def load(text: str) -> Configuration:
        path = tmp_path_factory.mktemp("configuration") / "baseline.toml"
        path.write_text(text, encoding="utf-8")
        return load_configuration(path, today=TODAY)

    return load

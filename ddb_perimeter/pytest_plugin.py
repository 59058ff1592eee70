"""The fixture `assert_private`, which pytest finds wherever this package is installed.

It is loaded in every run of pytest there, so it imports nothing of the analyzer until it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(name="assert_private", scope="session")
def assert_private_fixture() -> Callable[..., None]:
    """Return `ddb_perimeter.testing.assert_private`: `assert_private(app)` proves the perimeter."""
    from ddb_perimeter.testing import assert_private  # noqa: PLC0415 - see above

    return assert_private

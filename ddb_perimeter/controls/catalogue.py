"""The ordered list of all controls; their modules are imported when it is first asked for."""

from __future__ import annotations

import difflib
import functools
import importlib
from typing import TYPE_CHECKING, Final

from ddb_perimeter.controls.control import Control
from ddb_perimeter.controls.evaluation import Scenario, System, evaluate

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from ddb_perimeter.controls.perimeter import Perimeter
    from ddb_perimeter.findings import Result

AREAS: Final[tuple[str, ...]] = (
    "table_policy",
    "stream_policy",
    "endpoints",
    "cache_role",
    "identities",
    "functions",
    "keys",
    "vault",
    "liveness",
    "wording",
    "vpc_ids",
    "sizes",
    "posture",
    "copies",
    "cache",
    "cache_network",
    "routes",
    "network",
    "interface_endpoints",
    "names",
    "audit",
    "log_delivery",
    "recording",
    "managed_rules",
    "guardrails",
)
"""The modules of this package that define controls, in the order in which they are listed."""


class UnknownControlError(LookupError):
    """No control has this id; the message proposes those that come close."""

    def __init__(self, identifier: str, known: Sequence[str]) -> None:
        close = difflib.get_close_matches(identifier, known, n=3)
        hint = (
            f"did you mean {' or '.join(close)}?"
            if close
            else "`ddb-perimeter controls` lists them"
        )
        super().__init__(f"there is no control {identifier!r}: {hint}")


@functools.cache
def controls() -> tuple[Control[Scenario], ...]:
    """Return every control: areas as listed, and inside an area as they are written.

    Raises:
        ValueError: two controls share an id.
    """
    found: dict[str, Control[Scenario]] = {}
    for area in AREAS:
        module = importlib.import_module(f"ddb_perimeter.controls.{area}")
        for value in vars(module).values():
            if not isinstance(value, Control):
                continue
            if found.setdefault(value.id, value) is not value:
                raise ValueError(f"control id {value.id} is defined twice, again in {area}")
    return tuple(found.values())


def find(identifier: str) -> Control[Scenario]:
    """Return the control with this id.

    Raises:
        UnknownControlError: there is none.
    """
    for candidate in controls():
        if candidate.id == identifier:
            return candidate
    raise UnknownControlError(identifier, [known.id for known in controls()])


def select(only: Collection[str] = ()) -> tuple[Control[Scenario], ...]:
    """Return the controls with these ids in the catalogue's order; all, when none is named.

    Raises:
        UnknownControlError: one of the ids does not exist.
    """
    wanted = {find(identifier).id for identifier in only}
    return tuple(known for known in controls() if not wanted or known.id in wanted)


def run(system: System, perimeter: Perimeter, only: Collection[str] = ()) -> Result:
    """Ask the named controls, or all, about a system.

    Raises:
        UnknownControlError: one of the ids does not exist.
        ValueError: there is no control at all.
    """
    return evaluate(system, perimeter, select(only))

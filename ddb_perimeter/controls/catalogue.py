"""The ordered list of all controls; their modules are imported when it is first asked for."""

from __future__ import annotations

import difflib
import functools
import importlib
from typing import TYPE_CHECKING, Any, Final

from ddb_perimeter import processes
from ddb_perimeter.controls.control import Control, Where
from ddb_perimeter.controls.evaluation import Live, Scenario, System, evaluate

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from ddb_perimeter.controls.perimeter import Perimeter
    from ddb_perimeter.findings import Result
    from ddb_perimeter.processes import Workers

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
    "existence",
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


class MisplacedControlError(LookupError):
    """A control was asked for that cannot be asked here; the message says where it can."""

    def __init__(self, misplaced: Control[Scenario]) -> None:
        command = "check" if misplaced.where is Where.TEMPLATES else "verify"
        super().__init__(
            f"{misplaced.id} is asked of {misplaced.where} only: use `ddb-perimeter {command}`"
        )


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


def select(
    only: Collection[str] = (), where: Where = Where.ANYWHERE
) -> tuple[Control[Scenario], ...]:
    """Return the controls with these ids in the catalogue's order; all, when none is named.

    Args:
        only: ids.
        where: of what they are to be asked; anywhere leaves none out.

    Raises:
        UnknownControlError: one of the ids does not exist.
        MisplacedControlError: one of them cannot be asked there.
    """
    wanted = {known.id: known for known in map(find, only)}
    for known in wanted.values():
        if not _fits(known, where):
            raise MisplacedControlError(known)
    chosen = (known for known in controls() if not wanted or known.id in wanted)
    return tuple(known for known in chosen if _fits(known, where))


def _fits(known: Control[Scenario], where: Where) -> bool:
    return Where.ANYWHERE in {where, known.where} or known.where is where


def place_of(system: System) -> Where:
    """Return what a system was read from.

    Args:
        system: templates or an account.
    """
    return Where.ACCOUNTS if isinstance(system, Live) else Where.TEMPLATES


def run(
    system: System,
    perimeter: Perimeter,
    only: Collection[str] = (),
    more: Collection[Control[Any]] = (),
    workers: Workers = processes.alone,
) -> Result:
    """Ask the named controls about a system, or all that can be asked of it.

    Args:
        system: what is judged.
        perimeter: what is declared.
        only: ids of controls; empty for all.
        more: controls that are made for this run, besides.
        workers: who runs the controls.

    Raises:
        UnknownControlError: one of the ids does not exist.
        MisplacedControlError: one of them cannot be asked of this system.
        ValueError: there is no control at all.
    """
    return evaluate(system, perimeter, (*select(only, place_of(system)), *more), workers)

"""Every mutant by its area."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.mutation.areas import (
    audit,
    cache,
    delivery,
    endpoint,
    function,
    identity,
    key,
    liveness,
    network,
    posture,
    stream,
    table,
    text,
)

if TYPE_CHECKING:
    from tests.mutation.mutant import Mutant

_MODULES: Final = (
    table,
    stream,
    endpoint,
    network,
    cache,
    identity,
    function,
    key,
    audit,
    delivery,
    posture,
    liveness,
    text,
)
MUTANTS: Final[dict[str, tuple[Mutant, ...]]] = {
    str(module.AREA): tuple(module.MUTANTS) for module in _MODULES
}

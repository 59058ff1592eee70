"""Every live fault by its area."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.live.faults import (
    backup,
    cache,
    copies,
    endpoint,
    exemption,
    groups,
    identity,
    key,
    network,
    posture,
    recorder,
    stream,
    table,
    trail,
)

if TYPE_CHECKING:
    from tests.live.faults.fault import Fault

_MODULES: Final = (
    table,
    stream,
    endpoint,
    exemption,
    network,
    groups,
    cache,
    identity,
    key,
    trail,
    recorder,
    backup,
    copies,
    posture,
)
FAULTS: Final[dict[str, tuple[Fault, ...]]] = {
    str(module.AREA): tuple(module.FAULTS) for module in _MODULES
}

"""Every call that is answered here rather than by moto, each with what moto lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.live.emulation.gaps import backups, compliance, copies, dax, functions, streams, tables

if TYPE_CHECKING:
    from tests.live.emulation.stubs import Gap

GAPS: Final[tuple[Gap, ...]] = (
    *backups.GAPS,
    *compliance.GAPS,
    *copies.GAPS,
    *dax.GAPS,
    *functions.GAPS,
    *streams.GAPS,
    *tables.GAPS,
)

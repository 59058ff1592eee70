"""The requests of a baseline that works: whatever denies one of them breaks something.

Who asks is read from the templates (the application's roles, the cache's, those of backups and
functions) and from what is declared beside them (who deploys, restores, is exempt).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ddb_perimeter.requests import copies, data_use, operations, stack_sets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddb_perimeter.requests.scene import Scene
    from ddb_perimeter.requests.trial import Trial

_PARTS: Final = (
    operations.bootstrap,
    operations.hand_over,
    operations.deployment,
    stack_sets.deployment,
    operations.repair,
    data_use.application,
    data_use.cache,
    data_use.service_linked,
    copies.backup,
    copies.restore,
    copies.export,
    data_use.streams,
    data_use.exemptions,
    operations.functions,
    operations.verification,
)


def legitimate(scene: Scene) -> Iterator[Trial]:
    """Yield what must work in one account and Region.

    Args:
        scene: the account and the Region.
    """
    for part in _PARTS:
        yield from part(scene)

"""Who creates what in an account: one function for each type of resource."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.live.emulation.creators import audit, data, identity, network

if TYPE_CHECKING:
    from tests.live.emulation.deployment import Create

CREATORS: Final[dict[str, Create]] = {
    **network.CREATORS,
    **identity.CREATORS,
    **data.CREATORS,
    **audit.CREATORS,
}
"""Every function by the type that it creates."""

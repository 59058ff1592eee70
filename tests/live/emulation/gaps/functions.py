"""Addresses of functions: moto lists those of none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.live.emulation.stubs import Gap

if TYPE_CHECKING:
    from tests.live.emulation.stubs import Answer, Parameters, Store

_ADDRESSES: Final = "moto knows the address of a function by its name, and lists none"


def list_addresses(store: Store, parameters: Parameters) -> Answer:
    """Return no address: no function here has one."""
    del store, parameters
    return {"FunctionUrlConfigs": []}


GAPS: Final = (Gap("lambda", "ListFunctionUrlConfigs", _ADDRESSES, list_addresses),)

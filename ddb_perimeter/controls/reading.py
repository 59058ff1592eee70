"""Policies of an inventory, each read once: many controls ask about the same ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ddb_perimeter.policy.document import Policy

if TYPE_CHECKING:
    from ddb_perimeter.inventory import Inventory


def policy_of(document: object, name: str, inventory: Inventory) -> Policy:
    """Read a document as `Policy.read` does.

    Args:
        document: what the inventory delivers.
        name: how a report calls it.
        inventory: where it is.
    """
    known = inventory.view(_read)
    key = (id(document), name)
    if key not in known:
        known[key] = (document, Policy.read(document, name))  # kept, so that its id stays its own
    return known[key][1]


def _read(_: Inventory) -> dict[tuple[int, str], tuple[object, Policy]]:
    return {}

"""Fn::ForEach of AWS::LanguageExtensions, expanded before anything is resolved."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

PREFIX = "Fn::ForEach::"
MAX_EXPANDED = 50_000

_ALPHANUMERIC = re.compile(r"[^A-Za-z0-9]")
_PARTS = 3


class UnreadableLoopError(Exception):
    """A loop whose collection or shape is not known."""


def expand(
    section: dict[str, object], collection: Callable[[object], list[str] | None]
) -> tuple[dict[str, object], list[tuple[str, str]]]:
    """Return a section with its loops written out, and the loops that could not be.

    Args:
        section: a template section, or any object inside it.
        collection: returns the items of a loop's collection, or None if they are not known.

    Returns:
        The section without loops, and for each unreadable loop its key and the reason.
    """
    failed: list[tuple[str, str]] = []
    budget = [MAX_EXPANDED]
    result = _expand(section, collection, failed, budget)
    return (result if isinstance(result, dict) else {}), failed


def _expand(
    node: object,
    collection: Callable[[object], list[str] | None],
    failed: list[tuple[str, str]],
    budget: list[int],
) -> object:
    if isinstance(node, list):
        return [_expand(item, collection, failed, budget) for item in node]
    if not isinstance(node, dict):
        return node
    result: dict[str, object] = {}
    for key, value in node.items():
        if not key.startswith(PREFIX):
            result[key] = _expand(value, collection, failed, budget)
            continue
        try:
            result.update(_loop(value, collection, failed, budget))
        except UnreadableLoopError as error:
            failed.append((key, str(error)))
            result[key] = value  # the resolver says of whatever holds it that it is unknown
    return result


def _loop(
    value: object,
    collection: Callable[[object], list[str] | None],
    failed: list[tuple[str, str]],
    budget: list[int],
) -> dict[str, object]:
    """Return what one loop stands for."""
    if not (isinstance(value, list) and len(value) == _PARTS):
        raise UnreadableLoopError("a loop has an identifier, a collection and a body")
    identifier, items, body = value
    if not isinstance(identifier, str) or not isinstance(body, dict):
        raise UnreadableLoopError("a loop has an identifier, a collection and a body")
    known = collection(items)
    if known is None:
        raise UnreadableLoopError("the collection of the loop is not known")
    result: dict[str, object] = {}
    for item in known:
        budget[0] -= 1
        if budget[0] < 0:
            raise UnreadableLoopError(f"loops expand to more than {MAX_EXPANDED} entries")
        written = _substitute(body, identifier, item)
        expanded = _expand(written, collection, failed, budget)
        if isinstance(expanded, dict):
            result.update(expanded)
    return result


def _substitute(node: object, identifier: str, item: str) -> object:
    """Return a body with one value of the loop variable written in."""
    if isinstance(node, str):
        return node.replace(f"${{{identifier}}}", item).replace(
            f"&{{{identifier}}}", _ALPHANUMERIC.sub("", item)
        )
    if isinstance(node, list):
        return [_substitute(child, identifier, item) for child in node]
    if isinstance(node, dict):
        if len(node) == 1 and node.get("Ref") == identifier:
            return item
        return {
            str(_substitute(key, identifier, item)): _substitute(value, identifier, item)
            for key, value in node.items()
        }
    return node

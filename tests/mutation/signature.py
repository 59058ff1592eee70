"""What makes two mutants different: what is changed and how, whatever it is called."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from tests.mutation.templates import ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.mutation.templates import Templates

# Names that somebody chose: another one is the same fault.
_NAMES: Final = (
    (re.compile(r"(?<!\d)(?!" + ACCOUNT + r")\d{12}(?!\d)"), "<account>"),
    (re.compile(r"\b(vpce|vpc|pcx|eni|igw|subnet|sg)-0[0-9a-f]+"), r"\1-<id>"),
    (re.compile(r"\bo-[a-z0-9]{10,}"), "o-<organization>"),
    (re.compile(r":(role|user|table)/[\w+=,.@-]+"), r":\1/<name>"),
    (re.compile(r":assumed-role/[\w/-]+"), ":assumed-role/<session>"),
)
_TOLD: Final = frozenset({"Sid", "Description", "GroupDescription", "PolicyName", "Tags"})


def signature(before: Templates, after: Templates) -> frozenset[str]:
    """Return what a mutant changes, without the names that it chose.

    Args:
        before: the baseline.
        after: the mutant's templates.
    """
    old = {(stack, id_): node for stack, id_, node in before.places()}
    new = {(stack, id_): node for stack, id_, node in after.places()}
    changes: set[str] = set()
    for place in old.keys() | new.keys():
        one, other = old.get(place), new.get(place)
        if one == other:
            continue
        if one is None or other is None:
            node = other if one is None else one
            assert node is not None
            text = _spell(node.get("Properties")) if one is None else place[1]
            changes.add(f"{node['Type']} {'added' if one is None else 'removed'} {text}")
            continue
        changes |= {f"{one['Type']} {change}" for change in _differences("", one, other)}
    return frozenset(changes)


def outline(changes: frozenset[str]) -> frozenset[str]:
    """Return a signature without values: the properties that change, and how.

    Args:
        changes: a signature.
    """
    return frozenset(change.partition(" = ")[0] for change in changes)


def _differences(path: str, one: Any, other: Any) -> Iterator[str]:  # noqa: ANN401 - any JSON
    """Yield each property that differs, with the kind of change and the new value."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted(one.keys() | other.keys(), key=str):
            if key in _TOLD:
                continue
            here = f"{path}.{key}"
            if key not in other:
                yield f"{here} removed"
            elif key not in one:
                yield f"{here} added = {_spell(other[key])}"
            else:
                yield from _differences(here, one[key], other[key])
    elif isinstance(one, list) and isinstance(other, list):
        yield from _list_differences(path, one, other)
    elif one != other:
        yield f"{path} changed = {_spell(other)}"


def _list_differences(path: str, one: list[Any], other: list[Any]) -> Iterator[str]:
    if len(one) == len(other):
        for position, (left, right) in enumerate(zip(one, other, strict=True)):
            yield from _differences(f"{path}[{_label(left, position)}]", left, right)
        return
    for each in one:
        if each not in other:
            yield f"{path}[{_label(each, 0)}] removed = {_spell(each)}"
    for each in other:
        if each not in one:
            yield f"{path}[] added = {_spell(each)}"


def _label(node: object, position: int) -> str:
    return str(node.get("Sid", position)) if isinstance(node, dict) else str(position)


def _spell(value: object) -> str:
    """Spell a value without names that somebody chose."""

    def plain(node: Any) -> Any:  # noqa: ANN401 - any JSON
        if isinstance(node, dict):
            return {k: plain(v) for k, v in sorted(node.items()) if k not in _TOLD}
        if isinstance(node, list):
            return [plain(each) for each in node]
        if not isinstance(node, str):
            return node
        for pattern, name in _NAMES:
            node = pattern.sub(name, node)
        return node

    return json.dumps(plain(value))

"""Lines of nodes in a template's text, found on demand so that decoding stays fast."""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from dataclasses import dataclass, field
from functools import lru_cache
from json.decoder import scanstring  # type: ignore[attr-defined]  # typeshed leaves it out
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ddb_perimeter.inventory.documents import Document

Step = str | int

_POINTER = re.compile(r"\[(\d+)\]|([^.\[\]]+)")
_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()


@lru_cache(maxsize=4096)
def steps(pointer: str) -> tuple[Step, ...]:
    """Split a pointer such as ``Properties.Statement[0].Sid`` into its steps.

    Args:
        pointer: keys separated by dots, list positions in brackets.
    """
    return tuple(int(index) if index else key for index, key in _POINTER.findall(pointer))


@dataclass(slots=True)
class Locator:
    """Answers "which line?" for one document.

    Args:
        document: the decoded file.
    """

    document: Document
    _newlines: list[int] | None = None
    _offsets: dict[tuple[Step, ...], list[tuple[Step, int, int]]] = field(default_factory=dict)
    _lines: dict[tuple[Step, ...], int] | None = None

    def line(self, path: Sequence[Step]) -> int | None:
        """Return the line of the node, or of its nearest ancestor that is there.

        Args:
            path: keys and positions from the root of the document.
        """
        if not self.document.written:
            return None
        if self.document.yaml:
            return self._yaml_line(tuple(path))
        return self._json_line(tuple(path))

    def _yaml_line(self, path: tuple[Step, ...]) -> int | None:
        if self._lines is None:
            from ddb_perimeter.inventory.yaml_events import build  # noqa: PLC0415 - yaml is slow

            self._lines = build(self.document.text, self.document.name, with_lines=True).lines
        for length in range(len(path), -1, -1):
            line = self._lines.get(path[:length])
            if line is not None:
                return line
        return None

    def _json_line(self, path: tuple[Step, ...]) -> int | None:
        text = self.document.text
        position = _skip(text, 1 if text.startswith("\ufeff") else 0)
        where = position
        for depth, step in enumerate(path):
            members = self._members(path[:depth], position)
            found = next((m for m in members if m[0] == step), None)
            if found is None:
                break
            where, position = found[1], found[2]
        if self._newlines is None:
            self._newlines = [match.start() for match in re.finditer("\n", text)]
        return bisect_left(self._newlines, where) + 1

    def _members(self, path: tuple[Step, ...], position: int) -> list[tuple[Step, int, int]]:
        known = self._offsets.get(path)
        if known is None:
            known = list(_members(self.document.text, position))
            self._offsets[path] = known
        return known


def duplicate_line(text: str, key: str) -> int:
    """Return the line of the first key that repeats one of its own object.

    Args:
        text: JSON text that has such a key.
        key: the repeated key.
    """
    seen: list[set[str] | None] = []
    expects_key = False
    for match in re.finditer(r'"((?:[^"\\]|\\.)*)"|[{}\[\],:]', text, re.DOTALL):
        mark = match.group()
        if mark == "{":
            seen.append(set())
            expects_key = True
        elif mark == "[":
            seen.append(None)
            expects_key = False
        elif mark in "}]":
            if seen:
                seen.pop()
            expects_key = False
        elif mark == ",":
            expects_key = bool(seen) and seen[-1] is not None
        elif mark == ":":
            expects_key = False
        elif expects_key and seen and seen[-1] is not None:
            name = str(scanstring(text, match.start() + 1, True)[0])  # noqa: FBT003 - C function
            if name == key and name in seen[-1]:
                return text.count("\n", 0, match.start()) + 1
            seen[-1].add(name)
    return 1


def _skip(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match else position


def _members(text: str, position: int) -> Iterator[tuple[Step, int, int]]:
    """Yield each member of the container at a position: step, where it starts, where its value."""
    opening = text[position : position + 1]
    if opening not in {"{", "["} or not opening:
        return
    index = 0
    cursor = _skip(text, position + 1)
    while cursor < len(text) and text[cursor] not in "}]":
        start = cursor
        step: Step = index
        if opening == "{":
            step, cursor = scanstring(text, cursor + 1, True)  # noqa: FBT003 - C function
            cursor = _skip(text, _skip(text, cursor) + 1)
        yield step, start, cursor
        _, cursor = _DECODER.raw_decode(text, cursor)
        cursor = _skip(text, cursor)
        if text[cursor : cursor + 1] == ",":
            cursor = _skip(text, cursor + 1)
        index += 1

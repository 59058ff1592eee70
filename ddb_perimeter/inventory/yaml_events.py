"""YAML templates built from parser events: short forms, lines, and no room for bombs.

Events are read one by one, so depth, aliases and repeated keys are bounded while reading. Scalars
follow YAML 1.1 as CloudFormation does, except that dates and zero-padded numbers (account ids)
stay text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import yaml

from ddb_perimeter.inventory.documents import MAX_DEPTH, duplicate_key, too_deep
from ddb_perimeter.inventory.errors import InputError

MAX_NODES = 2_000_000

_LOADER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_STANDARD = "tag:yaml.org,2002:"
_TRUE = frozenset({"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"})
_FALSE = frozenset({"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"})
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,30})")
_FLOAT = re.compile(r"[-+]?[0-9]{1,30}\.[0-9]{0,30}(?:[eE][-+]?[0-9]{1,3})?")

Step = str | int


@dataclass(slots=True)
class Built:
    """A YAML document as plain Python, with the line of every node.

    Args:
        content: the document.
        lines: line (from 1) by path, when it was asked for.
    """

    content: object = None
    lines: dict[tuple[Step, ...], int] = field(default_factory=dict)


@dataclass(slots=True)
class _Frame:
    """A container that is being filled."""

    items: dict[str, object] | list[object]
    tag: str | None
    anchor: str | None
    path: tuple[Step, ...]
    size: int = 1
    key: str | None = None
    merges: list[object] = field(default_factory=list)


class _Builder:
    """Turns events into plain Python."""

    def __init__(self, name: str, *, with_lines: bool) -> None:
        self.name = name
        self.with_lines = with_lines
        self.built = Built()
        self.stack: list[_Frame] = []
        self.anchors: dict[str, tuple[object, int]] = {}
        self.nodes = 0
        self.documents = 0

    def feed(self, event: yaml.Event) -> None:
        """Take one event."""
        line: int = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event, line)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            self._open(event, line)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            self._close(line)
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event, line)
        elif isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                raise InputError.at(
                    f"{self.name}:{line}",
                    "more than one YAML document",
                    "put each template into its own file",
                )

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        text: str = event.value
        if self._expects_key():
            self._set_key(text, line, plain=event.implicit[0])
            return
        value: object = text
        if event.implicit[0]:
            value = _plain(text)
        elif event.tag and event.tag.startswith(_STANDARD):
            value = _plain(text) if event.tag != f"{_STANDARD}str" else text
        elif event.tag and event.tag != "!":
            value = _short_form(event.tag, text)
        if event.anchor:
            self.anchors[event.anchor] = (value, 1)
        self._put(value, 1, line)

    def _open(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent, line: int) -> None:
        if self._expects_key():
            raise InputError.at(
                f"{self.name}:{line}", "a key that is no text", "use text as keys in templates"
            )
        if len(self.stack) >= MAX_DEPTH:
            raise too_deep(f"{self.name}:{line}")
        path = self._child_path()
        self._note(path, line)
        tag = event.tag if event.tag and event.tag.startswith("!") and event.tag != "!" else None
        if tag:
            path = (*path, _function_name(tag))
        items: dict[str, object] | list[object] = (
            {} if isinstance(event, yaml.MappingStartEvent) else []
        )
        self.stack.append(_Frame(items, tag, event.anchor, path))

    def _close(self, line: int) -> None:
        frame = self.stack.pop()
        value: object = frame.items
        if frame.merges and isinstance(frame.items, dict):
            value = _merged(frame.items, frame.merges)
        if frame.tag:
            value = _short_form(frame.tag, value)
        if frame.anchor:
            self.anchors[frame.anchor] = (value, frame.size)
        self._put(value, frame.size, line, noted=True)

    def _alias(self, event: yaml.AliasEvent, line: int) -> None:
        if self._expects_key():
            raise InputError.at(
                f"{self.name}:{line}", "an alias as a key", "use text as keys in templates"
            )
        known = self.anchors.get(str(event.anchor))
        if known is None:
            raise InputError.at(
                f"{self.name}:{line}",
                f"alias *{event.anchor} before its anchor, or inside it",
                "define the anchor first",
            )
        self._put(known[0], known[1], line)

    def _expects_key(self) -> bool:
        return (
            bool(self.stack)
            and isinstance(self.stack[-1].items, dict)
            and (self.stack[-1].key is None)
        )

    def _set_key(self, text: str, line: int, *, plain: bool) -> None:
        frame = self.stack[-1]
        if text in frame.items and not (plain and text == "<<"):
            raise duplicate_key(f"{self.name}:{line}", text)
        frame.key = text
        self._note((*frame.path, text), line)

    def _put(self, value: object, size: int, line: int, *, noted: bool = False) -> None:
        if not noted:
            self._note(self._child_path(), line)
        if not self.stack:
            self.built.content = value
            return
        frame = self.stack[-1]
        frame.size += size
        self.nodes = max(self.nodes, frame.size)
        if frame.size > MAX_NODES:
            raise InputError.at(
                f"{self.name}:{line}", "aliases expand beyond all measure", "write the values out"
            )
        if isinstance(frame.items, list):
            frame.items.append(value)
        elif frame.key == "<<":
            frame.merges.append(value)
            frame.key = None
        elif frame.key is not None:
            frame.items[frame.key] = value
            frame.key = None

    def _child_path(self) -> tuple[Step, ...]:
        if not self.stack or not self.with_lines:
            return ()
        frame = self.stack[-1]
        step = len(frame.items) if isinstance(frame.items, list) else frame.key
        return frame.path if step is None else (*frame.path, step)

    def _note(self, path: tuple[Step, ...], line: int) -> None:
        if self.with_lines:
            self.built.lines.setdefault(path, line)


def build(text: str, name: str, *, with_lines: bool = False) -> Built:
    """Build a YAML document as plain Python.

    Args:
        text: the YAML.
        name: how messages call the file.
        with_lines: also keep the line of every node.

    Raises:
        InputError: it is malformed, repeats a key, or is a bomb.
    """
    builder = _Builder(name, with_lines=with_lines)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.feed(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{name}:{mark.line + 1}" if mark else name
        problem = error.problem or error.context or "syntax"
        raise InputError.at(where, f"malformed YAML ({problem})", "fix the syntax") from error
    except (yaml.YAMLError, ValueError, UnicodeError) as error:
        raise InputError.at(name, f"malformed YAML ({error})", "fix the character") from error
    except RecursionError:
        raise too_deep(name) from None
    return builder.built


def _plain(text: str) -> object:
    """Return what a scalar without quotes and tag means."""
    if text in _NULL:
        return None
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text


def _function_name(tag: str) -> str:
    """Return the long name of a short form: ``!Sub`` is ``Fn::Sub``."""
    name = tag[1:]
    return name if name in {"Ref", "Condition"} else f"Fn::{name}"


def _short_form(tag: str, value: object) -> dict[str, object]:
    """Return the long form of a tagged node."""
    name = _function_name(tag)
    if name == "Fn::GetAtt" and isinstance(value, str):
        resource, _, attribute = value.partition(".")
        return {name: [resource, attribute]}
    return {name: value}


def _merged(own: dict[str, object], merges: list[object]) -> dict[str, object]:
    """Return a mapping with what ``<<`` merges into it; its own keys win."""
    result: dict[str, object] = {}
    for merge in merges:
        for source in merge if isinstance(merge, list) else [merge]:
            if isinstance(source, dict):
                result = {**source, **result}
    return {**result, **own}

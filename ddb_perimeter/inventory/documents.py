"""Files decoded into plain Python: JSON at the speed of `json.loads`, YAML with short forms."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ddb_perimeter.inventory.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MAX_BYTES = 16 * 1024 * 1024
MAX_DEPTH = 100

_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")


@dataclass(frozen=True, slots=True)
class Document:
    """One decoded file, with its text kept for line numbers.

    Args:
        name: file name relative to the path that was given.
        text: the text as read.
        yaml: whether it is YAML rather than JSON.
        content: what it says, as plain Python.
        written: whether anybody has the text, so that its lines mean something.
    """

    name: str
    text: str
    yaml: bool
    content: object
    written: bool = True


def read_text(path: Path, name: str) -> str:
    """Read a file as UTF-8, within the size limit.

    Args:
        path: file to read.
        name: how messages call it.

    Raises:
        InputError: it cannot be read, is too large, or is not UTF-8.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError.at(
                name,
                f"larger than {MAX_BYTES // 2**20} MiB",
                "CloudFormation takes 1 MB at most, so give the template itself",
            )
        data = path.read_bytes()
    except OSError as error:
        raise InputError.at(
            name, f"cannot be read ({error.strerror})", "check the path and its permissions"
        ) from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError.at(
            f"{name}:{line}", "not valid UTF-8", "save the template as UTF-8"
        ) from error


def decode(text: str, name: str, *, yaml: bool) -> Document:
    """Decode a template's text.

    Args:
        text: the text.
        name: how messages call the file.
        yaml: read it as YAML; otherwise as JSON.

    Raises:
        InputError: it is malformed, repeats a key, or nests too deeply.
    """
    if yaml and not text.lstrip().startswith("{"):
        from ddb_perimeter.inventory.yaml_events import build  # noqa: PLC0415 - yaml costs 50 ms

        return Document(name, text, yaml=True, content=build(text, name).content)
    content = _decode_json(text, name, lenient=yaml)
    if content is _NOT_JSON:
        from ddb_perimeter.inventory.yaml_events import build  # noqa: PLC0415 - as above

        return Document(name, text, yaml=True, content=build(text, name).content)
    if _deeper_than(content, MAX_DEPTH):
        raise too_deep(name)
    return Document(name, text, yaml=False, content=content)


def encode(content: Mapping[str, object], name: str) -> Document:
    """Turn a template that is in memory into a document, held to the rules of a file.

    Args:
        content: the template, as plain Python.
        name: how messages call it.

    Raises:
        InputError: it holds what JSON cannot say, or nests too deeply.
    """
    try:
        text = json.dumps(content)
    except (TypeError, ValueError, RecursionError) as error:
        raise InputError.at(
            name, f"no template ({error})", "give plain dicts, lists, strings and numbers"
        ) from error
    return replace(decode(text, name, yaml=False), written=False)


def too_deep(where: str) -> InputError:
    """Say that a file nests too deeply.

    Args:
        where: the file, with its line where that is known.
    """
    return InputError.at(
        where, f"nested more than {MAX_DEPTH} levels deep", "no template needs that; check the file"
    )


def duplicate_key(where: str, key: str) -> InputError:
    """Say that an object has the same key twice, so that one of the values would be lost.

    Args:
        where: the file and line.
        key: the repeated key.
    """
    return InputError.at(
        where, f"duplicate key {key[:80]!r}", "keep one: tools disagree on which of them counts"
    )


class _DuplicateKeyError(Exception):
    """Carries the repeated key out of the decoder."""


_NOT_JSON = object()


def _decode_json(text: str, name: str, *, lenient: bool) -> object:
    """Decode JSON; of a lenient file that is no JSON, return `_NOT_JSON`."""
    try:
        content: object = json.loads(
            text, object_pairs_hook=_unique_object, parse_constant=_refuse_constant
        )
    except _DuplicateKeyError as error:
        from ddb_perimeter.inventory.locations import duplicate_line  # noqa: PLC0415 - error path

        key = str(error)
        raise duplicate_key(f"{name}:{duplicate_line(text, key)}", key) from None
    except RecursionError:
        raise too_deep(name) from None
    except json.JSONDecodeError as error:
        if lenient:
            return _NOT_JSON
        raise InputError.at(
            f"{name}:{error.lineno}",
            f"malformed JSON ({error.msg})",
            "fix the syntax, or name the file .yaml if it is YAML",
        ) from error
    except ValueError as error:
        raise InputError.at(name, f"malformed JSON ({error})", "fix the number") from error
    if _SURROGATE_ESCAPE.search(text):
        try:
            json.dumps(content, ensure_ascii=False).encode("utf-8")
        except (UnicodeEncodeError, RecursionError):
            raise InputError.at(
                name, "holds half of a surrogate pair (\\ud800 to \\udfff)", "fix the escape"
            ) from None
    return content


def _unique_object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Build an object, refusing a key that comes twice."""
    result = dict(pairs)
    if len(result) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise _DuplicateKeyError(key)
            seen.add(key)
    return result


def _refuse_constant(constant: str) -> object:
    """Refuse NaN and Infinity, which are no JSON."""
    raise ValueError(f"{constant} is no JSON number")


def _deeper_than(root: object, limit: int) -> bool:
    """Return whether containers nest deeper than the limit, one level at a time."""
    level = [root]
    for _ in range(limit + 1):
        below: list[object] = []
        for node in level:
            if isinstance(node, dict):
                below.extend([v for v in node.values() if isinstance(v, dict | list)])
            elif isinstance(node, list):
                below.extend([v for v in node if isinstance(v, dict | list)])
        if not below:
            return False
        level = below
    return True

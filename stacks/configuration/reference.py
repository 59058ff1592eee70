"""`python -m stacks.configuration.reference`: every key of `baseline.toml`, for readers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stacks.configuration.schema import configuration_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

REFERENCE_FILE = Path(__file__).parents[2] / "docs" / "configuration.md"

_HEADER = """\
<!-- Generated from stacks/configuration by `make docs`. Do not edit. -->

# `baseline.toml`

Every key, with its type, its default and what it means. A key without a default and not
marked *required* may be left out. Unknown keys and wrong values are refused in one line that
names the file, the key, the value and the remedy. `make synth CONFIG=PATH` and
`cdk synth -c config=PATH` take another file.
"""
_TYPES = {"integer": "integer", "boolean": "boolean", "string": "string", "object": "table"}


def reference_text() -> str:
    """Return the document: a table for each section of the file."""
    schema = configuration_schema()
    return _HEADER + "".join(_sections("", "Top level", schema, schema["$defs"]))


def _sections(
    path: str, heading: str, section: dict[str, Any], definitions: dict[str, Any]
) -> Iterator[str]:
    """Write a section and, below it, the sections that it contains."""
    yield f"\n## {heading}\n\n{section['description']}\n\n"
    yield "| Key | Type | Default | Meaning |\n| --- | --- | --- | --- |\n"
    inner = []
    for key, described in section["properties"].items():
        required = key in section.get("required", ())
        yield _row(key, described, definitions, required=required)
        many = described.get("type") == "array"
        part = _definition(described["items"] if many else described, definitions)
        if "properties" in part:
            name = f"{path}.{key}".removeprefix(".")
            inner.append((name, f"`[[{name}]]`" if many else f"`[{name}]`", part))
    for name, title, part in inner:
        yield from _sections(name, title, part, definitions)


def _row(
    key: str, described: dict[str, Any], definitions: dict[str, Any], *, required: bool
) -> str:
    default = "*required*" if required else ""
    if "default" in described:
        default = f"`{_toml(described['default'])}`"
    cells = (f"`{key}`", _type(described, definitions), default, described["description"])
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def _definition(described: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    name = described.get("$ref", "").removeprefix("#/$defs/")
    found: dict[str, Any] = definitions[name] if name else described
    return found


def _type(described: dict[str, Any], definitions: dict[str, Any]) -> str:
    if described.get("type") == "array":
        inner = _type(described["items"], definitions)
        return f"list of {inner}{'' if inner.endswith('`') else 's'}"
    definition = _definition(described, definitions)
    if "enum" in definition:
        return " or ".join(f'`"{value}"`' for value in definition["enum"])
    if definition.get("format") == "date":
        return "date"
    return _TYPES[definition["type"]]


def _toml(value: Any) -> str:  # noqa: ANN401 - any JSON value
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_toml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value)


if __name__ == "__main__":
    REFERENCE_FILE.parent.mkdir(exist_ok=True)
    REFERENCE_FILE.write_text(reference_text(), encoding="utf-8")

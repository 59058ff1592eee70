"""Reading templates in tests: resources by type, and intrinsic functions as readable text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from stacks.configuration import Configuration

Json: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Assembly:
    """What one synth wrote, and what the checks said about it."""

    configuration: Configuration
    folder: Path
    exit_code: int
    templates: Mapping[str, Json]


def plain(value: Any) -> Any:  # noqa: ANN401, PLR0911 - any part of a template, by its shape
    """Spell intrinsic functions as text: `${AWS::Region}`, `${Key.Arn}`, joined strings."""
    match value:
        case {"Ref": name}:
            return f"${{{name}}}"
        case {"Fn::GetAtt": [name, attribute]}:
            return f"${{{name}.{attribute}}}"
        case {"Fn::Join": [separator, parts]}:
            return separator.join(plain(parts))
        case {"Fn::ImportValue": export}:
            return f"${{import {plain(export)}}}"
        case dict():
            return {key: plain(item) for key, item in value.items()}
        case list():
            return [plain(item) for item in value]
    return value


def of_type(template: Json, type_: str) -> dict[str, Json]:
    """Return the resources of one type by logical id, whole and plain."""
    return {
        name: plain(resource)
        for name, resource in template["Resources"].items()
        if resource["Type"] == type_
    }


def only(template: Json, type_: str) -> Json:
    """Return the properties of the only resource of a type."""
    (resource,) = of_type(template, type_).values()
    properties: Json = resource["Properties"]
    return properties


def name_of(template: Json, type_: str) -> str:
    """Return the logical id of the only resource of a type."""
    (name,) = of_type(template, type_)
    return name


def by_sid(policy: Json) -> dict[str, Json]:
    """Return the statements of a policy document by Sid."""
    return {statement["Sid"]: statement for statement in policy["Statement"]}


def policies(value: Any, path: str = "") -> Iterator[tuple[str, Json]]:  # noqa: ANN401
    """Find every policy document inside a template, with where it is."""
    if isinstance(value, dict):
        if "Statement" in value and "Version" in value:
            yield path, value
        for key, item in value.items():
            yield from policies(item, f"{path}.{key}".removeprefix("."))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from policies(item, f"{path}[{number}]")

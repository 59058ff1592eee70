"""TOML from plain values, for tests that make configurations; the library only reads TOML."""

from __future__ import annotations

import datetime as dt
import json
import math
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

TomlValue: TypeAlias = (
    "str | int | float | bool | dt.date | dt.datetime | list[TomlValue] | dict[str, TomlValue]"
)


def toml_text(document: Mapping[str, TomlValue]) -> str:
    """Write a document with inline tables, so that every nesting has one spelling."""
    return "".join(f"{_key(key)} = {_value(value)}\n" for key, value in document.items())


def _key(key: str) -> str:
    # JSON escapes what TOML escapes, but for DEL, which TOML does not take bare.
    return json.dumps(key, ensure_ascii=False).replace("\x7f", "\\u007f")


def _value(value: TomlValue) -> str:
    if isinstance(value, (bool, str)):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, float):
        return _float(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_key(key)} = {_value(item)}' for key, item in value.items())}}}"
    return str(value)


def _float(value: float) -> str:
    if math.isnan(value):
        return "nan"
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    return repr(value) if "." in repr(value) else repr(value).replace("e", ".0e")

"""Reading `baseline.toml`, and telling a mistake in it in one line."""

from __future__ import annotations

import difflib
import json
import tomllib
import typing
from typing import TYPE_CHECKING, Any

import pydantic

from stacks.configuration.base import Mistake, Settings
from stacks.configuration.document import Configuration

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from pydantic_core import ErrorDetails

# What pydantic says of Python, said of TOML.
_IN_TOML_WORDS = {
    "dict_type": "input should be a table",
    "model_type": "input should be a table",
    "too_short": "too few entries",
    "too_long": "too many entries",
    "tuple_type": "input should be a list",
}


class ConfigurationError(Exception):
    """The configuration cannot be used; its text has a line for each mistake."""


def load_configuration(path: Path, *, today: dt.date) -> Configuration:
    """Read and check a configuration file.

    Args:
        path: the TOML file.
        today: the date that exemptions are held against.

    Raises:
        ConfigurationError: it cannot be read, or something in it is wrong.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigurationError(
            f"{path}: no such file; name another one with -c config=PATH"
        ) from error
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        # Bad UTF-8, bad TOML, and what Python's parser refuses: endless numbers, deep nesting.
        raise ConfigurationError(f"{path}: not a TOML file: {error}") from error
    try:
        return Configuration.model_validate(data, context={"today": today})
    except pydantic.ValidationError as error:
        sentences = map(_sentence, _made_by_user(error.errors(include_url=False)))
        # A key or an attribute's name may hold line breaks.
        mistakes = [r"\n".join(sentence.splitlines()) for sentence in sentences]
        raise ConfigurationError("\n".join(f"{path}: {text}" for text in mistakes)) from error


def _made_by_user(errors: list[ErrorDetails]) -> list[ErrorDetails]:
    """Leave out that a list is too short when it is so only for its mistaken entries."""
    return [
        error
        for error in errors
        if not (
            error["type"] == "too_short"
            and any(
                other is not error and other["loc"][: len(error["loc"])] == error["loc"]
                for other in errors
            )
        )
    ]


def _sentence(error: ErrorDetails) -> str:
    """Tell key, value, problem and remedy of one mistake."""
    location = error["loc"]
    cause = error.get("ctx", {}).get("error")
    if isinstance(cause, Mistake):
        key = ".".join(part for part in (_dotted(location), cause.key) if part)
        value = error["input"] if cause.value is None else cause.value
        return f"{key} = {_shown(value)}: {cause.problem}; {cause.remedy}"
    if error["type"] == "missing":
        return f"{_dotted(location)}: missing; add it: {_expectation(location)}"
    if error["type"] == "extra_forbidden":
        return f"{_dotted(location)} = {_shown(error['input'])}: unknown key; {_near(location)}"
    problem = _IN_TOML_WORDS.get(error["type"], error["msg"][0].lower() + error["msg"][1:])
    shown = _shown(error["input"])
    return f"{_dotted(location)} = {shown}: {problem}; expected: {_expectation(location)}"


def _dotted(location: tuple[int | str, ...]) -> str:
    """Spell a location as TOML's users do: `regions[1].cidr`."""
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.removeprefix(".")


def _shown(value: Any) -> str:  # noqa: ANN401 - any TOML value can be wrong
    try:
        return json.dumps(value, default=str)
    except ValueError:
        # TOML takes hexadecimal numbers of any length; Python does not print them.
        return "(a number of thousands of digits)"


def _settings_in(annotation: Any) -> type[Settings] | None:  # noqa: ANN401 - walks type hints
    """Find the settings class inside a field's type, however it is wrapped."""
    if isinstance(annotation, type):
        return annotation if issubclass(annotation, Settings) else None
    return next(filter(None, map(_settings_in, typing.get_args(annotation))), None)


def _owner(location: tuple[int | str, ...]) -> type[Settings]:
    """Return the settings class that a location's last key belongs to."""
    owner: type[Settings] = Configuration
    for part in location[:-1]:
        field = owner.model_fields.get(str(part))
        inner = _settings_in(field.annotation) if field else None
        owner = inner or owner
    return owner


def _expectation(location: tuple[int | str, ...]) -> str:
    """Return what the schema says about the closest named key."""
    names = [part for part in location if isinstance(part, str)]
    for length in range(len(names), 0, -1):
        field = _owner(tuple(names[:length])).model_fields.get(names[length - 1])
        if field is not None and field.description:
            return field.description
    return "see docs/baseline.schema.json"


def _near(location: tuple[int | str, ...]) -> str:
    known = sorted(_owner(location).model_fields)
    close = difflib.get_close_matches(str(location[-1]), known, n=1)
    if close:
        return f"did you mean {close[0]}?"
    return f"remove it; known here: {', '.join(known)}"

"""Parameters: what a template declares of them, and which values they may take."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ddb_perimeter.inventory.errors import InputError
from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ddb_perimeter.inventory.template import Stack


@dataclass(frozen=True, slots=True)
class Other(Unknown):
    """A value that is none of those that the conditions name.

    Args:
        excluded: the values that it is not.
    """

    excluded: frozenset[str] = frozenset()


def override(stack: Stack, name: str, overrides: Mapping[str, str]) -> str | None:
    """Return what ``--parameter`` says of a parameter, the most specific first.

    Args:
        stack: the stack that declares it.
        name: its name.
        overrides: values by ``Name`` or ``Stack:Name``.
    """
    specific = overrides.get(f"{stack.name}:{name}", overrides.get(f"{stack.label}:{name}"))
    return overrides.get(name) if specific is None else specific


def declared_value(
    stack: Stack, name: str, overrides: Mapping[str, str], chosen: str | Other | None
) -> object:
    """Return a parameter's value: what was given, else what was chosen, else its default.

    Args:
        stack: the stack that declares it.
        name: its name.
        overrides: values of ``--parameter``.
        chosen: what a world chose for it, or None.
    """
    spelled = f"${{{name}}}"
    declaration = stack.template.parameters[name]
    type_ = str(declaration.get("Type", "String"))
    given = override(stack, name, overrides)
    if given is not None:
        return _typed(given, type_)
    if chosen is not None:
        return chosen if isinstance(chosen, Other) else _typed(chosen, type_)
    if type_.startswith("AWS::SSM::Parameter::Value"):
        return Unknown(spelled, f"parameter {name} is read from Parameter Store at deployment")
    default = _text(declaration.get("Default"))
    allowed = allowed_values(stack, name)
    if default is None and len(allowed) == 1:
        default = allowed[0]
    if default is None:
        why = f"parameter {name} has no default and no --parameter gives it a value"
        return Unknown(spelled, why)
    if "{{resolve:" in default:
        return Unknown(spelled, f"the default of parameter {name} is read at deployment")
    return _typed(default, type_)


def allowed_values(stack: Stack, name: str) -> list[str]:
    """Return the values that a parameter is limited to; empty if it is not.

    Args:
        stack: the stack that declares it.
        name: its name.
    """
    allowed = stack.template.parameters[name].get("AllowedValues")
    texts = [_text(value) for value in allowed] if isinstance(allowed, list) else []
    return list(dict.fromkeys(text for text in texts if text is not None))


def open_values(stack: Stack, name: str, named: list[str]) -> list[str | Other]:
    """Return the values that tell apart what conditions say of a parameter, the default first.

    Args:
        stack: the stack that declares it.
        name: its name.
        named: values that conditions compare it with.
    """
    declaration = stack.template.parameters[name]
    default = _text(declaration.get("Default"))
    first = [] if default is None else [default]
    allowed = allowed_values(stack, name)
    if allowed:
        return list(dict.fromkeys([*(v for v in first if v in allowed), *allowed]))
    possible = [value for value in named if value or not _refuses_empty(declaration)]
    values: list[str | Other] = list(dict.fromkeys([*first, *possible]))
    excluded = frozenset([*first, *named])
    told = ", ".join(repr(value) for value in sorted(excluded))
    why = f"parameter {name} may be anything but {told}" if told else f"{name} may be anything"
    return [*values, Other(f"${{{name}}}", why, excluded)]


def passed_parameter(stack: Stack, name: str) -> tuple[object] | None:
    """Return what the parent passes to a nested stack's parameter, or None.

    Args:
        stack: the nested stack.
        name: the parameter's name.
    """
    if stack.parent is None:
        return None
    body = stack.parent.template.resources[stack.parent_id]
    properties = body.get("Properties")
    passed = properties.get("Parameters") if isinstance(properties, dict) else None
    return (passed[name],) if isinstance(passed, dict) and name in passed else None


def check_overrides(overrides: Mapping[str, str], names: frozenset[str]) -> None:
    """Refuse a ``--parameter`` that no template declares: most likely it is misspelled.

    Args:
        overrides: what was given.
        names: every name that may be given, plain and as ``Stack:Name``.

    Raises:
        InputError: a name that nothing declares.
    """
    for name in overrides:
        if name not in names and name not in {"AWS::Region", "AWS::AccountId"}:
            raise InputError.at(
                f"--parameter {name[:80]}", "no template declares it", "check its spelling"
            )


def _refuses_empty(declaration: Mapping[str, object]) -> bool:
    """Return whether the empty string is no allowed value."""
    if _text(declaration.get("MinLength")) not in {None, "0"}:
        return True
    pattern = declaration.get("AllowedPattern")
    try:
        return isinstance(pattern, str) and re.fullmatch(pattern, "") is None
    except (re.error, RecursionError, OverflowError):
        return False


def _text(value: object) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else None


def _typed(text: str, type_: str) -> object:
    if type_ == "CommaDelimitedList" or "List<" in type_:
        return [item.strip() for item in text.split(",")]
    return text

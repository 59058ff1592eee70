"""Compares a promised value with a found one by what it means.

Lists of ids have no order, policies neither have an order of statements nor of values, one value is
a list of one, and ``true`` is ``"true"``. What cannot be read is `unknown`, never equal.
"""

from __future__ import annotations

import enum
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddb_perimeter.drift.binding import Binding

_LONGEST: Final = 120
_CURRENT: Final = "2012-10-17"
_OLD: Final = "2008-10-17"


class How(enum.Enum):
    """How a property is compared."""

    VALUE = "as it is"
    SET = "without order"
    SUBSET = "only what is promised"
    POLICY = "as a policy"


def unreadable(value: object) -> Unknown | None:
    """Return what is unknown in a value, or None.

    Args:
        value: a resolved value.
    """
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, Unknown):
            return each
        if isinstance(each, Mapping):
            waiting.extend(each.values())
        elif isinstance(each, list | tuple | set | frozenset):
            waiting.extend(each)
    return None


def differences(
    promised: object, found: object, how: How, binding: Binding
) -> Iterator[tuple[str, str]]:
    """Yield what differs: the Sid of a statement or an empty string, and a sentence's end.

    Args:
        promised: what the templates say.
        found: what the account says.
        how: how the two are compared.
        binding: what placeholders stand for; learns on the way.
    """
    if how is How.POLICY:
        yield from _policies(promised, found, binding)
        return
    left, right = plain(promised), plain(found)
    if how is How.SET:
        left, right = (_Bag(x if isinstance(x, list) else [x]) for x in (left, right))
    if how is How.SUBSET:
        right = _narrowed(left, right)
    if not same(left, right, binding):
        yield "", f"is {shown(found)}, promised {shown(_spelled(promised, binding))}"


class _Bag(list[object]):
    """A list whose order means nothing."""


def plain(value: object) -> object:
    """Return a value as text, dicts and lists; JSON in text is read, and what is empty left out.

    Args:
        value: a resolved value.
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, str):
        return _parsed(value) if value[:1] in {"{", "["} else value
    if isinstance(value, Mapping):
        items = {str(key): plain(each) for key, each in value.items()}
        return {key: each for key, each in items.items() if each not in (None, [], {})}
    if isinstance(value, list | tuple | set | frozenset):
        return _Bag(plain(each) for each in value)
    return value


def _parsed(text: str) -> object:
    try:
        return plain(json.loads(text))
    except (ValueError, RecursionError):
        return text


def _narrowed(promised: object, found: object) -> object:
    """Leave of the found values those that are promised: the others are AWS's defaults."""
    if isinstance(promised, dict) and isinstance(found, dict):
        return {
            key: _narrowed(promised[key], value) for key, value in found.items() if key in promised
        }
    if isinstance(promised, list) and isinstance(found, list) and promised:
        likest = [max(promised, key=lambda wanted: _likeness(wanted, each)) for each in found]
        return _Bag(_narrowed(wanted, each) for wanted, each in zip(likest, found, strict=True))
    return found


def _likeness(promised: object, found: object) -> int:
    if not isinstance(promised, dict) or not isinstance(found, dict):
        return 0
    return sum(found.get(key) == value for key, value in promised.items())


def same(promised: object, found: object, binding: Binding) -> bool:
    """Say whether two plain values are the same, and remember what placeholders stand for.

    Args:
        promised: a value of `plain`, of the templates.
        found: the same, of the account.
        binding: what placeholders stand for.
    """
    if isinstance(promised, str) and isinstance(found, str):
        return binding.bind(promised, found)
    if isinstance(promised, dict) and isinstance(found, dict):
        return promised.keys() == found.keys() and all(
            same(value, found[key], binding) for key, value in promised.items()
        )
    if isinstance(promised, list) and isinstance(found, list):
        if len(promised) != len(found):
            return False
        return not any(unmatched(promised, found, binding))
    return promised == found


def unmatched(
    promised: list[object], found: list[object], binding: Binding
) -> tuple[list[object], list[object]]:
    """Return what is only promised and what is only found, whatever the order.

    What is fully spelled goes first, so that a placeholder takes what is left over.

    Args:
        promised: plain values of the templates.
        found: plain values of the account.
        binding: what placeholders stand for.
    """
    rest = list(found)
    missing: list[object] = []
    for each in sorted(promised, key=lambda value: not binding.knows(_key(value))):
        match = next((n for n, other in enumerate(rest) if same(each, other, binding)), None)
        if match is None:
            missing.append(each)
        else:
            del rest[match]
    return missing, rest


def _key(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)


def _policies(promised: object, found: object, binding: Binding) -> Iterator[tuple[str, str]]:
    """Yield the statements that are missing, additional or different."""
    if promised is None or found is None:
        if found is not None:
            yield "", "is there, and none is promised"
        elif promised is not None:
            yield "", "is missing"
        return
    versions = _version(promised), _version(found)
    if versions[0] != versions[1]:
        yield "", f"has Version {versions[1]}, promised {versions[0]}"
    missing, extra = unmatched(_statements(promised), _statements(found), binding)
    for statement in missing:
        sid = _sid(statement)
        namesakes = [each for each in extra if _sid(each) == sid]
        if len(namesakes) != 1:
            yield sid, f"lacks the statement {sid or shown(_spelled(statement, binding))}"
            continue
        extra.remove(namesakes[0])
        parts = "; ".join(_parts(statement, namesakes[0], binding))
        yield sid, f"has another statement{f' {sid}' if sid else ''}: {parts}"
    for statement in extra:
        sid = _sid(statement)
        yield sid, f"has a statement that is not promised: {sid or shown(statement)}"


def _version(document: object) -> str:
    """Return the version of a document; those of several are compared with their statements."""
    return str(document.get("Version", _OLD)) if isinstance(document, Mapping) else ""


def _sid(statement: object) -> str:
    return str(statement.get("Sid", "")) if isinstance(statement, dict) else ""


def _parts(promised: object, found: object, binding: Binding) -> Iterator[str]:
    """Yield the elements in which two statements of the same Sid differ."""
    if not isinstance(promised, dict) or not isinstance(found, dict):
        yield f"it is {shown(found)}"
        return
    for name in dict.fromkeys([*promised, *found]):
        left, right = promised.get(name), found.get(name)
        if not same(left, right, binding):
            yield f"{name} is {shown(right)}, promised {shown(_spelled(left, binding))}"


def _statements(document: object, version: str = _CURRENT) -> list[object]:
    """Return the statements of a document in one spelling."""
    if isinstance(document, list):  # the statements of several documents
        return [each for one in document for each in _statements(one, _version(one))]
    if not isinstance(document, Mapping):
        return [document]
    return [_statement(each, version) for each in _listed(document.get("Statement", []))]


def _statement(raw: object, version: str) -> object:
    if not isinstance(raw, Mapping):
        return raw
    result: dict[str, object] = {} if version == _CURRENT else {"Version": version}
    for name, value in raw.items():
        if name in {"Action", "NotAction"}:
            result[name] = _Bag(dict.fromkeys(str(each).lower() for each in _listed(value)))
        elif name in {"Principal", "NotPrincipal"}:
            result[name] = _principals(value)
        elif name in {"Resource", "NotResource"}:
            result[name] = _texts(value)
        elif name == "Condition":
            result[name] = _conditions(value)
        elif value not in ("", None):
            result[str(name)] = plain(value)
    return {name: value for name, value in result.items() if value not in ({}, None)}


def _principals(value: object) -> object:
    if not isinstance(value, Mapping):
        return plain(value)
    return {
        str(kind): _Bag(dict.fromkeys(map(_account, _texts(each)))) for kind, each in value.items()
    }


def _account(principal: object) -> object:
    """Spell an account as AWS does when it stores a policy."""
    text = str(principal)
    return f"arn:aws:iam::{text}:root" if text.isdigit() else text


def _conditions(value: object) -> object:
    if not isinstance(value, Mapping):
        return plain(value)
    return {
        str(operator): {str(key).lower(): _texts(values) for key, values in keys.items()}
        if isinstance(keys, Mapping)
        else plain(keys)
        for operator, keys in value.items()
    }


def _texts(value: object) -> _Bag:
    return _Bag(dict.fromkeys(str(plain(each)) for each in _listed(value)))


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _spelled(value: object, binding: Binding) -> object:
    """Return a promised value with the ids that the account gave."""
    if isinstance(value, str):
        return binding.spell(value)
    if isinstance(value, Mapping):
        return {key: _spelled(each, binding) for key, each in value.items()}
    if isinstance(value, list):
        return [_spelled(each, binding) for each in value]
    return value


def shown(value: object) -> str:
    """Return a value as a reader sees it, on one line and not too long.

    Args:
        value: a value.
    """
    if value is None:
        return "nothing"
    text = value if isinstance(value, str) else _key(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"

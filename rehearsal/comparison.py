"""What a template promises beside what the account has."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ddb_perimeter.unknown import Unknown

ABSENT: Final = "nothing"
_PLACEHOLDER: Final = re.compile(r"⟦[^⟧]*⟧")
_SILENT: Final[tuple[object, ...]] = (None, False, "", [], {})


@dataclass(frozen=True, slots=True)
class Difference:
    """A property that is not as promised.

    Args:
        path: where it is, with dots; an element of a list is ``[]``.
        promised: what the template says, or `ABSENT`.
        found: what the account says, or `ABSENT`.
    """

    path: str
    promised: object
    found: object


def differences(
    promised: object, found: object, path: str = "", *, exactly: bool = False
) -> list[Difference]:
    """Compare a promised value with the one that an account has.

    An account may tell more than a template says, but neither in a list nor in a statement of a
    policy: nobody promised a further rule, and a further condition takes a Deny back. Lists have
    no order. What a template says by an empty value or by false, an account may say by silence. A
    placeholder stands for any text, since only AWS knows.

    Args:
        promised: a resolved value of a template.
        found: the value that the account has, in CloudFormation's shape.
        path: where both are.
        exactly: whether both are part of a statement.

    Returns:
        Every difference; none when the promise is kept.
    """
    if isinstance(promised, Unknown):
        return [Difference(path, promised, found)]
    if isinstance(promised, Mapping):
        if not isinstance(found, Mapping):
            found = {}
        exactly = exactly or "Effect" in promised
        return [
            difference
            for key in (sorted(promised.keys() | found.keys()) if exactly else promised)
            for difference in _of_key(
                promised.get(key), found.get(key), f"{path}.{key}" if path else key, exactly
            )
        ]
    if isinstance(promised, list) or isinstance(found, list):
        return _of_lists(_as_list(promised), _as_list(found), f"{path}.[]", exactly)
    return [] if _same(promised, found) else [Difference(path, promised, found)]


def _of_key(promised: object, found: object, path: str, exactly: bool) -> list[Difference]:  # noqa: FBT001 - passed on
    if found is None:
        return [] if promised in _SILENT else [Difference(path, promised, ABSENT)]
    if promised is None:
        return [Difference(path, ABSENT, found)]
    return differences(promised, found, path, exactly=exactly)


def _of_lists(
    promised: list[object],
    found: list[object],
    path: str,
    exactly: bool,  # noqa: FBT001 - passed on
) -> list[Difference]:
    """Pair the elements: those that are alike first, then those that differ least."""
    left = list(found)
    unpaired: list[object] = []
    for element in promised:
        alike = next(
            (other for other in left if not differences(element, other, exactly=exactly)), None
        )
        if alike is None:
            unpaired.append(element)
        else:
            left.remove(alike)
    result: list[Difference] = []
    for element in unpaired:
        if not left:
            result.append(Difference(path, element, ABSENT))
            continue
        nearest = min(left, key=lambda other: len(differences(element, other, exactly=exactly)))
        left.remove(nearest)
        result += differences(element, nearest, path, exactly=exactly)
    return result + [Difference(path, ABSENT, other) for other in left]


def _as_list(value: object) -> list[object]:
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def _same(promised: object, found: object) -> bool:
    expected, told = _text(promised), _text(found)
    if not _PLACEHOLDER.search(expected):
        return expected == told
    pattern = "[^:/]+".join(re.escape(part) for part in _PLACEHOLDER.split(expected))
    return re.fullmatch(pattern, told) is not None


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)

"""The condition operators of the policy language, read from their names."""

from __future__ import annotations

import enum
import functools
import re
from dataclasses import dataclass

_SHAPE = re.compile(r"(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?")


class Family(enum.Enum):
    """What an operator compares."""

    __hash__ = object.__hash__  # members are compared by the million: skip Enum's own hash

    STRING = "String"
    NUMERIC = "Numeric"
    DATE = "Date"
    BOOL = "Bool"
    BINARY = "Binary"
    ADDRESS = "IpAddress"
    ARN = "Arn"
    NULL = "Null"


class Comparison(enum.Enum):
    """How an operator compares one value of the request with one of the policy."""

    __hash__ = object.__hash__  # members are compared by the million: skip Enum's own hash

    EQUAL = "Equals"
    EQUAL_ANY_CASE = "EqualsIgnoreCase"
    LIKE = "Like"
    LESS = "LessThan"
    LESS_OR_EQUAL = "LessThanEquals"
    GREATER = "GreaterThan"
    GREATER_OR_EQUAL = "GreaterThanEquals"


class Quantifier(enum.Enum):
    """How many values of a multi-valued key must match."""

    ONE = ""
    ALL = "ForAllValues"
    ANY = "ForAnyValue"


@dataclass(frozen=True, slots=True)
class Operator:
    """One condition operator.

    Args:
        family: what it compares.
        comparison: how; a negated operator carries its positive comparison.
        negated: whether it matches when no value of the policy does.
        if_exists: whether it matches when the key is absent.
        quantifier: `ForAllValues:`, `ForAnyValue:` or neither.
    """

    family: Family
    comparison: Comparison
    negated: bool = False
    if_exists: bool = False
    quantifier: Quantifier = Quantifier.ONE


def _plain() -> dict[str, tuple[Family, Comparison, bool]]:
    """Return every operator without prefix and suffix."""
    both = {"Equals": False, "NotEquals": True}
    table: dict[str, tuple[Family, Comparison, bool]] = {
        "StringEqualsIgnoreCase": (Family.STRING, Comparison.EQUAL_ANY_CASE, False),
        "StringNotEqualsIgnoreCase": (Family.STRING, Comparison.EQUAL_ANY_CASE, True),
        "StringLike": (Family.STRING, Comparison.LIKE, False),
        "StringNotLike": (Family.STRING, Comparison.LIKE, True),
        "ArnLike": (Family.ARN, Comparison.LIKE, False),
        "ArnNotLike": (Family.ARN, Comparison.LIKE, True),
        "ArnEquals": (Family.ARN, Comparison.LIKE, False),  # AWS: the same as ArnLike
        "ArnNotEquals": (Family.ARN, Comparison.LIKE, True),
        "Bool": (Family.BOOL, Comparison.EQUAL, False),
        "BinaryEquals": (Family.BINARY, Comparison.EQUAL, False),
        "IpAddress": (Family.ADDRESS, Comparison.EQUAL, False),
        "NotIpAddress": (Family.ADDRESS, Comparison.EQUAL, True),
        "Null": (Family.NULL, Comparison.EQUAL, False),
    }
    for family in (Family.STRING, Family.NUMERIC, Family.DATE):
        for name, negated in both.items():
            table[family.value + name] = (family, Comparison.EQUAL, negated)
    for family in (Family.NUMERIC, Family.DATE):
        for comparison in (
            Comparison.LESS,
            Comparison.LESS_OR_EQUAL,
            Comparison.GREATER,
            Comparison.GREATER_OR_EQUAL,
        ):
            table[family.value + comparison.value] = (family, comparison, False)
    return table


_PLAIN = _plain()


@functools.lru_cache(maxsize=256)
def read_operator(name: str) -> Operator | None:
    """Return the operator with this name, or None when AWS documents none.

    Args:
        name: as a policy spells it, e.g. ``ForAnyValue:StringNotLikeIfExists``.
    """
    shape = _SHAPE.fullmatch(name)
    if shape is None:
        return None
    prefix, plain, suffix = shape.groups()
    found = _PLAIN.get(plain)
    if found is None or (found[0] is Family.NULL and (prefix or suffix)):
        return None
    family, comparison, negated = found
    return Operator(
        family=family,
        comparison=comparison,
        negated=negated,
        if_exists=suffix is not None,
        quantifier=Quantifier(prefix or ""),
    )

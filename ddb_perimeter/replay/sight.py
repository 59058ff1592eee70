"""Policies as far as a record can tell: what depends on anything else cannot be read.

CloudTrail records neither tags nor organizations nor most service keys. A condition on such a key
must neither match nor fail to match, so it is replaced by one that nobody can read, and the
evaluator answers `unknown` exactly where the answer depends on it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddb_perimeter.policy.document import Condition, Policy, Principals, Statement, Value

_VARIABLE: Final = re.compile(r"\$\{\s*([^\s,'{}]+)")
_WHY: Final = "the record does not tell it"


def as_seen(policy: Policy, known: frozenset[str], *, named: bool) -> Policy:
    """Return a policy in which only what a record tells can be read.

    Args:
        policy: the policy.
        known: the condition keys that the record tells, or tells to be absent, in lower case.
        named: whether it tells the caller's ARN.
    """
    return replace(
        policy, statements=tuple(_statement(each, known, named) for each in policy.statements)
    )


def unseen(statement: Statement, known: frozenset[str]) -> tuple[str, ...]:
    """Return the condition keys of a statement that a record does not tell.

    Args:
        statement: the statement.
        known: as for `as_seen`.
    """
    return tuple(dict.fromkeys(_keys(statement, known)))


def _keys(statement: Statement, known: frozenset[str]) -> Iterator[str]:
    for condition in statement.conditions:
        if condition.name not in known:
            yield condition.key
        for value in condition.values:
            yield from _variables(value, known)
    for value in statement.resources or ():
        yield from _variables(value, known)


def _variables(value: Value, known: frozenset[str]) -> list[str]:
    text = value.text if isinstance(value, Unknown) else value
    return [
        name
        for name in _VARIABLE.findall(text)
        if name.lower() not in known and name not in {"*", "?", "$"}
    ]


def _statement(statement: Statement, known: frozenset[str], named: bool) -> Statement:  # noqa: FBT001 - passed on
    resources = statement.resources
    return replace(
        statement,
        principals=statement.principals if named else _anybody(statement.principals),
        resources=None if resources is None else tuple(_value(each, known) for each in resources),
        conditions=tuple(_condition(each, known) for each in statement.conditions),
    )


def _condition(condition: Condition, known: frozenset[str]) -> Condition:
    if condition.name not in known:
        return replace(condition, readable=False)
    return replace(condition, values=tuple(_value(each, known) for each in condition.values))


def _value(value: Value, known: frozenset[str]) -> Value:
    return Unknown(str(value), _WHY) if _variables(value, known) else value


def _anybody(principals: Principals | None) -> Principals | None:
    """Leave of the principals only accounts: which of its callers asks is not told."""
    if principals is None:
        return None
    named = tuple(
        (kind, value if _whole_account(kind, value) else Unknown(str(value), _WHY))
        for kind, value in principals.named
    )
    return replace(principals, named=named)


def _whole_account(kind: str, value: Value) -> bool:
    if kind != "AWS" or isinstance(value, Unknown):
        return kind != "AWS"
    return value == "*" or value.isdigit() or value.endswith(":root")

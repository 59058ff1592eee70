"""Read policy documents into statements; what cannot be read says so and is never guessed."""

from __future__ import annotations

import enum
import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ddb_perimeter.policy.operators import Family, Operator, read_operator
from ddb_perimeter.policy.patterns import opaque
from ddb_perimeter.policy.spelling import of_statements
from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ddb_perimeter.policy.spelling import Spelling

Value = str | Unknown

MAX_STATEMENTS: Final = 500
MAX_VALUES: Final = 5_000  # a table policy of 20 KB holds far fewer
_CURRENT_VERSION: Final = "2012-10-17"
_VERSIONS: Final = frozenset({_CURRENT_VERSION, "2008-10-17"})
_ELEMENTS: Final = frozenset(
    {
        "Sid",
        "Effect",
        "Principal",
        "NotPrincipal",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
    }
)
_PRINCIPAL_KINDS: Final = frozenset({"AWS", "Service", "Federated", "CanonicalUser"})


class Effect(enum.Enum):
    """What a statement does to the requests that it matches."""

    ALLOW = "Allow"
    DENY = "Deny"


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition key under one operator.

    Args:
        operator: how it compares; None when AWS documents no such operator.
        spelled: the operator as the policy spells it.
        key: the condition key as the policy spells it.
        values: what it compares with.
        readable: whether every value has a type that AWS accepts.
    """

    operator: Operator | None
    spelled: str
    key: str
    values: tuple[Value, ...]
    readable: bool = True

    @property
    def name(self) -> str:
        """Return the key for comparisons: AWS ignores its letter case."""
        return self.key.lower()


@dataclass(frozen=True, slots=True)
class Principals:
    """The principals that a statement names.

    Args:
        everyone: whether it is the plain star, which includes AWS services.
        named: pairs of kind (`AWS`, `Service`, `Federated`, `CanonicalUser`) and value.
        inverted: whether it is `NotPrincipal`.
    """

    everyone: bool = False
    named: tuple[tuple[str, Value], ...] = ()
    inverted: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement.

    Args:
        index: place in the document, from 0.
        sid: its Sid, or empty.
        effect: None when it cannot be read: then it may be either.
        principals: whom it names; None where the document has no such element.
        actions: its actions, or those that `NotAction` leaves out.
        not_actions: whether it says `NotAction`.
        resources: its resources; None where there is no such element (trust policies).
        not_resources: whether it says `NotResource`.
        conditions: all of them must match.
        variables: whether `${…}` means anything (Version 2012-10-17); None: not known.
        problem: why the statement as a whole cannot be read, or empty.
    """

    index: int
    sid: str = ""
    effect: Effect | None = None
    principals: Principals | None = None
    actions: tuple[Value, ...] = ()
    not_actions: bool = False
    resources: tuple[Value, ...] | None = None
    not_resources: bool = False
    conditions: tuple[Condition, ...] = ()
    variables: bool | None = True
    problem: str = ""

    @property
    def label(self) -> str:
        """Return the Sid, or the place in the document."""
        return self.sid or f"Statement[{self.index}]"

    @property
    def unknowns(self) -> tuple[Unknown, ...]:
        """Return the values of the statement that nobody can tell."""
        named = self.principals.named if self.principals else ()
        values = (
            *(value for _, value in named),
            *self.actions,
            *(self.resources or ()),
            *(value for condition in self.conditions for value in condition.values),
        )
        return tuple(dict.fromkeys(value for value in values if isinstance(value, Unknown)))

    def has_effect(self, effect: Effect) -> bool:
        """Say whether the statement has, or may have, this effect."""
        return self.effect is None or self.effect is effect


@dataclass(frozen=True)
class Policy:
    """A policy document.

    Args:
        statements: in the order of the document.
        name: how a report calls it, e.g. ``table policy``.
    """

    statements: tuple[Statement, ...]
    name: str = "policy"

    @functools.cached_property
    def spelling(self) -> Spelling:
        """Return what the statements fix, and which of their words only name something."""
        return of_statements(self.statements)

    @functools.cached_property
    def parts(self) -> dict[frozenset[str], Policy]:
        """Return the parts that were taken out so far, by the actions that they are about."""
        return {}

    @property
    def problems(self) -> tuple[tuple[str, str], ...]:
        """Return the label and problem of every statement that cannot be read."""
        return tuple((each.label, each.problem) for each in self.statements if each.problem)

    def with_effect(self, effect: Effect) -> Iterator[Statement]:
        """Yield the statements that have, or may have, this effect."""
        return (each for each in self.statements if each.has_effect(effect))

    @classmethod
    def read(cls, document: object, name: str = "policy") -> Policy:
        """Read a document as the inventory delivers it; never fails.

        Args:
            document: the tree of dicts, lists and strings, with `Unknown` anywhere.
            name: how a report calls it.
        """
        if isinstance(document, Unknown):
            return cls.unreadable(f"{document.text}: {document.why}", name)
        if not isinstance(document, dict):
            return cls.unreadable("the document is no object", name)
        version = document.get("Version", "2008-10-17")
        raw = document.get("Statement")
        statements = raw if isinstance(raw, list) else [raw]
        if raw is None or len(statements) > MAX_STATEMENTS:
            why = "it has no Statement" if raw is None else "it has too many statements"
            return cls.unreadable(why, name)
        if _count(statements, MAX_VALUES) > MAX_VALUES:
            return cls.unreadable("it has more values than AWS accepts", name)
        known = isinstance(version, str) and version in _VERSIONS
        variables = version == _CURRENT_VERSION if known else None
        return cls(tuple(_statement(i, each, variables) for i, each in enumerate(statements)), name)

    @classmethod
    def unreadable(cls, why: str, name: str = "policy") -> Policy:
        """Return a policy that may say anything.

        Args:
            why: why it cannot be read.
            name: how a report calls it.
        """
        return cls((Statement(index=0, sid=name, problem=why),), name)

    @classmethod
    def full_access(cls, name: str = "full access") -> Policy:
        """Return the policy that allows everything, as AWS attaches where none is given.

        Args:
            name: how a report calls it.
        """
        return cls(
            (
                Statement(
                    index=0,
                    sid="FullAccess",
                    effect=Effect.ALLOW,
                    principals=Principals(everyone=True),
                    actions=("*",),
                    resources=("*",),
                ),
            ),
            name,
        )


def _count(tree: object, limit: int) -> int:
    """Count the leaves of a tree, giving up beyond a limit; loops instead of recursion."""
    total = 0
    waiting = [tree]
    while waiting and total <= limit:
        each = waiting.pop()
        total += 1
        if isinstance(each, dict):
            waiting.extend(each.values())
        elif isinstance(each, list):
            waiting.extend(each)
    return total


def _statement(index: int, raw: object, variables: bool | None) -> Statement:  # noqa: FBT001
    """Read one statement."""
    if isinstance(raw, Unknown):
        return Statement(index=index, problem=f"{raw.text}: {raw.why}")
    if not isinstance(raw, dict):
        return Statement(index=index, problem="the statement is no object")
    problems: list[str] = []
    sid = raw.get("Sid")
    effect = _effect(raw.get("Effect"), problems)
    problems += [f"unknown element {key!r}" for key in raw if key not in _ELEMENTS]
    problems += [
        f"both {name} and Not{name}"
        for name in ("Principal", "Action", "Resource")
        if name in raw and f"Not{name}" in raw
    ]
    actions = _strings(raw.get("Action", raw.get("NotAction")), "Action", problems)
    if "Action" not in raw and "NotAction" not in raw:
        problems.append("no Action")
    resources = None
    if "Resource" in raw or "NotResource" in raw:
        resources = _strings(raw.get("Resource", raw.get("NotResource")), "Resource", problems)
    principals = None
    if "Principal" in raw or "NotPrincipal" in raw:
        principals = _principals(
            raw.get("Principal", raw.get("NotPrincipal")), "NotPrincipal" in raw, problems
        )
    if "NotPrincipal" in raw and effect is not Effect.DENY:
        problems.append("NotPrincipal without Deny")
    return Statement(
        index=index,
        sid=sid if isinstance(sid, str) else "",
        effect=effect,
        principals=principals,
        actions=actions,
        not_actions="NotAction" in raw,
        resources=resources,
        not_resources="NotResource" in raw,
        conditions=tuple(_conditions(raw.get("Condition", {}), problems)),
        variables=variables,
        problem="; ".join(problems),
    )


def _effect(raw: object, problems: list[str]) -> Effect | None:
    """Read the Effect, which is case-sensitive."""
    if raw == Effect.ALLOW.value:
        return Effect.ALLOW
    if raw == Effect.DENY.value:
        return Effect.DENY
    problems.append(
        f"Effect {raw.text}: {raw.why}" if isinstance(raw, Unknown) else f"Effect is {raw!r:.40}"
    )
    return None


def _values(raw: object) -> Iterable[object]:
    """Treat one value as a list of one."""
    return raw if isinstance(raw, list) else (raw,)


def _strings(raw: object, element: str, problems: list[str]) -> tuple[Value, ...]:
    """Read one or several strings."""
    values: list[Value] = []
    for each in _values(raw):
        if isinstance(each, str):
            values.append(opaque(each))
        elif isinstance(each, Unknown):
            values.append(each)
        else:
            problems.append(f"{element} holds {type(each).__name__}")
            break
    if not values and not problems:
        problems.append(f"{element} is empty")
    return tuple(values)


def _principals(raw: object, inverted: bool, problems: list[str]) -> Principals | None:  # noqa: FBT001
    """Read Principal or NotPrincipal."""
    if raw == "*":
        return Principals(everyone=True, inverted=inverted)
    if not isinstance(raw, dict) or not raw:
        text = f"{raw.text}: {raw.why}" if isinstance(raw, Unknown) else f"{raw!r:.40}"
        problems.append(f"Principal is {text}")
        return None
    named: list[tuple[str, Value]] = []
    for kind, values in raw.items():
        if kind not in _PRINCIPAL_KINDS:
            problems.append(f"unknown kind of principal {kind!r:.40}")
            return None
        named += [(kind, value) for value in _strings(values, "Principal", problems)]
    return Principals(named=tuple(named), inverted=inverted)


def _conditions(raw: object, problems: list[str]) -> Iterator[Condition]:
    """Read the Condition block."""
    if not isinstance(raw, dict):
        text = f"{raw.text}: {raw.why}" if isinstance(raw, Unknown) else f"{raw!r:.40}"
        problems.append(f"Condition is {text}")
        return
    for spelled, keys in raw.items():
        operator = read_operator(spelled) if isinstance(spelled, str) else None
        if not isinstance(keys, dict):
            problems.append(f"Condition {spelled!r:.40} is no object")
            continue
        for key, values in keys.items():
            if not isinstance(key, str) or not key.isascii():
                problems.append(f"Condition {spelled!r:.40} has no readable key")
                continue
            yield _condition(operator, str(spelled), key, values)


def _condition(operator: Operator | None, spelled: str, key: str, raw: object) -> Condition:
    """Read the values of one condition key."""
    values: list[Value] = []
    readable = operator is not None
    for each in _values(raw):
        if isinstance(each, bool):
            values.append(str(each).lower())
        elif isinstance(each, str):
            values.append(opaque(each))
        elif isinstance(each, Unknown):
            values.append(each)
        elif isinstance(each, int | float) and operator is not None:
            values.append(_number(each))
        else:
            readable = False
    if not values or (operator and operator.family is Family.NULL and len(values) > 1):
        readable = False
    return Condition(operator, spelled, key, tuple(values), readable)


def _number(value: float) -> str:
    """Spell a JSON number as AWS would read it."""
    try:
        return str(int(value)) if value == int(value) else str(value)
    except (OverflowError, ValueError):
        return "not a number"

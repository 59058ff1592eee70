"""Whom the Denies of a policy let through: every exemption is named in reports."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ddb_perimeter.policy.boxes import Budget, a_point, subtract
from ddb_perimeter.policy.composition import Composition
from ddb_perimeter.policy.conditions import Test
from ddb_perimeter.policy.document import Condition, Effect
from ddb_perimeter.policy.keys import CALLER_KEYS, ORIGIN_KEYS
from ddb_perimeter.policy.layers import Layers
from ddb_perimeter.policy.match import Match, TooLargeError, time_limit
from ddb_perimeter.policy.operators import Family
from ddb_perimeter.policy.principals import Document
from ddb_perimeter.policy.proof import MAX_SECONDS, Reference
from ddb_perimeter.policy.space import WHO, Space

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ddb_perimeter.policy.boxes import Box, Region
    from ddb_perimeter.policy.document import Policy
    from ddb_perimeter.policy.regions import Compiled
    from ddb_perimeter.policy.request import Request
    from ddb_perimeter.policy.space import Question
    from ddb_perimeter.policy.world import World
    from ddb_perimeter.unknown import Unknown

MAX_OTHERS: Final = 20


class Reason(enum.Enum):
    """By what somebody is let through."""

    PRINCIPAL = "principal"  # an ARN or pattern of aws:PrincipalArn, or a NotPrincipal
    ACCOUNT = "account"  # an account or organization of the caller
    SERVICE = "AWS service"  # AWS services that call as themselves
    FORWARDED = "forwarded request"  # AWS services that forward a caller's request
    NETWORK = "network"  # an endpoint, VPC or address
    CONDITION = "condition"  # any other condition key
    UNEXPLAINED = "unexplained"  # the Deny does not reach this request at all


_BY_KEY: Final = {
    "aws:principalarn": Reason.PRINCIPAL,
    "aws:userid": Reason.PRINCIPAL,
    "aws:username": Reason.PRINCIPAL,
    "aws:principalaccount": Reason.ACCOUNT,
    "aws:principalorgid": Reason.ACCOUNT,
    "aws:principalorgpaths": Reason.ACCOUNT,
    "aws:sourceaccount": Reason.SERVICE,
    "aws:sourcearn": Reason.SERVICE,
    "aws:sourceorgid": Reason.SERVICE,
    "aws:principalisawsservice": Reason.SERVICE,
    "aws:principalservicename": Reason.SERVICE,
    "aws:principalservicenameslist": Reason.SERVICE,
    "aws:viaawsservice": Reason.FORWARDED,
    "aws:calledvia": Reason.FORWARDED,
    "aws:calledviafirst": Reason.FORWARDED,
    "aws:calledvialast": Reason.FORWARDED,
}
_LISTED, _FLAG, _LEFT_OUT, _OTHER_KEY = range(4)
_Way = tuple[Reason, str, str, int, "Box"]  # by what, key, value, rank, requests


@dataclass(frozen=True, slots=True)
class Escape:
    """One way past the Denies of a policy.

    Args:
        reason: by what.
        key: the condition key that lets through, spelled; empty for NotPrincipal and
            unexplained escapes.
        value: the value of that key that lets through, e.g. an ARN pattern; for unexplained
            escapes the caller.
        statement: the statement that lets through; None for unexplained escapes.
        request: a request that gets past.
        sure: whether it surely gets past; False when that depends on something unreadable.
    """

    reason: Reason
    key: str
    value: str
    statement: Reference | None
    request: Request
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Escapes:
    """Every way past the Denies of a policy.

    Args:
        found: the ways, in the order of the document.
        problem: why they could not all be found, or empty.
    """

    found: tuple[Escape, ...] = ()
    problem: str = ""


def escapes(
    world: World, question: Question, policy: Policy, document: Document = Document.RESOURCE
) -> Escapes:
    """List whom the Denies of a policy let through among the requests of a question.

    Args:
        world: our account.
        question: which requests, e.g. everybody's from outside.
        policy: the policy.
        document: what it is attached to.
    """
    try:
        with time_limit(MAX_SECONDS):
            return Escapes(tuple(_Search(world, question, policy, document).run()))
    except (TooLargeError, ValueError) as problem:
        return Escapes(problem=str(problem))


class _Search:
    """One search for escapes."""

    def __init__(
        self, world: World, question: Question, policy: Policy, document: Document
    ) -> None:
        self.space = Space(world, question, (policy,))
        self.budget = Budget()
        layers = Layers(resource=policy, document=document)
        self.composition = Composition(self.space, layers, self.budget)
        denied = self.composition.denied()
        asked = self.space.asked()
        self.sure = subtract(asked, denied.maybe, self.budget)
        self.left = subtract(asked, denied.surely, self.budget)
        self.policy = policy

    def run(self) -> Iterator[Escape]:
        """Yield each escape once, explained ones first."""
        explained: list[Box] = []
        seen: set[tuple[Reason, str, str]] = set()
        ways = [
            (compiled, *way)
            for compiled, _ in self.composition.denies
            for way in self._exempting(compiled)
        ]
        # A listed value is an exemption. What a condition merely leaves out is one only where no
        # listed value and no service flag explains it: most only say what they are about.
        ways.sort(key=lambda way: way[4])
        for compiled, reason, key, value, rank, box in ways:
            cut = tuple(explained) if rank > _LISTED else ()
            escape = self._escape((reason, key, value), box, cut, compiled)
            if escape is None:
                continue
            explained.append(box)
            if (reason, key.lower(), value) not in seen:
                seen.add((reason, key.lower(), value))
                yield escape
        yield from self._unexplained(tuple(explained))

    def _unexplained(self, explained: Region) -> Iterator[Escape]:
        """Yield a request of each caller that gets past without any listed value."""
        sure = subtract(self.sure, explained, self.budget)
        rest = subtract(self.left, explained, self.budget)
        for _ in range(MAX_OTHERS):
            point = a_point(rest)
            if point is None:
                return
            request = self.space.request(point)
            same = (1 << point[WHO], *self.space.full[1:])
            certain = bool(_inside(sure, same))
            yield Escape(Reason.UNEXPLAINED, "", str(request.caller), None, request, sure=certain)
            rest = subtract(rest, (same,), self.budget)

    def _escape(
        self, way: tuple[Reason, str, str], box: Box, cut: Region, compiled: Compiled
    ) -> Escape | None:
        """Return the escape through one value, when some request really gets past."""
        for region, sure in ((self.sure, True), (self.left, False)):
            point = a_point(subtract(_inside(region, box), cut, self.budget))
            if point is not None:
                statement = Reference.to(self.policy.name, compiled.statement)
                return Escape(*way, statement, self.space.request(point), sure=sure)
        return None

    def _exempting(self, compiled: Compiled) -> Iterator[_Way]:
        """Yield the values by which a Deny lets through, each with the requests that have it."""
        statement = compiled.statement
        if statement.effect is not Effect.DENY or statement.problem:
            return
        if statement.principals and statement.principals.inverted:
            for _, value in statement.principals.named:
                yield from self._named(str(value))
        for condition in statement.conditions:
            yield from self._condition(condition, variables=statement.variables)

    def _named(self, value: str) -> Iterator[_Way]:
        """Yield the requests of a caller that NotPrincipal lists."""
        mask = sum(
            1 << at
            for at, caller in enumerate(self.space.callers)
            if value in {caller.arn, caller.session_arn, caller.service}
        )
        if mask:
            yield Reason.PRINCIPAL, "", value, _LISTED, (mask, *self.space.full[1:])

    def _condition(self, condition: Condition, *, variables: bool | None) -> Iterator[_Way]:
        """Yield the values by which one condition lets through."""
        dimension = self.space.dimension(condition.name)
        operator = condition.operator
        if dimension is None or operator is None or not condition.readable:
            return
        points = self.space.values(dimension, condition.name)
        reason = _BY_KEY.get(condition.name, Reason.CONDITION)
        if condition.name in ORIGIN_KEYS and reason is Reason.CONDITION:
            reason = Reason.NETWORK
        if condition.name in CALLER_KEYS and reason is Reason.CONDITION:
            reason = Reason.PRINCIPAL
        if operator.negated:
            choices: list[tuple[str, Condition]] = [
                (str(value), _only(condition, value)) for value in condition.values
            ]
        else:
            choices = [(_opposite(condition), condition)]
        for text, choice in choices:
            test = Test(choice, variables=variables)
            if test.variables:
                columns = {key: self.space.dimension(key) for key in test.variables}
                if any(place not in {dimension, None} for place in columns.values()):
                    continue
            mask = sum(
                1 << at
                for at, values in enumerate(points)
                if values is not None and test(values, self._lookup(dimension, at)) is Match.NO
            )
            if mask:
                box = list(self.space.full)
                box[dimension] = mask
                yield reason, condition.key, text, _rank(condition, reason, text), tuple(box)

    def _lookup(self, dimension: int, at: int) -> Callable[[str], str | None]:
        """Return the values of variables at one point."""

        def value(key: str) -> str | None:
            if self.space.dimension(key) != dimension:
                return None
            values = self.space.values(dimension, key)[at]
            return values[0] if values and len(values) == 1 else None

        return value


def _rank(condition: Condition, reason: Reason, value: str) -> int:
    """Return how well a value explains that somebody is let through; lower explains better."""
    if reason is Reason.CONDITION:
        return _OTHER_KEY
    if condition.operator and condition.operator.negated:
        return _LISTED
    return _FLAG if value == "true" else _LEFT_OUT


def _only(condition: Condition, value: str | Unknown) -> Condition:
    """Return a condition with one of its values."""
    return Condition(
        condition.operator, condition.spelled, condition.key, (value,), condition.readable
    )


def _opposite(condition: Condition) -> str:
    """Tell which values a positive operator lets through."""
    values = ", ".join(str(value) for value in condition.values)
    if condition.operator and condition.operator.family is Family.BOOL:
        return {"true": "false", "false": "true"}.get(values.lower(), f"not {values}")
    if condition.operator and condition.operator.family is Family.NULL:
        return "present" if values == "true" else "absent"
    return f"not {values}"


def _inside(region: Region, box: Box) -> Region:
    """Return what of a region lies in a box."""
    shared = (tuple(a & b for a, b in zip(each, box, strict=True)) for each in region)
    return tuple(each for each in shared if all(each))

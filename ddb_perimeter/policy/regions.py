"""Statements as regions of a request space, bounded from both sides."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ddb_perimeter.policy import actions
from ddb_perimeter.policy.boxes import EMPTY, Budget, Region, intersect_boxes, union
from ddb_perimeter.policy.conditions import Test, Values
from ddb_perimeter.policy.keys import ADDRESS_KEYS, ENUMERATED
from ddb_perimeter.policy.match import Match, TooLargeError
from ddb_perimeter.policy.mentions import solve
from ddb_perimeter.policy.operators import Family
from ddb_perimeter.policy.patterns import (
    Pattern,
    Style,
    Tokens,
    Wild,
    is_readable,
    matcher,
    tokenize,
    variables_of,
)
from ddb_perimeter.policy.principals import Document, Grant, excluded, grants
from ddb_perimeter.policy.space import WHAT, WHERE, WHO, Space
from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ddb_perimeter.policy.boxes import Box
    from ddb_perimeter.policy.document import (
        Condition,
        Effect,
        Policy,
        Principals,
        Statement,
        Value,
    )
    from ddb_perimeter.policy.request import Keys

MAX_ALTERNATIVES: Final = 400
Part = dict[int, tuple[int, int]]  # per dimension, the masks that surely and that maybe match
Whole = Part | None


@dataclass(frozen=True, slots=True)
class Bounds:
    """The requests that something surely and that it maybe matches.

    Args:
        surely: matched whatever the unreadable parts say.
        maybe: matched if the unreadable parts say so; holds `surely`.
    """

    surely: Region = EMPTY
    maybe: Region = EMPTY

    def __or__(self, other: Bounds) -> Bounds:
        """Return what either matches."""
        return Bounds(union(self.surely, other.surely), union(self.maybe, other.maybe))


@dataclass(frozen=True, slots=True)
class Compiled:
    """One statement in a request space.

    Args:
        statement: the statement.
        policy: the policy that holds it.
        by_grant: what it matches, by the strength of the grant to the caller.
    """

    statement: Statement
    policy: Policy
    by_grant: dict[Grant, Bounds]

    @property
    def bounds(self) -> Bounds:
        """Return everything that it matches."""
        result = Bounds()
        for each in self.by_grant.values():
            result |= each
        return result

    def of(self, *wanted: Grant) -> Bounds:
        """Return what it matches through grants of these strengths."""
        result = Bounds()
        for grant in wanted:
            result |= self.by_grant.get(grant, Bounds())
        return result


class Compiler:
    """Turns the statements of policies into regions of one space.

    Args:
        space: the request space.
        bounded: whether the callers have a permissions boundary.
    """

    __slots__ = ("_bounded", "_budget", "_conditions", "_space")

    def __init__(self, space: Space, budget: Budget, *, bounded: bool = False) -> None:
        self._space = space
        self._budget = budget
        self._bounded = bounded
        self._conditions: dict[tuple[Condition, bool | None], list[Part]] = {}

    def policy(self, policy: Policy, document: Document, effect: Effect) -> list[Compiled]:
        """Return the statements of a policy that have, or may have, an effect.

        Args:
            policy: the policy.
            document: what it is attached to.
            effect: Allow or Deny.
        """
        return [
            Compiled(statement, policy, self._statement(statement, document))
            for statement in policy.with_effect(effect)
        ]

    def _statement(self, statement: Statement, document: Document) -> dict[Grant, Bounds]:
        """Return what one statement matches."""
        who = self._who(statement.principals, document)
        sure = not statement.problem and statement.effect is not None
        if statement.problem:
            return {Grant.DIRECT: Bounds(EMPTY, (self._space.full,))}
        parts: list[list[Part]] = [self._what(statement, document)]
        parts += [self._condition(each, statement.variables) for each in statement.conditions]
        result: dict[Grant, Bounds] = {}
        for grant, (surely, maybe) in who.items():
            start = [self._box({WHO: (surely, maybe)})]
            bounds = self._product(start, parts)
            result[grant] = bounds if sure else Bounds(EMPTY, bounds.maybe)
        return result

    def _product(self, start: list[tuple[Box, Box]], parts: list[list[Part]]) -> Bounds:
        """Intersect the alternatives of every part of a statement."""
        boxes = start
        for alternatives in parts:
            following: list[tuple[Box, Box]] = []
            self._budget.spend(len(boxes) * len(alternatives))
            for surely, maybe in boxes:
                for part in alternatives:
                    one, other = self._box(part)
                    both = intersect_boxes(maybe, other)
                    if both is not None:
                        sure = tuple(a & b for a, b in zip(surely, one, strict=True))
                        following.append((sure, both))
            boxes = following
            if len(boxes) > MAX_ALTERNATIVES:
                raise TooLargeError("its policy variables make too many combinations")
        return Bounds(
            tuple(surely for surely, _ in boxes if all(surely)), tuple(maybe for _, maybe in boxes)
        )

    def _box(self, part: Part) -> tuple[Box, Box]:
        """Return the boxes of a part, unrestricted in every other dimension."""
        surely, maybe = list(self._space.full), list(self._space.full)
        for dimension, (one, other) in part.items():
            surely[dimension], maybe[dimension] = one, other
        return tuple(surely), tuple(maybe)

    def _who(
        self, principals: Principals | None, document: Document
    ) -> dict[Grant, tuple[int, int]]:
        """Return the callers that a statement names, by strength of the grant."""
        full = self._space.full[WHO]
        if document is Document.IDENTITY:
            return {Grant.DIRECT: (full if principals is None else 0, full)}
        if principals is None:
            return {Grant.DIRECT: (0, full)}
        return self._space.who.recall(
            (principals, document, self._bounded), lambda: self._named(principals, document)
        )

    def _named(self, principals: Principals, document: Document) -> dict[Grant, tuple[int, int]]:
        """Ask a principal element about every caller."""
        found: dict[Grant, tuple[int, int]] = {}
        for at, caller in enumerate(self._space.callers):
            if principals.inverted:
                named = {Grant.DIRECT: excluded(principals, caller, bounded=self._bounded)}
            else:
                named = grants(principals, caller, document)
            for grant, match in named.items():
                surely, maybe = found.get(grant, (0, 0))
                bit = 1 << at
                found[grant] = (
                    surely | (bit if match is Match.YES else 0),
                    maybe | (bit if match is not Match.NO else 0),
                )
        return {grant: masks for grant, masks in found.items() if masks[1]}

    def _what(self, statement: Statement, document: Document) -> list[Part]:
        """Return the targets that a statement names, as alternatives."""
        matches = [
            _action_match(statement.actions, target.action, inverted=statement.not_actions)
            for target in self._space.targets
        ]
        if statement.resources is None:
            unsure = Match.YES if document is Document.TRUST else Match.MAYBE
            return [{WHAT: _masks(min(each, unsure) for each in matches)}]
        static: list[Match] = []
        for target, match in zip(self._space.targets, matches, strict=True):
            resource = _resource_match(statement, target.resource)
            static.append(min(match, resource))
        alternatives: list[Part] = [{WHAT: _masks(static)}]
        if not statement.not_resources and statement.variables:
            for at, target in enumerate(self._space.targets):
                if matches[at] is not Match.NO:
                    alternatives += self._variable_resources(
                        statement, target.resource, at, matches[at]
                    )
        return [each for each in alternatives if each[WHAT][1]]

    def _variable_resources(
        self, statement: Statement, resource: str, at: int, match: Match
    ) -> Iterable[Part]:
        """Yield what variables in Resource elements must be for one target."""
        for value in statement.resources or ():
            tokens = _dynamic(value)
            for key, text in solve(tokens, resource) if tokens else ():
                dimension = self._space.dimension(key)
                bit = 1 << at
                if not self._space.is_single(key):
                    yield {WHAT: (0, bit)}
                    continue
                default = variables_of(tokens)[0].default
                if dimension is None:
                    if default == text:
                        yield {WHAT: _masks_of(match, bit)}
                    continue
                points = self._space.values(dimension, key)
                hits = sum(
                    1 << n
                    for n, values in enumerate(points)
                    if (values == (text,)) or (values is None and default == text)
                )
                if dimension == WHAT:
                    yield {WHAT: _masks_of(match, bit & hits)}
                elif hits:
                    yield {WHAT: _masks_of(match, bit), dimension: (hits, hits)}

    def _condition(self, condition: Condition, variables: bool | None) -> list[Part]:  # noqa: FBT001
        """Return the requests that a condition matches, as alternatives."""
        known = self._conditions.get((condition, variables))
        if known is None:
            known = self._compile_condition(condition, variables)
            self._conditions[(condition, variables)] = known
        return known

    def _compile_condition(
        self,
        condition: Condition,
        variables: bool | None,  # noqa: FBT001
    ) -> list[Part]:
        """Ask a condition about every value of its key."""
        dimension = self._space.dimension(condition.name)
        if dimension in {WHO, WHERE} and not _has_variables(condition):
            points = self._space.who if dimension == WHO else self._space.where
            masks = points.recall(
                (condition, variables), lambda: _of_keys(condition, variables, points.keys)
            )
            return [{dimension: masks}]
        test = Test(condition, variables=variables)
        if dimension is None:
            match = test(None, _nothing)
            full = self._space.full[WHO]
            return [{WHO: (full if match is Match.YES else 0, full if match else 0)}]
        values = self._space.values(dimension, condition.name)
        exact = self._space.is_exact(condition.name)
        others = {self._space.dimension(key) for key in test.variables}
        foreign = others - {None, dimension}
        if not all(self._covers(condition.name, dimension, key) for key in test.variables):
            exact, foreign = False, set()
        if len(foreign) > 1:
            exact, foreign = False, set()
        if not foreign:
            lookups = self._own_lookups(dimension, test.variables, len(values))
            answers: Iterator[Match] = (
                test(each, look) for each, look in zip(values, lookups, strict=True)
            )
            if not exact:
                answers = _guessed(values, answers)
            return [{dimension: _masks(answers)}]
        return self._joined(test, dimension, values, foreign.pop() or 0)

    def _covers(self, key: str, dimension: int, variable: str) -> bool:
        """Say whether the classes of a key tell apart what a variable can be."""
        if not self._space.is_single(variable):
            return False
        place = self._space.dimension(variable)
        if place is None or (variable in ENUMERATED and place <= WHAT):
            return True
        different = place != dimension
        ordinary = max(dimension, place) > WHAT
        return different and ordinary and (key, variable) in self._space.mentions.aliases

    def _own_lookups(
        self, dimension: int, variables: tuple[str, ...], size: int
    ) -> list[Callable[[str], str | None]]:
        """Return, per point of a dimension, the values of variables over the same dimension."""
        if not variables:
            return [_nothing] * size
        columns = {
            key: self._space.values(dimension, key)
            for key in variables
            if self._space.dimension(key) == dimension
        }
        return [
            {key: _single(column[at]) for key, column in columns.items()}.get for at in range(size)
        ]

    def _joined(self, test: Test, dimension: int, points: list[Values], other: int) -> list[Part]:
        """Ask a condition whose values depend on another dimension."""
        columns = {
            key: self._space.values(other, key)
            for key in test.variables
            if self._space.dimension(key) == other
        }
        own = self._own_lookups(dimension, test.variables, len(points))
        groups: dict[tuple[str | None, ...], int] = {}
        size = self._space.full[other].bit_length()
        for at in range(size):
            values = tuple(_single(column[at]) for column in columns.values())
            groups[values] = groups.get(values, 0) | 1 << at
        merged: dict[tuple[int, int], int] = {}
        for values, mask in groups.items():
            theirs = dict(zip(columns, values, strict=True))
            self._budget.spend(len(points))
            answers = (
                test(each, lambda key, own=mine, far=theirs: far.get(key) or own(key))  # type: ignore[misc]
                for each, mine in zip(points, own, strict=True)
            )
            masks = _masks(answers)
            merged[masks] = merged.get(masks, 0) | mask
        return [
            {dimension: masks, other: (mask, mask)} for masks, mask in merged.items() if masks[1]
        ]


def _has_variables(condition: Condition) -> bool:
    """Say whether the values of a condition may hold policy variables."""
    return any("${" in value for value in condition.values if isinstance(value, str))


def _of_keys(
    condition: Condition,
    variables: bool | None,  # noqa: FBT001
    points: Iterable[Keys],
) -> tuple[int, int]:
    """Ask a condition without variables about every caller or origin.

    Origins have an address of each range that conditions name; an address that is compared as text
    may be any other.
    """
    test = Test(condition, variables=variables)
    values = [keys.get(condition.name) for keys in points]
    answers = (test(each, _nothing) for each in values)
    family = condition.operator.family if condition.operator else None
    if condition.name in ADDRESS_KEYS and family not in {Family.ADDRESS, Family.NULL}:
        return _masks(_guessed(values, answers))
    return _masks(answers)


def _guessed(values: Iterable[Values], answers: Iterable[Match]) -> Iterator[Match]:
    """Doubt what was answered about values that stand for others; absent ones do not."""
    for each, answer in zip(values, answers, strict=True):
        yield answer if each is None else Match.MAYBE


def _nothing(_: str) -> None:
    """Look up a key that is absent."""


def _single(values: Values) -> str | None:
    """Return the value of a single-valued key."""
    return values[0] if values and len(values) == 1 else None


def _masks(answers: Iterable[Match]) -> tuple[int, int]:
    """Return the points that surely and that maybe match."""
    surely = maybe = 0
    bit = 1
    for answer in answers:
        if answer:
            maybe |= bit
            if answer is Match.YES:
                surely |= bit
        bit <<= 1
    return surely, maybe


def _masks_of(match: Match, mask: int) -> tuple[int, int]:
    """Return a mask as far as something surely and maybe matches."""
    return (mask if match is Match.YES else 0, mask if match else 0)


@functools.lru_cache(maxsize=4096)
def _action_match(values: tuple[Value, ...], action: str, *, inverted: bool) -> Match:
    """Say whether an Action or NotAction element names an action."""
    lowered = action.lower()
    best = Match.NO
    for value in values:
        if isinstance(value, Unknown):
            best = max(best, Match.MAYBE)
        elif matcher(actions.pattern(value))(lowered):
            best = Match.YES
            break
    return best.opposite if inverted else best


def _dynamic(value: Value) -> Tokens:
    """Return the tokens of a resource with variables, or nothing."""
    if isinstance(value, Unknown) or "${" not in value:
        return ()
    tokens = tokenize(value, wildcards=True, variables=True)
    return tokens if variables_of(tokens) else ()


def _resource_match(statement: Statement, resource: str) -> Match:
    """Say whether a Resource or NotResource element names a resource, variables aside."""
    best = Match.NO
    for value in statement.resources or ():
        best = max(best, _one_resource(value, resource, statement))
        if best is Match.YES:
            break
    return best.opposite if statement.not_resources else best


def _one_resource(  # noqa: PLR0911 - one return per rule
    value: Value, resource: str, statement: Statement
) -> Match:
    """Say whether one resource pattern names a resource."""
    if isinstance(value, Unknown):
        return Match.MAYBE
    if value == "*":
        return Match.YES
    if "${" in value and statement.variables is None:
        return Match.MAYBE
    tokens = tokenize(value, wildcards=True, variables=bool(statement.variables))
    if not is_readable(tokens):
        return Match.MAYBE
    if variables_of(tokens):
        return _with_variables(tokens, resource, statement)
    loose = matcher(Pattern(tokens, Style.GLOB))(resource)
    if not loose:
        return Match.NO
    strict = matcher(Pattern(tokens, Style.ARN))(resource)
    # AWS: a star at the end of a segment can match beyond its colon; it is silent on others.
    return Match.YES if strict or _stars_end_segments(tokens) else Match.MAYBE


def _with_variables(tokens: Tokens, resource: str, statement: Statement) -> Match:
    """Answer for a resource with variables: NO where their values are looked at instead."""
    stars = tuple(token if isinstance(token, str) else Wild.MANY for token in tokens)
    if not matcher(Pattern(stars, Style.GLOB))(resource):
        return Match.NO
    solved = solve(tokens, resource) and not statement.not_resources
    return Match.NO if solved else Match.MAYBE


def _stars_end_segments(tokens: Tokens) -> bool:
    """Say whether every star is the last letter of a colon-delimited segment."""
    for at, token in enumerate(tokens):
        if token is Wild.ONE:
            return False
        following = tokens[at + 1] if at + 1 < len(tokens) else ":"
        if token is Wild.MANY and not (isinstance(following, str) and following[0] == ":"):
            return False
    return True

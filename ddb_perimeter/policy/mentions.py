"""What the policies of one question mention: every pattern that classes must be split by."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ddb_perimeter.policy.conditions import pattern_style, tokens_of
from ddb_perimeter.policy.keys import ENUMERATED
from ddb_perimeter.policy.operators import Comparison, Family
from ddb_perimeter.policy.patterns import (
    Pattern,
    Style,
    Variable,
    has_arn_shape,
    is_literal,
    is_readable,
    substitute,
    tokenize,
    variables_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ddb_perimeter.policy.document import Condition, Policy, Statement
    from ddb_perimeter.policy.operators import Operator
    from ddb_perimeter.policy.patterns import Tokens

_TEXTUAL = frozenset({Family.STRING, Family.ARN, Family.BOOL})
_MOST_SUBSTITUTIONS = 64


@dataclass(frozen=True, slots=True)
class Mentioned:
    """What policies mention of some keys, to be compared with what others mention.

    Args:
        patterns: pairs of key and the patterns held against it.
        relevant: the keys that matter to some policy.
        principals: pairs of kind and value that Principal elements name.
        ranges: pairs of key and the address ranges it is compared with.
    """

    patterns: tuple[tuple[str, tuple[Pattern, ...]], ...] = ()
    relevant: frozenset[str] = frozenset()
    principals: tuple[tuple[str, str], ...] = ()
    ranges: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def mentions(self, *keys: str) -> bool:
        """Say whether any of the keys, in lower case, matters to some policy."""
        return not self.relevant.isdisjoint(keys)

    def of(self, key: str) -> tuple[Pattern, ...]:
        """Return the patterns held against a key, by its name in lower case."""
        return next((patterns for name, patterns in self.patterns if name == key), ())

    def ranges_of(self, key: str) -> tuple[str, ...]:
        """Return the address ranges that a key is compared with."""
        return next((ranges for name, ranges in self.ranges if name == key), ())


@dataclass(slots=True)
class Mentions:
    """The patterns, literals and named principals of several policies.

    Args:
        patterns: per condition key, the patterns held against it.
        conditions: per condition key, all its conditions.
        principals: pairs of kind and value that Principal elements name.
        aliases: pairs of keys of which one is compared with a variable over the other.
        waiting: values with variables over enumerated keys, until those are known.
        referred: keys that variables refer to.
    """

    patterns: dict[str, dict[Pattern, None]] = field(default_factory=dict)
    conditions: dict[str, list[Condition]] = field(default_factory=dict)
    principals: dict[tuple[str, str], None] = field(default_factory=dict)
    aliases: set[tuple[str, str]] = field(default_factory=set)
    waiting: list[tuple[str, Tokens, Style]] = field(default_factory=list)
    referred: set[str] = field(default_factory=set)

    def about(self, keys: frozenset[str], *, principals: bool = False) -> Mentioned:
        """Return what is mentioned of some keys.

        Args:
            keys: their names in lower case.
            principals: whether to return the named principals too.
        """
        return Mentioned(
            tuple((key, tuple(found)) for key, found in self.patterns.items() if key in keys),
            keys & (self.conditions.keys() | self.referred),
            tuple(self.principals) if principals else (),
            tuple(self._ranges(keys)),
        )

    def _ranges(self, keys: frozenset[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield the address ranges that keys are compared with."""
        for key in keys & self.conditions.keys():
            found = tuple(
                value
                for condition in self.conditions[key]
                if condition.operator and condition.operator.family is Family.ADDRESS
                for value in condition.values
                if isinstance(value, str)
            )
            if found:
                yield key, found

    def of(self, key: str) -> tuple[Pattern, ...]:
        """Return the patterns held against a key, by its name in lower case."""
        return tuple(self.patterns.get(key, ()))

    def add(self, key: str, pattern: Pattern) -> None:
        """Note a pattern of a key."""
        self.patterns.setdefault(key, {})[pattern] = None

    def add_text(self, key: str, text: str, style: Style = Style.EXACT) -> None:
        """Note a pattern of a key from its spelling."""
        wildcards = style not in {Style.EXACT, Style.ANY_CASE}
        self.add(key, Pattern(tokenize(text, wildcards=wildcards, variables=False), style))

    def read(self, policy: Policy, resources: Iterable[str]) -> None:
        """Note everything that one policy mentions.

        Args:
            policy: the policy.
            resources: the resources of the question, for variables in Resource elements.
        """
        targets = tuple(resources)
        for statement in policy.statements:
            for condition in statement.conditions:
                self._condition(condition, statement.variables)
            for kind, value in statement.principals.named if statement.principals else ():
                if isinstance(value, str):
                    self.principals[(kind, value)] = None
            self._resources(statement, targets)

    def _condition(self, condition: Condition, variables: bool | None) -> None:  # noqa: FBT001
        """Note one condition."""
        key = condition.name
        self.conditions.setdefault(key, []).append(condition)
        operator = condition.operator
        if operator is None or operator.family not in _TEXTUAL:
            return
        for value in condition.values:
            if isinstance(value, str):
                tokens = tokens_of(operator, value, variables=bool(variables))
                self._value(key, operator, tokens)

    def _value(self, key: str, operator: Operator, tokens: Tokens) -> None:
        """Note one condition value."""
        if not is_readable(tokens):
            return
        style = Style.ANY_CASE if operator.family is Family.BOOL else pattern_style(operator)
        found = variables_of(tokens)
        if not found:
            loose = style is Style.ARN and not has_arn_shape(tokens)
            self.add(key, Pattern(tokens, Style.GLOB if loose else style))
            return
        self.referred.update(each.key for each in found)
        if all(each.key in ENUMERATED for each in found):
            self.waiting.append((key, tokens, style))
        if len(tokens) == 1 and operator.comparison is not Comparison.EQUAL_ANY_CASE:
            variable = found[0]
            self.aliases |= {(key, variable.key), (variable.key, key)}
            if variable.default is not None:
                self.add_text(key, variable.default)

    def _resources(self, statement: Statement, targets: tuple[str, ...]) -> None:
        """Note what a variable in a Resource element must be to name a resource."""
        for value in statement.resources or ():
            if not isinstance(value, str) or "${" not in value or statement.variables is False:
                continue
            tokens = tokenize(value, wildcards=True, variables=True)
            variables = variables_of(tokens)
            self.referred.update(each.key for each in variables)
            for target in targets:
                for key, text in solve(tokens, target):
                    self.add_text(key, text)

    def substitute(self, values: dict[str, tuple[str, ...]]) -> None:
        """Replace variables over enumerated keys by every value that those can have.

        Args:
            values: per enumerated key, its values.
        """
        for key, tokens, style in self.waiting:
            names = tuple(dict.fromkeys(each.key for each in variables_of(tokens)))
            choices = itertools.product(*((*values.get(name, ()), None) for name in names))
            for choice in itertools.islice(choices, _MOST_SUBSTITUTIONS):
                known = substitute(tokens, dict(zip(names, choice, strict=True)).get)
                if known is not None:
                    self.add(key, Pattern(known, style))

    def share_aliases(self) -> None:
        """Hold the patterns of a key against every key that it is compared with."""
        for one, other in sorted(self.aliases):
            for pattern in self.of(one):
                self.add(other, pattern)


def solve(tokens: Tokens, target: str) -> tuple[tuple[str, str], ...]:
    """Return the value that the only variable must have for a text to be spelled.

    Args:
        tokens: literals and exactly one variable; anything else has no answer.
        target: the text.
    """
    places = [at for at, token in enumerate(tokens) if isinstance(token, Variable)]
    if len(places) != 1:
        return ()
    at = places[0]
    before, variable, after = tokens[:at], tokens[at], tokens[at + 1 :]
    if not isinstance(variable, Variable) or not (is_literal(before) and is_literal(after)):
        return ()
    head = "".join(str(token) for token in before)
    tail = "".join(str(token) for token in after)
    fits = target.startswith(head) and target.endswith(tail)
    if not fits or len(target) < len(head) + len(tail):
        return ()
    return ((variable.key, target[len(head) : len(target) - len(tail)]),)

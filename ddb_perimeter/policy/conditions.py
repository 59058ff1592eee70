"""Conditions, made ready to be asked about many values of their key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ddb_perimeter.policy import scalars
from ddb_perimeter.policy.match import Match
from ddb_perimeter.policy.operators import Comparison, Family, Operator, Quantifier
from ddb_perimeter.policy.patterns import (
    Matcher,
    Pattern,
    Style,
    Tokens,
    has_arn_shape,
    is_readable,
    matcher,
    substitute,
    tokenize,
    variables_of,
)
from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Callable

    from ddb_perimeter.policy.document import Condition, Value

Values = tuple[str, ...] | None
_STYLES = {
    Comparison.EQUAL: Style.EXACT,
    Comparison.EQUAL_ANY_CASE: Style.ANY_CASE,
    Comparison.LIKE: Style.GLOB,
}


def tokens_of(operator: Operator, value: str, *, variables: bool) -> Tokens:
    """Split a condition value as its operator reads it.

    Args:
        operator: a string, ARN or Bool operator.
        value: what the policy says.
        variables: whether the policy's Version has variables.
    """
    return tokenize(value, wildcards=operator.comparison is Comparison.LIKE, variables=variables)


def pattern_style(operator: Operator) -> Style:
    """Return how an operator on strings or ARNs compares."""
    return Style.ARN if operator.family is Family.ARN else _STYLES[operator.comparison]


class Test:
    """One condition, ready to be asked.

    Args:
        condition: as the document says it.
        variables: whether `${…}` means anything there; None: not known.
    """

    __slots__ = ("_certain", "_dynamic", "_maybe", "_numbers", "_operator", "_scalars", "_static")

    def __init__(self, condition: Condition, *, variables: bool | None) -> None:
        self._operator = condition.operator if condition.readable else None
        self._maybe = False  # some value may match anything
        self._static: Matcher | None = None
        self._certain: Matcher | None = None
        self._dynamic: list[Tokens] = []
        self._numbers: list[object] = []
        self._scalars: tuple[str, ...] = ()
        if self._operator is None:
            return
        if self._operator.family in {Family.STRING, Family.ARN, Family.BOOL}:
            self._read_patterns(condition.values, variables)
        else:
            self._read_scalars(condition.values)

    @property
    def variables(self) -> tuple[str, ...]:
        """Return the keys that the values refer to."""
        found = (each.key for tokens in self._dynamic for each in variables_of(tokens))
        return tuple(dict.fromkeys(found))

    @property
    def dynamic(self) -> tuple[Tokens, ...]:
        """Return the values that hold variables."""
        return tuple(self._dynamic)

    def _read_patterns(self, values: tuple[Value, ...], variables: bool | None) -> None:  # noqa: FBT001
        """Read the values of an operator on strings, ARNs or truth values."""
        operator = self._operator
        if operator is None:
            return
        certain: list[Pattern] = []
        loose: list[Pattern] = []
        for value in values:
            if isinstance(value, Unknown) or (variables is None and "${" in value):
                self._maybe = True
                continue
            tokens = tokens_of(operator, value, variables=bool(variables))
            if not is_readable(tokens):
                self._maybe = True
            elif variables_of(tokens):
                self._dynamic.append(tokens)
            elif operator.family is Family.BOOL:
                truth = scalars.truth(value)
                self._maybe = self._maybe or truth is None
                certain.append(Pattern((str(truth).lower(),), Style.ANY_CASE))
            elif operator.family is Family.ARN and not has_arn_shape(tokens):
                loose.append(Pattern(tokens, Style.GLOB))
            else:
                certain.append(Pattern(tokens, pattern_style(operator)))
        self._certain = Matcher(certain)
        self._static = Matcher(loose) if loose else None

    def _read_scalars(self, values: tuple[Value, ...]) -> None:
        """Read the values of an operator on numbers, dates, addresses, bytes or presence."""
        self._scalars = tuple(value for value in values if isinstance(value, str))
        self._maybe = len(self._scalars) < len(values)
        family = self._operator.family if self._operator else Family.NULL
        read: Callable[[str], object | None] = _READERS[family]
        self._numbers = [read(value) for value in self._scalars]
        self._maybe = self._maybe or any(each is None for each in self._numbers)

    def __call__(self, values: Values, lookup: Callable[[str], str | None]) -> Match:
        """Say whether the condition matches.

        Args:
            values: of the key in the request; None when it is absent.
            lookup: the single value of any other key, for policy variables.
        """
        operator = self._operator
        if operator is None:
            return Match.MAYBE
        if operator.family is Family.NULL:
            return self._null(values)
        if values is None:
            return _absent(operator)
        answers = [self._one(value, lookup) for value in values]
        if operator.negated:
            answers = [answer.opposite for answer in answers]
        if operator.quantifier is Quantifier.ANY:
            return max(answers)
        if operator.quantifier is Quantifier.ALL or len(answers) == 1:
            return min(answers)
        # Without a set operator AWS defines nothing for several values.
        return answers[0] if len(set(answers)) == 1 else Match.MAYBE

    def _null(self, values: Values) -> Match:
        """Answer `Null`."""
        if self._maybe:
            return Match.MAYBE
        return Match.of((values is None) is bool(self._numbers[0]))

    def _one(self, value: str, lookup: Callable[[str], str | None]) -> Match:
        """Say whether one value of the request matches any value of the policy."""
        operator = self._operator
        if operator is None:
            return Match.MAYBE
        if operator.family in {Family.STRING, Family.ARN, Family.BOOL}:
            best = self._pattern(value, lookup, operator)
        else:
            best = self._scalar(value, operator)
        return max(best, Match.MAYBE) if self._maybe else best

    def _pattern(
        self, value: str, lookup: Callable[[str], str | None], operator: Operator
    ) -> Match:
        """Compare a string, an ARN or a truth value."""
        if self._certain is not None and self._certain(value):
            return Match.YES
        best = Match.NO
        if self._static is not None and self._static(value):
            best = Match.MAYBE
        for tokens in self._dynamic:
            known = substitute(tokens, lookup)
            if known is None:
                continue
            style = Style.ANY_CASE if operator.family is Family.BOOL else pattern_style(operator)
            if style is Style.ARN and not has_arn_shape(known):
                best = max(best, Match.MAYBE if matcher(Pattern(known))(value) else Match.NO)
            elif matcher(Pattern(known, style))(value):
                return Match.YES
        if operator.family is Family.BOOL and scalars.truth(value) is None:
            return Match.MAYBE
        return best

    def _scalar(self, value: str, operator: Operator) -> Match:
        """Compare a number, an instant, an address or bytes."""
        mine = _READERS[operator.family](value)
        if mine is None:
            return Match.MAYBE
        compare = _COMPARE[operator.comparison]
        if operator.family is Family.ADDRESS:
            return Match.of(any(_inside(mine, block) for block in self._numbers if block))
        return Match.of(any(compare(mine, other) for other in self._numbers if other is not None))


def _absent(operator: Operator) -> Match:
    """Answer for a key that the request does not have."""
    if operator.if_exists or operator.quantifier is Quantifier.ALL:
        return Match.YES
    if operator.quantifier is Quantifier.ANY:
        return Match.NO
    return Match.of(operator.negated)


def _inside(mine: object, block: object) -> bool:
    """Say whether an address range lies inside another."""
    if not isinstance(mine, tuple) or not isinstance(block, tuple):
        return False
    return bool(mine[0] == block[0] and block[1] <= mine[1] and mine[2] <= block[2])


_READERS: dict[Family, Callable[[str], object | None]] = {
    Family.NUMERIC: scalars.number,
    Family.DATE: scalars.instant,
    Family.ADDRESS: scalars.span,
    Family.BINARY: scalars.plain_bytes,
    Family.NULL: scalars.truth,
}
_COMPARE: dict[Comparison, Callable[[object, object], bool]] = {
    Comparison.EQUAL: lambda mine, other: mine == other,
    Comparison.LESS: lambda mine, other: mine < other,  # type: ignore[operator]
    Comparison.LESS_OR_EQUAL: lambda mine, other: mine <= other,  # type: ignore[operator]
    Comparison.GREATER: lambda mine, other: mine > other,  # type: ignore[operator]
    Comparison.GREATER_OR_EQUAL: lambda mine, other: mine >= other,  # type: ignore[operator]
}

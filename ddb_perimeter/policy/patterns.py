"""Strings with wildcards and variables: reading them, and matching in linear time.

Patterns are matched by simulating all their positions at once in one integer, so that a hostile
pattern (hundreds of wildcards) costs no more than its length times that of the string.
"""

from __future__ import annotations

import enum
import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_OPAQUE = re.compile(r"⟦[^⟧]*⟧")
_MARKS = re.compile(r"\$\{([*?$])\}|\$\{([^{}]*)\}|([*?])")
_VARIABLE = re.compile(r"\s*([^\s,']+)\s*(?:,\s*'([^']*)')?\s*")
_ARN_FIELDS = 6
_COLON = "\ua789"  # looks like a colon, splits no ARN


class Wild(enum.Enum):
    """A wildcard."""

    __hash__ = object.__hash__  # members are compared by the million: skip Enum's own hash

    MANY = "*"
    ONE = "?"
    MANY_IN_NAME = "*/"  # does not cross a slash
    ONE_IN_NAME = "?/"


@dataclass(frozen=True, slots=True)
class Variable:
    """A policy variable.

    Args:
        key: the condition key it stands for, in lower case.
        default: its value when the key is absent, or None.
    """

    key: str
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Broken:
    """Something between `${` and `}` that is no variable.

    Args:
        text: what the policy says.
    """

    text: str


Token = str | Wild | Variable | Broken
Tokens = tuple[Token, ...]


class Style(enum.Enum):
    """How a pattern compares with a string."""

    __hash__ = object.__hash__  # members are compared by the million: skip Enum's own hash

    EXACT = "exact"  # no wildcards
    ANY_CASE = "any case"  # no wildcards, letter case ignored
    GLOB = "glob"  # a star matches anything
    ARN = "arn"  # a star stays inside its colon-delimited field, except in the last


def opaque(text: str) -> str:
    """Return the text with the colons inside placeholders out of the way of ARN fields.

    Args:
        text: e.g. ``arn:aws:iam::⟦AWS::AccountId⟧:root``.
    """
    if "⟦" not in text:
        return text
    return _OPAQUE.sub(lambda found: found.group().replace(":", _COLON), text)


@functools.lru_cache(maxsize=8192)
def tokenize(text: str, *, wildcards: bool, variables: bool) -> Tokens:
    """Split a string of a policy into literals, wildcards and variables.

    Args:
        text: as the policy spells it.
        wildcards: whether `*` and `?` mean anything here.
        variables: whether `${…}` means anything here (Version 2012-10-17).
    """
    tokens: list[Token] = []
    literal = ""
    at = 0
    for mark in _MARKS.finditer(text):
        special, variable, wildcard = mark.groups()
        token: Token | None = None
        if wildcard is not None:
            token = Wild(wildcard) if wildcards else None
        elif variables and special is not None:
            literal += text[at : mark.start()] + special
            at = mark.end()
            continue
        elif variables:
            token = _variable(variable)
        elif wildcards and special in {"*", "?"}:
            # Before 2012-10-17 `${*}` is no escape: the braces are literal, the star is not.
            literal += text[at : mark.start()] + "${"
            tokens += [literal, Wild(special)]
            literal, at = "}", mark.end()
            continue
        if token is None:
            continue
        literal += text[at : mark.start()]
        if literal:
            tokens.append(literal)
        tokens.append(token)
        literal, at = "", mark.end()
    literal += text[at:]
    if literal:
        tokens.append(literal)
    return tuple(tokens)


def _variable(inside: str) -> Variable | Broken:
    """Read what stands between `${` and `}`."""
    found = _VARIABLE.fullmatch(inside)
    if found is None:
        return Broken(inside)
    return Variable(found.group(1).lower(), found.group(2))


def variables_of(tokens: Tokens) -> tuple[Variable, ...]:
    """Return the variables among these tokens."""
    return tuple(token for token in tokens if isinstance(token, Variable))


def is_readable(tokens: Tokens) -> bool:
    """Say whether every token means something."""
    return not any(isinstance(token, Broken) for token in tokens)


def is_literal(tokens: Tokens) -> bool:
    """Say whether the tokens spell exactly one string."""
    return all(isinstance(token, str) for token in tokens)


def substitute(tokens: Tokens, lookup: Callable[[str], str | None]) -> Tokens | None:
    """Replace the variables by their values, or return None when one has no value.

    Args:
        tokens: what the policy says.
        lookup: the value of a condition key, by its name in lower case.
    """
    result: list[Token] = []
    for token in tokens:
        if isinstance(token, Variable):
            value = lookup(token.key)
            value = token.default if value is None else value
            if value is None:
                return None
            result.append(value)
        else:
            result.append(token)
    return tuple(result)


def lowered(text: str) -> str:
    """Return a text in lower case, but for placeholders, which equal only themselves.

    Args:
        text: e.g. ``VPCE-0A`` or ``vpce-⟦Network.Endpoint⟧``.
    """
    known = _OPAQUE.findall(text)
    parts = [part.lower() for part in _OPAQUE.split(text)]
    return parts[0] + "".join(a + b for a, b in zip(known, parts[1:], strict=True))


def arn_fields(text: str) -> int:
    """Return into how many fields an ARN comparison splits this text (at most six)."""
    return min(text.count(":") + 1, _ARN_FIELDS)


def has_arn_shape(tokens: Tokens) -> bool:
    """Say whether a pattern has all six fields of an ARN, or is one opaque placeholder."""
    text = "".join(token if isinstance(token, str) else "x" for token in tokens)
    return arn_fields(text) == _ARN_FIELDS or bool(_OPAQUE.fullmatch(text))


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern without variables.

    Args:
        tokens: literals and wildcards.
        style: how it compares.
    """

    tokens: Tokens
    style: Style = Style.GLOB

    def __str__(self) -> str:
        """Spell the pattern."""
        return "".join(
            token.value[0] if isinstance(token, Wild) else str(token) for token in self.tokens
        )

    @property
    def literal(self) -> str | None:
        """Return the one string it matches, or None when it has wildcards or ignores case."""
        if self.style is Style.ANY_CASE or not is_literal(self.tokens):
            return None
        return "".join(str(token) for token in self.tokens)

    @property
    def prefix(self) -> str | None:
        """Return `text` when the pattern is `text*` and the star may match anything."""
        if len(self.tokens) != 2 or self.tokens[1] is not Wild.MANY:  # noqa: PLR2004
            return None
        head = self.tokens[0]
        if self.style is Style.GLOB and isinstance(head, str):
            return head
        if self.style is Style.ARN and isinstance(head, str) and arn_fields(head) == _ARN_FIELDS:
            return head
        return None


class Automaton:
    """All positions of several patterns in one integer.

    Args:
        patterns: what to match; a bit of `accepting` belongs to each, in this order.
    """

    __slots__ = (
        "_any",
        "_cache",
        "_letters",
        "_loops",
        "accepts",
        "literals",
        "patterns",
        "start",
        "starts",
    )

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self._letters: dict[str, int] = {}
        self._any: dict[str, int] = {"": 0, ":": 0, "/": 0}
        self._loops: dict[str, int] = {"": 0, ":": 0, "/": 0}
        self._cache: dict[str, tuple[int, int]] = {}
        self.literals: list[tuple[str, ...]] = []  # letters accepted at each position
        self.patterns = tuple(patterns)
        accepts: list[int] = []
        starts: list[int] = []
        at = 0
        for pattern in self.patterns:
            starts.append(1 << at)
            at = self._add(pattern, at)
            accepts.append(1 << at)
            self.literals.append(())
            at += 1
        self.accepts = tuple(accepts)
        self.starts = tuple(starts)
        self.start = sum(starts)

    def _add(self, pattern: Pattern, at: int) -> int:
        """Lay one pattern out from this position on; return its last position."""
        colons = 0
        for token in pattern.tokens:
            if isinstance(token, str):
                hidden = False  # inside a placeholder, which equals only itself
                for letter in token:
                    hidden = (hidden or letter == "⟦") and letter != "⟧"
                    spellings: tuple[str, ...] = (letter,)
                    if pattern.style is Style.ANY_CASE and not hidden:
                        spellings = tuple(dict.fromkeys((letter, letter.lower(), letter.upper())))
                    for spelling in spellings:
                        self._letters[spelling] = self._letters.get(spelling, 0) | 1 << at
                    self.literals.append(spellings)
                    colons += letter == ":"
                    at += 1
                continue
            bars = self._bars(token, pattern.style, colons)
            many = token in {Wild.MANY, Wild.MANY_IN_NAME}
            masks = self._loops if many else self._any
            for kind in ("", ":", "/"):
                if kind == "" or kind not in bars:
                    masks[kind] |= 1 << at
            if not many:
                self.literals.append(())
                at += 1
        return at

    @staticmethod
    def _bars(token: Token, style: Style, colons: int) -> str:
        """Return the letters that a wildcard must not match here."""
        if token in {Wild.MANY_IN_NAME, Wild.ONE_IN_NAME}:
            return ":/"
        if style is Style.ARN and colons < _ARN_FIELDS - 1:
            return ":"
        return ""

    def step(self, state: int, letter: str) -> int:
        """Return the positions after one more letter."""
        masks = self._cache.get(letter)
        if masks is None:
            kind = letter if letter in {":", "/"} else ""
            masks = (self._letters.get(letter, 0) | self._any[kind], self._loops[kind])
            self._cache[letter] = masks
        return ((state & masks[0]) << 1) | (state & masks[1])

    def run(self, text: str, state: int | None = None) -> int:
        """Return the positions after a text."""
        state = self.start if state is None else state
        step = self.step
        for letter in text:
            state = step(state, letter)
            if not state:
                break
        return state

    def next_letters(self, state: int) -> set[str]:
        """Return the letters that some active literal position waits for."""
        letters: set[str] = set()
        literals = self.literals
        while state:
            low = state & -state
            letters.update(literals[low.bit_length() - 1])
            state ^= low
        return letters


@functools.lru_cache(maxsize=512)
def automaton(patterns: tuple[Pattern, ...]) -> Automaton:
    """Return the automaton of some patterns, built once."""
    return Automaton(patterns)


class Matcher:
    """Whether any of several patterns matches a string, remembering the answers.

    Args:
        patterns: what to match.
    """

    __slots__ = ("_automaton", "_exact", "_prefixes", "_rest", "_seen")

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        exact: set[str] = set()
        prefixes: list[str] = []
        rest: list[Pattern] = []
        for pattern in patterns:
            if (literal := pattern.literal) is not None:
                exact.add(literal)
            elif (prefix := pattern.prefix) is not None:
                prefixes.append(prefix)
            else:
                rest.append(pattern)
        self._exact = exact
        self._prefixes = tuple(prefixes)
        self._rest = tuple(rest)
        self._automaton: Automaton | None = None
        self._seen: dict[str, bool] = {}

    def __call__(self, text: str) -> bool:
        """Say whether some pattern matches the whole text."""
        if text in self._exact or text.startswith(self._prefixes):
            return True
        if not self._rest:
            return False
        answer = self._seen.get(text)
        if answer is None:
            if self._automaton is None:
                self._automaton = Automaton(self._rest)
            final = self._automaton.run(text)
            answer = any(final & accept for accept in self._automaton.accepts)
            self._seen[text] = answer
        return answer


@functools.lru_cache(maxsize=4096)
def matcher(pattern: Pattern) -> Matcher:
    """Return a matcher of one pattern."""
    return Matcher((pattern,))

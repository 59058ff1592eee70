"""Split the strings that a key can have into the classes that patterns can tell apart.

Two strings are in one class when every pattern treats them alike. The walk follows all patterns
and the shape of the key at once, breadth first, so that each class gets its shortest witness.
"""

from __future__ import annotations

import functools
import string
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ddb_perimeter.policy.match import TooLargeError, check_time
from ddb_perimeter.policy.patterns import Automaton

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ddb_perimeter.policy.patterns import Pattern

DIGITS = string.digits
CAPITALS = string.ascii_uppercase + string.digits
NAMES = string.ascii_lowercase + string.ascii_uppercase + string.digits + "+=,.@_-"
PATHS = NAMES + "/"
TEXT = PATHS + ": !#$%&()*?"
MAX_STATES = 12_000


@dataclass(frozen=True, slots=True)
class Several:
    """Some letters of an alphabet in a row.

    Args:
        letters: the alphabet, likeliest first.
        least: 0 or 1: whether there may be none.
        exactly: how many there are; 0 when their number is free.
    """

    letters: str
    least: int = 1
    exactly: int = 0


Part = str | Several
Shape = tuple[Part, ...]
ANY_TEXT: Shape = (Several(TEXT, 0),)


class _Track:
    """Where in a shape a string can be."""

    __slots__ = ("_steps", "accept", "start")

    def __init__(self, shape: Shape, extra: str) -> None:
        self._steps: list[tuple[str, bool, bool]] = []  # letters, repeats, may be skipped
        for part in shape:
            if isinstance(part, str):
                self._steps += [(letter, False, False) for letter in part]
            elif part.exactly:
                self._steps += [(part.letters, False, False)] * part.exactly
            else:
                letters = part.letters + "".join(c for c in extra if c not in part.letters)
                if part.least:
                    self._steps.append((letters, False, False))
                self._steps.append((letters, True, True))
        self.accept = 1 << len(self._steps)
        self.start = self._skip(1)

    def _skip(self, state: int) -> int:
        """Return the places reached without a letter, too."""
        for at, (_, _, skips) in enumerate(self._steps):
            if skips and state >> at & 1:
                state |= 1 << (at + 1)
        return state

    def step(self, state: int, letter: str) -> int:
        """Return the places after one more letter."""
        result = 0
        for at, (letters, repeats, _) in enumerate(self._steps):
            if state >> at & 1 and letter in letters:
                result |= 1 << (at if repeats else at + 1)
        return self._skip(result) if result else 0

    def letters(self, state: int) -> list[str]:
        """Return the alphabets that may go on from here."""
        return [letters for at, (letters, _, _) in enumerate(self._steps) if state >> at & 1]


@functools.lru_cache(maxsize=2048)
def split(
    patterns: tuple[Pattern, ...],
    shape: Shape = ANY_TEXT,
    lifelike: tuple[str, ...] = (),
    limit: int = 400,
) -> tuple[str, ...]:
    """Return one string of the shape per class that the patterns can tell apart.

    Args:
        patterns: the patterns that the policies hold against this key.
        shape: which strings the key can have at all.
        lifelike: strings to prefer as witnesses, best first.
        limit: how many classes there may be.

    Raises:
        TooLargeError: the patterns make more classes, or a larger automaton, than that.
    """
    automaton = Automaton(patterns)
    accepting = sum(automaton.accepts)
    return _classes(
        automaton, automaton.start, shape, lifelike, limit, lambda state: state & accepting
    )


@functools.lru_cache(maxsize=512)
def split_inside(
    patterns: tuple[Pattern, ...],
    around: tuple[str, str],
    whole: tuple[Pattern, ...],
    shape: Shape,
    lifelike: tuple[str, ...] = (),
) -> tuple[str, ...]:
    """Return one string per class of a field inside longer strings, such as an ARN's account.

    Two fields are in one class when the longer strings with either have the same futures.

    Args:
        patterns: patterns of the longer strings.
        around: what stands before and after the field.
        whole: patterns of the field alone.
        shape: which strings the field can be.
        lifelike: strings to prefer as witnesses, best first.

    Raises:
        TooLargeError: the patterns make too many classes.
    """
    automaton = Automaton((*patterns, *whole))
    before, after = around
    longer = sum(automaton.starts[: len(patterns)])
    start = automaton.run(before, longer) | sum(automaton.starts[len(patterns) :])
    field = sum(automaton.accepts[len(patterns) :])
    border = automaton.starts[len(patterns)] - 1 if whole else ~0

    def future(state: int) -> int:
        return automaton.run(after, state & border) | state & field

    return _classes(automaton, start, shape, lifelike, 400, future)


def _classes(  # noqa: PLR0913 - one walk, told completely
    automaton: Automaton,
    start: int,
    shape: Shape,
    lifelike: Iterable[str],
    limit: int,
    identity: Callable[[int], int],
) -> tuple[str, ...]:
    """Walk the automaton and keep the first witness of each identity."""
    track = _Track(shape, _unusual_letters(automaton.patterns))
    found: dict[int, str] = {}
    for witness in lifelike:
        place = track.start
        for letter in witness:
            place = track.step(place, letter)
        if place & track.accept:
            found.setdefault(identity(automaton.run(witness, start)), witness)
    for state, witness in _walk(automaton, start, track):
        found.setdefault(identity(state), witness)
        if len(found) > limit:
            raise TooLargeError(f"its patterns tell more than {limit} kinds of values apart")
    return tuple(found.values())


def _unusual_letters(patterns: tuple[Pattern, ...]) -> str:
    """Return the letters that patterns spell, for keys whose alphabet is only a custom."""
    letters = {
        letter
        for pattern in patterns
        for token in pattern.tokens
        if isinstance(token, str)
        for letter in token
    }
    return "".join(sorted(letters - {":", "/"}))


def _walk(automaton: Automaton, state: int, track: _Track) -> Iterator[tuple[int, str]]:
    """Visit every reachable state once, shortest string first; yield the accepted ones."""
    start = (state, track.start)
    seen = {start}
    queue = deque([(start, "")])
    while queue:
        (state, place), text = queue.popleft()
        if place & track.accept:
            yield state, text
        for letter in _moves(automaton, track, state, place):
            after = track.step(place, letter)
            if not after:
                continue
            reached = (automaton.step(state, letter), after)
            if reached in seen:
                continue
            seen.add(reached)
            if len(seen) % 128 == 0:
                check_time()
            if len(seen) > MAX_STATES:
                raise TooLargeError("its patterns make an automaton too large to follow")
            queue.append((reached, text + letter))


def _moves(automaton: Automaton, track: _Track, state: int, place: int) -> list[str]:
    """Return the letters worth trying: those waited for, and one other per alphabet."""
    waited = automaton.next_letters(state)
    moves: dict[str, None] = {}
    for letters in track.letters(place):
        if len(letters) == 1:
            moves[letters] = None
            continue
        other = next((c for c in letters if c not in waited and c not in ":/"), None)
        if other is not None:
            moves[other] = None
        moves.update(dict.fromkeys(c for c in ":/" if c in letters))
        moves.update(dict.fromkeys(sorted(c for c in waited if c in letters)))
    return list(moves)

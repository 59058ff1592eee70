"""Split the strings that a key can have into the classes that patterns can tell apart.

Two strings are in one class when every pattern treats them alike. The walk follows all patterns
and the shape of the key at once, breadth first, so that each class gets its shortest witness.
"""

from __future__ import annotations

import functools
import string
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ddb_perimeter.policy.match import TooLargeError, check_time
from ddb_perimeter.policy.patterns import automaton

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ddb_perimeter.policy.patterns import Automaton, Pattern

DIGITS = string.digits
CAPITALS = string.ascii_uppercase + string.digits
NAMES = string.ascii_lowercase + string.ascii_uppercase + string.digits + "+=,.@_-"
PATHS = NAMES + "/"
TEXT = PATHS + ": !#$%&()*?"
MAX_STATES: Final = 12_000
MAX_CLASSES: Final = 400


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

    __slots__ = ("_alphabets", "_seen", "_steps", "accept", "start")

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
        self._seen: dict[tuple[int, str], int] = {}
        self._alphabets: dict[int, tuple[str, ...]] = {}
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
        known = self._seen.get((state, letter))
        if known is None:
            known = 0
            for at, (letters, repeats, _) in enumerate(self._steps):
                if state >> at & 1 and letter in letters:
                    known |= 1 << (at if repeats else at + 1)
            known = self._skip(known)
            self._seen[(state, letter)] = known
        return known

    def letters(self, state: int) -> tuple[str, ...]:
        """Return the alphabets that may go on from here."""
        known = self._alphabets.get(state)
        if known is None:
            steps = enumerate(self._steps)
            known = tuple(letters for at, (letters, _, _) in steps if state >> at & 1)
            self._alphabets[state] = known
        return known


@functools.lru_cache(maxsize=2048)
def split(
    patterns: tuple[Pattern, ...],
    shape: Shape = ANY_TEXT,
    lifelike: tuple[str, ...] = (),
) -> tuple[str, ...]:
    """Return one string of the shape per class that the patterns can tell apart.

    Args:
        patterns: the patterns that the policies hold against this key.
        shape: which strings the key can have at all.
        lifelike: strings to prefer as witnesses, best first.

    Raises:
        TooLargeError: the patterns make more classes, or a larger automaton, than that.
    """
    literals = tuple(dict.fromkeys(each.literal for each in patterns if each.literal is not None))
    wild = tuple(each for each in patterns if each.literal is None)
    found = _by_matches(wild, shape, lifelike)
    if not set(literals).isdisjoint(found):
        return _by_matches(patterns, shape, lifelike)
    # A literal is a class of its own; everything else is told apart by wildcards alone.
    return _bounded((*found, *_fitting(literals, shape, patterns)))


@functools.lru_cache(maxsize=2048)
def _by_matches(
    patterns: tuple[Pattern, ...], shape: Shape, lifelike: tuple[str, ...]
) -> tuple[str, ...]:
    """Return one string per class by which patterns match it."""
    every = automaton(patterns)
    accepting = sum(every.accepts)
    return _classes(every, every.start, shape, lifelike, lambda state: state & accepting)


def _fitting(texts: Iterable[str], shape: Shape, patterns: tuple[Pattern, ...]) -> Iterator[str]:
    """Yield the texts that a key of this shape can be."""
    track = _Track(shape, _unusual_letters(patterns))
    for text in texts:
        place = track.start
        for letter in text:
            place = track.step(place, letter)
            if not place:
                break
        if place & track.accept:
            yield text


def _bounded(found: tuple[str, ...]) -> tuple[str, ...]:
    """Return the classes, unless they are too many."""
    if len(found) > MAX_CLASSES:
        raise TooLargeError(f"its patterns tell more than {MAX_CLASSES} kinds of values apart")
    return found


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
    before, after = around
    literals = [each.literal for each in whole if each.literal is not None]
    literals += [
        each.literal.removeprefix(before).partition(after)[0]
        for each in patterns
        if each.literal is not None and each.literal.startswith(before)
    ]
    fields = tuple(dict.fromkeys(literals))
    found = _by_futures(
        tuple(each for each in patterns if each.literal is None),
        around,
        tuple(each for each in whole if each.literal is None),
        shape,
        lifelike,
    )
    if not set(fields).isdisjoint(found):
        return _by_futures(patterns, around, whole, shape, lifelike)
    return _bounded((*found, *_fitting(fields, shape, (*patterns, *whole))))


@functools.lru_cache(maxsize=512)
def _by_futures(
    patterns: tuple[Pattern, ...],
    around: tuple[str, str],
    whole: tuple[Pattern, ...],
    shape: Shape,
    lifelike: tuple[str, ...],
) -> tuple[str, ...]:
    """Return one field per class by the futures of the longer strings with it."""
    every = automaton((*patterns, *whole))
    before, after = around
    longer = sum(every.starts[: len(patterns)])
    start = every.run(before, longer) | sum(every.starts[len(patterns) :])
    field = sum(every.accepts[len(patterns) :])
    border = every.starts[len(patterns)] - 1 if whole else ~0

    def future(state: int) -> int:
        return every.run(after, state & border) | state & field

    return _classes(every, start, shape, lifelike, future)


def _classes(
    every: Automaton,
    start: int,
    shape: Shape,
    lifelike: Iterable[str],
    identity: Callable[[int], int],
) -> tuple[str, ...]:
    """Walk the automaton and keep the first witness of each identity."""
    head = shape[0] if isinstance(shape[0], str) else ""
    track = _Track(shape[1:] if head else shape, _unusual_letters(every.patterns))
    start = every.run(head, start)
    found: dict[int, str] = {}
    for witness in lifelike:
        if not witness.startswith(head):
            continue
        place = track.start
        for letter in witness[len(head) :]:
            place = track.step(place, letter)
        if place & track.accept:
            found.setdefault(identity(every.run(witness[len(head) :], start)), witness)
    for state, witness in _walk(every, start, track):
        found.setdefault(identity(state), head + witness)
        if len(found) > MAX_CLASSES:
            break
    return _bounded(tuple(found.values()))


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


def _walk(every: Automaton, state: int, track: _Track) -> Iterator[tuple[int, str]]:
    """Visit every reachable state once, shortest string first; yield the accepted ones."""
    start = (state, track.start)
    seen = {start}
    queue = deque([(start, "")])
    while queue:
        (state, place), text = queue.popleft()
        if place & track.accept:
            yield state, text
        for letter in _moves(every, track, state, place):
            after = track.step(place, letter)
            if not after:
                continue
            reached = (every.step(state, letter), after)
            if reached in seen:
                continue
            seen.add(reached)
            if len(seen) % 128 == 0:
                check_time()
            if len(seen) > MAX_STATES:
                raise TooLargeError("its patterns make an automaton too large to follow")
            queue.append((reached, text + letter))


def _moves(every: Automaton, track: _Track, state: int, place: int) -> list[str]:
    """Return the letters worth trying: those waited for, and one other per alphabet."""
    waited = every.next_letters(state)
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

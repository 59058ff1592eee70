"""The answer to "does this part of a statement match?", when part of it may be unreadable."""

from __future__ import annotations

import contextlib
import contextvars
import enum
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_UNTIL: contextvars.ContextVar[float] = contextvars.ContextVar("until", default=float("inf"))


class Match(enum.IntEnum):
    """Whether something matches: `and` is `min`, `or` is `max`, `not` is `opposite`."""

    NO = 0
    MAYBE = 1
    YES = 2

    @property
    def opposite(self) -> Match:
        """Return what the negation answers."""
        return _OPPOSITE[self]

    @classmethod
    def of(cls, answer: bool) -> Match:  # noqa: FBT001 - the answer is the whole argument
        """Return YES or NO."""
        return cls.YES if answer else cls.NO


_OPPOSITE = (Match.YES, Match.MAYBE, Match.NO)


class TooLargeError(Exception):
    """The question has more cases than may be looked at; its answer is `unknown`."""


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Give up on a question after a while: only hostile policies ever take so long.

    Args:
        seconds: how long it may take.
    """
    token = _UNTIL.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _UNTIL.reset(token)


def check_time() -> None:
    """Go on while there is time.

    Raises:
        TooLargeError: the time of the question is over.
    """
    if time.monotonic() > _UNTIL.get():
        raise TooLargeError("its policies take too long to take apart")

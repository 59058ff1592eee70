"""Work shared with a copy of this process, because Python computes on one processor at a time.

The two take jobs from the two ends of one list until they meet: neighbours need much of the same
and should stay together, and nobody has to know beforehand how long a job takes. Each job needs
a permit, of which there are as many as jobs, so that none is done twice.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
from typing import TYPE_CHECKING, Final, NoReturn, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

Answer = TypeVar("Answer")

_PERMIT: Final = b"."
_FEWEST: Final = 2  # jobs that are worth another process
_MOST: Final = 4096  # permits that a pipe takes at once, everywhere


class Workers(Protocol):
    """Who does jobs: one process, or two."""

    def __call__(self, jobs: Sequence[Callable[[], Answer]]) -> list[Answer]:
        """Do every job, and return what each returned, in their order."""


def alone(jobs: Sequence[Callable[[], Answer]]) -> list[Answer]:
    """Do every job here, one after the other.

    Args:
        jobs: what is to be done.

    Returns:
        What each returned, in their order.
    """
    return [job() for job in jobs]


def shared(jobs: Sequence[Callable[[], Answer]]) -> list[Answer]:
    """Do every job once, here or in a copy of this process; alone where that is not possible.

    What the copy leaves undone, because it was killed or failed, is done here after all.

    Args:
        jobs: what is to be done; what they return can be pickled.

    Returns:
        What each returned, in their order.
    """
    if not (_FEWEST <= len(jobs) <= _MOST and _may_copy()):
        return alone(jobs)
    numbered = list(enumerate(jobs))
    permits, permitted = os.pipe()
    os.write(permitted, _PERMIT * len(jobs))
    os.close(permitted)
    received, sent = os.pipe()
    parent = os.getpid()
    try:
        copy = os.fork()
    except OSError:  # the machine, or the container, allows no further process
        for end in (permits, received, sent):
            os.close(end)
        return alone(jobs)
    if copy == 0:
        _help(_while_alive(parent, reversed(numbered)), permits, sent)
    os.close(sent)
    try:
        with os.fdopen(received, "rb") as answered:
            done = dict(_taken(numbered, permits))
            done.update(_answers(answered.read()))
    except BaseException:
        os.kill(copy, signal.SIGKILL)
        raise
    finally:
        os.close(permits)
        os.waitpid(copy, 0)
    return [done[number] if number in done else job() for number, job in numbered]


def _may_copy() -> bool:
    """Say whether there is a processor for a copy, and no thread that it would lose.

    Where ended processes are not waited for, as some supervisors have it, there is none either.
    """
    return (
        sys.platform == "linux"
        and len(os.sched_getaffinity(0)) > 1
        and threading.active_count() == 1
        and signal.getsignal(signal.SIGCHLD) is not signal.SIG_IGN
    )


def _help(
    numbered: Iterable[tuple[int, Callable[[], Answer]]], permits: int, sent: int
) -> NoReturn:
    """Do jobs in the copy, tell what they returned, and end without what else an end brings."""
    try:
        told = pickle.dumps(dict(_taken(numbered, permits)))
        with os.fdopen(sent, "wb") as answers:
            answers.write(told)
    finally:
        os._exit(0)


def _while_alive(
    parent: int, numbered: Iterable[tuple[int, Callable[[], Answer]]]
) -> Iterator[tuple[int, Callable[[], Answer]]]:
    """Yield jobs as long as the process that was copied is there to hear of them."""
    for each in numbered:
        if os.getppid() != parent:
            return
        yield each


def _taken(
    numbered: Iterable[tuple[int, Callable[[], Answer]]], permits: int
) -> Iterator[tuple[int, Answer]]:
    for number, job in numbered:
        if not os.read(permits, len(_PERMIT)):
            return
        yield number, job()


def _answers(told: bytes) -> dict[int, Answer]:
    """Return what the copy told; nothing when it was interrupted."""
    try:
        answers: dict[int, Answer] = pickle.loads(told)  # noqa: S301 - from this program's own copy
    except (EOFError, pickle.UnpicklingError):
        return {}
    return answers

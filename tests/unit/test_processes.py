"""Jobs that a second process helps with: done once, in order, whatever becomes of that process."""

from __future__ import annotations

import os
import signal
import threading
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ddb_perimeter import processes

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.skipif(
    not hasattr(os, "sched_getaffinity"), reason="only Linux shares work between processes"
)


@pytest.fixture(autouse=True)
def room(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the machine two processors, and the test no other thread, whatever runs it."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    monkeypatch.setattr(threading, "active_count", lambda: 1)


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def noted(job: int, file: Path) -> tuple[int, int]:
    """Do a job that leaves a trace: one line, written in one piece."""
    with file.open("a", encoding="utf-8") as trace:
        trace.write(f"{job}\n")
    return job, os.getpid()


def waiting(job: int, own: int) -> tuple[int, int]:
    """Keep the first process busy until the second one has had its share."""
    if os.getpid() == own:
        threading.Event().wait(0.02)
    return job, os.getpid()


def dying(job: int, own: int) -> int:
    if os.getpid() != own:
        os.kill(os.getpid(), signal.SIGKILL)
    return job


def failing(job: int, own: int) -> int:
    if os.getpid() != own:
        raise RuntimeError("only in the copy")
    return job


def test_every_job_is_done_once_and_answered_in_order(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    answers = processes.shared([partial(noted, job, trace) for job in range(300)])

    assert [job for job, _ in answers] == list(range(300))
    assert sorted(map(int, trace.read_text().split())) == list(range(300))


def test_both_processes_work(tmp_path: Path) -> None:
    """Each waits in its first job for the other one to come to a job too."""
    own = os.getpid()

    def job(number: int) -> tuple[int, int]:
        (tmp_path / str(os.getpid())).touch()
        while sum(1 for _ in tmp_path.iterdir()) < 2:
            threading.Event().wait(0.01)
        return number, os.getpid()

    answers = processes.shared([partial(job, number) for number in range(10)])

    assert [number for number, _ in answers] == list(range(10))
    assert len({process for _, process in answers}) == 2
    assert own in {process for _, process in answers}


@pytest.mark.parametrize("job", [dying, failing])
def test_what_the_copy_leaves_undone_is_done_here(
    job: Callable[[int, int], int], capfd: pytest.CaptureFixture[str]
) -> None:
    slow = partial(waiting, -1, os.getpid())
    jobs: list[Callable[[], object]] = [slow, *(partial(job, n, os.getpid()) for n in range(5))]

    assert processes.shared(jobs)[1:] == list(range(5))
    assert capfd.readouterr() == ("", "")


def test_a_job_that_fails_here_fails_and_leaves_no_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    copies: list[int] = []
    fork = os.fork

    def remembered() -> int:
        copies.append(fork())
        return copies[-1]

    def broken() -> int:
        raise RuntimeError("a defect")

    monkeypatch.setattr(os, "fork", remembered)
    with pytest.raises(RuntimeError, match="a defect"):
        processes.shared([broken, broken, broken])
    (copy,) = copies
    with pytest.raises(ChildProcessError):
        os.waitpid(copy, os.WNOHANG)


@given(st.lists(st.binary(max_size=70_000), max_size=6))
@settings(max_examples=20, deadline=None)
def test_answers_may_be_larger_than_a_pipe(answers: list[bytes]) -> None:
    jobs = [partial(bytes, each) for each in answers]

    assert processes.shared(jobs) == processes.alone(jobs) == answers


def test_where_no_process_may_be_started_all_is_done_here(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refused() -> int:
        raise BlockingIOError("Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", refused)
    before = open_files()

    assert processes.shared([lambda: 1, lambda: 2]) == [1, 2]
    assert open_files() == before


def test_no_file_stays_open() -> None:
    before = open_files()

    assert processes.shared([lambda: 1, lambda: 2]) == [1, 2]
    assert open_files() == before


def test_where_ended_processes_are_not_waited_for_all_is_done_here(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "fork", lambda: pytest.fail("nobody could wait for the copy"))
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        assert processes.shared([lambda: 1, lambda: 2]) == [1, 2]
    finally:
        signal.signal(signal.SIGCHLD, before)


def test_a_copy_that_nobody_waits_for_ends(tmp_path: Path) -> None:
    """The first process is killed in its first job; the copy does not do all the others."""
    trace = tmp_path / "trace"
    program = os.fork()
    if program == 0:
        own = os.getpid()

        def job(number: int) -> None:
            if os.getpid() == own:
                os.kill(own, signal.SIGKILL)
            threading.Event().wait(0.1)
            noted(number, trace)

        processes.shared([partial(job, number) for number in range(40)])
    os.waitpid(program, 0)
    threading.Event().wait(0.5)

    done = trace.read_text(encoding="utf-8").split() if trace.exists() else []
    assert len(done) <= 1


@pytest.mark.parametrize(
    ("processors", "threads"), [({0}, 1), ({0, 1}, 2)], ids=["one processor", "two threads"]
)
def test_without_room_for_a_copy_all_is_done_here(
    monkeypatch: pytest.MonkeyPatch, processors: set[int], threads: int
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: processors)
    monkeypatch.setattr(threading, "active_count", lambda: threads)
    monkeypatch.setattr(os, "fork", lambda: pytest.fail("there is no room for a copy"))

    assert processes.shared([lambda: 1, lambda: 2]) == [1, 2]

"""The emulator is started on the loopback interface alone, and stopped whatever happens."""

from __future__ import annotations

import contextlib
import os
import socket
import sys
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from rich.console import Console

from rehearsal import __main__ as command
from rehearsal.emulator import emulator, environment
from rehearsal.failure import CannotRehearse

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def stand_in(tmp_path: Path) -> Path:
    """Return a program that is as healthy as the emulator, and starts another one."""
    (tmp_path / "_ministack").mkdir()
    (tmp_path / "_ministack" / "health").touch()
    path = tmp_path / "stand-in"
    path.write_text(
        "#!/bin/sh\nsleep 600 & echo $! > child\n"
        f'exec "{sys.executable}" -S -m http.server "$GATEWAY_PORT" --bind "$BIND_HOST"\n',
        encoding="utf-8",
    )
    path.chmod(0o755)
    return path


def listens(endpoint: str) -> bool:
    address = urlsplit(endpoint)
    with socket.socket() as probe:
        return probe.connect_ex((str(address.hostname), address.port or 0)) == 0


def runs(child: int) -> bool:
    """Return whether a process runs; one that ended and waits for its parent does not."""
    try:
        os.kill(child, 0)
        with open(f"/proc/{child}/stat", encoding="utf-8") as stat:  # noqa: PTH123 - no path of ours
            return ") Z " not in stat.read()
    except OSError:
        return False


@pytest.mark.parametrize("what_happens", [None, RuntimeError, KeyboardInterrupt, SystemExit])
def test_nothing_of_the_emulator_is_left(
    stand_in: Path, tmp_path: Path, what_happens: type[BaseException] | None
) -> None:
    seen = ""
    expected = pytest.raises(what_happens) if what_happens else contextlib.nullcontext()
    with expected, emulator(stand_in, tmp_path, tmp_path / "log") as endpoint:
        seen = endpoint
        assert listens(seen)
        if what_happens:
            raise what_happens

    assert seen.startswith("http://127.0.0.1:")
    assert not listens(seen)
    child = int((tmp_path / "child").read_text(encoding="utf-8"))
    for _ in range(200):  # a signal takes its time
        if not runs(child):
            return
        time.sleep(0.02)
    pytest.fail("a program that the emulator started is left")


def test_an_emulator_that_ends_at_once_is_told_with_its_last_words(tmp_path: Path) -> None:
    program = tmp_path / "broken"
    program.write_text("#!/bin/sh\necho the port is taken\nexit 1\n", encoding="utf-8")
    program.chmod(0o755)

    with (
        pytest.raises(CannotRehearse, match="the port is taken"),
        emulator(program, tmp_path, tmp_path / "log"),
    ):
        pytest.fail("it did not start")


def test_programs_see_no_account_of_aws(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_S3", "https_proxy"):
        monkeypatch.setenv(name, "of the user")

    told = environment("http://127.0.0.1:1", tmp_path)

    assert "of the user" not in told.values()
    assert told["AWS_ENDPOINT_URL"] == "http://127.0.0.1:1"
    assert told["PATH"].endswith(os.environ["PATH"])


def test_without_the_emulator_nothing_is_tried_or_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "OUTPUT", tmp_path / "output")

    code = command.rehearse(tmp_path / "missing", Console())

    assert code == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not (tmp_path / "output").exists()


def test_a_step_that_fails_fails_the_rehearsal(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """An emulator that answers nothing but its health."""
    monkeypatch.setattr(command, "OUTPUT", tmp_path / "output")
    program = tmp_path / "healthy"
    program.write_text(
        "#!/bin/sh\nmkdir _ministack; touch _ministack/health\n"
        f'exec "{sys.executable}" -S -m http.server "$GATEWAY_PORT" --bind "$BIND_HOST"\n',
        encoding="utf-8",
    )
    program.chmod(0o755)

    code = command.rehearse(program, Console())

    assert code == 1
    assert "The rehearsal failed" in capsys.readouterr().out

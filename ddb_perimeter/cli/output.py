"""Where a report goes: standard output, or a file that is replaced in one step."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class Failure(click.ClickException):
    """The input, or what it should become, cannot be used: exit code 2."""

    exit_code = 2


def write_stdout(text: str) -> None:
    """Write to standard output; a reader that has gone away is no failure.

    Raises:
        Failure: it cannot be written for another reason, e.g. a full disk.
    """
    stream = sys.stdout.buffer
    encoding = sys.stdout.encoding or "utf-8"
    try:
        stream.write(text.encode(encoding, "backslashreplace"))
        stream.flush()
    except BrokenPipeError:
        abandon_stdout()
    except OSError as error:
        abandon_stdout()
        raise Failure(f"standard output cannot be written: {error.strerror}") from error


def abandon_stdout() -> None:
    """Let nothing be flushed into a broken stream when the interpreter exits."""
    with contextlib.suppress(OSError, ValueError):
        sink = os.open(os.devnull, os.O_WRONLY)
        os.dup2(sink, sys.stdout.fileno())
        os.close(sink)


def demand_writable(path: Path, inputs: Iterable[Path]) -> None:
    """Refuse, before any work is done, a file that could not or must not be written.

    Raises:
        Failure: it is a folder, its folder is missing or closed, or it is an input.
    """
    if path.is_dir():
        raise Failure(f"--output {path}: is a folder; name a file in it")
    folder = path.resolve().parent
    if not folder.is_dir():
        raise Failure(f"--output {path}: there is no folder {path.parent}; create it first")
    if not os.access(path if path.exists() else folder, os.W_OK):
        raise Failure(f"--output {path}: no permission to write there")
    if any(source.is_file() and path.exists() and source.samefile(path) for source in inputs):
        raise Failure(f"--output {path}: is the template that is checked; name another file")


def write_file(path: Path, text: str) -> None:
    """Replace a file in one step: a reader sees the old report or the new one, whole.

    Raises:
        Failure: it cannot be written; an existing file is as it was.
    """
    target = path.resolve()  # a symbolic link stays one
    content = text.encode()
    try:
        if target.exists() and not target.is_file():
            target.write_bytes(content)  # a device or a pipe must not be replaced by a file
            return
        _replace(target, content)
    except OSError as error:
        raise Failure(f"--output {path}: cannot be written: {error.strerror}") from error


def _replace(target: Path, content: bytes) -> None:
    draft = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
        if target.exists():
            draft.chmod(stat.S_IMODE(target.stat().st_mode))
        draft.replace(target)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise

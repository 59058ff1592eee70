"""Programs of the journey: the pinned CDK command line, and the workload as a user types it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rehearsal.emulator import BIN
from rehearsal.failure import RehearsalFailed

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT: Final = Path(__file__).parents[1]
_LAST_LINES: Final = 15
_SECONDS: Final = 300


@dataclass(frozen=True, slots=True)
class Toolkit:
    """Runs programs in the repository, and keeps what they say in one log.

    Args:
        environment: what they see.
        log: the file that their output is added to.
    """

    environment: Mapping[str, str]
    log: Path

    def cdk(self, *arguments: str, expected: int = 0) -> str:
        """Run the CDK command line.

        Args:
            arguments: its command and options.
            expected: the exit code that it should have.

        Returns:
            What it said.

        Raises:
            RehearsalFailed: it ended otherwise.
        """
        return self._run([str(BIN / "cdk"), *arguments], expected)

    def python(self, *arguments: str, expected: int = 0) -> str:
        """Run Python.

        Args:
            arguments: its options, e.g. ``-m workload``.
            expected: the exit code that it should have.

        Returns:
            What it said.

        Raises:
            RehearsalFailed: it ended otherwise.
        """
        return self._run([sys.executable, *arguments], expected)

    def _run(self, command: list[str], expected: int) -> str:
        told = " ".join([Path(command[0]).name, *command[1:]])
        try:
            done = subprocess.run(
                command,
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise RehearsalFailed(f"`{told}` did not end within {_SECONDS} s") from None
        with self.log.open("a", encoding="utf-8") as log:
            log.write(f"$ {told}\n{done.stdout}\n[exit code {done.returncode}]\n\n")
        if done.returncode != expected:
            raise RehearsalFailed(
                f"`{told}` ended with {done.returncode}, not {expected}:",
                *done.stdout.strip().splitlines()[-_LAST_LINES:],
            )
        return done.stdout

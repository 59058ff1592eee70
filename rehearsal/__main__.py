"""`python -m rehearsal`: the deployment rehearsal; `make rehearse` installs the emulator for it."""

from __future__ import annotations

import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Final, NoReturn

import click
from rich.console import Console

from rehearsal.emulator import emulator, environment
from rehearsal.failure import CannotRehearse, RehearsalFailed
from rehearsal.journey import Journey
from rehearsal.toolkit import ROOT, Toolkit

OUTPUT: Final = ROOT / "cdk.out-rehearsal"

_DONE = 0
_FAILED = 1
_UNUSABLE = 2
_INTERRUPTED = 130


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--emulator",
    "program",
    type=click.Path(path_type=Path),
    default=ROOT / "rehearsal" / "ministack" / ".venv" / "bin" / "ministack",
    help="The emulator's executable.",
)
def main(program: Path) -> None:
    """Deploy, use, change and destroy the baseline in an emulated account."""
    signal.signal(signal.SIGTERM, _interrupt)
    sys.exit(rehearse(program, Console()))


def rehearse(program: Path, console: Console) -> int:
    """Rehearse once.

    Args:
        program: the emulator's executable.
        console: where to tell it.

    Returns:
        0 when all went as it should, 1 when something did not, 2 when it could not be tried.
    """
    started = time.monotonic()
    if not program.is_file():
        sys.stderr.write(f"rehearsal: {program} is not there; `make rehearse` installs it\n")
        return _UNUSABLE
    shutil.rmtree(OUTPUT, ignore_errors=True)
    OUTPUT.mkdir()
    try:
        with (
            tempfile.TemporaryDirectory(prefix="rehearsal-") as name,
            emulator(program, Path(name), OUTPUT / "emulator.log") as endpoint,
        ):
            console.print(f"Emulated account at {endpoint}", highlight=False)
            toolkit = Toolkit(environment(endpoint, Path(name)), OUTPUT / "commands.log")
            Journey(endpoint, toolkit, OUTPUT, console).run()
    except CannotRehearse as error:
        sys.stderr.write(f"rehearsal: {error}\n")
        return _UNUSABLE
    except RehearsalFailed as failure:
        console.print()
        for finding in failure.findings:
            console.print(finding, markup=False, highlight=False, soft_wrap=True)
        console.print(f"\nThe rehearsal failed. What was said is in {OUTPUT.name}.")
        return _FAILED
    except KeyboardInterrupt:
        console.print("\nInterrupted; the emulator is stopped.")
        return _INTERRUPTED
    seconds = time.monotonic() - started
    console.print(f"\nAll went as it should, in {seconds:.0f} s. The emulator is stopped.")
    return _DONE


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()

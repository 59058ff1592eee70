"""The emulated account: an emulator of AWS on a free loopback port, for as long as it is needed."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rehearsal.account import ACCESS_KEY, ACCOUNT_ID
from rehearsal.failure import CannotRehearse

if TYPE_CHECKING:
    from collections.abc import Iterator

BIN: Final = Path(sys.executable).parent
HOST: Final = "127.0.0.1"
START_SECONDS: Final = 60
STOP_SECONDS: Final = 10
_HEALTH: Final = "/_ministack/health"


@contextlib.contextmanager
def emulator(program: Path, folder: Path, log: Path) -> Iterator[str]:
    """Start the emulator, and stop it with everything that it started, whatever happens.

    It listens on the loopback interface only and keeps nothing: its account is empty at the start
    and gone at the end.

    Args:
        program: the executable of ministack.
        folder: where it may write.
        log: the file that it says things to.

    Yields:
        Its endpoint, e.g. ``http://127.0.0.1:45671``.

    Raises:
        CannotRehearse: it does not start.
    """
    port = _free_port()
    endpoint = f"http://{HOST}:{port}"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [program],
            cwd=folder,
            env={
                **scrubbed(),
                "BIND_HOST": HOST,
                "GATEWAY_PORT": str(port),
                "MINISTACK_ACCOUNT_ID": ACCOUNT_ID,
                "TMPDIR": str(folder),
                # Functions run as processes of ours, never in somebody's container engine.
                "LAMBDA_EXECUTOR": "local",
            },
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            # A group of its own: Ctrl-C reaches us first, and we stop all of it.
            start_new_session=True,
        )
    try:
        _wait(process, endpoint, log)
        yield endpoint
    finally:
        _stop(process)


def environment(endpoint: str, folder: Path) -> dict[str, str]:
    """Return the environment of programs that may reach the emulator and no account of AWS.

    Args:
        endpoint: where the emulator listens.
        folder: where the programs may keep what they remember.
    """
    return {
        **scrubbed(),
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": ACCESS_KEY,
        # Neither a profile nor the machine's own role may take the place of the keys above.
        "AWS_CONFIG_FILE": str(folder / "no-config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(folder / "no-credentials"),
        "AWS_EC2_METADATA_DISABLED": "true",
        # The command line remembers accounts by access key, and every emulator has its own.
        "CDK_HOME": str(folder),
        "CI": "1",
    }


def scrubbed() -> dict[str, str]:
    """Return our environment without anything that points at an account of AWS or at a proxy.

    The pinned node comes first, for the CDK command line and for the emulator's functions.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.upper().startswith(("AWS_", "CDK_")) and not name.upper().endswith("_PROXY")
    }
    return {**kept, "PATH": os.pathsep.join([str(BIN), kept.get("PATH", os.defpath)])}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], endpoint: str, log: Path) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError), opener.open(endpoint + _HEALTH, timeout=1):
            return
        time.sleep(0.1)
    last = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:]
    raise CannotRehearse(f"the emulator does not start: {' '.join(last) or 'it says nothing'}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the whole group: the functions that the emulator runs are in it."""
    # Impatience must not leave it running: from here on, Ctrl-C is heard when it has ended.
    impatient = signal.signal(signal.SIGINT, signal.SIG_IGN)
    for how in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, how)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
    signal.signal(signal.SIGINT, impatient)

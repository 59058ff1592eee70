"""The program as a process: pipes, terminals, start-up and what it imports."""

import json
import os
import pty
import resource
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from ddb_perimeter import __version__

ROOT = Path(__file__).parents[2]
# Runs the real program on the sample inventory and controls of conftest.py.
SAMPLE = """
import importlib.util, sys, types
spec = importlib.util.spec_from_file_location("sample", sys.argv.pop(1))
sample = importlib.util.module_from_spec(spec)
sys.modules["sample"] = sys.modules["ddb_perimeter.controls.sample"] = sample
spec.loader.exec_module(sample)
import ddb_perimeter.inventory as inventory
from ddb_perimeter.controls import catalogue
catalogue.AREAS = ("sample",)
inventory.load, inventory.InputError = sample.load, sample.InputError
from ddb_perimeter.cli import main
main()
"""
ENVIRONMENT = {
    name: value
    for name, value in os.environ.items()
    if name not in {"NO_COLOR", "FORCE_COLOR", "COLUMNS"}
} | {"PYTHONPATH": str(ROOT), "TERM": "xterm"}


def real(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ddb_perimeter", *arguments],
        cwd=ROOT,
        env=ENVIRONMENT | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def command(*arguments: str | Path) -> list[str]:
    conftest = str(Path(__file__).with_name("conftest.py"))
    return [sys.executable, "-c", SAMPLE, conftest, *map(str, arguments)]


def sample(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments),
        env=ENVIRONMENT | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.fixture
def public(tmp_path: Path) -> Path:
    file = tmp_path / "Data.template.json"
    file.write_text(json.dumps({"Messages": "public"}), encoding="utf-8")
    return file


def on_a_terminal(arguments: list[str], **environment: str) -> tuple[int, str]:
    """Run with a pseudo terminal as standard output."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        arguments, env=ENVIRONMENT | environment, stdout=theirs, stderr=subprocess.PIPE
    )
    os.close(theirs)
    shown = b""
    try:
        while chunk := os.read(ours, 65536):
            shown += chunk
    except OSError:
        pass  # Linux says so when the other side is closed
    finally:
        os.close(ours)
    _, errors = process.communicate(timeout=60)
    assert errors == b""
    return process.returncode, shown.decode()


def test_the_module_is_the_program() -> None:
    result = real("--version")

    assert (result.returncode, result.stdout) == (0, f"ddb-perimeter {__version__}\n")


def test_the_version_is_that_of_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

    assert project["project"]["version"] == __version__


def test_exit_codes_reach_the_shell(public: Path, tmp_path: Path) -> None:
    broken = sample("check", public)
    unusable = sample("check", tmp_path / "missing")

    assert (broken.returncode, broken.stderr) == (1, "")
    assert broken.stdout.startswith("broken: ")
    assert (unusable.returncode, unusable.stdout) == (2, "")
    assert len(unusable.stderr.splitlines()) == 1


def test_colours_are_for_terminals_alone(public: Path) -> None:
    assert "\x1b" not in sample("check", public).stdout
    assert "\x1b" not in sample("check", public, FORCE_COLOR="1").stdout

    code, shown = on_a_terminal(command("check", public))
    assert code == 1
    assert "\x1b[1;31mbroken: " in shown


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_terminals_without_colours_are_respected(public: Path, environment: dict[str, str]) -> None:
    code, shown = on_a_terminal(command("check", public), **environment)

    assert code == 1
    assert "broken: " in shown
    assert "\x1b" not in shown


@pytest.mark.parametrize(
    ("arguments", "code"), [(("check", "PUBLIC"), 1), (("controls",), 0), (("--help",), 1)]
)
def test_a_reader_that_goes_away_is_no_failure(
    public: Path, arguments: tuple[str, ...], code: int
) -> None:
    """As in `ddb-perimeter check … | head -0`: the verdict's code (click's for help), no word."""
    reading, writing = os.pipe()
    os.close(reading)
    process = subprocess.run(
        command(*(str(public) if part == "PUBLIC" else part for part in arguments)),
        env=ENVIRONMENT,
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        timeout=60,
    )
    os.close(writing)

    assert (process.returncode, process.stderr) == (code, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("arguments", [("check", "PUBLIC"), ("controls",), ("--help",)])
def test_a_full_disk_is_told_in_one_line(public: Path, arguments: tuple[str, ...]) -> None:
    with Path("/dev/full").open("wb") as full:
        process = subprocess.run(
            command(*(str(public) if part == "PUBLIC" else part for part in arguments)),
            env=ENVIRONMENT,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=60,
        )

    assert process.returncode == 2
    assert len(process.stderr.splitlines()) == 1
    assert "No space left on device" in process.stderr


def test_an_ascii_terminal_loses_no_report(tmp_path: Path) -> None:
    file = tmp_path / "Data.template.json"
    file.write_text(json.dumps({"Größe": "public"}), encoding="utf-8")

    result = sample("check", file, PYTHONIOENCODING="ascii", PYTHONUTF8="0")

    assert result.returncode == 1
    assert "AWS::DynamoDB::Table Gr\\xf6\\xdfe\n" in result.stdout


def test_the_light_commands_import_nothing_heavy() -> None:
    script = (
        "import sys, contextlib\n"
        "from ddb_perimeter.cli import main\n"
        "for sys.argv in (['x', 'controls'], ['x', '--help'], ['x', 'check', '--help']):\n"
        "    with contextlib.suppress(SystemExit): main()\n"
        "sys.stderr.write(' '.join(sorted({m.split('.')[0] for m in sys.modules})))\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", script],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    heavy = {"aws_cdk", "boto3", "botocore", "jsii", "pydantic", "rich", "yaml"}
    assert heavy.isdisjoint(result.stderr.split())


def processor_time(run: Callable[[], subprocess.CompletedProcess[str]]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert run().returncode == 0
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


@pytest.mark.parametrize("arguments", [("--help",), ("controls",), ("explain", "ddb-pitr")])
def test_it_starts_at_once(arguments: tuple[str, ...], tmp_path: Path) -> None:
    """Within twelve starts of a bare interpreter, which is 0.3 s where one takes 25 ms.

    Other processes share the machine, so the best of five counts, in processor time. Modules are
    compiled before, as when the package is installed, whatever the environment says.
    """
    compiled = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(tmp_path)}
    assert real(*arguments, **compiled).returncode == 0
    bare = [sys.executable, "-c", "pass"]

    ours, nothing = [], []
    for _ in range(5):
        ours.append(processor_time(lambda: real(*arguments, **compiled)))
        nothing.append(
            processor_time(
                lambda: subprocess.run(bare, capture_output=True, text=True, check=False)
            )
        )

    assert min(ours) < 12 * min(nothing)

"""The benchmark: `make bench`. Prints tables; ratios are of one run on one machine."""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from rich.console import Console
from rich.table import Table

from bench import systems

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ROOT: Final = Path(__file__).parents[1]
PEERS: Final = Path(__file__).parent / "peers" / ".venv" / "bin"
REGION_COUNTS: Final = (1, 17, 32)
TABLE_COUNTS: Final = (10, 100, 1000)
STATEMENT_COUNTS: Final = (2, 10, 50, 100, 200)
PATTERN_COUNTS: Final = (30, 400)
RESOURCE_COUNTS: Final = (1000, 3000, 10_000)
AMORTIZED_REGIONS: Final = 20  # of two templates each
# cfripper's parser refuses a resource of Audit and gives up, so it cannot be compared there.
COMMON: Final = ("Network", "Data")
LONG: Final = 10.0  # seconds; what takes longer is run once
ENVIRONMENT: Final = {
    **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
    "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "constructs")]),
    # No tool may wait for a network, nor find credentials.
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_DEFAULT_REGION": systems.REGION,
    "BC_SKIP_MAPPING": "TRUE",
    "LOG_LEVEL": "ERROR",
}


@dataclass(frozen=True)
class Tool:
    """A program that judges templates.

    Args:
        name: what the table calls it.
        command: how it is started on some files.
    """

    name: str
    command: Callable[[Sequence[str]], list[str]]


OURS: Final = Tool(
    "ddb-perimeter", lambda files: [sys.executable, "-m", "ddb_perimeter", "check", *files]
)
OTHERS: Final = (
    Tool("cfn-lint", lambda files: [str(PEERS / "cfn-lint"), *files]),
    Tool(
        "checkov",
        lambda files: [
            str(PEERS / "checkov"),
            *("--framework", "cloudformation", "--compact", "--quiet", "--skip-download"),
            *(part for file in files for part in ("-f", file)),
        ],
    ),
    Tool("cfripper", lambda files: [str(PEERS / "cfripper"), *files]),
)


def main() -> None:
    """Measure everything and print it."""
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--repeat", type=int, default=3, help="runs of which the median counts")
    parser.add_argument("--alone", action="store_true", help="leave the other tools out")
    options = parser.parse_args()
    console = Console(width=124)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        assembly = _synthesized(folder / "cdk.out")
        if not options.alone:
            console.print(_beside_others(assembly, folder, options.repeat))
        console.print(_growth(assembly, folder, options.repeat))
        for table in _account(assembly):
            console.print(table)


def _synthesized(folder: Path) -> Path:
    """Write the default configuration's assembly, as `make synth` does."""
    subprocess.run(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env={**ENVIRONMENT, "CDK_OUTDIR": str(folder)},
        check=True,
        capture_output=True,
    )
    return folder


def _beside_others(assembly: Path, folder: Path, repeat: int) -> Table:
    """Time every tool on the same templates, start-up included."""
    files = systems.regions(assembly, folder / "many", AMORTIZED_REGIONS, COMMON)
    many = [str(file) for file in files]
    one = next(file for file in many if "Data" in file)
    table = Table(title="The same templates, start-up included")
    table.add_column("")
    for heading in ("one template", "ratio", f"each of {len(many)}", "ratio"):
        table.add_column(heading, justify="right")
    single: dict[str, float] = {}
    share: dict[str, float] = {}
    for tool in (OURS, *OTHERS):
        single[tool.name] = _median(lambda tool=tool: _wall(tool.command([one])), repeat)  # type: ignore[misc]
        share[tool.name] = _median(
            lambda tool=tool: _wall(tool.command(many)) / len(many),  # type: ignore[misc]
            repeat,
            len(many),
        )
        table.add_row(
            tool.name,
            f"{single[tool.name]:.2f} s",
            f"{single[tool.name] / single[OURS.name]:.1f}",
            f"{share[tool.name] * 1000:.0f} ms",
            f"{share[tool.name] / share[OURS.name]:.1f}",
        )
    return table


def _growth(assembly: Path, folder: Path, repeat: int) -> Table:
    """Time our check, after start-up, as the system grows."""
    table = Table(title="Our check as the system grows, after start-up")
    for heading in (
        "system",
        "templates",
        "resources",
        "whole",
        "per template",
        "questions",
        "median",
        "slowest",
        "verdict",
    ):
        side: Literal["left", "right"] = "left" if heading in {"system", "verdict"} else "right"
        table.add_column(heading, justify=side, no_wrap=True)
    for count in REGION_COUNTS:
        path = folder / f"regions-{count}"
        systems.regions(assembly, path, count)
        table.add_row(f"{count} Region{'s' * (count > 1)}", *_measured(path, repeat))
    for name, make, counts in (
        ("tables", systems.tables, TABLE_COUNTS),
        ("statements", systems.statements, STATEMENT_COUNTS),
        ("hostile patterns", systems.hostile, PATTERN_COUNTS),
        ("resources", systems.resources, RESOURCE_COUNTS),
    ):
        table.add_section()
        for count in counts:
            path = systems.write(make(count), folder / f"{name}-{count}")
            table.add_row(f"{count:,} {name}", *_measured(path, repeat))
    return table


def _account(assembly: Path) -> Iterator[Table]:
    """Time `verify` over Regions at a distance, and its calls and memory over tables."""
    measured = json.loads(_output([sys.executable, "-m", "bench.live", str(assembly)]))
    one, *_ = measured["regions"]
    table = Table(title="verify, every call taking 100 ms")
    for heading in ("Regions", "calls", "read", "ratio", "judge", "whole", "ratio", "verdict"):
        table.add_column(heading, justify="left" if heading == "verdict" else "right")
    for run in measured["regions"]:
        whole = run["read"] + run["judge"]
        table.add_row(
            f"{run['count']}",
            f"{run['calls']:,}",
            f"{run['read']:.1f} s",
            f"{run['read'] / one['read']:.1f}",
            f"{run['judge']:.1f} s",
            f"{whole:.1f} s",
            f"{whole / (one['read'] + one['judge']):.1f}",
            run["verdict"],
        )
    yield table
    table = Table(title="verify, reading one Region with many tables, calls taking no time")
    for heading in ("tables", "calls", "calls a table", "read", "peak memory", "a table"):
        table.add_column(heading, justify="right")
    first, *_ = measured["tables"]
    for run in measured["tables"]:
        more = run["count"] - first["count"]
        table.add_row(
            f"{run['count']:,}",
            f"{run['calls']:,}",
            f"{(run['calls'] - first['calls']) / more:.2f}" if more else "",
            f"{run['read']:.2f} s",
            f"{run['peak'] / 1e6:.0f} MB",
            f"{(run['peak'] - first['peak']) / more / 1000:.0f} kB" if more else "",
        )
    yield table


def _output(command: list[str]) -> str:
    """Run a program of ours, and return what it printed."""
    done = subprocess.run(
        command, cwd=ROOT, env=ENVIRONMENT, check=True, capture_output=True, text=True
    )
    return done.stdout


def _measured(path: Path, repeat: int) -> list[str]:
    """Return the cells of one system."""
    runs = []
    for _ in range(repeat):
        runs.append(json.loads(_output([sys.executable, "-m", "bench.once", str(path)])))
        if runs[0]["judge"] > LONG:
            break
    run = sorted(runs, key=lambda each: each["load"] + each["judge"])[len(runs) // 2]
    whole = run["load"] + run["judge"]
    questions = run["questions"] or [0.0]
    unknown = f", {run['unknown']} unknown" if run["unknown"] else ""
    return [
        f"{run['templates']:,}",
        f"{run['resources']:,}",
        f"{whole:.2f} s",
        f"{whole / run['templates'] * 1000:.0f} ms",
        f"{len(run['questions']):,}",
        f"{statistics.median(questions) * 1000:.1f} ms",
        f"{max(questions) * 1000:.0f} ms",
        f"{run['verdict']}{unknown}",
    ]


def _median(measure: Callable[[], float], repeat: int, scale: int = 1) -> float:
    """Return the median of several measurements; of a long one, the first."""
    found = [measure()]
    while len(found) < repeat and found[0] * scale < LONG:
        found.append(measure())
    return statistics.median(found)


def _wall(command: list[str]) -> float:
    """Run a program to its end, whatever it says about the templates."""
    start = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, capture_output=True, check=False)
    spent = time.perf_counter() - start
    if b"Traceback" in done.stderr:
        raise SystemExit(f"{command[0]} failed: {done.stderr.decode()[-500:]}")
    return spent


if __name__ == "__main__":
    main()

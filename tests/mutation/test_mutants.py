"""Every fault is found by the control that is there for it, with what it means for the data."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from ddb_perimeter.controls import catalogue
from ddb_perimeter.findings import Exposure, Verdict
from tests.mutation.areas.catalogue import MUTANTS
from tests.mutation.signature import outline, signature

if TYPE_CHECKING:
    from tests.mutation.judging import Judge
    from tests.mutation.mutant import Mutant
    from tests.mutation.templates import Templates

ROOT: Final = Path(__file__).parents[2]
ALL: Final = [mutant for mutants in MUTANTS.values() for mutant in mutants]
THOROUGH: Final = (
    "the table has no policy",
    "everybody is allowed to read",
    "the stream has no policy",
    "the network Deny is on everything",
)
"""Changes of policies that are judged by every control, also by those that look elsewhere."""


def place(mutant: Mutant, changed: Templates, baseline: Templates) -> tuple[str, str]:
    """Return where the fault is; a resource that is gone was in the baseline."""
    try:
        return changed.place(mutant.on)
    except LookupError:
        return baseline.place(mutant.on)


@pytest.mark.parametrize("mutant", ALL, ids=lambda mutant: mutant.name)
def test_a_mutant_is_found(mutant: Mutant, baseline: Templates, judge: Judge) -> None:
    changed = baseline.copy()
    mutant.change(changed)

    result = judge.some(changed, judge.concerned(changed) | {mutant.control})

    own = [finding for finding in result.findings if finding.control == mutant.control]
    assert own, f"{mutant.control} is silent; others: {[f.control for f in result.findings]}"
    assert {finding.verdict for finding in own} == {Verdict.BROKEN}, own
    _, logical_id = place(mutant, changed, baseline)
    here = [finding for finding in own if finding.subject.logical_id == logical_id]
    assert here, f"{mutant.control} blames {[f.subject.logical_id for f in own]}"
    assert max(here, key=lambda f: list(Exposure).index(f.exposure)).exposure is mutant.exposure
    for finding in result.findings:
        assert (finding.exposure is not Exposure.REACHABLE) or finding.counterexample is not None
    assert {finding.control for finding in result.findings} - {mutant.control} == mutant.also
    assert result.verdict is Verdict.BROKEN


@pytest.mark.parametrize("name", THOROUGH)
def test_controls_that_look_elsewhere_stay_silent(
    name: str, baseline: Templates, judge: Judge
) -> None:
    mutant = next(mutant for mutant in ALL if mutant.name == name)
    changed = baseline.copy()
    mutant.change(changed)

    everything = judge.all(changed)
    some = judge.some(changed, judge.concerned(changed))

    assert len(some.controls) < len(everything.controls)
    assert some.findings == everything.findings


def test_there_are_ten_mutants_of_each_area_or_more() -> None:
    counts = {area: len(mutants) for area, mutants in MUTANTS.items()}

    assert len(ALL) >= 120
    assert set(counts) == {
        "table policy", "stream policy", "endpoint", "network", "cache", "identity",
        "function", "key", "audit", "log delivery", "posture and copies", "lock-out", "policy text",
    }  # fmt: skip
    assert min(counts.values()) >= 10, counts
    assert len({mutant.name for mutant in ALL}) == len(ALL)


def test_no_two_mutants_are_the_same_fault(baseline: Templates) -> None:
    """Renamed twins count once, and variations of one property count a few times at most."""
    signatures: dict[frozenset[str], str] = {}
    outlines: Counter[frozenset[str]] = Counter()
    for mutant in ALL:
        changed = baseline.copy()
        mutant.change(changed)
        own = signature(baseline, changed)
        assert own, f"{mutant.name} changes nothing"
        assert own not in signatures, f"{mutant.name} is {signatures[own]}"
        signatures[own] = mutant.name
        outlines[outline(own)] += 1

    assert len(outlines) >= 120, len(outlines)
    assert max(outlines.values()) <= 10, outlines.most_common(3)


def test_mutants_name_controls_that_exist() -> None:
    known = {control.id for control in catalogue.controls()}

    assert {control for m in ALL for control in (m.control, *m.also)} <= known


@pytest.mark.skipif(sys.platform != "linux", reason="a second process helps on Linux alone")
def test_a_second_processor_changes_no_byte_of_the_report(
    baseline: Templates, tmp_path: Path
) -> None:
    changed = baseline.copy()
    for mutants in MUTANTS.values():
        mutants[-1].change(changed)
    changed.write(tmp_path)
    processors = os.sched_getaffinity(0)

    reports = [
        subprocess.run(
            [sys.executable, "-m", "ddb_perimeter", "check", str(tmp_path), "--format", "json"],
            preexec_fn=partial(os.sched_setaffinity, 0, some),
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=False,
        )
        for some in ({min(processors)}, processors)
    ]

    assert [report.returncode for report in reports] == [1, 1]
    assert len(json.loads(reports[0].stdout)["findings"]) >= len(MUTANTS)
    assert reports[0].stdout == reports[1].stdout

"""Every fault of a live account is found by the control that is there for it, and by no other."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pytest

from ddb_perimeter.controls import catalogue
from ddb_perimeter.findings import Exposure, Verdict
from tests.live.emulation.account import emulated
from tests.live.faults import network
from tests.live.faults.catalogue import FAULTS
from tests.live.judging import read

if TYPE_CHECKING:
    from tests.live.emulation.account import Account, Snapshot
    from tests.live.faults.fault import Fault
    from tests.live.judging import Judge

ALL: Final = [fault for faults in FAULTS.values() for fault in faults]
THOROUGH: Final = (
    "the table's policy is deleted",
    "a client subnet leads to the internet",
    "another account may assume the cache's role",
    "the trail is stopped",
)
"""Changes that are judged by every control, also by those that look elsewhere."""


def blamed(fault: Fault, account: Account) -> str:
    """Return the id of what has to be named; empty for what the change made."""
    path, bar, rest = fault.on.partition("|")
    return f"{account.id(path)}{bar}{rest}" if "/" in path else path


@pytest.mark.parametrize("fault", ALL, ids=lambda fault: fault.name)
def test_a_fault_is_found(fault: Fault, account: Account, judge: Judge) -> None:
    made = fault.change(account)

    result = judge.concerned(read(account, *fault.regions))

    broken = {finding.control for finding in result.findings}
    assert broken == {fault.control, *fault.also}, [str(each) for each in result.findings]
    assert {finding.verdict for finding in result.findings} == {Verdict.BROKEN}
    named = {each.subject.logical_id for each in result.findings if each.control == fault.control}
    assert (blamed(fault, account) or made) in named
    for finding in result.findings:
        assert (finding.exposure is not Exposure.REACHABLE) or finding.counterexample is not None


@pytest.mark.parametrize("name", THOROUGH)
def test_controls_that_look_elsewhere_stay_silent(
    name: str, account: Account, judge: Judge
) -> None:
    next(fault for fault in ALL if fault.name == name).change(account)
    now = read(account)

    assert judge.all(now).findings == judge.concerned(now).findings


def test_answers_from_memory_are_those_of_the_account(snapshot: Snapshot, account: Account) -> None:
    """Reads of what nobody has changed are answered from memory: with nothing in it, the same."""
    network.FAULTS[0].change(account)
    remembered = read(account).inventory
    with emulated(replace(snapshot, recorded={})) as other:
        network.FAULTS[0].change(other)
        asked = read(other).inventory

    assert snapshot.recorded
    assert {(each.type, each.logical_id) for each in asked if "igw-" not in each.logical_id} == {
        (each.type, each.logical_id) for each in remembered if "igw-" not in each.logical_id
    }
    assert [each.properties for each in asked if "::IAM::" in each.type] == [
        each.properties for each in remembered if "::IAM::" in each.type
    ]


def test_there_are_three_faults_of_each_area_or_more() -> None:
    counts = {area: len(faults) for area, faults in FAULTS.items()}

    assert len(ALL) >= 40
    assert min(counts.values()) >= 3, counts
    assert len({fault.name for fault in ALL}) == len(ALL)


def test_faults_name_controls_that_exist() -> None:
    known = {control.id for control in catalogue.controls()}

    assert {control for f in ALL for control in (f.control, *f.also)} <= known

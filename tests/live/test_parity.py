"""Templates and account of the same baseline get the same verdicts, and so do the same faults."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from ddb_perimeter.controls import catalogue
from ddb_perimeter.controls.control import Where
from ddb_perimeter.findings import Verdict
from ddb_perimeter.inventory import load
from tests.live.emulation.deployment import real
from tests.live.faults.catalogue import FAULTS
from tests.mutation.areas.catalogue import MUTANTS

if TYPE_CHECKING:
    from pathlib import Path

    from ddb_perimeter.controls.perimeter import Perimeter
    from ddb_perimeter.findings import Result
    from tests.live.emulation.account import Snapshot
    from tests.live.judging import Judge

SAME: Final = {
    "the table's policy is deleted": "the table has no policy",
    "the table's policy is replaced by one that lets everybody read":
        "the policy is replaced by one that lets everybody read",
    "the table's policy lets everybody read": "everybody is allowed to read",
    "the table's policy lets another account read": "another account is allowed to read",
    "the table's network Deny admits any endpoint": "the network Deny asks for any endpoint",
    "the table's network Deny forgets batches": "the network Deny forgets batches",
    "everybody may export the table": "the Deny on exports is dropped",
    "the table answers over plain HTTP": "the Deny on plain HTTP is dropped",
    "the stream's policy is deleted": "the stream has no policy",
    "the stream's policy lets another account read":
        "another account is allowed to read the stream",
    "everybody may change the stream's policy": "everybody may change the stream's policy",
    "the gateway's policy is replaced by full access": "the gateway also allows everything",
    "the gateway leads to any table of the account":
        "the gateway leads to any table of the account",
    "the gateway takes anybody's credentials": "the gateway takes anybody's credentials",
    "a client subnet leads to the internet": "a client subnet leads to the internet",
    "a subnet of the cache leads to the internet": "a subnet of the cache leads to the internet",
    "a client subnet leads through NAT": "a client subnet leads through NAT, in two halves",
    "the VPC answers no names": "the VPC answers no names",
    "the cache admits the world": "the cache admits the world",
    "the cache's role reads every table": "the cache's role reads every table",
    "another account may assume the cache's role": "another account may assume the cache's role",
    "the cache talks without TLS": "the cache talks without TLS",
    "anybody may assume the reader": "anybody may assume a reader",
    "the key does not rotate": "the key does not rotate",
    "a key of AWS encrypts the table": "nothing of KMS encrypts the table",
    "the trail is stopped": "the trail is off",
    "the trail is deleted": "there is no trail",
    "the trail records changes alone": "the trail records changes alone",
    "a rule is deleted": "a rule is removed",
    "the vault's policy is deleted": "the vault of the backups has no policy",
    "nobody backs the table up": "nobody backs the table up",
    "nothing can be recovered": "nothing can be recovered",
}  # fmt: skip
"""Faults of the account, each with the mutant of the templates that is the same fault."""


@pytest.fixture(scope="session")
def checked(assembly: Path, perimeter: Perimeter) -> Result:
    """Judge the templates as `ddb-perimeter check --config baseline.toml` does."""
    return catalogue.run(load([assembly]), perimeter)


@pytest.fixture(scope="session")
def verified(judge: Judge) -> Result:
    return judge.all(judge.untouched)


def test_the_account_holds(verified: Result) -> None:
    assert verified.findings == ()
    assert verified.verdict is Verdict.HOLDS
    asked = {control.id for control in catalogue.select(where=Where.ACCOUNTS)}
    assert {control.id for control in verified.controls} == asked


def test_every_control_that_both_answer_gets_the_same_verdict(
    checked: Result, verified: Result
) -> None:
    here = {control.id: control for control in checked.controls}
    there = {control.id: control for control in verified.controls}
    both = {control.id for control in catalogue.controls() if control.where is Where.ANYWHERE}

    assert here.keys() & there.keys() == both
    assert {id_: here[id_].verdict for id_ in both} == {id_: there[id_].verdict for id_ in both}
    for id_ in both:  # what holds of nothing says nothing
        assert bool(here[id_].resources) is bool(there[id_].resources), id_
    assert len(both) >= 80


def test_what_only_one_can_answer_is_declared(checked: Result, verified: Result) -> None:
    here = {control.id for control in checked.controls}
    there = {control.id for control in verified.controls}

    assert {control.id: control.where for control in catalogue.controls() if control.id not in there
            } == dict.fromkeys(here - there, Where.TEMPLATES)  # fmt: skip
    assert {control.id: control.where for control in catalogue.controls() if control.id not in here
            } == dict.fromkeys(there - here, Where.ACCOUNTS)  # fmt: skip
    assert here - there == {"ddb-retain-policy"}


def test_the_same_principals_are_exempt_for_the_same_reasons(
    checked: Result, verified: Result, snapshot: Snapshot
) -> None:
    declared = {
        (real(each.principal, snapshot.names), each.reason, each.expires)
        for each in checked.exemptions
    }

    assert declared == {(each.principal, each.reason, each.expires) for each in verified.exemptions}
    assert any("break-glass" in principal for principal, *_ in declared)


def test_the_same_fault_breaks_the_same_controls() -> None:
    """Both tables are exact: their own tests make each fault and compare what breaks."""
    faults = {fault.name: fault for each in FAULTS.values() for fault in each}
    mutants = {mutant.name: mutant for each in MUTANTS.values() for mutant in each}

    live = {name: {faults[name].control, *faults[name].also} for name in SAME}

    assert live == {
        name: {mutants[other].control, *mutants[other].also} for name, other in SAME.items()
    }

"""The account has what the templates promise, until somebody changes it by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ddb_perimeter import drift
from ddb_perimeter.controls.evaluation import evaluate
from ddb_perimeter.findings import Verdict
from ddb_perimeter.inventory import load
from tests.live.emulation.account import ACCOUNT, HOME
from tests.live.faults import endpoint
from tests.live.judging import read

if TYPE_CHECKING:
    from pathlib import Path

    from ddb_perimeter.controls.control import Control
    from ddb_perimeter.findings import Result
    from ddb_perimeter.inventory.account import Account as Read
    from tests.live.emulation.account import Account
    from tests.live.judging import Judge


@pytest.fixture(scope="session")
def promised(assembly: Path) -> Control[Any]:
    """Return what the baseline's templates promise of the account."""
    place = {"AWS::AccountId": ACCOUNT, "AWS::Region": HOME}
    control = drift.promise(load([assembly], place), [HOME])
    assert control is not None
    return control


def drifted(promised: Control[Any], judge: Judge, account: Read) -> Result:
    return evaluate(account, judge.perimeter, [promised])


def test_what_was_just_deployed_has_not_drifted(promised: Control[Any], judge: Judge) -> None:
    result = drifted(promised, judge, judge.untouched)

    assert [f"{f.subject} {f.message}" for f in result.findings] == []
    assert result.verdict is Verdict.HOLDS
    assert [each.resources > 0 for each in result.controls] == [True]


def test_an_endpoint_policy_that_somebody_changed_is_drift(
    promised: Control[Any], judge: Judge, account: Account
) -> None:
    endpoint.FAULTS[0].change(account)

    result = drifted(promised, judge, read(account))

    assert {each.subject.logical_id for each in result.findings} == {account.id(endpoint.GATEWAY)}
    assert {each.verdict for each in result.findings} == {Verdict.BROKEN}
    assert all("PolicyDocument" in each.message for each in result.findings)


def test_a_rule_of_our_own_that_somebody_deleted_is_drift(
    promised: Control[Any], judge: Judge, account: Account
) -> None:
    rule = account.id("Audit/ConfigRules/Perimeter/Rule")
    account.client("config").delete_config_rule(ConfigRuleName=rule)

    (finding,) = drifted(promised, judge, read(account)).findings

    assert finding.message.endswith("the account does not have it.")
    assert rule.startswith(f"{finding.subject.stack}-{finding.subject.logical_id}-")

"""`ddb-perimeter verify` on the account: it holds, and says which control broke after a fault."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from ddb_perimeter.cli.program import program
from tests.live.conftest import BASELINE
from tests.live.emulation.stubs import session
from tests.live.faults import network, table

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

    from tests.live.emulation.account import Account


@pytest.fixture
def verify(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Result:
    """Run the command on the account that a test has opened, and perhaps changed."""
    file = tmp_path / "baseline.toml"
    file.write_text(BASELINE, encoding="utf-8")
    # The process's session: another would read the models of all APIs once more.
    monkeypatch.setattr("boto3.Session", lambda **_: session())
    return CliRunner().invoke(
        program, ["verify", "--region", "us-east-1", "--config", str(file)], catch_exceptions=False
    )


def test_the_untouched_account_holds(account: Account, verify: Result) -> None:
    assert account.ids
    assert verify.exit_code == 0, verify.output
    assert "holds" in verify.output


@pytest.fixture
def broken_account(account: Account) -> Account:
    """Make two faults at once."""
    table.POLICY.edited(lambda policy: policy["Statement"].pop(0))(account)
    network.FAULTS[0].change(account)
    return account


def test_a_broken_account_says_what_broke(broken_account: Account, verify: Result) -> None:
    assert verify.exit_code == 1
    assert "ddb-deny-outside-vpce is broken, data is reachable" in verify.output
    assert "vpc-no-igw-route is broken" in verify.output
    assert broken_account.id(network.CLIENT_ROUTES) in verify.output

"""`ddb-perimeter verify --against`: the account beside the templates, in one report."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ddb_perimeter.cli.program import program
from ddb_perimeter.inventory import account as reader
from tests.unit.drift.accounts import ACCOUNT, REGION, Account, promise

TEMPLATE = Path(__file__).with_name("promised.yaml")
Verify = Callable[..., Result]


@pytest.fixture
def verify(monkeypatch: pytest.MonkeyPatch) -> Verify:
    """Run verify on an account that has what is promised, but for one change."""

    def run(*arguments: str | Path, change: Callable[[Account], object] = lambda _: None) -> Result:
        account = Account(promise())
        change(account)
        read = reader.Account(ACCOUNT, (REGION,), account.inventory(), {REGION: 7})
        monkeypatch.setattr(reader, "open_session", lambda _: None)
        monkeypatch.setattr(reader, "choose_regions", lambda *_, **__: (REGION,))
        monkeypatch.setattr(reader, "read_account", lambda *_, **__: read)
        told = [str(each) for each in (*arguments, "--only", "ddb-pitr")]
        return CliRunner().invoke(program, ["verify", *told])

    return run


def test_no_drift(verify: Verify) -> None:
    result = verify("--against", TEMPLATE)

    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("holds: 2 controls over ")


def test_drift_fails_only_where_it_is_asked_for(verify: Verify) -> None:
    def open_up(account: Account) -> None:
        account.properties["Table"].pop("ResourcePolicy")

    result = verify("--against", TEMPLATE, change=open_up)
    assert result.exit_code == 1
    assert "no-drift is broken" in result.stdout
    assert "ResourcePolicy.PolicyDocument is missing (promised.Table)." in " ".join(
        result.stdout.split()
    )
    assert verify(change=open_up).exit_code == 0


@pytest.mark.parametrize("form", ["json", "sarif", "junit"])
def test_every_format_tells_it(verify: Verify, form: str) -> None:
    def stop(account: Account) -> None:
        account.properties["Trail"]["IsLogging"] = False

    result = verify("--against", TEMPLATE, "--format", form, change=stop)

    assert result.exit_code == 1
    assert "no-drift" in result.stdout
    if form == "sarif":
        (run,) = json.loads(result.stdout)["runs"]
        assert "no-drift" in [rule["id"] for rule in run["tool"]["driver"]["rules"]]


def test_what_cannot_be_used_is_refused(verify: Verify, tmp_path: Path) -> None:
    def line(*arguments: str | Path) -> str:
        result = verify(*arguments)
        assert (result.exit_code, result.stdout) == (2, "")
        return result.stderr.removeprefix("ddb-perimeter: ")

    conditional = tmp_path / "template.json"
    conditional.write_text(
        json.dumps(
            {
                "Parameters": {"Stage": {"Type": "String"}},
                "Conditions": {"Prod": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}},
                "Resources": {
                    "Table": {
                        "Type": "AWS::DynamoDB::Table",
                        "Condition": "Prod",
                        "Properties": {"TableName": "messages"},
                    }
                },
            }
        )
    )
    assert line("--parameter", "Stage=prod").startswith("--parameter: is for the templates of")
    assert "no such file" in line("--against", tmp_path / "nowhere").lower()
    assert line("--against", conditional).startswith("--against: conditions of the templates")
    result = verify("--against", conditional, "--parameter", "Stage=prod")
    assert result.exit_code == 1


def test_drift_can_be_explained_though_no_catalogue_has_it() -> None:
    result = CliRunner().invoke(program, ["explain", "no-drift"])

    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("no-drift (medium)")
    assert "What: The account has what the templates promise" in result.stdout
    assert "Asked of: accounts" in result.stdout

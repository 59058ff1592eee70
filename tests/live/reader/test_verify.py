"""`ddb-perimeter verify` as it is typed: what it prints, where, and how it ends."""

from __future__ import annotations

import json
import sys
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from ddb_perimeter.cli import verify as verify_module
from ddb_perimeter.cli.program import program
from tests.live.reader.names import REGION
from tests.live.reader.transport import Transport, recorded, refusing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import boto3
    from click.testing import Result

HELD = "ddb-deletion-protection"
BROKEN = "dax-tls"


@pytest.fixture
def verify(
    answering: Callable[[Transport], Transport],
    session: boto3.Session,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., Result]:
    """Run the command on the recorded account, with one table unless told otherwise."""
    answering(Transport(recorded))
    monkeypatch.setattr("ddb_perimeter.inventory.account.open_session", lambda _: session)

    def run(*arguments: str, table: str = "orders", region: str = REGION) -> Result:
        fixed = [f"--table={table}"] if table else []
        fixed += [f"--region={region}"] if region else []
        return CliRunner().invoke(program, ["verify", *fixed, *arguments])

    return run


def refused(result: Result) -> str:
    """Return the one line of a run that could not conclude anything."""
    assert result.exit_code == 2
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert "Traceback" not in line
    return line.removeprefix("ddb-perimeter: ")


def test_what_holds_exits_0_and_tells_the_calls(verify: Callable[..., Result]) -> None:
    result = verify("--only", HELD)

    assert result.exit_code == 0
    assert result.stderr == ""
    lines = result.stdout.splitlines()
    assert lines[0] == "holds: 1 control over 1 resource, 0 exemptions"
    assert lines[-1].startswith("Read with ")
    assert lines[-1].endswith(f" in {REGION}.")


def test_what_is_broken_exits_1(verify: Callable[..., Result]) -> None:
    result = verify("--only", BROKEN)

    assert result.exit_code == 1
    assert result.stdout.startswith("broken: 1 finding, the worst high")
    assert "ClusterEndpointEncryptionType is NONE" in result.stdout


def test_what_nobody_may_see_exits_1(
    verify: Callable[..., Result], answering: Callable[[Transport], Transport]
) -> None:
    answering(Transport(refusing("dax:DescribeClusters")))
    result = verify("--only", BROKEN)

    told = " ".join(result.stdout.split())
    assert result.exit_code == 1
    assert told.startswith("unknown: ")
    assert f"AWS refused dax:DescribeClusters on {REGION} (AccessDeniedException)" in told
    assert "`ddb-perimeter permissions` prints the policy" in told


def test_a_mild_finding_may_pass(verify: Callable[..., Result]) -> None:
    result = verify("--only", BROKEN, "--fail-on", "critical")

    assert result.exit_code == 0
    assert "Exit code 0: --fail-on critical" in result.stdout


def test_every_control_that_fits_is_asked_and_the_others_are_named(
    verify: Callable[..., Result],
) -> None:
    result = verify()

    assert result.exit_code == 1
    assert "exempt-principal-exists is broken" in result.stdout
    assert result.stdout.splitlines()[-1] == "Asked of templates only: ddb-retain-policy."


def test_the_report_comes_in_each_format(verify: Callable[..., Result]) -> None:
    found = json.loads(verify("--only", BROKEN, "--format", "json").stdout)
    sarif = json.loads(verify("--only", BROKEN, "--format", "sarif").stdout)
    junit = ET.fromstring(verify("--only", BROKEN, "--format", "junit").stdout)  # noqa: S314 - ours

    assert [each["resource"]["region"] for each in found["findings"]] == [REGION]
    assert [each["ruleId"] for each in sarif["runs"][0]["results"]] == [BROKEN]
    assert junit.find(".//failure") is not None


def test_the_report_goes_to_a_file(verify: Callable[..., Result], tmp_path: Path) -> None:
    result = verify("--only", BROKEN, "--format", "json", "--output", str(tmp_path / "report.json"))

    assert len(result.stdout.splitlines()) == 1
    assert json.loads((tmp_path / "report.json").read_text("utf-8"))["verdict"] == "broken"


def test_quiet_is_one_line(verify: Callable[..., Result]) -> None:
    assert len(verify("--only", BROKEN, "--quiet").stdout.splitlines()) == 1


def test_a_terminal_shows_the_progress_on_standard_error(
    verify: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify_module, "colourful", lambda _: True)
    monkeypatch.setenv("FORCE_COLOR", "1")
    result = verify("--only", HELD)

    assert f"Read {REGION}" in result.stderr
    assert result.stdout.startswith("holds: ")


@pytest.mark.parametrize(
    ("arguments", "options", "told"),
    [
        ((), {"table": "lost"}, f"--table lost: there is no such table in {REGION}"),
        ((), {"region": "nowhere-1"}, "--region nowhere-1: is no Region with DynamoDB"),
        ((), {"region": ""}, "Region: none is told; name one with --region, or --all-regions"),
        (("--all-regions",), {}, "--region and --all-regions: give one of them"),
        (("--only", "ddb-retain-policy"), {}, "--only: ddb-retain-policy is asked of templates"),
        (("--only", "dax-tsl"), {}, "--only: there is no control 'dax-tsl': did you mean dax-tls"),
        (("--config", "missing.toml"), {}, "missing.toml: "),
        (("--output", "."), {}, "--output .: is a folder; name a file in it"),
    ],
)
def test_what_cannot_be_used_is_one_line(
    arguments: tuple[str, ...],
    options: dict[str, str],
    told: str,
    verify: Callable[..., Result],
) -> None:
    assert refused(verify(*arguments, **options)).startswith(told)


def test_check_does_not_ask_what_only_an_account_tells(tmp_path: Path) -> None:
    (tmp_path / "template.json").write_text('{"Resources": {}}', encoding="utf-8")
    result = CliRunner().invoke(
        program, ["check", str(tmp_path), "--only", "exempt-principal-exists"]
    )

    assert refused(result) == (
        "--only: exempt-principal-exists is asked of accounts only: use `ddb-perimeter verify`"
    )


def test_without_boto3_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(sys.modules):
        if name == "ddb_perimeter.inventory.account" or ".inventory.live." in name:
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "boto3", None)

    result = CliRunner().invoke(program, ["verify"])

    assert refused(result) == "boto3 is not installed: pip install 'dynamodb-perimeter[live]'"


def test_permissions_prints_a_policy_for_a_partition() -> None:
    result = CliRunner().invoke(program, ["permissions", "--partition", "aws-us-gov"])

    assert result.exit_code == 0
    assert '"arn:aws-us-gov:dynamodb:*:*:table/*"' in result.stdout

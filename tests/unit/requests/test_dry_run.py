"""`dry-run` as a person runs it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from click.testing import CliRunner

from ddb_perimeter.cli.program import program

if TYPE_CHECKING:
    from click.testing import Result

PRIVATE = Path(__file__).parents[1] / "controls" / "private.yaml"
ACCOUNT = "111122223333"


def guard(*statements: dict[str, Any], type_: str = "SERVICE_CONTROL_POLICY") -> dict[str, Any]:
    return {
        "Type": "AWS::Organizations::Policy",
        "Properties": {
            "Name": "guard",
            "Type": type_,
            "TargetIds": [ACCOUNT],
            "Content": {"Version": "2012-10-17", "Statement": list(statements)},
        },
    }


NO_READS = {
    "Sid": "DenyReads",
    "Effect": "Deny",
    "Action": "dynamodb:GetItem",
    "Resource": "*",
}


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """Return somebody else's private system under an SCP that forgets the application."""
    content = yaml.safe_load(PRIVATE.read_text(encoding="utf-8"))
    content["Resources"]["Guard"] = guard(NO_READS)
    file = tmp_path / "app.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    return file


def run(*arguments: object) -> Result:
    return CliRunner().invoke(program, ["dry-run", *map(str, arguments)])


def test_what_must_work_and_does_not_is_told_with_the_statement(template: Path) -> None:
    result = run(template)

    assert result.exit_code == 1
    assert "What must work" in result.stdout
    assert "DenyReads of the SCP guard" in result.stdout
    *_, last = result.stdout.splitlines()
    assert last.endswith(" not as wanted")
    assert not last.endswith("; 0 not as wanted")


def test_json_has_every_request(template: Path) -> None:
    report = json.loads(run(template, "--format", "json").stdout)

    assert (report["schema"], report["as_wanted"]) == (1, False)
    denied = [each for each in report["requests"] if each["sid"] == "DenyReads"]
    assert {each["action"] for each in denied} == {"dynamodb:GetItem"}
    assert {each["must_work"] for each in denied} == {True, False}
    assert all(
        each["as_wanted"]
        == (each["outcome"] == ("allowed" if each["must_work"] else "explicitly denied"))
        for each in report["requests"]
    )


def test_without_a_policy_that_surely_binds_nothing_is_concluded(tmp_path: Path) -> None:
    content = yaml.safe_load(PRIVATE.read_text(encoding="utf-8"))
    content["Resources"]["Guard"] = guard(NO_READS)
    content["Resources"]["Guard"]["Properties"]["TargetIds"] = ["ou-ab12-11111111"]
    file = tmp_path / "app.json"
    file.write_text(json.dumps(content), encoding="utf-8")

    result = run(file)

    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith(f"ddb-perimeter: {file}: no organization policy surely binds")
    assert len(result.stderr.splitlines()) == 1


def test_a_declared_unit_binds(tmp_path: Path) -> None:
    content = yaml.safe_load(PRIVATE.read_text(encoding="utf-8"))
    content["Resources"]["Guard"] = guard(NO_READS)
    content["Resources"]["Guard"]["Properties"]["TargetIds"] = ["ou-ab12-11111111"]
    file = tmp_path / "app.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    declared = tmp_path / "perimeter.toml"
    declared.write_text('[perimeter]\nunits = ["ou-ab12-11111111"]\n', encoding="utf-8")

    result = run(file, "--config", declared)

    assert result.exit_code == 1
    assert "DenyReads" in result.stdout


def test_a_missing_template_is_told_in_one_line(tmp_path: Path) -> None:
    result = run(tmp_path / "nowhere")

    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1

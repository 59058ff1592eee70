"""What other repositories copy: the pre-commit hook and the workflow that uploads findings."""

from __future__ import annotations

import importlib.metadata
import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from ddb_perimeter.cli.program import program

ROOT = Path(__file__).parents[2]
WORKFLOW = ROOT / "docs" / "examples" / "github-actions.yml"
BARE = {"Resources": {"Orders": {"Type": "AWS::DynamoDB::Table"}}}
TOPIC = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}


@pytest.fixture
def hook() -> dict[str, Any]:
    (found,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def workflow() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))
    return loaded


def steps() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = workflow()["jobs"]["perimeter"]["steps"]
    return found


def test_the_hook_starts_the_program_that_the_package_installs(hook: dict[str, Any]) -> None:
    script, command = shlex.split(hook["entry"])

    assert hook["language"] == "python"
    assert command in program.commands
    scripts = importlib.metadata.entry_points(group="console_scripts")
    assert script in {point.name for point in scripts}


@pytest.mark.parametrize(("template", "code"), [(TOPIC, 0), (BARE, 1)])
def test_the_hook_judges_the_files_that_it_is_given(
    hook: dict[str, Any], tmp_path: Path, template: dict[str, Any], code: int
) -> None:
    file = tmp_path / "app.template.json"
    file.write_text(json.dumps(template), encoding="utf-8")

    assert re.search(hook["files"], str(file))
    _, *arguments = shlex.split(hook["entry"])
    assert CliRunner().invoke(program, [*arguments, str(file)]).exit_code == code


def test_the_hook_sees_all_templates_at_once(hook: dict[str, Any]) -> None:
    """Several runs beside each other would not follow references from one to the other."""
    assert hook["require_serial"] is True
    assert re.search(hook["files"], "templates/network.template.yaml")
    assert not re.search(hook["files"], "package.json")


def test_the_workflow_pins_its_actions_by_commit() -> None:
    used = re.findall(r"uses: (.+)$", WORKFLOW.read_text(encoding="utf-8"), re.MULTILINE)

    assert len(used) == 3
    for action in used:
        assert re.fullmatch(r"[\w-]+/[\w/-]+@[0-9a-f]{40} # v[0-9.]+", action)


def test_the_workflow_may_write_findings_and_nothing_else() -> None:
    assert workflow()["permissions"] == {"contents": "read"}
    (job,) = workflow()["jobs"].values()
    assert job["permissions"] == {"contents": "read", "security-events": "write"}


def test_the_workflow_uploads_what_the_check_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands = [shlex.split(step["run"]) for step in steps() if "run" in step]
    (check,) = (command for command in commands if command[0] == "ddb-perimeter")
    (upload,) = (step for step in steps() if "upload-sarif" in step.get("uses", ""))
    monkeypatch.chdir(tmp_path)
    Path("templates").mkdir()
    Path("templates/app.template.json").write_text(json.dumps(BARE), encoding="utf-8")

    result = CliRunner().invoke(program, check[1:])

    assert result.exit_code == 1
    report = json.loads(Path(upload["with"]["sarif_file"]).read_text(encoding="utf-8"))
    assert report["version"] == "2.1.0"
    assert report["runs"][0]["results"]
    assert "always()" in upload["if"]

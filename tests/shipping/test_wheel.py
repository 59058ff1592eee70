"""The base install is the analyzer alone: what it has, what it needs, and that it works."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING

import pytest

from tests.shipping.distributions import needed, requirements

if TYPE_CHECKING:
    from pathlib import Path

    from tests.shipping.conftest import Installation

HEAVY = ("aws_cdk", "constructs", "jsii", "boto3", "botocore", "pydantic", "cdk_nag", "pytest")
TOPIC = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
BARE_TABLE = {"Resources": {"Orders": {"Type": "AWS::DynamoDB::Table"}}}


@pytest.fixture
def template(tmp_path: Path) -> Path:
    return tmp_path / "app.template.json"


def test_both_packages_and_their_data_are_in_the_wheel(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())

    assert names >= {
        "ddb_perimeter/__init__.py",
        "ddb_perimeter/py.typed",
        "ddb_perimeter/policy/iam_actions.json",
        "ddb_perimeter/inventory/managed_policies.json",
        "private_dynamodb/__init__.py",
        "private_dynamodb/py.typed",
    }
    tops = {name.partition("/")[0] for name in names if ".dist-info/" not in name}
    assert tops == {"ddb_perimeter", "private_dynamodb"}


def test_it_needs_three_packages_and_theirs(wheel: Path) -> None:
    base = [line for line in requirements(wheel) if "extra ==" not in line]

    assert sorted(line.partition(">")[0] for line in base) == ["click", "pyyaml", "rich"]
    assert needed(base) == {"click", "pyyaml", "rich", "markdown-it-py", "mdurl", "pygments"}


def test_nothing_heavy_can_be_imported(installation: Installation, tmp_path: Path) -> None:
    script = (
        "import importlib.util, ddb_perimeter\n"
        f"print([name for name in {HEAVY!r} if importlib.util.find_spec(name)])\n"
        "print(ddb_perimeter.__file__)"
    )

    result = installation.run(installation.python, "-c", script, cwd=tmp_path)

    found, file = result.stdout.splitlines()
    assert found == "[]"
    assert file.startswith(str(installation.packages))


@pytest.mark.parametrize(
    ("content", "code", "told"),
    [
        (json.dumps(TOPIC), 0, "holds: "),
        (json.dumps(BARE_TABLE), 1, "broken: "),
        ("AWSTemplateFormatVersion: '2010-09-09'\nResources: {}\n", 0, "holds: "),
    ],
)
def test_a_check_works_there(
    installation: Installation, template: Path, content: str, code: int, told: str
) -> None:
    file = template if content.startswith("{") else template.with_suffix(".yaml")
    file.write_text(content, encoding="utf-8")

    result = installation.run(installation.program, "check", file, cwd=template.parent)

    assert (result.returncode, result.stderr) == (code, "")
    assert result.stdout.startswith(told)


def test_a_missing_template_exits_2(installation: Installation, template: Path) -> None:
    result = installation.run(installation.program, "check", template, cwd=template.parent)

    assert (result.returncode, result.stdout) == (2, "")
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize("arguments", [("--version",), ("controls",), ("explain", "ddb-pitr")])
def test_the_other_commands_work_there(
    installation: Installation, arguments: tuple[str, ...], tmp_path: Path
) -> None:
    for program in ([installation.program], [installation.python, "-m", "ddb_perimeter"]):
        result = installation.run(*program, *arguments, cwd=tmp_path)

        assert (result.returncode, result.stderr) == (0, "")


def test_assert_private_works_there(installation: Installation, tmp_path: Path) -> None:
    script = f"from ddb_perimeter.testing import assert_private; assert_private({TOPIC!r})"

    assert installation.run(installation.python, "-c", script, cwd=tmp_path).returncode == 0


def test_the_fixture_is_registered_with_pytest(installation: Installation, tmp_path: Path) -> None:
    script = (
        "from importlib.metadata import entry_points\n"
        "print([point.value for point in entry_points(group='pytest11')])"
    )

    result = installation.run(installation.python, "-c", script, cwd=tmp_path)

    assert result.stdout == "['ddb_perimeter.pytest_plugin']\n"

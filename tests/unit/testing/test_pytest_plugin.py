"""The fixture as another team's tests see it."""

from __future__ import annotations

import textwrap
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parents[3]
PLUGIN = "ddb_perimeter.pytest_plugin"
TESTS = """
    BARE = {"Resources": {"Orders": {"Type": "AWS::DynamoDB::Table"}}}

    def test_public(assert_private):
        assert_private(BARE, only=["ddb-deny-outside-vpce"])

    def test_nothing_declared(assert_private):
        assert_private({"Resources": {}})
    """


def test_a_test_fails_in_one_line_of_its_own(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(textwrap.dedent(TESTS))

    result = pytester.runpytest_subprocess("-p", PLUGIN, "-p", "no:cacheprovider")

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            '>       assert_private(BARE, only=["ddb-deny-outside-vpce"])',
            "E       AssertionError: broken: 1 finding, the worst critical*",
            "*request: arn:aws:iam::111122223333:* calls dynamodb:*",
        ]
    )
    assert "ddb_perimeter/testing.py" not in result.stdout.str()


def test_the_fixture_explains_itself(pytester: pytest.Pytester) -> None:
    result = pytester.runpytest_subprocess("-p", PLUGIN, "--fixtures")

    result.stdout.fnmatch_lines(["assert_private*session scope*", "*proves the perimeter*"])


def test_the_wheel_registers_the_plugin() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert project["entry-points"]["pytest11"] == {PLUGIN: PLUGIN}

"""`ddb-perimeter controls`, `explain`, `--version` and the program itself."""

import json
from collections.abc import Callable

import pytest
from click.testing import Result

from ddb_perimeter import __version__

Run = Callable[..., Result]


def test_controls_lists_ids_severities_and_titles(run: Run) -> None:
    result = run("controls")

    assert result.exit_code == 0
    assert result.stdout == (
        "ddb-table-policy-not-public  critical  No table policy allows the public\n"
        "ddb-pitr                     medium    Point-in-time recovery is on\n"
        "ddb-crash-prone              high      Tables are not called Crash\n"
    )


def test_controls_lists_json_too(run: Run) -> None:
    document = json.loads(run("controls", "--format", "json").stdout)

    assert document["schema"] == 1
    assert [list(entry) for entry in document["controls"]] == [
        ["id", "title", "severity", "why", "source", "fix", "types", "where"]
    ] * 3
    assert document["controls"][2]["types"] == [
        "AWS::DynamoDB::GlobalTable",
        "AWS::DynamoDB::Table",
    ]


def test_explain_says_what_why_source_and_fix(run: Run) -> None:
    result = run("explain", "ddb-pitr")

    assert result.exit_code == 0
    assert result.stdout == (
        "ddb-pitr (medium)\n"
        "\nWhat: Point-in-time recovery is on\n"
        "\nWhy: A deleted item is gone.\n"
        "\nFix: Turn it on.\n"
        "\nSource:\nhttps://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Point-in-time-recovery.html\n"
        "\nReads: AWS::DynamoDB::Table\n"
        "\nAsked of: templates and accounts\n"
    )


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            ("explain", "ddb-pitrs"),
            "ddb-perimeter: there is no control 'ddb-pitrs': did you mean ddb-pitr?\n",
        ),
        (
            ("explain", "nothing-like-it-xyz"),
            (
                "ddb-perimeter: there is no control 'nothing-like-it-xyz': "
                "`ddb-perimeter controls` lists them\n"
            ),
        ),
        (("explain", "a\n\x1b[2Jb"), "ddb-perimeter: there is no control 'a\\n\\x1b[2Jb'"),
        (("explain",), "ddb-perimeter: Missing argument 'ID'"),
        (("contrls",), "ddb-perimeter: No such command 'contrls'"),
        (
            (),
            "ddb-perimeter: name a command: check, verify, permissions, replay, controls, explain, "
            "dry-run (or --help)\n",
        ),
    ],
)
def test_mistakes_exit_2_with_one_line(run: Run, arguments: tuple[str, ...], told: str) -> None:
    result = run(*arguments)

    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith(told)
    assert len(result.stderr.splitlines()) == 1


def test_the_version_is_told(run: Run) -> None:
    result = run("--version")

    assert (result.exit_code, result.stdout) == (0, f"ddb-perimeter {__version__}\n")


@pytest.mark.parametrize("arguments", [("--help",), ("-h",), ("check", "--help")])
def test_help_exits_0(run: Run, arguments: tuple[str, ...]) -> None:
    result = run(*arguments)

    assert result.exit_code == 0
    assert result.stdout.startswith("Usage: ddb-perimeter")
    assert result.stderr == ""


def test_help_says_what_fail_on_does_with_unknown(run: Run) -> None:
    told = " ".join(run("check", "--help").stdout.split())

    assert "(unknown) counts like a broken control of the same severity" in told

"""`ddb-perimeter replay` as it is typed: exit codes, the report, and what is refused."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ddb_perimeter.cli.program import program
from tests.unit.replay.recorded import ACCOUNT, ENDPOINT, inside, record

TEMPLATE = Path(__file__).parents[1] / "controls" / "private.yaml"
Run = Callable[..., Result]


@pytest.fixture
def run() -> Run:
    def invoke(*arguments: str | Path, against: Path = TEMPLATE) -> Result:
        told = [str(argument) for argument in arguments]
        return CliRunner().invoke(program, ["replay", *told, "--against", str(against)])

    return invoke


@pytest.fixture
def trail(tmp_path: Path) -> Callable[..., Path]:
    def write(*events: object) -> Path:
        path = tmp_path / "trail" / "2026" / "events.json.gz"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(json.dumps({"Records": events}).encode()))
        return tmp_path / "trail"

    return write


def refused(result: Result) -> str:
    assert result.exit_code == 2
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    return line.removeprefix("ddb-perimeter: ")


def test_nobody_would_be_denied(run: Run, trail: Callable[..., Path]) -> None:
    result = run(trail(inside(), inside("Query")), "--as", f"{ENDPOINT}=Endpoint")

    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == (
        "holds: nobody would be locked out\n"
        "\n0 events of 0 callers would be denied.\n0 events of 0 callers cannot be decided.\n"
        "2 events of 1 caller would still pass.\n2 records read.\n"
    )


def test_calls_that_were_all_denied_already_prove_nothing(
    run: Run, trail: Callable[..., Path]
) -> None:
    result = run(trail(inside(errorCode="AccessDenied")), "--as", f"{ENDPOINT}=Endpoint")

    told = "the events: none about a table of the templates was allowed when it was recorded (1"
    assert refused(result).startswith(told)


def test_somebody_would_be_denied(run: Run, trail: Callable[..., Path]) -> None:
    other = {"eventSource": "s3.amazonaws.com", "eventName": "GetObject"}
    again = record("Query", parameters={"tableName": "messages", "indexName": "by-group"})
    folder = trail(record(), again, again, other, {"x": 1}, record(errorCode="AccessDenied"))
    result = run(folder)

    assert result.exit_code == 1
    assert result.stdout == (
        "broken: 1 caller would be locked out\n"
        "\n"
        f"denied: arn:aws:iam::{ACCOUNT}:role/etl\n"
        "  from the internet (203.0.113.7), on messages in eu-west-1, account\n"
        f"    {ACCOUNT}\n"
        "  2 events, 2026-11-01T12:00:00Z to 2026-11-01T12:00:00Z:\n"
        "    dynamodb:GetItem: 1\n"
        "    dynamodb:Query on index by-group: 1\n"
        "  because: Outside of the table policy denies it\n"
        "  do: move it behind Endpoint (if it comes from that VPC by a NAT gateway, say\n"
        f"    --as ADDRESS=Endpoint), or exempt arn:aws:iam::{ACCOUNT}:role/etl with a\n"
        "    reason and an expiry\n"
        "\n"
        "2 events of 1 caller would be denied.\n"
        "0 events of 0 callers cannot be decided.\n"
        "0 events of 0 callers would still pass.\n"
        "6 records read; not judged: 1 denied already when recorded, 1 of other services,\n"
        "  or no API calls, 1 not readable, 1 recorded twice.\n"
    )


def test_what_is_open_fails(run: Run, trail: Callable[..., Path]) -> None:
    assert run(trail(inside())).exit_code == 1
    unreadable = run(trail(inside(), {}), "--as", f"{ENDPOINT}=Endpoint")
    assert (unreadable.exit_code, unreadable.stdout[:8]) == (1, "unknown:")


def test_json(run: Run, trail: Callable[..., Path]) -> None:
    told = json.loads(run(trail(record()), "--format", "json").stdout)

    assert (told["schema"], told["verdict"]) == (1, "broken")
    (caller,) = told["callers"]
    assert caller["statement"] == "Outside"
    assert caller["calls"] == [{"action": "dynamodb:GetItem", "on": "table", "count": 1}]


def test_output(run: Run, trail: Callable[..., Path], tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    result = run(trail(record()), "--format", "json", "--output", file)

    assert result.stdout == "broken: 1 caller would be locked out\n"
    assert json.loads(file.read_text())["verdict"] == "broken"


def test_the_declaration_counts(run: Run, trail: Callable[..., Path], tmp_path: Path) -> None:
    config = tmp_path / "perimeter.toml"
    config.write_text("[perimeter]\nendpoints = 5\n")

    assert "perimeter.endpoints = 5" in refused(run(trail(inside()), "--config", config))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--as", "vpce-1"], "--as vpce-1: write NAME=LOGICALID, e.g. vpce-0a1b2c3d=Endpoint"),
        (["--as", "=Endpoint"], "--as =Endpoint: write NAME=LOGICALID"),
        (["--as", "10.0.0.1/8=Endpoint"], "--as 10.0.0.1/8: 10.0.0.1/8 has host bits set"),
        (["--as", "10.0.0.400=Endpoint"], "--as 10.0.0.400:"),
        (["--as", "a=Endpoint", "--as", "a=Table"], "--as a: is given twice"),
        (["--as", "a=Nothing"], "--as …=Nothing: the templates declare no endpoint, table or role"),
        (["--parameter", "Nope=1"], "--parameter Nope: no template declares it"),
        (["--format", "sarif"], "Invalid value for '--format'"),
        (["--output", "/"], "--output /: is a folder"),
    ],
)
def test_what_is_refused(
    run: Run, trail: Callable[..., Path], arguments: list[str], message: str
) -> None:
    assert refused(run(trail(inside()), *arguments)).startswith(message)


def test_no_events_and_no_templates(run: Run, tmp_path: Path) -> None:
    assert "Missing argument 'EVENTS...'" in refused(run())
    assert "No such file" in refused(run(tmp_path / "nowhere"))
    events = tmp_path / "events.json"
    events.write_text(json.dumps([record()]))
    assert "no such file" in refused(run(events, against=tmp_path / "nowhere")).lower()
    empty = tmp_path / "template.json"
    empty.write_text('{"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}')
    assert "declares no DynamoDB table" in refused(run(events, against=empty))
    assert "none of 1 is about" in refused(run(_other_table(tmp_path)))


def _other_table(tmp_path: Path) -> Path:
    path = tmp_path / "other.json"
    path.write_text(json.dumps(record(resources=None, parameters={"tableName": "other"})))
    return path

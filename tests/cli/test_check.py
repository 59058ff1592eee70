"""`ddb-perimeter check`: exit codes, where the report goes, and what is refused."""

import json
import os
import stat
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

import ddb_perimeter.inventory
from ddb_perimeter.cli import check as check_module
from ddb_perimeter.controls import catalogue

Run = Callable[..., Result]
Template = Callable[..., Path]


def refused(result: Result) -> str:
    """Return the one line of a run that could not conclude anything."""
    assert result.exit_code == 2
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert line.startswith("ddb-perimeter: ")
    return line.removeprefix("ddb-perimeter: ")


def test_what_holds_exits_0(run: Run, template: Template) -> None:
    result = run("check", template(Messages="good"))

    assert result.exit_code == 0
    assert result.stderr == ""
    assert result.stdout == (
        "holds: 3 controls over 1 resource, 0 exemptions\n"
        "\n3 controls (3 holds); 0 findings; 0 exemptions\n"
    )


@pytest.mark.parametrize(
    ("state", "verdict"), [("public", "broken"), ("bare", "broken"), ("unreadable", "unknown")]
)
def test_what_is_broken_or_unknown_exits_1(
    run: Run, template: Template, state: str, verdict: str
) -> None:
    result = run("check", template(Messages=state))

    assert result.exit_code == 1
    assert result.stdout.startswith(f"{verdict}: ")
    assert result.stderr == ""


def test_a_control_that_fails_exits_1_and_crashes_nothing(run: Run, template: Template) -> None:
    result = run("check", template(Crash="good"))

    assert result.exit_code == 1
    assert result.stdout.startswith("unknown: 1 finding, the worst high;")
    assert "Control ddb-crash-prone failed: KeyError: 'Crash'" in result.stdout
    assert "Traceback" not in result.output


def test_the_counterexample_is_told_as_a_request(run: Run, template: Template) -> None:
    told = " ".join(run("check", template(Messages="public")).stdout.split())

    assert (
        "request: arn:aws:iam::444455556666:user/stranger calls dynamodb:GetItem on "
        "arn:aws:dynamodb:eu-west-1:111122223333:table/messages from the internet: "
        "allowed, because AllowAll lets it through"
    ) in told


@pytest.mark.parametrize(
    ("state", "level", "code"),
    [
        ("bare", "low", 1),
        ("bare", "medium", 1),
        ("bare", "high", 0),
        ("bare", "critical", 0),
        ("public", "critical", 1),
        ("unreadable", "critical", 1),
    ],
)
def test_fail_on_decides_about_the_exit_code_alone(
    run: Run, template: Template, state: str, level: str, code: int
) -> None:
    result = run("check", template(Messages=state), "--fail-on", level)

    assert result.exit_code == code
    assert not result.stdout.startswith("holds")
    assert "Messages" in result.stdout
    told = f"Exit code 0: --fail-on {level}, and no finding is that severe.\n"
    assert result.stdout.endswith(told) == (code == 0)


def test_a_control_that_failed_counts_at_its_own_severity(run: Run, template: Template) -> None:
    folder = template(Crash="good")

    assert run("check", folder, "--fail-on", "high").exit_code == 1
    assert run("check", folder, "--fail-on", "critical").exit_code == 0


@pytest.mark.parametrize("arguments", [("--quiet",), ("-q",), ("-q", "--format", "json")])
def test_quiet_prints_the_verdict_alone(
    run: Run, template: Template, arguments: tuple[str, ...]
) -> None:
    result = run("check", template(Messages="bare"), *arguments)

    assert result.exit_code == 1
    assert result.stdout == "broken: 1 finding, the worst medium\n"


def test_each_format_is_written_to_standard_output(run: Run, template: Template) -> None:
    folder = template(Messages="public")

    document = json.loads(run("check", folder, "--format", "json").stdout)
    sarif = json.loads(run("check", folder, "--format", "sarif").stdout)
    junit = ET.fromstring(run("check", folder, "--format", "junit").stdout.encode())  # noqa: S314

    assert document["verdict"] == "broken"
    assert document["findings"][0]["exposure"] == "reachable"
    assert sarif["version"] == "2.1.0"
    assert [rule["id"] for rule in sarif["runs"][0]["tool"]["driver"]["rules"]] == [
        "ddb-table-policy-not-public",
        "ddb-pitr",
        "ddb-crash-prone",
    ]
    assert junit.get("failures") == "1"


def test_the_same_check_writes_the_same_bytes(run: Run, template: Template) -> None:
    folder = template(Messages="public", Archive="bare", Other="unreadable")
    for name in ("text", "json", "sarif", "junit"):
        assert (
            run("check", folder, "--format", name).stdout_bytes
            == run("check", folder, "--format", name).stdout_bytes
        )


def test_only_asks_the_named_controls(run: Run, template: Template) -> None:
    folder = template(Messages="bare")

    alone = run("check", folder, "--only", "ddb-table-policy-not-public", "--format", "json")
    sarif = run("check", folder, "--only", "ddb-pitr", "--format", "sarif")
    lists = run("check", folder, "--only", "ddb-crash-prone, ddb-pitr", "--only", "ddb-pitr")

    assert alone.exit_code == 0
    assert [entry["id"] for entry in json.loads(alone.stdout)["controls"]] == [
        "ddb-table-policy-not-public"
    ]
    (rule,) = json.loads(sarif.stdout)["runs"][0]["tool"]["driver"]["rules"]
    assert rule["id"] == "ddb-pitr"
    assert lists.exit_code == 1
    assert "2 controls (1 holds, 1 broken)" in lists.stdout


def test_parameters_reach_the_inventory(run: Run, template: Template) -> None:
    folder = template(Messages="bare")

    assert run("check", folder, "--parameter", "Recovery=true=on").exit_code == 0
    assert run("check", folder, "--parameter", "Recovery=").exit_code == 1
    for name in ("Data:Recovery", "AWS::Region"):
        assert run("check", folder, "--parameter", f"{name}=x").exit_code == 1


def test_the_declared_perimeter_reaches_the_controls(
    run: Run, template: Template, tmp_path: Path
) -> None:
    config = tmp_path / "baseline.toml"
    config.write_text(
        "[[perimeter.exemptions]]\n"
        'arn = "arn:aws:iam::111122223333:role/break-glass"\nreason = "Repairs."\n',
        encoding="utf-8",
    )

    result = run("check", template(Messages="good"), "--config", config)

    assert result.exit_code == 0
    assert "  arn:aws:iam::111122223333:role/break-glass\n    why: Repairs.\n" in result.stdout


def test_output_writes_the_report_and_prints_the_verdict(
    run: Run, template: Template, tmp_path: Path
) -> None:
    file = tmp_path / "report.json"

    result = run("check", template(Messages="bare"), "--format", "json", "--output", file)

    assert result.exit_code == 1
    assert result.stdout == "broken: 1 finding, the worst medium\n"
    assert json.loads(file.read_text(encoding="utf-8"))["verdict"] == "broken"
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["report.json"]


def test_output_to_a_dash_is_standard_output(run: Run, template: Template) -> None:
    result = run("check", template(Messages="good"), "--format", "json", "--output", "-")

    assert json.loads(result.stdout)["verdict"] == "holds"


def test_an_existing_report_is_replaced_and_keeps_its_mode(
    run: Run, template: Template, tmp_path: Path
) -> None:
    file = tmp_path / "report.txt"
    file.write_text("an older and longer report" * 1000, encoding="utf-8")
    file.chmod(0o640)
    link = tmp_path / "latest.txt"
    link.symlink_to(file)

    run("check", template(Messages="good"), "--output", link)

    assert file.read_text(encoding="utf-8").startswith("holds: ")
    assert "older" not in file.read_text(encoding="utf-8")
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert link.is_symlink()


def test_a_report_that_cannot_be_finished_leaves_the_old_one(
    run: Run, template: Template, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "report.txt"
    file.write_text("old", encoding="utf-8")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)

    line = refused(run("check", template(Messages="good"), "--output", file))

    assert line == f"--output {file}: cannot be written: No space left on device"
    assert file.read_text(encoding="utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["report.txt"]


def test_a_pipe_is_written_to_and_not_replaced(
    run: Run, template: Template, tmp_path: Path
) -> None:
    """Devices are the same case; a pipe of our own is the one that a failing test may ruin."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)

    result = run("check", template(Messages="good"), "--output", pipe)

    assert result.exit_code == 0
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert os.read(reading, 65536).startswith(b"holds: ")
    os.close(reading)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--parameter", "Recovery"], "--parameter Recovery: write NAME=VALUE"),
        (["--parameter", "=x"], "--parameter =x: write NAME=VALUE"),
        (["--parameter", "a b=x"], "--parameter a b=x: write NAME=VALUE"),
        (
            ["--parameter", "A=1", "--parameter", "A=2"],
            "--parameter A: is given twice with different values",
        ),
        (["--only", "ddb-pitrr"], "--only: there is no control 'ddb-pitrr': did you mean ddb-pitr"),
        (["--only", "ddb-pitr,"], "--only: an id is empty"),
        (["--only", ""], "--only: an id is empty"),
        (["--config", "missing.toml"], "missing.toml: cannot be read: No such file"),
        (["--output", "missing/report.json"], "--output missing/report.json: there is no folder"),
        (["--output", "."], "--output .: is a folder; name a file in it"),
        (["--format", "yaml"], "Invalid value for '--format': 'yaml' is not one of"),
        (["--fail-on", "all"], "Invalid value for '--fail-on': 'all' is not one of"),
        (["--colour"], "No such option '--colour'"),
    ],
)
def test_what_cannot_be_used_exits_2_with_one_line(
    run: Run, template: Template, tmp_path: Path, arguments: list[str], told: str
) -> None:
    folder = template(Messages="bare")
    file = tmp_path / "report.json"
    output = [] if "--output" in arguments else ["--output", str(file)]

    assert refused(run("check", folder, *output, *arguments)).startswith(told)
    assert not file.exists()


def test_bad_input_exits_2_with_the_inventorys_own_line(
    run: Run, template: Template, tmp_path: Path
) -> None:
    broken_file = template(Messages="good") / "Data.template.json"
    broken_file.write_text("{", encoding="utf-8")

    missing = refused(run("check", tmp_path / "missing"))
    malformed = refused(run("check", broken_file, "--output", tmp_path / "report"))

    assert missing.endswith("missing: no such file or folder; give a cdk.out")
    assert malformed.endswith("is not JSON; repair it")
    assert not (tmp_path / "report").exists()


def test_no_path_is_refused(run: Run) -> None:
    assert refused(run("check")).startswith("Missing argument 'PATH...'")


def test_a_mistake_in_the_config_is_one_line(run: Run, template: Template, tmp_path: Path) -> None:
    config = tmp_path / "perimeter.toml"
    config.write_text("[perimeter]\nacounts = []\n", encoding="utf-8")

    line = refused(run("check", template(Messages="good"), "--config", config))

    assert line == f"{config}: perimeter.acounts is not known: did you mean accounts?"


def test_the_checked_template_is_never_overwritten(run: Run, template: Template) -> None:
    file = template(Messages="good") / "Data.template.json"
    before = file.read_bytes()

    assert "is the template that is checked" in refused(run("check", file, "--output", file))
    assert file.read_bytes() == before


def test_a_folder_that_is_closed_is_refused_before_any_work(
    run: Run, template: Template, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    monkeypatch.setattr(check_module, "load", lambda *_: pytest.fail("it was loaded"))

    line = refused(run("check", template(Messages="good"), "--output", tmp_path / "report"))

    assert line.endswith("report: no permission to write there")


def test_a_defect_is_one_line_that_says_where(
    run: Run, template: Template, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise KeyError("Resources\n\x1b[2J")

    monkeypatch.setattr(ddb_perimeter.inventory, "load", fail, raising=False)

    line = refused(run("check", template(Messages="good")))

    assert line.startswith("internal error: KeyError: ")
    assert "(conftest.py:" not in line
    assert "(test_check.py:" in line
    assert "please report" in line


def test_an_installation_without_controls_concludes_nothing(
    run: Run, template: Template, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "AREAS", ())
    catalogue.controls.cache_clear()

    assert "has no controls" in refused(run("check", template(Messages="good")))


def test_an_interrupt_exits_130(
    run: Run, template: Template, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(ddb_perimeter.inventory, "load", interrupt, raising=False)

    result = run("check", template(Messages="good"))

    assert result.exit_code == 130
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("cdk.out", "cdk.out/Data.template.json"),
        ("cdk.out/Data.template.json", "cdk.out/Data.template.json"),
    ],
)
def test_sarif_names_files_from_the_current_folder(
    run: Run,
    template: Template,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    uri: str,
) -> None:
    template(Messages="bare")
    monkeypatch.chdir(tmp_path)

    document = json.loads(run("check", path, "--format", "sarif").stdout)

    (entry,) = document["runs"][0]["results"]
    assert entry["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri
    assert str(tmp_path) not in json.dumps(document)


def test_sarif_never_names_a_folder_of_this_machine(
    run: Run, template: Template, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = template(Messages="bare")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)

    assert str(tmp_path) not in run("check", folder, "--format", "sarif").stdout
    monkeypatch.chdir(folder)
    assert '"uri": "Data.template.json"' in run("check", ".", "--format", "sarif").stdout

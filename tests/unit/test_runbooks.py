"""Runbooks say what the alerts say, and their commands exist."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import botocore.session
import pytest
from botocore import xform_name

from ddb_perimeter.controls import catalogue
from private_dynamodb import ALERTS
from private_dynamodb.detection.alert import Alert, Records, Step
from stacks.runbooks import RUNBOOKS, pages, write

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
STALE = "stale: run `make docs` and commit what it writes"
# What the command line calls differently from the service's model.
SERVICES = {"configservice": "config"}
COMMANDS = sorted(
    {
        command
        for alert in ALERTS
        for step in (*alert.look, *alert.repair)
        for command in step.commands
    }
)


def test_the_published_runbooks_are_current() -> None:
    published = {path.name: path.read_text(encoding="utf-8") for path in RUNBOOKS.glob("*")}

    assert published == pages(), STALE


def test_a_page_of_an_alert_that_is_no_more_goes(tmp_path: Path) -> None:
    (tmp_path / "old.md").write_text("old", encoding="utf-8")
    write(tmp_path)

    assert {path.name for path in tmp_path.iterdir()} == {
        "README.md",
        *(f"{alert.id}.md" for alert in ALERTS),
    }


def test_the_readme_lists_what_is_told() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    section = readme.partition("\n## What you will be alerted about\n")[2].partition("\n## ")[0]
    listed = re.findall(r"^\| \[([^\]]+)\]\(([^)]+)\) \|", section, re.MULTILINE)

    assert listed == [(alert.title, alert.runbook) for alert in ALERTS]


def test_every_alert_has_an_id_of_its_own() -> None:
    assert len({alert.id for alert in ALERTS}) == len(ALERTS)


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert.id)
def test_every_control_that_an_alert_names_exists(alert: Alert) -> None:
    assert alert.controls
    for identifier in alert.controls:
        assert catalogue.find(identifier).fix in pages()[f"{alert.id}.md"]


def options(words: list[str]) -> Iterator[str]:
    for word in words:
        if word.startswith("--") and word not in {"--query", "--output"}:
            yield word.removeprefix("--")


@pytest.fixture(scope="module")
def session() -> botocore.session.Session:
    return botocore.session.get_session()


@pytest.mark.parametrize("command", [each for each in COMMANDS if each.startswith("aws ")])
def test_a_command_exists_with_its_options(command: str, session: botocore.session.Session) -> None:
    _, service, operation, *rest = shlex.split(command)
    model = session.get_service_model(SERVICES.get(service, service))
    names = {xform_name(name, "-"): name for name in model.operation_names}
    shape = model.operation_model(names[operation]).input_shape
    members = {} if shape is None else shape.members
    known = {xform_name(name, "-"): name for name in members}
    # A boolean has a `--no-` form; what the command line adds itself is not in the model.
    given = {option.removeprefix("no-") for option in options(rest)}
    required = set() if shape is None else set(shape.required_members)

    assert given <= set(known)
    assert required <= {known[option] for option in given}


def test_every_other_command_is_one_of_ours() -> None:
    others = {command.split()[0] for command in COMMANDS if not command.startswith("aws ")}

    assert others <= {"cdk", "ddb-perimeter", "make"}


@pytest.mark.parametrize("identifier", ["Trail", "trail", "trail_changed"])
def test_an_alert_without_a_slug_is_refused(identifier: str) -> None:
    with pytest.raises(ValueError, match="lower-case words joined by hyphens"):
        Alert(
            id=identifier,
            title="t",
            meaning="m",
            signals=(Records.NONE,),
            look=(Step("l"),),
            repair=(Step("r"),),
        )


def test_an_alert_that_nothing_sets_off_is_refused() -> None:
    with pytest.raises(ValueError, match="trail-changed: say what sets it off"):
        Alert(
            id="trail-changed",
            title="t",
            meaning="m",
            signals=(),
            look=(Step("l"),),
            repair=(Step("r"),),
        )

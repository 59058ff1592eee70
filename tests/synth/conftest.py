"""Assemblies that several tests look at. The first synth of a process is slow, so they share."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
import yaml
from cfnlint.core import get_rules

from stacks.application import create_app, synthesize
from stacks.baseline import build_baseline
from stacks.checks import add_checks
from stacks.configuration import Configuration, load_configuration
from tests.conftest import TODAY
from tests.synth.templates import Assembly

if TYPE_CHECKING:
    from collections.abc import Callable

    from cfnlint.rules import RulesCollection

ROOT = Path(__file__).parents[2]
FULL = Path(__file__).with_name("full.toml")
ORGANIZED = Path(__file__).with_name("organized.toml")
ROLLED_OUT = Path(__file__).with_name("rolled_out.toml")

Build: TypeAlias = "Callable[[Configuration], Assembly]"


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """Build the whole app in process, judged by the packs of its configuration."""

    def assemble(configuration: Configuration) -> Assembly:
        folder = tmp_path_factory.mktemp("assembly") / "cdk.out"
        app = create_app(outdir=str(folder))
        build_baseline(app, configuration)
        add_checks(app, configuration)
        return Assembly(configuration, folder, synthesize(app), read_templates(folder))

    return assemble


@pytest.fixture(scope="session")
def default_app(build: Build) -> Assembly:
    return build(load_configuration(ROOT / "baseline.toml", today=TODAY))


@pytest.fixture(scope="session")
def full_app(build: Build) -> Assembly:
    return build(load_configuration(FULL, today=TODAY))


@pytest.fixture(scope="session")
def organized_app(build: Build) -> Assembly:
    """Build one Region under an organization."""
    return build(load_configuration(ORGANIZED, today=TODAY))


@pytest.fixture(scope="session")
def rolled_out_app(build: Build) -> Assembly:
    """Build two Regions of an organization that gives its accounts AWS Config."""
    return build(load_configuration(ROLLED_OUT, today=TODAY))


@pytest.fixture(scope="session")
def rules() -> RulesCollection:
    """Return what cfn-lint asks."""
    settings = yaml.safe_load((ROOT / ".cfnlintrc.yaml").read_text(encoding="utf-8"))
    return get_rules([], settings["ignore_checks"], [], {})


@pytest.fixture(scope="session", params=["default_app", "full_app"])
def assembly(request: pytest.FixtureRequest) -> Assembly:
    either: Assembly = request.getfixturevalue(request.param)
    return either


def read_templates(folder: Path) -> dict[str, dict[str, Any]]:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return {
        artifact["displayName"].split(" ")[0]: json.loads(
            (folder / artifact["properties"]["templateFile"]).read_text(encoding="utf-8")
        )
        for artifact in manifest["artifacts"].values()
        if artifact["type"] == "aws:cloudformation:stack"
    }

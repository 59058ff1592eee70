"""The systems of the benchmark are real templates: they are read and judged, not refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from bench import systems
from ddb_perimeter.controls import catalogue
from ddb_perimeter.controls.perimeter import Perimeter
from ddb_perimeter.findings import Verdict
from ddb_perimeter.inventory import load, load_templates

if TYPE_CHECKING:
    from pathlib import Path

PROVED = ("ddb-deny-outside-vpce", "ddb-table-policy-not-public", "ddb-deny-insecure-transport")
NETWORK = {"Resources": {"Vpc": {"Type": "AWS::EC2::VPC"}}}


@pytest.mark.parametrize(
    ("made", "resources"),
    [
        (systems.tables(3), 4),
        (systems.statements(2), 2),
        (systems.statements(20), 2),
        (systems.resources(30), 30),
    ],
)
def test_a_grown_system_is_private(made: dict[str, systems.Template], resources: int) -> None:
    result = catalogue.run(load_templates(made), Perimeter(), PROVED)

    assert sum(len(template["Resources"]) for template in made.values()) == resources
    assert result.findings == ()
    assert all(control.resources for control in result.controls)


@pytest.mark.parametrize("count", [2, 3, 7])
def test_a_policy_has_as_many_statements_as_asked_for(count: int) -> None:
    (template,) = systems.statements(count).values()
    table = template["Resources"]["Table"]["Properties"]

    assert len(table["ResourcePolicy"]["PolicyDocument"]["Statement"]) == count


def test_stacks_are_no_larger_than_cloudformation_takes() -> None:
    made = systems.resources(1200)

    assert [len(template["Resources"]) for template in made.values()] == [500, 500, 200]


def test_written_templates_are_one_system(tmp_path: Path) -> None:
    folder = systems.write(systems.tables(600), tmp_path / "new")

    assert [stack.name for stack in load([folder]).stacks] == ["Stack0", "Stack1"]


def test_a_region_is_copied_under_another_name(tmp_path: Path) -> None:
    source = tmp_path / "cdk.out"
    source.mkdir()
    artifacts = {
        f"{short}Network": {
            "type": "aws:cloudformation:stack",
            "environment": f"aws://unknown-account/{region}",
            "properties": {"templateFile": f"{short}Network.template.json", "stackName": "network"},
        }
        for short, region in (("useast1", "us-east-1"), ("euwest1", "eu-west-1"))
    }
    manifest = {"version": "48.0.0", "artifacts": {**artifacts, "Tree": {"type": "cdk:tree"}}}
    (source / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    for artifact in artifacts.values():
        file = str(artifact["properties"]["templateFile"])  # type: ignore[index]
        (source / file).write_text(json.dumps(NETWORK), encoding="utf-8")

    files = systems.regions(source, tmp_path / "many", 3)

    assert [file.name for file in files] == [
        "useast1Network.template.json",
        "euwest1Network.template.json",
        "useast2Network.template.json",
    ]
    stacks = load([tmp_path / "many"]).stacks
    assert [(stack.name, stack.region) for stack in stacks] == [
        ("network", "us-east-1"),
        ("network", "eu-west-1"),
        ("network", "us-east-2"),
    ]


def test_there_is_a_name_for_every_region() -> None:
    assert len(set(systems.REGIONS)) == 32


def test_nothing_there_is_unknown_to_the_proof() -> None:
    result = catalogue.run(load_templates(systems.statements(60)), Perimeter(), PROVED)

    assert result.verdict is Verdict.HOLDS


def test_a_hostile_policy_is_no_proof() -> None:
    only = ("ddb-deny-outside-vpce",)
    result = catalogue.run(load_templates(systems.hostile(400)), Perimeter(), only)

    assert result.verdict is not Verdict.HOLDS

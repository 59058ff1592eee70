"""Templates that were never a file: one system, no lines, and nothing read from the disk."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from ddb_perimeter.inventory import InputError, Inventory, load_templates

if TYPE_CHECKING:
    from pathlib import Path

NET = {
    "Resources": {"Endpoint": {"Type": "AWS::EC2::VPCEndpoint"}},
    "Outputs": {"Id": {"Value": {"Ref": "Endpoint"}, "Export": {"Name": "endpoint"}}},
}
APP = {
    "Resources": {
        "Probe": {
            "Type": "AWS::SNS::Topic",
            "Properties": {"Value": {"Fn::ImportValue": "endpoint"}},
        }
    }
}
NESTING = {
    "Resources": {
        "Child": {
            "Type": "AWS::CloudFormation::Stack",
            "Properties": {"TemplateURL": "https://bucket.example/child.json"},
        }
    }
}


def only(templates: dict[str, object], **parameters: str) -> Inventory:
    (inventory,) = load_templates(templates, parameters).scenarios(())  # type: ignore[arg-type]
    return inventory


def test_several_templates_are_one_system() -> None:
    probe = only({"Net": NET, "App": APP}).get("App", "Probe")

    assert probe is not None
    assert probe.at("Value") == "vpce-⟦Net.Endpoint⟧"
    assert (probe.stack, probe.template) == ("App", "App")


def test_lines_that_nobody_has_are_not_told() -> None:
    probe = only({"App": APP}).get("App", "Probe")

    assert probe is not None
    assert probe.line() is None
    assert probe.evidence("Properties.Value").line is None


def test_a_nested_template_is_found_by_the_end_of_its_url() -> None:
    inventory = only({"Parent": NESTING, "child.json": NET})

    assert inventory.gaps == ()
    assert inventory.get("Parent-Child", "Endpoint") is not None


def test_files_of_the_current_folder_are_never_taken_for_a_nested_template(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "child.json").write_text(json.dumps(NET), encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    (gap,) = only({"Parent": NESTING}).gaps

    assert "nested stack Child is not among the files" in gap.unknown.why


def test_parameters_apply() -> None:
    probe = only({"App": APP}, **{"AWS::Region": "eu-west-1"}).get("App", "Probe")

    assert probe is not None
    assert probe.region == "eu-west-1"


def circular() -> dict[str, object]:
    template: dict[str, object] = {"Resources": {}}
    template["Metadata"] = template
    return template


def deep() -> dict[str, object]:
    node: dict[str, object] = {}
    for _ in range(200):
        node = {"Deeper": node}
    return {"Resources": {}, "Metadata": node}


@pytest.mark.parametrize(
    ("templates", "told"),
    [
        ({}, "no template given"),
        ({"App": {}}, "App: no CloudFormation template"),
        ({"App": {"Resources": {"A": {"Type": 7}}}}, "App: resource A has no Type"),
        ({"App": {"Resources": {"A": object()}}}, "App: no template "),
        ({"App": {"Resources": {}, "Metadata": float("nan")}}, "App: malformed JSON"),
        ({"App": {"Resources": {}, "Metadata": {1: 1, "1": 2}}}, "App:.*duplicate key"),
        ({"App": circular()}, "App: no template "),
        ({"App": deep()}, "App: nested more than 100 levels deep"),
    ],
)
def test_what_is_no_template_is_refused(templates: dict[str, object], told: str) -> None:
    with pytest.raises(InputError, match=told):
        load_templates(templates)  # type: ignore[arg-type]

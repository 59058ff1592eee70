"""The reduced templates are whole: nothing in them refers to what was left out."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rehearsal.lacking import REFUSALS, Refusal
from rehearsal.readers import NAMED_BY_TEMPLATE, READERS
from rehearsal.reduction import LeftOut, reduce_assembly, reduce_template, references

SNAPSHOTS = sorted(
    (Path(__file__).parents[2] / "synth" / "__snapshots__" / "test_snapshots").glob("*.json")
)
REFUSED = (Refusal("AWS::DAX::Cluster", "a test"),)
CLUSTER = {"Type": "AWS::DAX::Cluster", "Properties": {}}


def template_of(**resources: dict[str, Any]) -> dict[str, Any]:
    return {"Resources": resources}


def topic(**properties: object) -> dict[str, Any]:
    return {"Type": "AWS::SNS::Topic", "Properties": properties}


def dangling(template: dict[str, Any]) -> set[str]:
    """Return what a template refers to and does not have."""
    known = {*template["Resources"], *template.get("Parameters", {})}
    parts = [*template["Resources"].values(), *template.get("Outputs", {}).values()]
    waited = {name for part in parts for name in part.get("DependsOn", [])}
    named = {name for name in references(parts) if not name.startswith("AWS::")}
    return (named | waited) - known


@pytest.mark.parametrize("path", SNAPSHOTS, ids=lambda path: path.stem)
def test_the_templates_of_the_baseline_stay_whole(path: Path) -> None:
    template = json.loads(path.read_text(encoding="utf-8"))

    reduced, gone = reduce_template(template, REFUSALS)

    assert dangling(reduced) == set()
    assert reduced["Resources"].keys() | gone.keys() == template["Resources"].keys()
    assert {body["Type"] for body in reduced["Resources"].values()}.isdisjoint(
        refusal.type for refusal in REFUSALS if not refusal.having
    )


def test_every_type_that_is_deployed_can_be_read_back() -> None:
    """What nobody reads back would fail the rehearsal: give it a reader in rehearsal/readers."""
    types = {
        body["Type"]
        for path in SNAPSHOTS
        if "default-" in path.name
        for body in reduce_template(json.loads(path.read_text(encoding="utf-8")), REFUSALS)[0][
            "Resources"
        ].values()
    }

    assert types - READERS.keys() - NAMED_BY_TEMPLATE.keys() == set()


@pytest.mark.parametrize(
    "reference",
    [
        {"Ref": "Cluster"},
        {"Fn::GetAtt": ["Cluster", "Arn"]},
        {"Fn::GetAtt": "Cluster.Arn"},
        {"Fn::Sub": "at ${Cluster}"},
        {"Fn::Sub": "at ${Cluster.Arn}"},
        {"Fn::Sub": ["at ${Name}", {"Name": {"Ref": "Cluster"}}]},
        {"Fn::Join": ["", ["a", {"Fn::If": ["X", {"Ref": "Cluster"}, "b"]}]]},
    ],
)
def test_what_refers_to_a_refused_resource_goes_with_it(reference: dict[str, Any]) -> None:
    template = template_of(Cluster=CLUSTER, Topic=topic(Name=reference), Other=topic())
    template["Outputs"] = {"Gone": {"Value": reference}, "Kept": {"Value": {"Ref": "Other"}}}

    reduced, gone = reduce_template(template, REFUSED)

    assert gone["Topic"] == ("AWS::SNS::Topic", "Cluster")
    assert set(reduced["Resources"]) == {"Other"}
    assert set(reduced["Outputs"]) == {"Kept"}


@pytest.mark.parametrize(
    "text", [{"Fn::Sub": "${!Cluster}"}, {"Fn::Sub": ["${Cluster}", {"Cluster": "x"}]}, "Cluster"]
)
def test_a_name_that_is_no_reference_keeps_its_resource(text: object) -> None:
    reduced, _ = reduce_template(template_of(Cluster=CLUSTER, Topic=topic(Name=text)), REFUSED)

    assert set(reduced["Resources"]) == {"Topic"}


@pytest.mark.parametrize("wait", ["Cluster", ["Cluster"], ["Cluster", "Other"]])
def test_what_only_waits_stays_and_waits_no_more(wait: object) -> None:
    template = template_of(Cluster=CLUSTER, Topic={**topic(), "DependsOn": wait}, Other=topic())

    reduced, gone = reduce_template(template, REFUSED)

    assert set(gone) == {"Cluster"}
    assert "Cluster" not in reduced["Resources"]["Topic"].get("DependsOn", [])
    assert template["Resources"]["Topic"]["DependsOn"] == wait


def test_a_refusal_of_a_property_spares_resources_without_it() -> None:
    refusal = Refusal("AWS::SNS::Topic", "a test", having="Fifo")

    _, gone = reduce_template(template_of(One=topic(Fifo=True), Two=topic()), [refusal])

    assert set(gone) == {"One"}


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from("abcdefgh"),
        st.tuples(st.booleans(), st.sets(st.sampled_from("abcdefgh")), st.booleans()),
        min_size=1,
    )
)
def test_no_reference_is_left_dangling(
    graph: dict[str, tuple[bool, set[str], bool]],
) -> None:
    template = template_of(
        **{
            name: {
                "Type": "AWS::DAX::Cluster" if refused else "AWS::SNS::Topic",
                "Properties": {"To": [{"Ref": each} for each in to & graph.keys() if not waits]},
                "DependsOn": sorted(to & graph.keys()) if waits else [],
            }
            for name, (refused, to, waits) in graph.items()
        }
    )

    reduced, gone = reduce_template(template, REFUSED)

    assert dangling(reduced) == set()
    assert {name for name, (refused, _, _) in graph.items() if refused} <= gone.keys()
    for type_, because in gone.values():
        assert (type_ == "AWS::DAX::Cluster") if not because else because in gone


def test_the_copy_of_an_assembly_names_templates_by_their_hash(tmp_path: Path) -> None:
    source, target = tmp_path / "whole", tmp_path / "reduced"
    source.mkdir()
    old = "0" * 64
    files: dict[str, Any] = {
        "manifest.json": {
            "artifacts": {
                "S": {
                    "type": "aws:cloudformation:stack",
                    "displayName": "us-east-1/Data (data)",
                    "properties": {
                        "templateFile": "S.template.json",
                        "stackTemplateAssetObjectUrl": f"s3://assets/{old}.json",
                    },
                },
                "S.assets": {"type": "cdk:asset-manifest"},
            }
        },
        "S.template.json": template_of(Cluster=CLUSTER, Topic=topic()),
        "S.assets.json": {
            "files": {
                "code": {"source": {"path": "asset.code"}, "destinations": {}},
                old: {
                    "source": {"path": "S.template.json"},
                    "destinations": {"here": {"objectKey": f"{old}.json"}},
                },
            }
        },
    }
    for name, content in files.items():
        (source / name).write_text(json.dumps(content), encoding="utf-8")

    left_out = reduce_assembly(source, target, REFUSED)

    new = hashlib.sha256((target / "S.template.json").read_bytes()).hexdigest()
    manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    assets = json.loads((target / "S.assets.json").read_text(encoding="utf-8"))["files"]
    url = manifest["artifacts"]["S"]["properties"]["stackTemplateAssetObjectUrl"]
    assert left_out == [LeftOut("us-east-1/Data", "Cluster", "AWS::DAX::Cluster")]
    assert url == f"s3://assets/{new}.json"
    assert assets.keys() == {"code", new}
    assert assets[new]["destinations"]["here"]["objectKey"] == f"{new}.json"
    assert (
        json.loads((source / "S.template.json").read_text(encoding="utf-8"))
        == files["S.template.json"]
    )

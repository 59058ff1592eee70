"""Several stacks as one system: exports, nested stacks, assemblies and folders."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from ddb_perimeter.inventory import Inventory, Resource, System, load
from ddb_perimeter.unknown import Unknown

LoadStacks = Callable[..., System]
LoadOne = Callable[..., Inventory]

ENDPOINT_ID = "vpce-⟦net.Endpoint⟧"


def probe(value: object) -> dict[str, object]:
    return {"Type": "AWS::SNS::Topic", "Properties": {"Value": value}}


def found(inventory: Inventory, stack: str, logical_id: str) -> Resource:
    resource = inventory.get(stack, logical_id)
    assert resource is not None
    return resource


NET = {
    "Resources": {"Endpoint": {"Type": "AWS::EC2::VPCEndpoint"}},
    "Outputs": {
        "Id": {
            "Value": {"Ref": "Endpoint"},
            "Export": {"Name": {"Fn::Sub": "${AWS::StackName}-endpoint"}},
        }
    },
}


def test_an_import_gives_what_another_stack_exports(load_one: LoadOne) -> None:
    app = {"Resources": {"Probe": probe({"Fn::ImportValue": "net-endpoint"})}}
    inventory = load_one({"net.json": NET, "app.json": app})

    value = found(inventory, "app", "Probe").at("Value")
    assert value == ENDPOINT_ID
    assert inventory.by_id(value) is found(inventory, "net", "Endpoint")


def test_an_import_by_computed_name_is_followed(load_one: LoadOne) -> None:
    app = {
        "Parameters": {"Net": {"Type": "String", "Default": "net"}},
        "Resources": {"Probe": probe({"Fn::ImportValue": {"Fn::Sub": "${Net}-endpoint"}})},
    }

    inventory = load_one({"net.json": NET, "app.json": app})
    assert found(inventory, "app", "Probe").at("Value") == ENDPOINT_ID


def test_exports_that_feed_each_other_in_a_circle_are_unknown(load_one: LoadOne) -> None:
    def stack(own: str, other: str) -> dict[str, object]:
        value = {"Fn::ImportValue": other}
        return {
            "Resources": {"Probe": probe(value)},
            "Outputs": {"O": {"Value": value, "Export": {"Name": own}}},
        }

    inventory = load_one({"a.json": stack("a", "b"), "b.json": stack("b", "a")})
    value = found(inventory, "a", "Probe").at("Value")
    assert isinstance(value, Unknown)
    assert "circle" in value.why


def test_names_that_feed_each_other_in_a_circle_end(load_one: LoadOne) -> None:
    def role(other: str) -> dict[str, object]:
        return {"Type": "AWS::IAM::Role", "Properties": {"RoleName": {"Ref": other}}}

    inventory = load_one({"app.json": {"Resources": {"A": role("B"), "B": role("A")}}})
    assert {str(resource.physical)[0] for resource in inventory} == {"⟦"}


CHILD_STACK = {
    "Type": "AWS::CloudFormation::Stack",
    "Properties": {
        "TemplateURL": "./child.yaml",
        "Parameters": {"RoleArn": {"Fn::GetAtt": ["Role", "Arn"]}, "Stage": {"Ref": "Env"}},
    },
}
PARENT = {
    "Parameters": {"Env": {"Type": "String", "Default": "dev"}},
    "Resources": {
        "Role": {"Type": "AWS::IAM::Role"},
        "Child": CHILD_STACK,
        "Probe": probe({"Fn::GetAtt": ["Child", "Outputs.QueueArn"]}),
    },
}
CHILD = """
Parameters:
  RoleArn: {Type: String}
  Stage: {Type: String}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties: {Owner: !Ref RoleArn, QueueName: !Sub "${Stage}-queue"}
  Extra:
    Type: AWS::SNS::Topic
    Condition: IsProd
Outputs:
  QueueArn: {Value: !GetAtt Queue.Arn}
"""


def test_parameters_and_outputs_of_nested_stacks_are_followed(load_stacks: LoadStacks) -> None:
    system = load_stacks({"parent.json": PARENT, "child.yaml": CHILD})
    (inventory,) = system.scenarios({"AWS::IAM::Role"})

    assert [stack.name for stack in system.stacks] == ["parent", "parent-Child"]
    assert found(inventory, "parent", "Probe").at("Value") == (
        "arn:aws:sqs:us-east-1:111122223333:dev-queue"
    )
    assert found(inventory, "parent-Child", "Queue").at("Owner") == (
        "arn:aws:iam::111122223333:role/⟦parent.Role⟧"
    )
    assert system.gaps == ()


def test_a_nested_condition_depends_on_the_parents_parameter(load_stacks: LoadStacks) -> None:
    system = load_stacks({"parent.json": PARENT, "child.yaml": CHILD})

    assert {w.description for w in system.scenarios({"AWS::SNS::Topic"})} == {
        "IsProd=true",
        "IsProd=false",
    }
    settled = load_stacks({"parent.json": PARENT, "child.yaml": CHILD}, Env="prod")
    (world,) = settled.scenarios({"AWS::SNS::Topic"})
    assert len(world.of_type("AWS::SNS::Topic")) == 2


def test_an_output_that_the_nested_stack_lacks_is_unknown(load_one: LoadOne) -> None:
    child = {"Resources": {"T": {"Type": "AWS::SNS::Topic"}}}
    inventory = load_one({"parent.json": PARENT, "child.yaml": json.dumps(child)})

    value = found(inventory, "parent", "Probe").at("Value")
    assert isinstance(value, Unknown)
    assert "has no output QueueArn" in value.why


def test_a_nested_stack_that_does_not_exist_takes_its_resources_along(
    load_stacks: LoadStacks,
) -> None:
    child = {**CHILD_STACK, "Condition": "Wanted"}
    parent = {
        **PARENT,
        "Conditions": {"Wanted": {"Fn::Equals": [{"Ref": "Env"}, "x"]}},
        "Resources": {"Role": {"Type": "AWS::IAM::Role"}, "Child": child},
    }
    system = load_stacks({"parent.json": parent, "child.yaml": CHILD})

    assert {
        w.description: len(w.of_type("AWS::SQS::Queue"))
        for w in system.scenarios({"AWS::SQS::Queue"})
    } == {"Wanted=true": 1, "Wanted=false": 0}


def test_a_nested_stack_without_its_template_is_a_gap(load_one: LoadOne) -> None:
    inventory = load_one({"parent.json": PARENT})

    (gap,) = inventory.gaps
    assert gap.subject.logical_id == "Child"
    assert "nested stack Child" in gap.unknown.why
    assert gap.line == 12
    assert isinstance(found(inventory, "parent", "Probe").at("Value"), Unknown)


@pytest.mark.parametrize(
    ("extra", "types", "gap"),
    [
        ({"Transform": "AWS::LanguageExtensions"}, "AWS::SNS::Topic", None),
        ({"Transform": ["AWS::LanguageExtensions", "Mine"]}, "AWS::SNS::Topic", "Mine"),
        ({"Transform": {"Name": "AWS::Include"}}, "AWS::SNS::Topic", "AWS::Include"),
        ({"Transform": "AWS::Serverless-2016-10-31"}, "AWS::SNS::Topic", None),
        (
            {"Transform": "AWS::Serverless-2016-10-31"},
            "AWS::Serverless::Function",
            "AWS::Serverless-2016-10-31",
        ),
        ({}, "AWS::Serverless::Function", "T"),
        ({}, "Our::Own::Table::MODULE", "T"),
    ],
)
def test_what_may_hide_resources_is_a_gap(
    load_one: LoadOne, extra: Mapping[str, object], types: str, gap: str | None
) -> None:
    inventory = load_one({"app.json": {**extra, "Resources": {"T": {"Type": types}}}})

    assert [g.unknown.text for g in inventory.gaps] == ([] if gap is None else [gap])


def test_loops_are_written_out(load_one: LoadOne) -> None:
    loop = ["Name", {"Ref": "Names"}, {"Topic${Name}": probe({"Fn::Sub": "x-${Name}"})}]
    content = {
        "Transform": "AWS::LanguageExtensions",
        "Parameters": {"Names": {"Type": "CommaDelimitedList", "Default": "One,Two"}},
        "Resources": {"Fn::ForEach::Topics": loop},
    }
    inventory = load_one({"app.json": content})

    assert {r.logical_id: r.at("Value") for r in inventory} == {
        "TopicOne": "x-One",
        "TopicTwo": "x-Two",
    }


def test_a_loop_over_something_unknown_is_a_gap(load_one: LoadOne) -> None:
    loop = ["Name", {"Fn::ImportValue": "x"}, {"Topic${Name}": {"Type": "AWS::SNS::Topic"}}]
    inventory = load_one({"app.json": {"Resources": {"Fn::ForEach::Topics": loop}}})

    (gap,) = inventory.gaps
    assert "collection of the loop is not known" in gap.unknown.why


def write_assembly(folder: Path, stacks: Mapping[str, tuple[str, object]], **more: object) -> None:
    """Write a cloud assembly: environment and template by artifact id."""
    folder.mkdir(parents=True)
    (folder / "cdk.out").write_text('{"version":"55.0.0"}')
    artifacts: dict[str, object] = {}
    for name, (environment, template) in stacks.items():
        (folder / f"{name}.template.json").write_text(json.dumps(template, indent=1))
        artifacts[name] = {
            "type": "aws:cloudformation:stack",
            "environment": environment,
            "properties": {"templateFile": f"{name}.template.json"},
        }
    artifacts.update(more)
    (folder / "manifest.json").write_text(json.dumps({"artifacts": artifacts}))


TOPIC = {"Resources": {"T": {"Type": "AWS::SNS::Topic"}}}


def test_an_assembly_places_its_stacks(tmp_path: Path) -> None:
    out = tmp_path / "cdk.out"
    write_assembly(
        out,
        {
            "Told": ("aws://444455556666/eu-west-1", TOPIC),
            "Assumed": ("aws://unknown-account/unknown-region", TOPIC),
        },
        Stage={"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-Stage"}},
    )
    write_assembly(out / "assembly-Stage", {"Deep": ("aws://123456789012/cn-north-1", TOPIC)})
    (out / "asset.json").write_text(json.dumps(TOPIC))
    (inventory,) = load([out]).scenarios(())

    assert {r.stack: r.physical for r in inventory} == {
        "Told": "arn:aws:sns:eu-west-1:444455556666:⟦Told.T⟧",
        "Assumed": "arn:aws:sns:us-east-1:111122223333:⟦Assumed.T⟧",
        "Deep": "arn:aws-cn:sns:cn-north-1:123456789012:⟦Deep.T⟧",
    }
    assert found(inventory, "Deep", "T").template == "assembly-Stage/Deep.template.json"


def test_stacks_of_one_name_in_two_regions_stay_apart(tmp_path: Path) -> None:
    out = tmp_path / "cdk.out"
    write_assembly(
        out,
        {
            "One": ("aws://111122223333/eu-west-1", TOPIC),
            "Two": ("aws://111122223333/us-east-1", TOPIC),
        },
    )
    manifest = json.loads((out / "manifest.json").read_text())
    for artifact in manifest["artifacts"].values():
        artifact["properties"]["stackName"] = "perimeter"
    (out / "manifest.json").write_text(json.dumps(manifest))
    (inventory,) = load([out]).scenarios(())

    assert [r.stack for r in inventory] == ["perimeter", "perimeter"]
    assert len({r.physical for r in inventory}) == 2
    assert inventory.get("perimeter@us-east-1", "T") is not None


@pytest.mark.parametrize("by", ["asset path", "asset manifest"])
def test_nested_stacks_of_an_assembly_are_found(tmp_path: Path, by: str) -> None:
    out = tmp_path / "cdk.out"
    nested: dict[str, object] = {"Type": "AWS::CloudFormation::Stack"}
    if by == "asset path":
        nested["Metadata"] = {"aws:asset:path": "Child.nested.template.json"}
    else:
        url = ["", ["https://s3.", {"Ref": "AWS::URLSuffix"}, "/bucket/abc123.json"]]
        nested["Properties"] = {"TemplateURL": {"Fn::Join": url}}
    write_assembly(out, {"App": ("aws://111122223333/eu-west-1", {"Resources": {"N": nested}})})
    (out / "Child.nested.template.json").write_text(json.dumps(TOPIC))
    files = {"abc123": {"source": {"path": "Child.nested.template.json"}}}
    (out / "App.assets.json").write_text(json.dumps({"files": files}))
    system = load([out])

    assert [stack.name for stack in system.stacks] == ["App", "App-N"]
    assert system.gaps == ()


def test_construct_paths_and_python_lines_come_from_the_assembly(tmp_path: Path) -> None:
    out = tmp_path / "cdk.out"
    body = {"Type": "AWS::SNS::Topic", "Metadata": {"aws:cdk:path": "App/Named/Resource"}}
    template = {"Resources": {"Named": body, "Plain": {"Type": "AWS::SNS::Topic"}}}
    write_assembly(out, {"App": ("aws://111122223333/eu-west-1", template)})
    metadata = {
        "/App": [{"type": "aws:cdk:templateFile", "data": "App.template.json"}],
        "/App/Plain/Resource": [
            {"type": "aws:cdk:logicalId", "data": "Plain"},
            {
                "type": "aws:cdk:creationStack",
                "data": [
                    "...jsii runtime...",
                    "call (/x/site-packages/lib.py:1)",
                    f"__init__ ({tmp_path.as_posix()}/stacks/data.py:17)",
                    "<module> (app.py:3)",
                ],
            },
        ],
    }
    manifest = json.loads((out / "manifest.json").read_text())
    manifest["artifacts"]["App"]["additionalMetadataFile"] = "App.metadata.json"
    (out / "manifest.json").write_text(json.dumps(manifest))
    (out / "App.metadata.json").write_text(json.dumps(metadata))
    (inventory,) = load([out]).scenarios(())

    plain = found(inventory, "App", "Plain")
    assert found(inventory, "App", "Named").path == "App/Named/Resource"
    assert (plain.path, plain.source) == ("App/Plain/Resource", "stacks/data.py:17")
    assert plain.subject().path == "App/Plain/Resource"
    assert plain.evidence().source == "stacks/data.py:17"


def test_a_folder_skips_what_is_no_template(load_one: LoadOne) -> None:
    inventory = load_one(
        {
            "package.json": {"name": "x"},
            "tsconfig.json": '{ // comments\n "x": 1 }',
            "values.yaml": "a: [1, 2",
            "deep/app.template": json.dumps(TOPIC),
            "deep/more.yml": "Resources: {T: {Type: AWS::SNS::Topic}}",
            "node_modules/x/t.json": TOPIC,
            ".hidden/t.json": TOPIC,
        }
    )

    assert {r.template for r in inventory} == {"deep/app.template", "deep/more.yml"}


def test_one_file_is_enough(tmp_path: Path) -> None:
    file = tmp_path / "app.yaml"
    file.write_text("Resources:\n  T:\n    Type: AWS::SNS::Topic\n")
    (inventory,) = load([file]).scenarios(())

    (topic,) = inventory
    assert (topic.stack, topic.template, topic.line()) == ("app", "app.yaml", 2)


def test_parameters_can_be_given_for_one_stack(load_one: LoadOne) -> None:
    stack = {
        "Parameters": {"P": {"Type": "String"}},
        "Resources": {"Probe": probe({"Ref": "P"})},
    }
    inventory = load_one({"a.json": stack, "b.json": stack}, P="both", **{"b:P": "only b"})

    assert [r.at("Value") for r in inventory] == ["both", "only b"]

"""Whatever the text says: a system or an InputError, and every value can be looked at."""

import json
import tempfile
from pathlib import Path

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ddb_perimeter.inventory import (
    IAM_TYPES,
    NETWORK_TYPES,
    TABLE_TYPES,
    InputError,
    TooManyScenarios,
    identities,
    load,
    network,
    tables,
)

NAMES = st.sampled_from(
    ["A", "B", "C", "P", "M", "Arn", "Outputs.O", "AWS::NoValue", "AWS::Region"]
)
TYPES = st.sampled_from(
    [
        *sorted(TABLE_TYPES | NETWORK_TYPES | IAM_TYPES),
        "AWS::CloudFormation::Stack",
        "Custom::X",
        "AWS::Lambda::Alias",
    ]
)
FUNCTIONS = st.sampled_from(
    ["Ref", "Condition"]
    + [
        f"Fn::{name}"
        for name in (
            "GetAtt",
            "Sub",
            "Join",
            "Select",
            "Split",
            "If",
            "FindInMap",
            "ImportValue",
            "Base64",
            "Cidr",
            "GetAZs",
            "Length",
            "ToJsonString",
            "Transform",
            "ForEach::L",
            "And",
            "Or",
            "Not",
            "Equals",
        )
    ]
)
PROPERTIES = st.sampled_from(
    [
        "Replicas",
        "Region",
        "TableName",
        "RoleName",
        "Policies",
        "PolicyDocument",
        "VpcId",
        "ManagedPolicyArns",
        "Roles",
        "Groups",
        "Users",
        "RouteTableId",
        "SubnetId",
        "GroupId",
        "SecurityGroupIngress",
        "IpProtocol",
        "FromPort",
        "CidrIp",
        "RouteTableIds",
        "VPCs",
        "Name",
        "GlobalSecondaryIndexes",
        "StreamSpecification",
        "Tags",
        "ResourceId",
        "GatewayId",
        "RecordSets",
        "DefaultSecurityGroupId",
        "Path",
        "FunctionName",
        "TemplateURL",
        "Parameters",
        "ServiceName",
        "PermissionsBoundary",
        "DestinationCidrBlock",
        "SSESpecification",
    ]
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 70000),
    st.floats(allow_nan=False, allow_infinity=False),
    NAMES,
    st.sampled_from(["${A}", "${A.Arn}-${P}", "{{resolve:ssm:x}}", "10.0.0.0/16", "a,b", "", "⟦"]),
    st.text(max_size=5),
)
NODES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(PROPERTIES, inner, max_size=3),
        st.builds(lambda name, argument: {name: argument}, FUNCTIONS, inner),
        st.builds(lambda name, items: {name: items}, FUNCTIONS, st.lists(inner, max_size=4)),
        st.builds(lambda name: {"Ref": name}, NAMES),
        st.builds(lambda a, b: {"Fn::GetAtt": [a, b]}, NAMES, NAMES),
        st.builds(lambda c, a, b: {"Fn::If": [c, a, b]}, NAMES, inner, inner),
    ),
    max_leaves=12,
)
RESOURCES = st.dictionaries(
    st.sampled_from(["A", "B", "C", "D", "Fn::ForEach::L", "Fn::Transform"]),
    st.one_of(
        st.fixed_dictionaries(
            {"Type": TYPES, "Properties": st.dictionaries(PROPERTIES, NODES, max_size=5)},
            optional={
                "Condition": NAMES,
                "DependsOn": NODES,
                "DeletionPolicy": NODES,
                "Metadata": NODES,
            },
        ),
        NODES,
    ),
    max_size=4,
)
TEMPLATES = st.fixed_dictionaries(
    {"Resources": RESOURCES},
    optional={
        "Parameters": st.dictionaries(
            NAMES,
            st.dictionaries(
                st.sampled_from(
                    ["Type", "Default", "AllowedValues", "MinLength", "AllowedPattern"]
                ),
                NODES,
                max_size=3,
            ),
            max_size=3,
        ),
        "Mappings": st.dictionaries(NAMES, NODES, max_size=2),
        "Conditions": st.dictionaries(NAMES, NODES, max_size=4),
        "Outputs": st.dictionaries(NAMES, NODES, max_size=2),
        "Transform": NODES,
        "Metadata": NODES,
    },
)
SETTINGS = settings(max_examples=100, deadline=1000, suppress_health_check=[HealthCheck.too_slow])


def look_at_everything(file: str, data: bytes) -> None:
    """Load one file, and look at everything that a control could look at."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / file
        path.write_bytes(data)
        try:
            system = load([path])
        except InputError as error:
            assert "\n" not in str(error)  # noqa: PT017 - there may be none
            return
        types = {str(b["Type"]) for s in system.stacks for b in s.template.resources.values()}
        try:
            for inventory in system.scenarios(types | TABLE_TYPES | NETWORK_TYPES | IAM_TYPES):
                network(inventory)
                identities(inventory)
                for resource in inventory:
                    _ = (resource.properties, resource.physical, resource.arn, resource.source)
                    assert resource.line("Properties.Policies[0].PolicyDocument")
                    inventory.by_id(resource.physical, near=resource)
                for table in tables(inventory):
                    _ = (table.policy, table.stream_policy, table.index_arns, table.stream_arn)
                    _ = (table.tags, table.kms_key, table.autoscaled(inventory))
                    _ = (table.deletion_protection, table.point_in_time_recovery)
                for rule in (r for g in network(inventory).groups for r in g.ingress):
                    rule.covers(9111)
                for endpoint in network(inventory).endpoints:
                    _ = endpoint.service
        except TooManyScenarios:
            return


@SETTINGS
@given(TEMPLATES)
def test_any_json_template(template: object) -> None:
    look_at_everything("a.json", json.dumps(template).encode())


@SETTINGS
@given(TEMPLATES)
def test_any_yaml_template(template: object) -> None:
    look_at_everything("a.yaml", yaml.safe_dump(template).encode())


@SETTINGS
@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    look_at_everything("a.yaml", data)
    look_at_everything("a.json", data)


@SETTINGS
@given(st.text(alphabet="{}[]:,&*!|>'\"-# \n\taR?", max_size=60))
def test_any_yaml_text(text: str) -> None:
    look_at_everything("a.yaml", f"Resources:\n  T:\n    Type: A::B::C\n    X: {text}".encode())

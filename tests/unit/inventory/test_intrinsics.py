"""What each CloudFormation function gives."""

from collections.abc import Callable, Mapping

import pytest

from ddb_perimeter.unknown import Unknown

Resolve = Callable[..., object]

NEIGHBOURS: Mapping[str, object] = {
    "Parameters": {
        "Env": {"Type": "String", "Default": "dev"},
        "Cidrs": {"Type": "CommaDelimitedList", "Default": "10.0.0.0/24, 10.0.1.0/24"},
        "Open": {"Type": "String"},
        "Ami": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/path"},
    },
    "Mappings": {"Sizes": {"dev": {"Nodes": 1, "Zones": ["a", "b"]}}},
    "Conditions": {
        "Always": {"Fn::Equals": ["a", "a"]},
        "Never": {"Fn::Equals": ["a", "b"]},
    },
    "Resources": {
        "Role": {"Type": "AWS::IAM::Role"},
        "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
        "Custom": {"Type": "Custom::Thing"},
    },
}

KNOWN: list[tuple[str, object, object]] = [
    ("a parameter's default", {"Ref": "Env"}, "dev"),
    ("a list parameter", {"Ref": "Cidrs"}, ["10.0.0.0/24", "10.0.1.0/24"]),
    ("the Region", {"Ref": "AWS::Region"}, "us-east-1"),
    ("the account", {"Ref": "AWS::AccountId"}, "111122223333"),
    ("the partition", {"Ref": "AWS::Partition"}, "aws"),
    ("the URL suffix", {"Ref": "AWS::URLSuffix"}, "amazonaws.com"),
    ("the stack's name", {"Ref": "AWS::StackName"}, "app"),
    ("a resource's id", {"Ref": "Vpc"}, "vpc-⟦app.Vpc⟧"),
    ("an attribute", {"Fn::GetAtt": ["Role", "Arn"]}, "arn:aws:iam::111122223333:role/⟦app.Role⟧"),
    ("a dotted attribute", {"Fn::GetAtt": "Vpc.VpcId"}, "vpc-⟦app.Vpc⟧"),
    ("an attribute that echoes a property", {"Fn::GetAtt": ["Vpc", "CidrBlock"]}, "10.0.0.0/16"),
    ("an attribute AWS chooses", {"Fn::GetAtt": ["Role", "RoleId"]}, "⟦app.Role.RoleId⟧"),
    ("text with names", {"Fn::Sub": "${Env}-${AWS::Region}"}, "dev-us-east-1"),
    ("text with attributes", {"Fn::Sub": "x/${Vpc.VpcId}"}, "x/vpc-⟦app.Vpc⟧"),
    ("text with its own names", {"Fn::Sub": ["${A}-${Env}", {"A": {"Ref": "Env"}}]}, "dev-dev"),
    ("text that escapes", {"Fn::Sub": "${!aws:username}/${Env}"}, "${aws:username}/dev"),
    ("a join", {"Fn::Join": ["-", ["a", {"Ref": "Env"}, 3, True]]}, "a-dev-3-true"),
    (
        "a join of a list parameter",
        {"Fn::Join": [";", {"Ref": "Cidrs"}]},
        "10.0.0.0/24;10.0.1.0/24",
    ),
    ("a select", {"Fn::Select": ["1", {"Ref": "Cidrs"}]}, "10.0.1.0/24"),
    ("a split", {"Fn::Split": [",", "a,b"]}, ["a", "b"]),
    (
        "the name out of an ARN",
        {"Fn::Select": [1, {"Fn::Split": ["/", {"Fn::GetAtt": ["Role", "Arn"]}]}]},
        "⟦app.Role⟧",
    ),
    ("an if that holds", {"Fn::If": ["Always", "yes", "no"]}, "yes"),
    ("an if that does not", {"Fn::If": ["Never", "yes", "no"]}, "no"),
    ("a property left out", {"Fn::If": ["Never", "yes", {"Ref": "AWS::NoValue"}]}, "left out"),
    ("an element left out", ["a", {"Ref": "AWS::NoValue"}, "b"], ["a", "b"]),
    ("a mapping", {"Fn::FindInMap": ["Sizes", {"Ref": "Env"}, "Nodes"]}, 1),
    (
        "a mapping's default",
        {"Fn::FindInMap": ["Sizes", "prod", "Nodes", {"DefaultValue": {"Ref": "Env"}}]},
        "dev",
    ),
    ("base 64", {"Fn::Base64": "abc"}, "YWJj"),
    ("subnets", {"Fn::Cidr": ["10.0.0.0/16", 2, 8]}, ["10.0.0.0/24", "10.0.1.0/24"]),
    (
        "subnets of a network in the template",
        {"Fn::Select": [1, {"Fn::Cidr": [{"Fn::GetAtt": ["Vpc", "CidrBlock"]}, "2", "8"]}]},
        "10.0.1.0/24",
    ),
    ("a zone", {"Fn::Select": [1, {"Fn::GetAZs": ""}]}, "us-east-1b"),
    ("a length", {"Fn::Length": {"Ref": "Cidrs"}}, 2),
    ("JSON text", {"Fn::ToJsonString": {"a": [1, {"Ref": "Env"}]}}, '{"a":[1,"dev"]}'),
    (
        "a policy statement",
        {"Condition": {"Bool": {"aws:SecureTransport": "false"}}},
        {"Condition": {"Bool": {"aws:SecureTransport": "false"}}},
    ),
    (
        "an element of an attribute AWS chooses",
        {"Fn::Select": [0, {"Fn::GetAtt": ["Vpc", "Ipv6CidrBlocks"]}]},
        "⟦app.Vpc.Ipv6CidrBlocks.0⟧",
    ),
]

UNKNOWN: list[tuple[str, object, str, str]] = [
    ("no default", {"Ref": "Open"}, "${Open}", "Open has no default"),
    ("inside text", {"Fn::Sub": "a-${Open}"}, "a-${Open}", "Open has no default"),
    ("inside a join", {"Fn::Join": ["", ["a-", {"Ref": "Open"}]]}, "a-${Open}", "no default"),
    ("Parameter Store", {"Ref": "Ami"}, "${Ami}", "Parameter Store"),
    ("dynamic reference", "x{{resolve:ssm:/a}}", "x{{resolve:ssm:/a}}", "at deployment"),
    (
        "assembled dynamic reference",
        {"Fn::Sub": "{{resolve:ssm:/${Env}}}"},
        "{{resolve:ssm:/${Env}}}",
        "at deployment",
    ),
    (
        "joined dynamic reference",
        {"Fn::Join": ["", ["{{resolve:ssm:/", {"Ref": "Env"}, "}}"]]},
        "{{resolve:ssm:/dev}}",
        "at deployment",
    ),
    ("import", {"Fn::ImportValue": "Nobody"}, "ImportValue(Nobody)", "no template here exports"),
    ("macro", {"Fn::Transform": {"Name": "M"}}, 'Transform({"Name": "M"})', "at deployment"),
    ("undeclared", {"Ref": "Nothing"}, "${Nothing}", "declares no Nothing"),
    ("undeclared attribute", {"Fn::GetAtt": ["Nothing", "Arn"]}, "${Nothing.Arn}", "declares no"),
    ("custom resource", {"Fn::GetAtt": ["Custom", "Arn"]}, "${Custom.Arn}", "Custom::Thing"),
    ("id of a custom resource", {"Ref": "Custom"}, "${Custom}", "Custom::Thing"),
    ("missing key", {"Fn::FindInMap": ["Sizes", "prod", "Nodes"]}, "FindInMap", "has no prod"),
    ("out of range", {"Fn::Select": [5, ["a"]]}, "Select(5", "no such element"),
    ("negative", {"Fn::Select": [-1, ["a"]]}, "Select(-1", "no such element"),
    ("malformed", {"Fn::Join": "x"}, "Join(x)", "malformed"),
    ("undeclared condition", {"Fn::If": ["Nope", "a", "b"]}, "If(Nope)", "no condition"),
    ("a new function", {"Fn::Tomorrow": "x"}, "Tomorrow(x)", "Fn::Tomorrow"),
    ("hidden delimiter", {"Fn::Split": ["-", {"Ref": "Role"}]}, "Split", "after deployment"),
    ("macro beside other keys", {"Fn::Transform": {}, "A": 1}, "{", "Fn::Transform"),
    ("an unfit block", {"Fn::Cidr": ["10.0.0.0/30", 9, 1]}, "Cidr(", "fewer subnets"),
    ("JSON with a hole", {"Fn::ToJsonString": [{"Ref": "Open"}]}, "ToJsonString", "no default"),
]


@pytest.mark.parametrize(
    ("value", "expected"), [row[1:] for row in KNOWN], ids=[row[0] for row in KNOWN]
)
def test_known_value(resolve: Resolve, value: object, expected: object) -> None:
    assert resolve(value, NEIGHBOURS) == expected


@pytest.mark.parametrize(
    ("value", "text", "why"), [row[1:] for row in UNKNOWN], ids=[row[0] for row in UNKNOWN]
)
def test_unknown_value(resolve: Resolve, value: object, text: str, why: str) -> None:
    """It keeps its spelling and says why nobody can tell."""
    result = resolve(value, NEIGHBOURS)

    assert isinstance(result, Unknown)
    assert text in result.text
    assert why in result.why


def test_a_given_parameter_wins_over_the_default(resolve: Resolve) -> None:
    assert resolve({"Ref": "Env"}, NEIGHBOURS, Env="prod") == "prod"


def test_a_parameter_with_one_allowed_value_is_known(resolve: Resolve) -> None:
    sections = {"Parameters": {"Only": {"Type": "String", "AllowedValues": ["one"]}}}

    assert resolve({"Ref": "Only"}, sections) == "one"


@pytest.mark.parametrize(
    ("region", "expected"),
    [
        ("eu-west-1", "arn:aws:iam::444455556666:role/⟦app.Role⟧ amazonaws.com"),
        ("cn-north-1", "arn:aws-cn:iam::444455556666:role/⟦app.Role⟧ amazonaws.com.cn"),
        ("us-gov-west-1", "arn:aws-us-gov:iam::444455556666:role/⟦app.Role⟧ amazonaws.com"),
    ],
)
def test_the_place_of_a_stack_can_be_given(resolve: Resolve, region: str, expected: str) -> None:
    text = resolve(
        {"Fn::Sub": "${Role.Arn} ${AWS::URLSuffix}"},
        NEIGHBOURS,
        **{"AWS::Region": region, "AWS::AccountId": "444455556666"},
    )

    assert text == expected

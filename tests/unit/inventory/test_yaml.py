"""YAML templates mean what the same template means in JSON, with the lines of their text."""

from collections.abc import Callable

import pytest

from ddb_perimeter.inventory import Inventory
from ddb_perimeter.inventory.yaml_events import build

LoadOne = Callable[..., Inventory]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("!Ref A", {"Ref": "A"}),
        ("!GetAtt A.Outputs.B", {"Fn::GetAtt": ["A", "Outputs.B"]}),
        ("!GetAtt [A, Arn]", {"Fn::GetAtt": ["A", "Arn"]}),
        ('!Sub "${A}-x"', {"Fn::Sub": "${A}-x"}),
        ("!Sub ['${A}', {A: 1}]", {"Fn::Sub": ["${A}", {"A": 1}]}),
        (
            "!If [C, !Ref A, !Ref 'AWS::NoValue']",
            {"Fn::If": ["C", {"Ref": "A"}, {"Ref": "AWS::NoValue"}]},
        ),
        ("!Condition C", {"Condition": "C"}),
        ("!Equals [!Ref A, 'true']", {"Fn::Equals": [{"Ref": "A"}, "true"]}),
        ("!Transform {Name: M}", {"Fn::Transform": {"Name": "M"}}),
        ("!Base64 |\n  #!/bin/sh\n", {"Fn::Base64": "#!/bin/sh\n"}),
        (
            "!Join ['', [a, !Select [0, !GetAZs '']]]",
            {"Fn::Join": ["", ["a", {"Fn::Select": [0, {"Fn::GetAZs": ""}]}]]},
        ),
        ("2012-10-17", "2012-10-17"),
        ("012345678901", "012345678901"),
        ("111122223333", 111122223333),
        ("'5'", "5"),
        ("!!str 5", "5"),
        ("yes", True),
        ("OFF", False),
        ("~", None),
        ("1.5", 1.5),
        ("-1", -1),
        ("a: &x [1]\nb: *x", {"a": [1], "b": [1]}),
        ("a: &x {k: 1, l: 2}\nb: {<<: *x, k: 3}", {"a": {"k": 1, "l": 2}, "b": {"k": 3, "l": 2}}),
        (
            "a: &x {k: 1}\nb: &y {k: 2, l: 2}\nc: {<<: [*x, *y]}",
            {"a": {"k": 1}, "b": {"k": 2, "l": 2}, "c": {"k": 1, "l": 2}},
        ),
        ("111122223333: x", {"111122223333": "x"}),
    ],
)
def test_node(text: str, expected: object) -> None:
    assert build(text, "a.yaml").content == expected


def test_a_json_text_in_a_yaml_file_is_read(load_one: LoadOne) -> None:
    assert len(load_one({"a.yaml": '{"Resources": {"T": {"Type": "AWS::SNS::Topic"}}}'})) == 1
    assert len(load_one({"b.yaml": "{Resources: {T: {Type: AWS::SNS::Topic}}}"})) == 2


YAML = """\
Conditions:
  Never: !Equals [a, b]
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      Policies:
        - !If [Never, {PolicyName: a}, !Ref AWS::NoValue]
        - !If
          - Never
          - PolicyName: b
          - PolicyName: c
            PolicyDocument:
              Statement:
                Effect: Allow
"""
JSON = """\
{
  "Conditions": {"Never": {"Fn::Equals": ["a", "b"]}},
  "Resources": {
    "Role": {
      "Type": "AWS::IAM::Role",
      "Properties": {
        "Policies": [
          {"Fn::If": ["Never", {"PolicyName": "a"}, {"Ref": "AWS::NoValue"}]},
          {"Fn::If": [
            "Never",
            {"PolicyName": "b"},
            {
              "PolicyName": "c",
              "PolicyDocument": {
                "Statement": {"Effect": "Allow"}
              }
            }
          ]}
        ]
      }
    }
  }
}
"""


@pytest.mark.parametrize(
    ("file", "text", "lines"),
    [("a.yaml", YAML, [4, 12, 14, 15, 4]), ("a.json", JSON, [4, 13, 15, 15, 4])],
)
def test_lines_follow_the_branch_that_counts(
    load_one: LoadOne, file: str, text: str, lines: list[int]
) -> None:
    """The pointer is into the resolved value, the line is in the text as written."""
    (role,) = load_one({file: text})

    assert role.at("Policies[0].PolicyName") == "c"
    assert [
        role.line(""),
        role.line("Properties.Policies[0].PolicyName"),
        role.line("Properties.Policies[0].PolicyDocument.Statement[0]"),
        role.line("Properties.Policies[0].PolicyDocument.Statement[0].Effect"),
        role.line("Nowhere"),
    ] == lines

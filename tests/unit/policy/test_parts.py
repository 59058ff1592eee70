"""The parts that questions are made of: patterns, classes, actions, documents, boxes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddb_perimeter.policy import Plane, Policy, action_table, expand, idle, of_plane
from ddb_perimeter.policy.actions import targets
from ddb_perimeter.policy.boxes import Budget, a_point, intersect, subtract
from ddb_perimeter.policy.classes import DIGITS, NAMES, Several, split
from ddb_perimeter.policy.match import TooLargeError
from ddb_perimeter.policy.operators import read_operator
from ddb_perimeter.policy.patterns import Pattern, Style, automaton, matcher, opaque, tokenize
from ddb_perimeter.policy.plain_conditions import MARK, STAR, glob
from ddb_perimeter.unknown import Unknown


def pattern(text: str, style: Style = Style.GLOB) -> Pattern:
    return Pattern(tokenize(text, wildcards=True, variables=True), style)


@pytest.mark.parametrize(
    ("text", "style", "value", "expected"),
    [
        ("a*", Style.GLOB, "abc", True),
        ("a?c", Style.GLOB, "abc", True),
        ("a?c", Style.GLOB, "ac", False),
        ("*", Style.GLOB, "", True),
        ("a${*}c", Style.GLOB, "a*c", True),
        ("a${*}c", Style.GLOB, "abc", False),
        ("a${?}${$}", Style.GLOB, "a?$", True),
        ("arn:*:iam::1:role/x", Style.ARN, "arn:aws:iam::1:role/x", True),
        ("arn:*::1:role/x", Style.ARN, "arn:aws:iam::1:role/x", False),
        ("arn:*::1:role/x", Style.GLOB, "arn:aws:iam::1:role/x", True),
        ("arn:aws:iam::1:role/*", Style.ARN, "arn:aws:iam::1:role/a/b:c", True),
        ("arn:aws:iam::?:root", Style.ARN, "arn:aws:iam:::root", False),
        ("AdMiN", Style.ANY_CASE, "aDmIn", True),
    ],
)
def test_patterns_match_as_documented(text: str, style: Style, value: str, expected: bool) -> None:  # noqa: FBT001
    assert matcher(pattern(text, style))(value) is expected
    assert bool(automaton((pattern(text, style),)).run(value) & automaton(
        (pattern(text, style),)).accepts[0]) is expected  # fmt: skip


@given(st.text("ab*?", max_size=8), st.text("ab", max_size=8))
def test_the_automaton_and_the_plain_glob_agree(text: str, value: str) -> None:
    assert matcher(pattern(text))(value) is glob(text.replace("*", STAR).replace("?", MARK), value)


@given(st.lists(st.text("ab*?", min_size=1, max_size=5), max_size=4), st.text("abc", max_size=6))
def test_every_string_has_a_class(texts: list[str], value: str) -> None:
    """Some witness is treated by every pattern as the value is."""
    patterns = tuple(map(pattern, texts))
    witnesses = split(patterns, (Several("cab", 0),))

    def treated(text: str) -> list[bool]:
        return [matcher(each)(text) for each in patterns]

    assert treated(value) in [treated(witness) for witness in witnesses]
    assert len({tuple(treated(witness)) for witness in witnesses}) == len(witnesses)


def test_witnesses_have_the_shape_of_their_key_and_prefer_lifelike_ones() -> None:
    patterns = (pattern("4444*"), pattern("444455556666"))
    found = split(patterns, (Several(DIGITS, exactly=12),), ("444455556666", "999999999999"))

    assert found[:2] == ("444455556666", "999999999999")
    assert all(len(each) == 12 and each.isdigit() for each in found)
    assert len(found) == 3


def test_too_many_classes_are_refused() -> None:
    patterns = tuple(pattern(f"*{letter}*") for letter in NAMES[:14])

    with pytest.raises(TooLargeError):
        split(patterns, (Several(NAMES, 0),))


def test_placeholders_do_not_split_arns() -> None:
    assert opaque("arn:aws:iam::⟦AWS::AccountId⟧:root").count(":") == 5
    assert opaque("a:b") == "a:b"


def test_actions_by_plane() -> None:
    assert len(action_table()) == 109
    assert len(of_plane(Plane.DATA)) == 14
    assert "dynamodb:SearchVectors" in of_plane(Plane.DATA)
    assert len(of_plane(Plane.DATA, service="dax")) == 9
    assert of_plane(Plane.STREAM_DATA) == ("dynamodb:GetRecords", "dynamodb:GetShardIterator")


def test_action_wildcards_and_resource_types() -> None:
    assert set(expand("DYNAMODB:batch*")) == {"dynamodb:BatchGetItem", "dynamodb:BatchWriteItem"}
    table = "arn:aws:dynamodb:eu-west-1:111122223333:table/t"
    assert targets("dynamodb:Query", f"{table}/index/i")
    assert not targets("dynamodb:PutItem", f"{table}/index/i")
    assert not targets("dynamodb:GetRecords", table)
    assert targets("dynamodb:GetRecords", f"{table}/stream/2026-01-01T00:00:00.000")
    assert targets("dynamodb:ListTables", "*")
    assert targets("kms:Decrypt", "arn:aws:kms:eu-west-1:111122223333:key/k")


@pytest.mark.parametrize(
    ("name", "instead"),
    [
        ("dynamodb:ExecuteStatement", "PartiQL"),
        ("dynamodb:TransactWriteItems", "ConditionCheckItem"),
        ("dynamodb:GetItems", "dynamodb:GetItem"),
        ("dynamodb:Qurey", "dynamodb:Query"),
        ("dax:Nothing*", ""),
    ],
)
def test_names_that_do_nothing(name: str, instead: str) -> None:
    found = idle(name)

    assert found is not None
    assert instead in found.instead


@pytest.mark.parametrize("name", ["dynamodb:GetItem", "DynamoDB:get*", "*", "s3:Nonsense"])
def test_names_that_do_something(name: str) -> None:
    assert idle(name) is None


@pytest.mark.parametrize("name", ["stringEquals", "StringLikes", "NullIfExists", "Bool:", "",
                                  "ForAnyValue:Null", "ForSomeValue:StringEquals"])  # fmt: skip
def test_unknown_operators_are_unknown(name: str) -> None:
    assert read_operator(name) is None


def test_every_documented_operator_is_known() -> None:
    plain = ["StringEquals", "StringNotLike", "NumericGreaterThanEquals", "DateNotEquals", "Bool",
             "BinaryEquals", "NotIpAddress", "ArnNotEquals"]  # fmt: skip
    for name in plain:
        for prefix in ("", "ForAllValues:", "ForAnyValue:"):
            for suffix in ("", "IfExists"):
                assert read_operator(prefix + name + suffix) is not None
    assert read_operator("Null") is not None


def test_a_document_says_what_it_cannot_read() -> None:
    hole = Unknown("${P}", "parameter P has no default")
    policy = Policy.read({"Version": "2012-10-17", "Statement": [
        {"Sid": "A", "Effect": "Deny", "Action": "*", "NotAction": "*", "Resource": "*"},
        {"Sid": "B", "Effect": hole, "Action": "*", "Resource": "*"},
        {"Sid": "C", "Effect": "Allow", "NotPrincipal": "*", "Action": "*", "Resource": "*"},
        {"Sid": "D", "Effect": "Allow", "Action": [hole], "Resource": "*"},
    ]})  # fmt: skip

    assert dict(policy.problems) == {
        "A": "both Action and NotAction",
        "B": "Effect ${P}: parameter P has no default",
        "C": "NotPrincipal without Deny",
    }
    assert policy.statements[3].actions == (hole,)


BOXES = st.lists(st.tuples(*[st.integers(1, 15)] * 3), max_size=6).map(tuple)


@given(BOXES, BOXES)
def test_boxes_subtract_and_intersect_as_sets(one: tuple[tuple[int, ...], ...],
                                              other: tuple[tuple[int, ...], ...]) -> None:  # fmt: skip
    def points(region: tuple[tuple[int, ...], ...]) -> set[tuple[int, ...]]:
        axis = range(4)
        return {
            (a, b, c)
            for a in axis
            for b in axis
            for c in axis
            if any(x >> a & 1 and y >> b & 1 and z >> c & 1 for x, y, z in region)
        }

    left = subtract(one, other, Budget())
    assert points(left) == points(one) - points(other)
    assert points(intersect(one, other, Budget())) == points(one) & points(other)
    point = a_point(left)
    assert (point is None) == (not points(left))
    assert point is None or point in points(left)

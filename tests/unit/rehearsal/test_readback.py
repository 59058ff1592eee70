"""Reading back notices what is not as promised, and the list explains only what is on it."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st

from ddb_perimeter.unknown import Unknown
from rehearsal import readers
from rehearsal.comparison import ABSENT, Difference, differences
from rehearsal.judgement import clashing, settled, unexplained
from rehearsal.lacking import CLASHES, DROPS, REFUSALS, Clash, Drop
from rehearsal.readback import Broken, Deployed, Place, broken_promises, named, still_there

if TYPE_CHECKING:
    from rehearsal.readers.reader import Reader

PLACE = Place("us-east-1", "data", "Table", "AWS::DynamoDB::GlobalTable")
POLICY = {"Statement": [{"Sid": "Deny", "Action": ["dynamodb:GetItem", "dynamodb:Query"]}]}
PROMISED = {
    "TableName": "orders",
    "Replicas": [
        {
            "Region": "us-east-1",
            "DeletionProtectionEnabled": True,
            "PointInTimeRecoverySpecification": {"RecoveryPeriodInDays": 35},
            "ResourcePolicy": {"PolicyDocument": POLICY},
            "Tags": [{"Key": "owner", "Value": "platform"}, {"Key": "project", "Value": "x"}],
        }
    ],
}

values = st.recursive(
    st.booleans() | st.integers(1, 9) | st.sampled_from(["a", "b", "c"]),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3)
        | st.dictionaries(st.sampled_from("xyz"), inner, min_size=1, max_size=3)
    ),
    max_leaves=8,
)


def found(path: str, value: object) -> dict[str, Any]:
    """Return what was promised, but for one property of the replica."""
    told = copy.deepcopy(PROMISED)
    *steps, last = path.split(".")
    inner: Any = told["Replicas"][0]
    for step in steps:
        inner = inner[step]
    if value is ABSENT:
        del inner[last]
    else:
        inner[last] = value
    return told


def broken(path: str, value: object = ABSENT, place: Place = PLACE) -> Broken:
    return Broken(place, Difference(path, "promised", value))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("DeletionProtectionEnabled", False),
        ("DeletionProtectionEnabled", ABSENT),
        ("PointInTimeRecoverySpecification", ABSENT),
        ("PointInTimeRecoverySpecification.RecoveryPeriodInDays", 7),
        ("ResourcePolicy", ABSENT),
        ("ResourcePolicy.PolicyDocument", None),
    ],
)
def test_a_dropped_or_changed_property_is_noticed(path: str, value: object) -> None:
    (difference,) = differences(PROMISED, found(path, value))

    assert difference.path.startswith(f"Replicas.[].{path}")


@pytest.mark.parametrize(
    ("promised", "told"),
    [
        (["a", "b"], ["b", "a"]),
        ("a", ["a"]),
        (["a"], "a"),
        (True, "true"),
        (365, "365"),
        ("", None),
        (False, None),
        ({"x": {"y": []}}, {"x": {}}),
        ({"x": 1}, {"x": 1, "told besides": 2}),
        ("arn:key/⟦stack.Key⟧", "arn:key/12-34"),
    ],
)
def test_the_same_said_otherwise_is_no_difference(promised: object, told: object) -> None:
    assert differences({"p": promised}, {"p": told}) == []


@pytest.mark.parametrize(
    ("promised", "told"),
    [
        (["a"], ["a", "b"]),
        ({"Effect": "Deny"}, {"Effect": "Deny", "Condition": {"Bool": {"k": "true"}}}),
        (
            {"Effect": "Deny", "Condition": {"Bool": {"k": "true"}}},
            {"Effect": "Deny", "Condition": {"Bool": {"k": "true", "l": "true"}}},
        ),
        (["a", "a"], ["a"]),
        ([], ["a"]),
        (True, None),
        ("a", "A"),
        (1, True),
        ({"x": 1}, ["x"]),
        ("arn:key/⟦stack.Key⟧", "arn:alias/12-34"),
        ("arn:key/⟦stack.Key⟧", "arn:key/12:34"),
        (Unknown("${X}", "decided at deployment"), "a"),
    ],
)
def test_what_was_not_promised_so_is_a_difference(promised: object, told: object) -> None:
    assert differences({"p": promised}, {"p": told})


@settings(max_examples=60, deadline=None)
@given(values)
def test_a_promise_is_kept_by_itself_and_not_by_less(promised: object) -> None:
    assert differences({"p": promised}, {"p": copy.deepcopy(promised)}) == []
    if promised is not False:
        assert differences({"p": promised}, {})


def test_placeholders_become_the_ids_of_the_account() -> None:
    names = [("vpc-⟦net.Vpc⟧", "vpc-1"), ("⟦net.Key⟧", "12-34")]
    promised = {"Vpc": "vpc-⟦net.Vpc⟧", "Keys": ["arn:key/⟦net.Key⟧", 5], "Other": "⟦net.X⟧"}

    assert named(promised, names) == {
        "Vpc": "vpc-1",
        "Keys": ["arn:key/12-34", 5],
        "Other": "⟦net.X⟧",
    }


def test_a_drop_explains_what_is_absent_and_nothing_else() -> None:
    drop = Drop(PLACE.type, "A.B", "a test", leaves="AES256")
    elsewhere = Place("us-east-1", "data", "Topic", "AWS::SNS::Topic")
    explained = [broken("A.B"), broken("A.B.[].C"), broken("A.B", False), broken("A.B", "AES256")]
    wrong = [broken("A.B", "other"), broken("A.Bee"), broken("A"), broken("A.B", place=elsewhere)]

    left, used = unexplained([*explained, *wrong], [drop])

    assert left == wrong
    assert used == {drop}
    assert unexplained(wrong, [drop]) == (wrong, set())


def roles(*regions: str, physical_id: str = "data-Role") -> list[Deployed]:
    return [
        Deployed(Place(region, "data", "Role", "AWS::IAM::Role"), physical_id, {})
        for region in regions
    ]


def test_resources_clash_when_the_account_has_them_once() -> None:
    first, second = roles("us-east-1", "eu-west-1")
    (other,) = roles("us-east-1", physical_id="other")
    tables = [
        Deployed(Place(region, "data", "T", PLACE.type), "orders", {})
        for region in ("us-east-1", "eu-west-1")
    ]

    assert clashing([first, other, *tables, second]) == [[first, second]]


def test_a_known_clash_is_settled_when_one_of_the_promises_is_kept() -> None:
    group = roles("us-east-1", "eu-west-1")
    clash = Clash("AWS::IAM::Role", "a test")
    one, both = broken("P", "x", group[0].place), broken("P", "x", group[1].place)

    assert settled([one], [group], [clash]) == ([], [], {clash})
    assert settled([one, both], [group], [clash]) == ([one, both], [], {clash})
    assert settled([one], [group], []) == ([one], [group], set())


def test_what_the_other_stack_promised_may_be_there_beside() -> None:
    group = roles("us-east-1", "eu-west-1")
    clash = Clash("AWS::IAM::Role", "a test")
    wrong = broken("P", "x", group[0].place)
    beside = Broken(group[1].place, Difference("Roles.[]", ABSENT, "other"))

    assert settled([wrong, beside], [group], [clash]) == ([], [], {clash})


def answering(answer: dict[str, Any] | None) -> Reader:
    def read(*_: object) -> dict[str, Any]:
        if answer is None:
            raise ClientError({"Error": {"Code": "NotFound", "Message": "gone"}}, "Describe")
        return answer

    return read


@pytest.mark.parametrize(
    ("answer", "paths"),
    [
        (PROMISED, []),
        (found("ResourcePolicy", ABSENT), ["Replicas.[].ResourcePolicy"]),
        (None, [""]),
    ],
)
def test_every_resource_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, answer: dict[str, Any] | None, paths: list[str]
) -> None:
    monkeypatch.setitem(readers.READERS, PLACE.type, answering(answer))
    promise = Deployed(PLACE, "orders", PROMISED)

    assert [each.difference.path for each in broken_promises([promise], "nowhere")] == paths
    assert still_there(promise, "nowhere") == (answer is not None)


def test_a_type_without_a_reader_is_a_broken_promise() -> None:
    place = Place("us-east-1", "data", "Thing", "AWS::Made::Up")

    (told,) = broken_promises([Deployed(place, "x", {})], "nowhere")

    assert "a reader" in str(told.difference.promised)


@pytest.mark.parametrize("entry", [*REFUSALS, *DROPS, *CLASHES], ids=str)
def test_every_entry_of_the_list_has_a_reason(entry: Any) -> None:  # noqa: ANN401 - three kinds
    assert len(entry.reason.split()) > 5
    assert entry.reason.endswith(".")


def test_no_entry_of_the_list_is_there_twice() -> None:
    refusals = [(entry.type, entry.having) for entry in REFUSALS]
    drops = [(entry.type, entry.path) for entry in DROPS]

    assert len(set(refusals)) == len(refusals)
    assert len(set(drops)) == len(drops)

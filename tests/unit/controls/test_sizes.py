"""Policies that AWS refuses because of their size."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ddb_perimeter.controls.sizes import Size
from ddb_perimeter.unknown import Unknown
from tests.unit.controls.networks import UNRESOLVED, UNSET, Resources, resource

if TYPE_CHECKING:
    from tests.unit.controls.conftest import Tell

SIZE = "policy-within-size"


def policy(length: int, **more: object) -> dict[str, Any]:
    """Return a document that is as long as this when it is written without white space."""
    statement = {"Sid": "", "Effect": "Deny", "Action": "dynamodb:*", "Resource": "*", **more}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    statement["Sid"] = "a" * (length - len(json.dumps(document, separators=(",", ":"))))
    return document


def table(document: object) -> Resources:
    return {"It": resource("AWS::DynamoDB::Table", ResourcePolicy={"PolicyDocument": document})}


def endpoint(document: object) -> Resources:
    service = "com.amazonaws.us-east-1.dynamodb"
    return {"It": resource("AWS::EC2::VPCEndpoint", ServiceName=service, PolicyDocument=document)}


def stream(document: object) -> Resources:
    stream = {"StreamViewType": "KEYS_ONLY", "ResourcePolicy": {"PolicyDocument": document}}
    return {"It": resource("AWS::DynamoDB::Table", StreamSpecification=stream)}


def inline(kind: str, *documents: object) -> Resources:
    policies = [
        {"PolicyName": f"p{at}", "PolicyDocument": each} for at, each in enumerate(documents)
    ]
    return {"It": resource(f"AWS::IAM::{kind}", Policies=policies)}


@pytest.mark.parametrize(
    ("build", "limit", "what"),
    [
        (table, 20_480, "table's policy"),
        (stream, 20_480, "stream's policy"),
        (endpoint, 20_480, "endpoint's policy"),
        (
            lambda document: {"It": resource("AWS::IAM::ManagedPolicy", PolicyDocument=document)},
            6_144,
            "managed policy",
        ),
        (
            lambda document: {"It": resource("AWS::IAM::Role", AssumeRolePolicyDocument=document)},
            4_096,
            "trust policy",
        ),
        (lambda document: inline("Role", document), 10_240, "sum of its inline policies"),
        (lambda document: inline("Group", document), 5_120, "sum of its inline policies"),
        (lambda document: inline("User", document), 2_048, "sum of its inline policies"),
    ],
)
def test_a_policy_is_as_large_as_aws_takes_and_no_larger(
    build: Any,  # noqa: ANN401 - a function of a document
    limit: int,
    what: str,
    tell: Tell,
) -> None:
    assert tell(SIZE, build(policy(limit))) == []
    (finding,) = tell(SIZE, build(policy(limit + 1)))
    assert finding.startswith("broken It ")
    assert finding.endswith(
        f": The {what} is {limit + 1:,} bytes long or more; AWS takes {limit:,}."
    )


def test_inline_policies_of_a_role_count_together(tell: Tell) -> None:
    half = policy(5_120)

    assert tell(SIZE, inline("Role", half, half)) == []
    assert len(tell(SIZE, inline("Role", half, policy(5_121)))) == 1


def test_policies_of_its_groups_are_not_a_users_own(tell: Tell) -> None:
    group = {"Group": inline("Group", policy(4_000))["It"]}
    attached = {"Groups": [{"Ref": "Group"}], "PolicyName": "more"}
    separate = resource("AWS::IAM::Policy", PolicyDocument=policy(1_000), **attached)
    user = resource("AWS::IAM::User", Groups=[{"Ref": "Group"}])
    own = resource(
        "AWS::IAM::Policy", PolicyDocument=policy(2_049), PolicyName="x", Users=[{"Ref": "User"}]
    )

    assert tell(SIZE, {**group, "More": separate, "User": user}) == []
    assert len(tell(SIZE, {**group, "More": separate, "User": user, "Own": own})) == 1


def test_white_space_counts_where_aws_counts_it(tell: Tell) -> None:
    document = policy(20_400)
    document["Statement"][0]["Sid"] += " " * 100
    role = policy(10_200)
    role["Statement"][0]["Sid"] += " " * 100

    assert len(tell(SIZE, table(document))) == 1
    assert tell(SIZE, inline("Role", role)) == []


def test_what_cannot_be_resolved_may_be_long(tell: Tell) -> None:
    near = policy(17_000, Principal=UNSET)

    assert tell(SIZE, table(policy(10_000, Principal=UNSET))) == []
    assert tell(SIZE, table(near)) == [
        "unknown It ResourcePolicy.PolicyDocument: Whether the table's policy is 20,480 bytes "
        f"long or less {UNRESOLVED}"
    ]
    assert tell(SIZE, table(UNSET)) == [
        "unknown It ResourcePolicy.PolicyDocument: Whether the table's policy is 20,480 bytes "
        f"long or less {UNRESOLVED}"
    ]


TEXT = st.text(max_size=8)
VALUES = st.recursive(
    TEXT | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=50)
@given(VALUES, st.sampled_from(["", "a", "⟦Net.Endpoint⟧", "x⟦A⟧y⟦B⟧"]), st.booleans())
def test_the_real_size_is_between_the_bounds(
    value: Any,  # noqa: ANN401 - any JSON
    name: str,
    spaces: bool,  # noqa: FBT001 - hypothesis gives it by position
) -> None:
    """Whatever stands for a placeholder, up to an id's length."""
    chosen = name.replace("⟦Net.Endpoint⟧", "v" * 22).replace("⟦A⟧", "").replace("⟦B⟧", "w" * 64)
    size = Size.of({"Statement": [{"It": value, "Name": name}]}, spaces=spaces)
    real = Size.of({"Statement": [{"It": value, "Name": chosen}]}, spaces=spaces)

    assert size.least <= real.least == real.most <= size.most


def test_an_unknown_statement_may_be_of_any_size() -> None:
    size = Size.of({"Statement": [Unknown("x", "a macro")]}, spaces=True)

    assert size.most > 1_000_000
    assert size.doubt is not None

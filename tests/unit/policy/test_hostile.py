"""Policies that nobody should write: none crashes, hangs or passes for proved."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ddb_perimeter.findings import Verdict
from ddb_perimeter.policy import (
    Callers,
    Effect,
    Layers,
    Origins,
    Policy,
    Prover,
    Question,
)
from ddb_perimeter.unknown import Unknown
from tests.unit.policy import generate

PROVER = Prover(generate.WORLD)
ANYTHING = Question(
    Callers.anyone(), Origins.anywhere(), generate.ACTIONS, (generate.TABLE, generate.INDEX)
)
HOLE = Unknown("${Parameter}", "parameter has no default")
ELEMENTS = (
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
    "Version",
    "Statement",
    "Extra",
)
WORDS = st.sampled_from(
    ["Allow", "Deny", "*", "", "dynamodb:*", "${aws:username}", "${", "${aws:x, 'y'}", "AWS",
     "StringEquals", "ForAllValues:StringNotLikeIfExists", "NoSuchOperator", "IpAddress", "Null",
     "aws:SourceVpce", "aws:CurrentTime", "10.0.0.0/8", "999.1.1.1", "true", "2012-10-17",
     "arn:aws:iam::111122223333:root", "⟦Stack.Role⟧", "\ue000", "\x00"]
) | st.text(max_size=8)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS | st.just(HOLE),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(ELEMENTS) | WORDS, inner, max_size=5)
    ),
    max_leaves=25,
)
STATEMENT = st.dictionaries(st.sampled_from(ELEMENTS), JSON, min_size=2, max_size=7)


def ask_everything(document: generate.Json) -> None:
    """Ask every question; whatever the document is, unreadable statements prove nothing."""
    policy = Policy.read(document)
    denied = PROVER.every_denied(ANYTHING, policy)
    granted = PROVER.none_granted(ANYTHING, policy)
    together = PROVER.none_allowed(ANYTHING, Layers(resource=policy))
    PROVER.all_allowed(ANYTHING, Layers(identity=(policy,)))
    for answer in (denied, granted, together):
        assert "disagree" not in answer.why, (answer.why, document)
    if all(each.problem or each.effect is not Effect.DENY for each in policy.statements):
        assert denied.verdict is not Verdict.HOLDS
    if any(each.problem and each.has_effect(Effect.ALLOW) for each in policy.statements):
        readable = any(
            not each.problem and each.effect is Effect.DENY for each in policy.statements
        )
        assert readable or granted.verdict is not Verdict.HOLDS


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(JSON)
def test_arbitrary_json_is_no_proof(document: generate.Json) -> None:
    ask_everything(document)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(STATEMENT, max_size=3))
def test_arbitrary_statements_are_no_proof(statements: list[Any]) -> None:
    ask_everything({"Version": "2012-10-17", "Statement": statements})


ALL_DENIED = {"Effect": "Deny", "Principal": "*", "Action": "dynamodb:*", "Resource": "*"}


def test_denying_everything_is_proved() -> None:
    """Without this, the tests below could pass because nothing is ever proved."""
    policy = Policy.read({"Statement": [ALL_DENIED]})

    assert PROVER.every_denied(ANYTHING, policy).holds


@pytest.mark.parametrize("element", ["Effect", "Principal", "Action", "Resource"])
@pytest.mark.parametrize("junk", [HOLE, [HOLE], None, 7, {}, [], {"AWS": HOLE}, [["*"]], True])
def test_a_deny_with_an_unreadable_part_proves_nothing(element: str, junk: generate.Json) -> None:
    policy = Policy.read({"Statement": [ALL_DENIED | {element: junk}]})
    answer = PROVER.every_denied(ANYTHING, policy)

    assert answer.verdict is Verdict.UNKNOWN
    assert answer.why


@pytest.mark.parametrize(
    "condition",
    [
        {"NoSuchOperator": {"aws:SourceVpce": "x"}},
        {"stringequals": {"aws:SourceVpce": "x"}},
        {"StringNotEquals": {"aws:SourceVpce": [HOLE]}},
        {"StringNotEquals": {"aws:SourceVpce": []}},
        {"StringNotEquals": {"aws:SourceVpce": {"nested": "x"}}},
        {"StringNotEquals": {"aws:SourceVpce": [["x"]]}},
        {"StringNotEquals": "x"},
        {"NullIfExists": {"aws:SourceVpce": "true"}},
        {"NotIpAddress": {"aws:SourceIp": "999.0.0.0/8"}},
        {"NumericNotEquals": {"aws:MultiFactorAuthAge": "many"}},
        {"DateGreaterThan": {"aws:CurrentTime": "yesterday"}},
        {"StringNotLike": {"aws:PrincipalArn": "${aws:PrincipalTag/x}*"}},
        {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*"}},
        HOLE,
        7,
    ],
)
def test_a_condition_that_cannot_be_read_proves_nothing(condition: generate.Json) -> None:
    policy = Policy.read({"Version": "2012-10-17", "Statement": [
        ALL_DENIED | {"Condition": condition}]})  # fmt: skip

    assert PROVER.every_denied(ANYTHING, policy).verdict is not Verdict.HOLDS


def test_an_unreadable_statement_does_not_matter_where_the_verdict_does_not_depend_on_it() -> None:
    hole = {"Effect": HOLE, "Principal": "*", "Action": "*", "Resource": "*"}
    denied = Policy.read({"Statement": [hole, ALL_DENIED]})
    allowed = Policy.read({"Statement": [hole, {**ALL_DENIED, "Effect": "Allow"}]})

    assert PROVER.every_denied(ANYTHING, denied).holds
    assert PROVER.none_granted(ANYTHING, denied).holds
    assert PROVER.none_granted(ANYTHING, allowed).verdict is Verdict.UNKNOWN


def many(count: int) -> dict[str, dict[str, Any]]:
    """Return hostile documents of some size, by name."""
    random = generate.seeded(7)
    letters = "abcdefgh"

    def wild(stars: int) -> str:
        return "*".join(random.choice(letters) for _ in range(stars))

    deep: generate.Json = "x"
    for _ in range(count * 50):
        deep = [deep]
    return {
        "wildcards in principals": {"Condition": {"StringNotLike": {
            "aws:PrincipalArn": [wild(40) for _ in range(count)]}}},
        "wildcards in one tag": {"Condition": {"StringNotLike": {
            "aws:PrincipalTag/x": [wild(60) for _ in range(count)]}}},
        "wildcards in an endpoint": {"Condition": {"StringNotLike": {
            "aws:SourceVpce": ["vpce-" + wild(30) + "?" * 20 for _ in range(count)]}}},
        "one key per condition": {"Condition": {"StringEquals": {
            f"aws:RequestTag/{n}": [f"a{n}", f"b{n}"] for n in range(count)}}},
        "many tags at once": {"Condition": {"ForAnyValue:StringLike": {
            "aws:TagKeys": [f"{n}*" for n in range(count)]}}},
        "wild actions": {"Action": [wild(100) for _ in range(count)]},
        "wild resources": {"Resource": [wild(100) for _ in range(count)]},
        "many addresses": {"Condition": {"NotIpAddress": {
            "aws:SourceIp": [f"{n % 223 + 1}.{n % 251}.0.0/16" for n in range(count)]}}},
        "many accounts": {"Principal": {"AWS": [f"{n:012d}" for n in range(count)]}},
        "variables": {"Condition": {"StringNotLike": {
            f"aws:PrincipalTag/{n}": f"${{aws:PrincipalTag/{n + 1}}}" for n in range(count)}}},
        "nesting": {"Resource": deep},
    }  # fmt: skip


@pytest.mark.parametrize("count", [30, 400])
@pytest.mark.parametrize("name", list(many(1)))
def test_a_hostile_policy_ends_soon(name: str, count: int) -> None:
    """The engine gives up; `make bench` shows after how long."""
    statement = ALL_DENIED | many(count)[name]
    policy = Policy.read({"Version": "2012-10-17", "Statement": [statement] * 3})
    answer = PROVER.every_denied(ANYTHING, policy)

    assert answer.verdict is not Verdict.HOLDS
    assert answer.why


def test_hundreds_of_different_denies_end_soon() -> None:
    keys = [f"aws:PrincipalTag/{n}" for n in range(14)]
    random = generate.seeded(3)
    statements = [
        ALL_DENIED
        | {"Condition": {"StringEquals": {key: random.choice("ab") for key in
                                          random.sample(keys, 5)}}}
        for _ in range(300)
    ]  # fmt: skip
    answer = PROVER.every_denied(ANYTHING, Policy.read({"Statement": statements}))

    assert answer.verdict is not Verdict.HOLDS


def test_a_document_that_is_too_large_is_not_read() -> None:
    policy = Policy.read({"Statement": [ALL_DENIED] * 501})

    assert PROVER.every_denied(ANYTHING, policy).verdict is Verdict.UNKNOWN

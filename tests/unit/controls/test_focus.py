"""Which statements and resources can matter: too much is slow, too little would be wrong."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from ddb_perimeter.controls.focus import (
    about,
    layers_about,
    may_single_out,
    names_actions_surely,
    within_reach,
)
from ddb_perimeter.policy.callers import Callers
from ddb_perimeter.policy.document import Policy
from ddb_perimeter.policy.layers import Layers
from ddb_perimeter.policy.origins import Origins
from ddb_perimeter.policy.proof import Prover
from ddb_perimeter.policy.space import Question
from ddb_perimeter.policy.world import World
from ddb_perimeter.unknown import Unknown

ACCOUNT = "111122223333"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/reader"
ORDERS = f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/orders"
OTHER = f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/other"
INDEX = f"{ORDERS}/index/by-day"
PUT = "dynamodb:PutItem"
GET = "dynamodb:GetItem"


def policy(*statements: dict[str, Any]) -> Policy:
    return Policy.read({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: object, resource: object = "*", **more: object) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


@pytest.mark.parametrize(
    "action",
    ["*", "dynamodb:*", "DynamoDB:getitem", "dynamodb:Get*", "dynamodb:?etItem", ["s3:*", GET]],
)
def test_a_statement_that_names_the_action_is_kept(action: object) -> None:
    whole = policy(allow(action))

    assert about(whole, [GET]) is whole


@pytest.mark.parametrize("action", ["s3:GetItem", "dynamodb:Put*", ["logs:*", "dynamodb:Query"]])
def test_a_statement_about_other_actions_is_left_out(action: object) -> None:
    kept = about(policy(allow(action), allow(GET)), [GET])

    assert [statement.index for statement in kept.statements] == [1]


@pytest.mark.parametrize(
    "statement",
    [
        {"Effect": "Allow", "NotAction": GET, "Resource": "*"},
        {"Effect": "Perhaps", "Action": "s3:*", "Resource": "*"},
        {"Effect": "Allow", "Action": Unknown("${Action}", "no default"), "Resource": "*"},
        {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Strange": 1},
    ],
)
def test_what_cannot_be_read_is_kept(statement: dict[str, Any]) -> None:
    whole = policy(statement)

    assert about(whole, [GET]) is whole
    assert not names_actions_surely(whole)


def test_wildcards_name_actions_surely() -> None:
    assert names_actions_surely(about(policy(allow("dynamodb:G*"), allow("s3:*")), [GET]))


@pytest.mark.parametrize(
    ("resource", "reached"),
    [
        (ORDERS, (ORDERS,)),
        ([ORDERS, INDEX], (ORDERS, INDEX)),
        (f"{ORDERS}*", (ORDERS, INDEX)),
        (f"{ORDERS}/index/*", (INDEX,)),
        (f"arn:aws:dynamodb:*:{ACCOUNT}:table/?ther", (OTHER,)),
        ("arn:aws:dynamodb:eu-west-1:${aws:PrincipalAccount}:table/other", (ORDERS, INDEX, OTHER)),
        ("arn:aws:s3:::orders/${aws:username}", ()),
        ("*", (ORDERS, INDEX, OTHER)),
        (Unknown("${Table}", "no default"), (ORDERS, INDEX, OTHER)),
    ],
)
def test_reach_is_what_some_allow_may_name(resource: object, reached: tuple[str, ...]) -> None:
    own = policy(allow("s3:*", "arn:aws:s3:::bucket"), allow(GET, resource))

    assert within_reach([own], [ORDERS, INDEX, OTHER]) == reached


def test_a_not_resource_reaches_everything() -> None:
    own = policy({"Effect": "Allow", "Action": GET, "NotResource": ORDERS})

    assert within_reach([own], [ORDERS, OTHER]) == (ORDERS, OTHER)


def test_a_deny_reaches_nothing() -> None:
    own = policy({"Effect": "Deny", "Action": "*", "Resource": "*"})

    assert within_reach([own], [ORDERS]) == ()


def test_placeholders_are_found_as_policies_spell_them() -> None:
    arn = f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/⟦Data.Table⟧"

    assert within_reach([policy(allow(GET, arn))], [arn]) == (arn,)
    assert within_reach([policy(allow(GET, f"{arn}/index/*"))], [f"{arn}/index/a"])


STATEMENTS = (
    allow(GET, ORDERS),
    allow([PUT, "s3:*"], ORDERS),
    allow("dynamodb:*", OTHER),
    allow("s3:*"),
    {"Effect": "Allow", "NotAction": "s3:*", "Resource": f"{ORDERS}*"},
    {"Effect": "Deny", "Action": "dynamodb:Put*", "Resource": "*"},
    {"Effect": "Deny", "NotAction": GET, "Resource": "*"},
    allow(GET, ORDERS, Condition={"StringEquals": {"aws:PrincipalTag/team": "a"}}),
)


@pytest.mark.parametrize("chosen", list(itertools.combinations(STATEMENTS, 2)))
def test_a_focused_policy_answers_as_the_whole_one(chosen: tuple[dict[str, Any], ...]) -> None:
    prover = Prover(World(ACCOUNT, "eu-west-1"))
    layers = Layers(identity=(policy(*chosen),))
    for action, arn in itertools.product((GET, PUT), (ORDERS, OTHER)):
        question = Question(Callers.exactly(ROLE), Origins.anywhere(), (action,), (arn,))
        whole = prover.none_allowed(question, layers)
        focused = layers_about(layers, [action])

        assert prover.none_allowed(question, focused).verdict is whole.verdict
        assert whole.holds or within_reach(focused.identity or (), [arn])


def deny(condition: dict[str, Any]) -> dict[str, Any]:
    return {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "dynamodb:*",
        "Resource": "*",
        "Condition": condition,
    }


@pytest.mark.parametrize(
    ("condition", "may"),
    [
        ({"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}, False),
        ({"ArnNotLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/other"}}, False),
        ({"ArnNotLike": {"aws:PrincipalArn": ROLE}}, True),
        ({"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/read*"}}, True),
        ({"StringNotEquals": {"aws:PrincipalTag/team": "a"}}, True),
        ({"StringNotLike": {"aws:userid": "AROA*"}}, True),
    ],
)
def test_a_role_is_singled_out_by_its_name_or_by_what_is_not_known(
    condition: dict[str, Any], *, may: bool
) -> None:
    assert may_single_out(policy(deny(condition)), ROLE) is may

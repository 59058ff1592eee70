"""Questions that look alike and are not: an answer to one must not be given to the other."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import permutations
from typing import TYPE_CHECKING, Any, Final

import pytest

from ddb_perimeter.findings import Verdict
from ddb_perimeter.policy.callers import Callers
from ddb_perimeter.policy.document import Policy
from ddb_perimeter.policy.origins import Origins
from ddb_perimeter.policy.proof import Prover
from ddb_perimeter.policy.renaming import Memory
from ddb_perimeter.policy.request import Path
from ddb_perimeter.policy.space import Question
from ddb_perimeter.policy.world import Endpoint, World

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ddb_perimeter.policy.proof import Found

OURS: Final = "111122223333"
NOW: Final = datetime(2026, 7, 1, 12, tzinfo=UTC)
WORLD: Final = World(OURS, "eu-west-1", now=NOW, endpoints=(Endpoint("vpce-0aa", "vpc-0aa", OURS),))
EPOCH: Final = str(int(NOW.timestamp()))
FEDERATED: Final = "sts:AssumeRoleWithWebIdentity"
Asked = tuple[str, World, Question, dict[str, Any]]


def table(name: str, partition: str = "aws") -> str:
    return f"arn:{partition}:dynamodb:eu-west-1:{OURS}:table/{name}"


def user(name: str) -> Callers:
    return Callers.exactly(f"arn:aws:iam::{OURS}:user/{name}")


def ask(
    claim: str,
    arn: str,
    callers: Callers | None = None,
    origins: Origins | None = None,
    world: World = WORLD,
    context: dict[str, tuple[str, ...]] | None = None,
    **condition: object,
) -> Asked:
    """Ask about one policy with one statement, which denies or allows what is asked about."""
    question = Question(
        callers or Callers.anyone(),
        origins or Origins.anywhere(),
        ("dynamodb:GetItem",),
        (arn,),
        context or {},
    )
    effect = "Deny" if claim == "every_denied" else "Allow"
    return claim, world, question, statement(effect, arn, condition)


def statement(effect: str, arn: str, condition: Mapping[str, object]) -> dict[str, Any]:
    return {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": effect,
            "Principal": "*",
            "Action": "dynamodb:*",
            "Resource": arn,
            "Condition": condition,
        },
    }


def federated(name: str) -> Asked:
    arn = f"arn:aws:iam::{OURS}:role/{name}"
    question = Question(Callers.anyone(), Origins.anywhere(), (FEDERATED,), (arn,))
    condition = {"StringNotEquals": {"aws:FederatedProvider": f"idp.{name}.example"}}
    policy = statement("Allow", arn, condition)
    policy["Statement"].update(Principal={"Federated": "*"}, Action=FEDERATED)
    del policy["Statement"]["Resource"]
    return "none_granted", WORLD, question, policy


def at(vpc: str) -> World:
    return replace(WORLD, endpoints=(Endpoint("vpce-0aa", vpc, OURS),))


def placeholders(policy: str, asked: str) -> Asked:
    claim, world, question, document = ask("every_denied", table(asked))
    document["Statement"]["Resource"] = table(policy)
    return claim, world, question, document


PAIRS: Final[dict[str, tuple[Callable[..., Asked], tuple[Any, Any]]]] = {
    "a number": (
        lambda n: ask(
            "every_denied",
            table(n),
            context={"aws:MultiFactorAuthAge": (n,)},
            NumericLessThan={"aws:MultiFactorAuthAge": "60"},
        ),
        ("59", "61"),
    ),
    "a date": (
        lambda n: ask(
            "every_denied",
            table(n),
            context={"aws:TokenIssueTime": (n,)},
            DateLessThan={"aws:TokenIssueTime": "2025-01-01"},
        ),
        ("2024", "2026"),
    ),
    "a truth in another case": (
        lambda n: ask(
            "none_granted",
            table(n),
            Bool={"aws:PrincipalTag/x": "true"},
            StringEquals={"aws:PrincipalTag/x": n},
        ),
        ("Foo", "TRUE"),
    ),
    "a variable in a truth": (
        lambda n: ask(
            "every_denied",
            table("t"),
            user(n),
            BoolIfExists={"aws:SecureTransport": ["${aws:username}", "false"]},
        ),
        ("TRUE", "Foo"),
    ),
    "now, as a date": (
        lambda n: ask("every_denied", table(n), StringEquals={"aws:CurrentTime": f"{n}:00:00Z"}),
        ("2026-07-01T12", "Foo"),
    ),
    "now, as a number": (
        lambda n: ask("none_granted", table(n), StringNotEquals={"aws:EpochTime": n}),
        (EPOCH, "foo"),
    ),
    "an address as text": (
        lambda n: ask(
            "every_denied",
            table(n),
            origins=Origins.internet(),
            StringNotEquals={"aws:SourceIp": f"203.0.113.{n}"},
        ),
        ("7", "8"),
    ),
    "a partition": (
        lambda n: ask(
            "none_granted",
            table(n, n),
            world=replace(WORLD, partition="aws-iso"),
            ArnEquals={"aws:PrincipalArn": f"arn:{n}:iam::{OURS}:role/app"},
        ),
        ("foo", "aws-iso"),
    ),
    "a placeholder with a colon": (placeholders, (("⟦S::T⟧", "⟦S::T⟧"), ("⟦X⟧", "⟦Y⟧"))),
    "a placeholder with a slash": (
        lambda n: ask("none_granted", table("t"), user(n), StringEquals={"aws:username": n}),
        ("⟦a/b⟧", "⟦ab⟧"),
    ),
    "a provider that stands for others": (federated, ("stranger", "foo")),
    "a VPC that stood for others": (
        lambda vpc: ask(
            "none_granted",
            table("t"),
            origins=Origins.by(Path.ENDPOINT).but(Origins.inside(accounts=[OURS])),
            world=at(vpc),
            StringNotLike={"aws:SourceVpc": "vpc-0*"},
        ),
        ("vpc-1", "vpc-3b"),
    ),
}


def answered(asked: Asked, memory: Memory[Found]) -> Verdict:
    claim, world, question, document = asked
    answer = getattr(Prover(world, memory), claim)(question, Policy.read(document))
    verdict: Verdict = answer.verdict
    return verdict


@pytest.mark.parametrize("pair", PAIRS)
def test_an_answer_is_given_to_what_is_alike_only(pair: str) -> None:
    form, names = PAIRS[pair]
    for order in permutations(names):
        memory: Memory[Found] = Memory()
        for each in order:
            asked = form(*each) if isinstance(each, tuple) else form(each)
            assert answered(asked, memory) is answered(asked, Memory()), each


@pytest.mark.parametrize(
    "condition",
    [
        {"StringNotEquals": {"aws:SourceIp": "203.0.113.8"}},
        {"StringNotLike": {"aws:SourceIp": "198.51.100.*"}},
        {"ArnNotLike": {"aws:SourceIp": "a:b:c:d:e:f"}},
    ],
    ids=str,
)
def test_an_address_that_is_compared_as_text_proves_nothing(condition: dict[str, Any]) -> None:
    asked = ask("every_denied", table("t"), origins=Origins.internet(), **condition)

    assert answered(asked, Memory()) is not Verdict.HOLDS


def test_a_declared_vpc_stands_for_no_other() -> None:
    """Somebody else's VPC does not begin with vpc-0 either, whatever ours is called."""
    form, names = PAIRS["a VPC that stood for others"]

    assert {answered(form(each), Memory()) for each in names} == {Verdict.BROKEN}


@pytest.mark.parametrize(
    "condition",
    [
        {"StringNotEquals": {"aws:FederatedProvider": "idp.stranger.example"}},
        {"StringNotLike": {"aws:FederatedProvider": "idp.*"}},
    ],
    ids=str,
)
def test_whoever_excludes_one_provider_admits_another(condition: dict[str, Any]) -> None:
    claim, world, question, document = federated("app")
    document["Statement"]["Condition"] = condition

    assert answered((claim, world, question, document), Memory()) is not Verdict.HOLDS


def test_an_endpoint_without_an_id_is_no_obstacle() -> None:
    _, _, question, document = ask("every_denied", table("t"))
    world = replace(WORLD, endpoints=(Endpoint(""),))

    assert Prover(world).every_denied(question, Policy.read(document)).verdict is Verdict.HOLDS

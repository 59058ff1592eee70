"""Questions that differ in names only: what is recalled is what a search would find."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ddb_perimeter.findings import Verdict
from ddb_perimeter.policy.callers import Callers
from ddb_perimeter.policy.document import Policy
from ddb_perimeter.policy.layers import Layers
from ddb_perimeter.policy.origins import Origins
from ddb_perimeter.policy.proof import Found, Prover
from ddb_perimeter.policy.renaming import Memory, key_of, of_question
from ddb_perimeter.policy.space import Question
from ddb_perimeter.policy.spelling import alphabet_of, words_of
from ddb_perimeter.policy.world import Endpoint
from tests.unit.policy import generate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from ddb_perimeter.policy.proof import Answer
    from ddb_perimeter.policy.renaming import Key

NEIGHBOUR = Endpoint("vpce-0bbbbbbbbbbbbbbbb", "vpc-0bbbbbbbbbbbbbbbb", generate.STRANGER)
INSIDE = (generate.ENDPOINT, NEIGHBOUR)
NAMES = (
    *("orders", "app", "admin", "alice", "by-day", "team", "eu-west-1", "reader"),
    *(generate.ENDPOINT.id, generate.ENDPOINT.vpc, NEIGHBOUR.id, NEIGHBOUR.vpc),
)
# Among them words that patterns match in part, and words that mean something to AWS.
OTHERS = (
    *("orders", "orders-archive", "app", "application", "a", "admin", "by-week", "GetItem"),
    *("us-east-1", "index", "role", "user", "AssumedRole", "true", "dynamodb", "root"),
    *("apple", "session", "someone", "⟦App.Table⟧", "dax", "team", "aws-service-role"),
    *("vpce-0cccccccccccccccc", "vpc-0cccccccccccccccc", "vpce-00bcd", "vpc-zz", "cn-north-1"),
    *("vpce-0fedcba9876543210", "vpc-0fedcba9876543210", "vpc-0other0000000000", "o-ours000000"),
)


class Counting(Memory[Found]):
    """A memory that knows how often it helped."""

    def __init__(self) -> None:
        super().__init__()
        self.recalled = 0

    def recall(self, key: Key) -> Found | None:
        found = super().recall(key)
        self.recalled += found is not None
        return found


def spell(value: generate.Json, names: dict[str, str]) -> generate.Json:
    """Rename the words of every text in a document."""
    if isinstance(value, str):
        return "".join(names.get(word, word) for word in words_of(value))
    if isinstance(value, list):
        return [spell(each, names) for each in value]
    if isinstance(value, dict):
        return {key: spell(each, names) for key, each in value.items()}
    return value


def renames(random: Random) -> dict[str, str]:
    """Return other names for some words: two times of three words of the same kind."""
    names: dict[str, str] = {}
    alike = random.random() < 0.67
    for word in random.sample(NAMES, random.choice((1, 1, 2, 3))):
        others = [
            other
            for other in OTHERS
            if other not in names.values()
            and (not alike or alphabet_of(other) == alphabet_of(word))
        ]
        names[word] = random.choice(others)
    return names


def ask(
    document: generate.Json,
    names: dict[str, str],
    memory: Memory[Found],
    endpoints: Sequence[Endpoint] = INSIDE,
) -> list[Answer]:
    """Ask three questions about a policy whose names, and those of the questions, are others."""
    policy = Policy.read(spell(document, names))
    world = replace(
        generate.WORLD,
        region=spell("eu-west-1", names),
        endpoints=tuple(
            Endpoint(spell(each.id, names), spell(each.vpc, names), each.account)
            for each in endpoints
        ),
    )
    arns = (spell(generate.TABLE, names), spell(generate.INDEX, names))
    role = spell(generate.ARNS[0], names)
    outside = Origins.outside(endpoints=[spell(generate.ENDPOINT.id, names)])
    anywhere = Origins.anywhere()
    prover = Prover(world, memory)
    actions = generate.ACTIONS
    return [
        prover.every_denied(
            Question(Callers.anyone().but_arns(role), outside, actions, arns), policy
        ),
        prover.none_granted(Question(Callers.strangers(), anywhere, actions, arns), policy),
        prover.some_allowed(
            Question(Callers.exactly(role), anywhere, actions, arns), Layers(resource=policy)
        ),
    ]


@pytest.mark.parametrize("batch", range(4))
def test_what_is_recalled_is_what_a_search_finds(batch: int) -> None:
    """4 batches of 40 policies, each under four other sets of names: 1,920 questions."""
    recalled = 0
    for seed in range(batch * 40, (batch + 1) * 40):
        random = generate.seeded(seed)
        document = generate.policy(random, most=3)
        memory = Counting()
        ask(document, {}, memory)
        for _ in range(4):
            names = renames(random)
            order = random.sample(INSIDE, 2)
            answers = ask(document, names, memory, order)
            fresh = ask(document, names, Memory(), order)
            assert [each.verdict for each in answers] == [each.verdict for each in fresh], (
                seed,
                names,
            )
        recalled += memory.recalled
    assert recalled > 30, "renaming is understood too seldom to be tested"


def policy_of(resource: str, **condition: object) -> dict[str, object]:
    return {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "dynamodb:*",
            "Resource": resource,
            "Condition": condition,
        },
    }


def recalls(
    document: generate.Json, names: dict[str, str], endpoints: Sequence[Endpoint] = INSIDE
) -> int:
    """Count the questions that need no search under other names."""
    memory = Counting()
    ask(document, {}, memory)
    before = memory.recalled
    ask(document, names, memory, endpoints)
    return memory.recalled - before


@pytest.mark.parametrize(
    "names",
    [
        {"orders": "invoices"},
        {"orders": "invoices", "eu-west-1": "us-east-1"},
        {"app": "worker"},
        {"orders": "app", "app": "orders"},
        {generate.ENDPOINT.id: "vpce-0cccccccccccccccc", generate.ENDPOINT.vpc: "vpc-0c"},
        {generate.ENDPOINT.id: NEIGHBOUR.id, NEIGHBOUR.id: generate.ENDPOINT.id},
    ],
    ids=str,
)
def test_one_proof_serves_other_names(names: dict[str, str]) -> None:
    document = policy_of(generate.TABLE, StringNotEquals={"aws:SourceVpce": generate.ENDPOINT.id})
    assert recalls(document, names) == 3


def test_a_word_is_the_same_word_wherever_it_stands() -> None:
    """What the condition names is also the name of one caller, and not of the other."""
    memory = Counting()
    policy = Policy.read(policy_of(generate.TABLE, StringEquals={"aws:PrincipalTag/team": "app"}))
    found = []
    for name in ("app", "web"):
        caller = Callers.exactly(f"arn:aws:iam::{generate.OURS}:role/{name}")
        question = Question(caller, Origins.anywhere(), generate.ACTIONS, (generate.TABLE,))
        key = key_of([policy.spelling, of_question(question)])
        assert key is not None
        found.append(memory.recall(key))
        memory.learn(key, Found(problem=name))
    assert found == [None, None]


def test_endpoints_have_no_order() -> None:
    document = policy_of(generate.TABLE, StringNotEquals={"aws:SourceVpce": NEIGHBOUR.id})
    assert recalls(document, {}, INSIDE[::-1]) == 3


def test_the_region_of_a_service_is_a_name() -> None:
    via = {"kms:ViaService": "dynamodb.eu-west-1.amazonaws.com"}
    document = policy_of(generate.TABLE, StringNotEquals=via)
    assert recalls(document, {"eu-west-1": "ap-southeast-2"}) == 3
    assert recalls(document, {"eu-west-1": "elsewhere"}) == 0


@pytest.mark.parametrize(
    ("document", "names"),
    [
        (policy_of("arn:aws:dynamodb:*:*:table/ord*"), {"orders": "order"}),
        (policy_of("arn:aws:dynamodb:*:*:table/??????"), {"orders": "users"}),
        (policy_of("*", StringEqualsIgnoreCase={"aws:username": "app"}), {"app": "APP"}),
        (policy_of("*", StringLike={"aws:userid": "*:${aws:username}"}), {"app": "worker"}),
        (policy_of("*", StringEquals={"aws:PrincipalType": "app"}), {"app": "AssumedRole"}),
        (policy_of(generate.TABLE), {"orders": "⟦App.Table⟧"}),
        (policy_of(generate.TABLE), {"orders": "index"}),
        (policy_of(generate.TABLE), {"orders": "by-day"}),
        (policy_of(generate.TABLE), {"orders": "vpce-0c"}),
        (policy_of("*", StringLike={"aws:SourceVpce": "vpce-0a*"}), {INSIDE[0].id: "vpce-0c"}),
        (
            policy_of("*", StringEquals={"aws:SourceVpce": INSIDE[0].id}),
            {INSIDE[0].id: "vpce-0fedcba9876543210"},
        ),
    ],
    ids=str,
)
def test_names_that_behave_otherwise_are_searched(
    document: generate.Json, names: dict[str, str]
) -> None:
    assert recalls(document, names) == 0


def test_a_recalled_request_speaks_of_this_question() -> None:
    memory = Counting()
    document = policy_of(generate.TABLE, StringEquals={"aws:SourceVpc": "vpc-0"})
    ask(document, {}, memory)
    answer = ask(document, {"orders": "invoices", "eu-west-1": "us-east-1"}, memory)[0]
    assert memory.recalled == 3
    assert answer.verdict is Verdict.BROKEN
    assert answer.request is not None
    assert answer.request.resource.startswith("arn:aws:dynamodb:us-east-1:111122223333:table/inv")
    assert answer.request.context == {} or "orders" not in str(answer.request.context)


def test_a_callers_test_that_nobody_can_compare_is_always_searched() -> None:
    memory = Counting()
    policy = Policy.read(policy_of(generate.TABLE))
    for _ in range(2):
        somebody = Callers("somebody", lambda _: True)
        question = Question(somebody, Origins.anywhere(), generate.ACTIONS, (generate.TABLE,))
        Prover(generate.WORLD, memory).every_denied(question, policy)
    assert memory.recalled == 0


def test_the_oldest_answer_is_forgotten_first() -> None:
    memory: Memory[Found] = Memory(most=2)
    policies = [Policy.read(policy_of("*", StringEquals={"aws:username": n})) for n in "abc"]
    keys = [key_of([policy.spelling]) for policy in policies]
    for key in keys:
        assert key is not None
        memory.learn(key, Found())
    assert [memory.recall(key) is None for key in keys if key] == [True, False, False]


def test_a_word_that_the_question_fixes_is_not_renamed() -> None:
    memory = Counting()
    verdicts = []
    for name in ("dax", "foo"):
        table = f"arn:aws:dynamodb:eu-west-1:{generate.OURS}:table/{name}"
        service = {"aws:PrincipalServiceName": f"{name}.amazonaws.com"}
        policy = Policy.read(policy_of(table, StringEquals=service))
        dax = Callers.service("dax.amazonaws.com")
        question = Question(dax, Origins.anywhere(), generate.ACTIONS, (table,))
        verdicts.append(Prover(generate.WORLD, memory).every_denied(question, policy).verdict)
    assert verdicts == [Verdict.HOLDS, Verdict.BROKEN]
    assert memory.recalled == 0


def test_a_capital_tells_that_a_word_names_no_service() -> None:
    memory = Counting()
    verdicts = []
    for name in ("Foo", "foo"):
        table = f"arn:aws:dynamodb:eu-west-1:{generate.OURS}:table/{name}"
        other = {"aws:PrincipalServiceName": f"{name}.amazonaws.com"}
        policy = Policy.read(policy_of(table, StringNotEquals=other))
        services = Callers.any_service()
        question = Question(services, Origins.anywhere(), generate.ACTIONS, (table,))
        verdicts.append(Prover(generate.WORLD, memory).every_denied(question, policy).verdict)
    assert verdicts == [Verdict.HOLDS, Verdict.BROKEN]
    assert memory.recalled == 0

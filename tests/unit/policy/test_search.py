"""The proof against a brute-force search: every request of the space, one by one."""

from __future__ import annotations

import itertools

import pytest

from ddb_perimeter.findings import Verdict
from ddb_perimeter.policy import Callers, Document, Effect, Origins, Policy, Prover, Question
from ddb_perimeter.policy.boxes import bits
from ddb_perimeter.policy.evaluate import matching
from ddb_perimeter.policy.request import Path
from tests.unit.policy import generate

QUESTION = Question(
    Callers.exactly(*generate.ARNS[:6]),
    Origins("some ways", lambda origin: origin.path in {Path.INTERNET, Path.ENDPOINT}),
    ("dynamodb:GetItem", "dynamodb:Query"),
    (generate.TABLE,),
)
PROVER = Prover(generate.WORLD)
MOST = 3_000


def search(policy: Policy, effect: Effect) -> set[bool | None] | None:
    """Return every answer that a request of the question gets; None when there are too many."""
    space = PROVER.space(QUESTION, [policy])
    points = list(
        itertools.islice(
            itertools.chain.from_iterable(
                itertools.product(*map(bits, box)) for box in space.asked()
            ),
            MOST + 1,
        )
    )
    if len(points) > MOST:
        return None
    answers = set()
    for point in points:
        request = space.request(point)
        answer, _ = matching(policy, effect, request, Document.RESOURCE)
        if effect is Effect.ALLOW and answer is not False:
            denied, _ = matching(policy, Effect.DENY, request, Document.RESOURCE)
            answer = False if denied else (None if denied is None else answer)
        answers.add(answer)
    return answers


@pytest.mark.parametrize("batch", range(6))
def test_a_search_of_every_request_comes_to_the_same_verdict(batch: int) -> None:
    decided = 0
    for seed in range(batch * 1000, batch * 1000 + 25):
        random = generate.seeded(seed)
        policy = Policy.read(generate.policy(random, most=2))
        denied = search(policy, Effect.DENY)
        if denied is None:
            continue
        verdict = PROVER.every_denied(QUESTION, policy).verdict
        granted = PROVER.none_granted(QUESTION, policy).verdict
        allowed = search(policy, Effect.ALLOW) or set()
        if verdict is not Verdict.UNKNOWN:
            decided += 1
            assert (verdict is Verdict.BROKEN) == (False in denied), (seed, denied)
            assert verdict is Verdict.BROKEN or denied == {True}, (seed, denied)
        else:
            assert False not in denied or None in denied, (seed, denied)
        if granted is not Verdict.UNKNOWN:
            assert (granted is Verdict.BROKEN) == (True in allowed), (seed, allowed)
            assert granted is Verdict.BROKEN or allowed == {False}, (seed, allowed)
    assert decided >= 10

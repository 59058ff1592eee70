"""The proof against the plain evaluator, on generated policies and on every class."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ddb_perimeter.policy.boxes import Budget, bits, intersect, subtract
from ddb_perimeter.policy.callers import Callers
from ddb_perimeter.policy.composition import Composition
from ddb_perimeter.policy.document import Effect, Policy
from ddb_perimeter.policy.evaluate import Outcome, decide, statement_matches
from ddb_perimeter.policy.layers import EndpointPolicy, Layers
from ddb_perimeter.policy.origins import Origins
from ddb_perimeter.policy.principals import Document
from ddb_perimeter.policy.regions import Compiler
from ddb_perimeter.policy.space import WHAT, Question, Space
from tests.unit.policy import generate

if TYPE_CHECKING:
    from random import Random

    from ddb_perimeter.policy.boxes import Region
    from ddb_perimeter.policy.request import Request

ANYTHING = Question(
    Callers.anyone(), Origins.anywhere(), generate.ACTIONS, (generate.TABLE, generate.INDEX)
)
POLICIES = 4  # per example


def a_random_point(random: Random, region: Region) -> tuple[int, ...]:
    return tuple(random.choice(bits(mask)) for mask in random.choice(region))


def lies_in(point: tuple[int, ...], region: Region) -> bool:
    return any(all(mask >> at & 1 for mask, at in zip(box, point, strict=True)) for box in region)


def only(request: Request, space: Space) -> Region:
    """Return the possible requests for the same action and resource."""
    same = sum(
        1 << at
        for at, target in enumerate(space.targets)
        if (target.action, target.resource) == (request.action, request.resource)
    )
    boxes = ((*box[:WHAT], box[WHAT] & same, *box[WHAT + 1 :]) for box in space.possible())
    return tuple(box for box in boxes if all(box))


def check_statements(seed: int) -> None:
    """Every statement: boxes and evaluator agree on every class, and every request has a class."""
    random = generate.seeded(seed)
    documents = [generate.policy(random, most=1) for _ in range(POLICIES)]
    policies = [Policy.read(document) for document in documents]
    space = Space(generate.WORLD, ANYTHING, policies)
    compiler = Compiler(space, Budget())
    regions = [
        (each.statement, each.bounds)
        for policy in policies
        for effect in Effect
        for each in compiler.policy(policy, Document.RESOURCE, effect)
    ]
    possible = space.possible()
    for _ in range(3):
        point = a_random_point(random, possible)
        request = space.request(point)
        for statement, bounds in regions:
            answers = statement_matches(statement, request, Document.RESOURCE).values()
            surely, maybe = lies_in(point, bounds.surely), lies_in(point, bounds.maybe)
            if surely:
                assert True in answers, (seed, statement, request)
            if any(each is not False for each in answers):
                assert maybe, (seed, statement, request)
            if generate.is_exact(statement):
                assert surely == (True in answers), (seed, statement, request)
                assert maybe == any(each is not False for each in answers), (seed, statement)
    for _ in range(1):
        request = generate.request(random)
        left = only(request, space)
        for statement, bounds in regions:
            answers = statement_matches(statement, request, Document.RESOURCE).values()
            if True in answers:
                left = intersect(left, bounds.maybe, Budget())
            elif None not in answers:
                left = subtract(left, bounds.surely, Budget())
        assert left, ("no class", seed, documents, request)


def some_layers(random: Random) -> Layers:
    """Return layers of generated policies."""

    def read(name: str, *, resource_based: bool = False) -> Policy:
        document = generate.policy(random, resource_based=resource_based, most=3)
        if random.random() < 0.7:
            allow: dict[str, object] = {"Effect": "Allow", "Action": "*", "Resource": "*"}
            document["Statement"].append(allow | ({"Principal": "*"} if resource_based else {}))
        return Policy.read(document, name)

    kind = random.choice((Document.RESOURCE, Document.RESOURCE, Document.KEY))
    endpoint = EndpointPolicy(
        generate.ENDPOINT.id, read("endpoint", resource_based=True), random.random() < 0.5
    )
    return Layers(
        resource=random.choice((None, read("resource", resource_based=True))),
        document=kind,
        identity=random.choice((None, (), (read("identity"),))),
        boundary=random.choice((None, None, read("boundary"))),
        session=random.choice((None, None, read("session"))),
        endpoints=random.choice(((), (endpoint,))),
        scps=random.choice(((), ((Policy.full_access(), read("scp")),))),
        rcps=random.choice(((), (read("rcp", resource_based=True),))),
    )


def check_layers(seed: int) -> int:
    """All layers: the composition and the evaluator agree; verdicts hold for other requests."""
    random = generate.seeded(seed)
    layers = some_layers(random)
    space = Space(generate.WORLD, ANYTHING, layers.policies())
    composition = Composition(space, layers, Budget())
    allowed, denied = composition.allowed(), composition.denied()
    possible = space.possible()
    for _ in range(4):
        point = a_random_point(random, possible)
        request = space.request(point)
        outcome = decide(request, layers, generate.WORLD).outcome
        if lies_in(point, allowed.surely):
            assert outcome is Outcome.ALLOWED, (seed, outcome, request, layers)
        if not lies_in(point, allowed.maybe):
            assert outcome not in {Outcome.ALLOWED, Outcome.UNKNOWN}, (seed, outcome, request)
        if lies_in(point, denied.surely):
            assert outcome is Outcome.EXPLICIT_DENY, (seed, outcome, request, layers)
        if outcome is Outcome.EXPLICIT_DENY:
            assert lies_in(point, denied.maybe), (seed, outcome, request, layers)
    for _ in range(2):
        request = generate.request(random)
        outcome = decide(request, layers, generate.WORLD).outcome
        left = only(request, space)
        if outcome is Outcome.ALLOWED:
            assert intersect(left, allowed.maybe, Budget()), (seed, "allowed", request, layers)
        if outcome in {Outcome.IMPLICIT_DENY, Outcome.EXPLICIT_DENY}:
            assert subtract(left, allowed.surely, Budget()), (seed, "denied", request, layers)
    return len(layers.policies())


@pytest.mark.parametrize("batch", range(10))
def test_boxes_and_evaluator_agree_on_every_statement(batch: int) -> None:
    """10 batches of 150 examples of 4 policies: 6,000 policies."""
    for seed in range(batch * 150, (batch + 1) * 150):
        check_statements(seed)


@pytest.mark.parametrize("batch", range(10))
def test_boxes_and_evaluator_agree_on_all_layers(batch: int) -> None:
    """10 batches of generated layers, 400 policies each: 4,000 policies."""
    policies, seed = 0, batch * 1_000_000
    while policies < 400:
        policies += check_layers(seed)
        seed += 1

"""Both implementations on the table of documented decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlparse

import pytest

from ddb_perimeter.findings import Verdict
from ddb_perimeter.policy import (
    Caller,
    Callers,
    Endpoint,
    Kind,
    Layers,
    Origin,
    Origins,
    Outcome,
    Path,
    Prover,
    Question,
    World,
    decide,
)
from ddb_perimeter.policy.mentions import Mentions
from tests.unit.policy import documented_conditions, documented_layers, documented_principals
from tests.unit.policy.documented import OURS, VPC, VPCE, Row

if TYPE_CHECKING:
    from ddb_perimeter.policy import Request

ROWS = [
    *documented_conditions.ROWS,
    *documented_principals.ROWS.rows,
    *documented_layers.ROWS.rows,
]
WORLD = World(OURS, "eu-west-1", endpoints=(Endpoint(VPCE, VPC, OURS),))
IDS = [f"{at}-{row.name}"[:70] for at, row in enumerate(ROWS)]


def exactly(caller: Caller) -> Callers:
    """Return the callers of the class that one caller belongs to."""

    def test(other: Caller) -> bool:
        return (
            other.kind is caller.kind
            and other.arn == caller.arn
            and other.service == caller.service
            and other.provider == caller.provider
            and other.source_arn == caller.source_arn
            and (caller.kind is not Kind.SERVICE or other.account == caller.account)
            and (other.session == "session") == (caller.session == "session")
        )

    seeds = (caller.arn,) if caller.arn else ()
    services = (caller.service,) if caller.service else ()
    sources = (caller.source_arn,) if caller.source_arn else ()
    return Callers(str(caller), test, seeds, services, sources)


def where(origin: Origin) -> Origins:
    """Return the origins of the class that one origin belongs to."""
    cidrs = (origin.address,) if origin.path is Path.INTERNET else ()

    def test(other: Origin) -> bool:
        same = other.path is origin.path and other.endpoint == origin.endpoint
        return same and (not cidrs or other.address == origin.address)

    return Origins(str(origin), test, cidrs=cidrs)


def question(request: Request, layers: Layers) -> Question:
    """Return the question that is about one request alone."""
    mentions = Mentions()
    for policy in layers.policies():
        mentions.read(policy, (request.resource,))
    known = {key.lower(): key for key in request.context}
    absent = {key: None for key in (*mentions.conditions, *mentions.referred) if key not in known}
    context: dict[str, tuple[str, ...] | None] = {**absent, **request.context}
    return Question(
        exactly(request.caller),
        where(request.origin),
        (request.action,),
        (request.resource,),
        context,
    )


def test_the_table_is_large_and_every_row_names_an_aws_page() -> None:
    assert len(ROWS) >= 100
    assert len({row.name for row in ROWS}) == len(ROWS)
    assert {urlparse(row.source).hostname for row in ROWS} == {"docs.aws.amazon.com"}


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_the_evaluator_decides_as_documented(row: Row) -> None:
    decision = decide(row.request, row.layers, WORLD)

    assert decision.outcome is row.expected, (str(decision), row.source)


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_the_proof_decides_as_documented(row: Row) -> None:
    prover = Prover(WORLD)
    asked = question(row.request, row.layers)
    nothing = prover.none_allowed(asked, row.layers)
    undenied = prover.none_denied(asked, row.layers)
    everything = prover.all_allowed(asked, row.layers)
    expected = {
        Outcome.ALLOWED: (Verdict.BROKEN, Verdict.HOLDS, Verdict.HOLDS),
        Outcome.IMPLICIT_DENY: (Verdict.HOLDS, Verdict.HOLDS, Verdict.BROKEN),
        Outcome.EXPLICIT_DENY: (Verdict.HOLDS, Verdict.BROKEN, Verdict.BROKEN),
    }
    found = (nothing.verdict, undenied.verdict, everything.verdict)
    if row.expected is Outcome.UNKNOWN:
        assert Verdict.UNKNOWN in found, (nothing, undenied, everything)
        assert everything.verdict is not Verdict.HOLDS
        assert nothing.verdict is not Verdict.HOLDS
    else:
        assert found == expected[row.expected], (nothing, undenied, everything)

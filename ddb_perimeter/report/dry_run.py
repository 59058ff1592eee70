"""The dry run as a table to read, and as JSON with every request."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from ddb_perimeter.report.wording import count, printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ddb_perimeter.requests.dry_run import Tried

SCHEMA: Final = 1
_HEADINGS: Final = {True: "What must work", False: "What must not"}


def text(outcomes: Sequence[Tried]) -> str:
    """Return a line for each purpose and caller, and one for each request that is not as wanted.

    Args:
        outcomes: what was tried.
    """
    return "".join(f"{printable(line)}\n" for line in _lines(outcomes))


def _lines(outcomes: Sequence[Tried]) -> Iterator[str]:
    for (account, region), here in _by_place(outcomes).items():
        yield f"{account}, {region}"
        for wanted, heading in _HEADINGS.items():
            yield ""
            yield f"  {heading}"
            rows = [row for each in here if each.wanted is wanted for row in [_row(each)]]
            groups = {row: rows.count(row) for row in rows}
            for (purpose, caller, said), number in groups.items():
                answer, _, by = said.partition(" by ")
                yield f"    {number:>4}  {answer}  {purpose}, by {caller}{f': {by}' if by else ''}"
        yield ""
    amiss = [each for each in outcomes if not each.as_wanted]
    for each in amiss:
        request = each.trial.request
        yield (
            f"{each.trial.purpose}: {request.caller} calls {request.action} on {request.resource} "
            f"from {request.origin}: {each.decision}"
        )
    must_work = sum(each.wanted for each in outcomes)
    yield (
        f"{count(len(outcomes), 'request')} tried: {must_work} that must work, "
        f"{len(outcomes) - must_work} that must not; {len(amiss)} not as wanted"
    )


def _by_place(outcomes: Sequence[Tried]) -> dict[tuple[str, str], list[Tried]]:
    places: dict[tuple[str, str], list[Tried]] = {}
    for each in outcomes:
        places.setdefault((each.world.account, each.world.region), []).append(each)
    return places


def _row(each: Tried) -> tuple[str, str, str]:
    """Return purpose, caller and answer; an Allow is an Allow, whichever statement gives it."""
    caller = each.trial.request.caller
    who = caller.arn.split(":", 5)[-1] if caller.arn else str(caller)
    said = str(each.decision).removeprefix("explicitly ")
    return each.trial.purpose, who, "allowed" if said.startswith("allowed") else said


def json_text(outcomes: Sequence[Tried]) -> str:
    """Return every request as JSON.

    Args:
        outcomes: what was tried.
    """
    report = {
        "schema": SCHEMA,
        "as_wanted": all(each.as_wanted for each in outcomes),
        "requests": [_described(each) for each in outcomes],
    }
    return json.dumps(report, indent=2, ensure_ascii=False) + "\n"


def _described(each: Tried) -> dict[str, object]:
    request, statement = each.trial.request, each.decision.statement
    return {
        "account": each.world.account,
        "region": each.world.region,
        "purpose": each.trial.purpose,
        "must_work": each.wanted,
        "as_wanted": each.as_wanted,
        "caller": request.caller.arn or str(request.caller),
        "action": request.action,
        "resource": request.resource,
        "origin": str(request.origin),
        "outcome": each.decision.outcome.value,
        "policy": each.decision.policy,
        "sid": statement.label if statement else "",
    }

"""Tells who would be denied: as text for a person, as JSON for a program."""

from __future__ import annotations

import json
import textwrap
from typing import TYPE_CHECKING, Final

from ddb_perimeter.findings import Verdict
from ddb_perimeter.replay.events import Skipped
from ddb_perimeter.replay.judge import Answer
from ddb_perimeter.report.wording import count, printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddb_perimeter.replay.replay import Group, Replay

SCHEMA: Final = 1
"""Rises when a key changes its meaning or goes away; new keys do not raise it."""


def verdict_line(replay: Replay) -> str:
    """Tell in one line who would be locked out.

    Args:
        replay: what became of the events.
    """
    match replay.verdict:
        case Verdict.BROKEN:
            told = f"{count(replay.callers(Answer.DENIED), 'caller')} would be locked out"
        case Verdict.UNKNOWN:
            told = "not every call can be decided, and what cannot be decided does not pass"
        case Verdict.HOLDS:
            told = "nobody would be locked out"
    return f"{replay.verdict}: {told}"


def text(replay: Replay, width: int) -> str:
    """Return the report as text.

    Args:
        replay: what became of the events.
        width: columns to wrap at.
    """
    return "".join(f"{line}\n" for line in _lines(replay, width))


def _lines(replay: Replay, width: int) -> Iterator[str]:
    yield verdict_line(replay)
    for group in replay.groups:
        if group.ruling.answer is not Answer.PASSES:
            yield ""
            yield from _group(group, width)
    yield ""
    for line in _summary(replay):
        yield from _wrapped(line, width, 0)


def _group(group: Group, width: int) -> Iterator[str]:
    yield from _wrapped(f"{group.ruling.answer}: {group.caller}", width, 0)
    addresses = ", ".join(group.addresses) + (", …" if group.more_addresses else "")
    place = group.place
    yield from _wrapped(
        f"from {group.origin}{f' ({addresses})' if addresses else ''}, "
        f"on {place.name} in {place.region}, account {place.account}",
        width,
        2,
    )
    when = f", {group.first} to {group.last}" if group.first else ""
    yield from _wrapped(f"{count(group.events, 'event')}{when}:", width, 2)
    for (action, what), number in sorted(group.calls.items()):
        yield from _wrapped(f"{action}{f' on {what}' if what else ''}: {number}", width, 4)
    yield from _wrapped(f"because: {group.ruling.why}", width, 2)
    yield from _wrapped(f"do: {group.ruling.fix}", width, 2)


def _summary(replay: Replay) -> Iterator[str]:
    answers = (
        (Answer.DENIED, "would be denied"),
        (Answer.UNKNOWN, "cannot be decided"),
        (Answer.PASSES, "would still pass"),
    )
    for answer, words in answers:
        events = replay.events(answer)
        yield f"{count(events, 'event')} of {count(replay.callers(answer), 'caller')} {words}."
    rest = (
        (replay.denied_already, "denied already when recorded"),
        (replay.elsewhere, "about tables that the templates do not declare"),
        *((number, str(reason.value)) for reason, number in replay.skipped.items()),
        (replay.duplicates, "recorded twice"),
    )
    told = ", ".join(f"{number} {words}" for number, words in rest if number)
    yield f"{count(replay.read, 'record')} read{f'; not judged: {told}' if told else ''}."
    for name in replay.silent:
        yield f"No event is about {name}: nothing is concluded about its callers."


def _wrapped(line: str, width: int, indent: int) -> list[str]:
    return textwrap.wrap(
        printable(line),
        width,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + 2),
        break_long_words=False,
        break_on_hyphens=False,
    )


def as_json(replay: Replay) -> str:
    """Return the report as JSON, pure ASCII, with the keys in a fixed order.

    Args:
        replay: what became of the events.
    """
    document = {
        "schema": SCHEMA,
        "verdict": replay.verdict.value,
        "events": {
            "read": replay.read,
            **{answer.value: replay.events(answer) for answer in Answer},
            "denied_already": replay.denied_already,
            "undeclared_tables": replay.elsewhere,
            "other": replay.skipped[Skipped.OTHER],
            "no_table": replay.skipped[Skipped.TABLELESS],
            "unreadable": replay.skipped[Skipped.UNREADABLE],
            "duplicates": replay.duplicates,
        },
        "callers": [_document(group) for group in replay.groups],
        "silent_tables": list(replay.silent),
    }
    return json.dumps(document, indent=2) + "\n"


def _document(group: Group) -> dict[str, object]:
    return {
        "answer": group.ruling.answer.value,
        "caller": group.caller,
        "origin": group.origin,
        "addresses": group.addresses,
        "more_addresses": group.more_addresses,
        "table": group.place.name,
        "region": group.place.region,
        "account": group.place.account,
        "events": group.events,
        "first": group.first,
        "last": group.last,
        "calls": [
            {"action": action, "on": what or "table", "count": number}
            for (action, what), number in sorted(group.calls.items())
        ],
        "policy": group.ruling.policy,
        "statement": group.ruling.statement,
        "why": group.ruling.why,
        "fix": group.ruling.fix,
    }

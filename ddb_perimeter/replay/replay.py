"""Runs recorded events through the policies of templates, and counts who would be denied."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from ddb_perimeter.findings import Verdict
from ddb_perimeter.inventory.errors import InputError
from ddb_perimeter.replay.events import Event, Skipped, fingerprint, read_event
from ddb_perimeter.replay.judge import Answer, Ruling, judge

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ddb_perimeter.replay.calls import Call, Place
    from ddb_perimeter.replay.deployed import Templates

_MOST_ADDRESSES: Final = 5
_ORDER: Final = (Answer.DENIED, Answer.UNKNOWN, Answer.PASSES)


@dataclass(slots=True)
class Group:
    """Alike calls of one caller: same origin, same table, same answer for the same reason.

    Args:
        caller: who makes them.
        origin: from where.
        place: the table.
        ruling: what would become of them.
        events: how many there were.
        first: time of the first one; empty where no record says.
        last: time of the last one.
        addresses: some of their addresses.
        more_addresses: whether there were others.
        calls: how many authorizations, by action and index.
    """

    caller: str
    origin: str
    place: Place
    ruling: Ruling
    events: int = 0
    first: str = ""
    last: str = ""
    addresses: list[str] = field(default_factory=list)
    more_addresses: bool = False
    calls: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, event: Event, asked: Iterable[Call]) -> None:
        """Count an event.

        Args:
            event: the event.
            asked: the authorizations that it is here for.
        """
        self.events += 1
        if event.time:
            self.first = min(self.first or event.time, event.time)
            self.last = max(self.last, event.time)
        address = event.origin.address
        if address and address not in self.addresses:
            if len(self.addresses) < _MOST_ADDRESSES:
                self.addresses.append(address)
            else:
                self.more_addresses = True
        for call in asked:
            what = "stream" if call.stream else call.index and f"index {call.index}"
            self.calls[" or ".join(call.actions), what] += 1


@dataclass(frozen=True, slots=True)
class Replay:
    """What became of the events.

    Args:
        groups: the judged calls, those that would be denied first.
        read: how many records there were.
        duplicates: how many of them were there twice.
        skipped: how many said nothing about access to a table, by the reason.
        elsewhere: how many were about tables that the templates do not declare.
        denied_already: how many were denied when they were recorded; they are not judged.
        silent: tables of the templates that no event is about.
    """

    groups: tuple[Group, ...]
    read: int
    duplicates: int
    skipped: dict[Skipped, int]
    elsewhere: int
    denied_already: int
    silent: tuple[str, ...]

    @property
    def verdict(self) -> Verdict:
        """Return `holds` when nobody would be denied; what could not be read is `unknown`."""
        if self.events(Answer.DENIED):
            return Verdict.BROKEN
        if self.events(Answer.UNKNOWN) or self.skipped[Skipped.UNREADABLE]:
            return Verdict.UNKNOWN
        return Verdict.HOLDS

    def events(self, answer: Answer) -> int:
        """Return how many events have an answer.

        Args:
            answer: the answer.
        """
        return sum(group.events for group in self.groups if group.ruling.answer is answer)

    def callers(self, answer: Answer) -> int:
        """Return how many callers have an answer.

        Args:
            answer: the answer.
        """
        return len({group.caller for group in self.groups if group.ruling.answer is answer})


def replay(records: Iterable[object], templates: Templates, *, assume_tls: bool = False) -> Replay:
    """Judge every record.

    Args:
        records: as `records.read` yields them.
        templates: what would be deployed.
        assume_tls: whether events whose record does not say so used TLS.

    Raises:
        InputError: no record is about a table of the templates, or all of these were denied.
    """
    run = _Run(templates, assume_tls=assume_tls)
    for record in records:
        run.take(record)
    return run.result()


class _Run:
    """Everything that is counted on the way."""

    def __init__(self, templates: Templates, *, assume_tls: bool) -> None:
        self.templates = templates
        self.assume_tls = assume_tls
        self.read = self.duplicates = self.elsewhere = self.denied = 0
        self.skipped = dict.fromkeys(Skipped, 0)
        self.groups: dict[object, Group] = {}
        self.rulings: dict[object, Ruling] = {}
        self.seen: set[bytes] = set()
        self.declared: dict[Place, bool] = {}
        self.details: dict[Place, tuple[bool, bool]] = {}

    def take(self, record: object) -> None:
        """Judge one record, or say why not."""
        self.read += 1
        ids = fingerprint(record)
        if not self.seen.isdisjoint(ids):
            self.duplicates += 1
            return
        self.seen.update(ids)
        event = read_event(record)
        if isinstance(event, Skipped):
            self.skipped[event] += 1
            return
        own = [call for call in event.calls if self._declares(call.place)]
        if not own:
            self.elsewhere += 1
        elif event.denied:
            self.denied += 1
        else:
            self._count(event, own)

    def _declares(self, place: Place) -> bool:
        if place not in self.declared:
            self.declared[place] = self.templates.declares(place)
        return self.declared[place]

    def _count(self, event: Event, own: list[Call]) -> None:
        """Put an event where its worst answer belongs."""
        ruled = [(call, self._ruling(event, call)) for call in own]
        call, ruling = min(ruled, key=lambda each: _ORDER.index(each[1].answer))
        key = (event.caller.name, str(event.origin), call.place, ruling)
        group = self.groups.setdefault(key, Group(*key))
        group.add(event, [each for each, its in ruled if its.answer is ruling.answer])

    def _ruling(self, event: Event, call: Call) -> Ruling:
        """Judge alike calls once; sessions and addresses count where a policy asks for them."""
        sessions, addresses = self._details(call.place)
        caller, origin = event.caller, event.origin
        tls = event.tls if event.tls is not None or not self.assume_tls else True
        key = (
            caller.name,
            caller.service,
            caller.caller.session if sessions else "",
            origin.endpoint,
            origin.owner,
            origin.service,
            origin.private,
            origin.address if addresses else bool(origin.address),
            (tls, event.mfa),
            call,
        )
        if key not in self.rulings:
            asked = Event(
                caller, origin, event.calls, tls, event.mfa, event.time, denied=event.denied
            )
            self.rulings[key] = judge(
                asked, call, self.templates.deployed(call.place), self.templates.perimeter
            )
        return self.rulings[key]

    def _details(self, place: Place) -> tuple[bool, bool]:
        """Say whether sessions and addresses can matter for a table."""
        if place not in self.details:
            deployed = self.templates.deployed(place)
            self.details[place] = (
                any(each.says("assumed-role/", "aws:userid") for each in deployed),
                any(each.says("aws:sourceip", "aws:vpcsourceip") for each in deployed)
                or bool(self.templates.names.blocks),
            )
        return self.details[place]

    def result(self) -> Replay:
        """Return what was counted.

        Raises:
            InputError: no record is about a table of the templates, or all of these were denied.
        """
        bound = self.templates.names.ids
        called = {place.name for place, own in self.declared.items() if own}
        silent = tuple(name for name in self.templates.tables if name not in called)
        if not called:
            raise InputError.at(
                "the events",
                f"none of {self.read} is about a table of the templates "
                f"({', '.join(self.templates.tables[:5])})",
                "record data events of these tables, or say --as NAME=LOGICALID for another name",
            )
        if not self.groups:
            raise InputError.at(
                "the events",
                f"none about a table of the templates was allowed when it was recorded "
                f"({self.denied} denied), so nobody can be locked out by what is new",
                "record data events of callers that reach the table",
            )
        if any(name in bound for name in called):
            silent = tuple(name for name in silent if "⟦" not in name)
        groups = sorted(
            self.groups.values(),
            key=lambda group: (
                _ORDER.index(group.ruling.answer),
                -group.events,
                group.caller,
                group.origin,
                str(group.place),
                str(group.ruling),
            ),
        )
        return Replay(
            groups=tuple(groups),
            read=self.read,
            duplicates=self.duplicates,
            skipped=self.skipped,
            elsewhere=self.elsewhere,
            denied_already=self.denied,
            silent=silent,
        )

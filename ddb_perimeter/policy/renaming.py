"""The same question under other names: what was found once is found again without a search.

Two questions are alike when one becomes the other by renaming words one to one (`spelling` says
which words). Renaming commutes with everything that the engine does, so that both have the same
answer, with the words of its request renamed too. Fifty tables under one policy, or one baseline in
seventeen Regions, cost one proof.

A request that comes back from here is still confirmed by the plain evaluator, like any other.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, fields, is_dataclass
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from ddb_perimeter.policy.patterns import opaque
from ddb_perimeter.policy.spelling import NAMING_KEYS, Spelling, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ddb_perimeter.policy.space import Question
    from ddb_perimeter.policy.world import Endpoint, World

MOST: Final = 4_000
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Key:
    """A question without its names.

    Args:
        form: a number for what is fixed in each part, then one for each word that was taken out.
        words: the words that were taken out, by their number.
    """

    form: tuple[int, ...]
    words: tuple[str, ...]


def key_of(parts: Sequence[Spelling]) -> Key | None:
    """Take the names out of a question.

    Args:
        parts: everything that the answer depends on.

    Returns:
        The key; None where renaming is not understood.
    """
    if not all(part.comparable for part in parts):
        return None
    names = frozenset[str]().union(*(part.free for part in parts))
    names = names.difference(*(part.fixed for part in parts))
    fragments = frozenset[str]().union(*(part.fragments for part in parts))
    if fragments:
        names = frozenset(n for n in names if not any(fragment in n for fragment in fragments))
    words: dict[str, int] = {}
    form: list[int] = []
    for part in parts:
        outline = part.without(names)
        form.append(outline.number)
        form += (words.setdefault(word, len(words)) for word in outline.names)
    return Key(tuple(form), tuple(words))


def of_question(question: Question) -> Spelling:
    """Take a question apart.

    Args:
        question: the question.
    """
    who, where = question.callers, question.origins
    context = tuple((key, values and len(values)) for key, values in question.context.items())
    held = [
        (key.lower(), each) for key, values in question.context.items() for each in values or ()
    ]
    return Spelling.of(
        (
            (who.form, where.form, question.actions, len(question.resources), context),
            tuple(None if key in NAMING_KEYS else each for key, each in held),
        ),
        (
            *(*who.names, *where.names, *map(opaque, question.resources)),
            *(each for key, each in held if key in NAMING_KEYS),
        ),
        fixed=(
            *(*question.actions, *question.context, *who.services),
            *(each for key, each in held if key not in NAMING_KEYS),
        ),
        comparable=bool(who.form and where.form),
    )


class Surroundings:
    """What is known about an account, taken apart.

    Args:
        world: the account.
    """

    __slots__ = ("_at", "_known", "_world")

    def __init__(self, world: World) -> None:
        self._world = world
        self._at: dict[str, list[int]] = {}
        for at, endpoint in enumerate(world.endpoints):
            for mark in words_of(endpoint.id)[-1:]:
                self._at.setdefault(mark, []).append(at)
        self._known: dict[tuple[int, ...], Spelling] = {}

    def of(self, parts: Iterable[Spelling]) -> Spelling:
        """Spell them for a question: endpoints have no order, so those that it names come first.

        Args:
            parts: the rest of the question.
        """
        found = [word for part in parts for word in part.free & self._at.keys()]
        if len(found) > 1:
            found = [word for part in parts for word in part.words if word in self._at]
        named = tuple(at for word in dict.fromkeys(found) for at in self._at[word])
        if named not in self._known:
            self._known[named] = self._spelled(named)
        return self._known[named]

    def _spelled(self, named: tuple[int, ...]) -> Spelling:
        endpoints = self._world.endpoints
        others = (at for at in range(len(endpoints)) if at not in named)
        return _of_world(self._world, [endpoints[at] for at in (*named, *others)])


def _of_world(world: World, endpoints: Iterable[Endpoint]) -> Spelling:
    form = (
        world.partition,
        world.management_account,
        world.now,
        len(world.organization_accounts),
        len(world.friendly_accounts),
    )
    names = [world.account, world.region, world.organization]
    names += [*world.organization_accounts, *world.friendly_accounts]
    for endpoint in endpoints:
        names += [endpoint.id, endpoint.vpc, endpoint.account]
    return Spelling.of(
        form, names, fixed=[world.partition], places=[world.region] if world.region else []
    )


class Memory(Generic[Found]):
    """What was found about questions, whatever their names are.

    Args:
        most: how many questions are kept; the oldest goes first.
    """

    __slots__ = ("_found", "_most")

    def __init__(self, most: int = MOST) -> None:
        self._found: dict[tuple[int, ...], tuple[tuple[str, ...], Found]] = {}
        self._most = most

    def recall(self, key: Key) -> Found | None:
        """Return what was found about a question that is alike, under the names of this one.

        Args:
            key: this question.
        """
        known = self._found.get(key.form)
        if known is None:
            return None
        words, found = known
        renamed: Found = _renamed(found, dict(zip(words, key.words, strict=True)))
        return renamed

    def learn(self, key: Key, found: Found) -> None:
        """Remember what was found about a question.

        Args:
            key: the question.
            found: a tree of plain frozen dataclasses, whose texts are renamed on recall.
        """
        if len(self._found) >= self._most:
            del self._found[next(iter(self._found))]
        self._found[key.form] = (key.words, found)


def _renamed(value: Any, names: dict[str, str]) -> Any:  # noqa: ANN401 - any tree of values
    """Rename the words of every text in a value."""
    if isinstance(value, str):
        if not value or not any(word in value for word in names):
            return value
        return "".join(names.get(word, word) for word in words_of(value))
    if isinstance(value, tuple):
        return tuple(_renamed(each, names) for each in value)
    if isinstance(value, dict):
        return {key: _renamed(each, names) for key, each in value.items()}
    parts = _fields(type(value))  # type: ignore[arg-type]  # types are hashable
    if not parts:
        return value
    # Not `replace`: nothing here checks or changes what it is given.
    copy = object.__new__(type(value))
    for each in parts:
        object.__setattr__(copy, each, _renamed(getattr(value, each), names))
    return copy


@functools.cache
def _fields(kind: Any) -> tuple[str, ...]:  # noqa: ANN401 - any type
    """Return the names of the fields of a dataclass; none of another type."""
    return tuple(each.name for each in fields(kind)) if is_dataclass(kind) else ()

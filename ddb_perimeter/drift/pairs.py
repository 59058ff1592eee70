"""Finds what an account has for each thing that templates promise.

A name that the templates set decides. What AWS names is recognised by what it belongs to: a subnet
by its VPC and block, an endpoint by its VPC and service, a role by whoever refers to it. Each pair
tells what placeholders stand for, which recognises the next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ddb_perimeter.drift.binding import Binding
from ddb_perimeter.drift.meaning import How, plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ddb_perimeter.drift.things import Thing


class Pairs:
    """What belongs together.

    Args:
        promised: things of the templates.
        found: things of the account.
    """

    def __init__(self, promised: Iterable[Thing], found: Iterable[Thing]) -> None:
        self.binding = Binding()
        self.pairs: list[tuple[Thing, Thing]] = []
        self.missing = list(promised)
        self.extra = list(found)
        self._all = tuple(self.extra)
        self._names = {name for each in self._all for name in each.names.values() if _text(name)}
        self.doubtful: dict[int, int] = {}
        while self._certain() or self._guessed():
            pass

    def _certain(self) -> bool:
        """Pair what exactly one thing can be, and say whether there was any."""
        before = len(self.pairs)
        for promised in list(self.missing):
            candidates = self._candidates(promised)
            known = [each for each in candidates if self._named(promised, each)]
            if len(known) == 1:
                self._pair(promised, known[0])
        return len(self.pairs) > before

    def _guessed(self) -> bool:
        """Pair one thing whose name AWS chose and that only one other looks like."""
        self.doubtful.clear()
        for promised in list(self.missing):
            candidates = self._candidates(promised)
            named = [each for each in candidates if _by_stack(promised, each)]
            likely = named if len(named) == 1 else candidates
            rivals = [each for each in self.missing if self._alike(promised, each)]
            if len(likely) == 1 and (len(rivals) == 1 or likely is named):
                self._pair(promised, likely[0])
                return True
            self.doubtful[id(promised)] = len(candidates)
        return False

    def _alike(self, promised: Thing, other: Thing) -> bool:
        return (promised.kind, promised.region) == (other.kind, other.region)

    def _candidates(self, promised: Thing) -> list[Thing]:
        """Return what a promised thing may be."""
        return [
            each
            for each in self.extra
            if each.kind is promised.kind
            and each.region == promised.region
            and self._may_be(promised, each)
        ]

    def _may_be(self, promised: Thing, found: Thing) -> bool:
        keys = zip(promised.keys, found.keys, strict=True)
        texts = [(left, right) for left, right in keys if left is not None]
        if any(self._is_other(promised, found, name) for name in ("Arn", "Ref")):
            return False
        return all(
            isinstance(left, str)
            and isinstance(right, str)
            and self.binding.may_be(left, right) is not None
            for left, right in ((plain(a), plain(b)) for a, b in texts)
        )

    def _is_other(self, promised: Thing, found: Thing, name: str) -> bool:
        """Say whether somebody told already that a placeholder stands for something else."""
        left, right = promised.names.get(name), found.names.get(name)
        return (
            isinstance(left, str)
            and isinstance(right, str)
            and "⟦" in left
            and self.binding.knows(left)
            and self.binding.spell(left) != right
        )

    def belongs(self, promised: Thing) -> bool:
        """Say whether the account has what a thing belongs to, by its first key.

        Args:
            promised: a thing of the templates.
        """
        key = promised.keys[0] if promised.keys else None
        spelled = self.binding.spell(key) if isinstance(key, str) else key
        return any(found.names.get("Ref") == spelled for found in self._all)

    def _named(self, promised: Thing, found: Thing) -> bool:
        """Say whether a candidate is recognised by what is already certain."""
        keys = [plain(key) for key in promised.keys if key is not None]
        if keys and all(isinstance(key, str) and self.binding.knows(key) for key in keys):
            return True
        return any(
            isinstance(name, str)
            and "⟦" in name
            and self.binding.spell(name) == found.names.get(which)
            for which, name in promised.names.items()
        )

    def _pair(self, promised: Thing, found: Thing) -> None:
        self.missing.remove(promised)
        self.extra.remove(found)
        self.pairs.append((promised, found))
        for name, text in promised.names.items():
            other = found.names.get(name)
            if isinstance(text, str) and isinstance(other, str):
                self.binding.bind(text, other)
        for left, right in zip(promised.keys, found.keys, strict=True):
            if isinstance(left, str) and isinstance(right, str):
                self.binding.bind(left, right)
        for property_ in promised.kind.properties:
            text, other = promised.value(property_), found.value(property_)
            if property_.how is How.VALUE and isinstance(text, str) and other in self._names:
                self.binding.bind(text, str(other))


def _text(value: object) -> bool:
    return isinstance(value, str)


def _by_stack(promised: Thing, found: Thing) -> bool:
    """Say whether CloudFormation would choose this name: stack, logical id, random letters."""
    resource = promised.resource
    name = str(found.names.get("Ref")).rpartition("/")[2].lower()
    start = f"{resource.stack}-{resource.logical_id}-".lower()
    return bool(resource.stack) and name.startswith(start)

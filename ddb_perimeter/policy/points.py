"""The classes of one dimension, shared by every question that tells the same ones apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, Protocol, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

    from ddb_perimeter.policy.request import Keys


class Keyed(Protocol):
    """What sets condition keys: a caller or an origin."""

    def keys(self) -> Keys:
        """Return the condition keys that it sets."""
        ...


Member = TypeVar("Member", bound=Keyed)
Told = TypeVar("Told")


class Points(Generic[Member]):
    """One member of every class, and what is known of all of them.

    Args:
        members: one of each class, likeliest first.
        missing: condition keys, in lower case, that no request has although members set them.
    """

    __slots__ = ("_known", "keys", "members")

    def __init__(self, members: Iterable[Member], missing: frozenset[str] = frozenset()) -> None:
        self.members = tuple(members)
        self.keys = tuple(
            {
                name: values
                for key, values in member.keys().items()
                if (name := key.lower()) not in missing
            }
            for member in self.members
        )
        self._known: dict[Hashable, object] = {}

    def recall(self, question: Hashable, answer: Callable[[], Told]) -> Told:
        """Return what something says about every member, worked out once.

        Args:
            question: what is asked.
            answer: works it out; always the same for the same question.
        """
        if question not in self._known:
            self._known[question] = answer()
        return cast("Told", self._known[question])

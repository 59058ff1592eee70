"""Sets of requests: a box is one set of values per dimension, a region is a union of boxes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ddb_perimeter.policy.match import TooLargeError, check_time

if TYPE_CHECKING:
    from collections.abc import Iterable

Box = tuple[int, ...]  # one bit mask per dimension; a box with an empty mask is not kept
Region = tuple[Box, ...]
EMPTY: Final[Region] = ()
MAX_BOXES: Final = 3_000
MAX_STEPS: Final = 150_000


class Budget:
    """How many box operations one question may still take."""

    __slots__ = ("left",)

    def __init__(self, steps: int = MAX_STEPS) -> None:
        self.left = steps

    def spend(self, steps: int = 1) -> None:
        """Count steps.

        Raises:
            TooLargeError: none are left.
        """
        self.left -= steps
        if self.left // 512 != (self.left + steps) // 512:
            check_time()
        if self.left < 0:
            raise TooLargeError("its policies make more combinations than may be looked at")


def intersect_boxes(one: Box, other: Box) -> Box | None:
    """Return what two boxes share, or None."""
    shared = tuple(a & b for a, b in zip(one, other, strict=True))
    return shared if all(shared) else None


def contains(outer: Box, inner: Box) -> bool:
    """Say whether one box lies inside another."""
    return all(b & ~a == 0 for a, b in zip(outer, inner, strict=True))


def intersect(one: Region, other: Region, budget: Budget) -> Region:
    """Return what two regions share."""
    result: dict[Box, None] = {}
    for a in one:
        budget.spend(len(other))
        for b in other:
            shared = intersect_boxes(a, b)
            if shared is not None:
                result[shared] = None
        if len(result) > MAX_BOXES:
            raise TooLargeError("its policies make more combinations than may be looked at")
    return tuple(result)


def union(*regions: Iterable[Box]) -> Region:
    """Return the requests in any of the regions."""
    return tuple(dict.fromkeys(box for region in regions for box in region))


def subtract(region: Region, removed: Iterable[Box], budget: Budget) -> Region:
    """Return the requests of a region that are in none of the removed boxes."""
    left = list(region)
    for box in removed:
        budget.spend(len(left) + 1)
        rest: list[Box] = []
        for each in left:
            rest += _subtract_box(each, box)
        left = rest
        if not left:
            break
        if len(left) > MAX_BOXES:
            raise TooLargeError("its policies make more combinations than may be looked at")
    return tuple(left)


def _subtract_box(box: Box, removed: Box) -> list[Box]:
    """Cut one box out of another: what is left, one dimension after the other."""
    shared = intersect_boxes(box, removed)
    if shared is None:
        return [box]
    rest: list[Box] = []
    head: Box = ()
    for at, (mine, both) in enumerate(zip(box, shared, strict=True)):
        outside = mine & ~both
        if outside:
            rest.append((*head, outside, *box[at + 1 :]))
        head = (*head, both)
    return rest


def a_point(region: Region) -> tuple[int, ...] | None:
    """Return the value numbers of the likeliest request of a region, or None.

    Values are numbered likeliest first, so the point with the smallest numbers reads best.
    """
    points = (tuple((mask & -mask).bit_length() - 1 for mask in box) for box in region)
    return min(points, key=lambda point: (sum(point), point), default=None)


def bits(mask: int) -> list[int]:
    """Return the value numbers in a mask."""
    found = []
    while mask:
        low = mask & -mask
        found.append(low.bit_length() - 1)
        mask ^= low
    return found

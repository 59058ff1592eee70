"""What the list of what the emulator lacks explains, and what it does not."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from rehearsal.comparison import ABSENT

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterable

    from rehearsal.lacking import Clash, Drop
    from rehearsal.readback import Broken, Deployed, Place

_ACCOUNT_WIDE = ("AWS::IAM::", "AWS::S3::")


def explains(drop: Drop, broken: Broken) -> bool:
    """Return whether a property is absent as the list says.

    A property that is there with another value is no drop: it is wrong.

    Args:
        drop: entry of the list.
        broken: what is not as promised.
    """
    at = broken.difference.path
    return (
        drop.type == broken.place.type
        and (at == drop.path or at.startswith(f"{drop.path}."))
        and broken.difference.found in (ABSENT, False, drop.leaves)
    )


def unexplained(
    broken: Iterable[Broken], drops: Collection[Drop]
) -> tuple[list[Broken], set[Drop]]:
    """Set aside what the list explains.

    Args:
        broken: what is not as promised.
        drops: the list.

    Returns:
        What no entry explains, and the entries that explain something.
    """
    left: list[Broken] = []
    used: set[Drop] = set()
    for promise in broken:
        entries = [drop for drop in drops if explains(drop, promise)]
        used.update(entries)
        if not entries:
            left.append(promise)
    return left, used


def clashing(promises: Iterable[Deployed]) -> list[list[Deployed]]:
    """Return the resources of different stacks that the account has only once.

    Args:
        promises: what was deployed.
    """
    same: dict[Hashable, list[Deployed]] = defaultdict(list)
    for promise in promises:
        place = promise.place
        everywhere = place.type.startswith(_ACCOUNT_WIDE)
        region = "" if everywhere else place.region
        same[place.type, region, promise.physical_id].append(promise)
    return [group for group in same.values() if len(group) > 1]


def settled(
    broken: list[Broken], groups: Iterable[list[Deployed]], clashes: Collection[Clash]
) -> tuple[list[Broken], list[list[Deployed]], set[Clash]]:
    """Set aside what cannot be as promised, since another stack promised it otherwise.

    The account has the resource once, as one of the stacks promised it: that one must be right,
    but for what the account has beyond it, which the other stacks promised.

    Args:
        broken: what is not as promised.
        groups: resources of different stacks that the account has only once.
        clashes: the list of types of which that is known.

    Returns:
        What remains broken; the groups whose type is not on the list; the entries that apply.
    """
    wrong: dict[Place, list[Broken]] = defaultdict(list)
    for promise in broken:
        wrong[promise.place].append(promise)
    unknown: list[list[Deployed]] = []
    used: set[Clash] = set()
    for group in groups:
        entries = [clash for clash in clashes if clash.type == group[0].place.type]
        used.update(entries)
        if not entries:
            unknown.append(group)
        elif any(_kept(wrong[member.place]) for member in group):
            for member in group:
                wrong.pop(member.place, None)
    return [promise for promises in wrong.values() for promise in promises], unknown, used


def _kept(wrong: Iterable[Broken]) -> bool:
    """Say whether everything that was promised is there, if with more beside it."""
    return all(each.difference.promised == ABSENT for each in wrong)

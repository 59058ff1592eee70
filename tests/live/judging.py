"""Reads an account as `ddb-perimeter verify` does, and judges what a change of it can concern."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ddb_perimeter.controls import catalogue
from ddb_perimeter.controls.control import Where
from ddb_perimeter.inventory.account import read_account
from tests.live.emulation.account import HOME

if TYPE_CHECKING:
    from ddb_perimeter.controls.perimeter import Perimeter
    from ddb_perimeter.findings import Result
    from ddb_perimeter.inventory.account import Account as Read
    from ddb_perimeter.inventory.resource import Origin
    from tests.live.emulation.account import Account


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges an account to which the baseline was deployed.

    Args:
        untouched: the account before anybody changed it.
        perimeter: what the baseline's configuration declares.
    """

    untouched: Read
    perimeter: Perimeter

    def all(self, now: Read) -> Result:
        """Ask every control.

        Args:
            now: the account as it is now.
        """
        return catalogue.run(now, self.perimeter)

    def concerned(self, now: Read) -> Result:
        """Ask the controls that read what has changed: the others say what they said before.

        Args:
            now: the account as it is now.
        """
        types = self._changed(now)
        asked = catalogue.select(where=Where.ACCOUNTS)
        only = {each.id for each in asked if not types.isdisjoint(each.types)}
        assert only, "nothing that any control reads has changed"
        return catalogue.run(now, self.perimeter, only)

    def _changed(self, now: Read) -> frozenset[str]:
        """Return the types of resources that are new, gone or different."""
        before, after = _told(self.untouched), _told(now)
        return frozenset(
            key[0] for key in before.keys() | after.keys() if before.get(key) != after.get(key)
        )


def read(account: Account, *regions: str) -> Read:
    """Read an account.

    Args:
        account: the account.
        regions: Regions to read; the home Region unless told.
    """
    return read_account(account.session, regions or (HOME,))


def _told(account: Read) -> dict[tuple[str, str, str], Origin]:
    return {(each.type, each.region, each.logical_id): each.origin for each in account.inventory}

"""Sets of IP addresses: what rules and routes reach, however it is spelled."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ddb_perimeter.inventory.resource import look_up
from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ddb_perimeter.inventory.inventory import Inventory

PREFIX_LIST: Final = "AWS::EC2::PrefixList"

_Range = tuple[int, int]
_WITNESSES: Final = ("203.0.113.7", "198.51.100.7", "192.0.2.7", "2001:db8::7")


@dataclass(frozen=True, slots=True)
class Addresses:
    """A set of addresses.

    Args:
        v4: ranges of IPv4 addresses as numbers, in order, apart from one another.
        v6: likewise for IPv6.
    """

    v4: tuple[_Range, ...] = ()
    v6: tuple[_Range, ...] = ()

    @classmethod
    def of(cls, *blocks: str) -> Addresses:
        """Return the addresses of some blocks; host bits are ignored, as AWS does.

        Args:
            blocks: e.g. ``10.0.0.0/16`` or ``::/0``.

        Raises:
            ValueError: one of them is no block.
        """
        v4: list[_Range] = []
        v6: list[_Range] = []
        for block in blocks:
            parsed = ipaddress.ip_network(block.strip(), strict=False)
            range_ = int(parsed.network_address), int(parsed.broadcast_address)
            (v4 if parsed.version == 4 else v6).append(range_)  # noqa: PLR2004 - IP's own number
        return cls(_merged(v4), _merged(v6))

    def __bool__(self) -> bool:
        """Return whether there is any address."""
        return bool(self.v4 or self.v6)

    def __or__(self, other: Addresses) -> Addresses:
        """Return the addresses of both."""
        return Addresses(_merged([*self.v4, *other.v4]), _merged([*self.v6, *other.v6]))

    def __sub__(self, other: Addresses) -> Addresses:
        """Return the addresses that the other set lacks."""
        return Addresses(_without(self.v4, other.v4), _without(self.v6, other.v6))

    def __and__(self, other: Addresses) -> Addresses:
        """Return the addresses that both have."""
        return self - (self - other)

    @property
    def wide(self) -> bool:
        """Return whether these are more addresses than one organization would name."""
        return _count(self.v4) > 1 << 16 or _count(self.v6) > 1 << 80

    @property
    def witness(self) -> str:
        """Return one of the addresses, a lifelike one where there is a choice.

        Raises:
            ValueError: there is none.
        """
        for address in _WITNESSES:
            if Addresses.of(address) & self:
                return address
        if self.v4:
            return str(ipaddress.IPv4Address(self.v4[0][0]))
        if self.v6:
            return str(ipaddress.IPv6Address(self.v6[0][0]))
        raise ValueError("there is no address in an empty set")


def block(value: object) -> Addresses | Unknown:
    """Return the addresses of a block as a template writes it.

    Args:
        value: a resolved value.
    """
    if isinstance(value, Unknown):
        return value
    try:
        return Addresses.of(str(value))
    except ValueError:
        return Unknown(str(value), "it is no address block")


def blocks(values: Iterable[object]) -> Addresses | Unknown:
    """Return the addresses of several blocks; unknown as soon as one of them is.

    Args:
        values: resolved values; None counts as no address.
    """
    total = Addresses()
    for value in values:
        if value is None:
            continue
        addresses = block(value)
        if isinstance(addresses, Unknown):
            return addresses
        total |= addresses
    return total


def prefix_list(inventory: Inventory, id_: object) -> Addresses | Unknown:
    """Return the addresses of a prefix list; of one that no template declares, unknown.

    Args:
        inventory: where prefix lists are looked for.
        id_: its id.
    """
    found = inventory.by_id(id_, PREFIX_LIST)
    if found is None:
        told = id_ if isinstance(id_, Unknown) else None
        return told or Unknown(str(id_), "the prefix list is not in what was checked")
    entries = found.items("Entries")
    if isinstance(entries, Unknown):
        return entries
    return blocks(look_up(entry, "Cidr", Unknown("Cidr", "left out")) for entry in entries)


def _merged(ranges: list[_Range]) -> tuple[_Range, ...]:
    merged: list[_Range] = []
    for first, last in sorted(ranges):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = merged[-1][0], max(last, merged[-1][1])
        else:
            merged.append((first, last))
    return tuple(merged)


def _without(ranges: tuple[_Range, ...], taken: tuple[_Range, ...]) -> tuple[_Range, ...]:
    left: list[_Range] = []
    for first, last in ranges:
        start = first
        for low, high in taken:
            if high < start or low > last:
                continue
            if low > start:
                left.append((start, low - 1))
            start = high + 1
        if start <= last:
            left.append((start, last))
    return tuple(left)


def _count(ranges: tuple[_Range, ...]) -> int:
    return sum(last - first + 1 for first, last in ranges)


EVERYTHING: Final = Addresses.of("0.0.0.0/0", "::/0")
PRIVATE: Final = Addresses.of(
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "224.0.0.0/3",
    "::/127",
    "fc00::/7",
    "fe80::/10",
    "ff00::/8",
)
"""What no host of the internet has as its address; blocks for documentation do not count."""
PUBLIC: Final = EVERYTHING - PRIVATE
"""What a host of the internet may have as its address."""

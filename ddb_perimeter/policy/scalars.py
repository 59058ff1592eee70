"""Numbers, instants, addresses and bytes as condition operators compare them."""

from __future__ import annotations

import base64
import binascii
import functools
import ipaddress
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation

_DATE = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?)?)?"
)
_NUMBER = re.compile(r"[+-]?\d{1,30}(?:\.\d{1,30})?")
_EPOCH = re.compile(r"\d{5,18}")
Span = tuple[int, int, int]  # IP version, first and last address


@functools.lru_cache(maxsize=2048)
def number(text: str) -> Decimal | None:
    """Read a decimal number, or return None."""
    if not _NUMBER.fullmatch(text):
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


@functools.lru_cache(maxsize=2048)
def instant(text: str) -> Decimal | None:
    """Read an ISO 8601 date of the W3C profile, or seconds since 1970; None if it is neither."""
    if _EPOCH.fullmatch(text):
        return Decimal(text)
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    try:
        moment = datetime(
            int(year),
            int(month or 1),
            int(day or 1),
            int(hour or 0),
            int(minute or 0),
            int(second or 0),
            tzinfo=UTC,
        )
        if zone and zone != "Z":
            sign = 1 if zone[0] == "+" else -1
            moment -= sign * timedelta(hours=int(zone[1:3]), minutes=int(zone[4:6]))
    except (ValueError, OverflowError):
        return None
    return Decimal(int(moment.timestamp())) + Decimal(fraction or 0)


@functools.lru_cache(maxsize=2048)
def span(text: str) -> Span | None:
    """Read an address or a CIDR block as the range that it covers, or return None."""
    try:
        block = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None
    return block.version, int(block.network_address), int(block.broadcast_address)


def address(version: int, value: int) -> str:
    """Spell an address."""
    if version == 4:  # noqa: PLR2004 - the version of IP
        return str(ipaddress.IPv4Address(value))
    return str(ipaddress.IPv6Address(value))


def plain_bytes(text: str) -> bytes | None:
    """Read base 64, or return None."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def truth(text: str) -> bool | None:
    """Read `true` or `false`, whatever the letter case; None if it is neither."""
    return {"true": True, "false": False}.get(text.lower())

"""Sets of addresses."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddb_perimeter.inventory.addresses import (
    EVERYTHING,
    PRIVATE,
    PUBLIC,
    Addresses,
    block,
    blocks,
)
from ddb_perimeter.unknown import Unknown

SMALL = st.builds(
    lambda first, length: f"10.0.0.{first}/{length}",
    st.integers(0, 255),
    st.integers(26, 32),
)
SETS = st.lists(SMALL, max_size=5)


def members(written: list[str]) -> set[int]:
    networks = [ipaddress.ip_network(text, strict=False) for text in written]
    return {int(address) for network in networks for address in network}


def spread(addresses: Addresses) -> set[int]:
    return {value for first, last in addresses.v4 for value in range(first, last + 1)}


@given(SETS, SETS)
def test_sets_behave_as_sets(one: list[str], other: list[str]) -> None:
    left, right = Addresses.of(*one), Addresses.of(*other)

    assert spread(left | right) == members(one) | members(other)
    assert spread(left & right) == members(one) & members(other)
    assert spread(left - right) == members(one) - members(other)
    assert bool(left) is bool(one)


def test_halves_are_a_whole() -> None:
    assert Addresses.of("0.0.0.0/1", "128.0.0.0/1", "::/1", "8000::/1") == EVERYTHING
    assert PRIVATE | PUBLIC == EVERYTHING
    assert not PRIVATE & PUBLIC


@pytest.mark.parametrize(
    ("written", "witness", "wide"),
    [
        (("0.0.0.0/0",), "203.0.113.7", True),
        (("::/0",), "2001:db8::7", True),
        (("8.8.8.0/24",), "8.8.8.0", False),
        (("8.8.0.0/16",), "8.8.0.0", False),
        (("8.8.0.0/15",), "8.8.0.0", True),
        (("2600::/48",), "2600::", False),
        (("2600::/47",), "2600::", True),
    ],
)
def test_witnesses_are_members(written: tuple[str, ...], witness: str, *, wide: bool) -> None:
    addresses = Addresses.of(*written)

    assert (addresses.witness, addresses.wide) == (witness, wide)


def test_an_empty_set_has_no_witness() -> None:
    with pytest.raises(ValueError, match="empty"):
        _ = Addresses().witness


def test_what_is_no_block_is_unknown() -> None:
    assert block("10.0.0.7/24") == Addresses.of("10.0.0.0/24")
    assert block("all") == Unknown("all", "it is no address block")
    assert block(Unknown("x", "y")) == Unknown("x", "y")
    assert blocks(["10.0.0.0/24", None]) == Addresses.of("10.0.0.0/24")
    assert blocks(["10.0.0.0/24", "all"]) == Unknown("all", "it is no address block")

"""What passes between a network and the outside: what groups admit and where routes lead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ddb_perimeter.inventory.addresses import (
    EVERYTHING,
    PREFIX_LIST,
    PRIVATE,
    PUBLIC,
    Addresses,
    block,
    blocks,
    prefix_list,
)
from ddb_perimeter.inventory.network import Way
from ddb_perimeter.inventory.security_groups import Peer
from ddb_perimeter.inventory.topology import network
from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from ddb_perimeter.inventory.inventory import Inventory
    from ddb_perimeter.inventory.network import Route, Subnet
    from ddb_perimeter.inventory.security_groups import Rule

NETWORK_ACL: Final = "AWS::EC2::SubnetNetworkAclAssociation"

PASSAGE_TYPES: Final = frozenset({PREFIX_LIST, NETWORK_ACL})
"""What to ask `System.scenarios` for besides the network's own types."""

INTERNET: Final = frozenset({Way.INTERNET, Way.CARRIER})
"""Ways on which hosts of the internet and those of a subnet reach one another."""
OUTWARD: Final = frozenset({Way.NAT, Way.EGRESS_ONLY})
"""Ways on which hosts of a subnet reach the internet."""


@dataclass(frozen=True, slots=True)
class Packet:
    """A packet that comes in from the internet.

    Args:
        source: address that it comes from.
        rule: rule that admits it.
        route: route that answers it.
        subnet: subnet that it reaches.
    """

    source: str
    rule: Rule
    route: Route
    subnet: Subnet


def admitted(inventory: Inventory, rule: Rule) -> Addresses | Unknown:
    """Return the addresses that a rule names; of another group, none.

    Args:
        inventory: where prefix lists are looked for.
        rule: the rule.
    """
    if rule.peer_kind in {Peer.IPV4, Peer.IPV6}:
        return block(rule.peer)
    if rule.peer_kind is Peer.PREFIX_LIST:
        return prefix_list(inventory, rule.peer)
    if rule.peer_kind is Peer.GROUP:
        return Addresses()
    return rule.peer if isinstance(rule.peer, Unknown) else Unknown(str(rule.peer), "no peer")


def destination(inventory: Inventory, route: Route) -> Addresses | Unknown:
    """Return the addresses that a route is for.

    Args:
        inventory: where prefix lists are looked for.
        route: the route.
    """
    if isinstance(route.destination, str) and route.destination.startswith("pl-"):
        return prefix_list(inventory, route.destination)
    return block(route.destination)


def reaches_internet(inventory: Inventory, route: Route) -> bool | Unknown:
    """Return whether hosts of the internet are behind a route, directly or further on.

    Args:
        inventory: where prefix lists are looked for.
        route: the route.
    """
    if route.way in INTERNET | OUTWARD:
        return True
    if route.way is Way.LOCAL:
        return False
    to = destination(inventory, route)
    if isinstance(to, Unknown):
        return to
    if not to & PUBLIC:
        return False
    if route.way in {Way.ENDPOINT, Way.UNKNOWN}:
        return Unknown(str(route.target), "what is behind this target cannot be seen")
    return True


def neighbours(
    inventory: Inventory, vpcs: Collection[object], subnets: Iterable[Subnet]
) -> Addresses | Unknown:
    """Return the addresses of VPCs, and of the peers that some of their subnets have a route to.

    Args:
        inventory: where subnets and prefix lists are looked for.
        vpcs: ids of the VPCs.
        subnets: those whose routes count.
    """
    own = [subnet for subnet in network(inventory).subnets if subnet.vpc in vpcs]
    if not own:
        return Unknown(", ".join(map(str, vpcs)), "no subnet of its VPC was checked")
    written: list[object] = []
    for subnet in own:
        written.append(subnet.cidr)
        if isinstance(subnet.ipv6, str):
            written.append(subnet.ipv6)
    addresses = blocks(written)
    if isinstance(addresses, Unknown):
        return addresses
    for subnet in subnets:
        routes = [] if isinstance(subnet.route_table, Unknown) else subnet.route_table.routes
        for route in routes:
            peers = destination(inventory, route) if route.way is Way.PEERING else Addresses()
            if not isinstance(peers, Unknown):
                addresses |= peers & PRIVATE
    return addresses


def packet(inventory: Inventory, rules: Iterable[Rule], subnets: Iterable[Subnet]) -> Packet | None:
    """Return a packet of the internet that passes one of the rules and a route; None if none does.

    A subnet with a network ACL of its own is not claimed to be open: nothing here reads ACLs.

    Args:
        inventory: where prefix lists are looked for.
        rules: rules that admit traffic for the port in question.
        subnets: where it would arrive.
    """
    guarded = [resource.at("SubnetId") for resource in inventory.of_type(NETWORK_ACL)]
    if any(isinstance(id_, Unknown) for id_ in guarded):
        return None
    open_subnets = [s for s in subnets if s.id not in guarded]
    for rule in rules:
        sources = admitted(inventory, rule)
        if isinstance(sources, Unknown):
            continue
        for subnet in open_subnets:
            routes = [] if isinstance(subnet.route_table, Unknown) else subnet.route_table.routes
            for route in routes:
                back = destination(inventory, route) if route.way in INTERNET else EVERYTHING
                if route.way not in INTERNET or isinstance(back, Unknown):
                    continue
                passing = sources & back & PUBLIC
                if passing:
                    return Packet(passing.witness, rule, route, subnet)
    return None

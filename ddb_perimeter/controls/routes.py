"""Ways out of the networks from which tables are reached: routes to anything but the endpoint."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

from ddb_perimeter.controls.control import broken, control, exempt, holds, unknown, unresolved
from ddb_perimeter.findings import Exposure, Severity
from ddb_perimeter.inventory.addresses import PUBLIC, Addresses
from ddb_perimeter.inventory.caches import CLUSTER, TLS_PORT
from ddb_perimeter.inventory.client_networks import (
    CLIENT_TYPES,
    client_networks,
    unseen_networks,
)
from ddb_perimeter.inventory.network import Way
from ddb_perimeter.inventory.passage import INTERNET, admitted, destination
from ddb_perimeter.inventory.topology import network
from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ddb_perimeter.controls.control import Judgment, Judgments
    from ddb_perimeter.controls.perimeter import Perimeter
    from ddb_perimeter.inventory import Inventory, Resource
    from ddb_perimeter.inventory.client_networks import ClientNetwork
    from ddb_perimeter.inventory.network import Route, RouteTable, Subnet

_ROUTING: Final = ("RouteTableId", "RouteTableIds", "SubnetId")
_ELSEWHERE: Final = frozenset(
    {Way.TRANSIT, Way.VIRTUAL_PRIVATE, Way.CORE_NETWORK, Way.LOCAL_GATEWAY}
)
_Question: TypeAlias = "Callable[[Inventory, Route], bool | Unknown]"


@control(
    id="vpc-no-igw-route",
    title="Subnets of clients and caches have no route to an internet gateway",
    severity=Severity.HIGH,
    why="The perimeter is the VPC's endpoint. A subnet with a route to an internet gateway can be "
    "entered from outside, and its hosts can call DynamoDB past the endpoint and its policy.",
    source="https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html",
    fix="Remove the route, or move what needs the internet into subnets that the DynamoDB "
    "endpoint does not serve.",
    types=CLIENT_TYPES,
)
def no_internet_route(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    """Judge every route of the subnets of clients and caches."""
    return _judge(inventory, perimeter, _to_internet)


def _to_internet(_: Inventory, route: Route) -> bool | Unknown:
    if route.way is Way.UNKNOWN:
        return Unknown(str(route.target), "what it leads to cannot be told")
    return route.way in INTERNET


@control(
    id="vpc-no-nat-path",
    title="Subnets of clients and caches have no way out through NAT",
    severity=Severity.MEDIUM,
    why="Through NAT, calls fall back to DynamoDB's public endpoint without anybody noticing as "
    "soon as the VPC endpoint or its route is gone, and data can be sent anywhere.",
    source="https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html",
    fix="Remove the route; reach other AWS services through endpoints of their own.",
    types=CLIENT_TYPES,
)
def no_nat_path(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    """Judge every route of the subnets of clients and caches; an instance may forward, too."""
    return _judge(inventory, perimeter, _through_nat)


def _through_nat(_: Inventory, route: Route) -> bool | Unknown:
    if route.way is Way.ENDPOINT:
        return Unknown(str(route.target), "what is behind this endpoint cannot be seen")
    return route.way in {Way.NAT, Way.INSTANCE}


@control(
    id="vpc-no-ipv6-egress",
    title="Subnets of clients and caches have no way out over IPv6",
    severity=Severity.HIGH,
    why="Gateway endpoints carry IPv4 only, while DynamoDB's dual-stack names answer on IPv6: a "
    "route for it leads past the endpoint.",
    source="https://docs.aws.amazon.com/vpc/latest/userguide/egress-only-internet-gateway.html",
    fix="Remove the route; leave IPv6 out of these subnets.",
    types=CLIENT_TYPES,
)
def no_ipv6_egress(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    """Judge every route of the subnets of clients and caches."""
    return _judge(inventory, perimeter, _over_ipv6)


def _over_ipv6(inventory: Inventory, route: Route) -> bool | Unknown:
    if route.way is Way.EGRESS_ONLY:
        return True
    if route.way in {Way.LOCAL, Way.ENDPOINT} or route.resource.type != "AWS::EC2::Route":
        return False
    to = destination(inventory, route)
    return to if isinstance(to, Unknown) else bool((to & PUBLIC).v6)


@control(
    id="vpc-no-transit-path",
    title="Subnets of clients and caches have no route to other networks",
    severity=Severity.MEDIUM,
    why="Through a transit gateway, a VPN or a core network, hosts of other networks can reach "
    "these subnets, and these subnets whatever way out the other networks have.",
    source="https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html",
    fix="Remove the route or the propagation.",
    types=CLIENT_TYPES,
)
def no_transit_path(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    """Judge every route of the subnets of clients and caches."""
    return _judge(inventory, perimeter, lambda _, route: route.way in _ELSEWHERE)


@dataclass(slots=True)
class _Use:
    """Which subnets use a route, and what was concluded about it."""

    network: ClientNetwork
    answer: bool | Unknown
    subnets: list[Subnet] = field(default_factory=list)


def _judge(inventory: Inventory, perimeter: Perimeter, asked: _Question) -> Iterator[Judgment]:
    """Judge the routes of every network of clients by one question."""
    yield from unseen(inventory, perimeter, "routes")
    for route, use in _uses(inventory, asked).items():
        subject, evidence = route.resource.subject(), route.resource.evidence(route.pointer)
        if isinstance(use.answer, Unknown):
            yield unresolved(subject, "The target of the route", use.answer, evidence=evidence)
        else:
            yield broken(
                subject,
                f"It sends {_spell(route)} from {names(use.subnets)} to the {route.way} "
                f"{route.target}.",
                exposure=Exposure.WEAKENED,
                evidence=evidence,
            )
    for place in client_networks(inventory):
        for subnet in place.subnets:
            if isinstance(subnet.route_table, Unknown):
                yield unresolved(subnet.resource.subject(), "Its route table", subnet.route_table)
            elif not any(asked(inventory, route) for route in subnet.route_table.routes):
                yield holds(subnet.resource.subject())
    for unplaced in network(inventory).unplaced:
        if isinstance(unplaced.target, Unknown) and unplaced.pointer.endswith(_ROUTING):
            yield unresolved(
                unplaced.resource.subject(),
                unplaced.pointer.removeprefix("Properties."),
                unplaced.target,
                evidence=unplaced.resource.evidence(unplaced.pointer),
            )


def _uses(inventory: Inventory, asked: _Question) -> dict[Route, _Use]:
    uses: dict[Route, _Use] = {}
    for place in client_networks(inventory):
        for subnet in place.subnets:
            for route in _routes(subnet.route_table):
                answer = asked(inventory, route)
                if answer is not False:
                    uses.setdefault(route, _Use(place, answer)).subnets.append(subnet)
    return uses


def _routes(table: RouteTable | Unknown) -> list[Route]:
    return [] if isinstance(table, Unknown) else table.routes


def _spell(route: Route) -> str:
    return (
        "whatever is announced"
        if isinstance(route.destination, Unknown)
        else str(route.destination)
    )


def names(subnets: list[Subnet]) -> str:
    """Spell subnets by their logical ids.

    Args:
        subnets: at least one.
    """
    return ", ".join(subnet.resource.logical_id for subnet in subnets)


def unseen(inventory: Inventory, perimeter: Perimeter, what: str) -> Iterator[Judgment]:
    """Doubt what is in a VPC that neither a template nor the user declares.

    Args:
        inventory: where endpoints and caches are.
        perimeter: what the user declares.
        what: what cannot be seen, e.g. ``routes``.
    """
    for resource, vpc in unseen_networks(inventory):
        yield unseen_part(resource, vpc, perimeter, what)


def unseen_part(resource: Resource, vpc: object, perimeter: Perimeter, what: str) -> Judgment:
    """Doubt one resource in a VPC that no template declares, unless the user does.

    Args:
        resource: the endpoint or cache.
        vpc: id of its VPC.
        perimeter: what the user declares.
        what: what cannot be seen, e.g. ``routes``.
    """
    if isinstance(vpc, str) and vpc in perimeter.vpcs:
        return holds(resource.subject())
    why = "cannot be told" if isinstance(vpc, Unknown) else f"{vpc} is not in what was checked"
    pointer = "SubnetGroupName" if resource.type == CLUSTER else "VpcId"
    return unknown(
        resource.subject(),
        f"Its VPC {why}, so its {what} cannot be seen.",
        evidence=resource.evidence(f"Properties.{pointer}"),
        fix="Check the templates of the VPC together with these, or declare it with vpcs in "
        "[perimeter].",
    )


@control(
    id="vpc-no-peering-path",
    title="Peered networks reach caches on their TLS port alone, and nothing else",
    severity=Severity.MEDIUM,
    why="Whatever is in the peered network can reach the subnets that have a route to it.",
    source="https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html",
    fix="Remove the route. For readers in another account, put it on the cache's subnets alone, "
    f"and admit exactly its range, on port {TLS_PORT} alone, in the cache's security group.",
    types=CLIENT_TYPES,
)
def no_peering_path(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    """Judge every peering route; one that lets a declared range read through a cache is named."""
    yield from _judge(inventory, perimeter, _unlisted_peering)
    for route, use in _uses(inventory, _peering).items():
        if _reads_through_cache(inventory, use.network, route):
            yield exempt(
                route.resource.subject(),
                f"{_spell(route)} through {route.target}",
                f"Clients of this range may connect to the cache in {names(use.subnets)} on port "
                f"{TLS_PORT}; no other subnet has a route to them.",
            )


def _peering(_: Inventory, route: Route) -> bool | Unknown:
    return route.way is Way.PEERING


def _unlisted_peering(inventory: Inventory, route: Route) -> bool | Unknown:
    if route.way is not Way.PEERING:
        return False
    places = [
        place
        for place in client_networks(inventory)
        if any(route in _routes(subnet.route_table) for subnet in place.vpc.subnets)
    ]
    return not all(_reads_through_cache(inventory, place, route) for place in places)


def _reads_through_cache(inventory: Inventory, place: ClientNetwork, route: Route) -> bool:
    """Return whether a peering route does no more than let a declared range use the cache.

    It is on subnets of the cache alone, and the cache's groups admit exactly that range on the
    TLS port, and no rule of the VPC admits it on another one.
    """
    to = destination(inventory, route)
    if isinstance(to, Unknown) or not to or to & PUBLIC:
        return False
    using = [s for s in place.vpc.subnets if route in _routes(s.route_table)]
    if not set(using) <= set(place.cache_subnets):
        return False
    own = [group for cache in place.caches for group in cache.known_groups]
    paired = False
    for group in dict.fromkeys([*own, *place.vpc.groups]):
        for rule in group.ingress:
            peers = admitted(inventory, rule)
            if isinstance(peers, Unknown) or not peers & to:
                continue
            if (rule.protocol, rule.ports) != ("tcp", (TLS_PORT, TLS_PORT)) or group not in own:
                return False
            paired = paired or not _differs(peers, to)
    return paired


def _differs(one: Addresses, other: Addresses) -> bool:
    return bool(one - other) or bool(other - one)

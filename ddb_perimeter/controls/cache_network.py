"""Who can connect to DAX clusters: security groups by reach, and the routes of their subnets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ddb_perimeter.controls.control import broken, control, holds, unknown, unresolved
from ddb_perimeter.findings import Counterexample, Exposure, Severity
from ddb_perimeter.inventory.addresses import PRIVATE, PUBLIC, Addresses
from ddb_perimeter.inventory.caches import CACHE_TYPES, PLAIN_PORT, TLS_PORT, caches
from ddb_perimeter.inventory.network import Way
from ddb_perimeter.inventory.passage import (
    INTERNET,
    PASSAGE_TYPES,
    admitted,
    neighbours,
    packet,
    reaches_internet,
)
from ddb_perimeter.inventory.security_groups import INGRESS, Peer
from ddb_perimeter.inventory.topology import network
from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddb_perimeter.controls.control import Judgment, Judgments
    from ddb_perimeter.controls.perimeter import Perimeter
    from ddb_perimeter.inventory import Inventory
    from ddb_perimeter.inventory.caches import Cache
    from ddb_perimeter.inventory.security_groups import Rule, SecurityGroup

_TYPES: Final = CACHE_TYPES | PASSAGE_TYPES
_GROUPS: Final = "SecurityGroupIds"
_SUBNETS: Final = "SubnetGroupName"


@control(
    id="dax-private-subnets",
    title="No subnet of a cache has a way to the internet",
    severity=Severity.HIGH,
    why="Nodes in a subnet with a route to a gateway can be reached from outside as soon as a "
    "security group admits it, and can send what they hold anywhere.",
    source="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DAX.create-cluster.cli.create-subnet-group.html",
    fix="Put the cluster into subnets whose route table has no route to an internet, NAT, "
    "egress-only or transit gateway, and that give out no public addresses.",
    types=_TYPES,
)
def private_subnets(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    """Judge each cluster by every subnet of its subnet group."""
    for cache in caches(inventory):
        findings = list(_ways_out(inventory, perimeter, cache))
        yield from findings or [holds(cache.resource.subject())]


def _ways_out(inventory: Inventory, perimeter: Perimeter, cache: Cache) -> Iterator[Judgment]:
    subject = cache.resource.subject()
    evidence = cache.resource.evidence(f"Properties.{_SUBNETS}")
    entry = _entry(inventory, cache)
    for subnet in cache.subnets:
        if isinstance(subnet, Unknown):
            if not cache.declared_elsewhere(perimeter.vpcs):
                yield unresolved(subject, "A subnet of the cache", subnet, evidence=evidence)
            continue
        id_ = subnet.resource.logical_id
        name = f"Subnet {id_}"
        if isinstance(subnet.public_addresses, Unknown):
            public = subnet.public_addresses
            yield unresolved(subject, f"MapPublicIpOnLaunch of {id_}", public, evidence=evidence)
        elif subnet.public_addresses:
            yield broken(subject, f"{name} gives out public addresses.", evidence=evidence)
        if isinstance(subnet.route_table, Unknown):
            table = subnet.route_table
            yield unresolved(subject, f"The route table of {id_}", table, evidence=evidence)
            continue
        for route in subnet.route_table.routes:
            leads = reaches_internet(inventory, route)
            told = f"route {route.resource.logical_id} of subnet {id_}"
            if isinstance(leads, Unknown):
                yield unresolved(subject, f"The target of {told}", leads, evidence=evidence)
            elif leads:
                through = entry if route.way in INTERNET and _allowed(entry) else None
                yield broken(
                    subject,
                    f"{name} has a way out: route {route.resource.logical_id} sends "
                    f"{route.destination} to {_target(route.way)} {route.target}.",
                    exposure=Exposure.REACHABLE if through else Exposure.WEAKENED,
                    evidence=evidence,
                    counterexample=through,
                    severity=Severity.CRITICAL if through else None,
                )
    yield from _unplaced_routes(inventory, cache)


def _unplaced_routes(inventory: Inventory, cache: Cache) -> Iterator[Judgment]:
    """Doubt routes and associations that may belong to any subnet."""
    for unplaced in network(inventory).unplaced:
        if unplaced.resource.type == INGRESS or not isinstance(unplaced.target, Unknown):
            continue
        if unplaced.pointer.endswith(("RouteTableId", "RouteTableIds", "SubnetId")):
            yield unresolved(
                cache.resource.subject(),
                f"{unplaced.pointer.removeprefix('Properties.')} of "
                f"{unplaced.resource.logical_id}, which may concern a subnet of the cache,",
                unplaced.target,
                evidence=cache.resource.evidence(f"Properties.{_SUBNETS}"),
            )


def _target(way: Way) -> str:
    return f"{'an' if way.value[0] in 'aeiou' else 'the'} {way.value}"


@control(
    id="dax-sg-source-only",
    title="Security groups of caches admit clients only",
    severity=Severity.HIGH,
    why="DAX answers with what its own role may read. Apart from its credentials check, its "
    "security groups alone decide who can try.",
    source="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DAX.access-control.html",
    fix="Admit port 9111 from the security groups or subnets of the clients, and from nowhere "
    "else; give the cluster a group of its own.",
    types=_TYPES,
)
def clients_only(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    """Judge every rule of every group of each cluster by the addresses that it admits."""
    for cache in caches(inventory):
        findings = list(_strangers(inventory, perimeter, cache))
        yield from findings or [holds(cache.resource.subject())]


@dataclass(frozen=True, slots=True)
class _Door:
    """A rule for a port of a cache, and what it admits."""

    group: SecurityGroup
    rule: Rule
    addresses: Addresses | Unknown


def _doors(inventory: Inventory, cache: Cache, *ports: int) -> list[_Door]:
    """Return the rules that admit traffic for one of some ports."""
    return [
        _Door(group, rule, admitted(inventory, rule))
        for group in cache.known_groups
        for rule in group.ingress
        if any(rule.covers(port) is not False for port in ports)
    ]


def _strangers(inventory: Inventory, perimeter: Perimeter, cache: Cache) -> Iterator[Judgment]:
    subject = cache.resource.subject()
    named = cache.resource.evidence(f"Properties.{_GROUPS}")
    for missing in cache.groups:
        if isinstance(missing, Unknown) and not cache.declared_elsewhere(perimeter.vpcs):
            yield unresolved(subject, "A security group of the cache", missing, evidence=named)
    for group in cache.known_groups:
        if group.default:
            yield broken(
                subject,
                "The cluster is in its VPC's default security group, which is that of everything "
                f"that was given no group of its own, and has {_count(group.ingress)}.",
                exposure=Exposure.WEAKENED if group.ingress else Exposure.NONE,
                evidence=named,
                severity=None if group.ingress else Severity.MEDIUM,
            )
    doors = _doors(inventory, cache, TLS_PORT, PLAIN_PORT)
    inside = _inside(inventory, cache, perimeter)
    world = Addresses()
    for door in doors:
        if not isinstance(door.addresses, Unknown):
            world |= _outside(door.addresses, inside)
    entry = _entry(inventory, cache)
    for door in doors:
        yield from _door(door, cache, inside, entry, wide=world.wide)
    for unplaced in network(inventory).unplaced:
        if unplaced.resource.type == INGRESS and isinstance(unplaced.target, Unknown):
            yield unresolved(
                subject,
                f"The group of rule {unplaced.resource.logical_id}, which may be the cluster's,",
                unplaced.target,
                evidence=named,
            )


def _count(rules: list[Rule]) -> str:
    return f"{len(rules) or 'no'} rule{'' if len(rules) == 1 else 's'} for what comes in"


def _outside(addresses: Addresses, inside: Addresses | Unknown) -> Addresses:
    """Return the public addresses of a set that are not of the cache's own VPC."""
    return addresses & PUBLIC if isinstance(inside, Unknown) else (addresses & PUBLIC) - inside


def _door(
    door: _Door,
    cache: Cache,
    inside: Addresses | Unknown,
    entry: Counterexample | None,
    *,
    wide: bool,
) -> Iterator[Judgment]:
    rule = door.rule
    subject, evidence = rule.resource.subject(), rule.resource.evidence(rule.pointer)
    cluster = f"cluster {cache.resource.logical_id}"
    ports = f"{rule.protocol} {_spell(rule.ports)}"
    for doubt in (rule.protocol, rule.ports, door.addresses):
        if isinstance(doubt, Unknown):
            yield unresolved(subject, f"Who may connect to {cluster}", doubt, evidence=evidence)
            return
    if isinstance(door.addresses, Unknown) or rule.peer_kind is Peer.GROUP:
        return
    public = _outside(door.addresses, inside)
    if public:
        yield broken(
            subject,
            f"{rule.peer} may connect to {cluster} ({ports}), for example {public.witness}.",
            exposure=Exposure.REACHABLE if _allowed(entry) else Exposure.WEAKENED,
            evidence=evidence,
            counterexample=entry,
            severity=Severity.CRITICAL if wide or _allowed(entry) else None,
        )
        return
    near = door.addresses & PRIVATE
    if isinstance(inside, Unknown):
        if near:
            yield unknown(
                subject,
                f"{rule.peer} may connect to {cluster}, and whether these are its clients cannot "
                f"be told: {inside.why} ({inside}).",
                evidence=evidence,
            )
    elif near - inside:
        yield broken(
            subject,
            f"{rule.peer} may connect to {cluster} ({ports}): wider than the subnets of its VPC "
            f"and peers with a route, for example {(near - inside).witness}.",
            exposure=Exposure.WEAKENED,
            evidence=evidence,
            severity=Severity.MEDIUM,
        )


def _spell(ports: tuple[int, int] | Unknown) -> str:
    if isinstance(ports, Unknown):
        return str(ports)
    return str(ports[0]) if ports[0] == ports[1] else f"{ports[0]}-{ports[1]}"


def _allowed(entry: Counterexample | None) -> bool:
    return entry is not None and entry.outcome == "allowed"


def _inside(inventory: Inventory, cache: Cache, perimeter: Perimeter) -> Addresses | Unknown:
    """Return the addresses of the VPC's subnets, and of peers that the cache has a route to."""
    inside = neighbours(inventory, cache.vpcs, cache.known_subnets)
    if isinstance(inside, Unknown) and cache.declared_elsewhere(perimeter.vpcs):
        return PRIVATE  # its ranges are the user's to know
    return inside


def _entry(inventory: Inventory, cache: Cache) -> Counterexample | None:
    """Return a packet of the internet, and whether it arrives; None when no group admits any."""
    rules = [door.rule for door in _doors(inventory, cache, *cache.ports)]
    to = cache.resource.arn or cache.resource.logical_id
    port = cache.ports[0]
    found = packet(inventory, rules, cache.known_subnets)
    if found is not None:
        return Counterexample(
            caller=found.source,
            action=f"tcp/{port}",
            resource=to,
            origin="the internet",
            outcome="allowed",
            because=f"{found.rule.resource.logical_id} admits {found.rule.peer} and "
            f"{found.route.resource.logical_id} routes {found.subnet.resource.logical_id} to "
            f"the {found.route.way} {found.route.target}",
        )
    if not _closed_off(cache):
        return None
    for door in _doors(inventory, cache, *cache.ports):
        if not isinstance(door.addresses, Unknown) and door.addresses & PUBLIC:
            return Counterexample(
                caller=(door.addresses & PUBLIC).witness,
                action=f"tcp/{port}",
                resource=to,
                origin="the internet",
                outcome="denied",
                because=f"{door.rule.resource.logical_id} admits {door.rule.peer}, and only the "
                "missing route to an internet gateway stops it",
            )
    return None


def _closed_off(cache: Cache) -> bool:
    """Return whether it is certain that no subnet of a cache has a route to the internet."""
    return all(
        not isinstance(subnet, Unknown)
        and not isinstance(subnet.route_table, Unknown)
        and all(route.way not in INTERNET | {Way.UNKNOWN} for route in subnet.route_table.routes)
        for subnet in cache.subnets
    )


@control(
    id="dax-no-plaintext-port",
    title="The port without TLS is closed on caches",
    severity=Severity.MEDIUM,
    why="Port 8111 is where a cluster without TLS listens: open, it serves plain text as soon as "
    "the cluster is replaced by one that lacks TLS.",
    source="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DAXEncryptionInTransit.html",
    fix="Admit port 9111 alone, not a range with 8111 nor all traffic.",
    types=_TYPES,
)
def plain_port_closed(inventory: Inventory, _: Perimeter) -> Judgments:
    """Judge every rule of every group of each cluster; dax-sg-source-only names what is unseen."""
    for cache in caches(inventory):
        doors = _doors(inventory, cache, PLAIN_PORT)
        for door in doors:
            subject = door.rule.resource.subject()
            evidence = door.rule.resource.evidence(door.rule.pointer)
            covers = door.rule.covers(PLAIN_PORT)
            if isinstance(covers, Unknown):
                yield unresolved(subject, "The ports of the rule", covers, evidence=evidence)
            else:
                yield broken(
                    subject,
                    f"{door.rule.peer} may connect to port {PLAIN_PORT} of cluster "
                    f"{cache.resource.logical_id} ({door.rule.protocol} "
                    f"{_spell(door.rule.ports)}).",
                    exposure=Exposure.NONE if cache.tls is True else Exposure.WEAKENED,
                    evidence=evidence,
                )
        if not doors:
            yield holds(cache.resource.subject())

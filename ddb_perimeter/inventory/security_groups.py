"""Security groups with all their rules, inline and separate."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ddb_perimeter.inventory.resource import look_up
from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddb_perimeter.inventory.resource import Resource

GROUP = "AWS::EC2::SecurityGroup"
INGRESS = "AWS::EC2::SecurityGroupIngress"
EGRESS = "AWS::EC2::SecurityGroupEgress"

_ALL_PORTS = (0, 65535)
_PROTOCOLS = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6"}
_WITH_PORTS = frozenset({"tcp", "udp"})


class Peer(enum.StrEnum):
    """Who is at the other end of a rule."""

    IPV4 = "IPv4 block"
    IPV6 = "IPv6 block"
    GROUP = "security group"
    PREFIX_LIST = "prefix list"
    UNKNOWN = "unknown"


_INGRESS_PEERS = {
    "CidrIp": Peer.IPV4,
    "CidrIpv6": Peer.IPV6,
    "SourceSecurityGroupId": Peer.GROUP,
    "SourceSecurityGroupName": Peer.GROUP,
    "SourcePrefixListId": Peer.PREFIX_LIST,
}
_EGRESS_PEERS = {
    "CidrIp": Peer.IPV4,
    "CidrIpv6": Peer.IPV6,
    "DestinationSecurityGroupId": Peer.GROUP,
    "DestinationPrefixListId": Peer.PREFIX_LIST,
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Args:
        resource: what declares it; for a rule that AWS adds, the group or VPC.
        pointer: where it is written; empty for a rule that AWS adds.
        protocol: ``tcp``, ``udp``, ``icmp``, ``icmpv6``, a number, or ``-1`` for all.
        ports: first and last port; all of them for protocols without ports.
        peer_kind: who is at the other end.
        peer: CIDR block, group id or prefix list id.
    """

    resource: Resource
    pointer: str
    protocol: str | Unknown
    ports: tuple[int, int] | Unknown
    peer_kind: Peer
    peer: object

    def covers(self, port: int, protocol: str = "tcp") -> bool | Unknown:
        """Return whether the rule is about a port.

        Args:
            port: the port.
            protocol: its protocol.
        """
        if isinstance(self.protocol, Unknown):
            return self.protocol
        if self.protocol not in {"-1", protocol}:
            return False
        if isinstance(self.ports, Unknown):
            return self.ports
        return self.ports[0] <= port <= self.ports[1]


@dataclass(slots=True, eq=False)
class SecurityGroup:
    """A security group.

    Args:
        resource: what declares it; for a default group, its VPC.
        id: its id.
        vpc: id of its VPC; None for the account's default VPC.
        default: it is the group that AWS makes for each VPC.
        ingress: rules for what comes in.
        egress: rules for what goes out.
    """

    resource: Resource
    id: object
    vpc: object
    default: bool = False
    ingress: list[Rule] = field(default_factory=list)
    egress: list[Rule] = field(default_factory=list)

    @classmethod
    def declared(cls, resource: Resource) -> SecurityGroup:
        """Read a declared group with its inline rules.

        AWS adds a rule that lets everything out unless inline egress rules replace it.

        Args:
            resource: what declares it.
        """
        ingress = list(_inline(resource, "SecurityGroupIngress", _INGRESS_PEERS))
        egress = list(_inline(resource, "SecurityGroupEgress", _EGRESS_PEERS))
        return cls(
            resource=resource,
            id=resource.attribute("GroupId"),
            vpc=resource.at("VpcId"),
            ingress=ingress,
            egress=egress or everything(resource),
        )

    @classmethod
    def default_of(cls, vpc: Resource, *, closed: bool) -> SecurityGroup:
        """Return the default group of a VPC.

        Args:
            vpc: the VPC.
            closed: its own rules have been taken away.
        """
        id_ = vpc.attribute("DefaultSecurityGroup")
        itself = Rule(vpc, "", "-1", _ALL_PORTS, Peer.GROUP, id_)
        return cls(
            resource=vpc,
            id=id_,
            vpc=vpc.physical,
            default=True,
            ingress=[] if closed else [itself],
            egress=[] if closed else everything(vpc),
        )

    @classmethod
    def recorded_default(cls, resource: Resource) -> SecurityGroup:
        """Return the default group of a VPC with the rules that an account told.

        Args:
            resource: the group; no template can declare it.
        """
        return cls(
            resource=resource,
            id=resource.attribute("GroupId"),
            vpc=resource.at("VpcId"),
            default=True,
            ingress=list(_inline(resource, "SecurityGroupIngress", _INGRESS_PEERS)),
            egress=list(_inline(resource, "SecurityGroupEgress", _EGRESS_PEERS)),
        )


def everything(resource: Resource) -> list[Rule]:
    """Return the rules that AWS adds to let everything out.

    Args:
        resource: the group or VPC that they belong to.
    """
    return [
        Rule(resource, "", "-1", _ALL_PORTS, Peer.IPV4, "0.0.0.0/0"),
        Rule(resource, "", "-1", _ALL_PORTS, Peer.IPV6, "::/0"),
    ]


def separate_rule(resource: Resource) -> Rule:
    """Read a rule that is a resource of its own.

    Args:
        resource: what declares it.
    """
    peers = _INGRESS_PEERS if resource.type == INGRESS else _EGRESS_PEERS
    return _rule(resource, "Properties", dict(resource.properties), peers)


def _inline(resource: Resource, property_: str, peers: dict[str, Peer]) -> Iterator[Rule]:
    entries = resource.items(property_)
    if isinstance(entries, Unknown):
        yield _unknown_rule(resource, f"Properties.{property_}", entries)
        return
    for position, entry in enumerate(entries):
        yield _rule(resource, f"Properties.{property_}[{position}]", entry, peers)


def _rule(resource: Resource, pointer: str, entry: object, peers: dict[str, Peer]) -> Rule:
    if not isinstance(entry, dict):
        unknown = entry if isinstance(entry, Unknown) else Unknown(str(entry), "no rule")
        return _unknown_rule(resource, pointer, unknown)
    given = look_up(entry, "IpProtocol", "-1")
    protocol = given if isinstance(given, Unknown) else str(given).lower()
    if isinstance(protocol, str):
        protocol = _PROTOCOLS.get(protocol, protocol)
    named = [(name, entry[name]) for name in peers if entry.get(name) is not None]
    kind, peer = (
        (peers[named[0][0]], named[0][1])
        if named
        else (Peer.UNKNOWN, Unknown("peer", "the rule names none"))
    )
    return Rule(resource, pointer, protocol, _ports(protocol, entry), kind, peer)


def _ports(protocol: str | Unknown, entry: dict[str, object]) -> tuple[int, int] | Unknown:
    if isinstance(protocol, str) and protocol not in _WITH_PORTS:
        return _ALL_PORTS
    numbers: list[int] = []
    for name, default in zip(("FromPort", "ToPort"), _ALL_PORTS, strict=True):
        value = entry.get(name)
        if isinstance(value, Unknown):
            return value
        try:
            numbers.append(default if value is None else int(str(value)))
        except ValueError:
            return Unknown(str(value), f"{name} is no number")
    first, last = numbers
    return _ALL_PORTS if first == -1 else (first, last)


def _unknown_rule(resource: Resource, pointer: str, unknown: Unknown) -> Rule:
    return Rule(resource, pointer, unknown, unknown, Peer.UNKNOWN, unknown)

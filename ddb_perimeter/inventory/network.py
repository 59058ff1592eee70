"""The network as controls see it: routes, groups and endpoints, inline or separate alike."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ddb_perimeter.inventory.resource import as_flag
from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from ddb_perimeter.inventory.resource import Resource
    from ddb_perimeter.inventory.security_groups import SecurityGroup

VPC = "AWS::EC2::VPC"
SUBNET = "AWS::EC2::Subnet"
ROUTE_TABLE = "AWS::EC2::RouteTable"
ENDPOINT = "AWS::EC2::VPCEndpoint"
HOSTED_ZONE = "AWS::Route53::HostedZone"


class Way(enum.StrEnum):
    """What a route leads to, or what is attached to a VPC."""

    INTERNET = "internet gateway"
    NAT = "NAT gateway"
    EGRESS_ONLY = "egress-only internet gateway"
    TRANSIT = "transit gateway"
    PEERING = "VPC peering"
    VIRTUAL_PRIVATE = "virtual private gateway"
    CARRIER = "carrier gateway"
    LOCAL_GATEWAY = "local gateway"
    CORE_NETWORK = "core network"
    INSTANCE = "instance or network interface"
    ENDPOINT = "VPC endpoint"
    LOCAL = "local"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Gateway:
    """A gateway that is attached to a VPC.

    Args:
        way: what it is.
        resource: what declares the gateway or attaches it.
    """

    way: Way
    resource: Resource


@dataclass(frozen=True, slots=True)
class Route:
    """One route.

    Args:
        resource: what declares it.
        destination: CIDR block or prefix list; `Unknown` for routes learned from a gateway.
        way: what it leads to.
        target: the target's id.
        pointer: where the target is written.
    """

    resource: Resource
    destination: object
    way: Way
    target: object
    pointer: str


@dataclass(slots=True, eq=False)
class RouteTable:
    """A route table, or the main one that AWS makes for each VPC.

    Args:
        id: its id; for a main table a placeholder.
        vpc: id of its VPC.
        resource: what declares it; None for a main table.
        routes: every route but the local one.
    """

    id: object
    vpc: object
    resource: Resource | None = None
    routes: list[Route] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Subnet:
    """A subnet.

    Args:
        resource: what declares it.
        id: its id.
        vpc: id of its VPC.
        cidr: IPv4 block.
        ipv6: its IPv6 block; None without one.
        zone: availability zone.
        public_addresses: whether instances get public addresses at launch.
        route_table: its table; `Unknown` if that is not told, e.g. the main table of a VPC that
            the templates only refer to.
    """

    resource: Resource
    id: object
    vpc: object
    cidr: object
    ipv6: object
    zone: object
    public_addresses: bool | Unknown
    route_table: RouteTable | Unknown

    @classmethod
    def of(cls, resource: Resource) -> Subnet:
        """Read a subnet; its route table is told later.

        Args:
            resource: what declares it.
        """
        ipv6 = resource.at("Ipv6CidrBlock")
        if ipv6 is None:
            netmask = resource.at("Ipv6NetmaskLength")
            native = resource.flag("Ipv6Native")
            ipv6 = netmask if netmask is not None else (native or None)
        return cls(
            resource=resource,
            id=resource.physical,
            vpc=resource.at("VpcId"),
            cidr=resource.at("CidrBlock"),
            ipv6=ipv6,
            zone=resource.at("AvailabilityZone"),
            public_addresses=as_flag(resource.at("MapPublicIpOnLaunch")),
            route_table=Unknown("route table", "no template here associates one"),
        )


@dataclass(slots=True, eq=False)
class Vpc:
    """A VPC with all that is in it.

    Args:
        resource: what declares it.
        id: its id.
        cidrs: IPv4 blocks.
        ipv6: whether it has an IPv6 block.
        subnets: its subnets.
        route_tables: its tables, the main one first.
        gateways: what is attached to it.
        endpoints: its endpoints.
        groups: its security groups, the default one first.
    """

    resource: Resource
    id: object
    cidrs: list[object] = field(default_factory=list)
    ipv6: bool | Unknown = False
    subnets: list[Subnet] = field(default_factory=list)
    route_tables: list[RouteTable] = field(default_factory=list)
    gateways: list[Gateway] = field(default_factory=list)
    endpoints: list[Endpoint] = field(default_factory=list)
    groups: list[SecurityGroup] = field(default_factory=list)


@dataclass(frozen=True, slots=True, eq=False)
class Endpoint:
    """A VPC endpoint.

    Args:
        resource: what declares it.
        id: its id.
        kind: ``Gateway``, ``Interface`` or another of AWS's types.
        service_name: e.g. ``com.amazonaws.eu-west-1.dynamodb``.
        vpc: id of its VPC.
        policy: its policy as written; None means that it lets everything through.
        route_tables: ids of the tables that it puts routes into.
        subnets: ids of the subnets that it has interfaces in.
        groups: ids of its security groups.
        private_dns: whether it answers for the service's public name.
    """

    resource: Resource
    id: object
    kind: object
    service_name: object
    vpc: object
    policy: object
    route_tables: list[object] | Unknown
    subnets: list[object] | Unknown
    groups: list[object] | Unknown
    private_dns: bool | Unknown

    POLICY_POINTER = "Properties.PolicyDocument"

    @classmethod
    def of(cls, resource: Resource) -> Endpoint:
        """Read an endpoint.

        Args:
            resource: what declares it.
        """
        return cls(
            resource=resource,
            id=resource.physical,
            kind=resource.at("VpcEndpointType", "Gateway"),
            service_name=resource.at("ServiceName"),
            vpc=resource.at("VpcId"),
            policy=resource.at("PolicyDocument"),
            route_tables=resource.items("RouteTableIds"),
            subnets=resource.items("SubnetIds"),
            groups=resource.items("SecurityGroupIds"),
            private_dns=resource.flag("PrivateDnsEnabled"),
        )

    @property
    def service(self) -> str | Unknown:
        """Return the service that it leads to, e.g. ``dynamodb`` or ``dynamodb-streams``.

        Of a name in AWS's own form that is what follows the Region; any other name is returned
        as it is.
        """
        name = self.service_name
        if not isinstance(name, str):
            return name if isinstance(name, Unknown) else Unknown("ServiceName", "left out")
        prefix, found, rest = name.partition("com.amazonaws.")
        if found and prefix in {"", "cn."}:
            return rest.partition(".")[2] or rest
        return name


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """A DNS record.

    Args:
        resource: what declares it.
        name: its name without the closing dot, in lower case.
        zone: id or name of its zone.
        pointer: where it is written.
    """

    resource: Resource
    name: object
    zone: object
    pointer: str


@dataclass(frozen=True, slots=True, eq=False)
class HostedZone:
    """A DNS zone.

    Args:
        resource: what declares it.
        id: its id.
        name: its name without the closing dot, in lower case.
        vpcs: ids of the VPCs that it answers in; empty for a public zone.
        records: its records.
    """

    resource: Resource
    id: object
    name: object
    vpcs: list[object] | Unknown
    records: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A route, rule or association whose place nobody can tell: it may concern any.

    Args:
        resource: what declares it.
        target: what it says of its place.
        pointer: where it says so.
    """

    resource: Resource
    target: object
    pointer: str


@dataclass(frozen=True, slots=True)
class Network:
    """The network of one world.

    Args:
        vpcs: VPCs.
        subnets: subnets, also those of VPCs that the templates only refer to.
        route_tables: tables, likewise.
        endpoints: endpoints, likewise.
        groups: security groups, likewise.
        zones: DNS zones.
        records: DNS records of zones that are not in the templates.
        unplaced: what belongs to tables, groups or subnets that are not in the templates.
    """

    vpcs: tuple[Vpc, ...]
    subnets: tuple[Subnet, ...]
    route_tables: tuple[RouteTable, ...]
    endpoints: tuple[Endpoint, ...]
    groups: tuple[SecurityGroup, ...]
    zones: tuple[HostedZone, ...]
    records: tuple[Record, ...]
    unplaced: tuple[Unplaced, ...]

    def vpc(self, id_: object) -> Vpc | None:
        """Return the VPC of an id, or None.

        Args:
            id_: a resolved value.
        """
        return next((vpc for vpc in self.vpcs if vpc.id == id_), None)

    def subnet(self, id_: object) -> Subnet | None:
        """Return the subnet of an id, or None.

        Args:
            id_: a resolved value.
        """
        return next((subnet for subnet in self.subnets if subnet.id == id_), None)

    def group(self, id_: object) -> SecurityGroup | None:
        """Return the security group of an id, or None.

        Args:
            id_: a resolved value.
        """
        return next((group for group in self.groups if group.id == id_), None)

    def endpoints_of(self, service: str) -> list[Endpoint]:
        """Return the endpoints that lead to a service.

        Args:
            service: e.g. ``dynamodb``.
        """
        return [endpoint for endpoint in self.endpoints if endpoint.service == service]

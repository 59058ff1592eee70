"""Puts the network together from its resources."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from ddb_perimeter.inventory.network import (
    ENDPOINT,
    HOSTED_ZONE,
    ROUTE_TABLE,
    SUBNET,
    VPC,
    Endpoint,
    Gateway,
    HostedZone,
    Network,
    Record,
    Route,
    RouteTable,
    Subnet,
    Unplaced,
    Vpc,
    Way,
)
from ddb_perimeter.inventory.resource import as_list, look_up
from ddb_perimeter.inventory.security_groups import (
    EGRESS,
    GROUP,
    INGRESS,
    SecurityGroup,
    separate_rule,
)
from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ddb_perimeter.inventory.inventory import Inventory
    from ddb_perimeter.inventory.resource import Resource

Part = TypeVar("Part")

_ROUTE = "AWS::EC2::Route"
_ASSOCIATION = "AWS::EC2::SubnetRouteTableAssociation"
_PROPAGATION = "AWS::EC2::VPNGatewayRoutePropagation"
_CIDR_BLOCK = "AWS::EC2::VPCCidrBlock"
_SUBNET_BLOCK = "AWS::EC2::SubnetCidrBlock"
_RECORD = "AWS::Route53::RecordSet"
_RECORDS = "AWS::Route53::RecordSetGroup"
_CLOSE_DEFAULT = "Custom::VpcRestrictDefaultSG"

_ATTACHED = {
    "AWS::EC2::EgressOnlyInternetGateway": (("VpcId", Way.EGRESS_ONLY),),
    "AWS::EC2::CarrierGateway": (("VpcId", Way.CARRIER),),
    "AWS::EC2::TransitGatewayAttachment": (("VpcId", Way.TRANSIT),),
    "AWS::EC2::TransitGatewayVpcAttachment": (("VpcId", Way.TRANSIT),),
    "AWS::EC2::VPCPeeringConnection": (("VpcId", Way.PEERING), ("PeerVpcId", Way.PEERING)),
    "AWS::EC2::LocalGatewayRouteTableVPCAssociation": (("VpcId", Way.LOCAL_GATEWAY),),
    "AWS::NetworkManager::VpcAttachment": (("VpcArn", Way.CORE_NETWORK),),
}
_ATTACHMENT = "AWS::EC2::VPCGatewayAttachment"
_TARGETS = {
    "NatGatewayId": Way.NAT,
    "EgressOnlyInternetGatewayId": Way.EGRESS_ONLY,
    "TransitGatewayId": Way.TRANSIT,
    "VpcPeeringConnectionId": Way.PEERING,
    "CarrierGatewayId": Way.CARRIER,
    "LocalGatewayId": Way.LOCAL_GATEWAY,
    "CoreNetworkArn": Way.CORE_NETWORK,
    "InstanceId": Way.INSTANCE,
    "NetworkInterfaceId": Way.INSTANCE,
    "VpcEndpointId": Way.ENDPOINT,
}
_GATEWAY_PREFIXES = {
    "igw-": Way.INTERNET,
    "vgw-": Way.VIRTUAL_PRIVATE,
    "vpce-": Way.ENDPOINT,
    "local": Way.LOCAL,
}
_DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")

NETWORK_TYPES = frozenset(
    {
        VPC,
        SUBNET,
        ROUTE_TABLE,
        ENDPOINT,
        HOSTED_ZONE,
        GROUP,
        INGRESS,
        EGRESS,
        _ROUTE,
        _ASSOCIATION,
        _PROPAGATION,
        _CIDR_BLOCK,
        _SUBNET_BLOCK,
        _RECORD,
        _RECORDS,
        _CLOSE_DEFAULT,
        _ATTACHMENT,
        *_ATTACHED,
    }
)
"""What to ask `System.scenarios` for when looking at the network."""


def network(inventory: Inventory) -> Network:
    """Return the network of an inventory.

    Args:
        inventory: where to look.
    """
    return inventory.view(_network)


class _Builder:
    """Collects the network's parts and puts each where it belongs."""

    def __init__(self, inventory: Inventory) -> None:
        self.inventory = inventory
        self.unplaced: list[Unplaced] = []
        self.vpcs = [Vpc(r, r.physical) for r in inventory.of_type(VPC)]
        self.vpc_by_id = {vpc.id: vpc for vpc in self.vpcs}
        self.subnets = [Subnet.of(r) for r in inventory.of_type(SUBNET)]
        self.tables = [
            RouteTable(r.physical, r.at("VpcId"), r) for r in inventory.of_type(ROUTE_TABLE)
        ]
        self.table_by_id = {table.id: table for table in self.tables}
        self.endpoints = [Endpoint.of(r) for r in inventory.of_type(ENDPOINT)]
        self.groups: list[SecurityGroup] = []

    def build(self) -> Network:
        """Return the network."""
        self._blocks()
        self._subnet_blocks()
        self._gateways()
        self._routes()
        self._associations()
        self._groups()
        for subnet in self.subnets:
            if (vpc := _find(self.vpc_by_id, subnet.vpc)) is not None:
                vpc.subnets.append(subnet)
        for table in self.tables:
            if (vpc := _find(self.vpc_by_id, table.vpc)) is not None:
                vpc.route_tables.append(table)
        for endpoint in self.endpoints:
            if (vpc := _find(self.vpc_by_id, endpoint.vpc)) is not None:
                vpc.endpoints.append(endpoint)
        zones, records = self._zones()
        mains = [vpc.route_tables[0] for vpc in self.vpcs]
        return Network(
            vpcs=tuple(self.vpcs),
            subnets=tuple(self.subnets),
            route_tables=(*mains, *self.tables),
            endpoints=tuple(self.endpoints),
            groups=tuple(self.groups),
            zones=tuple(zones),
            records=tuple(records),
            unplaced=tuple(self.unplaced),
        )

    def _place(self, resource: Resource, pointer: str, target: object) -> None:
        self.unplaced.append(Unplaced(resource, target, f"Properties.{pointer}"))

    def _blocks(self) -> None:
        for vpc in self.vpcs:
            block = vpc.resource.at("CidrBlock")
            if block is not None:
                vpc.cidrs.append(block)
            vpc.route_tables.append(RouteTable(_main_id(vpc), vpc.id))
        for resource in self.inventory.of_type(_CIDR_BLOCK):
            owner = _find(self.vpc_by_id, resource.at("VpcId"))
            if owner is None:
                self._place(resource, "VpcId", resource.at("VpcId"))
                continue
            ipv4 = resource.at("CidrBlock")
            if ipv4 is not None:
                owner.cidrs.append(ipv4)
            asked = (
                resource.flag("AmazonProvidedIpv6CidrBlock"),
                resource.at("Ipv6CidrBlock"),
                resource.at("Ipv6IpamPoolId"),
                resource.at("Ipv6Pool"),
            )
            for answer in asked:
                if isinstance(answer, Unknown):
                    owner.ipv6 = owner.ipv6 or answer
                elif answer:
                    owner.ipv6 = True

    def _subnet_blocks(self) -> None:
        by_id = {subnet.id: subnet for subnet in self.subnets}
        for resource in self.inventory.of_type(_SUBNET_BLOCK):
            subnet = _find(by_id, resource.at("SubnetId"))
            if subnet is None:
                self._place(resource, "SubnetId", resource.at("SubnetId"))
            else:
                subnet.ipv6 = resource.at("Ipv6CidrBlock", "::/0")

    def _gateways(self) -> None:
        for resource in self.inventory.of_type(_ATTACHMENT):
            for property_, way in (
                ("InternetGatewayId", Way.INTERNET),
                ("VpnGatewayId", Way.VIRTUAL_PRIVATE),
            ):
                if resource.at(property_) is not None:
                    self._attach(resource, "VpcId", way)
        for type_, properties in _ATTACHED.items():
            for resource in self.inventory.of_type(type_):
                for property_, way in properties:
                    if resource.at(property_) is not None:
                        self._attach(resource, property_, way)

    def _attach(self, resource: Resource, property_: str, way: Way) -> None:
        value = resource.at(property_)
        vpc = _find(self.vpc_by_id, value)
        if vpc is None:
            found = self.inventory.by_id(value, VPC)
            vpc = _find(self.vpc_by_id, found.physical) if found is not None else None
        if vpc is None:
            self._place(resource, property_, value)
        else:
            vpc.gateways.append(Gateway(way, resource))

    def _routes(self) -> None:
        for resource in self.inventory.of_type(_ROUTE):
            table = _find(self.table_by_id, resource.at("RouteTableId"))
            if table is None:
                self._place(resource, "RouteTableId", resource.at("RouteTableId"))
            else:
                table.routes.append(_route(resource))
        for resource in self.inventory.of_type(_PROPAGATION):
            ids = resource.items("RouteTableIds")
            gateway = resource.at("VpnGatewayId")
            for id_ in ids if isinstance(ids, list) else [ids]:
                table = _find(self.table_by_id, id_)
                learned = Unknown("propagated", "the gateway announces these routes")
                pointer = "Properties.VpnGatewayId"
                route = Route(resource, learned, Way.VIRTUAL_PRIVATE, gateway, pointer)
                if table is None:
                    self._place(resource, "RouteTableIds", id_)
                else:
                    table.routes.append(route)

    def _associations(self) -> None:
        by_id = {subnet.id: subnet for subnet in self.subnets}
        for subnet in self.subnets:
            vpc = _find(self.vpc_by_id, subnet.vpc)
            if vpc is not None:
                subnet.route_table = vpc.route_tables[0]
        for resource in self.inventory.of_type(_ASSOCIATION):
            subnet_ = _find(by_id, resource.at("SubnetId"))
            if subnet_ is None:
                self._place(resource, "SubnetId", resource.at("SubnetId"))
                continue
            id_ = resource.at("RouteTableId")
            told = id_ if isinstance(id_, Unknown) else None
            doubt = told or Unknown(str(id_), "the table is not in the templates")
            subnet_.route_table = _find(self.table_by_id, id_) or doubt

    def _groups(self) -> None:
        closed = [
            resource.at("DefaultSecurityGroupId")
            for resource in self.inventory.of_type(_CLOSE_DEFAULT)
        ]
        for vpc in self.vpcs:
            id_ = vpc.resource.attribute("DefaultSecurityGroup")
            told = self.inventory.by_id(id_, GROUP, near=vpc.resource)
            vpc.groups.append(
                SecurityGroup.default_of(vpc.resource, closed=id_ in closed)
                if told is None
                else SecurityGroup.recorded_default(told)
            )
            self.groups.append(vpc.groups[0])
        defaults = {id(group.resource) for group in self.groups}
        for resource in self.inventory.of_type(GROUP):
            if id(resource) in defaults:
                continue
            group = SecurityGroup.declared(resource)
            self.groups.append(group)
            owner = _find(self.vpc_by_id, group.vpc)
            if owner is not None:
                owner.groups.append(group)
        by_id = {group.id: group for group in self.groups}
        for resource in self.inventory.of_type(INGRESS, EGRESS):
            named = "GroupId" if resource.at("GroupId") is not None else "GroupName"
            group_ = _find(by_id, resource.at(named))
            if group_ is None:
                self._place(resource, named, resource.at(named))
            elif resource.type == INGRESS:
                group_.ingress.append(separate_rule(resource))
            else:
                group_.egress.append(separate_rule(resource))

    def _zones(self) -> tuple[list[HostedZone], list[Record]]:
        records = [
            Record(r, _host(r.at("Name")), _zone_of(r), "Properties.Name")
            for r in self.inventory.of_type(_RECORD)
        ]
        for resource in self.inventory.of_type(_RECORDS):
            entries = resource.items("RecordSets")
            for position, entry in enumerate(entries if isinstance(entries, list) else [entries]):
                name = _host(look_up(entry, "Name"))
                pointer = f"Properties.RecordSets[{position}].Name"
                records.append(Record(resource, name, _zone_of(resource), pointer))
        zones: list[HostedZone] = []
        placed: set[int] = set()
        for resource in self.inventory.of_type(HOSTED_ZONE):
            id_, name = resource.physical, _host(resource.at("Name"))
            names = {value for value in (id_, name) if isinstance(value, str)}
            own = [r for r in records if isinstance(r.zone, str) and r.zone in names]
            placed.update(id(record) for record in own)
            vpcs = as_list(resource.at("VPCs"))
            ids = vpcs if isinstance(vpcs, Unknown) else [look_up(v, "VPCId") for v in vpcs]
            zones.append(HostedZone(resource, id_, name, ids, tuple(own)))
        return zones, [record for record in records if id(record) not in placed]


def _find(by_id: Mapping[object, Part], id_: object) -> Part | None:
    """Return the part of an id; of a value that is no id, None."""
    return by_id.get(id_) if isinstance(id_, str) else None


def _network(inventory: Inventory) -> Network:
    return _Builder(inventory).build()


def _main_id(vpc: Vpc) -> str:
    id_ = str(vpc.id).removeprefix("vpc-")
    return f"rtb-{id_.removesuffix('⟧')}.main⟧" if id_.endswith("⟧") else f"rtb-main-of-{vpc.id}"


def _route(resource: Resource) -> Route:
    destination: object = Unknown("destination", "the route names none")
    for property_ in _DESTINATIONS:
        if resource.at(property_) is not None:
            destination = resource.at(property_)
    for property_, way in _TARGETS.items():
        target = resource.at(property_)
        if target is not None:
            return Route(resource, destination, way, target, f"Properties.{property_}")
    target = resource.at("GatewayId")
    way = Way.UNKNOWN
    if isinstance(target, str):
        way = next(
            (way for prefix, way in _GATEWAY_PREFIXES.items() if target.startswith(prefix)),
            Way.UNKNOWN,
        )
    return Route(resource, destination, way, target, "Properties.GatewayId")


def _host(name: object) -> object:
    return name.lower().removesuffix(".") if isinstance(name, str) else name


def _zone_of(resource: Resource) -> object:
    id_ = resource.at("HostedZoneId")
    return id_ if id_ is not None else _host(resource.at("HostedZoneName"))

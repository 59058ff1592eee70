"""Faults of the network: routes, addresses, groups, names and flow logs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tests.mutation.mutant import (
    NONE,
    WEAKENED,
    Mutant,
    also,
    drop,
    put,
    remove,
    together,
)

if TYPE_CHECKING:
    from tests.mutation.mutant import Change
    from tests.mutation.templates import Node, Templates

AREA: Final = "network"
VPC: Final = "Network/Network/Vpc"
CLIENTS: Final = f"{VPC}/clientsSubnet1"
CACHE: Final = f"{VPC}/cacheSubnet1"
CLIENT_GROUP: Final = "Network/Network/ClientGroup"
ENDPOINT_GROUP: Final = "Network/Network/InterfaceEndpointGroup"


def _add(logical_id: str, type_: str, stack: str = "network", /, **properties: object) -> Change:
    def change(templates: Templates) -> None:
        templates.add(stack, logical_id, type_, **properties)

    return change


def route(subnet: str, destination: Node, target: Node, stack: str = "network") -> Change:
    """Add a route to the table of a subnet, from any stack."""

    def change(templates: Templates) -> None:
        path = f"{subnet}/RouteTable"
        own = {"Ref": templates.logical_id(path)}
        table = own if stack == "network" else templates.imported(path)
        templates.add(
            stack, "AddedRoute", "AWS::EC2::Route", RouteTableId=table, **destination, **target
        )

    return change


def attached_gateway(templates: Templates) -> None:
    templates.add("network", "Internet", "AWS::EC2::InternetGateway")
    templates.add(
        "network",
        "Attachment",
        "AWS::EC2::VPCGatewayAttachment",
        VpcId={"Ref": templates.logical_id(VPC)},
        InternetGatewayId={"Ref": "Internet"},
    )


def _half_routes(templates: Templates) -> None:
    table = {"Ref": templates.logical_id(f"{CLIENTS}/RouteTable")}
    nat = _subnet_id(CLIENTS)(templates)
    templates.add("network", "Nat", "AWS::EC2::NatGateway", SubnetId=nat)
    for half in ("0.0.0.0/1", "128.0.0.0/1"):
        templates.add(
            "network",
            f"Half{half[0]}",
            "AWS::EC2::Route",
            RouteTableId=table,
            DestinationCidrBlock=half,
            NatGatewayId={"Ref": "Nat"},
        )


def _subnet_id(subnet: str) -> Any:  # noqa: ANN401 - a function of templates
    return lambda templates: {"Ref": templates.logical_id(f"{subnet}/Subnet")}


def _listed_destination(templates: Templates) -> None:
    """Route a prefix list, which hides what it holds, to an instance that forwards."""
    templates.add(
        "network",
        "Partners",
        "AWS::EC2::PrefixList",
        AddressFamily="IPv4",
        MaxEntries=1,
        PrefixListName="partners",
        Entries=[{"Cidr": "0.0.0.0/0"}],
    )
    templates.add(
        "network",
        "AddedRoute",
        "AWS::EC2::Route",
        RouteTableId={"Ref": templates.logical_id(f"{CLIENTS}/RouteTable")},
        DestinationPrefixListId={"Ref": "Partners"},
        NetworkInterfaceId="eni-0123456789abcdef0",
    )


def _other_table(templates: Templates) -> None:
    """Give a client subnet the route table of a public one, from a stack of its own."""
    attached_gateway(templates)
    vpc = templates.imported(VPC)
    gateway = templates.imported("Internet")
    templates.add("edge", "PublicTable", "AWS::EC2::RouteTable", VpcId=vpc)
    templates.add(
        "edge",
        "Out",
        "AWS::EC2::Route",
        RouteTableId={"Ref": "PublicTable"},
        DestinationCidrBlock="0.0.0.0/0",
        GatewayId=gateway,
    )
    association = templates.properties(f"{CLIENTS}/RouteTableAssociation")
    association["RouteTableId"] = {"Ref": "PublicTable"}
    subnet = templates.imported(f"{CLIENTS}/Subnet")
    stack, logical_id = templates.place(f"{CLIENTS}/RouteTableAssociation")
    moved = templates.stacks[stack]["Resources"].pop(logical_id)
    moved["Properties"]["SubnetId"] = subnet
    templates.stacks["edge"]["Resources"][logical_id] = moved


def _attach_transit(templates: Templates) -> None:
    templates.add("network", "Transit", "AWS::EC2::TransitGateway")
    route(
        CLIENTS, {"DestinationCidrBlock": "10.0.0.0/8"}, {"TransitGatewayId": {"Ref": "Transit"}}
    )(templates)


def _egress_only(templates: Templates) -> None:
    vpc = {"Ref": templates.logical_id(VPC)}
    templates.add("network", "EgressOnly", "AWS::EC2::EgressOnlyInternetGateway", VpcId=vpc)
    route(
        CLIENTS,
        {"DestinationIpv6CidrBlock": "::/0"},
        {"EgressOnlyInternetGatewayId": {"Ref": "EgressOnly"}},
    )(templates)


def _ingress(path: str, **rule: object) -> Change:
    def change(templates: Templates) -> None:
        group = templates.properties(path)
        group.setdefault("SecurityGroupIngress", []).append({"IpProtocol": "tcp", **rule})

    return change


def _separate_ingress(path: str, **rule: object) -> Change:
    def change(templates: Templates) -> None:
        group = templates.imported(path, "GroupId")
        templates.add("edge", "AddedRule", "AWS::EC2::SecurityGroupIngress", GroupId=group, **rule)

    return change


def _zone(name: str) -> Change:
    def change(templates: Templates) -> None:
        vpc = {"Ref": templates.logical_id(VPC)}
        templates.add(
            "network",
            "Zone",
            "AWS::Route53::HostedZone",
            Name=name,
            VPCs=[{"VPCId": vpc, "VPCRegion": "us-east-1"}],
        )

    return change


MUTANTS: Final = (
    Mutant(
        "a client subnet leads to the internet",
        "vpc-no-igw-route",
        WEAKENED,
        "AddedRoute",
        together(
            attached_gateway,
            route(
                CLIENTS, {"DestinationCidrBlock": "0.0.0.0/0"}, {"GatewayId": {"Ref": "Internet"}}
            ),
        ),
    ),
    Mutant(
        "a client subnet gets another stack's public route table",
        "vpc-no-igw-route",
        WEAKENED,
        "Out",
        _other_table,
    ),
    Mutant(
        "a client subnet leads through NAT, in two halves",
        "vpc-no-nat-path",
        WEAKENED,
        "Half0",
        _half_routes,
    ),
    Mutant(
        "a client subnet leads to an instance that forwards, by a prefix list",
        "vpc-no-nat-path",
        WEAKENED,
        "AddedRoute",
        _listed_destination,
    ),
    Mutant(
        "a client subnet has a way out over IPv6 alone",
        "vpc-no-ipv6-egress",
        WEAKENED,
        "AddedRoute",
        _egress_only,
    ),
    Mutant(
        "a client subnet leads to other networks of the company",
        "vpc-no-transit-path",
        WEAKENED,
        "AddedRoute",
        _attach_transit,
    ),
    Mutant(
        "a client subnet leads to a peered network, from a stack of its own",
        "vpc-no-peering-path",
        WEAKENED,
        "AddedRoute",
        route(
            CLIENTS,
            {"DestinationCidrBlock": "10.99.0.0/16"},
            {"VpcPeeringConnectionId": "pcx-0123456789abcdef0"},
            "edge",
        ),
    ),
    Mutant(
        "the cache's subnets lead to a peered network that is no reader's",
        "vpc-no-peering-path",
        WEAKENED,
        "AddedRoute",
        route(
            CACHE,
            {"DestinationCidrBlock": "10.200.0.0/16"},
            {"VpcPeeringConnectionId": "pcx-0fedcba9876543210"},
        ),
    ),
    Mutant(
        "a client subnet gives out public addresses",
        "vpc-subnet-no-public-ip",
        NONE,
        f"{CLIENTS}/Subnet",
        put(f"{CLIENTS}/Subnet", "MapPublicIpOnLaunch", value=True),
    ),
    Mutant(
        "the clients' group admits the world",
        "vpc-sg-not-public",
        WEAKENED,
        CLIENT_GROUP,
        _ingress(CLIENT_GROUP, CidrIp="0.0.0.0/0", FromPort=22, ToPort=22),
        also("vpc-no-peering-path"),  # the reader's network is a part of the world
    ),
    Mutant(
        "the endpoint's group admits the world over IPv6, from a stack of its own",
        "vpc-sg-not-public",
        WEAKENED,
        "AddedRule",
        _separate_ingress(ENDPOINT_GROUP, CidrIpv6="::/0", IpProtocol="-1"),
        also("vpce-interface-hardened"),
    ),
    Mutant(
        "the default group keeps the rules that AWS gives it",
        "vpc-default-sg-closed",
        NONE,
        VPC,
        remove(f"{VPC}/RestrictDefaultSecurityGroupCustomResource/Default"),
    ),
    Mutant(
        "the VPC answers no names",
        "vpc-dns-on",
        NONE,
        VPC,
        put(VPC, "EnableDnsSupport", value=False),
    ),
    Mutant(
        "the VPC gives hosts no names", "vpc-dns-on", NONE, VPC, drop(VPC, "EnableDnsHostnames")
    ),
    Mutant(
        "a private zone answers for DynamoDB",
        "vpc-no-dns-override",
        WEAKENED,
        "Zone",
        _zone("dynamodb.us-east-1.amazonaws.com"),
    ),
    Mutant(
        "a private zone answers for everything of AWS",
        "vpc-no-dns-override",
        WEAKENED,
        "Zone",
        _zone("amazonaws.com."),
    ),
    Mutant(
        "names of AWS are asked of a resolver elsewhere",
        "vpc-no-dns-override",
        WEAKENED,
        "Forward",
        _add(
            "Forward",
            "AWS::Route53Resolver::ResolverRule",
            DomainName="us-east-1.amazonaws.com",
            RuleType="FORWARD",
            ResolverEndpointId="rslvr-out-0123456789abcdef0",
            TargetIps=[{"Ip": "10.200.0.53"}],
        ),
    ),
    Mutant(
        "nobody records the traffic",
        "vpc-flow-logs",
        NONE,
        VPC,
        remove("Network/Network/FlowLog"),
    ),
    Mutant(
        "the flow log records what was rejected alone",
        "vpc-flow-logs",
        NONE,
        "Network/Network/FlowLog",
        put("Network/Network/FlowLog", "TrafficType", "REJECT"),
    ),
)

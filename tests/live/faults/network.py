"""Faults of the network: ways out, names and flow logs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.live.faults.fault import Fault, also

if TYPE_CHECKING:
    from tests.live.emulation.account import Account
    from tests.live.faults.fault import Change

AREA: Final = "network"
VPC: Final = "Network/Network/Vpc"
CLIENTS: Final = "Network/Network/Vpc/clientsSubnet1/Subnet"
CLIENT_ROUTES: Final = "Network/Network/Vpc/clientsSubnet1/RouteTable"
CACHE_ROUTES: Final = "Network/Network/Vpc/cacheSubnet1/RouteTable"
EVERYWHERE: Final = "0.0.0.0/0"


def internet_gateway(account: Account) -> str:
    """Attach an internet gateway to the VPC, and return its id."""
    ec2 = account.client("ec2")
    id_ = str(ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"])
    ec2.attach_internet_gateway(InternetGatewayId=id_, VpcId=account.id(VPC))
    return id_


def _to_the_internet(routes: str) -> Change:
    def change(account: Account) -> None:
        account.client("ec2").create_route(
            RouteTableId=account.id(routes),
            DestinationCidrBlock=EVERYWHERE,
            GatewayId=internet_gateway(account),
        )

    return change


def _nat(account: Account) -> None:
    ec2 = account.client("ec2")
    gateway = ec2.create_nat_gateway(SubnetId=account.id(CLIENTS), ConnectivityType="private")
    ec2.create_route(
        RouteTableId=account.id(CLIENT_ROUTES),
        DestinationCidrBlock=EVERYWHERE,
        NatGatewayId=gateway["NatGateway"]["NatGatewayId"],
    )


def _ipv6(account: Account) -> None:
    ec2 = account.client("ec2")
    gateway = ec2.create_egress_only_internet_gateway(VpcId=account.id(VPC))
    ec2.create_route(
        RouteTableId=account.id(CLIENT_ROUTES),
        DestinationIpv6CidrBlock="::/0",
        EgressOnlyInternetGatewayId=gateway["EgressOnlyInternetGateway"][
            "EgressOnlyInternetGatewayId"
        ],
    )


def _transit(account: Account) -> None:
    ec2 = account.client("ec2")
    gateway = ec2.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
    ec2.create_transit_gateway_vpc_attachment(
        TransitGatewayId=gateway, VpcId=account.id(VPC), SubnetIds=[account.id(CLIENTS)]
    )
    ec2.create_route(
        RouteTableId=account.id(CLIENT_ROUTES),
        DestinationCidrBlock="10.0.0.0/8",
        TransitGatewayId=gateway,
    )


def _peer(account: Account) -> None:
    ec2 = account.client("ec2")
    other = ec2.create_vpc(CidrBlock="10.200.0.0/16")["Vpc"]["VpcId"]
    peering = ec2.create_vpc_peering_connection(VpcId=account.id(VPC), PeerVpcId=other)
    id_ = peering["VpcPeeringConnection"]["VpcPeeringConnectionId"]
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=id_)
    ec2.create_route(
        RouteTableId=account.id(CLIENT_ROUTES),
        DestinationCidrBlock="10.200.0.0/16",
        VpcPeeringConnectionId=id_,
    )


def _public_addresses(account: Account) -> None:
    account.client("ec2").modify_subnet_attribute(
        SubnetId=account.id(CLIENTS), MapPublicIpOnLaunch={"Value": True}
    )


def _no_dns(account: Account) -> None:
    account.client("ec2").modify_vpc_attribute(
        VpcId=account.id(VPC), EnableDnsSupport={"Value": False}
    )


def _zone(account: Account) -> str:
    created = account.client("route53").create_hosted_zone(
        Name="dynamodb.us-east-1.amazonaws.com",
        CallerReference="fault",
        VPC={"VPCRegion": "us-east-1", "VPCId": account.id(VPC)},
        HostedZoneConfig={"PrivateZone": True},
    )
    return str(created["HostedZone"]["Id"]).removeprefix("/hostedzone/")


def _unrecorded(account: Account) -> None:
    account.client("ec2").delete_flow_logs(FlowLogIds=[account.id("Network/Network/FlowLog")])


FAULTS: Final = (
    Fault(
        "a client subnet leads to the internet",
        "vpc-no-igw-route",
        f"{CLIENT_ROUTES}|{EVERYWHERE}",
        _to_the_internet(CLIENT_ROUTES),
    ),
    Fault(
        "a subnet of the cache leads to the internet",
        "dax-private-subnets",
        "Data/Cache/Cluster",
        _to_the_internet(CACHE_ROUTES),
        also("vpc-no-igw-route"),
    ),
    Fault(
        "a client subnet leads through NAT",
        "vpc-no-nat-path",
        f"{CLIENT_ROUTES}|{EVERYWHERE}",
        _nat,
    ),
    Fault(
        "a client subnet has a way out over IPv6",
        "vpc-no-ipv6-egress",
        f"{CLIENT_ROUTES}|::/0",
        _ipv6,
    ),
    Fault(
        "a client subnet leads to other networks of the company",
        "vpc-no-transit-path",
        f"{CLIENT_ROUTES}|10.0.0.0/8",
        _transit,
    ),
    Fault(
        "a client subnet leads to a peered network",
        "vpc-no-peering-path",
        f"{CLIENT_ROUTES}|10.200.0.0/16",
        _peer,
    ),
    Fault(
        "a client subnet gives out public addresses",
        "vpc-subnet-no-public-ip",
        CLIENTS,
        _public_addresses,
    ),
    Fault("the VPC answers no names", "vpc-dns-on", VPC, _no_dns),
    Fault("a private zone answers for DynamoDB", "vpc-no-dns-override", "", _zone),
    Fault("nobody records the traffic", "vpc-flow-logs", VPC, _unrecorded),
)

"""The network comes out the same however a template spells it."""

from collections.abc import Callable, Mapping

import pytest

from ddb_perimeter.inventory import Inventory, Network, Peer, Way, network
from ddb_perimeter.unknown import Unknown

LoadOne = Callable[..., Inventory]
LoadNetwork = Callable[..., Network]


def ec2(type_: str, **properties: object) -> dict[str, object]:
    return {"Type": f"AWS::EC2::{type_}", "Properties": properties}


VPC = ec2("VPC", CidrBlock="10.0.0.0/16")
IN_VPC = {"Ref": "Vpc"}
SUBNET = ec2("Subnet", VpcId=IN_VPC, CidrBlock="10.0.0.0/24", MapPublicIpOnLaunch="true")
TABLE = ec2("RouteTable", VpcId=IN_VPC)
ASSOCIATION = ec2(
    "SubnetRouteTableAssociation", SubnetId={"Ref": "Subnet"}, RouteTableId={"Ref": "Table"}
)


@pytest.fixture
def load_network(load_one: LoadOne) -> LoadNetwork:
    def run(**resources: object) -> Network:
        return network(load_one({"net.json": {"Resources": {"Vpc": VPC, **resources}}}))

    return run


@pytest.mark.parametrize(
    ("target", "way"),
    [
        ({"GatewayId": {"Ref": "Igw"}}, Way.INTERNET),
        ({"GatewayId": "igw-0123"}, Way.INTERNET),
        ({"GatewayId": {"Ref": "Vgw"}}, Way.VIRTUAL_PRIVATE),
        ({"GatewayId": {"Fn::ImportValue": "x"}}, Way.UNKNOWN),
        ({"NatGatewayId": {"Ref": "Nat"}}, Way.NAT),
        ({"NatGatewayId": {"Fn::ImportValue": "x"}}, Way.NAT),
        ({"EgressOnlyInternetGatewayId": "eigw-1"}, Way.EGRESS_ONLY),
        ({"TransitGatewayId": "tgw-1"}, Way.TRANSIT),
        ({"VpcPeeringConnectionId": "pcx-1"}, Way.PEERING),
        ({"CarrierGatewayId": "cagw-1"}, Way.CARRIER),
        ({"InstanceId": "i-1"}, Way.INSTANCE),
        ({"NetworkInterfaceId": "eni-1"}, Way.INSTANCE),
        ({"VpcEndpointId": "vpce-1"}, Way.ENDPOINT),
        ({}, Way.UNKNOWN),
    ],
)
def test_where_a_route_leads(
    load_network: LoadNetwork, target: Mapping[str, object], way: Way
) -> None:
    net = load_network(
        Subnet=SUBNET,
        Table=TABLE,
        Association=ASSOCIATION,
        Igw=ec2("InternetGateway"),
        Vgw=ec2("VPNGateway"),
        Nat=ec2("NatGateway"),
        Route=ec2(
            "Route", RouteTableId={"Ref": "Table"}, DestinationCidrBlock="0.0.0.0/0", **target
        ),
    )
    (subnet,) = net.subnets
    assert not isinstance(subnet.route_table, Unknown)
    (route,) = subnet.route_table.routes

    assert (route.way, route.destination) == (way, "0.0.0.0/0")


def test_a_subnet_without_association_uses_the_main_table(load_network: LoadNetwork) -> None:
    net = load_network(Subnet=SUBNET, Table=TABLE)
    (vpc,) = net.vpcs

    assert vpc.subnets == list(net.subnets)
    assert net.subnets[0].route_table is vpc.route_tables[0]
    assert vpc.route_tables[0].resource is None
    assert net.subnets[0].public_addresses is True


def test_a_subnet_of_a_vpc_that_is_not_here_has_an_unknown_table(
    load_network: LoadNetwork,
) -> None:
    net = load_network(Subnet=ec2("Subnet", VpcId="vpc-1"))

    assert isinstance(net.subnets[0].route_table, Unknown)


def test_a_route_into_an_unknown_table_is_not_lost(load_network: LoadNetwork) -> None:
    net = load_network(Table=TABLE, Route=ec2("Route", RouteTableId={"Fn::ImportValue": "x"}))

    (unplaced,) = net.unplaced
    assert unplaced.resource.logical_id == "Route"
    assert isinstance(unplaced.target, Unknown)
    assert unplaced.pointer == "Properties.RouteTableId"


def test_routes_that_a_gateway_announces(load_network: LoadNetwork) -> None:
    propagation = ec2(
        "VPNGatewayRoutePropagation", RouteTableIds=[{"Ref": "Table"}], VpnGatewayId="vgw-1"
    )
    net = load_network(Table=TABLE, Propagation=propagation)

    (route,) = net.vpcs[0].route_tables[1].routes
    assert route.way is Way.VIRTUAL_PRIVATE
    assert isinstance(route.destination, Unknown)


def test_what_is_attached_to_a_vpc(load_network: LoadNetwork) -> None:
    net = load_network(
        A=ec2("VPCGatewayAttachment", VpcId=IN_VPC, InternetGatewayId="igw-1"),
        B=ec2("VPCPeeringConnection", VpcId="vpc-9", PeerVpcId=IN_VPC),
        C=ec2("TransitGatewayAttachment", VpcId=IN_VPC),
        D=ec2("EgressOnlyInternetGateway", VpcId=IN_VPC),
        E=ec2("VPCGatewayAttachment", VpcId=IN_VPC, VpnGatewayId="vgw-1"),
    )

    assert {gateway.way for gateway in net.vpcs[0].gateways} == {
        Way.INTERNET,
        Way.PEERING,
        Way.TRANSIT,
        Way.EGRESS_ONLY,
        Way.VIRTUAL_PRIVATE,
    }


def test_ipv6_blocks_are_resources_of_their_own(load_network: LoadNetwork) -> None:
    block = ec2("VPCCidrBlock", VpcId=IN_VPC, AmazonProvidedIpv6CidrBlock=True)

    assert load_network().vpcs[0].ipv6 is False
    assert load_network(Block=block).vpcs[0].ipv6 is True


RULE = {"IpProtocol": "tcp", "FromPort": 9111, "ToPort": "9111", "CidrIp": "0.0.0.0/1"}
INLINE = ec2("SecurityGroup", VpcId=IN_VPC, SecurityGroupIngress=[RULE])
ALONE = {
    "Group": ec2("SecurityGroup", VpcId=IN_VPC),
    "Rule": ec2("SecurityGroupIngress", GroupId={"Fn::GetAtt": ["Group", "GroupId"]}, **RULE),
}


@pytest.mark.parametrize("resources", [{"Group": INLINE}, ALONE], ids=["inline", "separate"])
def test_rules_count_inline_or_separate(
    load_network: LoadNetwork, resources: Mapping[str, object]
) -> None:
    group = load_network(**resources).group("sg-⟦net.Group⟧")
    assert group is not None
    (rule,) = group.ingress

    assert (rule.protocol, rule.ports) == ("tcp", (9111, 9111))
    assert (rule.peer_kind, rule.peer) == (Peer.IPV4, "0.0.0.0/1")
    assert (rule.covers(9111), rule.covers(8111), rule.covers(9111, "udp")) == (True, False, False)


@pytest.mark.parametrize(
    ("rule", "kind", "covers"),
    [
        ({"IpProtocol": "-1", "CidrIpv6": "::/0"}, Peer.IPV6, True),
        ({"IpProtocol": -1, "SourceSecurityGroupId": "sg-1"}, Peer.GROUP, True),
        ({"IpProtocol": 6, "FromPort": 0, "ToPort": 65535, "CidrIp": "x"}, Peer.IPV4, True),
        ({"IpProtocol": "tcp", "SourcePrefixListId": "pl-1"}, Peer.PREFIX_LIST, True),
        ({"IpProtocol": "icmp", "CidrIp": "x"}, Peer.IPV4, False),
        ({"IpProtocol": "tcp", "FromPort": 1, "ToPort": 2}, Peer.UNKNOWN, False),
    ],
)
def test_forms_of_rules(
    load_network: LoadNetwork,
    rule: Mapping[str, object],
    kind: Peer,
    covers: bool,  # noqa: FBT001 - a table of cases
) -> None:
    group = load_network(G=ec2("SecurityGroup", SecurityGroupIngress=rule)).group("sg-⟦net.G⟧")
    assert group is not None

    assert (group.ingress[0].peer_kind, group.ingress[0].covers(9111)) == (kind, covers)


@pytest.mark.parametrize(
    "ingress",
    [
        {"Fn::ImportValue": "x"},
        [{"Fn::ImportValue": "x"}],
        [{**RULE, "FromPort": {"Fn::ImportValue": "x"}}],
        [{**RULE, "IpProtocol": {"Fn::ImportValue": "x"}}],
    ],
)
def test_rules_that_nobody_knows_are_unknown(load_network: LoadNetwork, ingress: object) -> None:
    group = load_network(G=ec2("SecurityGroup", SecurityGroupIngress=ingress)).group("sg-⟦net.G⟧")
    assert group is not None

    assert isinstance(group.ingress[0].covers(9111), Unknown)


def test_aws_lets_everything_out_unless_told_otherwise(load_network: LoadNetwork) -> None:
    only = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "DestinationPrefixListId": "pl-1"}
    net = load_network(
        Open=ec2("SecurityGroup", VpcId=IN_VPC),
        Closed=ec2("SecurityGroup", VpcId=IN_VPC, SecurityGroupEgress=[only]),
        More=ec2("SecurityGroupEgress", GroupId={"Ref": "Closed"}, CidrIp="10.0.0.0/8"),
    )
    egress = {group.resource.logical_id: [r.peer for r in group.egress] for group in net.groups}

    assert egress["Open"] == ["0.0.0.0/0", "::/0"]
    assert egress["Closed"] == ["pl-1", "10.0.0.0/8"]


def test_the_default_group_is_open_until_it_is_closed(load_network: LoadNetwork) -> None:
    close = {
        "Type": "Custom::VpcRestrictDefaultSG",
        "Properties": {"DefaultSecurityGroupId": {"Fn::GetAtt": ["Vpc", "DefaultSecurityGroup"]}},
    }
    rule = ec2(
        "SecurityGroupIngress", GroupId={"Fn::GetAtt": ["Vpc", "DefaultSecurityGroup"]}, **RULE
    )
    (open_,) = load_network().groups
    (closed,) = load_network(Close=close).groups
    (reopened,) = load_network(Close=close, Rule=rule).groups

    assert (len(open_.ingress), len(open_.egress), open_.default) == (1, 2, True)
    assert (closed.ingress, closed.egress) == ([], [])
    assert [r.peer for r in reopened.ingress] == ["0.0.0.0/1"]


def test_endpoints(load_network: LoadNetwork) -> None:
    net = load_network(
        Table=TABLE,
        Gateway=ec2(
            "VPCEndpoint",
            VpcId=IN_VPC,
            ServiceName={"Fn::Sub": "com.amazonaws.${AWS::Region}.dynamodb"},
            RouteTableIds=[{"Ref": "Table"}],
            PolicyDocument={"Statement": []},
        ),
        Interface=ec2(
            "VPCEndpoint",
            VpcId=IN_VPC,
            VpcEndpointType="Interface",
            ServiceName="com.amazonaws.us-east-1.dynamodb-streams",
            SubnetIds=["subnet-1"],
            PrivateDnsEnabled="true",
        ),
        Odd=ec2("VPCEndpoint", VpcId="vpc-9", ServiceName={"Fn::ImportValue": "x"}),
    )
    (gateway,) = net.endpoints_of("dynamodb")
    (interface,) = net.endpoints_of("dynamodb-streams")

    assert net.vpcs[0].endpoints == [gateway, interface]
    assert (gateway.kind, gateway.policy) == ("Gateway", {"Statement": []})
    assert gateway.route_tables == [net.vpcs[0].route_tables[1].id]
    assert (interface.kind, interface.policy) == ("Interface", None)
    assert (interface.subnets, interface.private_dns) == (["subnet-1"], True)
    assert isinstance(net.endpoints[2].service, Unknown)


def test_hosted_zones_with_their_records(load_network: LoadNetwork) -> None:
    def route53(type_: str, **properties: object) -> dict[str, object]:
        return {"Type": f"AWS::Route53::{type_}", "Properties": properties}

    name = "DynamoDB.us-east-1.amazonaws.com."
    net = load_network(
        Zone=route53("HostedZone", Name=name, VPCs=[{"VPCId": IN_VPC, "VPCRegion": "us-east-1"}]),
        One=route53("RecordSet", HostedZoneId={"Ref": "Zone"}, Name=name),
        Many=route53("RecordSetGroup", HostedZoneName=name, RecordSets=[{"Name": f"a.{name}"}]),
        Stray=route53("RecordSet", HostedZoneId="Z1", Name="x."),
    )
    (zone,) = net.zones

    assert (zone.name, zone.vpcs) == ("dynamodb.us-east-1.amazonaws.com", ["vpc-⟦net.Vpc⟧"])
    assert [r.name for r in zone.records] == [
        "dynamodb.us-east-1.amazonaws.com",
        "a.dynamodb.us-east-1.amazonaws.com",
    ]
    assert [r.name for r in net.records] == ["x"]

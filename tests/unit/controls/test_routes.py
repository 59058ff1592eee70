"""Ways out of the networks from which tables are reached."""

from collections.abc import Callable
from typing import Any

import pytest

from ddb_perimeter.controls.perimeter import Perimeter
from ddb_perimeter.findings import Exemption, Exposure
from tests.unit.controls.networks import (
    UNRESOLVED,
    UNSET,
    Resources,
    cached,
    get,
    ingress,
    network,
    resource,
    route,
    subnet,
)

Tell = Callable[..., list[str]]
Ask = Callable[..., Any]

CLIENTS = {"Ref": "Clients"}
CACHES = {"Ref": "Caches"}
IGW, NAT, IPV6, TRANSIT, PEERING = CONTROLS = (
    "vpc-no-igw-route",
    "vpc-no-nat-path",
    "vpc-no-ipv6-egress",
    "vpc-no-transit-path",
    "vpc-no-peering-path",
)
BOTH = "from Client1, Client2"


@pytest.mark.parametrize("control", CONTROLS)
def test_a_private_network_holds(ask: Ask, control: str) -> None:
    result = ask(control, cached())

    assert result.findings == result.exemptions == ()
    assert result.controls[0].resources == 5


WAYS: list[tuple[Resources, set[str], str]] = [
    (
        route(CLIENTS, GatewayId="igw-1"),
        {IGW},
        f"GatewayId: It sends 0.0.0.0/0 {BOTH} to the internet gateway igw-1.",
    ),
    (
        route(CLIENTS, "128.0.0.0/1", GatewayId="igw-1"),
        {IGW},
        f"GatewayId: It sends 128.0.0.0/1 {BOTH} to the internet gateway igw-1.",
    ),
    (
        route(CLIENTS, "::/0", GatewayId="igw-1"),
        {IGW, IPV6},
        f"GatewayId: It sends ::/0 {BOTH} to the internet gateway igw-1.",
    ),
    (
        route(CLIENTS, CarrierGatewayId="cagw-1"),
        {IGW},
        f"CarrierGatewayId: It sends 0.0.0.0/0 {BOTH} to the carrier gateway cagw-1.",
    ),
    (
        route(CLIENTS, NatGatewayId="nat-1"),
        {NAT},
        f"NatGatewayId: It sends 0.0.0.0/0 {BOTH} to the NAT gateway nat-1.",
    ),
    (
        route(CLIENTS, InstanceId="i-1"),
        {NAT},
        f"InstanceId: It sends 0.0.0.0/0 {BOTH} to the instance or network interface i-1.",
    ),
    (
        route(CLIENTS, "::/0", EgressOnlyInternetGatewayId="eigw-1"),
        {IPV6},
        f"EgressOnlyInternetGatewayId: It sends ::/0 {BOTH} to the egress-only internet gateway "
        "eigw-1.",
    ),
    (
        route(CLIENTS, "2000::/3", TransitGatewayId="tgw-1"),
        {IPV6, TRANSIT},
        f"TransitGatewayId: It sends 2000::/3 {BOTH} to the transit gateway tgw-1.",
    ),
    (
        route(CLIENTS, "10.9.0.0/16", TransitGatewayId="tgw-1"),
        {TRANSIT},
        f"TransitGatewayId: It sends 10.9.0.0/16 {BOTH} to the transit gateway tgw-1.",
    ),
    (
        route(CLIENTS, "10.9.0.0/16", GatewayId="vgw-1"),
        {TRANSIT},
        f"GatewayId: It sends 10.9.0.0/16 {BOTH} to the virtual private gateway vgw-1.",
    ),
    (
        resource("AWS::EC2::VPNGatewayRoutePropagation", RouteTableIds=[CLIENTS], VpnGatewayId="v"),
        {TRANSIT},
        f"VpnGatewayId: It sends whatever is announced {BOTH} to the virtual private gateway v.",
    ),
    (
        route(CLIENTS, "10.9.0.0/16", CoreNetworkArn="arn:core"),
        {TRANSIT},
        f"CoreNetworkArn: It sends 10.9.0.0/16 {BOTH} to the core network arn:core.",
    ),
    (
        route(CLIENTS, "10.9.0.0/16", VpcPeeringConnectionId="pcx-1"),
        {PEERING},
        f"VpcPeeringConnectionId: It sends 10.9.0.0/16 {BOTH} to the VPC peering pcx-1.",
    ),
]


@pytest.mark.parametrize(("way", "controls", "expected"), WAYS)
def test_each_way_out_is_found_by_its_control(
    tell: Tell, ask: Ask, way: Resources, controls: set[str], expected: str
) -> None:
    resources = {**network(), "Way": way}

    told = {control: tell(control, resources) for control in CONTROLS}

    assert {control for control, findings in told.items() if findings} == controls
    for control in controls:
        assert told[control] == [f"broken Way {expected}"]
        assert ask(control, resources).findings[0].exposure is Exposure.WEAKENED


@pytest.mark.parametrize("control", CONTROLS)
@pytest.mark.parametrize("way", [way for way, _, _ in WAYS])
def test_subnets_that_the_endpoint_does_not_serve_do_not_matter(
    tell: Tell, control: str, way: Resources
) -> None:
    resources = {**network(), **subnet("Public", 9, "c", "Publics"), "Way": way}
    resources["Publics"] = resource("AWS::EC2::RouteTable", VpcId={"Ref": "Vpc"})
    name = "RouteTableId" if "RouteTableId" in way["Properties"] else "RouteTableIds"
    properties = {**way["Properties"], name: {"Ref": "Publics"}}
    resources["Way"] = {**way, "Properties": properties}

    assert tell(control, resources) == []


@pytest.mark.parametrize(
    ("control", "way", "expected"),
    [
        (IGW, route(CLIENTS, GatewayId=UNSET), "GatewayId: The target of the route is ${Unset}, "),
        (
            NAT,
            route(CLIENTS, VpcEndpointId="vpce-1"),
            "VpcEndpointId: The target of the route is vpce-1, which cannot be resolved: what is "
            "behind this endpoint cannot be seen.",
        ),
        (
            IPV6,
            route(CLIENTS, "pl-1", TransitGatewayId="tgw-1"),
            "TransitGatewayId: The target of the route is pl-1, which cannot be resolved: the "
            "prefix list is not in what was checked.",
        ),
        (IGW, route(UNSET, GatewayId="igw-1"), f"RouteTableId: RouteTableId {UNRESOLVED}"),
        (
            TRANSIT,
            resource(
                "AWS::EC2::VPNGatewayRoutePropagation", RouteTableIds=[UNSET], VpnGatewayId="v"
            ),
            f"RouteTableIds: RouteTableIds {UNRESOLVED}",
        ),
    ],
)
def test_a_way_that_cannot_be_read_is_unknown(
    tell: Tell, control: str, way: Resources, expected: str
) -> None:
    (told,) = tell(control, {**network(), "Way": way})

    assert told.startswith(f"unknown Way {expected}")


@pytest.mark.parametrize("control", CONTROLS)
def test_a_subnet_whose_table_was_not_checked_is_unknown(tell: Tell, control: str) -> None:
    resources = network()
    resources["Client1Table"]["Properties"]["RouteTableId"] = "rtb-theirs"

    assert tell(control, resources) == [
        "unknown Client1 -: Its route table is rtb-theirs, which cannot be resolved: the table is "
        "not in the templates."
    ]


@pytest.mark.parametrize("control", CONTROLS)
def test_a_vpc_that_was_not_checked_is_unknown_unless_declared(tell: Tell, control: str) -> None:
    vpc = "vpc-0123456789abcdef0"
    resources = {"Endpoint": network()["Endpoint"]}
    resources["Endpoint"]["Properties"] |= {"VpcId": vpc, "RouteTableIds": ["rtb-1"]}

    assert tell(control, resources) == [
        f"unknown Endpoint VpcId: Its VPC {vpc} is not in what was checked, so its routes cannot "
        "be seen."
    ]
    assert tell(control, resources, Perimeter(vpcs=frozenset({vpc}))) == []


@pytest.mark.parametrize("served", [{"RouteTableIds": UNSET}, {"RouteTableIds": [UNSET]}])
def test_an_endpoint_that_may_serve_any_subnet_serves_all(tell: Tell, served: Resources) -> None:
    resources = {**network(), "Way": route(CLIENTS, GatewayId="igw-1")}
    resources["Endpoint"]["Properties"] |= served

    assert tell(IGW, resources) == [f"broken Way {WAYS[0][2]}"]


def test_subnets_of_an_interface_endpoint_matter(tell: Tell) -> None:
    resources = {**network(), "Way": route(CLIENTS, GatewayId="igw-1")}
    del resources["Endpoint"]["Properties"]["RouteTableIds"]
    resources["Endpoint"]["Properties"] |= {
        "VpcEndpointType": "Interface",
        "SubnetIds": [{"Ref": "Client2"}],
    }

    assert tell(IGW, resources) == [
        "broken Way GatewayId: It sends 0.0.0.0/0 from Client2 to the internet gateway igw-1."
    ]


def test_vpcs_without_table_clients_do_not_matter(tell: Tell) -> None:
    resources = {**network(), "Way": route(CLIENTS, GatewayId="igw-1")}
    resources["Endpoint"]["Properties"]["ServiceName"] = "com.amazonaws.us-east-1.s3"

    assert tell(IGW, resources) == []


# Peering


def peered(rule: Resources | None, table: Resources = CACHES) -> Resources:
    resources = {
        **cached(),
        "Way": route(table, "10.9.0.0/16", VpcPeeringConnectionId="pcx-1"),
    }
    return resources if rule is None else {**resources, "Rule": rule}


def test_readers_of_a_peered_network_are_a_named_exemption(ask: Ask) -> None:
    result = ask(PEERING, peered(ingress(get("CacheGroup"), CidrIp="10.9.0.0/16")))

    assert result.findings == ()
    assert [
        (exemption.subject.logical_id, exemption.principal, exemption.reason)
        for exemption in result.exemptions
        if isinstance(exemption, Exemption)
    ] == [
        (
            "Way",
            "10.9.0.0/16 through pcx-1",
            "Clients of this range may connect to the cache in Cache1, Cache2, Cache3 on port "
            "9111; no other subnet has a route to them.",
        )
    ]


@pytest.mark.parametrize(
    "resources",
    [
        peered(None),
        peered(ingress(get("CacheGroup"), CidrIp="10.9.1.0/24")),
        peered(ingress(get("CacheGroup"), CidrIp="10.0.0.0/8")),
        peered(ingress(get("CacheGroup"), CidrIp="10.9.0.0/16", FromPort=8111)),
        peered(ingress(get("CacheGroup"), CidrIp="10.9.0.0/16", IpProtocol="-1")),
        {
            **peered(ingress(get("CacheGroup"), CidrIp="10.9.0.0/16")),
            "More": ingress(get("ClientGroup"), CidrIp="10.9.0.0/16"),
        },
        {
            **peered(ingress(get("CacheGroup"), CidrIp="10.9.0.0/16")),
            "Client1Table": resource(
                "AWS::EC2::SubnetRouteTableAssociation",
                SubnetId={"Ref": "Client1"},
                RouteTableId=CACHES,
            ),
        },
    ],
)
def test_any_other_peering_is_a_finding(ask: Ask, resources: Resources) -> None:
    result = ask(PEERING, resources)

    assert [finding.subject.logical_id for finding in result.findings] == ["Way"]
    assert result.exemptions == ()

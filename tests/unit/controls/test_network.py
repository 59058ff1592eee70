"""Addresses, groups, names, logs and endpoints of the networks of clients."""

from collections.abc import Callable
from typing import Any

import pytest

from ddb_perimeter.controls.perimeter import Perimeter
from ddb_perimeter.findings import Exposure, Severity
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

PUBLIC, GROUPS, DEFAULT, DNS, LOGS, PRESENT, TABLES = CONTROLS = (
    "vpc-subnet-no-public-ip",
    "vpc-sg-not-public",
    "vpc-default-sg-closed",
    "vpc-dns-on",
    "vpc-flow-logs",
    "vpce-ddb-present",
    "vpce-all-private-route-tables",
)
STREAM = "ddb-stream-private-path"


@pytest.mark.parametrize("control", CONTROLS)
def test_a_private_network_holds(ask: Ask, control: str) -> None:
    result = ask(control, cached())

    assert result.findings == ()
    assert result.controls[0].resources >= 1


def changed(name: str, **properties: object) -> Resources:
    """Return the network with other properties of one resource; None leaves one out."""
    resources = cached()
    both = {**resources[name]["Properties"], **properties}
    resources[name]["Properties"] = {k: v for k, v in both.items() if v is not None}
    return resources


def without(*names: str) -> Resources:
    return {name: value for name, value in cached().items() if name not in names}


MAP = "MapPublicIpOnLaunch"


@pytest.mark.parametrize(
    ("control", "resources", "expected"),
    [
        (PUBLIC, changed("Client1", **{MAP: True}), f"broken Client1 {MAP}: {MAP} is true."),
        (PUBLIC, changed("Cache1", **{MAP: UNSET}), f"unknown Cache1 {MAP}: {MAP} {UNRESOLVED}"),
        (
            DEFAULT,
            without("Closed"),
            "broken Vpc -: The default security group of the VPC keeps the rules that AWS gives "
            "it.",
        ),
        (
            DEFAULT,
            {**cached(), "More": ingress(get("Vpc", "DefaultSecurityGroup"), CidrIp="10.0.0.0/8")},
            "broken Vpc -: The default security group of the VPC has rules: More.",
        ),
        (
            DNS,
            changed("Vpc", EnableDnsHostnames=None),
            "broken Vpc EnableDnsHostnames: EnableDnsHostnames is not true.",
        ),
        (
            DNS,
            changed("Vpc", EnableDnsSupport="false"),
            "broken Vpc EnableDnsSupport: EnableDnsSupport is not true.",
        ),
        (
            DNS,
            changed("Vpc", EnableDnsSupport=UNSET),
            f"unknown Vpc EnableDnsSupport: EnableDnsSupport {UNRESOLVED}",
        ),
        (LOGS, without("Log"), "broken Vpc -: No flow log in what was checked records the VPC."),
        (
            LOGS,
            changed("Log", TrafficType="REJECT"),
            "broken Log TrafficType: TrafficType is REJECT, so part of the VPC's traffic is not "
            "recorded.",
        ),
        (
            LOGS,
            changed("Log", ResourceId={"Ref": "Client1"}),
            "broken Vpc -: No flow log in what was checked records the VPC.",
        ),
        (
            LOGS,
            changed("Log", ResourceId=UNSET),
            f"unknown Vpc -: What a flow log records {UNRESOLVED}",
        ),
        (PRESENT, without("Endpoint"), "broken Vpc -: The VPC has no endpoint for DynamoDB."),
        (
            PRESENT,
            changed("Endpoint", ServiceName="com.amazonaws.us-east-1.dynamodb-streams"),
            "broken Vpc -: The VPC has no endpoint for DynamoDB.",
        ),
        (
            TABLES,
            changed("Endpoint", RouteTableIds=[{"Ref": "Clients"}]),
            "broken Endpoint RouteTableIds: RouteTableIds lacks the route table of Cache1, "
            "Cache2, Cache3.",
        ),
        (
            TABLES,
            changed("Endpoint", RouteTableIds=[{"Ref": "Caches"}]),
            "broken Endpoint RouteTableIds: RouteTableIds lacks the route table of Client1, "
            "Client2.",
        ),
        (
            TABLES,
            changed("Endpoint", RouteTableIds=[{"Ref": "Caches"}, UNSET]),
            f"unknown Endpoint RouteTableIds: RouteTableIds {UNRESOLVED}",
        ),
        (
            TABLES,
            changed("Client1Table", RouteTableId=UNSET),
            f"unknown Endpoint RouteTableIds: The route table of Client1 {UNRESOLVED}",
        ),
        (
            TABLES,
            without("Client1Table"),
            "broken Endpoint RouteTableIds: RouteTableIds lacks the route table of Client1.",
        ),
    ],
)
def test_one_change_is_found(tell: Tell, control: str, resources: Resources, expected: str) -> None:
    assert tell(control, resources) == [expected]


def test_public_addresses_matter_with_a_route(ask: Ask) -> None:
    resources = changed("Client1", **{MAP: True})
    (finding,) = ask(PUBLIC, resources).findings
    assert finding.exposure is Exposure.NONE

    resources["Way"] = route({"Ref": "Clients"}, GatewayId="igw-1")
    (finding,) = ask(PUBLIC, resources).findings
    assert finding.exposure is Exposure.WEAKENED


def test_a_public_subnet_needs_no_endpoint(tell: Tell) -> None:
    resources = {**cached(), **subnet("Public", 9, "c", "Publics")}
    resources["Publics"] = resource("AWS::EC2::RouteTable", VpcId={"Ref": "Vpc"})
    assert len(tell(TABLES, resources)) == 1

    resources["Way"] = route({"Ref": "Publics"}, GatewayId="igw-1")
    assert tell(TABLES, resources) == []


def test_flow_logs_of_every_subnet_do_as_well(tell: Tell) -> None:
    resources = network()
    del resources["Log"]
    for number in (1, 2):
        resources[f"Log{number}"] = resource(
            "AWS::EC2::FlowLog", ResourceId={"Ref": f"Client{number}"}, TrafficType="ALL"
        )

    assert tell(LOGS, resources) == []
    del resources["Log2"]
    assert len(tell(LOGS, resources)) == 1


def test_flow_logs_that_the_user_declares_count(tell: Tell) -> None:
    assert tell(LOGS, without("Log"), Perimeter(existing=frozenset({"flow-logs"}))) == []


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"SourceSecurityGroupId": "sg-1"}, None),
        ({"CidrIp": "10.0.0.0/8"}, None),
        ({"CidrIpv6": "fd00::/8"}, None),
        (
            {"CidrIp": "0.0.0.0/0"},
            "broken Rule Properties: It admits 0.0.0.0/0, for example 203.0.113.7.",
        ),
        ({"CidrIpv6": "::/0"}, "broken Rule Properties: It admits ::/0, for example 2001:db8::7."),
        (
            {"CidrIp": "8.8.8.8/32"},
            "broken Rule Properties: It admits 8.8.8.8/32, for example 8.8.8.8.",
        ),
        ({"CidrIp": UNSET}, f"unknown Rule Properties: Who may connect {UNRESOLVED}"),
    ],
)
def test_groups_admit_no_internet(tell: Tell, rule: Resources, expected: str | None) -> None:
    rule = ingress(get("ClientGroup"), FromPort=443, ToPort=443, **rule)

    assert tell(GROUPS, {**cached(), "Rule": rule}) == ([] if expected is None else [expected])


def test_a_few_addresses_are_less_severe(ask: Ask) -> None:
    severities = [
        ask(GROUPS, {**cached(), "Rule": ingress(get("ClientGroup"), CidrIp=cidr)})
        .findings[0]
        .severity
        for cidr in ("0.0.0.0/1", "8.8.8.0/24")
    ]

    assert severities == [Severity.HIGH, Severity.MEDIUM]


def test_groups_of_caches_are_judged_where_their_ports_are(tell: Tell) -> None:
    rules = {
        "Cache": ingress(get("CacheGroup"), CidrIp="0.0.0.0/0"),
        "Web": ingress(get("CacheGroup"), CidrIp="0.0.0.0/0", FromPort=443, ToPort=443),
    }

    assert tell(GROUPS, {**cached(), **rules}) == [
        "broken Web Properties: It admits 0.0.0.0/0, for example 203.0.113.7."
    ]


def test_the_vpcs_own_ipv6_is_no_internet(tell: Tell) -> None:
    resources = changed("Client1", Ipv6CidrBlock="2600:1f16::/64")
    resources["Rule"] = ingress(get("ClientGroup"), CidrIpv6="2600:1f16::/64")

    assert tell(GROUPS, resources) == []


def test_a_rule_of_an_unknown_group_is_unknown(tell: Tell) -> None:
    resources = {**cached(), "Rule": ingress(UNSET, CidrIp="10.0.0.0/8")}

    assert tell(GROUPS, resources) == [f"unknown Rule GroupId: The group of the rule {UNRESOLVED}"]


@pytest.mark.parametrize(
    ("control", "what"),
    [
        (PUBLIC, "subnets"),
        (GROUPS, "security groups"),
        (DEFAULT, "default security group"),
        (DNS, "DNS settings"),
        (LOGS, "flow logs"),
        (TABLES, "route tables"),
    ],
)
def test_a_vpc_that_was_not_checked_is_unknown_unless_declared(
    tell: Tell, control: str, what: str
) -> None:
    vpc = "vpc-0123456789abcdef0"
    resources = {"Endpoint": network()["Endpoint"]}
    resources["Endpoint"]["Properties"] |= {"VpcId": vpc, "RouteTableIds": ["rtb-1"]}

    assert tell(control, resources) == [
        f"unknown Endpoint VpcId: Its VPC {vpc} is not in what was checked, so its {what} cannot "
        "be seen."
    ]
    assert tell(control, resources, Perimeter(vpcs=frozenset({vpc}))) == []


def test_a_cache_whose_vpc_cannot_be_told_may_lack_an_endpoint(tell: Tell) -> None:
    resources = cached(SubnetGroupName="theirs", SecurityGroupIds=["sg-theirs"])

    assert tell(PRESENT, resources) == [
        "unknown Cluster SubnetGroupName: Its VPC cannot be told, so its endpoints cannot be seen."
    ]


def streaming(view: object = "NEW_IMAGE", kind: str = "Table", **rest: object) -> Resources:
    specification = {} if view is None else {"StreamSpecification": {"StreamViewType": view}}
    return {"Table": resource(f"AWS::DynamoDB::{kind}", **specification, **rest)}


def endpoint(service: object) -> Resources:
    return {
        "Streams": resource(
            "AWS::EC2::VPCEndpoint",
            VpcEndpointType="Interface",
            VpcId="vpc-1",
            ServiceName=service,
        )
    }


VIEW = "StreamSpecification.StreamViewType"
THERE = {"Replicas": [{"Region": "us-east-1"}, {"Region": "eu-west-1"}]}


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        (streaming(None), []),
        (streaming(None, "GlobalTable", **THERE), []),
        ({**streaming(), **endpoint("com.amazonaws.us-east-1.dynamodb-streams")}, []),
        (
            {**streaming(), **endpoint("com.amazonaws.us-east-1.dynamodb")},
            [
                f"broken Table {VIEW}: Its stream (NEW_IMAGE) has no endpoint for dynamodb-streams "
                "in us-east-1."
            ],
        ),
        (
            {
                **streaming(kind="GlobalTable", **THERE),
                **endpoint("com.amazonaws.us-east-1.dynamodb-streams"),
            },
            [
                f"broken Table {VIEW}: Its stream (NEW_IMAGE) has no endpoint for dynamodb-streams "
                "in eu-west-1."
            ],
        ),
        (
            {**streaming(), **endpoint(UNSET)},
            [
                f"unknown Table {VIEW}: Whether endpoint Streams serves its stream cannot be told: "
                "ServiceName is ${Unset}."
            ],
        ),
        (streaming(UNSET), [f"unknown Table {VIEW}: {VIEW} {UNRESOLVED}"]),
    ],
)
def test_streams_have_a_private_path(tell: Tell, resources: Resources, expected: list[str]) -> None:
    assert tell(STREAM, resources) == expected

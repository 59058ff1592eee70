"""Who can connect to DAX clusters."""

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
    resource,
    route,
)

Tell = Callable[..., list[str]]
Ask = Callable[..., Any]

CACHES = {"Ref": "Caches"}
GROUP = get("CacheGroup")
TO_INTERNET = route(CACHES, GatewayId="igw-1")
CONTROLS = ("dax-private-subnets", "dax-sg-source-only", "dax-no-plaintext-port")


@pytest.mark.parametrize("control", CONTROLS)
def test_a_private_cache_holds(ask: Ask, control: str) -> None:
    result = ask(control, cached())

    assert result.findings == ()
    assert result.controls[0].resources == 1


@pytest.mark.parametrize(
    ("way", "target"),
    [
        (route(CACHES, GatewayId="igw-1"), "0.0.0.0/0 to an internet gateway igw-1"),
        (route(CACHES, "0.0.0.0/1", GatewayId="igw-1"), "0.0.0.0/1 to an internet gateway igw-1"),
        (route(CACHES, "::/0", GatewayId="igw-1"), "::/0 to an internet gateway igw-1"),
        (route(CACHES, NatGatewayId="nat-1"), "0.0.0.0/0 to the NAT gateway nat-1"),
        (
            route(CACHES, "::/0", EgressOnlyInternetGatewayId="eigw-1"),
            "::/0 to an egress-only internet gateway eigw-1",
        ),
        (route(CACHES, TransitGatewayId="tgw-1"), "0.0.0.0/0 to the transit gateway tgw-1"),
        (
            route(CACHES, "8.0.0.0/6", InstanceId="i-1"),
            "8.0.0.0/6 to an instance or network interface i-1",
        ),
    ],
)
def test_every_way_out_is_found(tell: Tell, way: Resources, target: str) -> None:
    told = tell("dax-private-subnets", {**cached(), "Way": way})

    assert told == [
        f"broken Cluster SubnetGroupName: Subnet Cache{number} has a way out: route Way sends "
        f"{target}."
        for number in (1, 2, 3)
    ]


@pytest.mark.parametrize(
    "way",
    [
        route(CACHES, "10.9.0.0/16", VpcPeeringConnectionId="pcx-1"),
        route(CACHES, "172.16.0.0/12", TransitGatewayId="tgw-1"),
        route({"Ref": "Clients"}, GatewayId="igw-1"),
    ],
)
def test_ways_to_private_networks_are_judged_elsewhere(tell: Tell, way: Resources) -> None:
    assert tell("dax-private-subnets", {**cached(), "Way": way}) == []


@pytest.mark.parametrize(
    ("way", "expected"),
    [
        (
            route(CACHES, GatewayId=UNSET),
            "${Unset}, which cannot be resolved: what is behind this target cannot be seen.",
        ),
        (
            route(CACHES, VpcEndpointId="vpce-firewall"),
            "vpce-firewall, which cannot be resolved: what is behind this target cannot be seen.",
        ),
        (
            route(CACHES, "pl-1", TransitGatewayId="tgw-1"),
            "pl-1, which cannot be resolved: the prefix list is not in what was checked.",
        ),
    ],
)
def test_a_way_that_cannot_be_read_is_unknown(tell: Tell, way: Resources, expected: str) -> None:
    assert tell("dax-private-subnets", {**cached(), "Way": way}) == [
        "unknown Cluster SubnetGroupName: The target of route Way of subnet "
        f"Cache{number} is {expected}"
        for number in (1, 2, 3)
    ]


def test_a_prefix_list_is_read(tell: Tell) -> None:
    def resources(cidr: str) -> Resources:
        entries = [{"Cidr": cidr}]
        way = resource(
            "AWS::EC2::Route",
            RouteTableId=CACHES,
            DestinationPrefixListId={"Ref": "Far"},
            TransitGatewayId="tgw-1",
        )
        return {**cached(), "Way": way, "Far": resource("AWS::EC2::PrefixList", Entries=entries)}

    assert tell("dax-private-subnets", resources("10.9.0.0/16")) == []
    assert len(tell("dax-private-subnets", resources("0.0.0.0/1"))) == 3


def test_the_main_table_of_the_vpc_counts(tell: Tell) -> None:
    """A subnet without an association uses it; nothing here can add a route to it."""
    resources = cached()
    del resources["Cache1Table"]

    assert tell("dax-private-subnets", resources) == []


@pytest.mark.parametrize(
    ("public", "expected"),
    [
        (True, "broken Cluster SubnetGroupName: Subnet Cache2 gives out public addresses."),
        (UNSET, f"unknown Cluster SubnetGroupName: MapPublicIpOnLaunch of Cache2 {UNRESOLVED}"),
    ],
)
def test_no_subnet_gives_out_public_addresses(tell: Tell, public: object, expected: str) -> None:
    resources = cached()
    resources["Cache2"]["Properties"]["MapPublicIpOnLaunch"] = public

    assert tell("dax-private-subnets", resources) == [expected]


def test_what_may_belong_to_a_subnet_is_unknown(tell: Tell) -> None:
    resources = cached()
    resources["Cache1Table"]["Properties"]["RouteTableId"] = "rtb-theirs"
    resources["Lost"] = route(UNSET, GatewayId="igw-1")

    assert tell("dax-private-subnets", resources) == [
        "unknown Cluster SubnetGroupName: RouteTableId of Lost, which may concern a subnet of the "
        f"cache, {UNRESOLVED}",
        "unknown Cluster SubnetGroupName: The route table of Cache1 is rtb-theirs, which cannot "
        "be resolved: the table is not in the templates.",
    ]


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        (
            {"SubnetGroupName": "theirs"},
            "A subnet of the cache is theirs, which cannot be resolved: the subnet group is not "
            "in what was checked.",
        ),
        (
            {"SubnetGroupName": None},
            "A subnet of the cache is SubnetGroupName, which cannot be resolved: the default "
            "subnet group is not declared.",
        ),
        ({"SubnetGroupName": UNSET}, f"A subnet of the cache {UNRESOLVED}"),
    ],
)
def test_subnets_that_were_not_checked_are_unknown(
    tell: Tell, group: Resources, expected: str
) -> None:
    assert tell("dax-private-subnets", cached(**group)) == [
        f"unknown Cluster SubnetGroupName: {expected}"
    ]


def test_a_vpc_that_the_user_declares_is_believed(tell: Tell) -> None:
    vpc = "vpc-0123456789abcdef0"
    resources = cached(SubnetGroupName="theirs")
    resources["CacheGroup"]["Properties"]["VpcId"] = vpc
    declared = Perimeter(vpcs=frozenset({vpc}))

    assert len(tell("dax-private-subnets", resources)) == 1
    assert tell("dax-private-subnets", resources, declared) == []


# Security groups


@pytest.mark.parametrize(
    "rule",
    [
        ingress(GROUP, SourceSecurityGroupId="sg-0123456789abcdef0"),
        ingress(GROUP, CidrIp="10.0.1.0/24"),
        ingress(GROUP, CidrIp="10.0.1.128/25"),
        ingress(GROUP, CidrIp="0.0.0.0/0", FromPort=443, ToPort=443),
        ingress(GROUP, CidrIp="0.0.0.0/0", IpProtocol="udp"),
        ingress(get("ClientGroup"), CidrIp="0.0.0.0/0"),
    ],
)
def test_clients_may_connect(tell: Tell, rule: Resources) -> None:
    assert tell("dax-sg-source-only", {**cached(), "Rule": rule}) == []


@pytest.mark.parametrize(
    ("rules", "severity", "witness"),
    [
        ([{"CidrIp": "0.0.0.0/0"}], Severity.CRITICAL, "203.0.113.7"),
        ([{"CidrIpv6": "::/0"}], Severity.CRITICAL, "2001:db8::7"),
        ([{"CidrIp": "0.0.0.0/0", "IpProtocol": -1}], Severity.CRITICAL, "203.0.113.7"),
        ([{"CidrIp": "0.0.0.0/0", "IpProtocol": "6", "FromPort": 0}], Severity.CRITICAL, None),
        ([{"CidrIp": "0.0.0.0/0", "FromPort": -1, "ToPort": -1}], Severity.CRITICAL, None),
        ([{"CidrIp": "8.0.0.0/6"}], Severity.CRITICAL, "8.0.0.0"),
        ([{"CidrIp": "0.0.0.0/1"}, {"CidrIp": "128.0.0.0/1"}], Severity.CRITICAL, None),
        ([{"CidrIp": "198.51.100.0/24"}], Severity.HIGH, "198.51.100.7"),
        ([{"CidrIp": "8.8.8.8/32"}], Severity.HIGH, "8.8.8.8"),
    ],
)
def test_the_internet_may_not(
    ask: Ask, rules: list[Resources], severity: Severity, witness: str | None
) -> None:
    resources = cached()
    for number, rule in enumerate(rules):
        resources[f"Rule{number}"] = ingress(GROUP, **rule)

    findings = ask("dax-sg-source-only", resources).findings

    assert [finding.subject.logical_id for finding in findings] == [
        f"Rule{number}" for number in range(len(rules))
    ]
    for finding in findings:
        packet = finding.counterexample
        assert (finding.severity, finding.exposure) == (severity, Exposure.WEAKENED)
        assert packet is not None
        assert (packet.action, packet.origin, packet.outcome) == (
            "tcp/9111",
            "the internet",
            "denied",
        )
        assert witness in {None, packet.caller}


def test_a_rule_inside_the_group_is_found_where_it_is_written(tell: Tell) -> None:
    resources = cached()
    resources["CacheGroup"]["Properties"]["SecurityGroupIngress"] = [
        {"IpProtocol": "tcp", "FromPort": 9111, "ToPort": 9111, "CidrIp": "10.0.1.0/24"},
        {"IpProtocol": "tcp", "FromPort": 9000, "ToPort": 9200, "CidrIp": "0.0.0.0/0"},
    ]

    assert tell("dax-sg-source-only", resources) == [
        "broken CacheGroup SecurityGroupIngress[1]: 0.0.0.0/0 may connect to cluster Cluster "
        "(tcp 9000-9200), for example 203.0.113.7."
    ]


def test_a_second_group_counts(tell: Tell) -> None:
    resources = cached(SecurityGroupIds=[GROUP, get("Other")])
    resources["Other"] = resource("AWS::EC2::SecurityGroup", VpcId={"Ref": "Vpc"})
    resources["Rule"] = ingress(get("Other"), CidrIp="0.0.0.0/0")

    assert len(tell("dax-sg-source-only", resources)) == 1


def test_the_default_group_admits_everybody_who_was_given_none(tell: Tell) -> None:
    resources = cached(SecurityGroupIds=None)
    assert tell("dax-sg-source-only", resources) == []  # it has been emptied
    del resources["Closed"]
    assert tell("dax-sg-source-only", resources) == [
        "broken Cluster SecurityGroupIds: The cluster is in its VPC's default security group, "
        "which admits everything that was given no group of its own."
    ]


def test_an_open_door_with_a_route_is_reachable(ask: Ask) -> None:
    resources = {
        **cached(),
        "Rule": ingress(GROUP, CidrIp="0.0.0.0/0"),
        "Way": TO_INTERNET,
    }

    for control in ("dax-sg-source-only", "dax-private-subnets"):
        finding = ask(control, resources).findings[0]
        assert (finding.exposure, finding.severity) == (Exposure.REACHABLE, Severity.CRITICAL)
        assert str(finding.counterexample) == (
            "203.0.113.7 calls tcp/9111 on arn:aws:dax:us-east-1:111122223333:cache/orders from "
            "the internet: allowed, because Rule admits 0.0.0.0/0 and Way routes Cache1 to the "
            "internet gateway igw-1"
        )


@pytest.mark.parametrize(
    "stopped",
    [
        {"Rule": ingress(GROUP, CidrIp="0.0.0.0/0"), "Way": route(CACHES, NatGatewayId="nat-1")},
        {
            "Rule": ingress(GROUP, CidrIp="8.8.8.0/24"),
            "Way": route(CACHES, "9.0.0.0/8", GatewayId="igw-1"),
        },
        {
            "Rule": ingress(GROUP, CidrIp="0.0.0.0/0", FromPort=8111, ToPort=8111),
            "Way": TO_INTERNET,
        },
        {
            "Rule": ingress(GROUP, CidrIp="0.0.0.0/0"),
            "Way": TO_INTERNET,
            **{
                f"Acl{number}": resource(
                    "AWS::EC2::SubnetNetworkAclAssociation",
                    SubnetId={"Ref": f"Cache{number}"},
                    NetworkAclId="acl-1",
                )
                for number in (1, 2, 3)
            },
        },
    ],
)
def test_without_every_layer_nothing_is_reachable(ask: Ask, stopped: Resources) -> None:
    for control in ("dax-sg-source-only", "dax-private-subnets"):
        findings = ask(control, {**cached(), **stopped}).findings

        assert findings
        assert {finding.exposure for finding in findings} == {Exposure.WEAKENED}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (
            {"CidrIp": "10.0.0.0/8"},
            "broken Rule Properties: 10.0.0.0/8 may connect to cluster Cluster (tcp 9111): wider than the "
            "subnets of its VPC and peers with a route, for example 10.0.0.0.",
        ),
        (
            {"SourcePrefixListId": "pl-1"},
            "unknown Rule Properties: Who may connect to cluster Cluster is pl-1, which cannot be resolved: "
            "the prefix list is not in what was checked.",
        ),
        (
            {"CidrIp": UNSET},
            f"unknown Rule Properties: Who may connect to cluster Cluster {UNRESOLVED}",
        ),
        (
            {"CidrIp": "10.0.1.0/24", "FromPort": UNSET},
            f"unknown Rule Properties: Who may connect to cluster Cluster {UNRESOLVED}",
        ),
        (
            {"CidrIp": "everybody"},
            "unknown Rule Properties: Who may connect to cluster Cluster is everybody, which cannot be "
            "resolved: it is no address block.",
        ),
    ],
)
def test_other_sources_are_judged_by_reach(tell: Tell, rule: Resources, expected: str) -> None:
    assert tell("dax-sg-source-only", {**cached(), "Rule": ingress(GROUP, **rule)}) == [expected]


def test_a_prefix_list_of_the_world_is_the_world(ask: Ask) -> None:
    halves = [{"Cidr": "0.0.0.0/1"}, {"Cidr": "128.0.0.0/1"}]
    resources = {
        **cached(),
        "World": resource("AWS::EC2::PrefixList", Entries=halves),
        "Rule": ingress(GROUP, SourcePrefixListId={"Ref": "World"}),
    }

    (finding,) = ask("dax-sg-source-only", resources).findings

    assert finding.severity is Severity.CRITICAL


def test_a_peer_with_a_route_may_connect(tell: Tell) -> None:
    resources = {**cached(), "Rule": ingress(GROUP, CidrIp="10.9.0.0/16")}
    assert len(tell("dax-sg-source-only", resources)) == 1

    resources["Way"] = route(CACHES, "10.9.0.0/16", VpcPeeringConnectionId="pcx-1")
    assert tell("dax-sg-source-only", resources) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            {"SecurityGroupIds": ["sg-theirs"]},
            "unknown Cluster SecurityGroupIds: A security group of the cache is sg-theirs, which "
            "cannot be resolved: no such security group was checked.",
        ),
        (
            {"SecurityGroupIds": UNSET},
            f"unknown Cluster SecurityGroupIds: A security group of the cache {UNRESOLVED}",
        ),
    ],
)
def test_groups_that_were_not_checked_are_unknown(
    tell: Tell, change: Resources, expected: str
) -> None:
    assert tell("dax-sg-source-only", cached(**change)) == [expected]


def test_a_rule_that_may_be_the_clusters_is_unknown(tell: Tell) -> None:
    resources = {**cached(), "Rule": ingress(UNSET, CidrIp="0.0.0.0/0")}

    assert tell("dax-sg-source-only", resources) == [
        "unknown Cluster SecurityGroupIds: The group of rule Rule, which may be the cluster's, "
        f"{UNRESOLVED}"
    ]


def test_a_range_in_a_vpc_that_was_not_checked_is_unknown(tell: Tell) -> None:
    resources = cached(SubnetGroupName="theirs")
    resources["CacheGroup"]["Properties"]["VpcId"] = "vpc-theirs"
    resources["Rule"] = ingress(GROUP, CidrIp="10.0.1.0/24")

    assert tell("dax-sg-source-only", resources) == [
        "unknown Rule Properties: 10.0.1.0/24 may connect to cluster Cluster, and whether these are its "
        "clients cannot be told: no subnet of its VPC was checked (vpc-theirs)."
    ]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (
            {"FromPort": 8111, "ToPort": 9111},
            [
                "broken Rule Properties: sg-1 may connect to port 8111 of cluster Cluster (tcp 8111-9111)."
            ],
        ),
        (
            {"IpProtocol": "-1"},
            [
                "broken Rule Properties: sg-1 may connect to port 8111 of cluster Cluster (-1 0-65535)."
            ],
        ),
        ({"ToPort": UNSET}, [f"unknown Rule Properties: The ports of the rule {UNRESOLVED}"]),
        ({}, []),
    ],
)
def test_the_port_without_tls_is_closed(tell: Tell, rule: Resources, expected: list[str]) -> None:
    rule = ingress(GROUP, SourceSecurityGroupId="sg-1", **rule)

    assert tell("dax-no-plaintext-port", {**cached(), "Rule": rule}) == expected


def test_the_port_matters_more_without_tls(ask: Ask) -> None:
    rule = ingress(GROUP, SourceSecurityGroupId="sg-1", FromPort=8111)
    exposures = [
        ask("dax-no-plaintext-port", {**cached(**change), "Rule": rule}).findings[0].exposure
        for change in ({}, {"ClusterEndpointEncryptionType": "NONE"})
    ]

    assert exposures == [Exposure.NONE, Exposure.WEAKENED]

"""Interface endpoints: zones, groups by reach and private names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ddb_perimeter.controls.perimeter import Perimeter
from tests.unit.controls.networks import (
    UNRESOLVED,
    UNSET,
    Resources,
    get,
    ingress,
    network,
    resource,
    route,
)

if TYPE_CHECKING:
    from tests.unit.controls.conftest import Ask, Tell

HARDENED = "vpce-interface-hardened"
STREAMS = "com.amazonaws.us-east-1.dynamodb-streams"
DAX = "com.amazonaws.us-east-1.dax"


def hardened(rule: Resources | None = None, **endpoint: object) -> Resources:
    """Return the network with an interface endpoint for streams that holds, or nearly so."""
    properties = {
        "VpcEndpointType": "Interface",
        "ServiceName": STREAMS,
        "VpcId": {"Ref": "Vpc"},
        "SubnetIds": [{"Ref": "Client1"}, {"Ref": "Client2"}],
        "SecurityGroupIds": [get("EndpointGroup")],
        "PrivateDnsEnabled": False,
        **endpoint,
    }
    https = {"FromPort": 443, "ToPort": 443}
    source = {"SourceSecurityGroupId": get("ClientGroup")}
    return {
        **network(),
        "EndpointGroup": resource("AWS::EC2::SecurityGroup", VpcId={"Ref": "Vpc"}),
        "Rule": ingress(get("EndpointGroup"), **{**https, **(rule or source)}),
        "Streams": resource("AWS::EC2::VPCEndpoint", **properties),
    }


def test_an_endpoint_of_two_zones_for_clients_holds(ask: Ask) -> None:
    result = ask(HARDENED, hardened())

    assert result.findings == ()
    assert [subject.logical_id for subject in result.controls[0].subjects] == ["Streams"]


@pytest.mark.parametrize(
    ("endpoint", "expected"),
    [
        (
            {"SubnetIds": [{"Ref": "Client1"}]},
            ["broken Streams SubnetIds: It has interfaces in 1 zone."],
        ),
        (
            {"SubnetIds": [{"Ref": "Client1"}, {"Ref": "Client1"}]},
            ["broken Streams SubnetIds: It has interfaces in 1 zone."],
        ),
        ({"SubnetIds": []}, ["broken Streams SubnetIds: It has interfaces in no zone."]),
        ({"SubnetIds": UNSET}, [f"unknown Streams SubnetIds: SubnetIds {UNRESOLVED}"]),
        ({"SubnetIds": [{"Ref": "Client1"}, {"Ref": "Client2"}, UNSET]}, []),
        ({"ServiceName": UNSET}, [f"unknown Streams ServiceName: ServiceName {UNRESOLVED}"]),
        (
            {"VpcEndpointType": UNSET},
            [f"unknown Streams VpcEndpointType: VpcEndpointType {UNRESOLVED}"],
        ),
        ({"ServiceName": "com.amazonaws.us-east-1.kms", "SubnetIds": []}, []),
        (
            {"PrivateDnsEnabled": True},
            [
                "broken Streams PrivateDnsEnabled: PrivateDnsEnabled is true, and "
                "dynamodb-streams has no private DNS: AWS refuses the endpoint."
            ],
        ),
        ({"ServiceName": DAX, "PrivateDnsEnabled": True}, []),
        (
            {"ServiceName": DAX},
            [
                "broken Streams PrivateDnsEnabled: PrivateDnsEnabled is not true, so calls that "
                "manage caches go past it."
            ],
        ),
        (
            {"PrivateDnsEnabled": UNSET},
            [f"unknown Streams PrivateDnsEnabled: PrivateDnsEnabled {UNRESOLVED}"],
        ),
        (
            {"SecurityGroupIds": []},
            [
                "broken Streams SecurityGroupIds: It names no security group, so it has the "
                "default one of its VPC."
            ],
        ),
        (
            {"SecurityGroupIds": [get("EndpointGroup"), get("Vpc", "DefaultSecurityGroup")]},
            [
                "broken Streams SecurityGroupIds: It is in its VPC's default security group, "
                "which is that of everything that was given no group of its own."
            ],
        ),
        (
            {"SecurityGroupIds": [UNSET]},
            [f"unknown Streams SecurityGroupIds: A security group {UNRESOLVED}"],
        ),
    ],
)
def test_what_an_endpoint_says_of_itself(
    endpoint: Resources, expected: list[str], tell: Tell
) -> None:
    assert tell(HARDENED, hardened(**endpoint)) == expected


WIDER = (
    "broken Rule Properties: {} may connect to endpoint Streams: wider than the subnets of its "
    "VPC and peers with a route, for example {}."
)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"CidrIp": "10.0.1.0/24"}, []),
        ({"CidrIp": "10.0.0.0/8"}, [WIDER.format("10.0.0.0/8", "10.0.0.0")]),
        ({"CidrIp": "0.0.0.0/0"}, [WIDER.format("0.0.0.0/0", "203.0.113.7")]),
        (
            {"CidrIp": "10.0.1.0/24", "ToPort": 444},
            [
                "broken Rule Properties: 10.0.1.0/24 may connect to endpoint Streams on more than "
                "TCP port 443."
            ],
        ),
        (
            {"SourceSecurityGroupId": get("Vpc", "DefaultSecurityGroup")},
            [
                "broken Rule Properties: Whatever was given no security group may connect to "
                "endpoint Streams."
            ],
        ),
        (
            {"CidrIp": UNSET},
            [f"unknown Rule Properties: Who may connect to endpoint Streams {UNRESOLVED}"],
        ),
        (
            {"SourceSecurityGroupId": UNSET},
            [f"unknown Rule Properties: Who may connect to endpoint Streams {UNRESOLVED}"],
        ),
    ],
)
def test_whom_the_group_of_an_endpoint_admits(
    rule: Resources, expected: list[str], tell: Tell
) -> None:
    assert tell(HARDENED, hardened(rule)) == expected


def test_peers_with_a_route_are_clients(tell: Tell) -> None:
    resources = hardened({"CidrIp": "10.99.0.0/16"})
    resources["Peers"] = route(
        {"Ref": "Clients"}, "10.99.0.0/16", VpcPeeringConnectionId="pcx-0123456789abcdef0"
    )

    assert tell(HARDENED, resources) == []


def test_a_rule_of_an_unknown_group_may_be_the_endpoints(tell: Tell) -> None:
    resources = hardened()
    resources["Loose"] = ingress(UNSET, CidrIp="0.0.0.0/0")

    assert tell(HARDENED, resources) == [
        "unknown Streams SecurityGroupIds: The group of rule Loose, which may be the endpoint's, "
        f"{UNRESOLVED}"
    ]


def test_groups_of_a_declared_vpc_are_the_users_to_know(tell: Tell) -> None:
    vpc = "vpc-0123456789abcdef0"
    endpoint = hardened(
        VpcId=vpc, SubnetIds=["subnet-1", "subnet-2"], SecurityGroupIds=["sg-elsewhere"]
    )["Streams"]

    (unseen,) = tell(HARDENED, {"Streams": endpoint})

    assert unseen.startswith("unknown Streams SecurityGroupIds: A security group is sg-elsewhere")
    assert tell(HARDENED, {"Streams": endpoint}, Perimeter(vpcs=frozenset({vpc}))) == []


@pytest.mark.parametrize("control", ["vpce-policy-not-default", "vpce-policy-own-identities"])
def test_the_endpoint_of_caches_takes_our_principals_alone(control: str, ask: Ask) -> None:
    allow = {"Effect": "Allow", "Principal": "*", "Action": "dax:*", "Resource": "*"}
    ours = {"Condition": {"StringEquals": {"aws:PrincipalAccount": "111122223333"}}}

    def judged(*statements: Resources) -> list[str]:
        policy = {"Version": "2012-10-17", "Statement": list(statements)}
        resources = hardened(ServiceName=DAX, PrivateDnsEnabled=True, PolicyDocument=policy)
        del resources["Endpoint"]
        return [str(finding.verdict) for finding in ask(control, resources).findings]

    assert judged({**allow, **ours}) == []
    assert judged(allow) == ["broken"]
    assert judged({**allow, "Condition": UNSET}) == ["unknown"]

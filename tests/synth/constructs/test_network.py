"""The network: no way in or out but the endpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_logs as logs

from private_dynamodb import AdoptedVpc, InterfaceService, NewVpc, PrivateNetwork
from tests.synth.templates import name_of, of_type, only, plain

if TYPE_CHECKING:
    from tests.synth.constructs.conftest import Synthesize

NEW = NewVpc(cidr="10.64.0.0/16")
ADOPTED = AdoptedVpc(
    vpc_id="vpc-00000001",
    client_subnet_ids=("subnet-00000001", "subnet-00000002"),
    cache_subnet_ids=("subnet-00000003", "subnet-00000004"),
    route_table_ids=("rtb-00000001", "rtb-00000002"),
    cache_route_table_ids=("rtb-00000002",),
)
ENDPOINT = "AWS::EC2::VPCEndpoint"
GROUP = "AWS::EC2::SecurityGroup"
ROUTE_TABLE = "AWS::EC2::RouteTable"
SUBNET = "AWS::EC2::Subnet"


def network(stack: cdk.Stack, **options: Any) -> PrivateNetwork:  # noqa: ANN401 - of the construct
    return PrivateNetwork(stack, "Network", **{"vpc": NEW, "table_name": "messages", **options})


def test_a_new_vpc_has_no_way_in_or_out(anywhere: cdk.Stack, synthesize: Synthesize) -> None:
    network(anywhere)
    types = {resource["Type"] for resource in synthesize(anywhere)["Resources"].values()}

    assert not types & {
        "AWS::EC2::InternetGateway",
        "AWS::EC2::EgressOnlyInternetGateway",
        "AWS::EC2::NatGateway",
        "AWS::EC2::EIP",
        "AWS::EC2::Route",
        "AWS::EC2::TransitGatewayAttachment",
        "AWS::EC2::VPCGatewayAttachment",
        "AWS::EC2::VPCCidrBlock",
        "AWS::EC2::VPCPeeringConnection",
        "AWS::EC2::VPNGateway",
    }


def test_subnets_give_out_no_public_or_ipv6_addresses(
    anywhere: cdk.Stack, synthesize: Synthesize
) -> None:
    network(anywhere)
    subnets = [subnet["Properties"] for subnet in of_type(synthesize(anywhere), SUBNET).values()]

    assert {subnet["MapPublicIpOnLaunch"] for subnet in subnets} == {False}
    assert not any("Ipv6" in key for subnet in subnets for key in subnet)


@pytest.mark.parametrize("zones", [2, 3])
def test_clients_and_cache_have_a_subnet_in_each_zone(
    zones: int, anywhere: cdk.Stack, synthesize: Synthesize
) -> None:
    built = network(anywhere, vpc=NewVpc(cidr="10.64.0.0/16", zones=zones))
    subnets = [subnet["Properties"] for subnet in of_type(synthesize(anywhere), SUBNET).values()]
    groups: dict[str, set[int]] = {}
    for subnet in subnets:
        tags = {tag["Key"]: tag["Value"] for tag in subnet["Tags"]}
        number, azs = subnet["AvailabilityZone"]["Fn::Select"]
        groups.setdefault(tags["aws-cdk:subnet-name"], set()).add(number)
        assert tags["aws-cdk:subnet-type"] == "Isolated"
        assert azs == {"Fn::GetAZs": ""}

    assert groups == {"clients": set(range(zones)), "cache": set(range(zones))}
    assert (len(built.client_subnets), len(built.cache_subnets)) == (zones, zones)


@pytest.mark.parametrize("zones", [0, 1])
def test_fewer_than_two_zones_are_refused(zones: int, anywhere: cdk.Stack) -> None:
    with pytest.raises(ValueError, match=f"zones={zones}: "):
        network(anywhere, vpc=NewVpc(cidr="10.64.0.0/16", zones=zones))


def test_a_new_vpc_resolves_names(anywhere: cdk.Stack, synthesize: Synthesize) -> None:
    network(anywhere)
    vpc = only(synthesize(anywhere), "AWS::EC2::VPC")

    assert vpc["CidrBlock"] == "10.64.0.0/16"
    assert vpc["EnableDnsSupport"] is True
    assert vpc["EnableDnsHostnames"] is True


def test_the_default_security_group_is_emptied(anywhere: cdk.Stack, synthesize: Synthesize) -> None:
    network(anywhere)
    template = synthesize(anywhere)

    assert only(template, "Custom::VpcRestrictDefaultSG")["DefaultSecurityGroupId"] == (
        f"${{{name_of(template, 'AWS::EC2::VPC')}.DefaultSecurityGroup}}"
    )


def test_the_gateway_endpoint_is_on_every_route_table(
    anywhere: cdk.Stack, synthesize: Synthesize
) -> None:
    network(anywhere)
    template = synthesize(anywhere)
    endpoint = only(template, ENDPOINT)

    assert endpoint["VpcEndpointType"] == "Gateway"
    assert endpoint["ServiceName"] == "com.amazonaws.${AWS::Region}.dynamodb"
    assert sorted(endpoint["RouteTableIds"]) == sorted(
        f"${{{name}}}" for name in of_type(template, ROUTE_TABLE)
    )
    assert len(endpoint["RouteTableIds"]) == 6


def test_every_endpoint_has_a_policy_of_its_own(
    anywhere: cdk.Stack, synthesize: Synthesize
) -> None:
    network(anywhere, interface_services=list(InterfaceService))
    sids = {
        (endpoint["Properties"]["VpcEndpointType"], endpoint["Properties"]["ServiceName"]): [
            statement["Sid"] for statement in endpoint["Properties"]["PolicyDocument"]["Statement"]
        ]
        for endpoint in of_type(synthesize(anywhere), ENDPOINT).values()
    }
    table = ["AllowOwnPrincipalsOwnTable", "AllowDiscovery"]

    assert sids == {
        ("Gateway", "com.amazonaws.${AWS::Region}.dynamodb"): table,
        ("Interface", "com.amazonaws.${AWS::Region}.dynamodb"): table,
        ("Interface", "com.amazonaws.${AWS::Region}.dynamodb-streams"): [
            "AllowOwnPrincipalsOwnStream"
        ],
        ("Interface", "com.amazonaws.${AWS::Region}.dax"): ["AllowOwnPrincipalsDescribeCaches"],
    }


def test_interface_endpoints_are_in_every_zone_and_admit_the_clients_only(
    anywhere: cdk.Stack, synthesize: Synthesize
) -> None:
    network(anywhere, interface_services=list(InterfaceService))
    template = synthesize(anywhere)
    endpoints = [
        endpoint["Properties"]
        for endpoint in of_type(template, ENDPOINT).values()
        if endpoint["Properties"]["VpcEndpointType"] == "Interface"
    ]
    groups = {
        group["Properties"]["GroupDescription"]: (name, group["Properties"])
        for name, group in of_type(template, GROUP).items()
    }
    clients, _ = groups["Clients of the private table and its cache"]
    name, group = groups["Interface endpoints of the private table"]

    assert len(endpoints) == 3
    for endpoint in endpoints:
        assert len(set(endpoint["SubnetIds"])) == 3
        assert endpoint["SecurityGroupIds"] == [f"${{{name}.GroupId}}"]
    assert group["SecurityGroupIngress"] == [
        {
            "Description": "Clients of the private table",
            "IpProtocol": "tcp",
            "FromPort": 443,
            "ToPort": 443,
            "SourceSecurityGroupId": f"${{{clients}.GroupId}}",
        }
    ]
    # CDK's way to say: none.
    assert group["SecurityGroupEgress"][0]["CidrIp"] == "255.255.255.255/32"


def test_only_the_dax_endpoint_has_private_names(
    anywhere: cdk.Stack, synthesize: Synthesize
) -> None:
    network(anywhere, interface_services=list(InterfaceService))
    private = {
        endpoint["Properties"]["ServiceName"].rsplit(".", 1)[1]: endpoint["Properties"].get(
            "PrivateDnsEnabled"
        )
        for endpoint in of_type(synthesize(anywhere), ENDPOINT).values()
        if endpoint["Properties"]["VpcEndpointType"] == "Interface"
    }

    assert private == {"dynamodb": False, "dynamodb-streams": False, "dax": True}


def test_clients_have_a_group_that_admits_nobody(
    anywhere: cdk.Stack, synthesize: Synthesize
) -> None:
    network(anywhere)
    group = only(synthesize(anywhere), GROUP)

    assert "SecurityGroupIngress" not in group
    assert [
        (rule["IpProtocol"], rule["FromPort"], rule["ToPort"])
        for rule in group["SecurityGroupEgress"]
    ] == [("tcp", 443, 443), ("tcp", 9111, 9111)]


@pytest.mark.parametrize("vpc", [NEW, ADOPTED], ids=["new", "adopted"])
def test_all_traffic_is_logged_to_an_encrypted_group(
    vpc: NewVpc | AdoptedVpc, anywhere: cdk.Stack, synthesize: Synthesize
) -> None:
    network(anywhere, vpc=vpc, flow_log_retention=logs.RetentionDays.TWO_YEARS)
    template = synthesize(anywhere)
    flow_log = only(template, "AWS::EC2::FlowLog")
    group_name = name_of(template, "AWS::Logs::LogGroup")
    (group,) = of_type(template, "AWS::Logs::LogGroup").values()

    assert flow_log["TrafficType"] == "ALL"
    assert flow_log["ResourceType"] == "VPC"
    assert flow_log["LogDestination"] == f"${{{group_name}.Arn}}"
    assert group["Properties"]["KmsKeyId"] == f"${{{name_of(template, 'AWS::KMS::Key')}.Arn}}"
    assert group["Properties"]["RetentionInDays"] == 731
    assert group["DeletionPolicy"] == "Retain"


def test_flow_logs_are_written_by_a_role_of_their_own(
    anywhere: cdk.Stack, synthesize: Synthesize
) -> None:
    network(anywhere, vpc=ADOPTED)
    template = synthesize(anywhere)
    group = name_of(template, "AWS::Logs::LogGroup")

    assert only(template, "AWS::IAM::Role")["AssumeRolePolicyDocument"]["Statement"] == [
        {
            "Sid": "AllowFlowLogsOfThisAccount",
            "Effect": "Allow",
            "Principal": {"Service": "vpc-flow-logs.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"aws:SourceAccount": "${AWS::AccountId}"}},
        }
    ]
    assert only(template, "AWS::IAM::ManagedPolicy")["PolicyDocument"]["Statement"] == [
        {
            "Sid": "AllowWritingFlowLogs",
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
            "Resource": f"${{{group}.Arn}}",
        }
    ]


def test_an_adopted_vpc_gets_endpoints_flow_logs_and_a_group_and_nothing_else(
    anywhere: cdk.Stack, synthesize: Synthesize
) -> None:
    built = network(anywhere, vpc=ADOPTED, interface_services=[InterfaceService.STREAMS])
    template = synthesize(anywhere)
    types = {resource["Type"] for resource in template["Resources"].values()}
    gateway, interface = sorted(
        (endpoint["Properties"] for endpoint in of_type(template, ENDPOINT).values()),
        key=lambda endpoint: endpoint["VpcEndpointType"],
    )

    assert types == {
        "AWS::EC2::FlowLog",
        "AWS::EC2::SecurityGroup",
        "AWS::EC2::VPCEndpoint",
        "AWS::IAM::ManagedPolicy",
        "AWS::IAM::Role",
        "AWS::KMS::Key",
        "AWS::Logs::LogGroup",
    }
    assert gateway["VpcId"] == "vpc-00000001"
    assert gateway["RouteTableIds"] == ["rtb-00000001", "rtb-00000002"]
    assert interface["SubnetIds"] == ["subnet-00000001", "subnet-00000002"]
    assert [subnet.subnet_id for subnet in built.cache_subnets] == [
        "subnet-00000003",
        "subnet-00000004",
    ]
    assert built.cache_route_table_ids == ("rtb-00000002",)


def test_an_adopted_vpc_warns_about_nothing(anywhere: cdk.Stack) -> None:
    network(anywhere, vpc=ADOPTED)

    warnings = assertions.Annotations.from_stack(anywhere).find_warning(
        "*", assertions.Match.any_value()
    )
    assert warnings == []


@pytest.mark.parametrize(
    ("services", "table", "stream"),
    [
        pytest.param([], 1, 0, id="gateway only"),
        pytest.param([InterfaceService.DYNAMODB], 2, 0, id="with dynamodb"),
        pytest.param([InterfaceService.STREAMS], 1, 1, id="with dynamodb-streams"),
        pytest.param([InterfaceService.DAX], 1, 0, id="with dax"),
    ],
)
def test_the_perimeter_is_the_endpoints_that_carry_data(
    services: list[InterfaceService],
    table: int,
    stream: int,
    anywhere: cdk.Stack,
    synthesize: Synthesize,
) -> None:
    built = network(anywhere, interface_services=services)
    ids = {f"${{{name}.Id}}" for name in of_type(synthesize(anywhere), ENDPOINT)}
    endpoints = built.endpoints

    assert (len(endpoints.table), len(endpoints.stream)) == (table, stream)
    assert {
        plain(anywhere.resolve(endpoint)) for endpoint in (*endpoints.table, *endpoints.stream)
    } <= ids

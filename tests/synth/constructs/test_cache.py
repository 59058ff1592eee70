"""The cache: a cluster that reads one table, for named clients, over TLS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_sns as sns

from private_dynamodb import Peer, ReadOnlyCache, TableKey
from tests.synth.templates import name_of, of_type, only, plain

if TYPE_CHECKING:
    from tests.synth.constructs.conftest import Synthesize

CLUSTER = "AWS::DAX::Cluster"
GROUP = "AWS::EC2::SecurityGroup"
TABLE = "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/messages"
CACHE = "arn:${AWS::Partition}:dax:${AWS::Region}:${AWS::AccountId}:cache/messages"


def cache(stack: cdk.Stack, **options: Any) -> ReadOnlyCache:  # noqa: ANN401 - of the construct
    vpc = ec2.Vpc.from_vpc_attributes(
        stack, "Vpc", vpc_id="vpc-00000001", availability_zones=["a", "b", "c"]
    )
    subnets = [
        ec2.Subnet.from_subnet_attributes(
            stack, f"Subnet{number}", subnet_id=f"subnet-0000000{number}"
        )
        for number in range(3)
    ]
    return ReadOnlyCache(
        stack,
        "Cache",
        **{
            "cluster_name": "messages",
            "vpc": vpc,
            "subnets": subnets,
            "table_name": "messages",
            "key": TableKey(stack, "Key"),
            **options,
        },
    )


def test_a_cluster_is_encrypted_at_rest_and_in_transit(
    anywhere: cdk.Stack, synthesize: Synthesize
) -> None:
    cache(anywhere)
    cluster = only(synthesize(anywhere), CLUSTER)

    assert cluster["ClusterEndpointEncryptionType"] == "TLS"
    assert cluster["SSESpecification"] == {"SSEEnabled": True}


def test_a_cluster_has_three_nodes_in_the_isolated_subnets(
    anywhere: cdk.Stack, synthesize: Synthesize
) -> None:
    cache(anywhere)
    template = synthesize(anywhere)
    cluster = only(template, CLUSTER)

    assert cluster["ReplicationFactor"] == 3
    assert cluster["NodeType"] == "dax.t3.small"
    assert cluster["SubnetGroupName"] == f"${{{name_of(template, 'AWS::DAX::SubnetGroup')}}}"
    assert only(template, "AWS::DAX::SubnetGroup")["SubnetIds"] == [
        "subnet-00000000",
        "subnet-00000001",
        "subnet-00000002",
    ]


def test_dax_alone_assumes_the_role_for_this_cluster_alone(
    anywhere: cdk.Stack, synthesize: Synthesize
) -> None:
    built = cache(anywhere)
    template = synthesize(anywhere)
    role = only(template, "AWS::IAM::Role")

    assert plain(anywhere.resolve(built.cluster_arn)) == CACHE
    assert "ManagedPolicyArns" not in role
    assert "Policies" not in role
    assert role["AssumeRolePolicyDocument"] == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "AllowDaxForThisCluster",
                "Effect": "Allow",
                "Principal": {"Service": "dax.amazonaws.com"},
                "Action": "sts:AssumeRole",
                "Condition": {
                    "StringEquals": {"aws:SourceAccount": "${AWS::AccountId}"},
                    "ArnEquals": {"aws:SourceArn": CACHE},
                },
            }
        ],
    }


def test_the_role_reads_one_table_and_decrypts_through_dynamodb(
    anywhere: cdk.Stack, synthesize: Synthesize
) -> None:
    cache(anywhere)
    template = synthesize(anywhere)
    policy = only(template, "AWS::IAM::ManagedPolicy")

    assert policy["Roles"] == [f"${{{name_of(template, 'AWS::IAM::Role')}}}"]
    assert policy["PolicyDocument"] == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "AllowReadingTable",
                "Effect": "Allow",
                "Action": [
                    "dynamodb:BatchGetItem",
                    "dynamodb:DescribeTable",
                    "dynamodb:GetItem",
                    "dynamodb:Query",
                    "dynamodb:Scan",
                ],
                "Resource": [TABLE, f"{TABLE}/index/*"],
            },
            {
                "Sid": "AllowDecryptingThroughDynamoDb",
                "Effect": "Allow",
                "Action": "kms:Decrypt",
                "Resource": f"${{{name_of(template, 'AWS::KMS::Key')}.Arn}}",
                "Condition": {
                    "StringEquals": {"kms:ViaService": "dynamodb.${AWS::Region}.${AWS::URLSuffix}"}
                },
            },
        ],
    }


def test_nobody_connects_by_default(anywhere: cdk.Stack, synthesize: Synthesize) -> None:
    cache(anywhere)
    template = synthesize(anywhere)

    assert "SecurityGroupIngress" not in only(template, GROUP)
    assert of_type(template, "AWS::EC2::SecurityGroupIngress") == {}
    assert of_type(template, "AWS::EC2::Route") == {}


def test_named_clients_connect_on_the_tls_port_only(
    anywhere: cdk.Stack, synthesize: Synthesize
) -> None:
    cache(
        anywhere,
        client_security_group_ids=["sg-00000001"],
        client_cidrs=["10.64.8.0/24"],
        peers=[Peer(cidr="10.80.0.0/16", peering_connection_id="pcx-00000001")],
        route_table_ids=["rtb-00000001"],
    )
    rules = only(synthesize(anywhere), GROUP)["SecurityGroupIngress"]

    assert {(rule["IpProtocol"], rule["FromPort"], rule["ToPort"]) for rule in rules} == {
        ("tcp", 9111, 9111)
    }
    assert [rule.get("SourceSecurityGroupId", rule.get("CidrIp")) for rule in rules] == [
        "sg-00000001",
        "10.64.8.0/24",
        "10.80.0.0/16",
    ]


def test_the_cluster_reaches_dynamodb_and_nothing_else(
    anywhere: cdk.Stack, synthesize: Synthesize
) -> None:
    cache(anywhere)
    template = synthesize(anywhere)
    (rule,) = only(template, GROUP)["SecurityGroupEgress"]

    assert (rule["IpProtocol"], rule["FromPort"], rule["ToPort"]) == ("tcp", 443, 443)
    assert only(template, CLUSTER)["SecurityGroupIds"] == [
        f"${{{name_of(template, GROUP)}.GroupId}}"
    ]


def test_routes_to_peers_are_on_the_cache_route_tables_only(
    anywhere: cdk.Stack, synthesize: Synthesize
) -> None:
    peers = [
        Peer(cidr="10.80.0.0/16", peering_connection_id="pcx-00000001"),
        Peer(cidr="10.81.0.0/16", peering_connection_id="pcx-00000002"),
    ]
    cache(anywhere, peers=peers, route_table_ids=["rtb-00000001", "rtb-00000002"])
    routes = {
        tuple(sorted(route["Properties"].items()))
        for route in of_type(synthesize(anywhere), "AWS::EC2::Route").values()
    }

    assert routes == {
        (
            ("DestinationCidrBlock", peer.cidr),
            ("RouteTableId", table),
            ("VpcPeeringConnectionId", peer.peering_connection_id),
        )
        for peer in peers
        for table in ("rtb-00000001", "rtb-00000002")
    }


def test_options_reach_the_cluster(anywhere: cdk.Stack, synthesize: Synthesize) -> None:
    topic = sns.Topic(anywhere, "Topic")
    cache(
        anywhere,
        node_type="dax.r5.large",
        nodes=5,
        item_ttl=cdk.Duration.seconds(30),
        query_ttl=cdk.Duration.minutes(5),
        maintenance_window="wed:01:30-wed:02:30",
        notification_topic=topic,
    )
    template = synthesize(anywhere)
    cluster = only(template, CLUSTER)

    assert cluster["NodeType"] == "dax.r5.large"
    assert cluster["ReplicationFactor"] == 5
    assert cluster["PreferredMaintenanceWindow"] == "wed:01:30-wed:02:30"
    assert cluster["NotificationTopicARN"] == f"${{{name_of(template, 'AWS::SNS::Topic')}}}"
    assert only(template, "AWS::DAX::ParameterGroup")["ParameterNameValues"] == {
        "record-ttl-millis": "30000",
        "query-ttl-millis": "300000",
    }


@pytest.mark.parametrize(
    ("option", "message"),
    [
        pytest.param(
            {"node_type": "dax.r3.large"},
            "node_type=dax.r3.large: dax.r3 cannot encrypt at rest; use dax.r5",
            id="a node that cannot encrypt",
        ),
        *(
            pytest.param({"cluster_name": name}, f"cluster_name={name}: ", id=f"the name {name}")
            for name in ("m" * 21, "1messages", "", "my_messages", "my--messages", "messages-")
        ),
        *(
            pytest.param({name: cdk.Duration.seconds(ttl)}, f"{name}={ttl} s: ", id=f"{name} {ttl}")
            for name in ("item_ttl", "query_ttl")
            for ttl in (0, 301)
        ),
    ],
)
def test_what_would_be_unsafe_or_fail_later_is_refused(
    option: dict[str, Any], message: str, anywhere: cdk.Stack
) -> None:
    with pytest.raises(ValueError, match="=") as refusal:
        cache(anywhere, **option)

    assert str(refusal.value).startswith(message)

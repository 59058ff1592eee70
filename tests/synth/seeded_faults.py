"""Single changes to the baseline that make something public or weaker, in a real app.

Each is made with the escape hatch that a hurried engineer would use, and names the check that
has to stop it. The same fault under another name is not repeated here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs import IConstruct

    from stacks.baseline import RegionalBaseline

STRANGER: Final = "444455556666"


@dataclass(frozen=True, slots=True)
class Fault:
    """One change and the check that stops it.

    Args:
        name: what changes, as a sentence fragment; the id of the test.
        area: part of the perimeter: table, stream, endpoint, network, cache, identity, key, audit.
        check: id of the check that has to fail.
        resource: part of the construct path that the message has to name.
        apply: makes the change.
    """

    name: str
    area: str
    check: str
    resource: str
    apply: Callable[[RegionalBaseline], None]


FAULTS: Final[list[Fault]] = []


def fault(
    name: str, *, area: str, check: str, resource: str
) -> Callable[[Callable[[RegionalBaseline], None]], Callable[[RegionalBaseline], None]]:
    """Register the function below as a fault."""

    def register(apply: Callable[[RegionalBaseline], None]) -> Callable[[RegionalBaseline], None]:
        FAULTS.append(Fault(name, area, check, resource, apply))
        return apply

    return register


def resource_of(construct: IConstruct) -> cdk.CfnResource:
    """Return the CloudFormation resource behind a construct."""
    resource = construct.node.default_child or construct
    assert isinstance(resource, cdk.CfnResource)
    return resource


def override(construct: IConstruct, path: str, value: object) -> None:
    resource_of(construct).add_property_override(path, value)


def remove(construct: IConstruct, path: str) -> None:
    resource_of(construct).add_property_deletion_override(path)


def allow(principal: object, action: str | list[str] = "dynamodb:GetItem") -> dict[str, object]:
    return {
        "Sid": "Seeded",
        "Effect": "Allow",
        "Principal": principal,
        "Action": action,
        "Resource": "*",
    }


TABLE_POLICY: Final = "Replicas.0.ResourcePolicy.PolicyDocument"
STREAM_POLICY: Final = "Replicas.0.ReplicaStreamSpecification.ResourcePolicy.PolicyDocument"
NETWORK_DENY: Final = 0  # its position in both policies
HTTP_DENY: Final = 1
ACCOUNT_DENY: Final = 2
EXPORT_DENY: Final = 4


def table_of(baseline: RegionalBaseline) -> cdk.CfnResource:
    return resource_of(baseline.data.table.table)


def cluster_of(baseline: RegionalBaseline) -> cdk.CfnResource:
    assert baseline.data.cache is not None
    return baseline.data.cache.cluster


def gateway_of(baseline: RegionalBaseline) -> cdk.CfnResource:
    endpoint = baseline.network.network.node.find_child("DynamoDbEndpoint")
    assert isinstance(endpoint, cdk.CfnResource)
    return endpoint


def replace_network_deny(
    baseline: RegionalBaseline, policy: str, condition: dict[str, object]
) -> None:
    """Give the network Deny another condition."""
    override(table_of(baseline), f"{policy}.Statement.{NETWORK_DENY}.Condition", condition)


def neutralize(baseline: RegionalBaseline, policy: str, position: int) -> None:
    """Turn a statement into one that denies nothing anybody does."""
    override(
        table_of(baseline),
        f"{policy}.Statement.{position}",
        {
            "Sid": "Seeded",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "dynamodb:ListTables",
            "Resource": "*",
        },
    )


# table


@fault(
    "the table has no policy", area="table", check="ddb-deny-outside-vpce", resource="Data/Table"
)
def no_table_policy(baseline: RegionalBaseline) -> None:
    remove(table_of(baseline), "Replicas.0.ResourcePolicy")


@fault(
    "the table lets everybody read",
    area="table",
    check="ddb-table-policy-not-public",
    resource="Data/Table",
)
def public_table(baseline: RegionalBaseline) -> None:
    override(table_of(baseline), f"{TABLE_POLICY}.Statement", [allow("*")])


@fault(
    "the table lets another account read",
    area="table",
    check="ddb-policy-no-cross-account",
    resource="Data/Table",
)
def table_for_stranger(baseline: RegionalBaseline) -> None:
    principal = {"AWS": f"arn:aws:iam::{STRANGER}:root"}
    override(table_of(baseline), f"{TABLE_POLICY}.Statement.{ACCOUNT_DENY}", allow(principal))


@fault(
    "the network Deny of the table is dropped",
    area="table",
    check="ddb-deny-outside-vpce",
    resource="Data/Table",
)
def no_network_deny(baseline: RegionalBaseline) -> None:
    neutralize(baseline, TABLE_POLICY, NETWORK_DENY)


@fault(
    "the network Deny of the table is flipped",
    area="table",
    check="ddb-deny-outside-vpce",
    resource="Data/Table",
)
def flipped_network_deny(baseline: RegionalBaseline) -> None:
    inside = baseline.network.network.gateway_endpoint_id
    replace_network_deny(baseline, TABLE_POLICY, {"StringEquals": {"aws:SourceVpce": inside}})


@fault(
    "the network Deny of the table forgets Query",
    area="table",
    check="ddb-deny-outside-vpce",
    resource="Data/Table",
)
def forgotten_action(baseline: RegionalBaseline) -> None:
    override(
        table_of(baseline),
        f"{TABLE_POLICY}.Statement.{NETWORK_DENY}.Action",
        ["dynamodb:GetItem", "dynamodb:PutItem"],
    )


@fault(
    "the network Deny of the table exempts every role",
    area="table",
    check="ddb-deny-outside-vpce",
    resource="Data/Table",
)
def every_role_exempt(baseline: RegionalBaseline) -> None:
    override(
        table_of(baseline),
        f"{TABLE_POLICY}.Statement.{NETWORK_DENY}.Condition.ArnNotLike",
        {"aws:PrincipalArn": "arn:aws:iam::*:role/*"},
    )


@fault(
    "the table answers over plain HTTP",
    area="table",
    check="ddb-deny-insecure-transport",
    resource="Data/Table",
)
def plain_http(baseline: RegionalBaseline) -> None:
    neutralize(baseline, TABLE_POLICY, HTTP_DENY)


@fault("everybody may export", area="table", check="ddb-export-guarded", resource="Data/Table")
def open_export(baseline: RegionalBaseline) -> None:
    neutralize(baseline, TABLE_POLICY, EXPORT_DENY)


# stream


@fault(
    "the stream has no policy",
    area="stream",
    check="ddb-stream-deny-outside-vpce",
    resource="Data/Table",
)
def no_stream_policy(baseline: RegionalBaseline) -> None:
    remove(table_of(baseline), "Replicas.0.ReplicaStreamSpecification")


@fault(
    "the stream lets everybody read",
    area="stream",
    check="ddb-stream-policy-not-public",
    resource="Data/Table",
)
def public_stream(baseline: RegionalBaseline) -> None:
    override(table_of(baseline), f"{STREAM_POLICY}.Statement", [allow("*", "dynamodb:GetRecords")])


@fault(
    "the network Deny of the stream trusts any endpoint",
    area="stream",
    check="ddb-stream-deny-outside-vpce",
    resource="Data/Table",
)
def any_endpoint(baseline: RegionalBaseline) -> None:
    replace_network_deny(baseline, STREAM_POLICY, {"StringNotLike": {"aws:SourceVpce": "vpce-*"}})


@fault(
    "the network Deny of the stream forgets GetRecords",
    area="stream",
    check="ddb-stream-deny-outside-vpce",
    resource="Data/Table",
)
def forgotten_records(baseline: RegionalBaseline) -> None:
    override(
        table_of(baseline),
        f"{STREAM_POLICY}.Statement.{NETWORK_DENY}.Action",
        ["dynamodb:GetShardIterator"],
    )


# endpoint


@fault(
    "the endpoint has no policy",
    area="endpoint",
    check="vpce-policy-not-default",
    resource="Network/DynamoDbEndpoint",
)
def no_endpoint_policy(baseline: RegionalBaseline) -> None:
    remove(gateway_of(baseline), "PolicyDocument")


@fault(
    "the endpoint takes anybody's credentials",
    area="endpoint",
    check="vpce-policy-own-identities",
    resource="Network/DynamoDbEndpoint",
)
def any_identity(baseline: RegionalBaseline) -> None:
    remove(
        gateway_of(baseline),
        "PolicyDocument.Statement.0.Condition.StringEquals.aws:PrincipalAccount",
    )


@fault(
    "the endpoint leads to any table",
    area="endpoint",
    check="vpce-policy-table-scoped",
    resource="Network/DynamoDbEndpoint",
)
def any_table(baseline: RegionalBaseline) -> None:
    override(gateway_of(baseline), "PolicyDocument.Statement.0.Resource", "*")
    remove(
        gateway_of(baseline),
        "PolicyDocument.Statement.0.Condition.StringEquals.aws:ResourceAccount",
    )


@fault(
    "the endpoint is missing on the route tables of the cache",
    area="endpoint",
    check="vpce-all-private-route-tables",
    resource="Network/DynamoDbEndpoint",
)
def missing_route_table(baseline: RegionalBaseline) -> None:
    clients = baseline.network.network.client_subnets
    override(
        gateway_of(baseline),
        "RouteTableIds",
        [subnet.route_table.route_table_id for subnet in clients],
    )


# network


@fault(
    "the cache subnets lead to the internet",
    area="network",
    check="dax-private-subnets",
    resource="Cache",
)
def internet_route(baseline: RegionalBaseline) -> None:
    network = baseline.network.network
    gateway = ec2.CfnInternetGateway(network, "SeededGateway")
    ec2.CfnVPCGatewayAttachment(
        network, "SeededAttachment", vpc_id=network.vpc.vpc_id, internet_gateway_id=gateway.ref
    )
    ec2.CfnRoute(
        network,
        "SeededRoute",
        route_table_id=network.cache_subnets[0].route_table.route_table_id,
        destination_cidr_block="0.0.0.0/0",
        gateway_id=gateway.ref,
    )


@fault(
    "the client subnets lead through a NAT gateway, in two halves",
    area="network",
    check="vpc-no-nat-path",
    resource="Vpc",
)
def split_nat_route(baseline: RegionalBaseline) -> None:
    network = baseline.network.network
    subnet = network.client_subnets[0]
    nat = ec2.CfnNatGateway(network, "SeededNat", subnet_id=subnet.subnet_id)
    for position, half in enumerate(("0.0.0.0/1", "128.0.0.0/1")):
        ec2.CfnRoute(
            network,
            f"SeededRoute{position}",
            route_table_id=subnet.route_table.route_table_id,
            destination_cidr_block=half,
            nat_gateway_id=nat.ref,
        )


@fault(
    "a client subnet gives out public addresses",
    area="network",
    check="vpc-subnet-no-public-ip",
    resource="clientsSubnet1",
)
def public_addresses(baseline: RegionalBaseline) -> None:
    subnet = baseline.network.network.client_subnets[0]
    override(subnet, "MapPublicIpOnLaunch", value=True)


@fault("the VPC has no flow logs", area="network", check="vpc-flow-logs", resource="Vpc")
def no_flow_logs(baseline: RegionalBaseline) -> None:
    baseline.network.network.node.try_remove_child("FlowLog")


# cache


@fault("the cache talks without TLS", area="cache", check="dax-tls", resource="Cache/Cluster")
def no_tls(baseline: RegionalBaseline) -> None:
    override(cluster_of(baseline), "ClusterEndpointEncryptionType", "NONE")


@fault("the cache is not encrypted", area="cache", check="dax-sse", resource="Cache/Cluster")
def no_sse(baseline: RegionalBaseline) -> None:
    override(cluster_of(baseline), "SSESpecification.SSEEnabled", value=False)


@fault(
    "the cache admits the whole world",
    area="cache",
    check="dax-sg-source-only",
    resource="Cache",
)
def open_group(baseline: RegionalBaseline) -> None:
    assert baseline.data.cache is not None
    baseline.data.cache.security_group.add_ingress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(9111))


@fault(
    "the cache has a second group that admits the world in two halves",
    area="cache",
    check="dax-sg-source-only",
    resource="Cache",
)
def second_group(baseline: RegionalBaseline) -> None:
    assert baseline.data.cache is not None
    group = ec2.SecurityGroup(
        baseline.data, "SeededGroup", vpc=baseline.network.network.vpc, allow_all_outbound=False
    )
    for half in ("0.0.0.0/1", "128.0.0.0/1"):
        group.add_ingress_rule(ec2.Peer.ipv4(half), ec2.Port.tcp_range(9000, 9200))
    override(
        cluster_of(baseline),
        "SecurityGroupIds",
        [baseline.data.cache.security_group.security_group_id, group.security_group_id],
    )


# identity


@fault(
    "the role of the cache may write",
    area="identity",
    check="dax-role-read-only",
    resource="Cache/Role",
)
def writing_cache(baseline: RegionalBaseline) -> None:
    assert baseline.data.cache is not None
    override(
        baseline.data.cache.read_policy,
        "PolicyDocument.Statement.0.Action",
        ["dynamodb:GetItem", "dynamodb:PutItem"],
    )


@fault(
    "the role of the cache reads every table",
    area="identity",
    check="dax-role-table-scoped",
    resource="Cache/Role",
)
def reading_everything(baseline: RegionalBaseline) -> None:
    assert baseline.data.cache is not None
    override(baseline.data.cache.read_policy, "PolicyDocument.Statement.0.Resource", "*")


@fault(
    "another account may assume the role of the cache",
    area="identity",
    check="dax-role-trust-dax-only",
    resource="Cache/Role",
)
def assumable_cache_role(baseline: RegionalBaseline) -> None:
    assert baseline.data.cache is not None
    statement = "AssumeRolePolicyDocument.Statement.0"
    principal = f"arn:aws:iam::{STRANGER}:root"
    override(baseline.data.cache.role, f"{statement}.Principal", {"AWS": principal})
    remove(baseline.data.cache.role, f"{statement}.Condition")


@fault(
    "a managed policy gives the role of the cache everything",
    area="identity",
    check="dax-role-read-only",
    resource="Cache/Role",
)
def managed_policy(baseline: RegionalBaseline) -> None:
    assert baseline.data.cache is not None
    baseline.data.cache.role.add_managed_policy(
        iam.ManagedPolicy.from_aws_managed_policy_name("AmazonDynamoDBFullAccess")
    )


@fault(
    "the readers may write through the cache",
    area="identity",
    check="dax-client-least",
    resource="Data/Reader1",
)
def writing_client(baseline: RegionalBaseline) -> None:
    override(baseline.data.policies[0], "PolicyDocument.Statement.2.Action", "dax:*")


@fault(
    "everybody may call a function that has the role of a reader",
    area="identity",
    check="lambda-not-public",
    resource="Data/Call",
)
def public_function(baseline: RegionalBaseline) -> None:
    stack = baseline.data
    reader = stack.node.find_child("Reader1").node.find_child("Role")
    assert isinstance(reader, iam.Role)
    worker = cdk.CfnResource(
        stack,
        "Worker",
        type="AWS::Lambda::Function",
        properties={"Role": reader.role_arn, "Code": {"ZipFile": ""}},
    )
    cdk.CfnResource(
        stack,
        "Call",
        type="AWS::Lambda::Permission",
        properties={
            "Action": "lambda:InvokeFunction",
            "FunctionName": worker.ref,
            "Principal": "*",
        },
    )


# key


@fault("the table's key does not rotate", area="key", check="kms-key-rotation", resource="TableKey")
def no_rotation(baseline: RegionalBaseline) -> None:
    override(baseline.data.key, "EnableKeyRotation", value=False)


@fault(
    "the table's key can be used outside DynamoDB by anybody",
    area="key",
    check="ddb-cmk-key-policy",
    resource="TableKey",
)
def public_key(baseline: RegionalBaseline) -> None:
    remove(baseline.data.key, "KeyPolicy.Statement.1.Condition")


@fault(
    "the table is encrypted with a key of AWS", area="key", check="ddb-table-cmk", resource="Table"
)
def aws_key(baseline: RegionalBaseline) -> None:
    remove(table_of(baseline), "Replicas.0.SSESpecification")


# audit


@fault("the trail is off", area="audit", check="trail-is-logging", resource="Audit/Trail")
def trail_off(baseline: RegionalBaseline) -> None:
    assert baseline.audit.trail is not None
    override(baseline.audit.trail.trail, "IsLogging", value=False)


@fault(
    "the trail sees one Region only",
    area="audit",
    check="trail-multi-region",
    resource="Audit/Trail",
)
def single_region_trail(baseline: RegionalBaseline) -> None:
    assert baseline.audit.trail is not None
    override(baseline.audit.trail.trail, "IsMultiRegionTrail", value=False)


@fault(
    "the trail records writes only",
    area="audit",
    check="trail-ddb-data-events",
    resource="Table",
)
def writes_only(baseline: RegionalBaseline) -> None:
    assert baseline.audit.trail is not None
    override(
        baseline.audit.trail.trail,
        "AdvancedEventSelectors.1.FieldSelectors.3",
        {"Field": "readOnly", "Equals": ["false"]},
    )


@fault(
    "the trail's bucket may become public",
    area="audit",
    check="trail-bucket-private",
    resource="Audit/Trail",
)
def public_log_bucket(baseline: RegionalBaseline) -> None:
    assert baseline.audit.trail is not None
    remove(baseline.audit.trail.log_bucket.bucket, "PublicAccessBlockConfiguration")


@fault(
    "the recorder forgets DynamoDB",
    area="audit",
    check="config-recorder-all",
    resource="Audit/Recorder",
)
def narrow_recorder(baseline: RegionalBaseline) -> None:
    assert baseline.audit.recorder is not None
    override(
        baseline.audit.recorder.recorder,
        "RecordingGroup",
        {"AllSupported": False, "ResourceTypes": ["AWS::S3::Bucket"]},
    )


# A second table is judged too, wherever it comes from.


@fault(
    "somebody adds a second table without a policy",
    area="table",
    check="ddb-deny-outside-vpce",
    resource="Seeded",
)
def second_table(baseline: RegionalBaseline) -> None:
    dynamodb.CfnTable(
        baseline.data,
        "Seeded",
        key_schema=[dynamodb.CfnTable.KeySchemaProperty(attribute_name="pk", key_type="HASH")],
        attribute_definitions=[
            dynamodb.CfnTable.AttributeDefinitionProperty(attribute_name="pk", attribute_type="S")
        ],
        billing_mode="PAY_PER_REQUEST",
    )

"""A DAX cluster that reads one table and nothing else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_dax as dax
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct

from private_dynamodb import actions
from private_dynamodb.network import CACHE_TLS_PORT
from private_dynamodb.trust import name_trust

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_kms as kms
    from aws_cdk import aws_sns as sns

_NAME = re.compile(r"[A-Za-z](-?[A-Za-z0-9])*")
_LONGEST_NAME = 20
_LONGEST_TTL = cdk.Duration.minutes(5)


@dataclass(frozen=True, slots=True)
class Peer:
    """A peered network whose clients may connect to the cache.

    Args:
        cidr: where its clients are.
        peering_connection_id: how the cache answers them.
    """

    cidr: str
    peering_connection_id: str


class ReadOnlyCache(Construct):
    """A DAX cluster in isolated subnets, encrypted both ways, whose role can only read.

    DAX answers every client with what its service role may do, whatever the table's policies
    say to that client. So the role reads this table and its indexes, DAX alone may assume it,
    and it does so for this cluster alone.

    Creates the cluster, its subnet and parameter groups, a security group that admits named
    clients on the TLS port, and the service role. A cluster of three `dax.t3.small` nodes costs
    roughly 90 USD a month, three `dax.r5.large` roughly 560.

    It refuses `dax.r3` nodes (no encryption at rest), names that DAX refuses, and times to live
    of zero or above five minutes: the cache serves what it has until then, also after a
    revocation.

    Args:
        scope: parent construct.
        construct_id: id in the parent.
        cluster_name: at most 20 characters; public, since TLS certificates are logged publicly.
        vpc: the VPC.
        subnets: isolated subnets, in as many zones as possible.
        route_table_ids: their route tables; routes to peers are added to these and to no other.
        table_name: the table that it reads.
        key: the table's key.
        client_security_group_ids: groups that may connect.
        client_cidrs: ranges inside the VPC that may connect.
        peers: peered networks that may connect.
        node_type: DAX node type.
        nodes: number of nodes.
        item_ttl: how long an item is served without asking the table.
        query_ttl: how long a query result is served without asking the table.
        maintenance_window: weekly window in UTC.
        notification_topic: who is told about events of the cluster.
        role_name: name of the service role, for policies that cannot refer to it; IAM names are
            global, so it has to carry the Region.

    Raises:
        ValueError: a value that the construct refuses.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DAX.access-control.html
    """

    def __init__(  # noqa: PLR0913 - what a cluster is made of
        self,
        scope: Construct,
        construct_id: str,
        *,
        cluster_name: str,
        vpc: ec2.IVpc,
        subnets: Sequence[ec2.ISubnet],
        table_name: str,
        key: kms.IKey,
        route_table_ids: Sequence[str] = (),
        client_security_group_ids: Sequence[str] = (),
        client_cidrs: Sequence[str] = (),
        peers: Sequence[Peer] = (),
        node_type: str = "dax.t3.small",
        nodes: int = 3,
        item_ttl: cdk.Duration | None = None,
        query_ttl: cdk.Duration | None = None,
        maintenance_window: str = "sun:03:00-sun:04:00",
        notification_topic: sns.ITopic | None = None,
        role_name: str | None = None,
    ) -> None:
        _refuse(cluster_name=cluster_name, node_type=node_type)
        super().__init__(scope, construct_id)
        self.cluster_name = cluster_name
        self.cluster_arn = self._cluster_arn()
        self.role = self._role(role_name)
        self.read_policy = self._read_policy(table_name, key)
        self.security_group = self._security_group(
            vpc, client_security_group_ids, [*client_cidrs, *(peer.cidr for peer in peers)]
        )
        self._routes(route_table_ids, peers)
        self.cluster = self._cluster(
            subnets,
            node_type=node_type,
            nodes=nodes,
            parameter_group=self._parameter_group(
                item_ttl or cdk.Duration.seconds(5), query_ttl or cdk.Duration.seconds(5)
            ),
            maintenance_window=maintenance_window,
            notification_topic=notification_topic,
        )

    def _cluster_arn(self) -> str:
        stack = cdk.Stack.of(self)
        # Spelled out, so that the role can name the cluster that does not exist yet.
        return f"arn:{stack.partition}:dax:{stack.region}:{stack.account}:cache/{self.cluster_name}"

    def _role(self, name: str | None) -> iam.Role:
        role = iam.Role(
            self,
            "Role",
            role_name=name,
            description="Reads the private table for its cache",
            # DAX alone, and for this cluster alone: whoever assumes it is exempt from the
            # network Deny of the table.
            assumed_by=iam.ServicePrincipal(
                "dax.amazonaws.com",
                conditions={
                    "StringEquals": {"aws:SourceAccount": cdk.Stack.of(self).account},
                    "ArnEquals": {"aws:SourceArn": self.cluster_arn},
                },
            ),
        )
        name_trust(role, "AllowDaxForThisCluster")
        return role

    def _read_policy(self, table_name: str, key: kms.IKey) -> iam.ManagedPolicy:
        stack = cdk.Stack.of(self)
        table = f"arn:{stack.partition}:dynamodb:{stack.region}:{stack.account}:table/{table_name}"
        return iam.ManagedPolicy(
            self,
            "ReadTable",
            description="What the cache may do: read one table",
            roles=[self.role],
            statements=[
                iam.PolicyStatement(
                    sid="AllowReadingTable",
                    actions=list(actions.CACHE_READS_TABLE),
                    resources=[table, f"{table}/index/*"],
                ),
                iam.PolicyStatement(
                    sid="AllowDecryptingThroughDynamoDb",
                    actions=["kms:Decrypt"],
                    resources=[key.key_arn],
                    conditions={
                        "StringEquals": {
                            "kms:ViaService": f"dynamodb.{stack.region}.{stack.url_suffix}"
                        }
                    },
                ),
            ],
        )

    def _security_group(
        self, vpc: ec2.IVpc, client_group_ids: Sequence[str], cidrs: Sequence[str]
    ) -> ec2.SecurityGroup:
        group = ec2.SecurityGroup(
            self,
            "Group",
            vpc=vpc,
            description="The cache of the private table",
            allow_all_outbound=False,
        )
        port = ec2.Port.tcp(CACHE_TLS_PORT)
        for group_id in client_group_ids:
            group.add_ingress_rule(ec2.Peer.security_group_id(group_id), port, "Clients, over TLS")
        for cidr in cidrs:
            group.add_ingress_rule(ec2.Peer.ipv4(cidr), port, "Declared clients, over TLS")
        # The only route out of these subnets is the DynamoDB endpoint.
        group.add_egress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(443), "DynamoDB")
        return group

    def _routes(self, route_table_ids: Sequence[str], peers: Sequence[Peer]) -> None:
        for peer_number, peer in enumerate(peers, start=1):
            for table_number, route_table_id in enumerate(route_table_ids, start=1):
                ec2.CfnRoute(
                    self,
                    f"RouteToPeer{peer_number}From{table_number}",
                    route_table_id=route_table_id,
                    destination_cidr_block=peer.cidr,
                    vpc_peering_connection_id=peer.peering_connection_id,
                )

    def _parameter_group(
        self, item_ttl: cdk.Duration, query_ttl: cdk.Duration
    ) -> dax.CfnParameterGroup:
        for name, ttl in {"item_ttl": item_ttl, "query_ttl": query_ttl}.items():
            # Zero says nothing about how stale an item may be.
            if not 0 < ttl.to_milliseconds() <= _LONGEST_TTL.to_milliseconds():
                raise ValueError(
                    f"{name}={ttl.to_milliseconds() / 1000:g} s: the cache serves what it has "
                    "until then, also after a revocation; use more than 0 s and at most 300 s"
                )
        return dax.CfnParameterGroup(
            self,
            "Parameters",
            description="How stale the cache may be",
            parameter_name_values={
                "query-ttl-millis": str(query_ttl.to_milliseconds()),
                "record-ttl-millis": str(item_ttl.to_milliseconds()),
            },
        )

    def _cluster(
        self,
        subnets: Sequence[ec2.ISubnet],
        *,
        node_type: str,
        nodes: int,
        parameter_group: dax.CfnParameterGroup,
        maintenance_window: str,
        notification_topic: sns.ITopic | None,
    ) -> dax.CfnCluster:
        subnet_group = dax.CfnSubnetGroup(
            self,
            "Subnets",
            description="Isolated subnets of the cache",
            subnet_ids=[subnet.subnet_id for subnet in subnets],
        )
        return dax.CfnCluster(
            self,
            "Cluster",
            cluster_name=self.cluster_name,
            description="Read-only cache of the private table",
            iam_role_arn=self.role.role_arn,
            node_type=node_type,
            replication_factor=nodes,
            cluster_endpoint_encryption_type="TLS",
            sse_specification=dax.CfnCluster.SSESpecificationProperty(sse_enabled=True),
            security_group_ids=[self.security_group.security_group_id],
            subnet_group_name=subnet_group.ref,
            parameter_group_name=parameter_group.ref,
            preferred_maintenance_window=maintenance_window,
            notification_topic_arn=notification_topic.topic_arn if notification_topic else None,
        )


def _refuse(*, cluster_name: str, node_type: str) -> None:
    if node_type.startswith("dax.r3."):
        raise ValueError(f"node_type={node_type}: dax.r3 cannot encrypt at rest; use dax.r5")
    if len(cluster_name) > _LONGEST_NAME or not _NAME.fullmatch(cluster_name):
        raise ValueError(
            f"cluster_name={cluster_name}: a name starts with a letter and has letters, digits "
            f"and single hyphens, at most {_LONGEST_NAME} characters"
        )

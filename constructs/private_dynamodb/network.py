"""A VPC without a way out, whose only door is the DynamoDB endpoint."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

from private_dynamodb.encryption_keys import log_group_key
from private_dynamodb.endpoint_policy import (
    cache_endpoint_policy,
    stream_endpoint_policy,
    table_endpoint_policy,
)
from private_dynamodb.perimeter import Endpoints
from private_dynamodb.trust import name_trust

if TYPE_CHECKING:
    from collections.abc import Sequence

_CLIENTS = "clients"
_CACHE = "cache"
_HTTPS = ec2.Port.tcp(443)
CACHE_TLS_PORT = 9111


class InterfaceService(enum.StrEnum):
    """The services of the perimeter that have an interface endpoint."""

    DYNAMODB = "dynamodb"
    STREAMS = "dynamodb-streams"
    DAX = "dax"


@dataclass(frozen=True, slots=True)
class NewVpc:
    """A VPC to create.

    Args:
        cidr: its range, e.g. ``10.64.0.0/16``; it is divided evenly.
        zones: Availability Zones, 2 or 3.
    """

    cidr: str
    zones: int = 3


@dataclass(frozen=True, slots=True)
class AdoptedVpc:
    """A VPC that is there already.

    Args:
        vpc_id: its id.
        client_subnet_ids: subnets of the table's clients.
        cache_subnet_ids: subnets of the cache.
        route_table_ids: every route table of those subnets.
        cache_route_table_ids: the route tables of the cache subnets.
    """

    vpc_id: str
    client_subnet_ids: tuple[str, ...]
    cache_subnet_ids: tuple[str, ...]
    route_table_ids: tuple[str, ...]
    cache_route_table_ids: tuple[str, ...] = ()


class PrivateNetwork(Construct):
    """The network of a private table.

    Creates a VPC with isolated subnets for clients and for the cache in each zone, without
    internet gateway, NAT, public addresses or IPv6; flow logs of all traffic in an encrypted log
    group; an empty default security group (the one custom resource of the baseline); a security
    group for the table's clients; and the DynamoDB gateway endpoint on every route table, with a
    policy that admits this account's principals to this table only. In an adopted VPC it
    creates the endpoints, flow logs and the client group, and changes nothing else.

    Costs roughly 1 USD a month for the key, flow logs by volume, and 7 USD a month per zone for
    each interface endpoint. The gateway endpoint is free.

    It refuses fewer than two zones.

    Args:
        scope: parent construct.
        construct_id: id in the parent.
        vpc: the VPC to create or to adopt.
        table_name: name of the table that the endpoints lead to.
        interface_services: interface endpoints to add.
        flow_log_retention: how long flow logs are kept.

    Raises:
        ValueError: a VPC with fewer than two zones.

    Source: https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-ddb.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc: NewVpc | AdoptedVpc,
        table_name: str,
        interface_services: Sequence[InterfaceService] = (),
        flow_log_retention: logs.RetentionDays = logs.RetentionDays.ONE_YEAR,
    ) -> None:
        super().__init__(scope, construct_id)
        self.vpc = self._vpc(vpc)
        self.client_subnets, self.cache_subnets = self._subnets(vpc)
        self.cache_route_table_ids = self._cache_route_tables(vpc)
        self._flow_logs(flow_log_retention)
        self.client_security_group = self._client_security_group()
        self.gateway_endpoint_id = self._gateway_endpoint(vpc, table_name)
        self.interface_security_group = self._interface_group() if interface_services else None
        self.interface_endpoint_ids = self._interface_endpoints(interface_services, table_name)

    @property
    def endpoints(self) -> Endpoints:
        """Return the endpoints through which the table and its stream may be reached."""
        table = (
            self.gateway_endpoint_id,
            self.interface_endpoint_ids.get(InterfaceService.DYNAMODB),
        )
        stream = (self.interface_endpoint_ids.get(InterfaceService.STREAMS),)
        return Endpoints(
            table=tuple(endpoint for endpoint in table if endpoint),
            stream=tuple(endpoint for endpoint in stream if endpoint),
        )

    @property
    def security_group_ids(self) -> tuple[str, ...]:
        """Return the groups of clients and interface endpoints, and the empty default group."""
        groups = [self.client_security_group.security_group_id]
        if self.interface_security_group is not None:
            groups.append(self.interface_security_group.security_group_id)
        if isinstance(self.vpc, ec2.Vpc):
            groups.append(self.vpc.vpc_default_security_group)
        return tuple(groups)

    def _vpc(self, vpc: NewVpc | AdoptedVpc) -> ec2.IVpc:
        if isinstance(vpc, AdoptedVpc):
            return ec2.Vpc.from_vpc_attributes(
                self, "Vpc", vpc_id=vpc.vpc_id, availability_zones=_zones(len(vpc.cache_subnet_ids))
            )
        if vpc.zones < 2:  # noqa: PLR2004 - the fewest that survive the loss of one
            raise ValueError(f"zones={vpc.zones}: a cache needs subnets in two zones or more")
        return ec2.Vpc(
            self,
            "Vpc",
            ip_addresses=ec2.IpAddresses.cidr(vpc.cidr),
            availability_zones=_zones(vpc.zones),
            create_internet_gateway=False,
            nat_gateways=0,
            enable_dns_support=True,
            enable_dns_hostnames=True,
            restrict_default_security_group=True,
            subnet_configuration=[
                ec2.SubnetConfiguration(name=name, subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)
                for name in (_CLIENTS, _CACHE)
            ],
        )

    def _subnets(
        self, vpc: NewVpc | AdoptedVpc
    ) -> tuple[tuple[ec2.ISubnet, ...], tuple[ec2.ISubnet, ...]]:
        if isinstance(vpc, NewVpc):
            return (
                tuple(self.vpc.select_subnets(subnet_group_name=_CLIENTS).subnets),
                tuple(self.vpc.select_subnets(subnet_group_name=_CACHE).subnets),
            )

        def adopted(group: str, subnet_ids: Sequence[str]) -> tuple[ec2.ISubnet, ...]:
            subnets = tuple(
                ec2.Subnet.from_subnet_id(self, f"{group}{number}", subnet_id)
                for number, subnet_id in enumerate(subnet_ids, start=1)
            )
            for subnet in subnets:
                # Nothing here asks a subnet for its route table: they are named beside it.
                cdk.Annotations.of(subnet).acknowledge_warning(
                    "@aws-cdk/aws-ec2:noSubnetRouteTableId"
                )
            return subnets

        return (
            adopted("Client", vpc.client_subnet_ids),
            adopted("Cache", vpc.cache_subnet_ids),
        )

    def _cache_route_tables(self, vpc: NewVpc | AdoptedVpc) -> tuple[str, ...]:
        if isinstance(vpc, AdoptedVpc):
            return vpc.cache_route_table_ids
        return tuple(subnet.route_table.route_table_id for subnet in self.cache_subnets)

    def _flow_logs(self, retention: logs.RetentionDays) -> None:
        log_group = logs.LogGroup(
            self,
            "FlowLogs",
            encryption_key=log_group_key(self, "LogKey"),
            retention=retention,
            removal_policy=cdk.RemovalPolicy.RETAIN,
        )
        role = iam.Role(
            self,
            "FlowLogRole",
            description="Writes the flow logs of the private VPC",
            assumed_by=iam.ServicePrincipal(
                "vpc-flow-logs.amazonaws.com",
                conditions={"StringEquals": {"aws:SourceAccount": cdk.Stack.of(self).account}},
            ),
        )
        name_trust(role, "AllowFlowLogsOfThisAccount")
        iam.ManagedPolicy(
            self,
            "FlowLogPolicy",
            roles=[role],
            statements=[
                iam.PolicyStatement(
                    sid="AllowWritingFlowLogs",
                    actions=[
                        "logs:CreateLogStream",
                        "logs:DescribeLogStreams",
                        "logs:PutLogEvents",
                    ],
                    resources=[log_group.log_group_arn],
                )
            ],
        )
        ec2.CfnFlowLog(
            self,
            "FlowLog",
            resource_id=self.vpc.vpc_id,
            resource_type="VPC",
            traffic_type="ALL",
            log_destination_type="cloud-watch-logs",
            log_destination=log_group.log_group_arn,
            deliver_logs_permission_arn=role.role_arn,
        )

    def _client_security_group(self) -> ec2.SecurityGroup:
        group = ec2.SecurityGroup(
            self,
            "ClientGroup",
            vpc=self.vpc,
            description="Clients of the private table and its cache",
            allow_all_outbound=False,
        )
        # The only route out of these subnets is the DynamoDB endpoint.
        group.add_egress_rule(ec2.Peer.any_ipv4(), _HTTPS, "DynamoDB through the endpoint")
        group.add_egress_rule(
            ec2.Peer.any_ipv4(), ec2.Port.tcp(CACHE_TLS_PORT), "The cache, over TLS"
        )
        return group

    def _gateway_endpoint(self, vpc: NewVpc | AdoptedVpc, table_name: str) -> str:
        if isinstance(vpc, AdoptedVpc):
            route_tables = list(vpc.route_table_ids)
        else:
            subnets = (*self.client_subnets, *self.cache_subnets)
            route_tables = [subnet.route_table.route_table_id for subnet in subnets]
        endpoint = ec2.CfnVPCEndpoint(
            self,
            "DynamoDbEndpoint",
            vpc_id=self.vpc.vpc_id,
            vpc_endpoint_type="Gateway",
            service_name=f"com.amazonaws.{cdk.Stack.of(self).region}.dynamodb",
            route_table_ids=route_tables,
            policy_document=table_endpoint_policy(self, table_name=table_name),
        )
        return endpoint.attr_id

    def _interface_group(self) -> ec2.SecurityGroup:
        group = ec2.SecurityGroup(
            self,
            "InterfaceEndpointGroup",
            vpc=self.vpc,
            description="Interface endpoints of the private table",
            allow_all_outbound=False,
        )
        group.add_ingress_rule(
            ec2.Peer.security_group_id(self.client_security_group.security_group_id),
            _HTTPS,
            "Clients of the private table",
        )
        return group

    def _interface_endpoints(
        self, services: Sequence[InterfaceService], table_name: str
    ) -> dict[InterfaceService, str]:
        group = self.interface_security_group
        if group is None:
            return {}
        policies = {
            InterfaceService.DYNAMODB: table_endpoint_policy(self, table_name=table_name),
            InterfaceService.STREAMS: stream_endpoint_policy(self, table_name=table_name),
            InterfaceService.DAX: cache_endpoint_policy(self),
        }
        return {
            service: ec2.CfnVPCEndpoint(
                self,
                f"{service.name.title()}InterfaceEndpoint",
                vpc_id=self.vpc.vpc_id,
                vpc_endpoint_type="Interface",
                service_name=f"com.amazonaws.{cdk.Stack.of(self).region}.{service}",
                subnet_ids=[subnet.subnet_id for subnet in self.client_subnets],
                security_group_ids=[group.security_group_id],
                # DynamoDB offers no private DNS here: clients name the endpoint's own host.
                private_dns_enabled=service is InterfaceService.DAX,
                policy_document=policies[service],
            ).attr_id
            for service in services
        }


def _zones(count: int) -> list[str]:
    """Name zones without looking them up, so that synth needs no credentials."""
    return [cdk.Fn.select(number, cdk.Fn.get_azs()) for number in range(count)]

"""The data stack: the table, its key and backups, its cache, and who works with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam

from private_dynamodb import (
    Administrators,
    AlarmTopic,
    CrossAccountCacheReader,
    DataAccess,
    DataPolicy,
    Exemption,
    GuardedBackup,
    Peer,
    PrivateTable,
    ReadOnlyCache,
    StreamConsumerRole,
    TableKey,
    WorkloadRole,
)
from stacks.acknowledgments import acknowledge
from stacks.last_message import follow_messages
from stacks.regional_stack import RegionalStack
from stacks.role_names import backup_role_name, cache_role_name, consumer_role_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs import Construct

    from private_dynamodb import PrivateNetwork
    from stacks.configuration import Configuration, IndexSettings, RegionSettings

_ATTRIBUTE_TYPES = {
    "S": dynamodb.AttributeType.STRING,
    "N": dynamodb.AttributeType.NUMBER,
    "B": dynamodb.AttributeType.BINARY,
}


class DataStack(RegionalStack):
    """The data of one Region.

    Args:
        scope: what groups the stacks of the Region.
        configuration: the whole configuration.
        region: the Region.
        network: the Region's network.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        configuration: Configuration,
        region: RegionSettings,
        network: PrivateNetwork,
    ) -> None:
        super().__init__(
            scope,
            "Data",
            description="Private DynamoDB table and its read-only cache",
            configuration=configuration,
            region=region.name,
        )
        self._configuration = configuration
        self._region = region
        self.key = TableKey(self, "TableKey")
        self.alarms = AlarmTopic(
            self,
            "Alarms",
            publishers=["cloudwatch.amazonaws.com", "dax.amazonaws.com"],
            event_rules=configuration.audit.detection,
            email=configuration.audit.alarm_email,
        )
        self.backup = self._backup()
        self.cache = self._cache(network)
        self._consumer_role = self._role_of_consumer()
        self.table = self._table(network)
        if self._consumer_role is not None:
            follow_messages(
                self,
                role=self._consumer_role,
                table=self.table,
                network=network,
                alarm_topic=self.alarms.topic,
            )
        self.policies = self._readers_and_writers()
        self._cross_account_readers()
        self._acknowledge()

    def _backup(self) -> GuardedBackup | None:
        if not self._configuration.table.backup_plan:
            return None
        return GuardedBackup(
            self,
            "Backup",
            table_name=self._configuration.table.name,
            vault_name=f"{self.stack_name}-vault",
            role_name=backup_role_name(self._configuration, self._region),
            administrators=self._administrators(),
        )

    def _cache(self, network: PrivateNetwork) -> ReadOnlyCache | None:
        here = self._region.cache
        if not here.enabled:
            return None
        shape = self._configuration.cache
        return ReadOnlyCache(
            self,
            "Cache",
            cluster_name=self._configuration.cluster_name,
            vpc=network.vpc,
            subnets=network.cache_subnets,
            route_table_ids=network.cache_route_table_ids,
            table_name=self._configuration.table.name,
            key=self.key,
            client_security_group_ids=[
                network.client_security_group.security_group_id,
                *here.client_security_groups,
            ],
            client_cidrs=here.client_subnets,
            peers=[
                Peer(cidr=reader.cidr, peering_connection_id=reader.peering_connection)
                for reader in here.readers
            ],
            node_type=shape.node_type,
            nodes=shape.nodes,
            item_ttl=cdk.Duration.seconds(shape.item_ttl_seconds),
            query_ttl=cdk.Duration.seconds(shape.query_ttl_seconds),
            maintenance_window=shape.maintenance_window,
            notification_topic=self.alarms.topic,
            role_name=cache_role_name(self._configuration, self._region),
        )

    def _table(self, network: PrivateNetwork) -> PrivateTable:
        table = self._configuration.table
        return PrivateTable(
            self,
            "Table",
            table_name=table.name,
            key=self.key,
            partition_key=self._attribute(table.partition_key),
            sort_key=self._attribute(table.sort_key) if table.sort_key else None,
            indexes=[self._index(index) for index in table.indexes],
            endpoints=network.endpoints,
            administrators=self._administrators(
                *([self.backup.role.role_arn] if self.backup else [])
            ),
            exemptions=[
                Exemption(arn=exemption.arn, reason=exemption.reason, expires=exemption.expires)
                for exemption in self._configuration.access.exemptions
            ],
            # Lambda polls the stream; what its function writes goes through the endpoint.
            stream_exemptions=[self._consumer_role.exemption] if self._consumer_role else [],
            cache_role_arns=[self.cache.role.role_arn] if self.cache else [],
            time_to_live_attribute=table.ttl_attribute,
            stream=dynamodb.StreamViewType(table.stream.value) if table.stream else None,
            billing=self._billing(),
            recovery_days=table.recovery_days,
            alarm_topic=self.alarms.topic,
        )

    def _role_of_consumer(self) -> StreamConsumerRole | None:
        if not self._configuration.workload.consumer:
            return None
        return StreamConsumerRole(
            self,
            "LastMessageRole",
            role_name=consumer_role_name(self._configuration, self._region),
        )

    def _attribute(self, name: str) -> dynamodb.Attribute:
        kind = self._configuration.table.attributes[name]
        return dynamodb.Attribute(name=name, type=_ATTRIBUTE_TYPES[kind.value])

    def _index(self, index: IndexSettings) -> dynamodb.GlobalSecondaryIndexPropsV2:
        if index.attributes is None:
            projection = dynamodb.ProjectionType.ALL
        elif index.attributes:
            projection = dynamodb.ProjectionType.INCLUDE
        else:
            projection = dynamodb.ProjectionType.KEYS_ONLY
        return dynamodb.GlobalSecondaryIndexPropsV2(
            index_name=index.name,
            partition_key=self._attribute(index.partition_key),
            sort_key=self._attribute(index.sort_key) if index.sort_key else None,
            projection_type=projection,
            non_key_attributes=list(index.attributes) if index.attributes else None,
        )

    def _billing(self) -> dynamodb.Billing:
        capacity = self._configuration.table.provisioned
        if capacity is None:
            return dynamodb.Billing.on_demand()
        target = capacity.target_percent
        return dynamodb.Billing.provisioned(
            read_capacity=dynamodb.Capacity.autoscaled(
                min_capacity=capacity.read_min,
                max_capacity=capacity.read_max,
                target_utilization_percent=target,
            ),
            write_capacity=dynamodb.Capacity.autoscaled(
                min_capacity=capacity.write_min,
                max_capacity=capacity.write_max,
                target_utilization_percent=target,
            ),
        )

    def _administrators(self, *backup_roles: str) -> Administrators:
        named = self._configuration.administration
        backup = (*named.backup, *backup_roles)
        if named.deploy is None:
            return Administrators.cdk_bootstrap(
                self,
                qualifier=named.bootstrap_qualifier,
                export=named.export,
                restore=named.restore,
                backup=backup,
            )
        return Administrators(
            deploy=named.deploy,
            export=named.export,
            restore=named.restore,
            backup=backup,
        )

    def _readers_and_writers(self) -> list[DataPolicy]:
        access = self._configuration.access
        return [
            self._workload(kind, may, roles)
            for kind, may, roles in (
                ("Reader", DataAccess.READ, access.readers),
                ("Writer", DataAccess.READ_AND_WRITE, access.writers),
            )
            if roles
        ]

    def _workload(self, kind: str, access: DataAccess, roles: Sequence[str]) -> DataPolicy:
        policy = DataPolicy(
            self,
            f"{kind}Policy",
            access=access,
            table_name=self._configuration.table.name,
            cache_arn=self.cache.cluster_arn if self.cache else None,
            stream=self._configuration.table.stream is not None,
        )
        for number, role in enumerate(roles, start=1):
            if role.startswith("arn:"):
                policy.attach_to_role(iam.Role.from_role_arn(self, f"{kind}{number}", role))
                continue
            WorkloadRole(
                self,
                f"{kind}{number}",
                role_name=f"{self._configuration.project}-{role}-{self._region.name}",
                policy=policy,
                services=self._configuration.access.trusted_services,
            )
        return policy

    def _cross_account_readers(self) -> None:
        if self.cache is None:
            return
        for reader in self._region.cache.readers:
            CrossAccountCacheReader(
                self,
                f"Reader{reader.account}",
                role_name=f"{self._configuration.project}-cache-{reader.account}"
                f"-{self._region.name}",
                account=reader.account,
                cache_arn=self.cache.cluster_arn,
                external_id=reader.external_id,
            )

    def _acknowledge(self) -> None:
        account = self._configuration.account or "<AWS::AccountId>"
        table = f"{self.region}:{account}:table/{self._configuration.table.name}"
        for policy in (*self.policies, *([self.cache.read_policy] if self.cache else [])):
            acknowledge(
                policy,
                {
                    "AwsSolutions::AwsSolutions-IAM5"
                    f"[Resource::arn:<AWS::Partition>:dynamodb:{table}/index/*]": "The wildcard "
                    "stands for the indexes of this one table, which hold the same items."
                },
            )
        if self._configuration.table.stream is not None:
            for policy in self.policies:
                acknowledge(
                    policy,
                    {
                        "AwsSolutions::AwsSolutions-IAM5"
                        f"[Resource::arn:<AWS::Partition>:dynamodb:{table}/stream/*]": "The "
                        "wildcard stands for the stream of this one table, whose name is the time "
                        "at which it is turned on."
                    },
                )
        if self.backup is not None:
            managed = "arn:<AWS::Partition>:iam::aws:policy/service-role/"
            acknowledge(
                self.backup.role,
                {
                    "AwsSolutions::AwsSolutions-IAM4"
                    f"[Policy::{managed}AWSBackupServiceRolePolicyForBackup]": "AWS documents this "
                    "policy as what the role needs and keeps it current; only AWS Backup of this "
                    "account may assume the role, and its plan selects this one table."
                },
            )

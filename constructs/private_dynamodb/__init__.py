"""Building blocks of a private DynamoDB table: each usable alone, in any CDK app.

`PrivateNetwork` is the VPC and its endpoints, `PrivateTable` the table and its policies,
`ReadOnlyCache` the DAX cluster; `AuditTrail`, `ConfigRecorder`, `ConfigBaseline` and
`PerimeterAlerts` watch them, and `Guardrails` protect them from above.
"""

from private_dynamodb.aggregator import OrganizationAggregator
from private_dynamodb.alarms import AlarmTopic, alarm_on
from private_dynamodb.backup import GuardedBackup
from private_dynamodb.cache import Peer, ReadOnlyCache
from private_dynamodb.config_baseline import ConfigBaseline, ConfigRecorder
from private_dynamodb.config_rules import (
    GuardRule,
    ManagedRule,
    backup_rules,
    cache_rules,
    network_rules,
    table_rules,
    trail_rules,
)
from private_dynamodb.conformance_pack import (
    TABLE_KEYS,
    TABLE_NAME,
    OrganizationConformancePack,
    conformance_pack,
)
from private_dynamodb.detection import (
    ALERTS,
    Alert,
    CacheAlarms,
    ExternalAccessAnalyzer,
    Named,
    PerimeterAlerts,
    Reach,
    Thing,
    TrailAlarms,
    Watched,
)
from private_dynamodb.encryption_keys import MediatedKey, ServiceKey, TableKey
from private_dynamodb.endpoint_policy import (
    cache_endpoint_policy,
    stream_endpoint_policy,
    table_endpoint_policy,
)
from private_dynamodb.endpoint_rule import endpoint_policy_rule
from private_dynamodb.guardrails import GuardrailRoles, Guardrails, GuardrailScope
from private_dynamodb.log_bucket import LogBucket
from private_dynamodb.member_recorders import MemberRecorders
from private_dynamodb.network import AdoptedVpc, InterfaceService, NewVpc, PrivateNetwork
from private_dynamodb.perimeter import Administrators, Endpoints, Exemption, execution_role_arn
from private_dynamodb.perimeter_rule import PerimeterRule
from private_dynamodb.stack_set import Members, OrganizationStackSet
from private_dynamodb.stream_consumer import StreamConsumer, StreamConsumerRole
from private_dynamodb.table import PrivateTable
from private_dynamodb.table_policy import stream_policy, table_policy
from private_dynamodb.trail import AuditTrail
from private_dynamodb.workload_roles import (
    CrossAccountCacheReader,
    DataAccess,
    DataPolicy,
    WorkloadRole,
)

__all__ = [
    "ALERTS",
    "TABLE_KEYS",
    "TABLE_NAME",
    "Administrators",
    "AdoptedVpc",
    "AlarmTopic",
    "Alert",
    "AuditTrail",
    "CacheAlarms",
    "ConfigBaseline",
    "ConfigRecorder",
    "CrossAccountCacheReader",
    "DataAccess",
    "DataPolicy",
    "Endpoints",
    "Exemption",
    "ExternalAccessAnalyzer",
    "GuardRule",
    "GuardedBackup",
    "GuardrailRoles",
    "GuardrailScope",
    "Guardrails",
    "InterfaceService",
    "LogBucket",
    "ManagedRule",
    "MediatedKey",
    "MemberRecorders",
    "Members",
    "Named",
    "NewVpc",
    "OrganizationAggregator",
    "OrganizationConformancePack",
    "OrganizationStackSet",
    "Peer",
    "PerimeterAlerts",
    "PerimeterRule",
    "PrivateNetwork",
    "PrivateTable",
    "Reach",
    "ReadOnlyCache",
    "ServiceKey",
    "StreamConsumer",
    "StreamConsumerRole",
    "TableKey",
    "Thing",
    "TrailAlarms",
    "Watched",
    "WorkloadRole",
    "alarm_on",
    "backup_rules",
    "cache_endpoint_policy",
    "cache_rules",
    "conformance_pack",
    "endpoint_policy_rule",
    "execution_role_arn",
    "network_rules",
    "stream_endpoint_policy",
    "stream_policy",
    "table_endpoint_policy",
    "table_policy",
    "table_rules",
    "trail_rules",
]

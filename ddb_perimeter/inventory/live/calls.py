"""Every API call that reading an account may make: all of them are reads of the control plane.

`requests` makes no call that is not declared here, and `permissions` writes the IAM policy from
these declarations. Source of actions and resources: the Service Authorization Reference.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_NEXT: Final = ("NextToken", "NextToken")
_MARKER: Final = ("Marker", "NextMarker")


@dataclass(frozen=True, slots=True)
class Call:
    """One API call.

    Args:
        service: name of the service's client.
        operation: name of the client's method.
        types: resource types that cannot be told without it, also those that are looked at only
            where its answer leads.
        items: key of the list in the answer; empty for calls that return one thing.
        pages: what asks for the next page, and what names it in an answer; empty when the service
            returns everything at once.
        action: the IAM action, where it is not called like the operation.
        resource: what the action can be limited to, after the ARN's partition; ``*`` when it
            cannot, or when the call names no resource.
        absent: error codes that mean that there is none.
    """

    service: str
    operation: str
    types: frozenset[str]
    items: str = ""
    pages: tuple[str, str] | None = None
    action: str = ""
    resource: str = "*"
    absent: frozenset[str] = frozenset()

    @property
    def permission(self) -> str:
        """Return the IAM action that it needs, e.g. ``dax:DescribeClusters``."""
        named = self.action or "".join(part.capitalize() for part in self.operation.split("_"))
        return f"{self.service}:{named}"


def _types(*names: str) -> frozenset[str]:
    return frozenset(f"AWS::{name}" for name in names)


def _ec2(
    operation: str,
    items: str,
    *types: str,
    pages: tuple[str, str] | None = _NEXT,
    resource: str = "*",
) -> Call:
    named = frozenset(f"AWS::EC2::{name}" for name in types)
    return Call("ec2", operation, named, items, pages, resource=resource)


# What is looked at only where another call leads: without that one, nobody looked.
_FUNCTIONS: Final = _types("Lambda::Function", "Lambda::Url", "Lambda::Permission")
_BUCKETS: Final = _types("S3::Bucket", "S3::BucketPolicy")
_IDENTITIES: Final = _types("IAM::Role", "IAM::User", "IAM::Group", "IAM::ManagedPolicy")
_CACHES: Final = _types("DAX::Cluster", "DAX::SubnetGroup", "DAX::ParameterGroup")
_NETWORKS: Final = _types(
    "EC2::CarrierGateway",
    "EC2::EgressOnlyInternetGateway",
    "EC2::FlowLog",
    "EC2::PrefixList",
    "EC2::Route",
    "EC2::RouteTable",
    "EC2::SecurityGroup",
    "EC2::Subnet",
    "EC2::SubnetNetworkAclAssociation",
    "EC2::SubnetRouteTableAssociation",
    "EC2::TransitGatewayVpcAttachment",
    "EC2::VPC",
    "EC2::VPCCidrBlock",
    "EC2::VPCEndpoint",
    "EC2::VPCGatewayAttachment",
    "EC2::VPCPeeringConnection",
    "EC2::VPNGatewayRoutePropagation",
    "Route53::HostedZone",
    "Route53Resolver::ResolverRule",
)
_KEY: Final = _types("KMS::Key")
_VAULT: Final = _types("Backup::BackupVault")
_BEHIND_CACHES: Final = _NETWORKS | _IDENTITIES | _FUNCTIONS
_BEHIND_TABLES: Final = _BEHIND_CACHES | _CACHES | _KEY | _VAULT
_OF_REGION: Final = _BUCKETS | _types(
    "ApplicationAutoScaling::ScalableTarget",
    "Backup::BackupPlan",
    "Backup::BackupSelection",
    "CloudTrail::Trail",
    "Config::ConfigRule",
    "Config::ConfigurationRecorder",
    "Config::DeliveryChannel",
)

_TABLE: Final = _types("DynamoDB::Table")
_TABLE_ARN: Final = "dynamodb:*:*:table/*"
_NO_POLICY: Final = frozenset({"PolicyNotFoundException"})

# Who asks, and where. Everybody may ask who they are.
GET_CALLER_IDENTITY: Final = Call("sts", "get_caller_identity", frozenset())
DESCRIBE_REGIONS: Final = Call("ec2", "describe_regions", frozenset(), "Regions")

# Tables
LIST_TABLES: Final = Call(
    "dynamodb",
    "list_tables",
    _TABLE | _BEHIND_TABLES | _OF_REGION,  # nothing is read of a Region without tables
    "TableNames",
    ("ExclusiveStartTableName", "LastEvaluatedTableName"),
)
DESCRIBE_TABLE: Final = Call(
    "dynamodb",
    "describe_table",
    _TABLE | _BEHIND_TABLES,
    resource=_TABLE_ARN,
    absent=frozenset({"ResourceNotFoundException"}),  # deleted since it was listed
)
GET_RESOURCE_POLICY: Final = Call(
    "dynamodb", "get_resource_policy", _TABLE, resource=_TABLE_ARN, absent=_NO_POLICY
)
DESCRIBE_CONTINUOUS_BACKUPS: Final = Call(
    "dynamodb", "describe_continuous_backups", _TABLE, resource=_TABLE_ARN
)
DESCRIBE_KINESIS_DESTINATION: Final = Call(
    "dynamodb", "describe_kinesis_streaming_destination", _TABLE, resource=_TABLE_ARN
)
LIST_TABLE_TAGS: Final = Call(
    "dynamodb", "list_tags_of_resource", _TABLE, "Tags", _NEXT, resource=_TABLE_ARN
)
LIST_CONTRIBUTOR_INSIGHTS: Final = Call(
    "dynamodb", "list_contributor_insights", _TABLE, "ContributorInsightsSummaries", _NEXT
)
LIST_EXPORTS: Final = Call("dynamodb", "list_exports", _TABLE, "ExportSummaries", _NEXT)
DESCRIBE_EXPORT: Final = Call(
    "dynamodb",
    "describe_export",
    _TABLE,
    resource=_TABLE_ARN,  # the ARN of an export begins with its table's
    absent=frozenset({"ExportNotFoundException"}),  # forgotten since it was listed
)
DESCRIBE_SCALABLE_TARGETS: Final = Call(
    "application-autoscaling",
    "describe_scalable_targets",
    _types("ApplicationAutoScaling::ScalableTarget"),
    "ScalableTargets",
    _NEXT,
)

# Keys
_KEY_ARN: Final = "kms:*:*:key/*"
DESCRIBE_KEY: Final = Call("kms", "describe_key", _KEY, resource=_KEY_ARN)
GET_KEY_POLICY: Final = Call("kms", "get_key_policy", _KEY, resource=_KEY_ARN)
GET_KEY_ROTATION_STATUS: Final = Call("kms", "get_key_rotation_status", _KEY, resource=_KEY_ARN)

# Identities
GET_ACCOUNT_AUTHORIZATION_DETAILS: Final = Call(
    "iam",
    "get_account_authorization_details",
    _IDENTITIES | _FUNCTIONS,
    pages=("Marker", "Marker"),
)
LIST_ACCESS_KEYS: Final = Call(
    "iam",
    "list_access_keys",
    _types("IAM::AccessKey"),
    "AccessKeyMetadata",
    ("Marker", "Marker"),
    resource="iam::*:user/*",
    absent=frozenset({"NoSuchEntity"}),  # deleted since it was listed
)

# Networks
DESCRIBE_VPCS: Final = _ec2("describe_vpcs", "Vpcs", "VPC", "VPCCidrBlock")
DESCRIBE_VPC_ATTRIBUTE: Final = _ec2(
    "describe_vpc_attribute", "", "VPC", pages=None, resource="ec2:*:*:vpc/*"
)
DESCRIBE_SUBNETS: Final = _ec2("describe_subnets", "Subnets", "Subnet")
DESCRIBE_ROUTE_TABLES: Final = _ec2(
    "describe_route_tables",
    "RouteTables",
    "RouteTable",
    "Route",
    "SubnetRouteTableAssociation",
    "VPNGatewayRoutePropagation",
)
DESCRIBE_INTERNET_GATEWAYS: Final = _ec2(
    "describe_internet_gateways", "InternetGateways", "VPCGatewayAttachment"
)
DESCRIBE_VPN_GATEWAYS: Final = _ec2(
    "describe_vpn_gateways", "VpnGateways", "VPCGatewayAttachment", pages=None
)
DESCRIBE_EGRESS_ONLY_INTERNET_GATEWAYS: Final = _ec2(
    "describe_egress_only_internet_gateways",
    "EgressOnlyInternetGateways",
    "EgressOnlyInternetGateway",
)
DESCRIBE_CARRIER_GATEWAYS: Final = _ec2(
    "describe_carrier_gateways", "CarrierGateways", "CarrierGateway"
)
DESCRIBE_VPC_PEERING_CONNECTIONS: Final = _ec2(
    "describe_vpc_peering_connections", "VpcPeeringConnections", "VPCPeeringConnection"
)
DESCRIBE_TRANSIT_GATEWAY_VPC_ATTACHMENTS: Final = _ec2(
    "describe_transit_gateway_vpc_attachments",
    "TransitGatewayVpcAttachments",
    "TransitGatewayVpcAttachment",
)
DESCRIBE_VPC_ENDPOINTS: Final = Call(
    "ec2", "describe_vpc_endpoints", _NETWORKS, "VpcEndpoints", _NEXT
)
DESCRIBE_SECURITY_GROUPS: Final = _ec2(
    "describe_security_groups", "SecurityGroups", "SecurityGroup"
)
DESCRIBE_NETWORK_ACLS: Final = _ec2(
    "describe_network_acls", "NetworkAcls", "SubnetNetworkAclAssociation"
)
DESCRIBE_FLOW_LOGS: Final = _ec2("describe_flow_logs", "FlowLogs", "FlowLog")
GET_PREFIX_LIST_ENTRIES: Final = _ec2(
    "get_managed_prefix_list_entries", "Entries", "PrefixList", resource="ec2:*:*:prefix-list/*"
)

# Names
LIST_HOSTED_ZONES_BY_VPC: Final = Call(
    "route53",
    "list_hosted_zones_by_vpc",
    _types("Route53::HostedZone"),
    "HostedZoneSummaries",
    _NEXT,
    action="ListHostedZonesByVPC",
)
LIST_RESOLVER_RULES: Final = Call(
    "route53resolver",
    "list_resolver_rules",
    _types("Route53Resolver::ResolverRule"),
    "ResolverRules",
    _NEXT,
)
LIST_RESOLVER_RULE_ASSOCIATIONS: Final = Call(
    "route53resolver",
    "list_resolver_rule_associations",
    _types("Route53Resolver::ResolverRule"),
    "ResolverRuleAssociations",
    _NEXT,
)

# Caches
DESCRIBE_CLUSTERS: Final = Call(
    "dax", "describe_clusters", _CACHES | _BEHIND_CACHES, "Clusters", _NEXT
)
DESCRIBE_SUBNET_GROUPS: Final = Call(
    "dax",
    "describe_subnet_groups",
    _types("DAX::SubnetGroup") | _NETWORKS,
    "SubnetGroups",
    _NEXT,
)
DESCRIBE_PARAMETERS: Final = Call(
    "dax", "describe_parameters", _types("DAX::ParameterGroup"), "Parameters", _NEXT
)

# Functions
_FUNCTION_ARN: Final = "lambda:*:*:function:*"
LIST_FUNCTIONS: Final = Call("lambda", "list_functions", _FUNCTIONS, "Functions", _MARKER)
LIST_FUNCTION_URL_CONFIGS: Final = Call(
    "lambda",
    "list_function_url_configs",
    _types("Lambda::Url"),
    "FunctionUrlConfigs",
    _MARKER,
    resource=_FUNCTION_ARN,
)
GET_FUNCTION_POLICY: Final = Call(
    "lambda",
    "get_policy",
    _types("Lambda::Permission"),
    resource=_FUNCTION_ARN,
    absent=frozenset({"ResourceNotFoundException"}),
)

LIST_EVENT_SOURCE_MAPPINGS: Final = Call(
    "lambda",
    "list_event_source_mappings",
    _types("Lambda::EventSourceMapping"),
    "EventSourceMappings",
    _MARKER,
)

# Trails and their buckets
_TRAIL: Final = _types("CloudTrail::Trail")
_TRAIL_ARN: Final = "cloudtrail:*:*:trail/*"
_BUCKET: Final = _types("S3::Bucket")
_BUCKET_ARN: Final = "s3:::*"
DESCRIBE_TRAILS: Final = Call("cloudtrail", "describe_trails", _TRAIL | _BUCKETS, "trailList")
GET_TRAIL_STATUS: Final = Call("cloudtrail", "get_trail_status", _TRAIL, resource=_TRAIL_ARN)
GET_EVENT_SELECTORS: Final = Call("cloudtrail", "get_event_selectors", _TRAIL, resource=_TRAIL_ARN)
LIST_BUCKETS: Final = Call(
    "s3",
    "list_buckets",
    _BUCKETS,
    "Buckets",
    ("ContinuationToken", "ContinuationToken"),
    action="ListAllMyBuckets",
)
GET_PUBLIC_ACCESS_BLOCK: Final = Call(
    "s3",
    "get_public_access_block",
    _BUCKET,
    action="GetBucketPublicAccessBlock",
    resource=_BUCKET_ARN,
    absent=frozenset({"NoSuchPublicAccessBlockConfiguration"}),
)
GET_BUCKET_ACL: Final = Call("s3", "get_bucket_acl", _BUCKET, resource=_BUCKET_ARN)
GET_BUCKET_POLICY: Final = Call(
    "s3",
    "get_bucket_policy",
    _types("S3::BucketPolicy"),
    resource=_BUCKET_ARN,
    absent=frozenset({"NoSuchBucketPolicy"}),
)
GET_BUCKET_ENCRYPTION: Final = Call(
    "s3",
    "get_bucket_encryption",
    _BUCKET,
    action="GetEncryptionConfiguration",
    resource=_BUCKET_ARN,
    absent=frozenset({"ServerSideEncryptionConfigurationNotFoundError"}),
)
GET_BUCKET_VERSIONING: Final = Call("s3", "get_bucket_versioning", _BUCKET, resource=_BUCKET_ARN)

# AWS Config
_RECORDER: Final = _types("Config::ConfigurationRecorder")
_RULE: Final = _types("Config::ConfigRule")
DESCRIBE_CONFIGURATION_RECORDERS: Final = Call(
    "config", "describe_configuration_recorders", _RECORDER, "ConfigurationRecorders"
)
DESCRIBE_CONFIGURATION_RECORDER_STATUS: Final = Call(
    "config", "describe_configuration_recorder_status", _RECORDER, "ConfigurationRecordersStatus"
)
DESCRIBE_DELIVERY_CHANNELS: Final = Call(
    "config",
    "describe_delivery_channels",
    _types("Config::DeliveryChannel") | _BUCKETS,
    "DeliveryChannels",
)
DESCRIBE_CONFIG_RULES: Final = Call("config", "describe_config_rules", _RULE, "ConfigRules", _NEXT)
DESCRIBE_COMPLIANCE_BY_CONFIG_RULE: Final = Call(
    "config", "describe_compliance_by_config_rule", _RULE, "ComplianceByConfigRules", _NEXT
)

# Backups
_PLAN_ARN: Final = "backup:*:*:backup-plan:*"
_SELECTION: Final = _types("Backup::BackupSelection")
LIST_BACKUP_PLANS: Final = Call(
    "backup",
    "list_backup_plans",
    _types("Backup::BackupPlan", "Backup::BackupSelection", "Backup::BackupVault"),
    "BackupPlansList",
    _NEXT,
)
GET_BACKUP_PLAN: Final = Call(
    "backup",
    "get_backup_plan",
    _types("Backup::BackupPlan", "Backup::BackupVault"),
    resource=_PLAN_ARN,
)
LIST_BACKUP_SELECTIONS: Final = Call(
    "backup",
    "list_backup_selections",
    _SELECTION,
    "BackupSelectionsList",
    _NEXT,
    resource=_PLAN_ARN,
)
GET_BACKUP_SELECTION: Final = Call("backup", "get_backup_selection", _SELECTION, resource=_PLAN_ARN)
LIST_RECOVERY_POINTS_BY_RESOURCE: Final = Call(
    "backup", "list_recovery_points_by_resource", _VAULT, "RecoveryPoints", _NEXT
)
GET_BACKUP_VAULT_ACCESS_POLICY: Final = Call(
    "backup",
    "get_backup_vault_access_policy",
    _VAULT,
    resource="backup:*:*:backup-vault:*",
    absent=frozenset({"ResourceNotFoundException"}),
)

# Policies of the organization
_ORGANIZATION_POLICY: Final = _types("Organizations::Policy")
DESCRIBE_ORGANIZATION: Final = Call(
    "organizations",
    "describe_organization",
    _ORGANIZATION_POLICY,
    absent=frozenset({"AWSOrganizationsNotInUseException"}),
)
LIST_POLICIES: Final = Call(
    "organizations", "list_policies", _ORGANIZATION_POLICY, "Policies", _NEXT
)
DESCRIBE_POLICY: Final = Call(
    "organizations",
    "describe_policy",
    _ORGANIZATION_POLICY,
    resource="organizations::*:policy/*",
)
LIST_TARGETS_FOR_POLICY: Final = Call(
    "organizations",
    "list_targets_for_policy",
    _ORGANIZATION_POLICY,
    "Targets",
    _NEXT,
    resource="organizations::*:policy/*",
)

CALLS: Final[tuple[Call, ...]] = tuple(
    value for value in list(globals().values()) if isinstance(value, Call)
)
"""Every call, in the order in which they are declared."""

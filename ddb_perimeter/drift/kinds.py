"""What is compared of each type of resource, how, and how bad a difference is."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Final

from ddb_perimeter.drift.meaning import How
from ddb_perimeter.findings import Exposure, Severity
from ddb_perimeter.inventory.caches import CLUSTER, PARAMETER_GROUP, SUBNET_GROUP
from ddb_perimeter.inventory.iam import IAM_TYPES, ROLE
from ddb_perimeter.inventory.network import ENDPOINT, ROUTE_TABLE, SUBNET, VPC
from ddb_perimeter.inventory.security_groups import GROUP
from ddb_perimeter.inventory.tables import TABLE, TABLE_TYPES
from ddb_perimeter.inventory.topology import NETWORK_TYPES
from ddb_perimeter.inventory.trails import TRAIL

_MEANT: Final = object()


class Missing(enum.Enum):
    """What it means that an account does not have something."""

    IGNORED = "nothing: whoever needs it says so"
    UNSEEN = "it may be there: only what is in use is read"
    INSIDE = "drift, where what it belongs to is there"
    DRIFT = "drift"


@dataclass(frozen=True, slots=True)
class Property:
    """One property that is compared.

    Args:
        name: pointer into the properties.
        how: how it is compared.
        default: what it means to leave it out; without one, a property that is not promised is
            not compared.
    """

    name: str
    how: How = How.VALUE
    default: object = _MEANT

    @property
    def has_default(self) -> bool:
        """Say whether leaving it out means something."""
        return self.default is not _MEANT


@dataclass(frozen=True, slots=True)
class Kind:
    """What is compared of resources of one type.

    Args:
        type: CloudFormation type; of a table, `TABLE` for global ones, too.
        keys: properties that together recognise one in its Region.
        properties: what is compared.
        severity: how bad a difference is.
        exposure: what a difference means for the data.
        missing: what it means that the account does not have one.
        way_out: whether it is drift when one is found that nobody promised, in a promised VPC.
    """

    type: str
    keys: tuple[str, ...] = ()
    properties: tuple[Property, ...] = ()
    severity: Severity = Severity.MEDIUM
    exposure: Exposure = Exposure.NONE
    missing: Missing = Missing.IGNORED
    way_out: bool = False


def _policy(name: str) -> Property:
    return Property(name, How.POLICY, None)


def _flag(name: str, *, default: bool) -> Property:
    return Property(name, default=default)


_GATEWAYS: Final = tuple(
    Kind(type_, ("VpcId",), severity=Severity.HIGH, way_out=True)
    for type_ in (
        "AWS::EC2::VPCGatewayAttachment",
        "AWS::EC2::EgressOnlyInternetGateway",
        "AWS::EC2::CarrierGateway",
        "AWS::EC2::TransitGatewayVpcAttachment",
        "AWS::EC2::VPCPeeringConnection",
        "AWS::EC2::VPCCidrBlock",
    )
)

KINDS: Final = (
    Kind(
        TABLE,
        ("name",),
        (
            _policy("ResourcePolicy.PolicyDocument"),
            _policy("StreamSpecification.ResourcePolicy.PolicyDocument"),
            Property("StreamSpecification.StreamViewType", default=None),
            Property("KinesisStreamSpecification.StreamArn", default=None),
            Property("Replicas", How.SET, []),
            _flag("SSESpecification.SSEEnabled", default=False),
            Property("SSESpecification.KMSMasterKeyId"),
            _flag("PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled", default=False),
            _flag("DeletionProtectionEnabled", default=False),
            Property("BillingMode", default="PROVISIONED"),
            Property("KeySchema", How.SET),
            Property("Indexes", How.SET, []),
        ),
        Severity.HIGH,
        Exposure.WEAKENED,
        missing=Missing.DRIFT,
    ),
    Kind(
        VPC,
        ("CidrBlock",),
        (_flag("EnableDnsSupport", default=True), _flag("EnableDnsHostnames", default=False)),
        missing=Missing.UNSEEN,
    ),
    Kind(
        SUBNET,
        ("VpcId", "CidrBlock"),
        (_flag("MapPublicIpOnLaunch", default=False), Property("Ipv6CidrBlock", default=None)),
        missing=Missing.INSIDE,
        way_out=True,
    ),
    Kind(
        "AWS::EC2::SubnetRouteTableAssociation",
        ("SubnetId",),
        (Property("RouteTableId"),),
        missing=Missing.INSIDE,
    ),
    Kind(
        ROUTE_TABLE,
        ("VpcId",),
        (Property("Routes", How.SET, []),),
        Severity.HIGH,
        Exposure.WEAKENED,
    ),
    Kind(
        ENDPOINT,
        ("VpcId", "ServiceName"),
        (
            _policy("PolicyDocument"),
            Property("VpcEndpointType", default="Gateway"),
            Property("RouteTableIds", How.SET, []),
            Property("SubnetIds", How.SET, []),
            Property("SecurityGroupIds", How.SET),
        ),
        Severity.HIGH,
        Exposure.WEAKENED,
        missing=Missing.DRIFT,
        way_out=True,
    ),
    Kind(
        GROUP,
        ("VpcId", "GroupDescription"),
        (
            Property("SecurityGroupIngress", How.SET, []),
            Property("SecurityGroupEgress", How.SET, []),
        ),
        Severity.HIGH,
        Exposure.WEAKENED,
        missing=Missing.INSIDE,
    ),
    Kind(
        CLUSTER,
        ("ClusterName",),
        (
            Property("IAMRoleARN"),
            Property("ClusterEndpointEncryptionType", default="NONE"),
            _flag("SSESpecification.SSEEnabled", default=False),
            Property("SecurityGroupIds", How.SET),
            Property("SubnetGroupName"),
            Property("ParameterGroupName"),
            Property("NodeType"),
            Property("ReplicationFactor"),
        ),
        Severity.HIGH,
        Exposure.WEAKENED,
        missing=Missing.DRIFT,
    ),
    Kind(
        PARAMETER_GROUP,
        ("ParameterGroupName",),
        (Property("ParameterNameValues", How.SUBSET, {}),),
        missing=Missing.DRIFT,
    ),
    Kind(
        SUBNET_GROUP, ("SubnetGroupName",), (Property("SubnetIds", How.SET),), missing=Missing.DRIFT
    ),
    Kind(
        ROLE,
        ("RoleName",),
        (
            _policy("AssumeRolePolicyDocument"),
            Property("Policies", How.POLICY, []),
            Property("ManagedPolicyArns", How.SET, []),
            _policy("PermissionsBoundary"),
        ),
        Severity.HIGH,
        Exposure.WEAKENED,
    ),
    Kind(
        "AWS::KMS::Key",
        (),
        (
            _policy("KeyPolicy"),
            _flag("EnableKeyRotation", default=False),
            _flag("Enabled", default=True),
        ),
        Severity.HIGH,
    ),
    Kind(
        TRAIL,
        ("TrailName",),
        (
            _flag("IsLogging", default=True),
            _flag("IsMultiRegionTrail", default=False),
            _flag("IncludeGlobalServiceEvents", default=False),
            _flag("EnableLogFileValidation", default=False),
            Property("KMSKeyId", default=None),
            Property("S3BucketName"),
            Property("EventSelectors", How.SUBSET),
            Property("AdvancedEventSelectors", How.SET),
        ),
        Severity.HIGH,
        missing=Missing.DRIFT,
    ),
    Kind(
        "AWS::S3::Bucket",
        ("BucketName",),
        (Property("PublicAccessBlockConfiguration"), Property("AccessControl", default=None)),
        Severity.HIGH,
    ),
    Kind(
        "AWS::S3::BucketPolicy",
        ("Bucket",),
        (_policy("PolicyDocument"),),
        Severity.HIGH,
        missing=Missing.INSIDE,
    ),
    Kind(
        "AWS::Config::ConfigurationRecorder",
        ("Name",),
        (
            Property("RecordingGroup", How.SUBSET),
            _flag("StartedOnCreate", default=True),
            Property("RoleARN"),
        ),
        missing=Missing.DRIFT,
    ),
    Kind(
        "AWS::Config::DeliveryChannel",
        ("Name",),
        (Property("S3BucketName"),),
        missing=Missing.DRIFT,
    ),
    Kind(
        "AWS::Config::ConfigRule",
        ("ConfigRuleName", "Source.SourceIdentifier"),
        (
            Property("Source", How.SUBSET),
            Property("InputParameters", How.VALUE, None),
            Property("Scope", How.SUBSET),
        ),
        missing=Missing.DRIFT,
    ),
    Kind(
        "AWS::Backup::BackupVault",
        ("BackupVaultName",),
        (_policy("AccessPolicy"),),
        Severity.HIGH,
        missing=Missing.DRIFT,
    ),
    Kind(
        "AWS::Backup::BackupPlan",
        ("BackupPlan.BackupPlanName",),
        (Property("BackupPlan.BackupPlanRule", How.SUBSET),),
        missing=Missing.DRIFT,
    ),
    Kind(
        "AWS::Backup::BackupSelection",
        ("BackupPlanId", "BackupSelection.SelectionName"),
        (Property("BackupSelection", How.SUBSET),),
        missing=Missing.DRIFT,
    ),
    Kind("AWS::EC2::FlowLog", ("ResourceId",), (Property("TrafficType"),), missing=Missing.INSIDE),
    *_GATEWAYS,
)

TYPES: Final = frozenset(kind.type for kind in KINDS) | TABLE_TYPES | NETWORK_TYPES | IAM_TYPES
"""What to ask `System.scenarios` for when looking for drift."""

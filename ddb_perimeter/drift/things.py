"""What is compared of each resource, and what it is recognised by on both sides.

Templates spell a global table with replicas where an account has one table in each Region, rules
beside their group, policies beside their role. So both sides are read through the same views, and
a `Thing` has what they have in common.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from ddb_perimeter.drift.meaning import How
from ddb_perimeter.findings import Exposure, Severity
from ddb_perimeter.inventory.caches import CLUSTER, PARAMETER_GROUP, SUBNET_GROUP
from ddb_perimeter.inventory.iam import IAM_TYPES, ROLE, PolicyKind, identities
from ddb_perimeter.inventory.network import ENDPOINT, ROUTE_TABLE, SUBNET, VPC, Way
from ddb_perimeter.inventory.resource import look_up
from ddb_perimeter.inventory.security_groups import GROUP
from ddb_perimeter.inventory.tables import GLOBAL_TABLE, TABLE, TABLE_TYPES, tables
from ddb_perimeter.inventory.topology import NETWORK_TYPES, network
from ddb_perimeter.inventory.trails import TRAIL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddb_perimeter.findings import Subject
    from ddb_perimeter.inventory import Identity, Inventory, Resource, Table
    from ddb_perimeter.inventory.network import RouteTable
    from ddb_perimeter.inventory.security_groups import Rule, SecurityGroup

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


@dataclass(frozen=True, slots=True, eq=False)
class Thing:
    """One resource of either side.

    Args:
        kind: what is compared.
        resource: the resource.
        region: its Region; empty when nobody can tell.
        keys: what it is recognised by.
        names: texts that others call it by: ids, ARNs.
        values: what is compared, by name of the property.
        subject: how findings name it.
    """

    kind: Kind
    resource: Resource
    region: str
    keys: tuple[object, ...]
    names: dict[str, object]
    values: dict[str, object]
    subject: Subject = field(repr=False)

    def value(self, property_: Property) -> object:
        """Return what it says of a property; None when it leaves it out.

        Args:
            property_: one of its kind's.
        """
        return self.values.get(property_.name)


def things(inventory: Inventory) -> list[Thing]:
    """Return everything in an inventory that is compared.

    Args:
        inventory: of templates or of an account.
    """
    return inventory.view(_things)


def _things(inventory: Inventory) -> list[Thing]:
    return list(_each(inventory))


def _each(inventory: Inventory) -> Iterator[Thing]:
    known = {kind.type: kind for kind in KINDS}
    for table in tables(inventory):
        yield _table(known[TABLE], table)
    nets = network(inventory)
    groups = {id(group.resource): group for group in nets.groups if not group.default}
    routes = {id(table.resource): table for table in nets.route_tables if table.resource}
    owners = {id(each.resource): each for each in identities(inventory).roles}
    for kind in KINDS:
        if kind.type == TABLE:
            continue
        for resource in inventory.of_type(kind.type):
            values = {each.name: resource.at(each.name) for each in kind.properties}
            if id(resource) in groups:
                values |= _rules(groups[id(resource)])
            if id(resource) in routes:
                values["Routes"] = _routes(routes[id(resource)])
            if id(resource) in owners:
                values |= _identity(owners[id(resource)])
            yield Thing(
                kind,
                resource,
                "" if kind.type == ROLE else resource.region,
                tuple(resource.at(key) for key in kind.keys),
                {"Ref": resource.physical, "Arn": resource.arn},
                values,
                resource.subject(),
            )


def _table(kind: Kind, table: Table) -> Thing:
    stream = table.stream_policy
    values: dict[str, object] = {
        "ResourcePolicy.PolicyDocument": table.policy,
        "StreamSpecification.ResourcePolicy.PolicyDocument": stream,
        "StreamSpecification.StreamViewType": table.stream_view,
        "KinesisStreamSpecification.StreamArn": table.kinesis_destination,
        "SSESpecification.SSEEnabled": table.encrypted_with_kms,
        "SSESpecification.KMSMasterKeyId": table.kms_key,
        "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled": table.point_in_time_recovery,
        "DeletionProtectionEnabled": table.deletion_protection,
        "BillingMode": table.billing_mode,
        "KeySchema": table.resource.at("KeySchema"),
        "Indexes": table.index_names,
        "Replicas": _regions(table),
    }
    region = table.region if isinstance(table.region, str) else ""
    names: dict[str, object] = {"Ref": table.name, "Arn": table.arn, "StreamArn": table.stream_arn}
    return Thing(kind, table.resource, region, (table.name,), names, values, table.subject())


def _regions(table: Table) -> object:
    """Return the other Regions that have the items."""
    replicas = table.resource.items("Replicas") if table.resource.type in _REPLICATED else []
    if not isinstance(replicas, list):
        return replicas
    regions = [look_up(replica, "Region") for replica in replicas]
    return [region for region in regions if region != table.region]


_REPLICATED: Final = (TABLE, GLOBAL_TABLE)  # accounts tell replicas of what they call a table


def _rules(group: SecurityGroup) -> dict[str, object]:
    return {
        "SecurityGroupIngress": [_rule(each) for each in group.ingress],
        "SecurityGroupEgress": [_rule(each) for each in group.egress if not _implied(each, group)],
    }


def _rule(rule: Rule) -> object:
    ports = list(rule.ports) if isinstance(rule.ports, tuple) else rule.ports
    return {"protocol": rule.protocol, "ports": ports, "peer": rule.peer}


def _implied(rule: Rule, group: SecurityGroup) -> bool:
    """Say whether AWS adds a rule only where the VPC has IPv6: "everything" beside IPv4's."""
    everything = [each.peer for each in group.egress if each.protocol == "-1"]
    return rule.protocol == "-1" and rule.peer == "::/0" and "0.0.0.0/0" in everything


def _routes(table: RouteTable) -> list[object]:
    return [
        {"to": route.destination, "through": route.target}
        for route in table.routes
        if route.way not in {Way.LOCAL, Way.ENDPOINT}
    ]


def _identity(identity: Identity) -> dict[str, object]:
    boundary = identity.boundary
    own = [each for each in identity.policies if each.kind is not PolicyKind.AWS_MANAGED]
    aws = [each for each in identity.policies if each.kind is PolicyKind.AWS_MANAGED]
    return {
        "Policies": [each.document for each in own],
        "ManagedPolicyArns": [each.name for each in aws],
        "PermissionsBoundary": boundary.document if boundary else None,
    }

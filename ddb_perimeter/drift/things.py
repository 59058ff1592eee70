"""Both sides of a comparison, read through the same views.

Templates spell a global table with replicas where an account has one table in each Region, rules
beside their group, policies beside their role. A `Thing` has what they have in common.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from ddb_perimeter.drift.kinds import KINDS
from ddb_perimeter.inventory.iam import ROLE, PolicyKind, identities
from ddb_perimeter.inventory.network import Way
from ddb_perimeter.inventory.resource import look_up
from ddb_perimeter.inventory.tables import GLOBAL_TABLE, TABLE, tables
from ddb_perimeter.inventory.topology import network

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddb_perimeter.drift.kinds import Kind, Property
    from ddb_perimeter.findings import Subject
    from ddb_perimeter.inventory import Identity, Inventory, Resource, Table
    from ddb_perimeter.inventory.network import RouteTable
    from ddb_perimeter.inventory.security_groups import Rule, SecurityGroup


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

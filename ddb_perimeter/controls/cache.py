"""DAX clusters: encryption, nodes, names and how long they serve what they have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ddb_perimeter.controls.control import broken, control, holds, unknown, unresolved
from ddb_perimeter.findings import Exposure, Severity
from ddb_perimeter.inventory.caches import CACHE_TYPES, CLUSTER, PARAMETER_GROUP, caches
from ddb_perimeter.inventory.iam import ROLE
from ddb_perimeter.inventory.resource import look_up
from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddb_perimeter.controls.control import Judgment, Judgments
    from ddb_perimeter.controls.perimeter import Perimeter
    from ddb_perimeter.inventory import Inventory, Resource
    from ddb_perimeter.inventory.caches import Cache

_NODES: Final = 3
_ZONES: Final = {"us-west-1": 2}
"""Zones to use in Regions that do not have three for everybody."""
_DEFAULT_ZONES: Final = 3
_LONGEST_TTL: Final = 300_000
_ROLE: Final = re.compile(r"arn:[\w-]+:iam::[^:]+:role/.+")


@control(
    id="dax-sse",
    title="Caches are encrypted at rest",
    severity=Severity.HIGH,
    why="A node writes what it caches to its disk. Encryption can only be chosen when the cluster "
    "is created.",
    source="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DAXEncryptionAtRest.html",
    fix="Set SSESpecification.SSEEnabled: true; an existing cluster has to be replaced.",
    types=(CLUSTER,),
)
def encrypted_at_rest(inventory: Inventory, _: Perimeter) -> Judgments:
    """Judge each cluster."""
    property_ = "SSESpecification.SSEEnabled"
    for cluster in inventory.of_type(CLUSTER):
        subject, on = cluster.subject(), cluster.flag(property_)
        evidence = cluster.evidence(f"Properties.{property_}")
        if isinstance(on, Unknown):
            yield unresolved(subject, property_, on, evidence=evidence)
        elif on:
            yield holds(subject)
        else:
            # Items on a disk in clear: whoever gets the disk passes every other layer.
            yield broken(
                subject,
                f"{property_} is not true.",
                exposure=Exposure.WEAKENED,
                evidence=evidence,
            )


@control(
    id="dax-tls",
    title="Clients talk TLS to caches",
    severity=Severity.HIGH,
    why="Without it every item that the cache serves crosses the network in plain text, and a "
    "client cannot tell the cluster from an impostor. It can only be chosen at creation.",
    source="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DAXEncryptionInTransit.html",
    fix="Set ClusterEndpointEncryptionType: TLS; an existing cluster has to be replaced.",
    types=(CLUSTER,),
)
def encrypted_in_transit(inventory: Inventory, _: Perimeter) -> Judgments:
    """Judge each cluster."""
    property_ = "ClusterEndpointEncryptionType"
    for cluster in inventory.of_type(CLUSTER):
        subject, type_ = cluster.subject(), cluster.at(property_)
        evidence = cluster.evidence(f"Properties.{property_}")
        if isinstance(type_, Unknown):
            yield unresolved(subject, property_, type_, evidence=evidence)
        elif type_ == "TLS":
            yield holds(subject)
        else:
            yield broken(
                subject,
                f"{property_} is {'left out' if type_ is None else type_}, so items cross the "
                "network in plain text.",
                exposure=Exposure.WEAKENED,
                evidence=evidence,
            )


@control(
    id="dax-multi-az",
    title="Caches have three nodes in as many zones as the Region offers",
    severity=Severity.MEDIUM,
    why="When the only node or its zone fails, clients fall back to the table and may overload it.",
    source="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DAX.concepts.cluster.html",
    fix="Set ReplicationFactor to 3 or more, and put subnets of three zones (two where the Region "
    "has two) into the subnet group.",
    types=CACHE_TYPES,
)
def several_zones(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    """Judge each cluster."""
    for cache in caches(inventory):
        found = list(_nodes(cache.resource))
        if not cache.declared_elsewhere(perimeter.vpcs):
            found += _zones(cache)
        yield from found or [holds(cache.resource.subject())]


def _nodes(cluster: Resource) -> Iterator[Judgment]:
    property_ = "ReplicationFactor"
    subject, nodes = cluster.subject(), cluster.at(property_)
    evidence = cluster.evidence(f"Properties.{property_}")
    if isinstance(nodes, Unknown):
        yield unresolved(subject, property_, nodes, evidence=evidence)
    elif not str(nodes).isdecimal() or int(str(nodes)) < _NODES:
        yield broken(
            subject, f"{property_} is {nodes}: fewer than {_NODES} nodes.", evidence=evidence
        )


def _zones(cache: Cache) -> Iterator[Judgment]:
    cluster = cache.resource
    needed = _ZONES.get(cluster.region, _DEFAULT_ZONES)
    property_ = "SubnetGroupName"
    zones: list[object] = [
        subnet if isinstance(subnet, Unknown) else subnet.zone for subnet in cache.subnets
    ]
    if cluster.at("AvailabilityZones") is not None:
        property_ = "AvailabilityZones"
        chosen = cluster.items(property_)
        zones = [chosen] if isinstance(chosen, Unknown) else chosen
    told = {zone for zone in zones if isinstance(zone, str)}
    if len(told) >= needed:
        return
    evidence = cluster.evidence(f"Properties.{property_}")
    doubt = next((zone for zone in zones if not isinstance(zone, str)), None)
    if doubt is not None or None in zones:
        value = doubt if isinstance(doubt, Unknown) else Unknown("AvailabilityZone", "left out")
        yield unresolved(cluster.subject(), "A zone of its subnets", value, evidence=evidence)
        return
    yield broken(
        cluster.subject(),
        f"Its nodes are in {', '.join(sorted(told)) or 'no zone'}, fewer than {needed} zones.",
        evidence=evidence,
    )


@control(
    id="dax-cluster-name-neutral",
    title="Names of caches identify nobody",
    severity=Severity.LOW,
    why="With TLS the name is part of a certificate, and certificates are published in public "
    "transparency logs: an account id in it tells the world whose cache this is.",
    source="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DAX.access-control.html",
    fix="Choose a ClusterName without account ids or names of customers.",
    types=(CLUSTER,),
)
def neutral_name(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    """Judge each cluster; one without a name is named after its stack."""
    for cluster in inventory.of_type(CLUSTER):
        subject = cluster.subject()
        name = cluster.at("ClusterName", cluster.stack)
        evidence = cluster.evidence("Properties.ClusterName")
        if isinstance(name, Unknown):
            yield unresolved(subject, "ClusterName", name, evidence=evidence)
            continue
        told = [id_ for id_ in (cluster.account, *sorted(perimeter.accounts)) if id_ in str(name)]
        told += re.findall(r"(?<!\d)\d{12}(?!\d)", str(name))
        if any(told):
            yield broken(
                subject,
                f"The name {name} tells account {next(filter(None, told))} to everybody.",
                evidence=evidence,
            )
        else:
            yield holds(subject)


@control(
    id="dax-node-type-encryptable",
    title="Nodes of caches can be encrypted at rest",
    severity=Severity.LOW,
    why="dax.r3 nodes cannot encrypt their disks.",
    source="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DAXEncryptionAtRest.html",
    fix="Choose another NodeType, e.g. dax.r5.large or dax.t3.small.",
    types=(CLUSTER,),
)
def encryptable_nodes(inventory: Inventory, _: Perimeter) -> Judgments:
    """Judge each cluster."""
    for cluster in inventory.of_type(CLUSTER):
        subject, type_ = cluster.subject(), cluster.at("NodeType", "")
        evidence = cluster.evidence("Properties.NodeType")
        if isinstance(type_, Unknown):
            yield unresolved(subject, "NodeType", type_, evidence=evidence)
        elif str(type_).lower().startswith("dax.r3."):
            yield broken(
                subject, f"NodeType is {type_}, which cannot be encrypted.", evidence=evidence
            )
        else:
            yield holds(subject)


@control(
    id="dax-ttl-bounded",
    title="Caches forget within five minutes",
    severity=Severity.MEDIUM,
    why="Until its time to live ends, a cached item is served to whoever may use the cache: also "
    "after it was deleted, after a reader lost access to the table, and after its key is disabled.",
    source="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DAX.concepts.html",
    fix="Set record-ttl-millis between 1 and 300000 and query-ttl-millis to at most 300000 in the "
    "AWS::DAX::ParameterGroup. An item time to live of 0 means for ever.",
    types=(CLUSTER, PARAMETER_GROUP),
)
def bounded_time_to_live(inventory: Inventory, _: Perimeter) -> Judgments:
    """Judge the parameter group of each cluster; AWS's default group means five minutes."""
    for cluster in inventory.of_type(CLUSTER):
        subject, name = cluster.subject(), cluster.at("ParameterGroupName")
        evidence = cluster.evidence("Properties.ParameterGroupName")
        if isinstance(name, Unknown):
            yield unresolved(subject, "ParameterGroupName", name, evidence=evidence)
            continue
        if name is None or str(name).startswith("default."):
            yield holds(subject)
            continue
        group = inventory.by_id(name, PARAMETER_GROUP, near=cluster)
        if group is None:
            yield unknown(
                subject,
                f"Parameter group {name} is not in what was checked, so its times cannot be seen.",
                evidence=evidence,
            )
        else:
            yield from list(_times(group)) or [holds(subject)]


def _times(group: Resource) -> Iterator[Judgment]:
    values = group.at("ParameterNameValues")
    for name, never in (("record-ttl-millis", True), ("query-ttl-millis", False)):
        pointer = f"ParameterNameValues.{name}"
        evidence = group.evidence(f"Properties.{pointer}")
        value = look_up(values, name)
        text = str(value)
        if value is None:
            continue
        if isinstance(value, Unknown):
            yield unresolved(group.subject(), pointer, value, evidence=evidence)
        elif not text.isdecimal():
            yield unknown(
                group.subject(), f"{name} is {text}, which is no number.", evidence=evidence
            )
        elif int(text) > _LONGEST_TTL:
            yield broken(
                group.subject(),
                f"{name} is {text}: more than five minutes ({_LONGEST_TTL}).",
                evidence=evidence,
            )
        elif int(text) == 0 and never:
            yield broken(
                group.subject(), f"{name} is 0: items are served for ever.", evidence=evidence
            )


@control(
    id="dax-role-exists",
    title="Role, groups and subnets of caches exist",
    severity=Severity.HIGH,
    why="Whoever creates a role or group under a name that a cluster still refers to decides what "
    "the cache may read and who may connect.",
    source="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DAX.access-control.html",
    fix="Refer to the role, the groups and the subnets by Ref or Fn::GetAtt, or by a full ARN or "
    "id of this account.",
    types=CACHE_TYPES | {ROLE},
)
def parts_exist(inventory: Inventory, _: Perimeter) -> Judgments:
    """Judge what each cluster refers to; in a template, a well-formed ARN or id exists."""
    for cluster in inventory.of_type(CLUSTER):
        yield from list(_dangling(inventory, cluster)) or [holds(cluster.subject())]


def _dangling(inventory: Inventory, cluster: Resource) -> Iterator[Judgment]:
    role = cluster.at("IAMRoleARN")
    evidence = cluster.evidence("Properties.IAMRoleARN")
    if ROLE in inventory.complete and inventory.by_id(role, ROLE, near=cluster) is None:
        yield broken(
            cluster.subject(), f"IAMRoleARN is {role}, which does not exist.", evidence=evidence
        )
    if isinstance(role, Unknown):
        yield unresolved(cluster.subject(), "IAMRoleARN", role, evidence=evidence)
    elif _ROLE.fullmatch(str(role)) is None:
        yield broken(
            cluster.subject(), f"IAMRoleARN is {role}, which is no role's ARN.", evidence=evidence
        )
    yield from _ids(cluster, cluster, "SecurityGroupIds", "sg-")
    group = inventory.by_id(cluster.at("SubnetGroupName"), "AWS::DAX::SubnetGroup", near=cluster)
    if group is not None:
        yield from _ids(cluster, group, "SubnetIds", "subnet-")


def _ids(cluster: Resource, holder: Resource, property_: str, prefix: str) -> Iterator[Judgment]:
    ids = holder.items(property_)
    for position, id_ in enumerate([ids] if isinstance(ids, Unknown) else ids):
        evidence = holder.evidence(f"Properties.{property_}[{position}]")
        if isinstance(id_, Unknown):
            yield unresolved(holder.subject(), property_, id_, evidence=evidence)
        elif not str(id_).startswith(prefix):
            yield broken(
                holder.subject(),
                f"{property_} of cluster {cluster.logical_id} names {id_}, which is no id "
                f"({prefix}…).",
                evidence=evidence,
            )

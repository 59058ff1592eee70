"""Tables as controls see them: one view per table and per replica of a global table."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ddb_perimeter.inventory.resource import as_flag, as_list, look_up
from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddb_perimeter.findings import Evidence, Subject
    from ddb_perimeter.inventory.inventory import Inventory
    from ddb_perimeter.inventory.resource import Resource

TABLE = "AWS::DynamoDB::Table"
GLOBAL_TABLE = "AWS::DynamoDB::GlobalTable"
_SCALABLE_TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"

TABLE_TYPES = frozenset({TABLE, GLOBAL_TABLE, _SCALABLE_TARGET})
"""What to ask `System.scenarios` for when looking at tables."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table, or one replica of a global table.

    Args:
        resource: what declares it.
        region: where it is.
        name: table name, or a placeholder.
        arn: its ARN.
        replica: position in ``Replicas``, or None for a table of its own.
    """

    resource: Resource
    region: str | Unknown
    name: str
    arn: str | Unknown
    replica: int | None = None

    # Where things are written

    def subject(self) -> Subject:
        """Return the table as findings name it: a replica is in its own Region."""
        subject = self.resource.subject()
        return replace(subject, region=self.region) if isinstance(self.region, str) else subject

    def evidence(self, property_: str = "", sid: str = "") -> Evidence:
        """Return the place of a property of this table or replica as findings name it.

        Args:
            property_: as for `pointer`; empty for the table or replica itself.
            sid: the offending statement's Sid.
        """
        own = "" if self.replica is None else f"Properties.Replicas[{self.replica}]"
        return self.resource.evidence(self.pointer(property_) if property_ else own, sid)

    def pointer(self, property_: str) -> str:
        """Return the pointer of a property of this table or replica.

        Args:
            property_: e.g. ``ResourcePolicy.PolicyDocument``.
        """
        if self.replica is None:
            return f"Properties.{property_}"
        return f"Properties.Replicas[{self.replica}].{property_}"

    def at(self, property_: str) -> object:
        """Return a property of this table or replica; None when it is left out.

        Args:
            property_: e.g. ``KinesisStreamSpecification.StreamArn``.
        """
        if self.replica is None:
            return self.resource.at(property_)
        return look_up(self.resource.at(f"Replicas[{self.replica}]"), property_)

    # Indexes and stream

    @property
    def index_names(self) -> list[str | Unknown]:
        """Return the names of its global and local secondary indexes."""
        names: list[str | Unknown] = []
        for property_ in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes"):
            indexes = self.resource.items(property_)
            if isinstance(indexes, Unknown):
                names.append(indexes)
                continue
            for index in indexes:
                name = look_up(index, "IndexName")
                names.append(
                    name
                    if isinstance(name, str | Unknown)
                    else Unknown("IndexName", "an index without a name")
                )
        return names

    @property
    def index_arns(self) -> list[str | Unknown]:
        """Return the ARNs of its indexes."""
        return [
            name if isinstance(name, Unknown) else _below(self.arn, f"index/{name}")
            for name in self.index_names
        ]

    @property
    def stream_view(self) -> object:
        """Return what its stream shows, e.g. ``NEW_IMAGE``; None without a stream.

        A global table with several replicas always has one: replication needs it.
        """
        view = self.resource.at("StreamSpecification.StreamViewType")
        if view is None and self.replica is not None:
            replicas = self.resource.items("Replicas")
            if isinstance(replicas, list) and len(replicas) > 1:
                return "NEW_AND_OLD_IMAGES"
        return view

    @property
    def stream_enabled(self) -> bool | Unknown:
        """Return whether it has a stream."""
        view = self.stream_view
        return view if isinstance(view, Unknown) else view is not None

    @property
    def stream_arn(self) -> str | Unknown | None:
        """Return the ARN of its stream; None without one."""
        if self.stream_view is None:
            return None
        arn = self.resource.attribute("StreamArn")
        if not isinstance(arn, str):
            return arn if isinstance(arn, Unknown) else Unknown("StreamArn", "not told")
        label = arn.rpartition("/stream/")[2]
        return _below(self.arn, f"stream/{label}")

    # Policies: None when there is none, a document as written, or Unknown

    @property
    def policy(self) -> object:
        """Return its resource policy; None without one."""
        return self.at("ResourcePolicy.PolicyDocument")

    @property
    def policy_pointer(self) -> str:
        """Return where its resource policy is, or would be."""
        return self.pointer("ResourcePolicy.PolicyDocument")

    @property
    def stream_policy(self) -> object:
        """Return the resource policy of its stream; None without one."""
        return self.at(self._stream_policy_property)

    @property
    def stream_policy_pointer(self) -> str:
        """Return where the resource policy of its stream is, or would be."""
        return self.pointer(self._stream_policy_property)

    @property
    def _stream_policy_property(self) -> str:
        parent = "StreamSpecification" if self.replica is None else "ReplicaStreamSpecification"
        return f"{parent}.ResourcePolicy.PolicyDocument"

    # Posture

    @property
    def encrypted_with_kms(self) -> bool | Unknown:
        """Return whether a KMS key encrypts it, rather than a key that DynamoDB owns."""
        return self.resource.flag("SSESpecification.SSEEnabled")

    @property
    def kms_key(self) -> object:
        """Return the key that encrypts it; None for AWS's own."""
        return self.at("SSESpecification.KMSMasterKeyId")

    @property
    def point_in_time_recovery(self) -> bool | Unknown:
        """Return whether it can be restored to any second of the last days."""
        return as_flag(self.at("PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled"))

    @property
    def deletion_protection(self) -> bool | Unknown:
        """Return whether AWS refuses to delete it."""
        return as_flag(self.at("DeletionProtectionEnabled"))

    @property
    def kinesis_destination(self) -> object:
        """Return the ARN of the Kinesis stream that gets every change; None without one."""
        return self.at("KinesisStreamSpecification.StreamArn")

    @property
    def billing_mode(self) -> object:
        """Return ``PAY_PER_REQUEST`` or ``PROVISIONED``."""
        return self.resource.at("BillingMode", "PROVISIONED")

    @property
    def tags(self) -> dict[str, object] | Unknown:
        """Return its tags by key."""
        tags = as_list(self.at("Tags"))
        if isinstance(tags, Unknown):
            return tags
        return {str(look_up(tag, "Key")): look_up(tag, "Value") for tag in tags}

    def autoscaled(self, inventory: Inventory) -> bool | Unknown:
        """Return whether its provisioned capacity follows the load.

        Args:
            inventory: where scalable targets are looked for.
        """
        if self.replica is not None:
            settings = self.resource.at(
                "WriteProvisionedThroughputSettings.WriteCapacityAutoScalingSettings"
            )
            return settings if isinstance(settings, Unknown) else settings is not None
        doubt: Unknown | None = None
        for target in inventory.of_type(_SCALABLE_TARGET):
            id_ = target.at("ResourceId")
            if isinstance(id_, Unknown):
                doubt = id_
            elif id_ == f"table/{self.name}" and target.region == self.region:
                return True
        return doubt or False


def tables(inventory: Inventory) -> list[Table]:
    """Return every table and every replica of a global table.

    A replica whose Region is not known has an unknown ARN; replicas that are not known at all
    stand as one replica in the stack's Region of which every property is unknown.

    Args:
        inventory: where to look.
    """
    return inventory.view(_tables)


def _tables(inventory: Inventory) -> list[Table]:
    result: list[Table] = []
    for resource in inventory.of_type(TABLE, GLOBAL_TABLE):
        arn = resource.arn or Unknown("Arn", "not told")
        physical = resource.physical
        name = physical if isinstance(physical, str) else str(physical)
        if resource.type == TABLE:
            result.append(Table(resource, resource.region, name, arn))
        else:
            result.extend(_replicas(resource, name, arn))
    return result


def _replicas(resource: Resource, name: str, arn: str | Unknown) -> Iterator[Table]:
    replicas = resource.items("Replicas")
    if isinstance(replicas, Unknown) or not replicas:
        yield Table(resource, resource.region, name, arn, 0)
        return
    for position, replica in enumerate(replicas):
        region = look_up(replica, "Region")
        if isinstance(region, str) and isinstance(arn, str):
            there = arn.replace(f":{resource.region}:", f":{region}:", 1)
            yield Table(resource, region, name, there, position)
        else:
            doubt = region if isinstance(region, Unknown) else Unknown("Region", "left out")
            yield Table(resource, doubt, name, doubt, position)


def _below(arn: str | Unknown, rest: str) -> str | Unknown:
    return arn if isinstance(arn, Unknown) else f"{arn}/{rest}"

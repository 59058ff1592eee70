"""Tables, with their policies, streams, copies and settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ddb_perimeter.inventory.live import calls
from ddb_perimeter.inventory.live.place import document, tags, told
from ddb_perimeter.inventory.tables import TABLE
from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddb_perimeter.inventory.live.place import Place
    from ddb_perimeter.inventory.resource import Resource

_TARGET: Final = "AWS::ApplicationAutoScaling::ScalableTarget"
_ON: Final = frozenset({"ENABLED", "ENABLING"})
_FLOWING: Final = frozenset({"ACTIVE", "ENABLING", "UPDATING"})
_ENCRYPTED: Final = frozenset({"ENABLED", "ENABLING", "UPDATING"})


def table_names(place: Place, wanted: tuple[str, ...]) -> list[str]:
    """Return the names of the tables of a Region.

    Args:
        place: the Region.
        wanted: names of the only ones to return; empty for all.
    """
    found = place.list(calls.LIST_TABLES)
    return [name for name in found if not wanted or name in wanted]


@dataclass(frozen=True, slots=True)
class Insights:
    """Which tables and indexes show their keys in CloudWatch.

    Args:
        on: pairs of table and index, the index empty for the table; `Unknown` if nobody said.
    """

    on: frozenset[tuple[str, str]] | Unknown

    @classmethod
    def read(cls, place: Place) -> Insights:
        """Ask once for every table of a Region.

        Args:
            place: the Region.
        """
        found = place.requests.items(calls.LIST_CONTRIBUTOR_INSIGHTS, place.region, "", {})
        if isinstance(found, Unknown):
            return cls(found)
        return cls(
            frozenset(
                (str(each["TableName"]).rpartition("/")[2], each.get("IndexName") or "")
                for each in found
                if each.get("ContributorInsightsStatus") in _ON
            )
        )

    def of(self, table: str, index: str = "") -> object:
        """Return the specification of a table or index.

        Args:
            table: its name.
            index: name of the index; empty for the table itself.
        """
        if isinstance(self.on, Unknown):
            return self.on
        return {"Enabled": True} if (table, index) in self.on else None


def read_table(place: Place, name: str, insights: Insights) -> Resource | None:
    """Read one table; None when it is gone by now, or nobody may look.

    Args:
        place: its Region.
        name: its name.
        insights: which tables show their keys.
    """
    arn = place.arn("dynamodb", f"table/{name}")
    answer = place.ask(calls.DESCRIBE_TABLE, arn, TableName=name)
    if isinstance(answer, Unknown):
        place.miss(calls.DESCRIBE_TABLE, answer)
        return None
    if answer is None:
        return None
    table = told(answer, "Table")
    throughput = table.get("BillingModeSummary") or {}
    backups = place.ask(calls.DESCRIBE_CONTINUOUS_BACKUPS, arn, TableName=name)
    properties = {
        "TableName": name,
        "AttributeDefinitions": table.get("AttributeDefinitions"),
        "KeySchema": table.get("KeySchema"),
        "BillingMode": throughput.get("BillingMode"),
        "TableClass": told(table, "TableClassSummary", "TableClass"),
        "DeletionProtectionEnabled": table.get("DeletionProtectionEnabled", False),
        "GlobalSecondaryIndexes": _indexes(name, table, "GlobalSecondaryIndexes", insights),
        "LocalSecondaryIndexes": _indexes(name, table, "LocalSecondaryIndexes", insights),
        "ContributorInsightsSpecification": insights.of(name),
        "SSESpecification": _encryption(table),
        "PointInTimeRecoverySpecification": _recovery(backups),
        "ResourcePolicy": _policy(place, arn),
        "StreamSpecification": _stream(place, table),
        "KinesisStreamSpecification": _kinesis(place, name, arn),
        "Replicas": _replicas(place, table),
        "GlobalTableSourceArn": _foreign_replica(place, table),
        "Tags": _tags(place, arn),
    }
    stream = table.get("LatestStreamArn")
    return place.resource(
        TABLE,
        name,
        properties,
        Arn=table.get("TableArn", arn),
        **({"StreamArn": stream} if stream else {}),
    )


def _indexes(
    name: str, table: dict[str, Any], property_: str, insights: Insights
) -> list[object] | None:
    shown = ("IndexName", "KeySchema", "Projection")
    found: list[object] = []
    for index in table.get(property_) or ():
        entry = {key: index[key] for key in shown if key in index}
        specification = insights.of(name, str(index["IndexName"]))
        if specification is not None and property_ == "GlobalSecondaryIndexes":
            entry["ContributorInsightsSpecification"] = specification
        found.append(entry)
    return found or None


def _encryption(table: dict[str, Any]) -> dict[str, object] | None:
    """Return how it is encrypted; nothing for the key that AWS owns."""
    told_ = table.get("SSEDescription") or {}
    if told_.get("Status") not in _ENCRYPTED:
        return None
    return {
        "SSEEnabled": True,
        "SSEType": told_.get("SSEType", "KMS"),
        "KMSMasterKeyId": told_.get("KMSMasterKeyArn"),
    }


def _recovery(backups: object) -> object:
    if isinstance(backups, Unknown) or not isinstance(backups, dict):
        return backups
    described = told(backups, "ContinuousBackupsDescription", "PointInTimeRecoveryDescription")
    return {"PointInTimeRecoveryEnabled": told(described, "PointInTimeRecoveryStatus") == "ENABLED"}


def _policy(place: Place, arn: str) -> dict[str, object] | None:
    answer = place.ask(calls.GET_RESOURCE_POLICY, arn, ResourceArn=arn)
    found = document(told(answer, "Policy"))
    return None if found is None else {"PolicyDocument": found}


def _stream(place: Place, table: dict[str, Any]) -> dict[str, object] | None:
    specification = table.get("StreamSpecification") or {}
    if not specification.get("StreamEnabled"):
        return None
    stream = {"StreamViewType": specification.get("StreamViewType")}
    policy = _policy(place, str(table["LatestStreamArn"]))
    return stream if policy is None else {**stream, "ResourcePolicy": policy}


def _kinesis(place: Place, name: str, arn: str) -> object:
    answer = place.ask(calls.DESCRIBE_KINESIS_DESTINATION, arn, TableName=name)
    if answer is None or isinstance(answer, Unknown):
        return answer
    for each in answer.get("KinesisDataStreamDestinations") or ():
        if each.get("DestinationStatus") in _FLOWING:
            return {"StreamArn": each["StreamArn"]}
    return None


def _replicas(place: Place, table: dict[str, Any]) -> list[object] | None:
    """Return where the items are, this Region first; None when they are here alone."""
    named = [str(each["RegionName"]) for each in table.get("Replicas") or ()]
    witnesses = [str(each["RegionName"]) for each in table.get("GlobalTableWitnesses") or ()]
    regions = list(dict.fromkeys([place.region, *named, *witnesses]))
    return [{"Region": region} for region in regions] if len(regions) > 1 else None


def _foreign_replica(place: Place, table: dict[str, Any]) -> str | None:
    """Return a table of another account that this one replicates with."""
    for each in table.get("Replicas") or ():
        arn = str(each.get("ReplicaArn") or "")
        if arn and f":{place.account}:" not in arn:
            return arn
    return None


def _tags(place: Place, arn: str) -> object:
    found = place.requests.items(calls.LIST_TABLE_TAGS, place.region, arn, {"ResourceArn": arn})
    return found if isinstance(found, Unknown) else tags(found)


def read_capacity(place: Place) -> Iterator[Resource]:
    """Read what scales the capacity of tables; one that may be any table's when nobody said.

    Args:
        place: the Region.
    """
    found = place.requests.items(
        calls.DESCRIBE_SCALABLE_TARGETS, place.region, "", {"ServiceNamespace": "dynamodb"}
    )
    if isinstance(found, Unknown):
        yield place.resource(_TARGET, "any table", {"ResourceId": found})
        return
    shown = ("ServiceNamespace", "ResourceId", "ScalableDimension", "MinCapacity", "MaxCapacity")
    for target in found:
        id_ = f"{target['ResourceId']}|{target['ScalableDimension']}"
        yield place.resource(_TARGET, id_, {name: target.get(name) for name in shown})

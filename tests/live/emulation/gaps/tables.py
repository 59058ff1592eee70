"""Replicas of tables, and their key: moto takes no change of either."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.live.emulation.stubs import Gap

if TYPE_CHECKING:
    from tests.live.emulation.stubs import Answer, Parameters, Store

_REPLICAS: Final = "moto's tables have no replicas"
_KEYS: Final = "moto's tables keep the key that they were created with"


def update_table(store: Store, parameters: Parameters) -> Answer | None:
    """Add replicas or give up the key; other changes are left to moto."""
    name = parameters["TableName"]
    added = [each["Create"]["RegionName"] for each in parameters.get("ReplicaUpdates", ())]
    for region in added:
        _replicate(store, name, region)
    if "SSESpecification" in parameters:
        store.kind("encrypted")[name] = parameters["SSESpecification"]["Enabled"]
    elif not added:
        return None
    return {"TableDescription": {"TableName": name, "TableStatus": "UPDATING"}}


def _replicate(store: Store, name: str, region: str) -> None:
    """Create the same table in another Region; it has none of the policies."""
    table = store.client("dynamodb").describe_table(TableName=name)["Table"]
    indexes = ("IndexName", "KeySchema", "Projection")
    store.client("dynamodb", region).create_table(
        TableName=name,
        AttributeDefinitions=table["AttributeDefinitions"],
        KeySchema=table["KeySchema"],
        GlobalSecondaryIndexes=[
            {key: index[key] for key in indexes} for index in table["GlobalSecondaryIndexes"]
        ],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )
    there = store.content.store("dynamodb", region)
    store.kind("replicas").setdefault(name, []).append(region)
    there.kind("replicas").setdefault(name, []).append(store.region)


def describe_table(store: Store, parameters: Parameters, answer: Answer) -> None:
    """Say where else the table is, and that no key encrypts it any more."""
    name, table = parameters["TableName"], answer["Table"]
    regions = store.kind("replicas").get(name)
    if regions:
        table["Replicas"] = [
            {"RegionName": region, "ReplicaStatus": "ACTIVE"} for region in regions
        ]
        table["GlobalTableVersion"] = "2019.11.21"
    if store.kind("encrypted").get(name) is False:
        del table["SSEDescription"]


GAPS: Final = (
    Gap("dynamodb", "UpdateTable", f"{_REPLICAS}; {_KEYS}", update_table),
    Gap("dynamodb", "DescribeTable", f"{_REPLICAS}; {_KEYS}", correct=describe_table),
)

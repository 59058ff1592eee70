"""Which IAM actions an API call stands for, and on what."""

from typing import Any

import pytest

from ddb_perimeter.replay.calls import calls
from tests.unit.replay.recorded import ACCOUNT, record

TABLE = f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table"


def asked(name: str, parameters: dict[str, Any] | None, *tables: str) -> list[str]:
    """Spell the calls of an event."""
    resources = [{"ARN": f"{TABLE}/{table}"} for table in tables] or None
    event = record(name, resources=resources)
    event["requestParameters"] = parameters
    return [
        f"{'|'.join(call.actions).replace('dynamodb:', '')} {call.place.name}"
        f"{f'/{call.index}' if call.index else ''}{' stream' if call.stream else ''}"
        for call in calls(event)
    ]


@pytest.mark.parametrize(
    ("name", "parameters", "tables", "expected"),
    [
        ("GetItem", {"tableName": "messages"}, ["messages"], ["GetItem messages"]),
        ("GetItem", {"tableName": "messages"}, [], ["GetItem messages"]),
        ("GetItem", {"tableName": f"{TABLE}/messages"}, [], ["GetItem messages"]),
        ("Query", {"indexName": "by-group"}, ["messages"], ["Query messages/by-group"]),
        ("Scan", {"indexName": "by-group"}, ["messages"], ["Scan messages/by-group"]),
        ("PutItem", {"indexName": "by-group"}, ["messages"], ["PutItem messages"]),
        ("BatchGetItem", {}, ["a", "b"], ["BatchGetItem a", "BatchGetItem b"]),
        (
            "BatchGetItem",
            {"requestItems": {"a": {}, "b": {}}},
            [],
            ["BatchGetItem a", "BatchGetItem b"],
        ),
        ("TransactGetItems", {}, ["a", "b"], ["GetItem a", "GetItem b"]),
        (
            "TransactWriteItems",
            {
                "requestItems": [
                    {"operation": "Put", "tableName": "a"},
                    {"operation": "Update", "TableName": "b"},
                    {"operation": "ConditionCheck", "TableName": f"{TABLE}/a"},
                ]
            },
            ["a", "b"],
            ["PutItem a", "UpdateItem b", "ConditionCheckItem a"],
        ),
        (
            "TransactWriteItems",
            {"requestItems": [{"operation": "Erase", "tableName": "a"}]},
            ["a"],
            ["PutItem|UpdateItem|DeleteItem|ConditionCheckItem a"],
        ),
        ("ExecuteStatement", {"statement": "select * from a"}, ["a"], ["PartiQLSelect a"]),
        (
            "ExecuteStatement",
            {"statement": 'SELECT * FROM "a"."by-group" WHERE x = ***(Redacted)'},
            ["a"],
            ["PartiQLSelect a/by-group"],
        ),
        ("ExecuteStatement", {"statement": "DELETE FROM a WHERE x=1"}, ["a"], ["PartiQLDelete a"]),
        (
            "ExecuteStatement",
            {"statement": 5},
            ["a"],
            ["PartiQLSelect|PartiQLInsert|PartiQLUpdate|PartiQLDelete a"],
        ),
        (
            "BatchExecuteStatement",
            {
                "requestItems": [
                    {"statement": "UPDATE a SET x = ***(Redacted) WHERE k = 1"},
                    {"statement": "INSERT INTO b VALUE {'k': ***(Redacted)}"},
                ]
            },
            ["a", "b"],
            ["PartiQLUpdate a", "PartiQLInsert b"],
        ),
        (
            "ExecuteTransaction",
            {"transactStatements": [{"statement": "EXISTS(SELECT * FROM a WHERE k=1)"}]},
            ["a", "b"],
            ["PartiQLSelect a"],
        ),
        (
            "GetRecords",
            {"shardIterator": f"{TABLE}/a/stream/2021-04-15T04:02:47.428|1|AAAA=="},
            ["a"],
            ["GetRecords a stream"],
        ),
        ("DescribeStream", {"streamArn": f"{TABLE}/a/stream/x"}, [], ["DescribeStream a stream"]),
        ("PutResourcePolicy", {"resourceArn": f"{TABLE}/a"}, [], ["PutResourcePolicy a"]),
        (
            "PutResourcePolicy",
            {"resourceArn": f"{TABLE}/a/stream/x"},
            [],
            ["PutResourcePolicy a stream"],
        ),
        (
            "ExportTableToPointInTime",
            {"tableArn": f"{TABLE}/a"},
            [],
            ["ExportTableToPointInTime a"],
        ),
        ("ListStreams", {"tableName": "a"}, [], []),
        ("ListTables", {}, [], []),
        ("ListTables", None, [], []),
    ],
)
def test_calls(
    name: str, parameters: dict[str, Any], tables: list[str], expected: list[str]
) -> None:
    assert asked(name, parameters, *tables) == expected


def test_the_partition_of_a_region_is_known() -> None:
    event = record(awsRegion="cn-north-1", resources=None)

    assert [call.place.partition for call in calls(event)] == ["aws-cn"]

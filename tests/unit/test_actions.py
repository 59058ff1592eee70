"""The constructs' action tuples, held against the classified list of the analyzer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from private_dynamodb import actions

ROOT = Path(__file__).parents[2]
CLASSIFIED = json.loads(
    (ROOT / "ddb_perimeter" / "policy" / "iam_actions.json").read_text(encoding="utf-8")
)
TUPLES = {
    name: value
    for name, value in vars(actions).items()
    if name.isupper() and isinstance(value, tuple)
}
CLOSED_BY_THE_TABLE_POLICY = (
    *actions.CHANGE_POLICY,
    *actions.EXPORT,
    *actions.RESTORE,
    *actions.BACK_UP,
    *actions.STREAM_TO_KINESIS,
    *actions.REPLICATE,
    *actions.SHOW_KEYS,
)
# Ways out that a table's policy does not close, and what does.
NOT_CLOSED = {
    "dynamodb:ImportTable": "it writes to a new table, and takes nothing out of this one",
    "dynamodb:RestoreTableFromAwsBackup": "the vault's own policy decides",
    "dynamodb:RestoreTableFromBackup": "asked of the backup, which takes no policy: SCPs close it",
    "dynamodb:UpdateAbacStatus": "an account setting; the Denies here hold under either",
    "dynamodb:UpdateTable": "deployment and autoscaling need it; replicas are closed by their own "
    "actions, and the stream has a policy of its own",
}


def plane(service: str, name: str) -> set[str]:
    return {
        entry["action"]
        for entry in CLASSIFIED
        if entry["service"] == service and entry["plane"] == name
    }


@pytest.mark.parametrize("name", TUPLES)
def test_every_named_action_exists(name: str) -> None:
    assert set(TUPLES[name]) - {entry["action"] for entry in CLASSIFIED} == set()


@pytest.mark.parametrize("name", TUPLES)
def test_actions_are_sorted_and_named_once(name: str) -> None:
    assert list(TUPLES[name]) == sorted(set(TUPLES[name]))


def test_the_table_data_plane_is_the_whole_data_plane() -> None:
    assert set(actions.TABLE_DATA_PLANE) == plane("dynamodb", "data")


def test_the_stream_data_plane_is_the_whole_stream_data_plane() -> None:
    assert set(actions.STREAM_DATA_PLANE) == plane("dynamodb", "stream-data")


def test_every_way_out_is_closed_by_the_table_policy_or_has_a_reason() -> None:
    ways_out = plane("dynamodb", "control-exfil")

    assert ways_out - set(CLOSED_BY_THE_TABLE_POLICY) == set(NOT_CLOSED)
    assert all(len(reason) > 20 for reason in NOT_CLOSED.values())


def test_clients_of_the_table_use_the_data_plane_and_describe_it() -> None:
    used = {*actions.READ_TABLE, *actions.WRITE_TABLE}

    assert used - set(actions.TABLE_DATA_PLANE) == {"dynamodb:DescribeTable"}


@pytest.mark.parametrize("name", ["READ_TABLE", "CACHE_READS_TABLE", "READ_STREAM"])
def test_what_reads_does_not_write(name: str) -> None:
    levels = {entry["action"]: entry["access_level"] for entry in CLASSIFIED}

    assert {levels[action] for action in TUPLES[name]} <= {"Read", "List"}


@pytest.mark.parametrize("name", ["READ_CACHE", "DESCRIBE_CACHE"])
def test_what_reads_the_cache_does_not_write(name: str) -> None:
    levels = {entry["action"]: entry["access_level"] for entry in CLASSIFIED}

    assert {levels[action] for action in TUPLES[name]} <= {"Read", "List"}


def test_reading_the_cache_is_its_data_plane_without_writes() -> None:
    writes = {"dax:BatchWriteItem", "dax:DeleteItem", "dax:PutItem", "dax:UpdateItem"}
    # A condition check belongs to a write transaction, which a read-only cache refuses.
    assert set(actions.READ_CACHE) == plane("dax", "data") - writes - {"dax:ConditionCheckItem"}

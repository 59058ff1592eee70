"""A table in moto, created from the synthesized template as it was accepted last."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from workload.directory import BUILT_IN
from workload.schema import table_schema
from workload.store import MessageStore

if TYPE_CHECKING:
    from collections.abc import Iterator

REGION = "us-east-1"
TABLE = "cruddur-messages"
SYNTHESIZED = (
    Path(__file__).parents[1]
    / "synth/__snapshots__/test_snapshots/test_template[default-us-east-1-Data].json"
)
ANDREW, BAYKO = BUILT_IN


@pytest.fixture(scope="module", autouse=True)
def aws() -> Iterator[None]:
    """Answer in the process, and find no credentials, Region or endpoint of the machine."""
    environment = {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    }
    with pytest.MonkeyPatch.context() as monkeypatch:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            monkeypatch.delenv(name)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        with mock_aws():
            yield


@pytest.fixture(scope="module")
def client(aws: None) -> Any:  # noqa: ANN401, ARG001 - boto3's clients have no class
    return boto3.client("dynamodb", region_name=REGION)


@pytest.fixture
def dynamodb(client: Any) -> Iterator[Any]:  # noqa: ANN401 - as above
    client.create_table(**table_schema(SYNTHESIZED, TABLE, REGION))
    yield client
    for name in client.list_tables()["TableNames"]:
        client.delete_table(TableName=name)


@pytest.fixture
def store(dynamodb: Any) -> MessageStore:  # noqa: ANN401 - as above
    return MessageStore(TABLE, dynamodb)


def items_of(dynamodb: Any, table: str = TABLE) -> list[dict[str, Any]]:  # noqa: ANN401 - as above
    """Return every item, in a fixed order."""
    found = dynamodb.scan(TableName=table, ConsistentRead=True)["Items"]
    return sorted(found, key=lambda item: (item["pk"]["S"], item["sk"]["S"]))

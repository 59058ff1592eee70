"""The table in a local DynamoDB, as the synthesized template declares it: no second schema."""

from __future__ import annotations

import ipaddress
import json
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from workload.store import BadRequestError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_TABLE_TYPES: Final = ("AWS::DynamoDB::GlobalTable", "AWS::DynamoDB::Table")
_STACK: Final = "aws:cloudformation:stack"
# What both types spell as the API does, for the table and for each index.
_OF_TABLE: Final = ("AttributeDefinitions", "KeySchema", "LocalSecondaryIndexes")
_OF_INDEX: Final = ("IndexName", "KeySchema", "Projection")


def table_schema(assembly: Path, table: str, region: str) -> dict[str, Any]:
    """Return the request that creates a table as a template declares it.

    Keys, indexes and stream are taken over. Capacity, key, policies and protection are not: they
    are of the account, and a local DynamoDB has none of them.

    Args:
        assembly: a ``cdk.out``, or one template in JSON.
        table: name of the table.
        region: the Region whose stack is preferred when several declare the table.

    Raises:
        BadRequestError: nothing readable is there, or it does not declare the table.
    """
    templates = sorted(_templates(assembly), key=lambda found: found[0] != region)
    for _, template in templates:
        for resource in template.get("Resources", {}).values():
            properties = resource.get("Properties", {})
            if resource.get("Type") in _TABLE_TYPES and properties.get("TableName") == table:
                return _request(properties)
    raise BadRequestError(f"{assembly} declares no table {table}; name one with --table")


def create_table(dynamodb: Any, schema: dict[str, Any]) -> bool:  # noqa: ANN401 - boto3 makes its clients' classes at run time
    """Create a table in a local DynamoDB, unless it is there.

    Args:
        dynamodb: a boto3 client.
        schema: what `table_schema` returned.

    Returns:
        Whether it was created.

    Raises:
        BadRequestError: the client is of AWS, where the stack creates the table; or a table of
            this name is there with other keys.
    """
    demand_local(dynamodb.meta.endpoint_url)
    name = schema["TableName"]
    try:
        there = dynamodb.describe_table(TableName=name)["Table"]
    except dynamodb.exceptions.ResourceNotFoundException:
        dynamodb.create_table(**schema)
        dynamodb.get_waiter("table_exists").wait(
            TableName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 30}
        )
        return True
    if _shape(there) != _shape(schema):
        raise BadRequestError(
            f"the table {name} is there with other keys or indexes; drop it, then load the schema"
        )
    return False


def drop_table(dynamodb: Any, table: str) -> None:  # noqa: ANN401 - as above
    """Delete a table that nothing protects.

    Args:
        dynamodb: a boto3 client.
        table: name of the table.
    """
    dynamodb.delete_table(TableName=table)
    dynamodb.get_waiter("table_not_exists").wait(
        TableName=table, WaiterConfig={"Delay": 1, "MaxAttempts": 30}
    )


def demand_unprotected(dynamodb: Any, table: str) -> None:  # noqa: ANN401 - as above
    """Refuse to delete a table that has deletion protection.

    Args:
        dynamodb: a boto3 client.
        table: name of the table.

    Raises:
        BadRequestError: it has.
    """
    if dynamodb.describe_table(TableName=table)["Table"].get("DeletionProtectionEnabled"):
        raise BadRequestError(
            f"the table {table} has deletion protection, so it is not dropped; docs/remove.md says "
            "how to take a table out of service"
        )


def demand_local(endpoint_url: str) -> None:
    """Refuse an endpoint that is not on this machine.

    Args:
        endpoint_url: what a client calls.

    Raises:
        BadRequestError: it leads elsewhere.
    """
    host = urlsplit(endpoint_url).hostname or ""
    try:
        local = ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = host == "localhost" or host.endswith(".localhost")
    if not local:
        raise BadRequestError(
            f"{host or endpoint_url} is no local DynamoDB: on AWS, the stack creates the table; "
            "for a local one, give --endpoint-url http://127.0.0.1:PORT"
        )


def _templates(assembly: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the Region and the template of every stack."""
    if not assembly.is_dir():
        yield "", _document(assembly)
        return
    artifacts = _document(assembly / "manifest.json").get("artifacts", {})
    for artifact in artifacts.values():
        if artifact.get("type") == _STACK:
            region = artifact.get("environment", "").rpartition("/")[2]
            yield region, _document(assembly / artifact["properties"]["templateFile"])


def _document(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadRequestError(
            f"{path}: {error.strerror}; run `make synth` first, or name another --assembly"
        ) from error
    except (ValueError, RecursionError) as error:
        raise BadRequestError(f"{path}: is no JSON; name a cdk.out in --assembly") from error
    if not isinstance(document, dict):
        raise BadRequestError(f"{path}: is no template; name a cdk.out in --assembly")
    return document


def _request(properties: dict[str, Any]) -> dict[str, Any]:
    request: dict[str, Any] = {
        "TableName": properties["TableName"],
        "BillingMode": "PAY_PER_REQUEST",
        **{key: properties[key] for key in _OF_TABLE if key in properties},
    }
    indexes = properties.get("GlobalSecondaryIndexes", [])
    if indexes:
        request["GlobalSecondaryIndexes"] = [
            {key: index[key] for key in _OF_INDEX} for index in indexes
        ]
    stream = properties.get("StreamSpecification", {}).get("StreamViewType")
    if stream is not None:
        request["StreamSpecification"] = {"StreamEnabled": True, "StreamViewType": stream}
    return request


def _shape(table: dict[str, Any]) -> dict[str, list[tuple[str, str]]]:
    """Return the keys of a table and of its indexes, by name."""
    keyed = {"": table["KeySchema"]}
    for kind in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes"):
        keyed |= {index["IndexName"]: index["KeySchema"] for index in table.get(kind, [])}
    return {
        name: [(key["AttributeName"], key["KeyType"]) for key in schema]
        for name, schema in keyed.items()
    }

"""The keys of tables, with their policies and rotation."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ddb_perimeter.inventory.live import calls
from ddb_perimeter.inventory.live.place import document, told
from ddb_perimeter.inventory.resource import Recorded, Resource
from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ddb_perimeter.inventory.live.place import Place

_KEY: Final = "AWS::KMS::Key"
_SSE: Final = "SSESpecification"
_MANAGED: Final = "alias/aws/dynamodb"


def key_arns(tables: Iterable[Resource]) -> list[str]:
    """Return the ARNs of the keys that tables name, each once.

    Args:
        tables: tables as they were read.
    """
    named = (table.at(f"{_SSE}.KMSMasterKeyId") for table in tables)
    return list(dict.fromkeys(arn for arn in named if isinstance(arn, str)))


def read_key(place: Place, arn: str) -> Resource | Unknown | None:
    """Read a key; None for one that AWS manages, `Unknown` when nobody may look.

    Args:
        place: the Region of the table.
        arn: the key's ARN.
    """
    answer = place.ask(calls.DESCRIBE_KEY, arn, KeyId=arn)
    if isinstance(answer, Unknown):
        place.miss(calls.DESCRIBE_KEY, answer)
        return answer
    metadata = told(answer, "KeyMetadata")
    if metadata["KeyManager"] == "AWS":
        return None
    policy = place.ask(calls.GET_KEY_POLICY, arn, KeyId=arn, PolicyName="default")
    rotation = place.ask(calls.GET_KEY_ROTATION_STATUS, arn, KeyId=arn)
    properties = {
        "Description": metadata.get("Description"),
        "Enabled": metadata.get("Enabled"),
        "MultiRegion": metadata.get("MultiRegion"),
        "KeyPolicy": document(told(policy, "Policy")),
        "EnableKeyRotation": told(rotation, "KeyRotationEnabled"),
    }
    return place.resource(_KEY, str(metadata["KeyId"]), properties, Arn=arn)


def with_keys(table: Resource, keys: Mapping[str, Resource | Unknown | None]) -> Resource:
    """Return a table that names its key as templates do: one that AWS manages by its alias.

    DynamoDB tells every key by its ARN; only KMS knows whose it is.

    Args:
        table: a table as it was read.
        keys: what `read_key` returned, by ARN.
    """
    arn = table.at(f"{_SSE}.KMSMasterKeyId")
    key = keys.get(arn) if isinstance(arn, str) else arn
    if not isinstance(arn, str) or isinstance(key, Resource):
        return table
    specification = {
        "SSEEnabled": True,
        "SSEType": "KMS",
        "KMSMasterKeyId": _MANAGED if key is None else key,
    }
    recorded = Recorded(
        {**table.properties, _SSE: specification},
        str(table.physical),
        {"Arn": table.arn, "StreamArn": table.attribute("StreamArn")},
    )
    return replace(table, origin=recorded)

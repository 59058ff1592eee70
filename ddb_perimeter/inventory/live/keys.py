"""The keys of tables and logs, with their policies and rotation."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ddb_perimeter.inventory.live import calls
from ddb_perimeter.inventory.live.place import document, told
from ddb_perimeter.inventory.live.recording import CHANNEL
from ddb_perimeter.inventory.resource import Recorded, Resource
from ddb_perimeter.inventory.tables import TABLE
from ddb_perimeter.inventory.trails import TRAIL
from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ddb_perimeter.inventory.live.place import Place

_KEY: Final = "AWS::KMS::Key"
_SSE: Final = "SSESpecification"
_MANAGED: Final = "alias/aws/dynamodb"
_REGION_FIELD: Final = 3  # of an ARN
_ACCOUNT_FIELD: Final = 4
_NAMED: Final = {
    TABLE: f"{_SSE}.KMSMasterKeyId",
    TRAIL: "KMSKeyId",
    CHANNEL: "S3KmsKeyArn",
}
"""Where a resource names its key, by type."""


def key_arns(place: Place, users: Iterable[Resource]) -> list[str]:
    """Return the ARNs of the keys that encrypt something, each once.

    Keys of logs in other accounts are left out: they are their owners' to show.

    Args:
        place: the account.
        users: tables, trails and delivery channels as they were read.
    """
    named: dict[str, None] = {}
    for user in users:
        arn = user.at(_NAMED[user.type])
        if not isinstance(arn, str):
            continue
        if user.type == TABLE or arn.split(":")[_ACCOUNT_FIELD] == place.account:
            named[arn] = None
    return list(named)


def read_key(place: Place, arn: str) -> Resource | Unknown | None:
    """Read a key; None for one that AWS manages, `Unknown` when nobody may look.

    Args:
        place: a Region of the account; a trail that another Region tells names a key of that one.
        arn: the key's ARN.
    """
    place = place.at(arn.split(":")[_REGION_FIELD], place.account)
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
    if not isinstance(table.origin, Recorded):
        raise TypeError(f"{table.logical_id} was not read from an account")
    specification = {
        "SSEEnabled": True,
        "SSEType": "KMS",
        "KMSMasterKeyId": _MANAGED if key is None else key,
    }
    return replace(
        table, origin=replace(table.origin, values={**table.properties, _SSE: specification})
    )

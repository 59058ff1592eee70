"""What a recorded API call asked IAM for: actions, and the table, index or stream of each.

An operation is no action: transactions and PartiQL statements authorize as the actions of their
parts. Sources: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-iam.html and
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ddb_perimeter.policy.actions import API_NAMES, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_TABLE_ARN: Final = re.compile(
    r"(arn:aws[a-z-]*:dynamodb:([a-z0-9-]+):([0-9]{12}):table/([A-Za-z0-9_.-]{1,255}))(/[^|]*)?",
    re.ASCII,
)
_NAME: Final = re.compile(r"[A-Za-z0-9_.-]{1,255}", re.ASCII)
_OPERATIONS: Final = {
    "put": "dynamodb:PutItem",
    "update": "dynamodb:UpdateItem",
    "delete": "dynamodb:DeleteItem",
    "conditioncheck": "dynamodb:ConditionCheckItem",
}
_STATEMENTS: Final = {
    "select": "dynamodb:PartiQLSelect",
    "exists": "dynamodb:PartiQLSelect",
    "insert": "dynamodb:PartiQLInsert",
    "update": "dynamodb:PartiQLUpdate",
    "delete": "dynamodb:PartiQLDelete",
}
_PARTIQL: Final = {"dynamodb:executestatement", "dynamodb:batchexecutestatement"} | {
    "dynamodb:executetransaction"
}
_TARGET: Final = re.compile(
    r"""\b(?:from|into|update)\s+("[^"]{1,255}"|[\w.-]+)(?:\.("[^"]{1,255}"|[\w-]+))?""",
    re.IGNORECASE,
)
_WORD: Final = re.compile(r"[A-Za-z]+")
_MOST_PARTS: Final = 100  # DynamoDB's own limit of a batch or a transaction


@dataclass(frozen=True, slots=True)
class Place:
    """A table as events name it.

    Args:
        region: its Region.
        account: its account.
        name: its name.
        partition: partition of its ARN.
    """

    region: str
    account: str
    name: str
    partition: str = "aws"


@dataclass(frozen=True, slots=True)
class Call:
    """One authorization that an API call needed.

    Args:
        actions: the IAM action; several where the record leaves open which of them.
        place: the table.
        index: name of the index, or empty.
        stream: whether it is about the table's stream.
    """

    actions: tuple[str, ...]
    place: Place
    index: str = ""
    stream: bool = False


def calls(record: Mapping[str, object]) -> tuple[Call, ...]:
    """Return what a call asked for; empty when it is about no table.

    Args:
        record: a record of DynamoDB.
    """
    parameters = record.get("requestParameters")
    fields: Mapping[str, object] = parameters if isinstance(parameters, dict) else {}
    places = tuple(dict.fromkeys(_places(record, fields)))
    if not places:
        return ()
    action = f"dynamodb:{record.get('eventName')}"
    lowered = action.lower()
    if lowered in _PARTIQL:
        found = tuple(_statements(fields, places))
        return found or tuple(Call(_distinct(_STATEMENTS), place) for place in places)
    if lowered == "dynamodb:transactwriteitems":
        found = tuple(_operations(fields, places))
        return found or tuple(Call(_distinct(_OPERATIONS), place) for place in places)
    if lowered in API_NAMES:
        action = API_NAMES[lowered]  # what is left is TransactGetItems: one action
    known = table().get(action.lower())
    if known is not None and known.resource_types == {"*"}:
        return ()  # no policy of a table decides about it
    about = fields.get("resourceArn")
    stream = known is not None and known.resource_types == {"stream"}
    stream = stream or (isinstance(about, str) and "/stream/" in about)
    name = known.name if known else action
    index = fields.get("indexName")
    index = index if isinstance(index, str) and known and "index" in known.resource_types else ""
    return tuple(Call((name,), place, index, stream) for place in places)


def _places(record: Mapping[str, object], fields: Mapping[str, object]) -> Iterator[Place]:
    """Yield the tables of a call: those that CloudTrail names, else those of the request."""
    resources = record.get("resources")
    named = [
        place
        for each in (resources if isinstance(resources, list) else [])
        if isinstance(each, dict) and (place := _of_arn(each.get("ARN", each.get("arn"))))
    ]
    if named:
        yield from named
        return
    for key in ("tableName", "tableArn", "streamArn", "shardIterator", "resourceArn"):
        yield from _spelled(record, fields.get(key))
    for key in ("sourceTableName", "sourceTableArn"):
        yield from _spelled(record, fields.get(key))
    for part in _parts(fields):
        yield from _spelled(record, part.get("tableName", part.get("TableName")))
    requested = fields.get("requestItems")
    for name in list(requested)[:_MOST_PARTS] if isinstance(requested, dict) else ():
        yield from _spelled(record, name)


def _spelled(record: Mapping[str, object], name: object) -> Iterator[Place]:
    """Yield the table that a request names, by its ARN or in the caller's Region and account."""
    place = _of_arn(name)
    if place is not None:
        yield place
    elif isinstance(name, str) and _NAME.fullmatch(name):
        region, account = record.get("awsRegion"), record.get("recipientAccountId")
        if isinstance(region, str) and isinstance(account, str):
            partition = "aws-cn" if region.startswith("cn-") else "aws"
            partition = "aws-us-gov" if region.startswith("us-gov-") else partition
            yield Place(region, account, name, partition)


def _of_arn(arn: object) -> Place | None:
    found = _TABLE_ARN.match(arn) if isinstance(arn, str) else None
    if found is None:
        return None
    return Place(found[2], found[3], found[4], found[1].split(":")[1])


def _parts(fields: Mapping[str, object]) -> list[Mapping[str, object]]:
    """Return the parts of a batch or a transaction."""
    for key in ("requestItems", "transactItems", "transactStatements", "statements"):
        parts = fields.get(key)
        if isinstance(parts, list):
            return [part for part in parts[:_MOST_PARTS] if isinstance(part, dict)]
    return []


def _operations(fields: Mapping[str, object], places: tuple[Place, ...]) -> Iterator[Call]:
    for part in _parts(fields):
        operation = part.get("operation", part.get("Operation"))
        name = part.get("tableName", part.get("TableName"))
        action = _OPERATIONS.get(operation.lower()) if isinstance(operation, str) else None
        for place in _among(places, name):
            yield Call((action,) if action else _distinct(_OPERATIONS), place)


def _statements(fields: Mapping[str, object], places: tuple[Place, ...]) -> Iterator[Call]:
    texts = [part.get("statement", part.get("Statement")) for part in (fields, *_parts(fields))]
    for text in texts:
        if not isinstance(text, str):
            continue
        verb = _WORD.search(text)
        action = _STATEMENTS.get(verb[0].lower()) if verb else None
        target = _TARGET.search(text)
        name, index = (target[1].strip('"'), target[2]) if target else ("", "")
        for place in _among(places, name):
            yield Call(
                (action,) if action else _distinct(_STATEMENTS), place, (index or "").strip('"')
            )


def _among(places: tuple[Place, ...], name: object) -> tuple[Place, ...]:
    """Return the table that a part names, by name or ARN; all of them where it does not tell."""
    arn = _of_arn(name)
    found = tuple(place for place in places if place == arn or place.name == name)
    return found or places


def _distinct(actions: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(actions.values()))

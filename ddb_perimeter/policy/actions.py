"""The IAM actions of DynamoDB and DAX, by plane, and what names in policies stand for."""

from __future__ import annotations

import difflib
import enum
import functools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ddb_perimeter.policy.patterns import Pattern, Style, matcher, tokenize

# API names that authorize as other actions: a statement about them does nothing.
API_NAMES: Final = {
    "dynamodb:executestatement": "dynamodb:PartiQLSelect, Insert, Update and Delete",
    "dynamodb:batchexecutestatement": "dynamodb:PartiQLSelect, Insert, Update and Delete",
    "dynamodb:executetransaction": "dynamodb:PartiQLSelect, Insert, Update and Delete",
    "dynamodb:transactgetitems": "dynamodb:GetItem",
    "dynamodb:transactwriteitems": "dynamodb:PutItem, UpdateItem, DeleteItem, ConditionCheckItem",
    "dax:transactgetitems": "dax:GetItem",
    "dax:transactwriteitems": "dax:PutItem, UpdateItem, DeleteItem, ConditionCheckItem",
}
_TYPES: Final = {
    "table/${TableName}": "table",
    "table/${TableName}/index/${IndexName}": "index",
    "table/${TableName}/stream/${StreamLabel}": "stream",
    "table/${TableName}/backup/${BackupName}": "backup",
    "table/${TableName}/export/${ExportName}": "export",
    "table/${TableName}/import/${ImportName}": "import",
    "global-table/${GlobalTableName}": "global-table",
    "cache/${ClusterName}": "cache",
    "*": "*",
}


class Plane(enum.StrEnum):
    """What an action touches."""

    DATA = "data"
    STREAM_DATA = "stream-data"
    CONTROL = "control"
    EXFILTRATION = "control-exfil"


@dataclass(frozen=True, slots=True)
class Action:
    """One IAM action.

    Args:
        name: e.g. ``dynamodb:GetItem``.
        plane: what it touches.
        level: AWS's access level, e.g. ``Read``.
        resource_types: what it authorizes on: `table`, `index`, `stream`, `backup` …, or `*`.
        condition_keys: service-specific keys that it carries.
    """

    name: str
    plane: Plane
    level: str
    resource_types: frozenset[str]
    condition_keys: frozenset[str]

    def targets(self, resource: str) -> bool:
        """Say whether the action can authorize on this resource.

        Args:
            resource: an ARN, or ``*``.
        """
        return resource_type(resource) in self.resource_types


@functools.cache
def table() -> dict[str, Action]:
    """Return every known action by its name in lower case.

    Source: ``iam_actions.json``, from AWS's service authorization reference.
    """
    text = Path(__file__).with_name("iam_actions.json").read_text("utf-8")
    return {
        each["action"].lower(): Action(
            name=each["action"],
            plane=Plane(each["plane"]),
            level=each["access_level"],
            resource_types=frozenset(_TYPES[name] for name in each["resources"]),
            condition_keys=frozenset(each["condition_keys"]),
        )
        for each in json.loads(text)
    }


def of_plane(*planes: Plane, service: str = "dynamodb") -> tuple[str, ...]:
    """Return the names of a service's actions in these planes.

    Args:
        planes: which planes.
        service: ``dynamodb`` or ``dax``.
    """
    return tuple(
        each.name
        for each in table().values()
        if each.plane in planes and each.name.startswith(f"{service}:")
    )


def resource_type(resource: str) -> str:
    """Return the type of a DynamoDB or DAX resource from its ARN; empty for any other.

    Args:
        resource: an ARN, or ``*``.
    """
    if resource == "*":
        return "*"
    fields = resource.split(":", 5)
    parts = fields[-1].split("/")
    if parts[0] in {"cache", "global-table"}:
        return parts[0]
    if parts[0] != "table":
        return ""
    kinds = {"index", "stream", "backup", "export", "import"}
    return next((part for part in parts[2:3] if part in kinds), "table")


def targets(action: str, resource: str) -> bool:
    """Say whether an action can authorize on a resource; of unknown actions, it can.

    Args:
        action: its name.
        resource: an ARN, or ``*``.
    """
    known = table().get(action.lower())
    if known is None:
        return True
    kind = resource_type(resource)
    return not kind or kind in known.resource_types


@functools.lru_cache(maxsize=1024)
def pattern(text: str) -> Pattern:
    """Return the pattern of an Action element: wildcards, letter case ignored.

    Args:
        text: e.g. ``dynamodb:Batch*``.
    """
    return Pattern(tokenize(text.lower(), wildcards=True, variables=False), Style.GLOB)


@functools.lru_cache(maxsize=1024)
def expand(text: str) -> tuple[str, ...]:
    """Return the known actions that an Action element stands for.

    Args:
        text: e.g. ``dynamodb:Batch*``.
    """
    matches = matcher(pattern(text))
    return tuple(action.name for name, action in table().items() if matches(name))


@dataclass(frozen=True, slots=True)
class Idle:
    """An action name that does nothing.

    Args:
        name: as the policy spells it.
        instead: what to write instead, or empty.
        why: why it does nothing.
    """

    name: str
    instead: str
    why: str


def idle(text: str) -> Idle | None:
    """Return why an Action element of DynamoDB or DAX does nothing; None when it does something.

    Args:
        text: as the policy spells it.
    """
    lowered = text.lower()
    service = lowered.partition(":")[0]
    if service not in {"dynamodb", "dax"} or expand(text):
        return None
    if lowered in API_NAMES:
        return Idle(text, API_NAMES[lowered], "it is an API operation, not an IAM action")
    close = difflib.get_close_matches(lowered, table(), n=1, cutoff=0.7)
    instead = table()[close[0]].name if close else ""
    return Idle(text, instead, "no IAM action has this name")

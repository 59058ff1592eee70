"""`[cache]`: the DAX cluster that every Region with a cache gets."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from stacks.configuration.availability import NODE_TYPES
from stacks.configuration.base import Mistake, Number, Settings

_NAME_LENGTH = 20


def cluster_name(name: str) -> str:
    """Refuse a name that DAX refuses, or that tells an account id to the world.

    With TLS on, the name appears in public certificate transparency logs.
    Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DAX.access-control.html

    Raises:
        Mistake: the name is too long, malformed or holds 12 digits in a row.
    """
    if len(name) > _NAME_LENGTH:
        raise Mistake(
            f"a cluster name has at most {_NAME_LENGTH} characters, this one has {len(name)}",
            "shorten it",
        )
    if re.search(r"[0-9]{12}", name):
        raise Mistake(
            "a cluster name appears in public certificate logs, and this one holds an account id",
            "leave the number out",
        )
    if not re.fullmatch(r"[A-Za-z](-?[A-Za-z0-9])*", name):
        raise Mistake(
            "a cluster name starts with a letter and has letters, digits and single hyphens",
            'write it like "messages-cache"',
        )
    return name


def _node_type(node_type: str) -> str:
    if node_type.startswith("dax.r3."):
        raise Mistake("dax.r3 nodes cannot encrypt at rest", 'use "dax.t3.small" or "dax.r5.large"')
    if node_type not in NODE_TYPES:
        raise Mistake("not a DAX node type", "use one of " + ", ".join(sorted(NODE_TYPES)))
    return node_type


ClusterName = Annotated[str, AfterValidator(cluster_name)]
TtlSeconds = Annotated[Number, Field(ge=1, le=300)]


class CacheSettings(Settings):
    """The cluster's shape and how stale it may be."""

    name: Annotated[
        ClusterName | None,
        Field(description="cluster name, at most 20 characters; left out: the project's name"),
    ] = None
    node_type: Annotated[
        str, AfterValidator(_node_type), Field(description="DAX node type, any family but r3")
    ] = "dax.t3.small"
    nodes: Annotated[
        Number, Field(ge=1, le=11, description="nodes, 1 to 11; three survive the loss of a zone")
    ] = 3
    item_ttl_seconds: Annotated[
        TtlSeconds,
        Field(description="how long an item is served without asking the table, 1 to 300 s"),
    ] = 5
    query_ttl_seconds: Annotated[
        TtlSeconds,
        Field(description="how long a query result is served without asking, 1 to 300 s"),
    ] = 5
    maintenance_window: Annotated[
        str,
        StringConstraints(
            pattern=r"^(mon|tue|wed|thu|fri|sat|sun):[0-2][0-9]:[0-5][0-9]"
            r"-(mon|tue|wed|thu|fri|sat|sun):[0-2][0-9]:[0-5][0-9]$"
        ),
        Field(description='weekly window in UTC, e.g. "sun:03:00-sun:04:00"'),
    ] = "sun:03:00-sun:04:00"

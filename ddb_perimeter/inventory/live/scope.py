"""What belongs to the tables: the networks from which they are reached, and who is named."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from ddb_perimeter.inventory.client_networks import SERVICES
from ddb_perimeter.inventory.network import Endpoint

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ddb_perimeter.inventory.resource import Resource

_NETWORK_ID: Final = re.compile(r"\b(?:vpce|vpc)-[0-9a-f]{8,17}\b")
_POLICY: Final = "ResourcePolicy.PolicyDocument"
_STREAM_POLICY: Final = "StreamSpecification.ResourcePolicy.PolicyDocument"


def client_vpcs(
    tables: Iterable[Resource], endpoints: Iterable[Resource], cached: Iterable[str]
) -> frozenset[str]:
    """Return the ids of the VPCs from which tables may be reached.

    A policy that names endpoints or VPCs closes the table to all others, which then are nobody's
    concern; one that names none leaves the table to every endpoint for DynamoDB.

    Args:
        tables: the tables.
        endpoints: every endpoint of their Region.
        cached: ids of the VPCs that have a cache.
    """
    doors = [each for each in endpoints if Endpoint.of(each).service in SERVICES]
    named: set[str] = set()
    for policy in _policies(tables):
        ids = set(_NETWORK_ID.findall(text(policy)))
        if not ids:
            named.update(str(each.at("VpcId")) for each in doors)
        named |= ids
    own = {str(each.at("VpcId")) for each in doors if {each.physical, each.at("VpcId")} & named}
    return frozenset(own | set(cached))


def text(value: object) -> str:
    """Spell a value, so that one can look for names in it.

    Args:
        value: a policy, properties.
    """
    return json.dumps(value, default=str)


def named_in(resources: Iterable[Resource]) -> str:
    """Spell everything that some resources name.

    Args:
        resources: resources as they were read.
    """
    return "\n".join(text(each.properties) for each in resources)


def _policies(tables: Iterable[Resource]) -> Iterator[object]:
    for table in tables:
        yield table.at(_POLICY)
        if table.at("StreamSpecification") is not None:
            yield table.at(_STREAM_POLICY)

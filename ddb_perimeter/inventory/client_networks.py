"""The VPCs from which tables are reached: those with a DynamoDB endpoint or a DAX cluster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ddb_perimeter.inventory.caches import CACHE_TYPES, Cache, caches
from ddb_perimeter.inventory.passage import INTERNET, PASSAGE_TYPES
from ddb_perimeter.inventory.topology import network
from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from ddb_perimeter.inventory.inventory import Inventory
    from ddb_perimeter.inventory.network import Endpoint, Subnet, Vpc
    from ddb_perimeter.inventory.resource import Resource

CLIENT_TYPES: Final = CACHE_TYPES | PASSAGE_TYPES
"""What to ask `System.scenarios` for when looking at the networks of clients."""

SERVICES: Final = frozenset({"dynamodb", "dynamodb-fips", "dynamodb-streams"})
"""What endpoints for DynamoDB lead to."""


@dataclass(frozen=True, slots=True, eq=False)
class ClientNetwork:
    """A VPC from which tables are reached.

    Args:
        vpc: the VPC.
        endpoints: its endpoints for DynamoDB and its streams.
        caches: DAX clusters in it.
    """

    vpc: Vpc
    endpoints: tuple[Endpoint, ...]
    caches: tuple[Cache, ...]

    @property
    def gateways(self) -> list[Endpoint]:
        """Return its gateway endpoints."""
        return [endpoint for endpoint in self.endpoints if endpoint.kind == "Gateway"]

    @property
    def cache_subnets(self) -> list[Subnet]:
        """Return the subnets that nodes of caches are in."""
        found = dict.fromkeys(subnet for cache in self.caches for subnet in cache.known_subnets)
        return [subnet for subnet in found if subnet.vpc == self.vpc.id]

    @property
    def private_subnets(self) -> list[Subnet]:
        """Return the subnets that lack a way in from the internet, or may lack it."""
        return [subnet for subnet in self.vpc.subnets if not _public(subnet)]

    @property
    def subnets(self) -> list[Subnet]:
        """Return the subnets of clients and caches: every one that an endpoint serves.

        When what an endpoint serves is not known, it may be any subnet.
        """
        own = dict.fromkeys(self.cache_subnets)
        for subnet in self.vpc.subnets:
            if any(_serves(endpoint, subnet) for endpoint in self.endpoints):
                own[subnet] = None
        return list(own)


def client_networks(inventory: Inventory) -> list[ClientNetwork]:
    """Return the declared VPCs from which tables are reached.

    Args:
        inventory: where to look.
    """
    return inventory.view(_client_networks)


def _client_networks(inventory: Inventory) -> list[ClientNetwork]:
    found: list[ClientNetwork] = []
    for vpc in network(inventory).vpcs:
        endpoints = tuple(point for point in vpc.endpoints if point.service in SERVICES)
        clusters = tuple(cache for cache in caches(inventory) if vpc.id in cache.vpcs)
        if endpoints or clusters:
            found.append(ClientNetwork(vpc, endpoints, clusters))
    return found


def unseen_networks(inventory: Inventory) -> list[tuple[Resource, object]]:
    """Return what is in a VPC that no template declares, each with the VPC's id.

    Args:
        inventory: where to look.
    """
    seen = [vpc.id for vpc in network(inventory).vpcs]
    result: list[tuple[Resource, object]] = [
        (endpoint.resource, endpoint.vpc)
        for endpoint in network(inventory).endpoints
        if endpoint.service in SERVICES and endpoint.vpc not in seen
    ]
    for cache in caches(inventory):
        vpcs = cache.vpcs or (Unknown("VpcId", "no subnet or group of the cluster was checked"),)
        result.extend((cache.resource, vpc) for vpc in vpcs if vpc not in seen)
    return result


def _serves(endpoint: Endpoint, subnet: Subnet) -> bool:
    """Return whether an endpoint serves a subnet, or may serve it."""
    if endpoint.kind != "Gateway":
        ids, own = endpoint.subnets, subnet.id
    elif isinstance(subnet.route_table, Unknown):
        return True
    else:
        ids, own = endpoint.route_tables, subnet.route_table.id
    return isinstance(ids, Unknown) or own in ids or any(isinstance(id_, Unknown) for id_ in ids)


def _public(subnet: Subnet) -> bool:
    if isinstance(subnet.route_table, Unknown):
        return False
    return any(route.way in INTERNET for route in subnet.route_table.routes)

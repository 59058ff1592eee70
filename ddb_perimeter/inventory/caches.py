"""DAX clusters as controls see them, with the network that they are in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ddb_perimeter.inventory.topology import NETWORK_TYPES, network
from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from ddb_perimeter.inventory.inventory import Inventory
    from ddb_perimeter.inventory.network import Network, Subnet
    from ddb_perimeter.inventory.resource import Resource
    from ddb_perimeter.inventory.security_groups import SecurityGroup

CLUSTER: Final = "AWS::DAX::Cluster"
SUBNET_GROUP: Final = "AWS::DAX::SubnetGroup"
PARAMETER_GROUP: Final = "AWS::DAX::ParameterGroup"
TLS_PORT: Final = 9111
PLAIN_PORT: Final = 8111

CACHE_TYPES = frozenset({*NETWORK_TYPES, CLUSTER, SUBNET_GROUP})
"""What to ask `System.scenarios` for when looking at caches in their network."""


@dataclass(frozen=True, slots=True, eq=False)
class Cache:
    """A DAX cluster in its network.

    Args:
        resource: what declares it.
        subnets: subnets of its nodes; unknown where no template declares one.
        groups: its security groups, likewise; the VPC's default one when it names none.
        vpcs: ids of the VPCs that these are in.
    """

    resource: Resource
    subnets: tuple[Subnet | Unknown, ...]
    groups: tuple[SecurityGroup | Unknown, ...]
    vpcs: tuple[object, ...]

    @property
    def tls(self) -> bool | Unknown:
        """Return whether clients talk TLS to it."""
        type_ = self.resource.at("ClusterEndpointEncryptionType", "NONE")
        return type_ if isinstance(type_, Unknown) else type_ == "TLS"

    @property
    def ports(self) -> tuple[int, ...]:
        """Return the port that it listens on; both, when that cannot be told."""
        if isinstance(self.tls, Unknown):
            return TLS_PORT, PLAIN_PORT
        return (TLS_PORT,) if self.tls else (PLAIN_PORT,)

    @property
    def known_subnets(self) -> list[Subnet]:
        """Return those of its subnets that templates declare."""
        return [subnet for subnet in self.subnets if not isinstance(subnet, Unknown)]

    @property
    def known_groups(self) -> list[SecurityGroup]:
        """Return those of its groups that templates declare."""
        return [group for group in self.groups if not isinstance(group, Unknown)]

    def declared_elsewhere(self, vpcs: frozenset[str]) -> bool:
        """Return whether it is in VPCs that the user declares, so that nothing need be seen there.

        Args:
            vpcs: ids of the declared VPCs.
        """
        return bool(self.vpcs) and all(vpc in vpcs for vpc in self.vpcs)


def caches(inventory: Inventory) -> list[Cache]:
    """Return every DAX cluster.

    Args:
        inventory: where to look.
    """
    return inventory.view(_caches)


def _caches(inventory: Inventory) -> list[Cache]:
    return [_cache(inventory, resource) for resource in inventory.of_type(CLUSTER)]


def _cache(inventory: Inventory, resource: Resource) -> Cache:
    net = network(inventory)
    subnets = _subnets(inventory, net, resource)
    vpcs = [subnet.vpc for subnet in subnets if not isinstance(subnet, Unknown)]
    groups = _groups(net, resource, vpcs)
    vpcs += [group.vpc for group in groups if not isinstance(group, Unknown)]
    named = dict.fromkeys(vpc for vpc in vpcs if isinstance(vpc, str))
    return Cache(resource, subnets, groups, tuple(named))


def _subnets(
    inventory: Inventory, net: Network, resource: Resource
) -> tuple[Subnet | Unknown, ...]:
    name = resource.at("SubnetGroupName")
    if name is None:
        return (Unknown("SubnetGroupName", "the default subnet group is not declared"),)
    if isinstance(name, Unknown):
        return (name,)
    group = inventory.by_id(name, SUBNET_GROUP, near=resource)
    if group is None:
        return (Unknown(str(name), "the subnet group is not in what was checked"),)
    ids = group.items("SubnetIds")
    if isinstance(ids, Unknown):
        return (ids,)
    return tuple(net.subnet(id_) or _missing(id_, "subnet") for id_ in ids)


def _groups(
    net: Network, resource: Resource, vpcs: list[object]
) -> tuple[SecurityGroup | Unknown, ...]:
    ids = resource.items("SecurityGroupIds")
    if isinstance(ids, Unknown):
        return (ids,)
    if ids:
        return tuple(net.group(id_) or _missing(id_, "security group") for id_ in ids)
    default = [group for group in net.groups if group.default and group.vpc in vpcs]
    return tuple(default) or (
        Unknown("SecurityGroupIds", "the VPC and so its default group is not in what was checked"),
    )


def _missing(id_: object, what: str) -> Unknown:
    return id_ if isinstance(id_, Unknown) else Unknown(str(id_), f"no such {what} was checked")

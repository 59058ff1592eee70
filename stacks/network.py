"""The network stack: a VPC whose only door is the DynamoDB endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from private_dynamodb import AdoptedVpc, InterfaceService, NewVpc, PrivateNetwork
from stacks.regional_stack import RegionalStack

if TYPE_CHECKING:
    from constructs import Construct

    from stacks.configuration import Configuration, RegionSettings


class NetworkStack(RegionalStack):
    """The network of one Region.

    Args:
        scope: what groups the stacks of the Region.
        configuration: the whole configuration.
        region: the Region.
    """

    def __init__(
        self, scope: Construct, *, configuration: Configuration, region: RegionSettings
    ) -> None:
        super().__init__(
            scope,
            "Network",
            description="Private network with the DynamoDB endpoint",
            configuration=configuration,
            region=region.name,
        )
        self.network = PrivateNetwork(
            self,
            "Network",
            vpc=_vpc(region),
            table_name=configuration.table.name,
            interface_services=[
                InterfaceService(service.value)
                for service in configuration.access.interface_endpoints
            ],
        )


def _vpc(region: RegionSettings) -> NewVpc | AdoptedVpc:
    if region.vpc is None:
        assert region.cidr is not None  # noqa: S101 - the configuration gives every new VPC one
        return NewVpc(cidr=region.cidr, zones=region.zone_count)
    return AdoptedVpc(
        vpc_id=region.vpc.id,
        client_subnet_ids=region.vpc.client_subnets,
        cache_subnet_ids=region.vpc.cache_subnets,
        route_table_ids=region.vpc.route_tables,
        cache_route_table_ids=region.vpc.cache_route_tables,
    )

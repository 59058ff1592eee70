"""`[[regions]]`: where the baseline is deployed, and what differs from Region to Region."""

from __future__ import annotations

import ipaddress
import itertools
from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from stacks.configuration.availability import default_zones, dynamodb_regions
from stacks.configuration.base import AccountId, Flag, Mistake, Number, Settings

# Six subnets (clients and cache over three zones), each of at least 16 addresses.
_SMALLEST_VPC = 24
_LARGEST_VPC = 16


def _cidr(text: str) -> str:
    try:
        network = ipaddress.IPv4Network(text)
    except ValueError as error:
        raise Mistake(f"not an IPv4 range ({error})", 'write it like "10.64.0.0/16"') from error
    if network.is_global:
        raise Mistake("a range of public addresses", "use a private one, e.g. 10.64.0.0/16")
    return text


def _vpc_cidr(text: str) -> str:
    prefix = ipaddress.IPv4Network(_cidr(text)).prefixlen
    if prefix > _SMALLEST_VPC:
        raise Mistake(
            "too small for the subnets of clients and cache",
            f"use /{_SMALLEST_VPC} or larger",
        )
    if prefix < _LARGEST_VPC:
        raise Mistake("larger than a VPC can be", f"use /{_LARGEST_VPC} or smaller")
    return text


def _region_name(name: str) -> str:
    if name not in dynamodb_regions():
        raise Mistake("not a Region with DynamoDB", "write its code, e.g. eu-west-1")
    return name


def _identifier(prefix: str) -> StringConstraints:
    return StringConstraints(pattern=rf"^{prefix}-[0-9a-f]{{8,17}}$")


RegionName = Annotated[str, AfterValidator(_region_name)]
Cidr = Annotated[str, AfterValidator(_cidr)]
VpcCidr = Annotated[str, AfterValidator(_vpc_cidr)]
SubnetId = Annotated[str, _identifier("subnet")]
RouteTableId = Annotated[str, _identifier("rtb")]
SecurityGroupId = Annotated[str, _identifier("sg")]


def cidr_range(text: str) -> ipaddress.IPv4Network:
    """Return the network that an accepted CIDR spells."""
    return ipaddress.IPv4Network(text)


class ExistingVpc(Settings):
    """A VPC that is there already; the baseline adds endpoints and flow logs to it."""

    id: Annotated[str, _identifier("vpc"), Field(description="id of the VPC")]
    client_subnets: Annotated[
        tuple[SubnetId, ...], Field(min_length=1, description="subnets of the table's clients")
    ]
    cache_subnets: Annotated[
        tuple[SubnetId, ...], Field(min_length=2, description="subnets of the cache, two or more")
    ]
    route_tables: Annotated[
        tuple[RouteTableId, ...],
        Field(min_length=1, description="every route table of the client and cache subnets"),
    ]
    cache_route_tables: Annotated[
        tuple[RouteTableId, ...],
        Field(description="the route tables of the cache subnets, for routes to reader accounts"),
    ] = ()

    @model_validator(mode="after")
    def _cache_route_tables_are_route_tables(self) -> Self:
        for table in self.cache_route_tables:
            if table not in self.route_tables:
                raise Mistake(
                    "without the endpoint, since it is not in route_tables",
                    "add it to route_tables",
                    key="cache_route_tables",
                    value=table,
                )
        return self


class ReaderAccount(Settings):
    """Another account that reads through this Region's cache, by a role in this account."""

    account: AccountId
    external_id: Annotated[
        str | None,
        StringConstraints(pattern=r"^[A-Za-z0-9_+=,.@:/-]{2,1224}$"),
        Field(description="external id that the account has to send"),
    ] = None
    peering_connection: Annotated[
        str, _identifier("pcx"), Field(description="peering connection to the account's VPC")
    ]
    cidr: Annotated[Cidr, Field(description="where its clients are, on the other side")]


class RegionCache(Settings):
    """What the cache of one Region has of its own."""

    enabled: Annotated[Flag, Field(description="whether this Region has a cache")] = True
    client_security_groups: Annotated[
        tuple[SecurityGroupId, ...],
        Field(description="groups that may connect, beside the baseline's own client group"),
    ] = ()
    client_subnets: Annotated[
        tuple[Cidr, ...],
        Field(description="ranges inside the VPC that may connect, where groups do not do"),
    ] = ()
    readers: Annotated[
        tuple[ReaderAccount, ...], Field(description="accounts that may read through the cache")
    ] = ()


class RegionSettings(Settings):
    """One Region: its network and what its cache admits."""

    name: Annotated[RegionName, Field(description="Region code, e.g. eu-west-1")]
    home: Annotated[
        Flag, Field(description="whether this Region has the trail and records global resources")
    ] = False
    cidr: Annotated[
        VpcCidr | None,
        Field(description="range of the VPC, /16 to /24; left out: 10.64.0.0/16 and following"),
    ] = None
    zones: Annotated[
        Number | None,
        Field(ge=2, le=3, description="Availability Zones, 2 or 3; left out: what the Region has"),
    ] = None
    vpc: Annotated[
        ExistingVpc | None, Field(description="a VPC that is there already; left out: a new one")
    ] = None
    cache: Annotated[RegionCache, Field(description="the cache in this Region")] = RegionCache()

    @model_validator(mode="after")
    def _readers_differ(self) -> Self:
        for first, second in itertools.combinations(self.cache.readers, 2):
            if first.account == second.account:
                raise Mistake(
                    "named twice",
                    "write one [[regions.cache.readers]] for each account",
                    key="cache.readers",
                    value=second.account,
                )
            if cidr_range(first.cidr).overlaps(cidr_range(second.cidr)):
                raise Mistake(
                    f"overlaps {first.cidr} of {first.account}, so one route would serve both",
                    "peered VPCs need ranges that differ",
                    key="cache.readers",
                    value=second.cidr,
                )
        return self

    @model_validator(mode="after")
    def _one_network(self) -> Self:
        if self.vpc is not None and self.cidr is not None:
            raise Mistake(
                "an existing VPC has its range already",
                "remove either cidr or vpc",
                key="cidr",
                value=self.cidr,
            )
        return self

    @model_validator(mode="after")
    def _readers_have_a_route(self) -> Self:
        if self.cache.readers and self.vpc is not None and not self.vpc.cache_route_tables:
            raise Mistake(
                "reader accounts need a route in the cache subnets",
                "name the route tables of the cache subnets",
                key="vpc.cache_route_tables",
                value=[],
            )
        if self.cache.readers and not self.cache.enabled:
            raise Mistake(
                "accounts cannot read through a cache that is off",
                "turn the cache on, or remove its readers",
                key="cache.readers",
                value=[reader.account for reader in self.cache.readers],
            )
        return self

    @property
    def zone_count(self) -> int:
        """Return how many Availability Zones to use."""
        return self.zones or default_zones(self.name)

"""Route tables, their routes, and which subnet uses which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ddb_perimeter.inventory.live.place import tags
from ddb_perimeter.inventory.network import ROUTE_TABLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddb_perimeter.inventory.live.place import Place
    from ddb_perimeter.inventory.resource import Resource

_ROUTE: Final = "AWS::EC2::Route"
_ASSOCIATION: Final = "AWS::EC2::SubnetRouteTableAssociation"
_PROPAGATION: Final = "AWS::EC2::VPNGatewayRoutePropagation"
_TO: Final = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")
_TARGETS: Final = (
    "GatewayId",
    "EgressOnlyInternetGatewayId",
    "NatGatewayId",
    "TransitGatewayId",
    "VpcPeeringConnectionId",
    "CarrierGatewayId",
    "LocalGatewayId",
    "CoreNetworkArn",
    "NetworkInterfaceId",
    "InstanceId",
)


def routing(place: Place, table: dict[str, Any]) -> Iterator[Resource]:
    """Yield a route table with its routes.

    Args:
        place: its Region.
        table: what EC2 told about it.
    """
    id_ = str(table["RouteTableId"])
    properties = {"VpcId": table["VpcId"], "Tags": tags(table.get("Tags"))}
    yield place.resource(ROUTE_TABLE, id_, properties, RouteTableId=id_)
    for route in table.get("Routes") or ():
        if not _is_given(route):
            yield _route(place, id_, route)
    for gateway in table.get("PropagatingVgws") or ():
        properties = {"RouteTableIds": [id_], "VpnGatewayId": gateway["GatewayId"]}
        yield place.resource(_PROPAGATION, f"{id_}|{gateway['GatewayId']}", properties)


def associations(
    place: Place, subnets: list[dict[str, Any]], tables: list[dict[str, Any]]
) -> Iterator[Resource]:
    """Yield which table each subnet uses: its VPC's main one, unless told otherwise.

    Args:
        place: their Region.
        subnets: what EC2 told about subnets.
        tables: what EC2 told about route tables.
    """
    chosen: dict[str, str] = {}
    main: dict[str, str] = {}
    for table in tables:
        for each in table.get("Associations") or ():
            if each.get("SubnetId"):
                chosen[each["SubnetId"]] = table["RouteTableId"]
            elif each.get("Main"):
                main[table["VpcId"]] = table["RouteTableId"]
    for subnet in subnets:
        id_ = str(subnet["SubnetId"])
        used = chosen.get(id_) or main.get(subnet["VpcId"])
        if used is not None:
            properties = {"SubnetId": id_, "RouteTableId": used}
            yield place.resource(_ASSOCIATION, f"{used}|{id_}", properties)


def _is_given(route: dict[str, Any]) -> bool:
    """Return whether AWS adds a route by itself: inside the VPC, or to a gateway endpoint."""
    target = str(route.get("GatewayId") or "")
    to_endpoint = target.startswith("vpce-") and "DestinationPrefixListId" in route
    return target == "local" or to_endpoint


def _route(place: Place, table: str, route: dict[str, Any]) -> Resource:
    to = {name: route[name] for name in _TO if route.get(name)}
    target = next((name for name in _TARGETS if route.get(name)), None)
    through = {target: route[target]} if target else {}
    id_ = f"{table}|{next(iter(to.values()), '')}"
    return place.resource(_ROUTE, id_, {"RouteTableId": table, **to, **through})

"""Security groups with their rules, and the prefix lists that rules and routes name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ddb_perimeter.inventory.addresses import PREFIX_LIST
from ddb_perimeter.inventory.live import calls
from ddb_perimeter.inventory.live.place import tags
from ddb_perimeter.inventory.resource import look_up
from ddb_perimeter.inventory.security_groups import GROUP
from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ddb_perimeter.inventory.live.place import Place
    from ddb_perimeter.inventory.resource import Resource


DEFAULT: Final = "default"
"""Name of the group that AWS makes for each VPC."""


def group(place: Place, told: dict[str, Any]) -> Resource:
    """Return a security group with exactly the rules that it has.

    Args:
        place: its Region.
        told: what EC2 told about it.
    """
    id_ = str(told["GroupId"])
    properties = {
        "GroupName": told.get("GroupName"),
        "GroupDescription": told.get("Description"),
        "VpcId": told.get("VpcId"),
        "SecurityGroupIngress": list(_rules(told.get("IpPermissions"), "Source")),
        "SecurityGroupEgress": list(_rules(told.get("IpPermissionsEgress"), "Destination")),
        "Tags": tags(told.get("Tags")),
    }
    arn = place.arn("ec2", f"security-group/{id_}")
    return place.resource(GROUP, id_, properties, Arn=arn, GroupId=id_)


def default_of(vpc: str) -> str:
    """Return what stands for the id of a VPC's default group while nobody tells it.

    Args:
        vpc: id of the VPC.
    """
    return f"default group of {vpc}"


def unseen_default(place: Place, vpc: str) -> Resource:
    """Return the default group, which every VPC has, when nobody tells its rules.

    Args:
        place: its Region.
        vpc: id of the VPC.
    """
    rules = Unknown("not told", "the security groups of its VPC were not told")
    id_ = default_of(vpc)
    properties = {
        "GroupName": DEFAULT,
        "VpcId": vpc,
        "SecurityGroupIngress": rules,
        "SecurityGroupEgress": rules,
    }
    return place.resource(GROUP, id_, properties, GroupId=id_)


def _rules(permissions: Iterable[dict[str, Any]] | None, side: str) -> Iterator[dict[str, object]]:
    """Yield one rule for each peer."""
    for each in permissions or ():
        shown = ("IpProtocol", "FromPort", "ToPort")
        about: dict[str, object] = {name: each[name] for name in shown if name in each}
        for list_, key, property_ in (
            ("IpRanges", "CidrIp", "CidrIp"),
            ("Ipv6Ranges", "CidrIpv6", "CidrIpv6"),
            ("UserIdGroupPairs", "GroupId", f"{side}SecurityGroupId"),
            ("PrefixListIds", "PrefixListId", f"{side}PrefixListId"),
        ):
            for peer in each.get(list_) or ():
                text = {"Description": peer["Description"]} if peer.get("Description") else {}
                yield {**about, property_: peer.get(key), **text}


def prefix_lists(
    place: Place, groups: Iterable[Resource], tables: Iterable[dict[str, Any]]
) -> Iterator[Resource]:
    """Yield the prefix lists that rules for what comes in, and routes, name.

    Args:
        place: their Region.
        groups: security groups.
        tables: what EC2 told about route tables.
    """
    named: dict[str, None] = {}
    for each in groups:
        rules = each.items("SecurityGroupIngress")
        for rule in rules if isinstance(rules, list) else ():
            named[str(look_up(rule, "SourcePrefixListId", ""))] = None
    for table in tables:
        for route in table.get("Routes") or ():
            if not str(route.get("GatewayId") or "").startswith("vpce-"):
                named[str(route.get("DestinationPrefixListId") or "")] = None
    for id_ in filter(None, named):
        entries = place.requests.items(
            calls.GET_PREFIX_LIST_ENTRIES, place.region, id_, {"PrefixListId": id_}
        )
        shown: object = entries
        if not isinstance(entries, Unknown):
            shown = [{"Cidr": each["Cidr"]} for each in entries]
        yield place.resource(PREFIX_LIST, id_, {"Entries": shown}, PrefixListId=id_)

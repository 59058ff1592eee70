"""What answers for names inside some VPCs: private hosted zones and resolver rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ddb_perimeter.inventory.live import calls
from ddb_perimeter.inventory.network import HOSTED_ZONE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ddb_perimeter.inventory.live.place import Place
    from ddb_perimeter.inventory.resource import Resource

_RULE: Final = "AWS::Route53Resolver::ResolverRule"
_OWN_RULES: Final = "RECURSIVE"  # what AWS's resolver does anyway


def read_zones(place: Place, vpcs: Iterable[str]) -> Iterator[Resource]:
    """Read the private zones that answer in some VPCs, whoever owns them.

    Args:
        place: the Region of the VPCs.
        vpcs: their ids.
    """
    names: dict[str, str] = {}
    answers_in: dict[str, list[object]] = {}
    for vpc in vpcs:
        for zone in place.list(
            calls.LIST_HOSTED_ZONES_BY_VPC, vpc, VPCId=vpc, VPCRegion=place.region
        ):
            id_ = str(zone["HostedZoneId"])
            names[id_] = str(zone["Name"])
            answers_in.setdefault(id_, []).append({"VPCId": vpc, "VPCRegion": place.region})
    for id_, name in names.items():
        properties = {"Name": name, "VPCs": answers_in[id_]}
        arn = f"arn:{place.partition}:route53:::hostedzone/{id_}"
        yield place.resource(HOSTED_ZONE, id_, properties, Arn=arn)


def read_resolver_rules(place: Place, vpcs: frozenset[str]) -> Iterator[Resource]:
    """Read the rules that forward names from some VPCs to other resolvers.

    Args:
        place: the Region of the VPCs.
        vpcs: their ids.
    """
    if not vpcs:
        return
    used = {
        each["ResolverRuleId"]
        for each in place.list(calls.LIST_RESOLVER_RULE_ASSOCIATIONS)
        if each.get("VPCId") in vpcs
    }
    for rule in place.list(calls.LIST_RESOLVER_RULES):
        if rule["Id"] not in used or rule.get("RuleType") == _OWN_RULES:
            continue
        shown = ("Name", "DomainName", "RuleType", "TargetIps", "ResolverEndpointId")
        properties = {name: rule.get(name) for name in shown}
        yield place.resource(_RULE, str(rule["Id"]), properties, Arn=rule.get("Arn"))

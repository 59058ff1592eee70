"""DNS: nobody but AWS answers for DynamoDB's names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ddb_perimeter.controls.control import broken, control, holds, unresolved
from ddb_perimeter.findings import Exposure, Severity
from ddb_perimeter.inventory.topology import NETWORK_TYPES, network
from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddb_perimeter.controls.control import Judgment, Judgments
    from ddb_perimeter.controls.perimeter import Perimeter
    from ddb_perimeter.inventory import Inventory
    from ddb_perimeter.inventory.network import HostedZone

_RESOLVER_RULE: Final = "AWS::Route53Resolver::ResolverRule"
_SUFFIXES: Final = ("amazonaws.com", "amazonaws.com.cn", "api.aws", "api.amazonwebservices.com.cn")
_SERVICES: Final = frozenset({"dynamodb", "dynamodb-fips", "ddb", "dax", "dax-clusters"})


@control(
    id="vpc-no-dns-override",
    title="No private DNS answers for DynamoDB's names",
    severity=Severity.HIGH,
    why="A private zone or a forwarding rule for these names decides where clients connect: past "
    "the endpoint, or to somebody who pretends to be DynamoDB.",
    source="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/privatelink-interface-endpoints.html",
    fix="Remove the zone, record or rule; give clients of an interface endpoint its own name as "
    "endpoint_url instead.",
    types=(*NETWORK_TYPES, _RESOLVER_RULE),
)
def no_dns_override(inventory: Inventory, _: Perimeter) -> Judgments:
    """Judge every private zone, every record in a zone that is not here, every forwarding rule."""
    for zone in network(inventory).zones:
        if zone.vpcs == []:
            continue  # the world asks AWS for these names, whatever a public zone says
        yield from list(_zone(zone)) or [holds(zone.resource.subject())]
    for record in network(inventory).records:
        subject, evidence = record.resource.subject(), record.resource.evidence(record.pointer)
        if isinstance(record.name, Unknown):
            yield unresolved(subject, "The name of the record", record.name, evidence=evidence)
        elif _answers_for(str(record.name)):
            yield broken(
                subject,
                f"It answers for {record.name}, a name of DynamoDB.",
                exposure=Exposure.WEAKENED,
                evidence=evidence,
            )
        else:
            yield holds(subject)
    for rule in inventory.of_type(_RESOLVER_RULE):
        if rule.at("RuleType", "FORWARD") == "SYSTEM":
            continue
        name, evidence = rule.at("DomainName"), rule.evidence("Properties.DomainName")
        if isinstance(name, Unknown):
            yield unresolved(rule.subject(), "DomainName", name, evidence=evidence)
        elif _covers(str(name).lower().removesuffix(".")):
            yield broken(
                rule.subject(),
                f"It forwards {name}, and so names of DynamoDB, to resolvers of its own.",
                exposure=Exposure.WEAKENED,
                evidence=evidence,
            )
        else:
            yield holds(rule.subject())


def _zone(zone: HostedZone) -> Iterator[Judgment]:
    subject = zone.resource.subject()
    evidence = zone.resource.evidence("Properties.Name")
    if isinstance(zone.name, Unknown):
        yield unresolved(subject, "The name of the zone", zone.name, evidence=evidence)
    elif _covers(str(zone.name)):
        yield broken(
            subject,
            f"The private zone {zone.name} answers for names of DynamoDB.",
            exposure=Exposure.WEAKENED,
            evidence=evidence,
        )


def _covers(name: str) -> bool:
    """Return whether a zone holds names of DynamoDB: at, above or below them."""
    above = any(suffix == name or suffix.endswith(f".{name}") for suffix in _SUFFIXES)
    return not name or above or _is_region(name) or _answers_for(name)


def _is_region(name: str) -> bool:
    """Return whether a name is a Region's below one of AWS's domains."""
    return any(
        name.endswith(f".{suffix}")
        and "." not in name.removesuffix(f".{suffix}")
        and "-" in name.removesuffix(f".{suffix}")
        for suffix in _SUFFIXES
    )


def _answers_for(name: str) -> bool:
    """Return whether a name is one of DynamoDB's or DAX's, or below one."""
    for suffix in _SUFFIXES:
        if name.endswith(f".{suffix}"):
            return not _SERVICES.isdisjoint(name.removesuffix(f".{suffix}").split("."))
    return False

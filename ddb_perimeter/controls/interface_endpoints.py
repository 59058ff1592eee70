"""Interface endpoints for DynamoDB, its streams and the management of DAX: zones, groups, names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ddb_perimeter.controls.control import broken, control, holds, unresolved
from ddb_perimeter.findings import Exposure, Severity
from ddb_perimeter.inventory.addresses import PRIVATE, Addresses
from ddb_perimeter.inventory.client_networks import SERVICES
from ddb_perimeter.inventory.passage import PASSAGE_TYPES, admitted, neighbours
from ddb_perimeter.inventory.security_groups import INGRESS, Peer
from ddb_perimeter.inventory.topology import NETWORK_TYPES, network
from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddb_perimeter.controls.control import Judgment, Judgments
    from ddb_perimeter.controls.perimeter import Perimeter
    from ddb_perimeter.inventory import Inventory
    from ddb_perimeter.inventory.network import Endpoint
    from ddb_perimeter.inventory.security_groups import Rule

_HTTPS: Final = ("tcp", (443, 443))
_FEWEST_ZONES: Final = 2
_DAX: Final = "dax"


@control(
    id="vpce-interface-hardened",
    title="Interface endpoints are in two zones, and admit clients of their network on port 443",
    severity=Severity.MEDIUM,
    why="An interface endpoint is an address inside the network: whoever its groups admit may use "
    "it, from peered networks and from on premises too, and in a single zone it fails with it.",
    source="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/privatelink-interface-endpoints.html",
    fix="Give the endpoint subnets of two zones and a security group of its own that admits port "
    "443 from the clients' groups or ranges alone; set PrivateDnsEnabled to false for DynamoDB "
    "and its streams, which have no private DNS, and to true for DAX.",
    types=NETWORK_TYPES | PASSAGE_TYPES,
)
def interfaces_hardened(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    """Judge every interface endpoint: its subnets, its groups by reach, and its names."""
    for endpoint in network(inventory).endpoints:
        if isinstance(endpoint.service, Unknown):
            evidence = endpoint.resource.evidence("Properties.ServiceName")
            service = endpoint.service
            yield unresolved(endpoint.resource.subject(), "ServiceName", service, evidence=evidence)
            continue
        if endpoint.service not in SERVICES | {_DAX}:
            continue
        if isinstance(endpoint.kind, Unknown):
            evidence = endpoint.resource.evidence("Properties.VpcEndpointType")
            kind = endpoint.kind
            yield unresolved(
                endpoint.resource.subject(), "VpcEndpointType", kind, evidence=evidence
            )
        elif endpoint.kind == "Interface":
            findings = [
                *_zones(inventory, endpoint),
                *_groups(inventory, perimeter, endpoint),
                *_names(endpoint),
            ]
            yield from findings or [holds(endpoint.resource.subject())]


def _zones(inventory: Inventory, endpoint: Endpoint) -> Iterator[Judgment]:
    """Doubt an endpoint with fewer than two zones; a subnet of its own zone counts by its id."""
    subject = endpoint.resource.subject()
    evidence = endpoint.resource.evidence("Properties.SubnetIds")
    ids = [endpoint.subnets] if isinstance(endpoint.subnets, Unknown) else endpoint.subnets
    places: set[str] = set()
    for id_ in ids:
        subnet = network(inventory).subnet(id_)
        zone = subnet.zone if subnet is not None else None
        if not isinstance(id_, Unknown):
            # AWS takes one subnet of each zone: without a zone to tell, another id is another.
            places.add(str(zone) if isinstance(zone, str) else str(id_))
    if len(places) >= _FEWEST_ZONES:
        return
    doubt = next((id_ for id_ in ids if isinstance(id_, Unknown)), None)
    if doubt is not None:
        yield unresolved(subject, "SubnetIds", doubt, evidence=evidence)
    else:
        yield broken(
            subject, f"It has interfaces in {len(places) or 'no'} zone.", evidence=evidence
        )


def _names(endpoint: Endpoint) -> Iterator[Judgment]:
    """Yield what is wrong about the names that clients find it by."""
    subject, private = endpoint.resource.subject(), endpoint.private_dns
    evidence = endpoint.resource.evidence("Properties.PrivateDnsEnabled")
    if isinstance(private, Unknown):
        yield unresolved(subject, "PrivateDnsEnabled", private, evidence=evidence)
    elif private and endpoint.service != _DAX:
        yield broken(
            subject,
            f"PrivateDnsEnabled is true, and {endpoint.service} has no private DNS: AWS refuses "
            "the endpoint.",
            evidence=evidence,
        )
    elif not private and endpoint.service == _DAX:
        yield broken(
            subject,
            "PrivateDnsEnabled is not true, so calls that manage caches go past it.",
            evidence=evidence,
        )


def _groups(inventory: Inventory, perimeter: Perimeter, endpoint: Endpoint) -> Iterator[Judgment]:
    """Judge each group of an endpoint by whom its rules admit, and to what."""
    subject = endpoint.resource.subject()
    evidence = endpoint.resource.evidence("Properties.SecurityGroupIds")
    ids = [endpoint.groups] if isinstance(endpoint.groups, Unknown) else endpoint.groups
    if not ids:
        yield broken(
            subject,
            "It names no security group, so it has the default one of its VPC.",
            exposure=Exposure.WEAKENED,
            evidence=evidence,
        )
    inside = _inside(inventory, perimeter, endpoint)
    for id_ in ids:
        group = network(inventory).group(id_)
        if group is None:
            if isinstance(id_, Unknown) or endpoint.vpc not in perimeter.vpcs:
                missing = id_ if isinstance(id_, Unknown) else Unknown(str(id_), "no such group")
                yield unresolved(subject, "A security group", missing, evidence=evidence)
        elif group.default:
            yield broken(
                subject,
                "It is in its VPC's default security group, which is that of everything that was "
                "given no group of its own.",
                exposure=Exposure.WEAKENED if group.ingress else Exposure.NONE,
                evidence=evidence,
            )
        else:
            for rule in group.ingress:
                yield from _rule(inventory, endpoint, rule, inside)
    for unplaced in network(inventory).unplaced:
        if unplaced.resource.type == INGRESS and isinstance(unplaced.target, Unknown):
            told = f"The group of rule {unplaced.resource.logical_id}, which may be the endpoint's,"
            yield unresolved(subject, told, unplaced.target, evidence=evidence)


def _inside(inventory: Inventory, perimeter: Perimeter, endpoint: Endpoint) -> Addresses | Unknown:
    """Return the addresses of clients: of the endpoint's VPC, and of peers with a route."""
    known = [endpoint.subnets] if isinstance(endpoint.subnets, Unknown) else endpoint.subnets
    subnets = filter(None, (network(inventory).subnet(id_) for id_ in known))
    inside = neighbours(inventory, (endpoint.vpc,), subnets)
    if isinstance(inside, Unknown) and endpoint.vpc in perimeter.vpcs:
        return PRIVATE  # its ranges are the user's to know
    return inside


def _rule(
    inventory: Inventory, endpoint: Endpoint, rule: Rule, inside: Addresses | Unknown
) -> Iterator[Judgment]:
    subject, evidence = rule.resource.subject(), rule.resource.evidence(rule.pointer)
    name = f"endpoint {endpoint.resource.logical_id}"
    addresses = admitted(inventory, rule)
    peer = rule.peer if isinstance(rule.peer, Unknown) else None
    for doubt in (rule.protocol, rule.ports, peer, addresses):
        if isinstance(doubt, Unknown):
            yield unresolved(subject, f"Who may connect to {name}", doubt, evidence=evidence)
            return
    if (rule.protocol, rule.ports) != _HTTPS:
        yield broken(
            subject,
            f"{rule.peer} may connect to {name} on more than TCP port 443.",
            evidence=evidence,
            severity=Severity.LOW,
        )
    source = network(inventory).group(rule.peer) if rule.peer_kind is Peer.GROUP else None
    if source is not None and source.default:
        yield broken(
            subject,
            f"Whatever was given no security group may connect to {name}.",
            exposure=Exposure.WEAKENED,
            evidence=evidence,
        )
    if isinstance(addresses, Unknown) or not addresses:
        return
    if isinstance(inside, Unknown):
        yield unresolved(subject, f"Whether clients of {name} are {rule.peer}", inside)
        return
    wider = addresses - inside
    if wider:
        yield broken(
            subject,
            f"{rule.peer} may connect to {name}: wider than the subnets of its VPC and peers with "
            f"a route, for example {wider.witness}.",
            exposure=Exposure.WEAKENED,
            evidence=evidence,
        )

"""The networks from which tables are reached: addresses, groups, names, logs and endpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ddb_perimeter.controls.control import broken, control, holds, unknown, unresolved
from ddb_perimeter.controls.routes import names, unseen, unseen_part
from ddb_perimeter.controls.stream_poller import POLLER_TYPES, polling_roles
from ddb_perimeter.findings import Exposure, Severity
from ddb_perimeter.inventory.addresses import PUBLIC, Addresses, blocks
from ddb_perimeter.inventory.caches import CLUSTER, PLAIN_PORT, TLS_PORT
from ddb_perimeter.inventory.client_networks import (
    CLIENT_TYPES,
    client_networks,
    unseen_networks,
)
from ddb_perimeter.inventory.passage import INTERNET, admitted
from ddb_perimeter.inventory.security_groups import INGRESS
from ddb_perimeter.inventory.tables import TABLE_TYPES, tables
from ddb_perimeter.inventory.topology import network
from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddb_perimeter.controls.control import Judgment, Judgments
    from ddb_perimeter.controls.perimeter import Perimeter
    from ddb_perimeter.inventory import Inventory, Resource
    from ddb_perimeter.inventory.client_networks import ClientNetwork
    from ddb_perimeter.inventory.network import Subnet
    from ddb_perimeter.inventory.security_groups import Rule, SecurityGroup

_FLOW_LOG: Final = "AWS::EC2::FlowLog"


@control(
    id="vpc-subnet-no-public-ip",
    title="Subnets of clients and caches give out no public addresses",
    severity=Severity.MEDIUM,
    why="A host with a public address is one route away from the internet.",
    source="https://docs.aws.amazon.com/vpc/latest/userguide/subnet-public-ip.html",
    fix="Remove MapPublicIpOnLaunch, or set it to false.",
    types=CLIENT_TYPES,
)
def no_public_addresses(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    """Judge every subnet of clients and caches."""
    yield from unseen(inventory, perimeter, "subnets")
    for place in client_networks(inventory):
        for subnet in place.subnets:
            subject, public = subnet.resource.subject(), subnet.public_addresses
            if not public:
                yield holds(subject)
                continue
            evidence = subnet.resource.evidence("Properties.MapPublicIpOnLaunch")
            if isinstance(public, Unknown):
                yield unresolved(subject, "MapPublicIpOnLaunch", public, evidence=evidence)
                continue
            yield broken(
                subject,
                "MapPublicIpOnLaunch is true.",
                exposure=Exposure.WEAKENED if _routed(subnet) else Exposure.NONE,
                evidence=evidence,
            )


def _routed(subnet: Subnet) -> bool:
    table = subnet.route_table
    return not isinstance(table, Unknown) and any(route.way in INTERNET for route in table.routes)


@control(
    id="vpc-sg-not-public",
    title="No security group of the clients' VPC admits the internet",
    severity=Severity.HIGH,
    why="Whoever takes over a host that the internet can connect to is inside the perimeter: the "
    "endpoint does not tell it from any other client.",
    source="https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
    fix="Admit named groups or private ranges; put what serves the internet into another VPC.",
    types=CLIENT_TYPES,
)
def groups_not_public(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    """Judge every group by the addresses that its rules admit, however they are written."""
    yield from unseen(inventory, perimeter, "security groups")
    for place in client_networks(inventory):
        caches = {group for cache in place.caches for group in cache.known_groups}
        own = _own_ipv6(place)
        for group in place.groups:
            findings = [
                judgment
                for rule in group.ingress
                if not (group in caches and _judged_with_cache(rule))
                for judgment in _admits_internet(inventory, rule, own)
            ]
            yield from findings or [holds(group.resource.subject())]
    for unplaced in network(inventory).unplaced:
        if unplaced.resource.type == INGRESS and isinstance(unplaced.target, Unknown):
            evidence = unplaced.resource.evidence(unplaced.pointer)
            subject = unplaced.resource.subject()
            yield unresolved(subject, "The group of the rule", unplaced.target, evidence=evidence)


def _judged_with_cache(rule: Rule) -> bool:
    """Return whether dax-sg-source-only judges a rule of a cache's group already."""
    return any(rule.covers(port) is not False for port in (TLS_PORT, PLAIN_PORT))


def _own_ipv6(place: ClientNetwork) -> Addresses:
    """Return the VPC's own IPv6 addresses, which are of the public kind."""
    own = blocks(s.ipv6 for s in place.all_subnets if isinstance(s.ipv6, str) and "/" in s.ipv6)
    return Addresses() if isinstance(own, Unknown) else Addresses(v6=own.v6)


def _admits_internet(inventory: Inventory, rule: Rule, own: Addresses) -> Iterator[Judgment]:
    addresses = admitted(inventory, rule)
    public = addresses if isinstance(addresses, Unknown) else (addresses & PUBLIC) - own
    if not public:
        return
    subject, evidence = rule.resource.subject(), rule.resource.evidence(rule.pointer)
    if isinstance(public, Unknown):
        yield unresolved(subject, "Who may connect", public, evidence=evidence)
        return
    yield broken(
        subject,
        f"It admits {rule.peer}, for example {public.witness}.",
        exposure=Exposure.WEAKENED,
        evidence=evidence,
        severity=None if public.wide else Severity.MEDIUM,
    )


@control(
    id="vpc-default-sg-closed",
    title="The default security group of the clients' VPC admits nothing",
    severity=Severity.HIGH,
    why="Whatever is launched without a group gets the default one, and with it a connection to "
    "everything else that has it.",
    source="https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html",
    fix="Empty it: in CDK set the flag @aws-cdk/aws-ec2:restrictDefaultSecurityGroup, which adds "
    "the custom resource that does so; no plain CloudFormation property can.",
    types=CLIENT_TYPES,
)
def default_group_closed(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    """Judge the default group of every VPC of clients."""
    yield from unseen(inventory, perimeter, "default security group")
    for place in client_networks(inventory):
        for group in place.vpc.groups:
            if group.default:
                yield _default_group(group)


def _default_group(group: SecurityGroup) -> Judgment:
    rules = [*group.ingress, *group.egress]
    if not rules:
        return holds(group.resource.subject())
    doubts = [rule.protocol for rule in rules if isinstance(rule.protocol, Unknown)]
    if len(doubts) == len(rules):
        return unresolved(group.resource.subject(), "Its rules", doubts[0])
    added = dict.fromkeys(rule.resource.logical_id for rule in rules if rule.pointer)
    what = f"has rules: {', '.join(added)}" if added else "keeps the rules that AWS gives it"
    return broken(group.resource.subject(), f"The default security group of the VPC {what}.")


@control(
    id="vpc-dns-on",
    title="DNS is on in the clients' VPC",
    severity=Severity.MEDIUM,
    why="Clients find DynamoDB by its public name, which the VPC's resolver has to answer: without "
    "it they cannot use a gateway endpoint, and other resolvers may answer anything.",
    source="https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-ddb.html",
    fix="Set EnableDnsSupport and EnableDnsHostnames to true.",
    types=CLIENT_TYPES,
)
def dns_on(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    """Judge every VPC of clients."""
    yield from unseen(inventory, perimeter, "DNS settings")
    for place in client_networks(inventory):
        vpc = place.vpc.resource
        fine = True
        for property_, default in (("EnableDnsSupport", True), ("EnableDnsHostnames", False)):
            on = vpc.flag(property_, default=default)
            evidence = vpc.evidence(f"Properties.{property_}")
            if isinstance(on, Unknown):
                fine = False
                yield unresolved(vpc.subject(), property_, on, evidence=evidence)
            elif not on:
                fine = False
                yield broken(vpc.subject(), f"{property_} is not true.", evidence=evidence)
        if fine:
            yield holds(vpc.subject())


@control(
    id="vpc-flow-logs",
    title="Flow logs record all traffic of the clients' VPC",
    severity=Severity.MEDIUM,
    why="Calls to a cache appear in no trail: who connected to it can be seen in flow logs alone.",
    source="https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html",
    fix="Add an AWS::EC2::FlowLog for the VPC with TrafficType: ALL; declare one that exists "
    'elsewhere with existing = ["flow-logs"] in [perimeter].',
    types=(*CLIENT_TYPES, _FLOW_LOG),
)
def flow_logs(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    """Judge every VPC of clients; logs of every single subnet do as well."""
    if "flow-logs" not in perimeter.existing:
        yield from unseen(inventory, perimeter, "flow logs")
    for place in client_networks(inventory):
        vpc, subject = place.vpc, place.vpc.resource.subject()
        if "flow-logs" in perimeter.existing:
            yield holds(subject)
            continue
        logged: list[object] = []
        partial: list[Resource] = []
        for log in inventory.of_type(_FLOW_LOG):
            logged.append(log.at("ResourceId") if log.at("TrafficType") == "ALL" else None)
            if log.at("ResourceId") == vpc.id and log.at("TrafficType") != "ALL":
                partial.append(log)
        doubt = next((id_ for id_ in logged if isinstance(id_, Unknown)), None)
        if vpc.id in logged or (vpc.subnets and all(subnet.id in logged for subnet in vpc.subnets)):
            yield holds(subject)
        elif partial:
            log = partial[0]
            yield broken(
                log.subject(),
                f"TrafficType is {log.at('TrafficType')}, so part of the VPC's traffic is not "
                "recorded.",
                evidence=log.evidence("Properties.TrafficType"),
            )
        elif doubt is not None:
            yield unresolved(subject, "What a flow log records", doubt)
        else:
            yield broken(subject, "No flow log in what was checked records the VPC.")


@control(
    id="vpce-ddb-present",
    title="Each VPC with a cache has an endpoint for DynamoDB",
    severity=Severity.HIGH,
    why="Without an endpoint there is nothing that the table's policy could tell apart from the "
    "internet, and clients have no private way to the table.",
    source="https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-ddb.html",
    fix="Add an AWS::EC2::VPCEndpoint of type Gateway for com.amazonaws.REGION.dynamodb.",
    types=CLIENT_TYPES,
)
def endpoint_present(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    """Judge every VPC with a cache."""
    for resource, vpc in unseen_networks(inventory):
        if resource.type == CLUSTER and not _endpoint_in(inventory, vpc):
            yield unseen_part(resource, vpc, perimeter, "endpoints")
    for place in client_networks(inventory):
        subject = place.vpc.resource.subject()
        doubt = [e.service for e in place.endpoints if isinstance(e.service, Unknown)]
        if any(endpoint.service in {"dynamodb", "dynamodb-fips"} for endpoint in place.endpoints):
            yield holds(subject)
        elif doubt:
            yield unresolved(subject, "The service of an endpoint of the VPC", doubt[0])
        else:
            yield broken(subject, "The VPC has no endpoint for DynamoDB.")


def _endpoint_in(inventory: Inventory, vpc: object) -> bool:
    return any(endpoint.vpc == vpc for endpoint in network(inventory).endpoints_of("dynamodb"))


@control(
    id="vpce-all-private-route-tables",
    title="The DynamoDB endpoint is on every route table of private subnets and caches",
    severity=Severity.HIGH,
    why="From a subnet whose table lacks the endpoint's route, calls to DynamoDB take whatever "
    "other way there is, or fail.",
    source="https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html",
    fix="Add the route table to RouteTableIds of the gateway endpoint.",
    types=CLIENT_TYPES,
)
def on_every_route_table(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    """Judge the subnets of every VPC with a gateway endpoint."""
    yield from unseen(inventory, perimeter, "route tables")
    for place in client_networks(inventory):
        gateways = [endpoint for endpoint in place.gateways if endpoint.service == "dynamodb"]
        if not gateways:
            continue
        gateway = gateways[0].resource
        evidence = gateway.evidence("Properties.RouteTableIds")
        tables_: list[object] = []
        for endpoint in gateways:
            ids = endpoint.route_tables
            tables_.extend([ids] if isinstance(ids, Unknown) else ids)
        doubt = next((id_ for id_ in tables_ if isinstance(id_, Unknown)), None)
        lacking: list[Subnet] = []
        for subnet in dict.fromkeys([*place.private_subnets, *place.cache_subnets]):
            if isinstance(subnet.route_table, Unknown):
                table = subnet.route_table
                name = f"The route table of {subnet.resource.logical_id}"
                yield unresolved(gateway.subject(), name, table, evidence=evidence)
            elif subnet.route_table.id not in tables_:
                lacking.append(subnet)
        if lacking and doubt is not None:
            yield unresolved(gateway.subject(), "RouteTableIds", doubt, evidence=evidence)
        elif lacking:
            yield broken(
                gateway.subject(),
                f"RouteTableIds lacks the route table of {names(lacking)}.",
                exposure=Exposure.WEAKENED,
                evidence=evidence,
            )
        else:
            yield holds(gateway.subject())


@control(
    id="ddb-stream-private-path",
    title="Streams can be read through an endpoint, or by Lambda alone",
    severity=Severity.HIGH,
    why="The gateway endpoint for DynamoDB does not carry its streams: without an interface "
    "endpoint their readers go over public addresses.",
    source="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/privatelink-streams.html",
    fix="Add an interface endpoint for com.amazonaws.REGION.dynamodb-streams in the clients' VPC, "
    "let Lambda poll the stream with a role that is its alone, or switch the stream off.",
    types=(*CLIENT_TYPES, *TABLE_TYPES, *POLLER_TYPES),
)
def stream_endpoint(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    """Judge each table and replica; a stream for replication alone needs no reader."""
    served = {e.resource.region for e in network(inventory).endpoints_of("dynamodb-streams")}
    doubts = [e for e in network(inventory).endpoints if isinstance(e.service, Unknown)]
    for table in tables(inventory):
        subject = table.subject()
        property_ = "StreamSpecification.StreamViewType"
        view = table.resource.at(property_)
        evidence = table.resource.evidence(f"Properties.{property_}")
        if isinstance(view, Unknown):
            yield unresolved(subject, property_, view, evidence=evidence)
        elif view is None or table.region in served:
            yield holds(subject)
        elif table.stream_arn and polling_roles(inventory, perimeter, table.stream_arn):
            yield holds(subject)  # read inside AWS, and handed to a function
        elif doubts:
            name = doubts[0].resource.logical_id
            yield unknown(
                subject,
                f"Whether endpoint {name} serves its stream cannot be told: ServiceName is "
                f"{doubts[0].service_name}.",
                evidence=evidence,
            )
        else:
            yield broken(
                subject,
                f"Its stream ({view}) has no endpoint for dynamodb-streams in {table.region}.",
                evidence=evidence,
            )

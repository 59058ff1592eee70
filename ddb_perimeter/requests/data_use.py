"""Who works with the data: the application, the cache, AWS's own roles, whoever is exempt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ddb_perimeter.inventory.caches import CLUSTER
from ddb_perimeter.inventory.iam import identities
from ddb_perimeter.policy.actions import Plane, of_plane
from ddb_perimeter.policy.document import Policy
from ddb_perimeter.policy.layers import Layers
from ddb_perimeter.policy.patterns import opaque
from ddb_perimeter.policy.request import Caller, Kind, Origin, Path
from ddb_perimeter.policy.world import Relation
from ddb_perimeter.requests.operations import FUNCTION
from ddb_perimeter.requests.trial import INTERNET, SERVICE, Trial

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ddb_perimeter.controls.guarded import Guarded
    from ddb_perimeter.inventory.iam import Identity
    from ddb_perimeter.requests.scene import Scene


EVENT_SOURCE: Final = "AWS::Lambda::EventSourceMapping"
_CACHE_READS: Final = (*of_plane(Plane.DATA), "dynamodb:DescribeTable")
_CACHE_CALLS: Final = of_plane(Plane.DATA, service="dax")
_IN_THE_VPC: Final = Origin(Path.INTERNET, address="10.0.0.7")
"""Where clients of a cache are: they connect to its nodes, through no endpoint."""
"""Where clients of a cache are: they connect to its nodes, through no endpoint."""
_READS_A_STREAM: Final = (
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",
)
_REPLICATES: Final = (
    "dynamodb:ReadDataForReplication",
    "dynamodb:ReplicateSettings",
    "dynamodb:WriteDataForReplication",
)


def application(scene: Scene) -> Iterator[Trial]:
    """Yield what the templates' own roles may do with the data, through each endpoint."""
    for identity in scene.members():
        for guarded in scene.guarded:
            for action in guarded.actions:
                for resource in guarded.arns:
                    if scene.may(identity, action, resource):
                        yield from _through_endpoints(scene, identity, guarded, action, resource)


def _through_endpoints(
    scene: Scene, identity: Identity, guarded: Guarded, action: str, resource: str
) -> Iterator[Trial]:
    known = {each.id: each for each in guarded.surroundings.world.endpoints}
    for endpoint in map(opaque, guarded.inside):
        vpc = known[endpoint].vpc if endpoint in known else ""
        origin = Origin(
            Path.ENDPOINT,
            address="10.0.0.7",
            endpoint=endpoint,
            vpc=vpc,
            account=scene.place.world.account,
            organization=scene.place.world.organization,
        )
        yield scene.trial(
            f"the application uses the {guarded.what}",
            identity.arn or "",
            action,
            resource,
            origin,
        )


def cache(scene: Scene) -> Iterator[Trial]:
    """Yield what DAX does with its role, and what clients do with DAX."""
    for cluster in scene.here(CLUSTER):
        yield from _cache_reads(scene, cluster.at("IAMRoleARN"), cluster.arn or "")
        for identity in scene.members():
            for action in _CACHE_CALLS:
                if cluster.arn and scene.may(identity, action, cluster.arn):
                    yield scene.trial(
                        "the application uses the cache",
                        identity.arn or "",
                        action,
                        cluster.arn,
                        _IN_THE_VPC,
                    )


def _cache_reads(scene: Scene, role: object, cluster: str) -> Iterator[Trial]:
    identity = next((r for r in identities(scene.inventory).roles if r.arn == role), None)
    if identity is None or identity.arn is None:
        return
    dax = Caller(
        Kind.SERVICE,
        Relation.OURS,
        account=scene.place.world.account,
        organization=scene.place.world.organization,
        service="dax.amazonaws.com",
        source_arn=opaque(cluster),
    )
    assumed = scene.place.request(dax, "sts:AssumeRole", identity.arn, SERVICE)
    trust = Layers.of_role(Policy.read(identity.trust, "trust of the cache's role"))
    yield Trial("DAX assumes its role", assumed, trust)
    for table in scene.tables:
        for action in _CACHE_READS:
            for resource in table.arns:
                if scene.may(identity, action, resource):
                    yield scene.trial(
                        "DAX reads the table", identity.arn, action, resource, SERVICE
                    )


def service_linked(scene: Scene) -> Iterator[Trial]:
    """Yield what AWS does with its own roles: autoscaling, AWS Config, replication."""
    scaling = "dynamodb.application-autoscaling.amazonaws.com"
    config = "config.amazonaws.com/AWSServiceRoleForConfig"
    for table in scene.tables:
        arn = table.arns[0]
        for purpose, role, actions in (
            (
                "autoscaling",
                f"{scaling}/AWSServiceRoleForApplicationAutoScaling_DynamoDBTable",
                ("dynamodb:DescribeTable", "dynamodb:UpdateTable"),
            ),
            ("AWS Config", config, ("dynamodb:DescribeTable",)),
            (
                "replication",
                "replication.dynamodb.amazonaws.com/AWSServiceRoleForDynamoDBReplication",
                _REPLICATES if _is_replicated(table, scene.tables) else (),
            ),
        ):
            who = scene.place.arn("iam", f"role/aws-service-role/{role}")
            for action in actions:
                yield scene.trial(purpose, who, action, arn, SERVICE)


def streams(scene: Scene) -> Iterator[Trial]:
    """Yield what Lambda reads for a function of the templates."""
    for stream, role in pollers(scene):
        yield from _reads_of(scene, stream, role, "event source mapping")


def pollers(scene: Scene) -> Iterator[tuple[Guarded, str]]:
    """Yield the streams that functions of the templates follow, with the role of each function.

    Args:
        scene: where to look.
    """
    functions = {each.arn: each for each in scene.inventory.of_type(FUNCTION) if each.arn}
    names = {str(each.physical): each for each in functions.values()}
    for mapping in scene.inventory.of_type(EVENT_SOURCE):
        called = str(mapping.at("FunctionName"))
        function = functions.get(called) or names.get(called)
        role = function.at("Role") if function else None
        for stream in scene.streams:
            if isinstance(role, str) and mapping.at("EventSourceArn") in stream.arns:
                yield stream, role


def _reads_of(scene: Scene, stream: Guarded, who: str, purpose: str) -> Iterator[Trial]:
    # Lambda reads with a role; a user reads by hand.
    origin = SERVICE if ":role/" in who else INTERNET
    for action in _READS_A_STREAM:
        yield scene.trial(purpose, who, action, stream.arns[0], origin)


def exemptions(scene: Scene) -> Iterator[Trial]:
    """Yield what is let through on purpose: a consumer of the stream, a migration."""
    for declared in scene.perimeter.exemptions:
        if declared.expired(scene.perimeter.today) or not scene.is_member(declared.arn):
            continue
        for table in scene.tables:
            for action in table.actions:
                yield scene.trial("exemption", declared.arn, action, table.arns[0], INTERNET)
        for stream in scene.streams:
            yield from _reads_of(scene, stream, declared.arn, "exemption")


def _is_replicated(table: Guarded, tables: Iterable[Guarded]) -> bool:
    """Say whether the templates declare a replica of a table elsewhere."""
    replicas = table.resource.items("Replicas")
    several = isinstance(replicas, list) and len(replicas) > 1
    return several or any(each is not table and each.resource is table.resource for each in tables)

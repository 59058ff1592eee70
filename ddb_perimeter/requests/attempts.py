"""The requests that guardrails are there to stop, should everything below them have given way.

Each is made as if the caller's own policies allowed it and the resource's policy let everybody in,
so that nothing but an organization policy can stop it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ddb_perimeter.controls.perimeter import Duty
from ddb_perimeter.inventory.caches import CLUSTER
from ddb_perimeter.policy.document import Policy
from ddb_perimeter.policy.layers import Layers
from ddb_perimeter.policy.request import Caller, Kind
from ddb_perimeter.policy.world import Relation
from ddb_perimeter.requests import stack_sets
from ddb_perimeter.requests.data_use import pollers
from ddb_perimeter.requests.trial import INTERNET, SERVICE, Trial

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddb_perimeter.policy.request import Origin
    from ddb_perimeter.requests.scene import Scene
    from ddb_perimeter.requests.trial import Place

_OPEN: Final = Layers(resource=Policy.full_access("opened policy"))
_OTHERS: Final = ("444455556666", "111122223333")
_EVENT_RULE: Final = "AWS::Events::Rule"
_REGIONS: Final = ("us-west-2", "eu-west-3", "ap-southeast-1", "cn-north-1", "us-gov-west-1")

# What a member of the account tries that the surroundings of the table have to withstand.
_INSIDER: Final = {
    "an endpoint is created": "ec2:CreateVpcEndpoint",
    "an endpoint is changed": "ec2:ModifyVpcEndpoint",
    "an endpoint is removed": "ec2:DeleteVpcEndpoints",
    "a route is added": "ec2:CreateRoute",
    "a route is changed": "ec2:ReplaceRoute",
    "a gateway is attached": "ec2:AttachInternetGateway",
    "a NAT gateway is created": "ec2:CreateNatGateway",
    "a network is peered": "ec2:CreateVpcPeeringConnection",
    "a key is disabled": "kms:DisableKey",
    "a key is deleted": "kms:ScheduleKeyDeletion",
    "a key's policy is changed": "kms:PutKeyPolicy",
    "the trail is stopped": "cloudtrail:StopLogging",
    "the trail is changed": "cloudtrail:PutEventSelectors",
    "the trail is removed": "cloudtrail:DeleteTrail",
    "the recorder is stopped": "config:StopConfigurationRecorder",
    "a rule is removed": "config:DeleteConfigRule",
    "a cluster is created": "dax:CreateCluster",
    "a cluster's parameters are changed": "dax:UpdateParameterGroup",
    "a backup is copied": "backup:StartCopyJob",
    "a backup is restored by AWS Backup": "backup:StartRestoreJob",
}
_ON_THE_TABLE: Final = {
    "the policy is changed": "dynamodb:PutResourcePolicy",
    "the policy is removed": "dynamodb:DeleteResourcePolicy",
    "the table is exported": "dynamodb:ExportTableToPointInTime",
    "the table is streamed to Kinesis": "dynamodb:EnableKinesisStreamingDestination",
    "the table is replicated": "dynamodb:CreateTableReplica",
    "the table is replicated to another account": "dynamodb:AssociateTableReplica",
    "the table is restored to a point in time": "dynamodb:RestoreTableToPointInTime",
    "the table is restored from AWS Backup": "dynamodb:RestoreTableFromAwsBackup",
    "the table is backed up": "dynamodb:CreateBackup",
    "a table is filled from a bucket": "dynamodb:ImportTable",
}
_ROLE_TAKEOVERS: Final = (
    "iam:UpdateAssumeRolePolicy",
    "iam:PutRolePolicy",
    "iam:CreateRole",
)


def attempts(scene: Scene) -> Iterator[Trial]:
    """Yield what must not work in one account and Region.

    Args:
        scene: the account and the Region.
    """
    place = scene.place
    tables = [each.arns[0] for each in scene.tables]
    streams = [each.arns[0] for each in scene.streams]
    regions = {each.region for each in scene.inventory if each.region}
    yield from _from_outside(place, tables, streams)
    yield from _elsewhere(place, regions)
    insider = place.principal(place.arn("iam", "user/insider"))
    for purpose, action in _INSIDER.items():
        yield _attempt(place, purpose, insider, action, "*")
    for arn in tables:
        for purpose, action in _ON_THE_TABLE.items():
            yield _attempt(place, purpose, insider, action, arn)
        backup = f"{arn}/backup/01234567890123-a1b2c3d4"
        yield _attempt(
            place,
            "the table is restored from a native backup",
            insider,
            "dynamodb:RestoreTableFromBackup",
            backup,
        )
    for rule in scene.here(_EVENT_RULE):
        arn = place.arn("events", f"rule/{rule.stack}-{rule.logical_id}-EXAMPLE")
        yield _attempt(place, "an alert is switched off", insider, "events:DisableRule", arn)
    yield from _roles(scene, insider)


def _attempt(  # a request has as many parts
    place: Place,
    purpose: str,
    caller: Caller,
    action: str,
    resource: str,
    origin: Origin = INTERNET,
    context: dict[str, str] | None = None,
) -> Trial:
    return Trial(purpose, place.request(caller, action, resource, origin, context), _OPEN)


def _from_outside(place: Place, tables: list[str], streams: list[str]) -> Iterator[Trial]:
    """Yield reads from outside the network, by strangers, and by services for strangers."""
    insider = place.principal(place.arn("iam", "user/insider"))
    # Not ours: once of another account of the organization, once of a stranger's.
    other = next(each for each in _OTHERS if each != place.world.account)
    colleague = Caller(
        Kind.USER,
        Relation.ORGANIZATION,
        account=other,
        organization=place.world.organization,
        arn=place.arn("iam", "user/colleague", account=other),
    )
    stranger = Caller(
        Kind.USER,
        Relation.STRANGER,
        account=other,
        arn=place.arn("iam", "user/stranger", account=other),
    )
    deputy = Caller(Kind.SERVICE, Relation.STRANGER, account=other, service="glue.amazonaws.com")
    foreign = place.arn("dynamodb", "table/theirs", account=other)
    taken = "a table of a stranger is written to over the internet"
    yield _attempt(place, taken, insider, "dynamodb:PutItem", foreign)
    taken = "a stream of a stranger is read over the internet"
    stream = f"{foreign}/stream/2026-01-01T00:00:00.000"
    yield _attempt(place, taken, insider, "dynamodb:GetRecords", stream)
    for arn, action in (
        *((table, "dynamodb:GetItem") for table in tables),
        *((stream, "dynamodb:GetRecords") for stream in streams),
    ):
        yield _attempt(place, "read by a member over the internet", insider, action, arn)
        yield _attempt(
            place, "read by another account of ours over the internet", colleague, action, arn
        )
        yield _attempt(place, "read by a service for a stranger", deputy, action, arn, SERVICE)
    for arn in tables:
        yield _attempt(place, "looked at by a stranger", stranger, "dynamodb:DescribeTable", arn)
    cache = place.arn("dax", "cache/any")
    yield _attempt(place, "a stranger reads a cache", stranger, "dax:GetItem", cache)


def _elsewhere(place: Place, regions: set[str]) -> Iterator[Trial]:
    """Yield a table in a Region that has no stack."""
    insider = place.principal(place.arn("iam", "user/insider"))
    other = next(each for each in _REGIONS if each not in regions)
    arn = place.arn("dynamodb", "table/elsewhere", region=other)
    what = f"a table is created in {other}"
    yield _attempt(place, what, insider, "dynamodb:CreateTable", arn)


def _roles(scene: Scene, insider: Caller) -> Iterator[Trial]:
    """Yield takeovers of the roles that are exempt somewhere."""
    place = scene.place
    clusters = scene.here(CLUSTER)
    caches = {str(cluster.at("IAMRoleARN")): None for cluster in clusters}
    unknown = [stack_sets.role(scene)] if stack_sets.pattern_is_exempt(scene) else []
    for arn in (*scene.operators(*Duty), *caches, *unknown):
        if ":role/" in arn:
            for action in _ROLE_TAKEOVERS:
                what = f"the role {arn.rsplit('/', 1)[-1]} is taken over"
                yield _attempt(place, what, insider, action, arn)
    for arn in scene.operators(Duty.DEPLOY):
        if ":role/" in arn:
            to = {"iam:PassedToService": "cloudformation.amazonaws.com"}
            what = "somebody deploys with the deploying role"
            yield _attempt(place, what, insider, "iam:PassRole", arn, INTERNET, to)
    for _, arn in pollers(scene):
        to = {"iam:PassedToService": "lambda.amazonaws.com"}
        what = "another function follows the stream"
        yield _attempt(place, what, insider, "iam:PassRole", arn, INTERNET, to)
    role = place.arn("iam", "role/any")
    to = {"iam:PassedToService": "dax.amazonaws.com"}
    what = "a cluster is given a role"
    yield _attempt(place, what, insider, "iam:PassRole", role, INTERNET, to)
    for cluster in clusters:
        policy = place.arn("iam", f"policy/{cluster.stack}-CacheReadTable0A1B2C3D-EXAMPLE")
        what = "the policy of the cache's role is changed"
        yield _attempt(place, what, insider, "iam:CreatePolicyVersion", policy)

"""The buckets and keys that logs are delivered to: that they are private, and for whom they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ddb_perimeter.controls.audit import flagged
from ddb_perimeter.controls.control import (
    Judgment,
    broken,
    control,
    holds,
    unknown,
    unresolved,
)
from ddb_perimeter.controls.guarded import Surroundings
from ddb_perimeter.controls.keys import KEY, used_by_strangers
from ddb_perimeter.findings import Severity, Verdict
from ddb_perimeter.inventory.network import ENDPOINT
from ddb_perimeter.inventory.trails import TRAIL
from ddb_perimeter.policy.callers import Callers
from ddb_perimeter.policy.document import Policy
from ddb_perimeter.policy.origins import Origins
from ddb_perimeter.policy.patterns import opaque
from ddb_perimeter.policy.space import Question
from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddb_perimeter.controls.control import Judgments
    from ddb_perimeter.controls.perimeter import Perimeter
    from ddb_perimeter.inventory import Inventory, Resource

_BUCKET: Final = "AWS::S3::Bucket"
_POLICY: Final = "AWS::S3::BucketPolicy"
_CHANNEL: Final = "AWS::Config::DeliveryChannel"
_BLOCKS: Final = (
    "BlockPublicAcls",
    "BlockPublicPolicy",
    "IgnorePublicAcls",
    "RestrictPublicBuckets",
)
_PUBLIC_ACLS: Final = frozenset({"PublicRead", "PublicReadWrite", "AuthenticatedRead"})
_STRANGER: Final = "444455556666"
_USE: Final = (
    "s3:DeleteObject",
    "s3:GetBucketAcl",
    "s3:GetObject",
    "s3:ListBucket",
    "s3:PutBucketPolicy",
    "s3:PutObject",
)


@control(
    id="trail-bucket-private",
    title="The bucket of the trail is private",
    severity=Severity.CRITICAL,
    why="Log files tell a stranger which roles, tables and keys there are, and who uses them.",
    source="https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
    fix="Set all four switches of PublicAccessBlockConfiguration to true and remove AccessControl; "
    'declare a bucket of a log archive with existing = ["log-bucket"] in [perimeter].',
    types=(TRAIL, _BUCKET),
)
def bucket_private(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    """Judge the bucket of each trail."""
    for trail in inventory.of_type(TRAIL):
        bucket = _bucket(inventory, perimeter, trail, "whether it is private")
        if isinstance(bucket, Judgment):
            yield bucket
        else:
            yield from list(_public_bucket(bucket)) or [holds(bucket.subject())]


def _bucket(
    inventory: Inventory, perimeter: Perimeter, sender: Resource, what: str
) -> Resource | Judgment:
    """Return the bucket that a trail or delivery channel writes to, or why it cannot be seen."""
    name, evidence = sender.at("S3BucketName"), sender.evidence("Properties.S3BucketName")
    bucket = inventory.by_id(name, _BUCKET, near=sender)
    if bucket is not None:
        return bucket
    if "log-bucket" in perimeter.existing:
        return holds(sender.subject())
    if isinstance(name, Unknown):
        return unresolved(sender.subject(), "S3BucketName", name, evidence=evidence)
    return unknown(
        sender.subject(),
        f"Bucket {name} is not in what was checked, so {what} cannot be seen.",
        evidence=evidence,
    )


def _public_bucket(bucket: Resource) -> Iterator[Judgment]:
    for switch in _BLOCKS:
        pointer = f"PublicAccessBlockConfiguration.{switch}"
        judgment = flagged(bucket, pointer, on=bucket.flag(pointer))
        if judgment.message:
            yield judgment
    acl, evidence = bucket.at("AccessControl"), bucket.evidence("Properties.AccessControl")
    if isinstance(acl, Unknown):
        yield unresolved(bucket.subject(), "AccessControl", acl, evidence=evidence)
    elif str(acl) in _PUBLIC_ACLS:
        yield broken(bucket.subject(), f"AccessControl is {acl}.", evidence=evidence)


@control(
    id="trail-bucket-sourcearn",
    title="The trail's bucket takes log files of this account's trail, over TLS alone",
    severity=Severity.MEDIUM,
    why="CloudTrail writes for every account: a bucket that takes it without asking for whom takes "
    "forged logs of a stranger's trail beside the true ones.",
    source="https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html",
    fix="Condition what the bucket's policy grants to cloudtrail.amazonaws.com on aws:SourceArn of "
    "the trail, grant nothing to strangers, and deny requests whose aws:SecureTransport is false; "
    'declare a bucket of a log archive with existing = ["log-bucket"] in [perimeter].',
    types=(TRAIL, _BUCKET, _POLICY, ENDPOINT),
)
def trail_bucket_is_scoped(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    """Judge the bucket of each trail."""
    for trail in inventory.of_type(TRAIL):
        bucket = _bucket(inventory, perimeter, trail, "who may write to it")
        if isinstance(bucket, Judgment):
            yield bucket
        else:
            findings = list(_strangers(bucket, inventory, perimeter))
            yield from findings or [holds(bucket.subject())]


@control(
    id="trail-kms-key-policy",
    title="The trail's key encrypts for this account's trail alone",
    severity=Severity.MEDIUM,
    why="CloudTrail acts for every account: a key that takes it without asking for whom encrypts, "
    "and pays, for a stranger's trail, and whoever else may use it reads the log files.",
    source="https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html",
    fix="Condition what the key's policy grants to cloudtrail.amazonaws.com on aws:SourceArn of "
    "the trail, and on kms:EncryptionContext:aws:cloudtrail:arn; declare a key of a log archive "
    'with existing = ["log-bucket"] in [perimeter].',
    types={TRAIL, KEY, ENDPOINT},
)
def trail_key_is_scoped(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    """Judge the key of each trail that has one."""
    for trail in inventory.of_type(TRAIL):
        name, evidence = trail.at("KMSKeyId"), trail.evidence("Properties.KMSKeyId")
        key = inventory.by_id(name, KEY, near=trail)
        if name is None:
            continue  # trail-kms says so
        if key is not None:
            # What the key encrypts for is told by CloudTrail, not by whoever calls.
            other = f"arn:{trail.partition}:cloudtrail:{trail.region}:{_STRANGER}:trail/theirs"
            told = {"kms:EncryptionContext:aws:cloudtrail:arn": (other,)}
            found = used_by_strangers(key, inventory, perimeter, told=told)
            yield found or holds(key.subject())
        elif "log-bucket" in perimeter.existing:
            yield holds(trail.subject())
        elif isinstance(name, Unknown):
            yield unresolved(trail.subject(), "KMSKeyId", name, evidence=evidence)
        else:
            yield unknown(
                trail.subject(),
                f"Key {name} is not in what was checked, so who may use it cannot be seen.",
                evidence=evidence,
            )


@control(
    id="config-delivery-healthy",
    title="AWS Config delivers to a private bucket that takes this account's records alone",
    severity=Severity.MEDIUM,
    why="The recorder's files describe every table, key and role; a bucket that takes AWS Config "
    "without asking for whom takes a stranger's records beside them.",
    source="https://docs.aws.amazon.com/config/latest/developerguide/s3-bucket-policy.html",
    fix="Set all four switches of PublicAccessBlockConfiguration to true, condition what bucket "
    "and key grant to config.amazonaws.com on aws:SourceAccount, and deny requests without TLS; "
    'declare a bucket of a log archive with existing = ["log-bucket"] in [perimeter].',
    types=(_CHANNEL, _BUCKET, _POLICY, KEY, ENDPOINT),
)
def delivery_is_scoped(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    """Judge the bucket of each delivery channel, and its key where it names one."""
    for channel in inventory.of_type(_CHANNEL):
        bucket = _bucket(inventory, perimeter, channel, "whether it is private")
        findings: list[Judgment] = []
        if isinstance(bucket, Judgment):
            yield bucket
        else:
            findings += _public_bucket(bucket)
            findings += _strangers(bucket, inventory, perimeter)
        name = channel.at("S3KmsKeyArn")
        key = inventory.by_id(name, KEY, near=channel)
        if key is not None:
            found = used_by_strangers(key, inventory, perimeter)
            findings += [found] if found else []
        elif name is not None and "log-bucket" not in perimeter.existing:
            missing = name if isinstance(name, Unknown) else Unknown(str(name), "no such key")
            evidence = channel.evidence("Properties.S3KmsKeyArn")
            findings.append(
                unresolved(channel.subject(), "S3KmsKeyArn", missing, evidence=evidence)
            )
        yield from findings or [holds(channel.subject())]


def _strangers(bucket: Resource, inventory: Inventory, perimeter: Perimeter) -> Iterator[Judgment]:
    """Yield whom a bucket's policy lets in beside this account, and whether without TLS."""
    around = Surroundings.of(bucket, bucket.region, inventory, perimeter)
    own = [
        each
        for each in inventory.of_type(_POLICY)
        if inventory.by_id(each.at("Bucket"), _BUCKET, near=each) is bucket
    ]
    policy = Policy((), "bucket policy")
    place, pointer = bucket, ""
    if own:
        place, pointer = own[0], "Properties.PolicyDocument"
        policy = Policy.read(place.at("PolicyDocument"), "bucket policy")
    evidence = place.evidence(pointer)
    targets = (bucket.arn or "*", *_objects(policy, bucket.arn or "*"))
    strangers = Callers.strangers(services=True)
    granted = around.prover.none_granted(
        Question(strangers, Origins.anywhere(), _USE, targets), policy
    )
    plain = around.prover.every_denied(
        Question(
            Callers.anyone().but_services(),
            Origins.anywhere(),
            _USE,
            targets,
            {"aws:SecureTransport": ("false",)},
        ),
        policy,
    )
    for answer in (granted, plain):
        if answer.verdict is Verdict.UNKNOWN:
            yield unknown(place.subject(), answer.why, evidence=evidence)
    if granted.verdict is Verdict.BROKEN:
        request = granted.request
        service = request.caller.service if request else ""
        who = f"{service}, on behalf of any account," if service else "strangers"
        if len(granted.statements) == 1:
            statement = granted.statements[0]
            evidence = place.evidence(f"{pointer}.Statement[{statement.index}]", statement.sid)
        yield broken(
            place.subject(),
            f"The bucket's policy lets {who} call {request.action if request else 's3:*'}.",
            evidence=evidence,
            counterexample=granted.counterexample,
        )
    if plain.verdict is Verdict.BROKEN:
        yield broken(
            place.subject(),
            "The bucket answers over plain HTTP.",
            evidence=place.evidence(pointer),
            counterexample=plain.counterexample,
        )


def _objects(policy: Policy, bucket: str) -> list[str]:
    """Return an object for every part of a bucket that its policy tells apart."""
    written = [
        value
        for statement in policy.statements
        for value in statement.resources or ()
        if isinstance(value, str) and "$" not in value
    ]
    inside = [value for value in written if value.startswith(f"{opaque(bucket)}/")]
    filled = [value.replace("*", "x").replace("?", "x") for value in inside]
    return list(dict.fromkeys([f"{bucket}/x", *filled]))

"""CloudTrail's trails, and the buckets that logs are written to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ddb_perimeter.inventory.live import calls
from ddb_perimeter.inventory.live.place import document, told
from ddb_perimeter.inventory.trails import TRAIL
from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ddb_perimeter.inventory.live.place import Place
    from ddb_perimeter.inventory.resource import Resource

_BUCKET: Final = "AWS::S3::Bucket"
_BUCKET_POLICY: Final = "AWS::S3::BucketPolicy"
_EVERYBODY: Final = "http://acs.amazonaws.com/groups/global/AllUsers"
_ANY_ACCOUNT: Final = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"
_LOG_DELIVERY: Final = "http://acs.amazonaws.com/groups/s3/LogDelivery"
_OPEN: Final = {
    (_EVERYBODY, "WRITE"): "PublicReadWrite",
    (_EVERYBODY, "WRITE_ACP"): "PublicReadWrite",
    (_EVERYBODY, "FULL_CONTROL"): "PublicReadWrite",
    (_EVERYBODY, "READ"): "PublicRead",
    (_ANY_ACCOUNT, "READ"): "AuthenticatedRead",
    (_ANY_ACCOUNT, "WRITE"): "AuthenticatedRead",
    (_ANY_ACCOUNT, "WRITE_ACP"): "AuthenticatedRead",
    (_ANY_ACCOUNT, "FULL_CONTROL"): "AuthenticatedRead",
}
_ACCOUNT_FIELD: Final = 4  # of an ARN


def read_trails(place: Place) -> list[Resource]:
    """Read every trail that watches a Region, also those of other Regions and organizations.

    Args:
        place: the Region; a trail that another one has told already is left to it.
    """
    found = place.list(calls.DESCRIBE_TRAILS, includeShadowTrails=True)
    return [_trail(place, each) for each in found if place.requests.claim(each["TrailARN"])]


def _trail(place: Place, trail: dict[str, Any]) -> Resource:
    arn = str(trail["TrailARN"])
    home = place.at(str(trail.get("HomeRegion") or place.region), arn.split(":")[_ACCOUNT_FIELD])
    # Any Region may be the first to tell about it. Its own one answers best, but an organization's
    # may be one that is not enabled here.
    asked = home if home.account == place.account else place
    status = asked.ask(calls.GET_TRAIL_STATUS, arn, Name=arn)
    selectors = asked.ask(calls.GET_EVENT_SELECTORS, arn, TrailName=arn)
    properties = {
        "TrailName": trail.get("Name"),
        "IsLogging": told(status, "IsLogging"),
        "IsMultiRegionTrail": trail.get("IsMultiRegionTrail"),
        "IsOrganizationTrail": trail.get("IsOrganizationTrail"),
        "IncludeGlobalServiceEvents": trail.get("IncludeGlobalServiceEvents"),
        "EnableLogFileValidation": trail.get("LogFileValidationEnabled"),
        "KMSKeyId": trail.get("KmsKeyId"),
        "S3BucketName": trail.get("S3BucketName"),
        "S3KeyPrefix": trail.get("S3KeyPrefix"),
        "CloudWatchLogsLogGroupArn": trail.get("CloudWatchLogsLogGroupArn"),
        "CloudWatchLogsRoleArn": trail.get("CloudWatchLogsRoleArn"),
        "EventSelectors": told(selectors, "EventSelectors") or None,
        "AdvancedEventSelectors": told(selectors, "AdvancedEventSelectors") or None,
    }
    return home.resource(TRAIL, str(trail["Name"]), properties, Arn=arn)


def own_buckets(place: Place, resources: Iterable[Resource]) -> list[str]:
    """Return those of the buckets that logs are written to that are the account's own.

    Others are their owners' to show; what another Region has told already is left to it.

    Args:
        place: where the calls are made.
        resources: trails and delivery channels.
    """
    named = (each.at("S3BucketName") for each in resources)
    fresh = [
        name
        for name in dict.fromkeys(named)
        if isinstance(name, str) and place.requests.claim(f"arn:{place.partition}:s3:::{name}")
    ]
    own = {each["Name"] for each in place.list(calls.LIST_BUCKETS)} if fresh else set()
    return [name for name in fresh if name in own]


def read_bucket(place: Place, name: str) -> Iterator[Resource]:
    """Read a bucket, and its policy.

    Args:
        place: where the calls are made.
        name: its name.
    """
    arn = f"arn:{place.partition}:s3:::{name}"
    versioning = place.ask(calls.GET_BUCKET_VERSIONING, arn, Bucket=name)
    status = told(versioning, "Status")
    properties = {
        "BucketName": name,
        "PublicAccessBlockConfiguration": told(
            place.ask(calls.GET_PUBLIC_ACCESS_BLOCK, arn, Bucket=name),
            "PublicAccessBlockConfiguration",
        ),
        "AccessControl": _grants(place.ask(calls.GET_BUCKET_ACL, arn, Bucket=name)),
        "BucketEncryption": _encryption(place.ask(calls.GET_BUCKET_ENCRYPTION, arn, Bucket=name)),
        "VersioningConfiguration": {"Status": status} if isinstance(status, str) else status,
    }
    yield place.resource(_BUCKET, name, properties, Arn=arn)
    answer = place.ask(calls.GET_BUCKET_POLICY, arn, Bucket=name)
    policy = document(told(answer, "Policy"))
    if policy is not None:
        yield place.resource(
            _BUCKET_POLICY, f"policy of {name}", {"Bucket": name, "PolicyDocument": policy}
        )


def _grants(answer: dict[str, Any] | Unknown | None) -> object:
    """Return the canned ACL that lets in as many as the grants do; None when only the owner.

    No canned ACL names a stranger's account: what lets one in is `Unknown`.
    """
    if isinstance(answer, Unknown):
        return answer
    given = {
        (told(grant, "Grantee", "URI") or told(grant, "Grantee", "ID"), grant.get("Permission"))
        for grant in told(answer, "Grants") or ()
    }
    for grant, name in _OPEN.items():
        if grant in given:
            return name
    own = {told(answer, "Owner", "ID"), _LOG_DELIVERY}
    others = sorted(f"{permission} to {who}" for who, permission in given if who not in own)
    return Unknown(others[0], "its ACL lets in others than the owner") if others else None


def _encryption(answer: dict[str, Any] | Unknown | None) -> object:
    configuration = told(answer, "ServerSideEncryptionConfiguration")
    if configuration is None or isinstance(configuration, Unknown):
        return configuration
    rules = [
        {
            "BucketKeyEnabled": rule.get("BucketKeyEnabled"),
            "ServerSideEncryptionByDefault": rule.get("ApplyServerSideEncryptionByDefault"),
        }
        for rule in configuration.get("Rules") or ()
    ]
    return {"ServerSideEncryptionConfiguration": rules}

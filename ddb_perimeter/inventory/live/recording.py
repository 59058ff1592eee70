"""AWS Config: its recorder, delivery channel, rules and what these say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ddb_perimeter.inventory.live import calls
from ddb_perimeter.inventory.live.place import told
from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ddb_perimeter.inventory.live.place import Place
    from ddb_perimeter.inventory.resource import Resource

_RECORDER: Final = "AWS::Config::ConfigurationRecorder"
_CHANNEL: Final = "AWS::Config::DeliveryChannel"
_RULE: Final = "AWS::Config::ConfigRule"
_GROUP: Final = (
    ("allSupported", "AllSupported"),
    ("includeGlobalResourceTypes", "IncludeGlobalResourceTypes"),
    ("resourceTypes", "ResourceTypes"),
)


def read_recording(place: Place) -> Iterator[Resource]:
    """Read what AWS Config records and judges in a Region.

    Args:
        place: the Region.
    """
    recorders = place.list(calls.DESCRIBE_CONFIGURATION_RECORDERS)
    if recorders:
        started = _started(place)
        yield from (_recorder(place, each, started) for each in recorders)
    for channel in place.list(calls.DESCRIBE_DELIVERY_CHANNELS):
        properties = {
            "Name": channel.get("name"),
            "S3BucketName": channel.get("s3BucketName"),
            "S3KeyPrefix": channel.get("s3KeyPrefix"),
            "S3KmsKeyArn": channel.get("s3KmsKeyArn"),
            "SnsTopicARN": channel.get("snsTopicARN"),
        }
        yield place.resource(_CHANNEL, str(channel["name"]), properties)
    rules = place.list(calls.DESCRIBE_CONFIG_RULES)
    if rules:
        said = _compliance(place)
        yield from (_rule(place, each, said) for each in rules)


def _started(place: Place) -> Mapping[str, bool] | Unknown:
    found = place.requests.items(calls.DESCRIBE_CONFIGURATION_RECORDER_STATUS, place.region, "", {})
    if isinstance(found, Unknown):
        return found
    return {each["name"]: bool(each.get("recording")) for each in found}


def _recorder(
    place: Place, recorder: dict[str, Any], started: Mapping[str, bool] | Unknown
) -> Resource:
    group = recorder.get("recordingGroup") or {}
    recording: dict[str, object] = {new: group[old] for old, new in _GROUP if old in group}
    excluded = told(group, "exclusionByResourceTypes", "resourceTypes")
    if excluded:
        recording["ExclusionByResourceTypes"] = {"ResourceTypes": excluded}
    strategy = told(group, "recordingStrategy", "useOnly")
    if strategy:
        recording["RecordingStrategy"] = {"UseOnly": strategy}
    name = str(recorder["name"])
    on = started if isinstance(started, Unknown) else started.get(name, False)
    properties = {
        "Name": name,
        "RoleARN": recorder.get("roleARN"),
        "RecordingGroup": recording or None,
        "StartedOnCreate": on,
    }
    return place.resource(_RECORDER, name, properties)


def _compliance(place: Place) -> Mapping[str, str] | Unknown:
    found = place.requests.items(calls.DESCRIBE_COMPLIANCE_BY_CONFIG_RULE, place.region, "", {})
    if isinstance(found, Unknown):
        return found
    return {each["ConfigRuleName"]: told(each, "Compliance", "ComplianceType") for each in found}


def _rule(place: Place, rule: dict[str, Any], said: Mapping[str, str] | Unknown) -> Resource:
    name = str(rule["ConfigRuleName"])
    scope = rule.get("Scope") or None
    properties = {
        "ConfigRuleName": name,
        "Description": rule.get("Description"),
        "InputParameters": rule.get("InputParameters") or None,
        "MaximumExecutionFrequency": rule.get("MaximumExecutionFrequency"),
        "Scope": scope,
        "Source": rule.get("Source"),
    }
    compliance = said if isinstance(said, Unknown) else said.get(name, "INSUFFICIENT_DATA")
    return place.resource(
        _RULE,
        name,
        properties,
        Arn=rule.get("ConfigRuleArn"),
        **{"Compliance.Type": compliance},
    )

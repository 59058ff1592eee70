"""Creates log groups, buckets, the trail, and AWS Config's recorder and rules."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from tests.live.emulation.deployment import tags

if TYPE_CHECKING:
    from tests.live.emulation.deployment import Create, Place, Properties

_HOME: Final = "us-east-1"
"""Where S3 makes buckets that name no location."""


def log_group(place: Place, properties: Properties) -> str:
    """Create a log group."""
    logs = place.client("logs")
    name = place.generated_name
    logs.create_log_group(
        logGroupName=name,
        kmsKeyId=properties["KmsKeyId"],
        tags={tag["Key"]: tag["Value"] for tag in tags(properties)},
    )
    logs.put_retention_policy(logGroupName=name, retentionInDays=properties["RetentionInDays"])
    return name


def bucket(place: Place, properties: Properties) -> str:
    """Create a bucket and what is said about it, but for its access log.

    moto demands a policy of the log's bucket that it then cannot read, and no control asks for it.
    """
    s3 = place.client("s3")
    name = place.generated_name.lower()[-63:]
    (ownership,) = properties["OwnershipControls"]["Rules"]
    s3.create_bucket(
        Bucket=name,
        ObjectOwnership=ownership["ObjectOwnership"],
        **(
            {"CreateBucketConfiguration": {"LocationConstraint": place.resource.region}}
            if place.resource.region != _HOME
            else {}
        ),
    )
    (rule,) = properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    s3.put_bucket_encryption(
        Bucket=name,
        ServerSideEncryptionConfiguration={
            "Rules": [
                {
                    "ApplyServerSideEncryptionByDefault": rule["ServerSideEncryptionByDefault"],
                    "BucketKeyEnabled": rule["BucketKeyEnabled"],
                }
            ]
        },
    )
    s3.put_public_access_block(
        Bucket=name,
        PublicAccessBlockConfiguration=properties["PublicAccessBlockConfiguration"],
    )
    s3.put_bucket_versioning(
        Bucket=name, VersioningConfiguration=properties["VersioningConfiguration"]
    )
    s3.put_bucket_lifecycle_configuration(
        Bucket=name,
        LifecycleConfiguration={
            "Rules": [_lifecycle(each) for each in properties["LifecycleConfiguration"]["Rules"]]
        },
    )
    return name


def _lifecycle(rule: Properties) -> dict[str, object]:
    return {
        "ID": rule["Id"],
        "Status": rule["Status"],
        "Filter": {"Prefix": ""},
        "Expiration": {"Days": rule["ExpirationInDays"]},
        "NoncurrentVersionExpiration": rule["NoncurrentVersionExpiration"],
        "AbortIncompleteMultipartUpload": rule["AbortIncompleteMultipartUpload"],
    }


def bucket_policy(place: Place, properties: Properties) -> str:
    """Give a bucket its policy."""
    place.client("s3").put_bucket_policy(
        Bucket=properties["Bucket"], Policy=json.dumps(properties["PolicyDocument"])
    )
    return ""


def trail(place: Place, properties: Properties) -> str:
    """Create a trail, say what it records, and start it."""
    cloudtrail = place.client("cloudtrail")
    name = str(properties["TrailName"])
    cloudtrail.create_trail(
        Name=name,
        S3BucketName=properties["S3BucketName"],
        IncludeGlobalServiceEvents=properties["IncludeGlobalServiceEvents"],
        IsMultiRegionTrail=properties["IsMultiRegionTrail"],
        EnableLogFileValidation=properties["EnableLogFileValidation"],
        CloudWatchLogsLogGroupArn=properties["CloudWatchLogsLogGroupArn"],
        CloudWatchLogsRoleArn=properties["CloudWatchLogsRoleArn"],
        KmsKeyId=properties["KMSKeyId"],
        TagsList=tags(properties),
    )
    cloudtrail.put_event_selectors(
        TrailName=name, AdvancedEventSelectors=properties["AdvancedEventSelectors"]
    )
    if properties["IsLogging"]:
        cloudtrail.start_logging(Name=name)
    return name


def recorder(place: Place, properties: Properties) -> str:
    """Create the recorder; `channel` starts it, since it needs somewhere to deliver."""
    group = properties["RecordingGroup"]
    place.client("config").put_configuration_recorder(
        ConfigurationRecorder={
            "name": "default",
            "roleARN": properties["RoleARN"],
            "recordingGroup": {key[0].lower() + key[1:]: value for key, value in group.items()},
        }
    )
    return "default"


def channel(place: Place, properties: Properties) -> str:
    """Create the delivery channel and start the recorder, as CloudFormation does."""
    config = place.client("config")
    config.put_delivery_channel(
        DeliveryChannel={
            "name": "default",
            "s3BucketName": properties["S3BucketName"],
            "s3KmsKeyArn": properties["S3KmsKeyArn"],
        }
    )
    config.start_configuration_recorder(ConfigurationRecorderName="default")
    return "default"


def config_rule(place: Place, properties: Properties) -> str:
    """Create a rule."""
    kept = ("Description", "Scope", "Source")
    parameters = properties.get("InputParameters")
    name = place.generated_name
    place.client("config").put_config_rule(
        ConfigRule={
            "ConfigRuleName": name,
            **{key: properties[key] for key in kept if key in properties},
            **({"InputParameters": json.dumps(parameters)} if parameters else {}),
        }
    )
    return name


CREATORS: Final[dict[str, Create]] = {
    "AWS::Logs::LogGroup": log_group,
    "AWS::S3::Bucket": bucket,
    "AWS::S3::BucketPolicy": bucket_policy,
    "AWS::CloudTrail::Trail": trail,
    "AWS::Config::ConfigurationRecorder": recorder,
    "AWS::Config::DeliveryChannel": channel,
    "AWS::Config::ConfigRule": config_rule,
}

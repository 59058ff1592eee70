"""What watches and records: alarms, topics, log groups, buckets, functions, permissions."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING, Any

from rehearsal.comparison import differences
from rehearsal.readers.reader import document, optional, own_tags, tag_list

if TYPE_CHECKING:
    from rehearsal.account import Account
    from rehearsal.readers.reader import Properties


def alarm(account: Account, physical_id: str) -> Properties:
    """Return an ``AWS::CloudWatch::Alarm``."""
    client = account.client("cloudwatch")
    (told,) = client.describe_alarms(AlarmNames=[physical_id])["MetricAlarms"]
    tags = client.list_tags_for_resource(ResourceARN=told["AlarmArn"])["Tags"]
    return {**told, "Threshold": f"{told['Threshold']:g}", "Tags": own_tags(tags)}


def topic(account: Account, physical_id: str) -> Properties:
    """Return an ``AWS::SNS::Topic``."""
    client = account.client("sns")
    tags = client.list_tags_for_resource(ResourceArn=physical_id)["Tags"]
    return {
        **client.get_topic_attributes(TopicArn=physical_id)["Attributes"],
        "Tags": own_tags(tags),
    }


def log_group(account: Account, physical_id: str) -> Properties:
    """Return an ``AWS::Logs::LogGroup``."""
    client = account.client("logs")
    (told,) = (
        group
        for page in account.pages("logs", "describe_log_groups", logGroupNamePrefix=physical_id)
        for group in page["logGroups"]
        if group["logGroupName"] == physical_id
    )
    tags = client.list_tags_for_resource(resourceArn=told["logGroupArn"])["tags"]
    return {
        "LogGroupName": physical_id,
        "KmsKeyId": told.get("kmsKeyId"),
        "RetentionInDays": told.get("retentionInDays"),
        "LogGroupClass": told.get("logGroupClass"),
        "Tags": tag_list(tags),
    }


def metric_filter(account: Account, physical_id: str) -> Properties:
    """Return an ``AWS::Logs::MetricFilter``."""
    (told,) = (
        found
        for page in account.pages("logs", "describe_metric_filters", filterNamePrefix=physical_id)
        for found in page["metricFilters"]
        if found["filterName"] == physical_id
    )
    return {
        "FilterPattern": told["filterPattern"],
        "LogGroupName": told["logGroupName"],
        "MetricTransformations": [
            {f"{name[0].upper()}{name[1:]}": value for name, value in each.items()}
            for each in told["metricTransformations"]
        ],
    }


def event_rule(account: Account, physical_id: str) -> Properties:
    """Return an ``AWS::Events::Rule``."""
    client = account.client("events")
    told = client.describe_rule(Name=physical_id)
    tags = client.list_tags_for_resource(ResourceARN=told["Arn"])["Tags"]
    return {
        **told,
        "EventPattern": document(told.get("EventPattern")),
        "Targets": client.list_targets_by_rule(Rule=physical_id)["Targets"],
        "Tags": own_tags(tags),
    }


def bucket(account: Account, physical_id: str) -> Properties:
    """Return an ``AWS::S3::Bucket``."""
    client = account.client("s3")

    def ask(call: str) -> Any:  # noqa: ANN401 - as boto3
        return optional(getattr(client, call), Bucket=physical_id)

    rules = ask("get_bucket_encryption").get("ServerSideEncryptionConfiguration", {})
    logging = ask("get_bucket_logging").get("LoggingEnabled", {})
    return {
        "BucketName": physical_id,
        "BucketEncryption": {
            "ServerSideEncryptionConfiguration": [
                {
                    **rule,
                    "ServerSideEncryptionByDefault": rule["ApplyServerSideEncryptionByDefault"],
                }
                for rule in rules.get("Rules", [])
            ]
        },
        "LifecycleConfiguration": {
            "Rules": [
                {
                    **rule,
                    "Id": rule.get("ID"),
                    "ExpirationInDays": rule.get("Expiration", {}).get("Days"),
                }
                for rule in ask("get_bucket_lifecycle_configuration").get("Rules", [])
            ]
        },
        "LoggingConfiguration": {
            "DestinationBucketName": logging.get("TargetBucket"),
            "LogFilePrefix": logging.get("TargetPrefix"),
        },
        "OwnershipControls": ask("get_bucket_ownership_controls").get("OwnershipControls"),
        "PublicAccessBlockConfiguration": ask("get_public_access_block").get(
            "PublicAccessBlockConfiguration"
        ),
        "VersioningConfiguration": ask("get_bucket_versioning"),
        "Tags": own_tags(ask("get_bucket_tagging").get("TagSet", [])),
    }


def bucket_policy(account: Account, promised: Properties) -> Properties:
    """Return the ``AWS::S3::BucketPolicy`` of the bucket that a template names."""
    name = promised["Bucket"]
    told = optional(account.client("s3").get_bucket_policy, Bucket=name)
    return {"Bucket": name, "PolicyDocument": document(told["Policy"])} if told else {}


def topic_policy(account: Account, promised: Properties) -> Properties:
    """Return the ``AWS::SNS::TopicPolicy`` of the topic that a template names."""
    (arn,) = promised["Topics"]
    told = account.client("sns").get_topic_attributes(TopicArn=arn)["Attributes"]
    return {"Topics": [arn], "PolicyDocument": document(told.get("Policy"))}


def function(account: Account, physical_id: str) -> Properties:
    """Return an ``AWS::Lambda::Function``, its code as the hash that the service tells."""
    told = account.client("lambda").get_function(FunctionName=physical_id)
    return {
        **told["Configuration"],
        "Code": {"CodeSha256": told["Configuration"]["CodeSha256"]},
        "Tags": tag_list(told.get("Tags", {})),
    }


def permission(account: Account, promised: Properties) -> Properties:
    """Return an ``AWS::Lambda::Permission``: the statement of the function that says the same."""
    name = promised["FunctionName"]
    told = optional(account.client("lambda").get_policy, FunctionName=name)
    policy: Properties = json.loads(told["Policy"]) if told else {"Statement": []}
    found = [_permission(statement, name) for statement in policy["Statement"]]
    return next((each for each in found if not differences(promised, each)), {})


def _permission(statement: Properties, name: str) -> Properties:
    condition = statement.get("Condition", {})
    principal = statement["Principal"]
    return {
        "Action": statement["Action"],
        "FunctionName": name,
        "Principal": next(iter(principal.values())) if isinstance(principal, dict) else principal,
        "SourceAccount": condition.get("StringEquals", {}).get("AWS:SourceAccount"),
        "SourceArn": condition.get("ArnLike", {}).get("AWS:SourceArn"),
    }


def published_code(account: Account, code: Properties) -> Properties:
    """Return the code of a function as the hash of what was published for it.

    Args:
        account: where it was published.
        code: what a template says of it: bucket and key.
    """
    body = account.client("s3").get_object(Bucket=code["S3Bucket"], Key=code["S3Key"])["Body"]
    return {"CodeSha256": base64.b64encode(hashlib.sha256(body.read()).digest()).decode()}

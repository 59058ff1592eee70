"""Tables, keys, identities, caches and functions of the recorded account."""

from __future__ import annotations

import json
from typing import Any, Final

from tests.live.reader.names import (
    ACCOUNT,
    AWS_POLICY,
    CACHE_ROLE,
    FUNCTION,
    GATEWAY,
    GROUP,
    KEY,
    READER,
    REGION,
    REMOVED,
    STREAM,
    STREAMS,
    SUBNET,
    TABLE,
    VPC,
    WHEN,
    role,
    statement,
)

DENY: Final = statement(
    "Deny",
    "dynamodb:GetItem",
    Principal="*",
    Condition={
        "StringNotEquals": {"aws:SourceVpce": [GATEWAY, STREAMS]},
        "ArnNotLike": {"aws:PrincipalArn": [CACHE_ROLE, REMOVED]},
    },
)
_READS: Final = ("dynamodb:GetItem", "dynamodb:Query")
_ATTRIBUTE: Final = [{"AttributeName": "pk", "KeyType": "HASH"}]

TABLES: Final[dict[str, dict[str, Any]]] = {
    "archive": {"TableName": "archive", "TableArn": f"{TABLE[:-6]}archive"},
    "orders": {
        "TableName": "orders",
        "TableArn": TABLE,
        "KeySchema": _ATTRIBUTE,
        "BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"},
        "DeletionProtectionEnabled": True,
        "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
        "LatestStreamArn": STREAM,
        "SSEDescription": {"Status": "ENABLED", "SSEType": "KMS", "KMSMasterKeyArn": KEY},
        "GlobalSecondaryIndexes": [{"IndexName": "by-day", "KeySchema": _ATTRIBUTE}],
        "Replicas": [{"RegionName": "eu-central-1", "ReplicaStatus": "ACTIVE"}],
    },
}

DATA: Final[dict[str, dict[str, Any]]] = {
    "dynamodb:ListTables": {"TableNames": list(TABLES)},
    "dynamodb:DescribeContinuousBackups": {
        "ContinuousBackupsDescription": {
            "ContinuousBackupsStatus": "ENABLED",
            "PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": "ENABLED"},
        }
    },
    "dynamodb:GetResourcePolicy": {"Policy": DENY, "RevisionId": "1"},
    "dynamodb:DescribeKinesisStreamingDestination": {
        "TableName": "orders",
        "KinesisDataStreamDestinations": [
            {
                "StreamArn": f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/old",
                "DestinationStatus": "DISABLED",
            },
            {
                "StreamArn": f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/new",
                "DestinationStatus": "ACTIVE",
            },
        ],
    },
    "dynamodb:ListTagsOfResource": {
        "Tags": [{"Key": "a", "Value": "1"}, {"Key": "backup", "Value": "yes"}]
    },
    "dynamodb:ListContributorInsights": {
        "ContributorInsightsSummaries": [
            {"TableName": "orders", "ContributorInsightsStatus": "DISABLED"},
            {
                "TableName": "orders",
                "IndexName": "by-day",
                "ContributorInsightsStatus": "ENABLED",
            },
        ]
    },
    "dynamodb:ListExports": {
        "ExportSummaries": [
            {"ExportArn": f"{TABLE}/export/01-a", "ExportStatus": "COMPLETED"},
            {"ExportArn": f"{TABLE}/export/02-b", "ExportStatus": "FAILED"},
            {"ExportArn": f"{TABLE}-2/export/03-c", "ExportStatus": "COMPLETED"},
        ]
    },
    "dynamodb:DescribeExport": {
        "ExportDescription": {
            "ExportArn": f"{TABLE}/export/01-a",
            "ExportStatus": "COMPLETED",
            "TableArn": TABLE,
            "S3Bucket": "lake",
            "S3BucketOwner": ACCOUNT,
        }
    },
    "application-autoscaling:DescribeScalableTargets": {
        "ScalableTargets": [
            {
                "ServiceNamespace": "dynamodb",
                "ResourceId": f"table/{name}",
                "ScalableDimension": "dynamodb:table:ReadCapacityUnits",
                "MinCapacity": 1,
                "MaxCapacity": 9,
                "RoleARN": f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/scaling",
                "CreationTime": WHEN,
            }
            for name in TABLES
        ]
    },
    "kms:GetKeyPolicy": {"Policy": statement("Allow", "kms:*", Principal="*"), "PolicyName": "x"},
    "kms:GetKeyRotationStatus": {"KeyRotationEnabled": False},
    "iam:GetAccountAuthorizationDetails": {
        "UserDetailList": [
            {"UserName": name, "Arn": f"arn:aws:iam::{ACCOUNT}:user/{name}", "GroupList": groups}
            for name, groups in (("nobody", []), ("analyst", ["analysts"]))
        ],
        "GroupDetailList": [
            {"GroupName": name, "Arn": f"arn:aws:iam::{ACCOUNT}:group/{name}", **policies}
            for name, policies in (
                ("idle", {}),
                (
                    "analysts",
                    {
                        "GroupPolicyList": [
                            {
                                "PolicyName": "inline",
                                "PolicyDocument": json.loads(statement("Allow", _READS, TABLE)),
                            }
                        ]
                    },
                ),
            )
        ],
        "RoleDetailList": [
            role("unrelated", "ec2.amazonaws.com", statement("Allow", "s3:*")),
            role("linked", "ec2.amazonaws.com") | {"Path": "/aws-service-role/"},
            role("cache", "dax.amazonaws.com", statement("Allow", _READS, TABLE)),
            role("reader", "lambda.amazonaws.com")
            | {
                "AttachedManagedPolicies": [
                    {"PolicyName": "SampleReadOnly", "PolicyArn": AWS_POLICY}
                ],
            },
        ],
        "Policies": [
            {
                "PolicyName": name,
                "Arn": arn,
                "PolicyVersionList": [
                    {"VersionId": "v1", "IsDefaultVersion": False, "Document": {}},
                    {
                        "VersionId": "v2",
                        "IsDefaultVersion": True,
                        "Document": json.loads(statement("Allow", _READS)),
                    },
                ],
            }
            for name, arn in (("Idle", f"{AWS_POLICY}2"), ("SampleReadOnly", AWS_POLICY))
        ],
    },
    "iam:ListAccessKeys": {
        "AccessKeyMetadata": [
            {"UserName": "analyst", "AccessKeyId": f"AKIAEXAMPLEEXAMPLE{number}", "Status": status}
            for number, status in enumerate(("Inactive", "Active"))
        ]
    },
    "dax:DescribeClusters": {
        "Clusters": [
            {
                "ClusterName": name,
                "ClusterArn": f"arn:aws:dax:{REGION}:{ACCOUNT}:cache/{name}",
                "NodeType": "dax.t3.small",
                "TotalNodes": 1,
                "Nodes": [{"NodeId": "a", "AvailabilityZone": f"{REGION}a"}],
                "IamRoleArn": arn,
                "SubnetGroup": "caches",
                "SecurityGroups": [{"SecurityGroupIdentifier": GROUP, "Status": "active"}],
                "ParameterGroup": {"ParameterGroupName": "short"},
                "SSEDescription": {"Status": "DISABLED"},
                "ClusterEndpointEncryptionType": "NONE",
            }
            for name, arn in (("other", READER.replace("reader", "unrelated")), ("own", CACHE_ROLE))
        ]
    },
    "dax:DescribeSubnetGroups": {
        "SubnetGroups": [
            {"SubnetGroupName": name, "VpcId": VPC, "Subnets": [{"SubnetIdentifier": SUBNET}]}
            for name in ("default", "caches")
        ]
    },
    "dax:DescribeParameters": {
        "Parameters": [
            {"ParameterName": name, "ParameterValue": "900000"}
            for name in ("query-ttl-millis", "record-ttl-millis")
        ]
    },
    "lambda:ListFunctions": {
        "Functions": [
            {
                "FunctionName": "unrelated",
                "FunctionArn": f"{FUNCTION}2",
                "Role": READER.replace("reader", "unrelated"),
            },
            {"FunctionName": "consumer", "FunctionArn": FUNCTION, "Role": READER},
        ]
    },
    "lambda:ListFunctionUrlConfigs": {
        "FunctionUrlConfigs": [
            {
                "FunctionUrl": "https://abcdefghijklmnop.lambda-url.eu-west-1.on.aws/",
                "FunctionArn": FUNCTION,
                "AuthType": kind,
                "CreationTime": WHEN,
                "LastModifiedTime": WHEN,
            }
            for kind in ("AWS_IAM", "NONE")
        ]
    },
    "lambda:ListEventSourceMappings": {
        "EventSourceMappings": [
            {
                "UUID": f"00000000-0000-0000-0000-00000000000{number}",
                "EventSourceArn": source,
                "FunctionArn": FUNCTION,
                "State": "Enabled",
            }
            for number, source in enumerate((f"{STREAM}2", STREAM))
        ]
    },
    "lambda:GetPolicy": {
        "Policy": json.dumps(
            {
                "Statement": [
                    {
                        "Sid": "pinned",
                        "Effect": "Allow",
                        "Principal": {"Service": "sns.amazonaws.com"},
                        "Action": "lambda:InvokeFunction",
                        "Resource": FUNCTION,
                        "Condition": {"StringEquals": {"AWS:SourceAccount": ACCOUNT}},
                    },
                    {
                        "Sid": "open",
                        "Effect": "Allow",
                        "Principal": "*",
                        "Action": "lambda:InvokeFunction",
                        "Resource": FUNCTION,
                        "Condition": {"StringNotEquals": {"aws:SourceAccount": ACCOUNT}},
                    },
                ]
            }
        )
    },
}

"""CloudTrail records as EventBridge delivers them, with at least one example of each call.

Shapes of `userIdentity` and of the parameters are those of the services' pages on CloudTrail, e.g.
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/understanding-ddb-log-entries.html
https://docs.aws.amazon.com/kms/latest/developerguide/understanding-kms-entries.html
"""

from __future__ import annotations

import json
from typing import Any, Final, TypeAlias, TypeVar

Json: TypeAlias = dict[str, Any]

ACCOUNT: Final = "111122223333"
REGION: Final = "us-east-1"
TABLE: Final = "orders"
TABLE_ARN: Final = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{TABLE}"
KEY_ID: Final = "1234abcd-12ab-34cd-56ef-1234567890ab"
KEY_ARN: Final = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{KEY_ID}"
GROUP: Final = "sg-0123456789abcdef0"
CLUSTER: Final = "shop"
VAULT: Final = "shop-data-vault"
CACHE_ROLE: Final = "shop-data-CacheRole1A2B3C4D-AbCdEfGhIjKl"
TOPIC_ARN: Final = f"arn:aws:sns:{REGION}:{ACCOUNT}:shop-data-AlarmsTopic1A2B3C4D"
BREAK_GLASS: Final = f"arn:aws:iam::{ACCOUNT}:role/break-glass"
DEPLOYER: Final = f"arn:aws:iam::{ACCOUNT}:role/cdk-hnb659fds-cfn-exec-role-{ACCOUNT}-{REGION}"
DEPLOYER_ELSEWHERE: Final = DEPLOYER.replace(REGION, "eu-west-1")
AUTOSCALING: Final = (
    f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/dynamodb.application-autoscaling.amazonaws.com/"
    "AWSServiceRoleForApplicationAutoScaling_DynamoDBTable"
)

# What makes an example somebody else's: each value becomes one that nothing here is about.
_ELSEWHERE: Final = {
    TABLE: "orders-archive",
    KEY_ID: "9999abcd-12ab-34cd-56ef-1234567890ab",
    GROUP: "sg-99999999999999999",
    BREAK_GLASS: f"arn:aws:iam::{ACCOUNT}:role/break-glass-training",
    "shop-": "bookshop-",
    f'"{CLUSTER}"': '"shop2"',
    "cdk-hnb659fds-": "cdk-other-",
    "auditor": "cook",
}
T = TypeVar("T")


def elsewhere(example: T) -> T:
    """Return an example that is about somebody else's things."""
    text = json.dumps(example)
    for ours, theirs in _ELSEWHERE.items():
        text = text.replace(ours, theirs)
    changed: T = json.loads(text)
    return changed


def session_of(role_arn: str, session: str = "session") -> Json:
    """Return the identity of somebody who works with a role."""
    name = role_arn.rpartition("/")[2]
    return {
        "type": "AssumedRole",
        "principalId": f"AROAIDPPEZS35WEXAMPLE:{session}",
        "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/{session}",
        "accountId": ACCOUNT,
        "accessKeyId": "ASIAIOSFODNN7EXAMPLE",
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "principalId": "AROAIDPPEZS35WEXAMPLE",
                "arn": role_arn,
                "accountId": ACCOUNT,
                "userName": name,
            },
            "attributes": {"creationDate": "2026-11-20T14:00:00Z", "mfaAuthenticated": "false"},
        },
    }


USER: Final[Json] = {
    "type": "IAMUser",
    "principalId": "AIDAJ45Q7YFFAREXAMPLE",
    "arn": f"arn:aws:iam::{ACCOUNT}:user/Alice",
    "accountId": ACCOUNT,
    "accessKeyId": "AKIAIOSFODNN7EXAMPLE",
    "userName": "Alice",
}
ROOT: Final[Json] = {
    "type": "Root",
    "principalId": ACCOUNT,
    "arn": f"arn:aws:iam::{ACCOUNT}:root",
    "accountId": ACCOUNT,
    "accessKeyId": "AKIAIOSFODNN7EXAMPLE",
}
SERVICE: Final[Json] = {"type": "AWSService", "invokedBy": "ec2.amazonaws.com"}
# A console session of a user has a context without an issuer.
CONSOLE: Final[Json] = {
    **USER,
    "sessionContext": {"sessionIssuer": {}, "attributes": {"mfaAuthenticated": "true"}},
}
DEPLOYMENT: Final = session_of(DEPLOYER, "AWSCloudFormation")
OTHERS: Final = {
    "role": session_of(f"arn:aws:iam::{ACCOUNT}:role/Admin"),
    # The name alone does not make a deployment role.
    "namesake": session_of(f"arn:aws:iam::{ACCOUNT}:role/x/{DEPLOYER.rpartition('/')[2]}"),
    "user": USER,
    "console": CONSOLE,
    "root": ROOT,
    "service": SERVICE,
}


def event(
    service: str, name: str, parameters: Json | None, who: Json, *, refused: str | None = None
) -> Json:
    """Return a call as EventBridge delivers it; `refused` is the message of its error."""
    error = {} if refused is None else {"errorCode": "AccessDenied", "errorMessage": refused}
    return {
        "version": "0",
        "id": "36eb8523-97d0-4518-b33d-ee3579ff19f0",
        "detail-type": "AWS API Call via CloudTrail",
        "source": f"aws.{service}",
        "account": ACCOUNT,
        "time": "2026-11-20T14:10:11Z",
        "region": REGION,
        "resources": [],
        "detail": {
            "eventVersion": "1.11",
            "userIdentity": who,
            "eventTime": "2026-11-20T14:10:11Z",
            "eventSource": f"{service}.amazonaws.com",
            "eventName": name,
            "awsRegion": REGION,
            "sourceIPAddress": "203.0.113.7",
            "userAgent": "aws-cli/2.32.0",
            **error,
            "requestParameters": parameters,
            "responseElements": None,
            "requestID": "c6b7e6a0-1a5c-4d1c-8c0d-0c5c6c0b1c2d",
            "eventID": "4bd43b9a-5d1f-4e0b-b0f3-0a5e3a1c9d10",
            "readOnly": False,
            "eventType": "AwsApiCall",
            "managementEvent": True,
            "recipientAccountId": ACCOUNT,
            "eventCategory": "Management",
        },
    }


_ROLE: Final = {"roleName": CACHE_ROLE}
_POLICY: Final = {"policyArn": f"arn:aws:iam::{ACCOUNT}:policy/shop-data-CacheReadTable1A2B"}
_RULE: Final = {
    "groupId": GROUP,
    "ipPermissions": {
        "items": [
            {
                "ipProtocol": "tcp",
                "fromPort": 9111,
                "toPort": 9111,
                "groups": {},
                "ipRanges": {"items": [{"cidrIp": "0.0.0.0/0"}]},
            }
        ]
    },
}
_STREAM: Final = {
    "tableName": TABLE,
    "streamArn": f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/out",
}
_BUCKET: Final = {"bucketName": "shop-audit-trailbucketlogs1a2b3c4d-abcdefghijkl"}
_BACKUP: Final = {"backupArn": f"{TABLE_ARN}/backup/01489602797149-73d8d5bc"}
_POINT: Final = f"arn:aws:backup:{REGION}:{ACCOUNT}:recovery-point:1EB3B5E7"

_NETWORK: Final[dict[str, Json]] = {
    "AcceptVpcPeeringConnection": {"vpcPeeringConnectionId": "pcx-1"},
    "AssociateRouteTable": {"routeTableId": "rtb-1", "subnetId": "subnet-1"},
    "AssociateSubnetCidrBlock": {"AssociateSubnetCidrBlockRequest": {}},
    "AssociateVpcCidrBlock": {"AssociateVpcCidrBlockRequest": {}},
    "AttachInternetGateway": {"internetGatewayId": "igw-1", "vpcId": "vpc-1"},
    "AttachVpnGateway": {"vpnGatewayId": "vgw-1", "vpcId": "vpc-1"},
    "CreateCarrierGateway": {"CreateCarrierGatewayRequest": {"VpcId": "vpc-1"}},
    "CreateEgressOnlyInternetGateway": {
        "CreateEgressOnlyInternetGatewayRequest": {"VpcId": "vpc-1"}
    },
    "CreateInternetGateway": {},
    "CreateNatGateway": {"CreateNatGatewayRequest": {"SubnetId": "subnet-1"}},
    "CreateRoute": {
        "routeTableId": "rtb-1",
        "destinationCidrBlock": "0.0.0.0/0",
        "gatewayId": "igw-1",
    },
    "CreateTransitGatewayVpcAttachment": {
        "CreateTransitGatewayVpcAttachmentRequest": {"VpcId": "vpc-1"}
    },
    "CreateVpcPeeringConnection": {"vpcId": "vpc-1", "peerVpcId": "vpc-2"},
    "EnableVgwRoutePropagation": {"routeTableId": "rtb-1", "gatewayId": "vgw-1"},
    "ModifySubnetAttribute": {
        "subnetId": "subnet-1",
        "mapPublicIpOnLaunch": {"value": True},
    },
    "ModifyVpcAttribute": {"vpcId": "vpc-1", "enableDnsSupport": {"value": False}},
    "ModifyVpcPeeringConnectionOptions": {
        "ModifyVpcPeeringConnectionOptionsRequest": {"VpcPeeringConnectionId": "pcx-1"}
    },
    "ReplaceRoute": {"routeTableId": "rtb-1", "destinationCidrBlock": "0.0.0.0/0"},
    "ReplaceRouteTableAssociation": {
        "routeTableId": "rtb-1",
        "associationId": "rtbassoc-1",
    },
}

# What each alert is about, by service and call: request parameters as CloudTrail spells them.
EXAMPLES: Final[dict[str, dict[str, dict[str, list[Json]]]]] = {
    "table-policy-changed": {
        "dynamodb": {
            "PutResourcePolicy": [
                {"resourceArn": TABLE_ARN, "policy": '{"Statement":[]}'},
                {"resourceArn": f"{TABLE_ARN}/stream/2026-01-01T00:00:00.000", "policy": "{}"},
            ],
            "DeleteResourcePolicy": [{"resourceArn": TABLE_ARN}],
        }
    },
    "table-changed": {
        "dynamodb": {
            "UpdateTable": [
                {"tableName": TABLE, "replicaUpdates": [{"create": {"regionName": "eu-west-1"}}]},
                {"tableName": TABLE_ARN, "deletionProtectionEnabled": False},
            ],
            "DeleteTable": [{"tableName": TABLE}],
            "UpdateContinuousBackups": [
                {
                    "tableName": TABLE,
                    "pointInTimeRecoverySpecification": {"pointInTimeRecoveryEnabled": False},
                }
            ],
            "UpdateContributorInsights": [
                {"tableName": TABLE, "contributorInsightsAction": "ENABLE"}
            ],
            "UpdateTableReplicaAutoScaling": [{"tableName": TABLE}],
            "UpdateTimeToLive": [{"tableName": TABLE}],
            "CreateGlobalTable": [{"globalTableName": TABLE}],
            "UpdateGlobalTable": [{"globalTableName": TABLE}],
            "UpdateGlobalTableSettings": [{"globalTableName": TABLE}],
        }
    },
    "data-copied": {
        "dynamodb": {
            "CreateBackup": [{"tableName": TABLE, "backupName": "mine"}],
            "EnableKinesisStreamingDestination": [_STREAM],
            "ExportTableToPointInTime": [{"tableArn": TABLE_ARN, "s3Bucket": "bucket-of-mine"}],
            "ImportTable": [
                {
                    "s3BucketSource": {"s3Bucket": "bucket-of-mine"},
                    "tableCreationParameters": {"tableName": TABLE},
                }
            ],
            "RestoreTableFromBackup": [{"targetTableName": "copy", **_BACKUP}],
            "RestoreTableToPointInTime": [
                {"sourceTableName": TABLE, "targetTableName": "copy"},
                {"sourceTableArn": TABLE_ARN, "targetTableName": "copy"},
                {"sourceTableName": "other", "targetTableName": TABLE},
            ],
            "StartBulkPutItems": [{"tableArn": TABLE_ARN}],
            "UpdateKinesisStreamingDestination": [_STREAM],
        }
    },
    "backup-taken-out": {
        "backup": {
            "DeleteBackupVault": [{"backupVaultName": VAULT}],
            "DeleteBackupVaultAccessPolicy": [{"backupVaultName": VAULT}],
            "DeleteRecoveryPoint": [{"backupVaultName": VAULT, "recoveryPointArn": _POINT}],
            "PutBackupVaultAccessPolicy": [{"backupVaultName": VAULT, "policy": "{}"}],
            "StartCopyJob": [
                {
                    "recoveryPointArn": _POINT,
                    "sourceBackupVaultName": VAULT,
                    "destinationBackupVaultArn": "arn:aws:backup:us-east-1:444455556666:"
                    "backup-vault:theirs",
                }
            ],
            "StartRestoreJob": [{"recoveryPointArn": _POINT}],
            "UpdateRecoveryPointLifecycle": [{"backupVaultName": VAULT}],
        }
    },
    "role-changed": {
        "iam": {
            "AttachRolePolicy": [
                {**_ROLE, "policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}
            ],
            "DeleteRole": [_ROLE],
            "DeleteRolePermissionsBoundary": [_ROLE],
            "DeleteRolePolicy": [{**_ROLE, "policyName": "mine"}],
            "DetachRolePolicy": [{**_ROLE, **_POLICY}],
            "PutRolePermissionsBoundary": [_ROLE],
            "PutRolePolicy": [{**_ROLE, "policyName": "mine", "policyDocument": "{}"}],
            "UpdateAssumeRolePolicy": [
                {**_ROLE, "policyDocument": "{}"},
                {"roleName": f"cdk-hnb659fds-deploy-role-{ACCOUNT}-{REGION}"},
                {"roleName": "auditor"},
            ],
            "CreatePolicyVersion": [{**_POLICY, "setAsDefault": True}],
            "DeletePolicy": [_POLICY],
            "SetDefaultPolicyVersion": [{**_POLICY, "versionId": "v2"}],
        }
    },
    "cache-changed": {
        "dax": {
            "CreateCluster": [{"clusterName": "another", "nodeType": "dax.t3.small"}],
            "DecreaseReplicationFactor": [{"clusterName": CLUSTER, "newReplicationFactor": 1}],
            "DeleteCluster": [{"clusterName": CLUSTER}],
            "IncreaseReplicationFactor": [{"clusterName": CLUSTER, "newReplicationFactor": 5}],
            "UpdateCluster": [{"clusterName": CLUSTER, "securityGroupIds": ["sg-1"]}],
            "UpdateParameterGroup": [{"parameterGroupName": "shop-data-cacheparameters-1a2b"}],
            "UpdateSubnetGroup": [{"subnetGroupName": "shop-data-cachesubnets-1a2b"}],
        }
    },
    "key-changed": {
        "kms": {
            "DisableKey": [{"keyId": KEY_ID}, {"keyId": KEY_ARN}],
            "DisableKeyRotation": [{"keyId": KEY_ID}],
            "PutKeyPolicy": [{"keyId": KEY_ARN, "policyName": "default", "policy": "{}"}],
            "ScheduleKeyDeletion": [{"keyId": KEY_ID, "pendingWindowInDays": 7}],
        }
    },
    "endpoint-changed": {
        "ec2": {
            "AcceptVpcEndpointConnections": [
                {"AcceptVpcEndpointConnectionsRequest": {"ServiceId": "vpce-svc-1"}}
            ],
            "CreateVpcEndpoint": [
                {
                    "CreateVpcEndpointRequest": {
                        "VpcId": "vpc-0123456789abcdef0",
                        "ServiceName": "com.amazonaws.us-east-1.dynamodb",
                    }
                }
            ],
            "DeleteVpcEndpoints": [
                {"DeleteVpcEndpointsRequest": {"VpcEndpointId": {"tag": 1, "content": "vpce-1"}}}
            ],
            "ModifyVpcEndpoint": [
                {"ModifyVpcEndpointRequest": {"VpcEndpointId": "vpce-1", "PolicyDocument": "{}"}}
            ],
        }
    },
    "network-opened": {"ec2": {name: [parameters] for name, parameters in _NETWORK.items()}},
    "security-group-changed": {
        "ec2": {
            "AuthorizeSecurityGroupEgress": [_RULE],
            "AuthorizeSecurityGroupIngress": [_RULE],
            "ModifySecurityGroupRules": [
                {
                    "ModifySecurityGroupRulesRequest": {
                        "GroupId": GROUP,
                        "SecurityGroupRule": {"tag": 1, "SecurityGroupRuleId": "sgr-1"},
                    }
                }
            ],
            "RevokeSecurityGroupEgress": [_RULE],
            "RevokeSecurityGroupIngress": [_RULE],
        }
    },
    "break-glass-used": {
        "sts": {
            name: [{"roleArn": BREAK_GLASS, "roleSessionName": "alice"}]
            for name in ("AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity")
        }
    },
    "trail-changed": {
        "cloudtrail": {
            "DeleteTrail": [{"name": "shop-trail"}],
            "PutEventSelectors": [{"trailName": "shop-trail", "advancedEventSelectors": []}],
            "StopLogging": [{"name": f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/shop-trail"}],
            "UpdateTrail": [{"name": "shop-trail", "isMultiRegionTrail": False}],
        },
        "s3": {
            name: [_BUCKET]
            for name in (
                "DeleteBucket",
                "DeleteBucketEncryption",
                "DeleteBucketPolicy",
                "PutBucketAcl",
                "PutBucketLifecycle",
                "PutBucketPolicy",
                "PutBucketPublicAccessBlock",
                "PutBucketVersioning",
            )
        },
    },
    "recorder-changed": {
        "config": {
            "DeleteConfigurationRecorder": [{"configurationRecorderName": "default"}],
            "DeleteDeliveryChannel": [{"deliveryChannelName": "default"}],
            "PutConfigurationRecorder": [{"configurationRecorder": {"name": "default"}}],
            "PutDeliveryChannel": [{"deliveryChannel": {"name": "default"}}],
            "StopConfigurationRecorder": [{"configurationRecorderName": "default"}],
            "DeleteConfigRule": [{"configRuleName": "shop-audit-ConfigRulesDaxEncryption-1A2B"}],
            "PutConfigRule": [
                {"configRule": {"configRuleName": "shop-audit-ConfigRulesDaxEncryption-1A2B"}}
            ],
        }
    },
    "watch-removed": {
        "events": {
            "DeleteRule": [{"name": "shop-audit-AlertsKeyChanged1-1A2B"}],
            "DisableRule": [{"name": "shop-audit-AlertsKeyChanged1-1A2B"}],
            "PutRule": [{"name": "shop-audit-AlertsKeyChanged1-1A2B", "state": "DISABLED"}],
            "PutTargets": [{"rule": "shop-audit-AlertsKeyChanged1-1A2B", "targets": []}],
            "RemoveTargets": [{"rule": "shop-audit-AlertsKeyChanged1-1A2B", "ids": ["Topic"]}],
        },
        "monitoring": {
            "DeleteAlarms": [{"alarmNames": ["x", "shop-audit-TrailAlarms-1A2B"]}],
            "DisableAlarmActions": [{"alarmNames": ["shop-audit-TrailAlarms-1A2B"]}],
            "PutMetricAlarm": [{"alarmName": "shop-audit-TrailAlarms-1A2B"}],
        },
        "logs": {
            name: [{"logGroupName": "shop-audit-TrailLogGroup-1A2B", "filterName": "f"}]
            for name in (
                "DeleteLogGroup",
                "DeleteMetricFilter",
                "DisassociateKmsKey",
                "PutMetricFilter",
            )
        },
        "sns": {
            "DeleteTopic": [{"topicArn": TOPIC_ARN}],
            "SetTopicAttributes": [{"topicArn": TOPIC_ARN, "attributeName": "Policy"}],
            "Subscribe": [{"topicArn": TOPIC_ARN, "protocol": "email"}],
            "Unsubscribe": [
                {"subscriptionArn": f"{TOPIC_ARN}:6b0e71bd-7e97-4d97-80ce-4a0994e55286"}
            ],
        },
        "access-analyzer": {
            "CreateArchiveRule": [{"analyzerName": "shop-audit-ExternalAccess-1A2B"}],
            "DeleteAnalyzer": [{"analyzerName": "shop-audit-ExternalAccess-1A2B"}],
            "UpdateAnalyzer": [{"analyzerName": "shop-audit-ExternalAccess-1A2B"}],
        },
    },
}

# Calls of the same services that change nothing, about the same things.
READS: Final[tuple[tuple[str, str, Json | None], ...]] = (
    ("dynamodb", "DescribeTable", {"tableName": TABLE}),
    ("dynamodb", "GetResourcePolicy", {"resourceArn": TABLE_ARN}),
    ("dynamodb", "ListBackups", {"tableName": TABLE}),
    ("backup", "DescribeBackupVault", {"backupVaultName": VAULT}),
    ("iam", "GetRole", {"roleName": CACHE_ROLE}),
    ("dax", "DescribeClusters", {"clusterNames": [CLUSTER]}),
    ("kms", "DescribeKey", {"keyId": KEY_ID}),
    ("kms", "Decrypt", {"keyId": KEY_ID}),
    ("ec2", "DescribeVpcEndpoints", {"DescribeVpcEndpointsRequest": {}}),
    ("ec2", "DescribeSecurityGroups", {"groupId": GROUP}),
    ("ec2", "RunInstances", {"groupId": GROUP}),
    ("sts", "GetCallerIdentity", None),
    ("cloudtrail", "GetTrailStatus", {"name": "shop-trail"}),
    ("config", "DescribeConfigRules", None),
    ("events", "ListRules", None),
    ("sns", "GetTopicAttributes", {"topicArn": TOPIC_ARN}),
)

# Refused calls, whose records have no parameters but an error in words.
REFUSED: Final = (
    (
        "table-policy-changed",
        "dynamodb",
        "PutResourcePolicy",
        f"dynamodb:PutResourcePolicy on resource: {TABLE_ARN}",
    ),
    (
        "data-copied",
        "dynamodb",
        "ExportTableToPointInTime",
        f"dynamodb:ExportTableToPointInTime on resource: {TABLE_ARN} with an explicit deny in a "
        "resource-based policy",
    ),
    (
        "role-changed",
        "iam",
        "UpdateAssumeRolePolicy",
        f"iam:UpdateAssumeRolePolicy on resource: role {CACHE_ROLE} because no identity-based "
        "policy allows the iam:UpdateAssumeRolePolicy action",
    ),
    ("break-glass-used", "sts", "AssumeRole", f"sts:AssumeRole on resource: {BREAK_GLASS}"),
)

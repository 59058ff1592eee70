"""An account in answers: one for every call that may be made, in the shapes of botocore's models.

Every list has at least two things, of which the last one counts: whoever reads the first page only
misses it.
"""

from __future__ import annotations

import json
from typing import Any, Final

ACCOUNT: Final = "111122223333"
REGION: Final = "eu-west-1"
VPC, SUBNET, MAIN, TABLE_OF_ROUTES = "vpc-0aaaaaaaa", "subnet-0aaaaaaaa", "rtb-0aaaaaaaa", "rtb-0b"
GATEWAY, STREAMS = "vpce-0aaaaaaaa", "vpce-0bbbbbbbb"
PREFIX_LIST, PEERING = "pl-0aaaaaaaa", "pcx-0aaaaaaaa"
DEFAULT_GROUP, GROUP = "sg-0aaaaaaaa", "sg-0bbbbbbbb"
KEY: Final = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"
TABLE: Final = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/orders"
STREAM: Final = f"{TABLE}/stream/2026-11-22T00:00:00.000"
TRAIL: Final = f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/audit"
PLAN: Final = f"arn:aws:backup:{REGION}:{ACCOUNT}:backup-plan:daily"
FUNCTION: Final = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:consumer"
POLICY: Final = f"arn:aws:organizations::{ACCOUNT}:policy/o-exampleorgid/service_control_policy/p-1"
REMOVED: Final = f"arn:aws:iam::{ACCOUNT}:role/removed"
READER: Final = f"arn:aws:iam::{ACCOUNT}:role/reader"
CACHE_ROLE: Final = f"arn:aws:iam::{ACCOUNT}:role/cache"
AWS_POLICY: Final = "arn:aws:iam::aws:policy/SampleReadOnly"
WHEN: Final = "2026-11-22T00:00:00Z"


def statement(effect: str, action: object, resource: object = "*", **more: object) -> str:
    """Return a policy of one statement as AWS tells it: text."""
    one = {"Effect": effect, "Action": action, "Resource": resource, **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [one]})


def role(name: str, service: str, document: str | None = None) -> dict[str, Any]:
    """Return a role that a service may assume."""
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}}
    inline = [{"PolicyName": "inline", "PolicyDocument": json.loads(document)}] if document else []
    return {
        "RoleName": name,
        "Arn": f"arn:aws:iam::{ACCOUNT}:role/{name}",
        "Path": "/",
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
        "RolePolicyList": inline,
        "AttachedManagedPolicies": [],
    }


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
_RANGE: Final = {"IpProtocol": "tcp", "FromPort": 9111, "ToPort": 9111}

_TABLES: Final[dict[str, dict[str, Any]]] = {
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
_OTHER: Final = "AWS::EC2::VPC"

ANSWERS: Final[dict[str, dict[str, Any]]] = {
    "sts:GetCallerIdentity": {
        "Account": ACCOUNT,
        "Arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/auditor/session",
    },
    "ec2:DescribeRegions": {"Regions": [{"RegionName": r} for r in (REGION, "us-east-1")]},
    "dynamodb:ListTables": {"TableNames": list(_TABLES)},
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
            for name in _TABLES
        ]
    },
    "kms:DescribeKey": {
        "KeyMetadata": {"KeyId": KEY.rpartition("/")[2], "Arn": KEY, "KeyManager": "CUSTOMER"}
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
    "ec2:DescribeVpcs": {
        "Vpcs": [
            {"VpcId": "vpc-0dddddddd", "CidrBlock": "172.31.0.0/16", "IsDefault": True},
            {
                "VpcId": VPC,
                "CidrBlock": "10.0.0.0/16",
                "CidrBlockAssociationSet": [
                    {
                        "AssociationId": f"vpc-cidr-assoc-{n}",
                        "CidrBlock": block,
                        "CidrBlockState": {"State": "associated"},
                    }
                    for n, block in enumerate(("10.0.0.0/16", "10.1.0.0/16"))
                ],
            },
        ]
    },
    "ec2:DescribeVpcAttribute": {
        "VpcId": VPC,
        "EnableDnsSupport": {"Value": True},
        "EnableDnsHostnames": {"Value": True},
    },
    "ec2:DescribeSubnets": {
        "Subnets": [
            {"SubnetId": "subnet-0dddddddd", "VpcId": "vpc-0dddddddd"},
            *(
                {
                    "SubnetId": id_,
                    "VpcId": VPC,
                    "CidrBlock": block,
                    "AvailabilityZone": f"{REGION}a",
                    "MapPublicIpOnLaunch": False,
                }
                for id_, block in (("subnet-0bbbbbbbb", "10.0.1.0/24"), (SUBNET, "10.0.0.0/24"))
            ),
        ]
    },
    "ec2:DescribeRouteTables": {
        "RouteTables": [
            {
                "RouteTableId": MAIN,
                "VpcId": VPC,
                "Associations": [{"Main": True, "RouteTableId": MAIN}],
                "Routes": [
                    {"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local"},
                    {"DestinationPrefixListId": PREFIX_LIST, "GatewayId": GATEWAY},
                ],
            },
            {
                "RouteTableId": TABLE_OF_ROUTES,
                "VpcId": VPC,
                "Associations": [{"SubnetId": SUBNET, "RouteTableId": TABLE_OF_ROUTES}],
                "PropagatingVgws": [{"GatewayId": "vgw-0aaaaaaaa"}],
                "Routes": [
                    {"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-0aaaaaaaa"},
                    {"DestinationIpv6CidrBlock": "::/0", "EgressOnlyInternetGatewayId": "eigw-0"},
                    {"DestinationPrefixListId": PREFIX_LIST, "VpcPeeringConnectionId": PEERING},
                ],
            },
        ]
    },
    "ec2:DescribeInternetGateways": {
        "InternetGateways": [
            {
                "InternetGatewayId": f"igw-0{n}",
                "Attachments": [{"VpcId": vpc, "State": "available"}],
            }
            for n, vpc in enumerate(("vpc-0dddddddd", VPC))
        ]
    },
    "ec2:DescribeVpnGateways": {
        "VpnGateways": [
            {
                "VpnGatewayId": "vgw-0aaaaaaaa",
                "VpcAttachments": [{"VpcId": VPC, "State": "attached"}],
            }
        ]
    },
    "ec2:DescribeEgressOnlyInternetGateways": {
        "EgressOnlyInternetGateways": [
            {"EgressOnlyInternetGatewayId": f"eigw-{n}", "Attachments": [{"VpcId": vpc}]}
            for n, vpc in enumerate((VPC, VPC))
        ]
    },
    "ec2:DescribeCarrierGateways": {
        "CarrierGateways": [{"CarrierGatewayId": f"cagw-{n}", "VpcId": VPC} for n in range(2)]
    },
    "ec2:DescribeVpcPeeringConnections": {
        "VpcPeeringConnections": [
            {
                "VpcPeeringConnectionId": id_,
                "RequesterVpcInfo": {"VpcId": VPC, "OwnerId": ACCOUNT, "Region": REGION},
                "AccepterVpcInfo": {"VpcId": "vpc-0f", "OwnerId": "444455556666"},
                "Status": {"Code": code},
            }
            for id_, code in (("pcx-0deleted", "deleted"), (PEERING, "active"))
        ]
    },
    "ec2:DescribeTransitGatewayVpcAttachments": {
        "TransitGatewayVpcAttachments": [
            {"TransitGatewayAttachmentId": f"tgw-attach-{n}", "VpcId": VPC, "State": "available"}
            for n in range(2)
        ]
    },
    "ec2:DescribeVpcEndpoints": {
        "VpcEndpoints": [
            {
                "VpcEndpointId": "vpce-0dddddddd",
                "VpcId": "vpc-0dddddddd",
                "ServiceName": f"com.amazonaws.{REGION}.dynamodb",
                "VpcEndpointType": "Gateway",
                "State": "available",
            },
            {
                "VpcEndpointId": GATEWAY,
                "VpcId": VPC,
                "ServiceName": f"com.amazonaws.{REGION}.dynamodb",
                "VpcEndpointType": "Gateway",
                "State": "available",
                "RouteTableIds": [MAIN],
                "PolicyDocument": statement("Allow", "*", Principal="*"),
            },
            {
                "VpcEndpointId": STREAMS,
                "VpcId": VPC,
                "ServiceName": f"com.amazonaws.{REGION}.dynamodb-streams",
                "VpcEndpointType": "Interface",
                "State": "Available",
                "SubnetIds": [SUBNET],
                "Groups": [{"GroupId": GROUP, "GroupName": "clients"}],
                "PolicyDocument": statement("Allow", "*", Principal="*"),
                "PrivateDnsEnabled": True,
            },
        ]
    },
    "ec2:DescribeSecurityGroups": {
        "SecurityGroups": [
            {
                "GroupId": DEFAULT_GROUP,
                "GroupName": "default",
                "Description": "default",
                "VpcId": VPC,
                "IpPermissions": [],
                "IpPermissionsEgress": [],
            },
            {
                "GroupId": GROUP,
                "GroupName": "clients",
                "Description": "Clients",
                "VpcId": VPC,
                "IpPermissions": [
                    _RANGE
                    | {
                        "UserIdGroupPairs": [{"GroupId": GROUP, "UserId": ACCOUNT}],
                        "IpRanges": [{"CidrIp": "10.0.0.0/24", "Description": "clients"}],
                        "Ipv6Ranges": [{"CidrIpv6": "fd00::/8"}],
                        "PrefixListIds": [{"PrefixListId": PREFIX_LIST}],
                    }
                ],
                "IpPermissionsEgress": [
                    {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
                ],
            },
        ]
    },
    "ec2:DescribeNetworkAcls": {
        "NetworkAcls": [
            {
                "NetworkAclId": "acl-0aaaaaaaa",
                "VpcId": VPC,
                "IsDefault": True,
                "Associations": [
                    {"NetworkAclAssociationId": "aclassoc-0a", "SubnetId": "subnet-0bbbbbbbb"}
                ],
                "Entries": [{"RuleNumber": 32767, "RuleAction": "deny"}],
            },
            {
                "NetworkAclId": "acl-0bbbbbbbb",
                "VpcId": VPC,
                "IsDefault": False,
                "Associations": [{"NetworkAclAssociationId": "aclassoc-0b", "SubnetId": SUBNET}],
            },
        ]
    },
    "ec2:DescribeFlowLogs": {
        "FlowLogs": [
            {
                "FlowLogId": f"fl-{n}",
                "ResourceId": id_,
                "TrafficType": "ALL",
                "FlowLogStatus": "ACTIVE",
            }
            for n, id_ in enumerate(("vpc-0dddddddd", VPC))
        ]
    },
    "ec2:GetManagedPrefixListEntries": {
        "Entries": [{"Cidr": "10.9.0.0/16"}, {"Cidr": "10.8.0.0/16"}]
    },
    "route53:ListHostedZonesByVPC": {
        "HostedZoneSummaries": [
            {"HostedZoneId": id_, "Name": name, "Owner": {"OwningAccount": ACCOUNT}}
            for id_, name in (("Z1", "example.org."), ("Z2", "dynamodb.eu-west-1.amazonaws.com."))
        ],
        "MaxItems": "100",
    },
    "route53resolver:ListResolverRules": {
        "ResolverRules": [
            {"Id": "rslvr-autodefined", "DomainName": ".", "RuleType": "RECURSIVE"},
            {"Id": "rslvr-rr-1", "DomainName": "amazonaws.com.", "RuleType": "FORWARD"},
        ]
    },
    "route53resolver:ListResolverRuleAssociations": {
        "ResolverRuleAssociations": [
            {"Id": id_, "ResolverRuleId": id_, "VPCId": VPC}
            for id_ in ("rslvr-autodefined", "rslvr-rr-1")
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
    "cloudtrail:DescribeTrails": {
        "trailList": [
            {
                "Name": "audit",
                "TrailARN": TRAIL,
                "HomeRegion": REGION,
                "IsMultiRegionTrail": True,
                "S3BucketName": "logs",
                "LogFileValidationEnabled": True,
            },
            {
                "Name": "central",
                "TrailARN": "arn:aws:cloudtrail:us-east-1:444455556666:trail/central",
                "HomeRegion": "us-east-1",
                "IsMultiRegionTrail": True,
                "IsOrganizationTrail": True,
                "S3BucketName": "somebody-elses-logs",
            },
        ]
    },
    "cloudtrail:GetTrailStatus": {"IsLogging": True},
    "cloudtrail:GetEventSelectors": {
        "TrailARN": TRAIL,
        "AdvancedEventSelectors": [
            {"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}
        ],
    },
    "s3:ListBuckets": {"Buckets": [{"Name": "website"}, {"Name": "logs"}]},
    "s3:GetPublicAccessBlock": {"PublicAccessBlockConfiguration": {"BlockPublicAcls": True}},
    "s3:GetBucketAcl": {
        "Grants": [
            {
                "Grantee": {
                    "Type": "Group",
                    "URI": "http://acs.amazonaws.com/groups/global/AllUsers",
                },
                "Permission": "READ",
            }
        ]
    },
    "s3:GetBucketPolicy": {"Policy": statement("Deny", "s3:*", Principal="*")},
    "s3:GetBucketEncryption": {
        "ServerSideEncryptionConfiguration": {
            "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}]
        }
    },
    "s3:GetBucketVersioning": {"Status": "Enabled"},
    "config:DescribeConfigurationRecorders": {
        "ConfigurationRecorders": [
            {
                "name": "default",
                "roleARN": f"arn:aws:iam::{ACCOUNT}:role/config",
                "recordingGroup": {
                    "allSupported": False,
                    "exclusionByResourceTypes": {"resourceTypes": [_OTHER]},
                    "recordingStrategy": {"useOnly": "EXCLUSION_BY_RESOURCE_TYPES"},
                },
            }
        ]
    },
    "config:DescribeConfigurationRecorderStatus": {
        "ConfigurationRecordersStatus": [{"name": "default", "recording": False}]
    },
    "config:DescribeDeliveryChannels": {
        "DeliveryChannels": [{"name": "default", "s3BucketName": "logs"}]
    },
    "config:DescribeConfigRules": {
        "ConfigRules": [
            {
                "ConfigRuleName": name,
                "ConfigRuleArn": f"arn:aws:config:{REGION}:{ACCOUNT}:config-rule/{name}",
                "Source": {"Owner": "AWS", "SourceIdentifier": identifier},
                "InputParameters": "{}",
            }
            for name, identifier in (
                ("trail", "CLOUD_TRAIL_ENABLED"),
                ("pitr", "DYNAMODB_PITR_ENABLED"),
            )
        ]
    },
    "config:DescribeComplianceByConfigRule": {
        "ComplianceByConfigRules": [
            {"ConfigRuleName": name, "Compliance": {"ComplianceType": compliance}}
            for name, compliance in (("trail", "COMPLIANT"), ("pitr", "NON_COMPLIANT"))
        ]
    },
    "backup:ListBackupPlans": {
        "BackupPlansList": [
            {"BackupPlanId": "weekly", "BackupPlanArn": PLAN.replace("daily", "weekly")},
            {"BackupPlanId": "daily", "BackupPlanArn": PLAN},
        ]
    },
    "backup:GetBackupPlan": {
        "BackupPlan": {
            "BackupPlanName": "daily",
            "Rules": [{"RuleName": "daily", "TargetBackupVaultName": "planned"}],
        }
    },
    "backup:ListBackupSelections": {
        "BackupSelectionsList": [{"SelectionId": "s-1"}, {"SelectionId": "s-2"}]
    },
    "backup:GetBackupSelection": {
        "BackupSelection": {
            "SelectionName": "one",
            "IamRoleArn": f"arn:aws:iam::{ACCOUNT}:role/backup",
            "ListOfTags": [
                {
                    "ConditionType": "STRINGEQUALS",
                    "ConditionKey": "backup",
                    "ConditionValue": "yes",
                }
            ],
        }
    },
    "backup:ListRecoveryPointsByResource": {
        "RecoveryPoints": [{"BackupVaultName": "planned"}, {"BackupVaultName": "by-hand"}]
    },
    "backup:GetBackupVaultAccessPolicy": {
        "BackupVaultName": "planned",
        "Policy": statement("Deny", "backup:StartCopyJob", Principal="*"),
    },
    "organizations:ListPolicies": {
        "Policies": [
            {"Id": f"p-{n}", "Arn": f"{POLICY[:-1]}{n}", "Name": "guard"} for n in range(1, 3)
        ]
    },
    "organizations:DescribePolicy": {
        "Policy": {"Content": statement("Deny", "dynamodb:RestoreTableFromBackup")}
    },
    "organizations:ListTargetsForPolicy": {
        "Targets": [{"TargetId": "r-root"}, {"TargetId": ACCOUNT}]
    },
}


def answer(operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """Return what the account answers.

    Args:
        operation: service and operation, e.g. ``kms:DescribeKey``.
        parameters: of the call.
    """
    if operation == "dynamodb:DescribeTable":
        return {"Table": _TABLES[parameters["TableName"]]}
    return ANSWERS[operation]

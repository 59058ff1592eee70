"""Trails, buckets, AWS Config, backups and the organization of the recorded account."""

from __future__ import annotations

from typing import Any, Final

from tests.live.reader.names import ACCOUNT, PLAN, POLICY, REGION, TRAIL, statement

_OTHER: Final = "AWS::EC2::VPC"

AUDIT: Final[dict[str, dict[str, Any]]] = {
    "sts:GetCallerIdentity": {
        "Account": ACCOUNT,
        "Arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/auditor/session",
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

"""The table, and the vault and plan that keep its copies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rehearsal.readers.reader import document, optional, own_tag_map, own_tags

if TYPE_CHECKING:
    from rehearsal.account import Account
    from rehearsal.readers.reader import Properties

_CUSTOMER_MANAGED = "KMS"


def global_table(account: Account, physical_id: str) -> Properties:
    """Return an ``AWS::DynamoDB::GlobalTable`` with the replica of this Region."""
    client = account.client("dynamodb")
    told = client.describe_table(TableName=physical_id)["Table"]
    encryption = told.get("SSEDescription", {})
    expiry = client.describe_time_to_live(TableName=physical_id)["TimeToLiveDescription"]
    recovery = client.describe_continuous_backups(TableName=physical_id)[
        "ContinuousBackupsDescription"
    ].get("PointInTimeRecoveryDescription", {})
    arn = told["TableArn"]
    return {
        **told,
        "BillingMode": told.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED"),
        "SSESpecification": {
            "SSEEnabled": encryption.get("Status") == "ENABLED",
            "SSEType": encryption.get("SSEType"),
        },
        "TimeToLiveSpecification": {
            "Enabled": expiry["TimeToLiveStatus"] == "ENABLED",
            "AttributeName": expiry.get("AttributeName"),
        },
        "Replicas": [
            {
                "Region": account.region,
                "DeletionProtectionEnabled": told.get("DeletionProtectionEnabled"),
                "GlobalSecondaryIndexes": told.get("GlobalSecondaryIndexes", []),
                "PointInTimeRecoverySpecification": {
                    "PointInTimeRecoveryEnabled": recovery.get("PointInTimeRecoveryStatus")
                    == "ENABLED",
                    "RecoveryPeriodInDays": recovery.get("RecoveryPeriodInDays"),
                },
                "ResourcePolicy": {"PolicyDocument": _policy(account, arn)},
                "ReplicaStreamSpecification": {
                    "ResourcePolicy": {"PolicyDocument": _policy(account, told["LatestStreamArn"])}
                }
                if "LatestStreamArn" in told
                else None,
                "SSESpecification": {"KMSMasterKeyId": encryption.get("KMSMasterKeyArn")},
                "Tags": own_tags(client.list_tags_of_resource(ResourceArn=arn)["Tags"]),
            }
        ],
    }


def _policy(account: Account, arn: str) -> object:
    told = optional(account.client("dynamodb").get_resource_policy, ResourceArn=arn)
    return document(told.get("Policy"))


def vault(account: Account, physical_id: str) -> Properties:
    """Return an ``AWS::Backup::BackupVault``."""
    client = account.client("backup")
    told = client.describe_backup_vault(BackupVaultName=physical_id)
    policy = optional(client.get_backup_vault_access_policy, BackupVaultName=physical_id)
    return {
        **told,
        "AccessPolicy": document(policy.get("Policy")),
        "BackupVaultTags": own_tag_map(
            client.list_tags(ResourceArn=told["BackupVaultArn"])["Tags"]
        ),
    }


def plan(account: Account, physical_id: str) -> Properties:
    """Return an ``AWS::Backup::BackupPlan``."""
    client = account.client("backup")
    told = client.get_backup_plan(BackupPlanId=physical_id)
    return {
        "BackupPlan": {
            **told["BackupPlan"],
            "BackupPlanRule": [
                {**rule, "TargetBackupVault": rule["TargetBackupVaultName"]}
                for rule in told["BackupPlan"]["Rules"]
            ],
        },
        "BackupPlanTags": own_tag_map(client.list_tags(ResourceArn=told["BackupPlanArn"])["Tags"]),
    }

"""Creates the table, its cache, its backups and its alarms' topic."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from tests.live.emulation.deployment import tags

if TYPE_CHECKING:
    from tests.live.emulation.deployment import Create, Place, Properties


def global_table(place: Place, properties: Properties) -> str:
    """Create a table with one replica: the baseline's Regions have tables of their own."""
    (replica,) = properties["Replicas"]
    dynamodb = place.client("dynamodb")
    name = str(properties["TableName"])
    stream = properties.get("StreamSpecification")
    sse = properties["SSESpecification"]
    description = dynamodb.create_table(
        TableName=name,
        AttributeDefinitions=properties["AttributeDefinitions"],
        KeySchema=properties["KeySchema"],
        GlobalSecondaryIndexes=properties["GlobalSecondaryIndexes"],
        BillingMode=properties["BillingMode"],
        DeletionProtectionEnabled=replica["DeletionProtectionEnabled"],
        SSESpecification={
            "Enabled": sse["SSEEnabled"],
            "SSEType": sse["SSEType"],
            "KMSMasterKeyId": replica["SSESpecification"]["KMSMasterKeyId"],
        },
        Tags=tags(replica),
        **({"StreamSpecification": {"StreamEnabled": True, **stream}} if stream else {}),
    )["TableDescription"]
    recovery = replica["PointInTimeRecoverySpecification"]
    dynamodb.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification=recovery)
    dynamodb.put_resource_policy(
        ResourceArn=description["TableArn"],
        Policy=json.dumps(replica["ResourcePolicy"]["PolicyDocument"]),
    )
    if stream:
        place.also("StreamArn", description["LatestStreamLabel"])
        document = replica["ReplicaStreamSpecification"]["ResourcePolicy"]["PolicyDocument"]
        dynamodb.put_resource_policy(
            ResourceArn=description["LatestStreamArn"], Policy=json.dumps(document)
        )
    return name


def parameter_group(place: Place, properties: Properties) -> str:
    """Create a parameter group and set its values."""
    dax = place.client("dax")
    name = place.generated_name.lower()
    dax.create_parameter_group(ParameterGroupName=name, Description=properties["Description"])
    dax.update_parameter_group(
        ParameterGroupName=name,
        ParameterNameValues=[
            {"ParameterName": key, "ParameterValue": value}
            for key, value in properties["ParameterNameValues"].items()
        ],
    )
    return name


def subnet_group(place: Place, properties: Properties) -> str:
    """Create a subnet group."""
    name = place.generated_name.lower()
    place.client("dax").create_subnet_group(
        SubnetGroupName=name,
        Description=properties["Description"],
        SubnetIds=properties["SubnetIds"],
    )
    return name


def cluster(place: Place, properties: Properties) -> str:
    """Create a cluster."""
    place.client("dax").create_cluster(
        ClusterName=properties["ClusterName"],
        Description=properties["Description"],
        NodeType=properties["NodeType"],
        ReplicationFactor=properties["ReplicationFactor"],
        IamRoleArn=properties["IAMRoleARN"],
        SubnetGroupName=properties["SubnetGroupName"],
        ParameterGroupName=properties["ParameterGroupName"],
        SecurityGroupIds=properties["SecurityGroupIds"],
        NotificationTopicArn=properties["NotificationTopicARN"],
        PreferredMaintenanceWindow=properties["PreferredMaintenanceWindow"],
        SSESpecification={"Enabled": properties["SSESpecification"]["SSEEnabled"]},
        ClusterEndpointEncryptionType=properties["ClusterEndpointEncryptionType"],
        Tags=[{"Key": key, "Value": value} for key, value in properties["Tags"].items()],
    )
    return str(properties["ClusterName"])


def vault(place: Place, properties: Properties) -> str:
    """Create a backup vault with its access policy."""
    backup = place.client("backup")
    name = str(properties["BackupVaultName"])
    backup.create_backup_vault(
        BackupVaultName=name,
        EncryptionKeyArn=properties["EncryptionKeyArn"],
        BackupVaultTags=properties["BackupVaultTags"],
    )
    backup.put_backup_vault_access_policy(
        BackupVaultName=name, Policy=json.dumps(properties["AccessPolicy"])
    )
    return name


def backup_plan(place: Place, properties: Properties) -> str:
    """Create a backup plan."""
    plan = properties["BackupPlan"]
    created = place.client("backup").create_backup_plan(
        BackupPlan={
            "BackupPlanName": plan["BackupPlanName"],
            "Rules": [
                {**{k: v for k, v in rule.items() if k != "TargetBackupVault"},
                 "TargetBackupVaultName": rule["TargetBackupVault"]}
                for rule in plan["BackupPlanRule"]
            ],
        },
        BackupPlanTags=properties["BackupPlanTags"],
    )  # fmt: skip
    return str(created["BackupPlanId"])


def backup_selection(place: Place, properties: Properties) -> str:
    """Say what a plan backs up."""
    created = place.client("backup").create_backup_selection(
        BackupPlanId=properties["BackupPlanId"], BackupSelection=properties["BackupSelection"]
    )
    return str(created["SelectionId"])


def topic(place: Place, properties: Properties) -> str:
    """Create a topic."""
    name = place.generated_name
    place.client("sns").create_topic(
        Name=name,
        Attributes={"KmsMasterKeyId": properties["KmsMasterKeyId"]},
        Tags=tags(properties),
    )
    return name


def topic_policy(place: Place, properties: Properties) -> str:
    """Give topics their policy."""
    for arn in properties["Topics"]:
        place.client("sns").set_topic_attributes(
            TopicArn=arn,
            AttributeName="Policy",
            AttributeValue=json.dumps(properties["PolicyDocument"]),
        )
    return ""


CREATORS: Final[dict[str, Create]] = {
    "AWS::DynamoDB::GlobalTable": global_table,
    "AWS::DAX::ParameterGroup": parameter_group,
    "AWS::DAX::SubnetGroup": subnet_group,
    "AWS::DAX::Cluster": cluster,
    "AWS::Backup::BackupVault": vault,
    "AWS::Backup::BackupPlan": backup_plan,
    "AWS::Backup::BackupSelection": backup_selection,
    "AWS::SNS::Topic": topic,
    "AWS::SNS::TopicPolicy": topic_policy,
}

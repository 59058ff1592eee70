"""Alerts about the table: its policy, its settings, copies of its data, refused requests."""

from __future__ import annotations

from typing import Final

from private_dynamodb.detection.alert import Alert, Calls, Records, Step, Thing
from private_dynamodb.detection.steps import END_SESSIONS, SHOW_POLICY, revert

_IN_TABLE_NAME: Final = ("tableName", Thing.TABLE)

_LAST_POLICIES: Final = (
    "aws cloudtrail lookup-events --max-results 10 "
    "--lookup-attributes AttributeKey=EventName,AttributeValue=PutResourcePolicy"
)

TABLE_POLICY_CHANGED: Final = Alert(
    id="table-policy-changed",
    title="The policy of the table or its stream was changed",
    meaning="The resource policy is what denies every path but the declared endpoints. Without "
    "it, whoever holds credentials with IAM permissions reads the table from anywhere. "
    "CloudFormation and AWS Config do not see such a change.",
    signals=(
        Calls(
            "dynamodb",
            ("PutResourcePolicy", "DeleteResourcePolicy"),
            (("resourceArn", Thing.TABLE),),
        ),
    ),
    look=(
        Step("Read the policy as it is, and compare it with the template.", (SHOW_POLICY,)),
        Step("See who put which policy in the last 90 days.", (_LAST_POLICIES,)),
        Step(
            "See who read while it was open: the trail's log group has the data events. Set "
            "LOG_GROUP to its name first, in the home Region.",
            (
                (
                    "aws logs filter-log-events --log-group-name $LOG_GROUP --filter-pattern "
                    '\'{ $.eventSource = "dynamodb.amazonaws.com" && $.eventCategory = "Data" && '
                    "$.vpcEndpointId NOT EXISTS }'"
                ),
            ),
        ),
    ),
    repair=(
        Step(
            "Put the last good policy back at once: save `requestParameters.policy` of the last "
            "call by the deployment role (of `CreateTable`, if there was none) as policy.json. A "
            "deployment of an unchanged template would change nothing. Only a role of "
            "`administration.deploy` may do this.",
            (
                "aws dynamodb put-resource-policy --resource-arn $TABLE_ARN --policy file://policy.json",
            ),
        ),
        END_SESSIONS,
    ),
    controls=(
        "ddb-deny-outside-vpce",
        "ddb-table-policy-not-public",
        "ddb-policy-change-guarded",
        "ddb-stream-policy-change-guarded",
    ),
)

TABLE_CHANGED: Final = Alert(
    id="table-changed",
    title="The table was changed or deleted, or got a replica",
    meaning="An update can add a replica elsewhere, turn a stream on, take another key, or drop "
    "the protection from deletion. Autoscaling changes capacity by its service-linked role, which "
    "is not told.",
    signals=(
        Calls(
            "dynamodb",
            (
                "UpdateTable",
                "DeleteTable",
                "UpdateContinuousBackups",
                "UpdateContributorInsights",
                "UpdateTableReplicaAutoScaling",
                "UpdateTimeToLive",
            ),
            (_IN_TABLE_NAME,),
        ),
        Calls(
            "dynamodb",
            ("CreateGlobalTable", "UpdateGlobalTable", "UpdateGlobalTableSettings"),
            (("globalTableName", Thing.TABLE),),
        ),
    ),
    look=(
        Step(
            "Look at replicas, stream, key and protection.",
            ("aws dynamodb describe-table --table-name $TABLE",),
        ),
        Step(
            "Look at recovery and at Contributor Insights.",
            (
                "aws dynamodb describe-continuous-backups --table-name $TABLE",
                "aws dynamodb describe-contributor-insights --table-name $TABLE",
            ),
        ),
    ),
    repair=(
        Step(
            "Protect it again, and restore point-in-time recovery.",
            (
                "aws dynamodb update-table --table-name $TABLE --deletion-protection-enabled",
                (
                    "aws dynamodb update-continuous-backups --table-name $TABLE "
                    "--point-in-time-recovery-specification PointInTimeRecoveryEnabled=true"
                ),
            ),
        ),
        Step(
            "Remove a replica that nobody ordered. Its data is a copy of all items.",
            (
                (
                    "aws dynamodb update-table --table-name $TABLE "
                    "--replica-updates Delete={RegionName=$REPLICA_REGION}"
                ),
            ),
        ),
        END_SESSIONS,
    ),
    controls=(
        "ddb-replicas-allow-listed",
        "ddb-deletion-protection",
        "ddb-pitr",
        "ddb-table-change-guarded",
    ),
    services_do_it=True,
)

DATA_COPIED: Final = Alert(
    id="data-copied",
    title="The table was exported, streamed, backed up, restored or imported",
    meaning="Each of these moves all items past the perimeter: into a bucket, a Kinesis stream, "
    "a backup, or a new table without a policy. By default nobody may, but the backup plan.",
    signals=(
        Calls(
            "dynamodb",
            (
                "CreateBackup",
                "EnableKinesisStreamingDestination",
                "ExportTableToPointInTime",
                "StartBulkPutItems",
                "UpdateKinesisStreamingDestination",
            ),
            (_IN_TABLE_NAME, ("tableArn", Thing.TABLE)),
            shows=("s3Bucket", "streamArn", "backupName"),
        ),
        Calls(
            "dynamodb",
            ("RestoreTableFromBackup", "RestoreTableToPointInTime"),
            (
                ("sourceTableName", Thing.TABLE),
                ("sourceTableArn", Thing.TABLE),
                ("targetTableName", Thing.TABLE),
                ("backupArn", Thing.TABLE),
            ),
        ),
        Calls("dynamodb", ("ImportTable",), (("tableCreationParameters.tableName", Thing.TABLE),)),
    ),
    look=(
        Step(
            "List what was made of the table.",
            (
                "aws dynamodb list-exports --table-arn $TABLE_ARN",
                "aws dynamodb describe-kinesis-streaming-destination --table-name $TABLE",
                "aws dynamodb list-backups --table-name $TABLE",
                "aws dynamodb list-tables",
            ),
        ),
    ),
    repair=(
        Step(
            "Stop what still runs: the stream of changes.",
            (
                (
                    "aws dynamodb disable-kinesis-streaming-destination --table-name $TABLE "
                    "--stream-arn $STREAM_ARN"
                ),
            ),
        ),
        Step(
            "Delete the copy: a native backup, or the new table. An export cannot be stopped; "
            "remove its objects from the bucket that the message names.",
            (
                "aws dynamodb delete-backup --backup-arn $BACKUP_ARN",
                "aws dynamodb delete-table --table-name $COPY",
            ),
        ),
        END_SESSIONS,
    ),
    controls=("ddb-export-guarded", "ddb-kinesis-guarded", "ddb-restore-guarded"),
)

BACKUP_TAKEN_OUT: Final = Alert(
    id="backup-taken-out",
    title="A backup was restored, copied or deleted, or the vault's policy changed",
    meaning="The table's policy does not cover its backups: who restores one has a table of their "
    "own with all items. The vault's policy alone closes that.",
    signals=(
        Calls(
            "backup",
            (
                "DeleteBackupVault",
                "DeleteBackupVaultAccessPolicy",
                "DeleteRecoveryPoint",
                "PutBackupVaultAccessPolicy",
                "StartCopyJob",
                "UpdateRecoveryPointLifecycle",
            ),
            (("backupVaultName", Thing.VAULT), ("sourceBackupVaultName", Thing.VAULT)),
            shows=("recoveryPointArn", "destinationBackupVaultArn"),
        ),
        # The call names the recovery point, and neither the vault nor the table.
        Calls("backup", ("StartRestoreJob",), shows=("recoveryPointArn", "iamRoleArn")),
    ),
    look=(
        Step(
            "See what was restored and copied.",
            (
                "aws backup list-restore-jobs",
                "aws backup list-copy-jobs",
                "aws backup get-backup-vault-access-policy --backup-vault-name $VAULT",
            ),
        ),
    ),
    repair=(
        Step(
            "Delete the restored table, and the copy in the other vault.",
            (
                "aws dynamodb delete-table --table-name $COPY",
                (
                    "aws backup delete-recovery-point --backup-vault-name $OTHER_VAULT "
                    "--recovery-point-arn $RECOVERY_POINT_ARN"
                ),
            ),
        ),
        revert("data"),
        END_SESSIONS,
    ),
    controls=("ddb-vault-guarded", "ddb-restore-guarded"),
)

TABLE_REFUSED: Final = Alert(
    id="table-refused",
    title="The table refused a request",
    meaning="Somebody with valid credentials asked for data and was denied: from outside the "
    "endpoints, or without a permission. It may be an attempt, or an application that lost its "
    "way.",
    signals=(Records.TABLE_REFUSED,),
    look=(
        Step(
            "Read the refused requests. Without a `vpcEndpointId`, or with one that is not yours, "
            "they came from outside. Set LOG_GROUP to the trail's log group, in the home Region.",
            (
                (
                    "aws logs filter-log-events --log-group-name $LOG_GROUP --filter-pattern "
                    '\'{ $.eventSource = "dynamodb.amazonaws.com" && '
                    '$.errorCode = "AccessDenied*" }\''
                ),
            ),
        ),
    ),
    repair=(
        Step(
            "An application of yours: run it inside the VPC with the reader or writer role, or "
            "write an exemption with a reason and an expiry, and deploy."
        ),
        END_SESSIONS,
    ),
    controls=("ddb-deny-outside-vpce", "ddb-workload-works"),
    deployed=False,
)

TABLE_ALERTS: Final = (
    TABLE_POLICY_CHANGED,
    TABLE_CHANGED,
    DATA_COPIED,
    BACKUP_TAKEN_OUT,
    TABLE_REFUSED,
)

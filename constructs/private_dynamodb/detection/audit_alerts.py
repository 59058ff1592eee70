"""Alerts about the watch itself: trail, recorder, rules, and roles that get in on purpose."""

from __future__ import annotations

from typing import Final

from private_dynamodb.detection.alert import Alert, Calls, Records, Step, Thing
from private_dynamodb.detection.steps import revert

TRAIL_CHANGED: Final = Alert(
    id="trail-changed",
    title="A trail was stopped, changed or deleted, or its bucket was",
    meaning="Without the trail nobody can tell who read what, and the alerts fall silent: "
    "EventBridge hears of API calls only where a trail records them.",
    signals=(
        Calls(
            "cloudtrail",
            ("DeleteTrail", "PutEventSelectors", "StopLogging", "UpdateTrail"),
            shows=("name", "trailName"),
        ),
        Calls(
            "s3",
            (
                "DeleteBucket",
                "DeleteBucketEncryption",
                "DeleteBucketPolicy",
                "PutBucketAcl",
                "PutBucketLifecycle",
                "PutBucketPolicy",
                "PutBucketPublicAccessBlock",
                "PutBucketVersioning",
            ),
            (("bucketName", Thing.PROJECT),),
        ),
    ),
    look=(
        Step(
            "Look at the state of the trails, and at their last delivery.",
            (
                "aws cloudtrail describe-trails",
                "aws cloudtrail get-trail-status --name $TRAIL",
                "aws cloudtrail get-event-selectors --trail-name $TRAIL",
            ),
        ),
    ),
    repair=(
        Step("Start it again.", ("aws cloudtrail start-logging --name $TRAIL",)),
        revert("audit"),
        Step(
            "The event history of CloudTrail keeps 90 days of management events by itself: read "
            "there what happened meanwhile.",
            ("aws cloudtrail lookup-events --start-time $STOPPED_AT",),
        ),
    ),
    controls=(
        "trail-is-logging",
        "trail-ddb-data-events",
        "trail-ddb-network-activity",
        "trail-bucket-private",
    ),
)

TRAIL_SILENT: Final = Alert(
    id="trail-silent",
    title="The trail delivers nothing",
    meaning="Nothing has come to the trail's log group for an hour. An account with AWS Config is "
    "never that quiet: the trail is stopped, or may no longer write. CloudTrail has no metric for "
    "failed deliveries to the bucket; its status has the last one.",
    signals=(Records.NONE,),
    look=(
        Step(
            "Read the last delivery, and the last error, of bucket and log group.",
            ("aws cloudtrail get-trail-status --name $TRAIL",),
        ),
    ),
    repair=(
        Step("Start the trail, if it is stopped.", ("aws cloudtrail start-logging --name $TRAIL",)),
        Step(
            "Else repair what the error names: the bucket's policy, the key's policy, or the role "
            "that writes to the log group. All are in the Audit stack."
        ),
        revert("audit"),
    ),
    controls=("trail-is-logging", "trail-cloudwatch"),
    deployed=False,
)

RECORDER_CHANGED: Final = Alert(
    id="recorder-changed",
    title="AWS Config was stopped or changed, or a rule of the baseline was",
    meaning="Without recorder and rules, nobody hears that a table, a cache or the network no "
    "longer is what it was.",
    signals=(
        Calls(
            "config",
            (
                "DeleteConfigurationRecorder",
                "DeleteDeliveryChannel",
                "PutConfigurationRecorder",
                "PutDeliveryChannel",
                "StopConfigurationRecorder",
            ),
            shows=("configurationRecorderName", "deliveryChannelName"),
        ),
        Calls(
            "config",
            ("DeleteConfigRule", "PutConfigRule"),
            (("configRuleName", Thing.PROJECT), ("configRule.configRuleName", Thing.PROJECT)),
        ),
    ),
    look=(
        Step(
            "Look at the recorder and its channel.",
            (
                "aws configservice describe-configuration-recorder-status",
                "aws configservice describe-delivery-channel-status",
            ),
        ),
    ),
    repair=(
        Step(
            "Start it again.",
            (
                (
                    "aws configservice start-configuration-recorder "
                    "--configuration-recorder-name $RECORDER"
                ),
            ),
        ),
        revert("audit"),
    ),
    controls=("config-recorder-all", "config-delivery-healthy", "config-ddb-rules-deployed"),
)

WATCH_REMOVED: Final = Alert(
    id="watch-removed",
    title="An alert, an alarm or their topic was removed or switched off",
    meaning="Whoever wants to go unseen switches off who looks. What was told before is in the "
    "mailbox; what comes after is not.",
    signals=(
        Calls(
            "events",
            ("DeleteRule", "DisableRule", "PutRule", "PutTargets", "RemoveTargets"),
            (("name", Thing.PROJECT), ("rule", Thing.PROJECT)),
        ),
        Calls(
            "monitoring",
            ("DeleteAlarms", "DisableAlarmActions", "PutMetricAlarm"),
            (("alarmNames", Thing.PROJECT), ("alarmName", Thing.PROJECT)),
        ),
        Calls(
            "logs",
            ("DeleteLogGroup", "DeleteMetricFilter", "DisassociateKmsKey", "PutMetricFilter"),
            (("logGroupName", Thing.PROJECT),),
        ),
        Calls(
            "sns",
            ("DeleteTopic", "SetTopicAttributes", "Subscribe", "Unsubscribe"),
            (("topicArn", Thing.PROJECT), ("subscriptionArn", Thing.PROJECT)),
        ),
        Calls(
            "access-analyzer",
            ("CreateArchiveRule", "DeleteAnalyzer", "UpdateAnalyzer"),
            (("analyzerName", Thing.PROJECT),),
        ),
    ),
    look=(
        Step(
            "See which rules, alarms and subscribers are left.",
            (
                "aws events list-rules --name-prefix $PROJECT-",
                "aws cloudwatch describe-alarms --alarm-name-prefix $PROJECT-",
                "aws sns list-subscriptions-by-topic --topic-arn $TOPIC_ARN",
            ),
        ),
    ),
    repair=(
        Step(
            "Switch it on again.",
            (
                "aws events enable-rule --name $RULE",
                "aws cloudwatch enable-alarm-actions --alarm-names $ALARM",
            ),
        ),
        revert("audit"),
        Step(
            "Read what happened meanwhile: no alert told it.",
            ("aws cloudtrail lookup-events --start-time $REMOVED_AT",),
        ),
    ),
    controls=("trail-cloudwatch",),
)

BREAK_GLASS_USED: Final = Alert(
    id="break-glass-used",
    title="A role that gets in on purpose was assumed, or somebody tried to",
    meaning="The roles that may export or restore, and break-glass roles, are for rare, planned "
    "work. Each use has an owner and a reason; a failed one has somebody who tried. EventBridge "
    "hears of calls of STS "
    "in the configured Regions and us-east-1; the alarm on the trail's log group counts "
    "those of every Region.",
    signals=(
        Calls(
            "sts",
            ("AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"),
            (("roleArn", Thing.BREAK_GLASS),),
            shows=("roleSessionName",),
        ),
        Records.BREAK_GLASS,
    ),
    look=(
        Step(
            "See who assumes the role, and what the session does.",
            (
                (
                    "aws cloudtrail lookup-events --lookup-attributes "
                    "AttributeKey=EventName,AttributeValue=AssumeRole"
                ),
                (
                    "aws cloudtrail lookup-events --lookup-attributes "
                    "AttributeKey=Username,AttributeValue=$SESSION"
                ),
            ),
        ),
    ),
    repair=(
        Step("Ask the person. If it was planned, write down why, and stop here."),
        Step(
            "Else end every session of the role.",
            (
                (
                    "aws iam put-role-policy --role-name $ROLE --policy-name stopped "
                    '--policy-document \'{"Version":"2012-10-17","Statement":[{"Effect":"Deny",'
                    '"Action":"*","Resource":"*"}]}\''
                ),
            ),
        ),
        Step(
            "Then see what was exported or restored: [data-copied](data-copied.md), "
            "[backup-taken-out](backup-taken-out.md)."
        ),
    ),
    controls=("ddb-export-guarded", "ddb-restore-guarded", "iam-no-stranger-assumes"),
    deployed=False,
)

AUDIT_ALERTS: Final = (
    BREAK_GLASS_USED,
    TRAIL_CHANGED,
    TRAIL_SILENT,
    RECORDER_CHANGED,
    WATCH_REMOVED,
)

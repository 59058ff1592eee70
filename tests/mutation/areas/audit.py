"""Faults of the audit: the trail, its bucket, the recorder and its rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.mutation.mutant import NONE, Mutant, also, drop, put, remove, together

if TYPE_CHECKING:
    from tests.mutation.mutant import Change
    from tests.mutation.templates import Templates

AREA: Final = "audit"
TRAIL: Final = "Audit/Trail/Trail"
BUCKET: Final = "Audit/Trail/Bucket/Logs"
RECORDER: Final = "Audit/Recorder/Recorder"
TABLE: Final = "Data/Table/Table"
GATEWAY: Final = "Network/Network/DynamoDbEndpoint"
DATA: Final = "trail-ddb-data-events"
STREAMS: Final = "trail-ddb-stream-events"
ACTIVITY: Final = "trail-ddb-network-activity"
EVERYTHING: Final = "trail-multi-region"
SELECTORS: Final = "AdvancedEventSelectors"


def _rule(name: str) -> str:
    return f"Audit/ConfigRules/{name}"


def _narrow(position: int, **field: object) -> Change:
    """Add a field to an event selector."""

    def change(templates: Templates) -> None:
        selector = templates.properties(TRAIL)[SELECTORS][position]
        selector["FieldSelectors"].append(field)

    return change


def _without_selectors(*positions: int) -> Change:
    def change(templates: Templates) -> None:
        properties = templates.properties(TRAIL)
        properties[SELECTORS] = [
            each for at, each in enumerate(properties[SELECTORS]) if at not in positions
        ]

    return change


def _basic_selectors(templates: Templates) -> None:
    """Record as old trails do: management events and what S3 does."""
    properties = templates.properties(TRAIL)
    del properties[SELECTORS]
    properties["EventSelectors"] = [
        {
            "ReadWriteType": "All",
            "IncludeManagementEvents": True,
            "DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}],
        }
    ]


def _trail(name: str, control: str, on: str, change: Change, *also_: str) -> Mutant:
    return Mutant(name, control, NONE, on, change, also(*also_))


MUTANTS: Final = (
    _trail(
        "the trail is off",
        "trail-is-logging",
        TRAIL,
        put(TRAIL, "IsLogging", value=False),
        DATA,
        STREAMS,
        ACTIVITY,
    ),
    _trail("there is no trail", "trail-is-logging", TABLE, remove(TRAIL), DATA, STREAMS, ACTIVITY),
    _trail(
        "the trail sees one Region",
        EVERYTHING,
        TRAIL,
        put(TRAIL, "IsMultiRegionTrail", value=False),
    ),
    _trail(
        "the trail leaves out global services",
        EVERYTHING,
        TRAIL,
        put(TRAIL, "IncludeGlobalServiceEvents", value=False),
    ),
    _trail(
        "the trail records changes alone",
        EVERYTHING,
        TRAIL,
        _narrow(0, Field="readOnly", Equals=["false"]),
    ),
    _trail("the trail records no management events", EVERYTHING, TRAIL, _without_selectors(0)),
    _trail(
        "the trail leaves out the keys",
        "trail-no-excluded-sources",
        TRAIL,
        _narrow(0, Field="eventSource", NotEquals=["kms.amazonaws.com"]),
    ),
    _trail(
        "log files are not validated",
        "trail-validation",
        TRAIL,
        drop(TRAIL, "EnableLogFileValidation"),
    ),
    _trail("a key of AWS encrypts the log files", "trail-kms", TRAIL, drop(TRAIL, "KMSKeyId")),
    _trail(
        "no alarm can watch the trail",
        "trail-cloudwatch",
        TRAIL,
        together(drop(TRAIL, "CloudWatchLogsLogGroupArn"), drop(TRAIL, "CloudWatchLogsRoleArn")),
    ),
    _trail(
        "the trail's bucket may become public",
        "trail-bucket-private",
        BUCKET,
        drop(BUCKET, "PublicAccessBlockConfiguration"),
    ),
    _trail(
        "the trail's bucket takes public policies",
        "trail-bucket-private",
        BUCKET,
        put(BUCKET, "PublicAccessBlockConfiguration.BlockPublicPolicy", value=False),
    ),
    _trail(
        "the trail's bucket is readable for everybody who signs in",
        "trail-bucket-private",
        BUCKET,
        put(BUCKET, "AccessControl", "AuthenticatedRead"),
    ),
    _trail(
        "nobody records what is read",
        DATA,
        TABLE,
        _narrow(1, Field="readOnly", Equals=["false"]),
    ),
    _trail(
        "the trail records the events of another Region's table",
        DATA,
        TABLE,
        put(
            TRAIL,
            f"{SELECTORS}.1.FieldSelectors.2.StartsWith",
            [{"Fn::Sub": "arn:${AWS::Partition}:dynamodb:eu-west-1:${AWS::AccountId}:table/"}],
        ),
    ),
    _trail(
        "the trail leaves out one call",
        DATA,
        TABLE,
        _narrow(1, Field="eventName", NotEquals=["BatchGetItem"]),
    ),
    _trail(
        "the trail leaves out whoever has such a name",
        DATA,
        TABLE,
        _narrow(
            1, Field="userIdentity.arn", NotStartsWith=["arn:aws:sts::111122223333:assumed-role/a"]
        ),
    ),
    _trail(
        "the trail has selectors of the old kind, for buckets alone",
        DATA,
        TABLE,
        _basic_selectors,
        STREAMS,
        ACTIVITY,
    ),
    _trail(
        "nobody records reads of the stream",
        STREAMS,
        TABLE,
        _without_selectors(1, 2),
        DATA,
    ),
    _trail("nobody records what the endpoint refuses", ACTIVITY, GATEWAY, _without_selectors(3)),
    _trail(
        "the trail records what the endpoint of another service refuses",
        ACTIVITY,
        GATEWAY,
        put(TRAIL, f"{SELECTORS}.3.FieldSelectors.1.Equals", ["s3.amazonaws.com"]),
    ),
    _trail(
        "the recorder forgets DynamoDB",
        "config-recorder-all",
        RECORDER,
        put(
            RECORDER,
            "RecordingGroup",
            {"AllSupported": False, "ResourceTypes": ["AWS::S3::Bucket", "AWS::KMS::Key"]},
        ),
    ),
    _trail(
        "the recorder leaves out tables",
        "config-recorder-all",
        RECORDER,
        put(
            RECORDER,
            "RecordingGroup",
            {
                "ExclusionByResourceTypes": {"ResourceTypes": ["AWS::DynamoDB::Table"]},
                "RecordingStrategy": {"UseOnly": "EXCLUSION_BY_RESOURCE_TYPES"},
            },
        ),
    ),
    _trail("nothing is recorded", "config-recorder-all", TABLE, remove(RECORDER)),
    _trail(
        "the recorder has nowhere to write",
        "config-recorder-all",
        RECORDER,
        remove("Audit/Recorder/Channel"),
    ),
    _trail(
        "a rule is removed",
        "config-ddb-rules-deployed",
        TABLE,
        remove(_rule("DaxTlsEndpointEncryption")),
    ),
    _trail(
        "a rule asks for another service's endpoint",
        "config-rule-params-right",
        _rule("ServiceVpcEndpointEnabled"),
        put(_rule("ServiceVpcEndpointEnabled"), "InputParameters.serviceName", "s3"),
    ),
    _trail(
        "a rule looks at buckets alone",
        "config-rule-params-right",
        _rule("DynamodbPitrEnabled"),
        put(
            _rule("DynamodbPitrEnabled"),
            "Scope",
            {"ComplianceResourceTypes": ["AWS::S3::Bucket"]},
        ),
    ),
    _trail(
        "a rule wants another key",
        "config-rule-params-right",
        _rule("DynamodbTableEncryptedKms"),
        put(
            _rule("DynamodbTableEncryptedKms"),
            "InputParameters.kmsKeyArns",
            "arn:aws:kms:us-east-1:111122223333:key/0f0f0f0f-0f0f-0f0f-0f0f-0f0f0f0f0f0f",
        ),
    ),
    _trail(
        "a rule has a name that AWS does not know",
        "config-rule-params-right",
        _rule("DaxEncryptionEnabled"),
        put(_rule("DaxEncryptionEnabled"), "Source.SourceIdentifier", "DAX_ENCRYPTED"),
        "config-ddb-rules-deployed",
    ),
)

"""The trail."""

from collections.abc import Callable
from typing import Any

import pytest

from ddb_perimeter.controls.perimeter import Perimeter
from ddb_perimeter.findings import Exposure, Severity
from tests.unit.controls.networks import UNRESOLVED, UNSET, Resources, resource

Tell = Callable[..., list[str]]
Ask = Callable[..., Any]

LOGGING, REGIONS, EXCLUDED, VALID, KMS, LOGS, BUCKET = POSTURE = (
    "trail-is-logging",
    "trail-multi-region",
    "trail-no-excluded-sources",
    "trail-validation",
    "trail-kms",
    "trail-cloudwatch",
    "trail-bucket-private",
)
DATA, STREAMS, NETWORK = EVENTS = (
    "trail-ddb-data-events",
    "trail-ddb-stream-events",
    "trail-ddb-network-activity",
)
EXISTING = Perimeter(existing=frozenset({"trail"}))
HERE = "arn:aws:dynamodb:us-east-1:111122223333:table/orders"
THERE = HERE.replace("us-east-1", "eu-west-1")
BLOCK = {
    "BlockPublicAcls": True,
    "BlockPublicPolicy": True,
    "IgnorePublicAcls": True,
    "RestrictPublicBuckets": True,
}


def field(name: str, *values: object, operator: str = "Equals") -> Resources:
    return {"Field": name, operator: list(values)}


def selector(*fields: Resources) -> Resources:
    return {"FieldSelectors": list(fields)}


MANAGEMENT = selector(field("eventCategory", "Management"))
REFUSED = selector(
    field("eventCategory", "NetworkActivity"),
    field("eventSource", "dynamodb.amazonaws.com"),
    field("errorCode", "VpceAccessDenied"),
)


def data(*more: Resources, kind: object = "AWS::DynamoDB::Table") -> Resources:
    return selector(field("eventCategory", "Data"), field("resources.type", kind), *more)


def table(*regions: str, view: object = None, kind: str = "GlobalTable") -> Resources:
    stream = {} if view is None else {"StreamSpecification": {"StreamViewType": view}}
    replicas = {"Replicas": [{"Region": region} for region in regions or ("us-east-1",)]}
    rest = replicas if kind == "GlobalTable" else {}
    return resource(f"AWS::DynamoDB::{kind}", TableName="orders", **stream, **rest)


def audited(*tables: Resources, **changes: object) -> Resources:
    """Return a table with a good trail; properties of the trail may differ, None leaves one out."""
    properties = {
        "IsLogging": True,
        "IsMultiRegionTrail": True,
        "IncludeGlobalServiceEvents": True,
        "EnableLogFileValidation": True,
        "KMSKeyId": "alias/trail",
        "CloudWatchLogsLogGroupArn": "arn:logs",
        "S3BucketName": {"Ref": "Bucket"},
        "AdvancedEventSelectors": [MANAGEMENT, data(), REFUSED],
        **changes,
    }
    (own,) = tables or (table(),)
    return {
        "Table": own,
        "Trail": resource(
            "AWS::CloudTrail::Trail", **{k: v for k, v in properties.items() if v is not None}
        ),
        "Bucket": resource("AWS::S3::Bucket", PublicAccessBlockConfiguration=BLOCK),
        "Endpoint": resource(
            "AWS::EC2::VPCEndpoint",
            VpcId="vpc-1",
            ServiceName="com.amazonaws.us-east-1.dynamodb",
        ),
    }


@pytest.mark.parametrize("control", [*POSTURE, *EVENTS])
def test_a_good_trail_holds(ask: Ask, control: str) -> None:
    result = ask(control, audited(table(view="NEW_IMAGE")))

    assert result.findings == ()
    assert result.controls[0].resources >= 1


@pytest.mark.parametrize("kind", ["Table", "GlobalTable"])
@pytest.mark.parametrize(
    ("control", "expected"),
    [
        (LOGGING, "Table -: No trail in what was checked is on and records us-east-1."),
        (DATA, f"Table -: No trail in what was checked records data events of {HERE}."),
        (STREAMS, "Table -: No trail in what was checked records reads of stream "),
        (NETWORK, "Endpoint -: No trail in what was checked records refusals of the endpoint."),
    ],
)
def test_a_trail_must_be_here_or_declared(
    ask: Ask, tell: Tell, kind: str, control: str, expected: str
) -> None:
    resources = audited(table(view="NEW_IMAGE", kind=kind))
    del resources["Trail"]

    (told,) = tell(control, resources)
    assert told.startswith(f"broken {expected}")
    assert tell(control, resources, EXISTING) == []
    (finding,) = ask(control, resources).findings
    assert finding.exposure is Exposure.NONE
    assert 'existing = ["trail"]' in finding.fix


@pytest.mark.parametrize(
    ("control", "change", "expected"),
    [
        (
            LOGGING,
            {"IsLogging": False},
            [
                "broken Table -: No trail in what was checked is on and records us-east-1.",
                "broken Trail IsLogging: IsLogging is not true.",
            ],
        ),
        (LOGGING, {"IsLogging": UNSET}, [f"unknown Trail IsLogging: IsLogging {UNRESOLVED}"]),
        (
            REGIONS,
            {"IsMultiRegionTrail": None},
            ["broken Trail IsMultiRegionTrail: IsMultiRegionTrail is not true."],
        ),
        (
            REGIONS,
            {"IsMultiRegionTrail": UNSET},
            [f"unknown Trail IsMultiRegionTrail: IsMultiRegionTrail {UNRESOLVED}"],
        ),
        (
            REGIONS,
            {"IncludeGlobalServiceEvents": False},
            ["broken Trail IncludeGlobalServiceEvents: IncludeGlobalServiceEvents is not true."],
        ),
        (
            REGIONS,
            {"AdvancedEventSelectors": [data()]},
            [
                "broken Trail AdvancedEventSelectors: AdvancedEventSelectors records none of "
                "management events."
            ],
        ),
        (
            REGIONS,
            {
                "AdvancedEventSelectors": [
                    selector(field("eventCategory", "Management"), field("readOnly", "false"))
                ]
            },
            [
                "broken Trail AdvancedEventSelectors: AdvancedEventSelectors records only writes "
                "(readOnly is false) of management events."
            ],
        ),
        (
            REGIONS,
            {"AdvancedEventSelectors": None, "EventSelectors": [{"ReadWriteType": "WriteOnly"}]},
            [
                "broken Trail EventSelectors: EventSelectors records only writes (ReadWriteType "
                "is WriteOnly) of management events."
            ],
        ),
        (
            REGIONS,
            {
                "AdvancedEventSelectors": None,
                "EventSelectors": [{"IncludeManagementEvents": False}],
            },
            ["broken Trail EventSelectors: EventSelectors records none of management events."],
        ),
        (
            REGIONS,
            {"AdvancedEventSelectors": UNSET},
            [f"unknown Trail AdvancedEventSelectors: AdvancedEventSelectors {UNRESOLVED}"],
        ),
        (
            EXCLUDED,
            {
                "AdvancedEventSelectors": None,
                "EventSelectors": [{"ExcludeManagementEventSources": ["kms.amazonaws.com"]}],
            },
            [
                "broken Trail EventSelectors[0].ExcludeManagementEventSources: It leaves out "
                "events of kms.amazonaws.com."
            ],
        ),
        (
            EXCLUDED,
            {
                "AdvancedEventSelectors": [
                    selector(
                        field("eventCategory", "Management"),
                        field("eventSource", "kms.amazonaws.com", operator="NotEquals"),
                    )
                ]
            },
            [
                "broken Trail AdvancedEventSelectors[0].FieldSelectors[1]: It leaves out events "
                "of kms.amazonaws.com."
            ],
        ),
        (
            VALID,
            {"EnableLogFileValidation": None},
            ["broken Trail EnableLogFileValidation: EnableLogFileValidation is not true."],
        ),
        (
            VALID,
            {"EnableLogFileValidation": UNSET},
            [f"unknown Trail EnableLogFileValidation: EnableLogFileValidation {UNRESOLVED}"],
        ),
        (
            KMS,
            {"KMSKeyId": None},
            [
                "broken Trail KMSKeyId: KMSKeyId is left out, so S3's own key encrypts the log "
                "files."
            ],
        ),
        (KMS, {"KMSKeyId": UNSET}, [f"unknown Trail KMSKeyId: KMSKeyId {UNRESOLVED}"]),
        (
            LOGS,
            {"CloudWatchLogsLogGroupArn": None},
            [
                "broken Trail CloudWatchLogsLogGroupArn: CloudWatchLogsLogGroupArn is left out, "
                "so no alarm can watch the trail."
            ],
        ),
        (
            BUCKET,
            {"S3BucketName": "archive"},
            [
                "unknown Trail S3BucketName: Bucket archive is not in what was checked, so "
                "whether it is private cannot be seen."
            ],
        ),
        (
            BUCKET,
            {"S3BucketName": UNSET},
            [f"unknown Trail S3BucketName: S3BucketName {UNRESOLVED}"],
        ),
    ],
)
def test_one_change_is_found(
    tell: Tell, control: str, change: Resources, expected: list[str]
) -> None:
    assert tell(control, audited(**change)) == expected


def test_a_second_trail_may_do_less(tell: Tell) -> None:
    resources = audited()
    resources["Second"] = resource(
        "AWS::CloudTrail::Trail", IsLogging=True, AdvancedEventSelectors=[data()]
    )

    assert tell(REGIONS, resources) == []


def test_a_trail_without_selectors_records_management_events(tell: Tell) -> None:
    assert tell(REGIONS, audited(AdvancedEventSelectors=None)) == []


def test_a_log_archive_that_the_user_declares_is_believed(tell: Tell) -> None:
    declared = Perimeter(existing=frozenset({"log-bucket"}))

    assert tell(BUCKET, audited(S3BucketName="archive"), declared) == []


@pytest.mark.parametrize("switch", BLOCK)
def test_every_switch_of_the_bucket_is_on(tell: Tell, switch: str) -> None:
    pointer = f"PublicAccessBlockConfiguration.{switch}"
    for value, expected in (
        (False, f"broken Bucket {pointer}: {pointer} is not true."),
        (UNSET, f"unknown Bucket {pointer}: {pointer} {UNRESOLVED}"),
    ):
        resources = audited()
        resources["Bucket"]["Properties"] = {
            "PublicAccessBlockConfiguration": {**BLOCK, switch: value}
        }
        assert tell(BUCKET, resources) == [expected]


@pytest.mark.parametrize(
    ("acl", "expected"),
    [
        ("LogDeliveryWrite", []),
        ("PublicRead", ["broken Bucket AccessControl: AccessControl is PublicRead."]),
        (UNSET, [f"unknown Bucket AccessControl: AccessControl {UNRESOLVED}"]),
    ],
)
def test_the_bucket_has_no_public_acl(tell: Tell, acl: object, expected: list[str]) -> None:
    resources = audited()
    resources["Bucket"]["Properties"]["AccessControl"] = acl

    assert tell(BUCKET, resources) == expected


READ_ONLY = field("readOnly", "true")
WRITE_ONLY = field("readOnly", "false")
NOT_LINKED = field(
    "userIdentity.arn",
    "arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForDynamoDB",
    operator="NotStartsWith",
)


@pytest.mark.parametrize(
    "selectors",
    [
        [data()],
        [data(field("resources.ARN", HERE))],
        [data(field("resources.ARN", {"Fn::GetAtt": ["Table", "Arn"]}))],
        [data(field("resources.ARN", "arn:aws:dynamodb:", operator="StartsWith"))],
        [data(field("resources.ARN", "/orders", operator="EndsWith"))],
        [data(field("resources.ARN", f"{HERE}-old", operator="NotEquals"))],
        [data(READ_ONLY), data(WRITE_ONLY)],
        [data(field("readOnly", "true", "false"))],
        [data(NOT_LINKED)],
        [data(field("eventSource", "dynamodb.amazonaws.com"))],
        [data(field("resources.ARN", "else")), data()],
    ],
)
def test_selectors_that_record_the_table(tell: Tell, selectors: list[Resources]) -> None:
    assert tell(DATA, audited(AdvancedEventSelectors=selectors)) == []


MISSING = f"broken Table -: Trail Trail does not record all data events of {HERE}: "


@pytest.mark.parametrize(
    ("selectors", "why"),
    [
        ([MANAGEMENT], "none."),
        ([data(READ_ONLY)], "only reads (readOnly is true)."),
        ([data(WRITE_ONLY)], "only writes (readOnly is false)."),
        ([data(kind="AWS::S3::Object")], "none."),
        ([data(field("resources.ARN", f"{HERE}-old"))], "none."),
        ([data(field("resources.ARN", f"{HERE}/stream/", operator="StartsWith"))], "none."),
        ([data(field("resources.ARN", HERE, operator="NotEquals"))], "none."),
        ([data(field("eventName", "PutItem"))], "none (eventName is limited)."),
        (
            [data(field("eventName", "GetItem", operator="NotEquals"))],
            "none (eventName is limited).",
        ),
        (
            [data(field("userIdentity.arn", "dax", operator="NotEndsWith"))],
            "none (userIdentity.arn is limited).",
        ),
        ([selector(field("resources.type", "AWS::DynamoDB::Table"))], "none."),
        ([selector(field("eventCategory", "Data"))], "none."),
    ],
)
def test_selectors_that_do_not(tell: Tell, selectors: list[Resources], why: str) -> None:
    assert tell(DATA, audited(AdvancedEventSelectors=selectors)) == [MISSING + why]


@pytest.mark.parametrize(
    "selectors",
    [
        UNSET,
        [data(field("resources.ARN", UNSET))],
        [data(field("resources.ARN", "else"), field("readOnly", "true")), data(kind=UNSET)],
        [data(field("resources.ARN", f"{HERE}-old", UNSET, operator="NotEquals"))],
    ],
)
def test_selectors_that_cannot_be_read_are_unknown(tell: Tell, selectors: object) -> None:
    assert tell(DATA, audited(AdvancedEventSelectors=selectors)) == [
        f"unknown Table -: Whether a trail records data events of {HERE} {UNRESOLVED}"
    ]


def basic(*values: object, mode: object = "All", kind: str = "AWS::DynamoDB::Table") -> Resources:
    resources = [{"Type": kind, "Values": list(values)}]
    return {
        "AdvancedEventSelectors": None,
        "EventSelectors": [{"ReadWriteType": mode, "DataResources": resources}],
    }


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (basic("arn:aws:dynamodb"), []),
        (basic(HERE), []),
        (basic({"Fn::GetAtt": ["Table", "Arn"]}), []),
        (basic(THERE), [f"{MISSING}none."]),
        (basic(HERE, kind="AWS::S3::Object"), [f"{MISSING}none."]),
        (
            basic(HERE, mode="ReadOnly"),
            [f"{MISSING}only reads (ReadWriteType is ReadOnly)."],
        ),
        (
            basic(UNSET),
            [f"unknown Table -: Whether a trail records data events of {HERE} {UNRESOLVED}"],
        ),
        (
            basic(HERE, mode=UNSET),
            [f"unknown Table -: Whether a trail records data events of {HERE} {UNRESOLVED}"],
        ),
        ({"AdvancedEventSelectors": None}, [f"{MISSING}none."]),
    ],
)
def test_basic_selectors(tell: Tell, change: Resources, expected: list[str]) -> None:
    assert tell(DATA, audited(**change)) == expected


def test_a_list_of_arns_has_to_name_every_region(tell: Tell) -> None:
    both = table("us-east-1", "eu-west-1")
    one = [data(field("resources.ARN", HERE))]
    two = [data(field("resources.ARN", HERE, THERE))]

    assert tell(DATA, audited(both, AdvancedEventSelectors=two)) == []
    assert tell(DATA, audited(both, AdvancedEventSelectors=one)) == [
        f"broken Table -: Trail Trail does not record all data events of {THERE}: none."
    ]


def test_a_trail_of_one_region_does_not_record_another(tell: Tell) -> None:
    assert tell(DATA, audited(IsMultiRegionTrail=False)) == []
    assert tell(DATA, audited(table("eu-west-1"), IsMultiRegionTrail=False)) == [
        f"broken Table -: No trail in what was checked records data events of {THERE}."
    ]


def test_a_trail_that_is_off_records_nothing(tell: Tell) -> None:
    assert tell(DATA, audited(IsLogging=False)) == [
        f"broken Table -: No trail in what was checked records data events of {HERE}."
    ]


STREAM = "AWS::DynamoDB::Stream"


@pytest.mark.parametrize(
    ("selectors", "found"),
    [
        ([data()], False),
        ([data(kind=STREAM)], False),
        ([data(READ_ONLY)], False),
        (
            [data(field("resources.ARN", f"{HERE}/stream/", operator="StartsWith"), kind=STREAM)],
            False,
        ),
        ([data(WRITE_ONLY)], True),
        ([data(WRITE_ONLY, kind=STREAM)], True),
        ([data(field("resources.ARN", THERE, operator="StartsWith"), kind=STREAM)], True),
        ([MANAGEMENT], True),
    ],
)
def test_streams_are_recorded(tell: Tell, selectors: list[Resources], *, found: bool) -> None:
    for kind in ("Table", "GlobalTable"):
        resources = audited(table(view="NEW_IMAGE", kind=kind), AdvancedEventSelectors=selectors)
        assert bool(tell(STREAMS, resources)) is found


def test_a_table_without_a_stream_needs_no_record_of_it(tell: Tell) -> None:
    assert tell(STREAMS, audited(AdvancedEventSelectors=[MANAGEMENT])) == []


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ([field("eventSource", "dynamodb.amazonaws.com")], False),
        (
            [
                field("eventSource", "dynamodb.amazonaws.com"),
                field("errorCode", "VpceAccessDenied"),
                field("vpcEndpointId", {"Ref": "Endpoint"}),
            ],
            False,
        ),
        ([field("eventSource", "s3.amazonaws.com")], True),
        ([field("eventSource", "dynamodb.amazonaws.com"), field("vpcEndpointId", "vpce-1")], True),
        ([field("eventSource", "dynamodb.amazonaws.com"), field("eventName", "Scan")], True),
        ([field("eventSource", "dynamodb.amazonaws.com"), field("errorCode", "Other")], True),
    ],
)
def test_refusals_are_recorded(tell: Tell, fields: list[Resources], *, found: bool) -> None:
    selectors = [selector(field("eventCategory", "NetworkActivity"), *fields)]

    assert bool(tell(NETWORK, audited(AdvancedEventSelectors=selectors))) is found


def test_severities(ask: Ask) -> None:
    (finding,) = ask(DATA, audited(AdvancedEventSelectors=[MANAGEMENT])).findings

    assert (finding.severity, finding.exposure) == (Severity.HIGH, Exposure.NONE)

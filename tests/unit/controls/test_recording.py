"""AWS Config's recorder."""

from collections.abc import Callable
from typing import Any

import pytest

from ddb_perimeter.controls.perimeter import Perimeter
from tests.unit.controls.networks import UNRESOLVED, UNSET, Resources, resource

Tell = Callable[..., list[str]]

CONTROL = "config-recorder-all"
NEEDED = [
    "AWS::DynamoDB::Table",
    "AWS::EC2::RouteTable",
    "AWS::EC2::SecurityGroup",
    "AWS::EC2::VPCEndpoint",
    "AWS::KMS::Key",
]


def recorded(group: object = None, **recorder: object) -> Resources:
    properties = {"RecordingGroup": group, **recorder}
    return {
        "Table": resource("AWS::DynamoDB::Table"),
        "Recorder": resource(
            "AWS::Config::ConfigurationRecorder",
            **{k: v for k, v in properties.items() if v is not None},
        ),
        "Channel": resource("AWS::Config::DeliveryChannel", S3BucketName="logs"),
    }


def use(strategy: object, **group: object) -> Resources:
    return {"RecordingStrategy": {"UseOnly": strategy}, **group}


@pytest.mark.parametrize(
    "group",
    [
        None,
        {"AllSupported": True},
        {"AllSupported": "true", "IncludeGlobalResourceTypes": True},
        {"ResourceTypes": NEEDED},
        use("ALL_SUPPORTED_RESOURCE_TYPES"),
        use("INCLUSION_BY_RESOURCE_TYPES", ResourceTypes=NEEDED),
        use(
            "EXCLUSION_BY_RESOURCE_TYPES",
            ExclusionByResourceTypes={"ResourceTypes": ["AWS::EC2::Instance"]},
        ),
    ],
)
def test_a_recorder_of_tables_holds(ask: Callable[..., Any], group: object) -> None:
    result = ask(CONTROL, recorded(group))

    assert result.findings == ()
    assert result.controls[0].resources == 2


LACKS = "broken Recorder RecordingGroup: It does not record"


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        ({"AllSupported": False}, f"{LACKS} {', '.join(NEEDED)}."),
        ({"ResourceTypes": ["AWS::S3::Bucket"]}, f"{LACKS} {', '.join(NEEDED)}."),
        ({"ResourceTypes": NEEDED[1:]}, f"{LACKS} AWS::DynamoDB::Table."),
        (
            use(
                "EXCLUSION_BY_RESOURCE_TYPES",
                ExclusionByResourceTypes={"ResourceTypes": NEEDED[:1]},
            ),
            f"{LACKS} AWS::DynamoDB::Table.",
        ),
        (
            {"ExclusionByResourceTypes": {"ResourceTypes": NEEDED[4:]}},
            f"{LACKS} AWS::KMS::Key.",
        ),
        (UNSET, f"unknown Recorder RecordingGroup: RecordingGroup {UNRESOLVED}"),
        (
            {"AllSupported": UNSET},
            f"unknown Recorder RecordingGroup: RecordingGroup {UNRESOLVED}",
        ),
        (
            {"ResourceTypes": [*NEEDED, UNSET]},
            f"unknown Recorder RecordingGroup: RecordingGroup {UNRESOLVED}",
        ),
        (use(UNSET), f"unknown Recorder RecordingGroup: RecordingGroup {UNRESOLVED}"),
    ],
)
def test_a_recorder_of_less_does_not(tell: Tell, group: object, expected: str) -> None:
    assert tell(CONTROL, recorded(group)) == [expected]


@pytest.mark.parametrize(
    ("started", "expected"),
    [
        (True, []),
        (
            False,
            ["broken Recorder StartedOnCreate: StartedOnCreate is false, so nothing starts it."],
        ),
        (UNSET, [f"unknown Recorder StartedOnCreate: StartedOnCreate {UNRESOLVED}"]),
    ],
)
def test_a_recorder_is_started(tell: Tell, started: object, expected: list[str]) -> None:
    assert tell(CONTROL, recorded(StartedOnCreate=started)) == expected


def test_a_recorder_needs_a_channel(tell: Tell) -> None:
    resources = recorded()
    del resources["Channel"]

    assert tell(CONTROL, resources) == [
        (
            "broken Recorder -: Its Region has no delivery channel in what was "
            "checked, so it cannot "
            "start."
        )
    ]


@pytest.mark.parametrize(
    "table",
    [
        resource("AWS::DynamoDB::Table"),
        resource("AWS::DynamoDB::GlobalTable", Replicas=[{"Region": "us-east-1"}]),
    ],
)
def test_a_recorder_must_be_here_or_declared(tell: Tell, table: Resources) -> None:
    declared = Perimeter(existing=frozenset({"recorder"}))

    assert tell(CONTROL, {"Table": table}, declared) == []
    assert tell(CONTROL, {"Table": table}) == [
        "broken Table -: No configuration recorder in what was checked records us-east-1."
    ]


def test_every_region_of_a_global_table_has_one(tell: Tell) -> None:
    replicas = [{"Region": "us-east-1"}, {"Region": "eu-west-1"}]
    table = resource("AWS::DynamoDB::GlobalTable", Replicas=replicas)

    assert tell(CONTROL, {**recorded(), "Table": table}) == [
        "broken Table -: No configuration recorder in what was checked records eu-west-1."
    ]

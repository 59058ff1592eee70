"""Where the data of tables goes."""

from collections.abc import Callable
from typing import Any

import pytest

from ddb_perimeter.controls.perimeter import Perimeter
from ddb_perimeter.findings import Exposure, Severity

Tell = Callable[..., list[str]]
Ask = Callable[..., Any]
Resources = dict[str, Any]

UNSET = {"Ref": "Unset"}
NO_DEFAULT = (
    "which cannot be resolved: parameter Unset has no default and no --parameter gives it a value"
)
ARN = "arn:aws:dynamodb:us-east-1:111122223333:table/orders"
TABLE: Resources = {
    "Table": {
        "Type": "AWS::DynamoDB::Table",
        "Properties": {"TableName": "orders", "Tags": [{"Key": "backup", "Value": "daily"}]},
    }
}


def global_table(*replicas: object, **properties: object) -> Resources:
    return {
        "Table": {
            "Type": "AWS::DynamoDB::GlobalTable",
            "Properties": {"TableName": "orders", "Replicas": list(replicas), **properties},
        }
    }


def selection(**selection: object) -> Resources:
    return {
        "Selection": {
            "Type": "AWS::Backup::BackupSelection",
            "Properties": {"BackupPlanId": "plan", "BackupSelection": selection},
        }
    }


def tag(value: object, key: str = "backup") -> Resources:
    return {"ConditionType": "STRINGEQUALS", "ConditionKey": key, "ConditionValue": value}


def when(operator: str, value: object) -> Resources:
    return {operator: [{"ConditionKey": "aws:ResourceTag/backup", "ConditionValue": value}]}


@pytest.mark.parametrize(
    "taken",
    [
        {"Resources": [ARN]},
        {"Resources": [{"Fn::GetAtt": ["Table", "Arn"]}]},
        {"Resources": ["arn:aws:dynamodb:*:*:table/*"]},
        {"Resources": ["*"], "NotResources": ["arn:aws:s3:*"]},
        {"Resources": ["*"], "Conditions": when("StringEquals", "daily")},
        {"Resources": ["*"], "Conditions": when("StringLike", "d*")},
        {"Resources": ["*"], "Conditions": when("StringNotEquals", "never")},
        {"ListOfTags": [tag("daily")]},
        {},
    ],
)
def test_a_backup_plan_takes_the_table(tell: Tell, taken: Resources) -> None:
    assert tell("ddb-backup-plan", {**TABLE, **selection(**taken)}) == []


@pytest.mark.parametrize(
    "taken",
    [
        {"Resources": [f"{ARN}-archive"]},
        {"Resources": ["arn:aws:dynamodb:us-east-1:111122223333:table/order?"]},
        {"Resources": ["*"], "NotResources": [ARN]},
        {"Resources": ["*"], "Conditions": when("StringEquals", "weekly")},
        {"Resources": ["*"], "Conditions": when("StringNotLike", "d*")},
        {"ListOfTags": [tag("weekly"), tag("daily", "other")]},
    ],
)
def test_a_backup_plan_for_something_else_does_not_count(tell: Tell, taken: Resources) -> None:
    assert tell("ddb-backup-plan", {**TABLE, **selection(**taken)}) == [
        f"broken Table -: No backup plan in what was checked selects {ARN}."
    ]


@pytest.mark.parametrize(
    "taken",
    [
        {"Resources": [UNSET]},
        {"Resources": UNSET},
        {"Resources": ["*"], "NotResources": [UNSET]},
        {"Resources": ["*"], "Conditions": when("StringEquals", UNSET)},
        {"Resources": ["*"], "Conditions": UNSET},
        {"ListOfTags": [tag(UNSET)]},
    ],
)
def test_a_selection_that_cannot_be_read_is_unknown(tell: Tell, taken: Resources) -> None:
    assert tell("ddb-backup-plan", {**TABLE, **selection(**taken)}) == [
        f"unknown Table -: The selection of a backup plan is ${{Unset}}, {NO_DEFAULT}."
    ]


def test_a_plan_takes_tables_of_its_own_region(tell: Tell) -> None:
    here, there = {"Region": "us-east-1"}, {"Region": "eu-west-1"}

    assert tell("ddb-backup-plan", {**global_table(here), **selection(Resources=["*"])}) == []
    assert tell("ddb-backup-plan", {**global_table(here, there), **selection(Resources=["*"])}) == [
        "broken Table -: No backup plan in what was checked selects "
        f"{ARN.replace('us-east-1', 'eu-west-1')}."
    ]


def test_a_plan_that_the_user_declares_counts(tell: Tell) -> None:
    assert tell("ddb-backup-plan", TABLE) != []
    assert tell("ddb-backup-plan", TABLE, Perimeter(existing=frozenset({"backup-plan"}))) == []


STREAM = "arn:aws:kinesis:us-east-1:444455556666:stream/copy"
TO = "KinesisStreamSpecification.StreamArn"


@pytest.mark.parametrize("scoped", [False, True])
def test_no_kinesis_stream_gets_a_copy(ask: Ask, tell: Tell, *, scoped: bool) -> None:
    def resources(stream: object) -> Resources:
        specification = (
            {} if stream is None else {"KinesisStreamSpecification": {"StreamArn": stream}}
        )
        if scoped:
            return global_table({"Region": "us-east-1", **specification})
        return {"Table": {"Type": "AWS::DynamoDB::Table", "Properties": specification}}

    pointer = f"Replicas[0].{TO}" if scoped else TO
    assert tell("ddb-no-kinesis-destination", resources(None)) == []
    assert tell("ddb-no-kinesis-destination", resources(STREAM)) == [
        f"broken Table {pointer}: Every change is copied to {STREAM}, which the table's policy "
        "does not protect."
    ]
    assert tell("ddb-no-kinesis-destination", resources(UNSET)) == [
        f"unknown Table {pointer}: {TO} is ${{Unset}}, {NO_DEFAULT}."
    ]
    (finding,) = ask("ddb-no-kinesis-destination", resources(STREAM)).findings
    assert (finding.exposure, finding.severity) == (Exposure.WEAKENED, Severity.HIGH)


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        (TABLE, []),
        (global_table({"Region": "us-east-1"}), []),
        (global_table({"Region": {"Ref": "AWS::Region"}}), []),
        (
            global_table({"Region": "us-east-1"}, {"Region": "ap-south-1"}),
            [
                "broken Table Replicas[1].Region: Replicas[1].Region is ap-south-1, where no "
                "stack of what was checked is deployed."
            ],
        ),
        (
            global_table({"Region": "us-east-1"}, GlobalTableWitnesses=[{"Region": "ap-south-1"}]),
            [
                "broken Table GlobalTableWitnesses[0].Region: GlobalTableWitnesses[0].Region is "
                "ap-south-1, where no stack of what was checked is deployed."
            ],
        ),
        (
            global_table({"Region": "us-east-1"}, {"Region": UNSET}),
            [f"unknown Table Replicas[1].Region: Replicas[1].Region is ${{Unset}}, {NO_DEFAULT}."],
        ),
        (
            {**TABLE, "More": {"Type": "Custom::DynamoDBReplica", "Properties": {"Region": "x"}}},
            ["broken More Region: Region is x, where no stack of what was checked is deployed."],
        ),
        (
            global_table({"Region": "us-east-1"}, GlobalTableSourceArn=ARN),
            [],
        ),
        (
            global_table({"Region": "us-east-1"}, GlobalTableSourceArn=UNSET),
            [
                "unknown Table GlobalTableSourceArn: GlobalTableSourceArn is ${Unset}, "
                f"{NO_DEFAULT}."
            ],
        ),
        (
            global_table({"Region": "us-east-1"}, GlobalTableSourceArn="orders"),
            [
                "unknown Table GlobalTableSourceArn: GlobalTableSourceArn is orders, which is no "
                "table's ARN."
            ],
        ),
    ],
)
def test_replicas_are_where_the_perimeter_is(
    tell: Tell, resources: Resources, expected: list[str]
) -> None:
    assert tell("ddb-replicas-allow-listed", resources) == expected


def test_replicas_of_other_accounts_are_declared(ask: Ask, tell: Tell) -> None:
    source = ARN.replace("111122223333", "444455556666")
    resources = global_table({"Region": "us-east-1"}, GlobalTableSourceArn=source)
    declared = Perimeter(accounts=frozenset({"444455556666"}))

    assert tell("ddb-replicas-allow-listed", resources, declared) == []
    assert tell("ddb-replicas-allow-listed", resources) == [
        f"broken Table GlobalTableSourceArn: GlobalTableSourceArn is {source}: account "
        "444455556666 is not in the perimeter, and gets every item that is written here."
    ]
    (finding,) = ask("ddb-replicas-allow-listed", resources).findings
    assert (finding.exposure, finding.severity) == (Exposure.WEAKENED, Severity.CRITICAL)


def test_regions_of_replicas_are_declared(tell: Tell) -> None:
    resources = global_table({"Region": "us-east-1"}, {"Region": "ap-south-1"})
    declared = Perimeter(regions=frozenset({"ap-south-1"}))

    assert tell("ddb-replicas-allow-listed", resources, declared) == []

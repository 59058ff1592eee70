"""How well tables survive mistakes."""

from collections.abc import Callable
from typing import Any

import pytest

from ddb_perimeter.controls.perimeter import Perimeter

Tell = Callable[..., list[str]]
Resources = dict[str, Any]

UNSET = {"Ref": "Unset"}
NO_DEFAULT = (
    "which cannot be resolved: parameter Unset has no default and no --parameter gives it a value"
)
KEY: Resources = {"Type": "AWS::KMS::Key", "Properties": {"EnableKeyRotation": True}}
KEY_ARN = {"Fn::GetAtt": ["Key", "Arn"]}


def table(**properties: object) -> Resources:
    return {
        "Table": {"Type": "AWS::DynamoDB::Table", "Properties": properties},
        "Key": KEY,
    }


def replicas(*entries: Resources, **properties: object) -> Resources:
    named = [{"Region": "us-east-1", **entry} for entry in entries]
    return {
        "Table": {
            "Type": "AWS::DynamoDB::GlobalTable",
            "Properties": {"Replicas": named, **properties},
        },
        "Key": KEY,
    }


def encrypted(key: object) -> Resources:
    return {"SSESpecification": {"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": key}}


def replica_key(key: object) -> Resources:
    return {"SSESpecification": {"KMSMasterKeyId": key}}


ON = {"SSESpecification": {"SSEEnabled": True}}
FOREIGN_KEY = "arn:aws:kms:us-east-1:111122223333:key/0a1b"


@pytest.mark.parametrize(
    "resources",
    [
        table(**encrypted(KEY_ARN)),
        table(**encrypted({"Ref": "Key"})),
        table(**encrypted("alias/orders")),
        table(**encrypted(FOREIGN_KEY)),
        replicas(replica_key(KEY_ARN), **ON),
        replicas(replica_key(KEY_ARN), replica_key(FOREIGN_KEY), **ON),
    ],
)
def test_a_customer_managed_key_holds(tell: Tell, resources: Resources) -> None:
    assert tell("ddb-table-cmk", resources) == []


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        (
            table(),
            "broken Table SSESpecification.SSEEnabled: SSESpecification.SSEEnabled is not true, "
            "so a key that AWS owns encrypts it.",
        ),
        (
            table(SSESpecification={"SSEEnabled": "false", "KMSMasterKeyId": KEY_ARN}),
            "broken Table SSESpecification.SSEEnabled: SSESpecification.SSEEnabled is not true, "
            "so a key that AWS owns encrypts it.",
        ),
        (
            table(**ON),
            "broken Table SSESpecification.KMSMasterKeyId: SSESpecification.KMSMasterKeyId is "
            "left out, so the AWS managed key aws/dynamodb encrypts it.",
        ),
        (
            table(**encrypted("alias/aws/dynamodb")),
            "broken Table SSESpecification.KMSMasterKeyId: SSESpecification.KMSMasterKeyId is "
            "alias/aws/dynamodb, an AWS managed key.",
        ),
        (
            table(**encrypted(UNSET)),
            "unknown Table SSESpecification.KMSMasterKeyId: SSESpecification.KMSMasterKeyId is "
            f"${{Unset}}, {NO_DEFAULT}.",
        ),
        (
            table(SSESpecification={"SSEEnabled": UNSET, "KMSMasterKeyId": KEY_ARN}),
            "unknown Table SSESpecification.SSEEnabled: SSESpecification.SSEEnabled is "
            f"${{Unset}}, {NO_DEFAULT}.",
        ),
        (
            replicas(replica_key(KEY_ARN), {"Region": "eu-west-1"}, **ON),
            "broken Table Replicas[1].SSESpecification.KMSMasterKeyId: "
            "SSESpecification.KMSMasterKeyId is left out, so the AWS managed key aws/dynamodb "
            "encrypts it.",
        ),
    ],
)
def test_any_other_key_does_not(tell: Tell, resources: Resources, expected: str) -> None:
    assert tell("ddb-table-cmk", resources) == [expected]


@pytest.mark.parametrize(
    ("key", "rest", "expected"),
    [
        (KEY_ARN, {}, []),
        ({"Fn::GetAtt": ["Old", "Arn"]}, {}, ["broken Old EnableKeyRotation: "]),
        ("alias/orders", {}, ["unknown Table SSESpecification.KMSMasterKeyId: Key alias/orders "]),
        (
            "alias/orders",
            {
                "Alias": {
                    "Type": "AWS::KMS::Alias",
                    "Properties": {"AliasName": "alias/orders", "TargetKeyId": {"Ref": "Old"}},
                }
            },
            ["broken Old EnableKeyRotation: "],
        ),
        (
            {"Fn::GetAtt": ["Copy", "Arn"]},
            {
                "Copy": {
                    "Type": "AWS::KMS::ReplicaKey",
                    "Properties": {"PrimaryKeyArn": {"Fn::GetAtt": ["Old", "Arn"]}},
                }
            },
            ["broken Old EnableKeyRotation: "],
        ),
        (UNSET, {}, ["unknown Table SSESpecification.KMSMasterKeyId: SSESpec"]),
        ("alias/aws/dynamodb", {}, []),
    ],
)
def test_keys_rotate(tell: Tell, key: object, rest: Resources, expected: list[str]) -> None:
    old = {"Old": {"Type": "AWS::KMS::Key", "Properties": {"EnableKeyRotation": False}}}

    told = tell("kms-key-rotation", {**table(**encrypted(key)), **old, **rest})

    assert [line[: len(start)] for line, start in zip(told, expected, strict=True)] == expected


def test_a_key_that_the_user_declares_rotates(tell: Tell) -> None:
    declared = Perimeter(existing=frozenset({"table-key"}))

    assert tell("kms-key-rotation", table(**encrypted(FOREIGN_KEY)), declared) == []
    assert tell("kms-key-rotation", table(**encrypted(FOREIGN_KEY))) == [
        f"unknown Table SSESpecification.KMSMasterKeyId: Key {FOREIGN_KEY} is not in what was "
        "checked, so its rotation cannot be seen."
    ]


PITR = "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled"


def recovery(on: object) -> Resources:
    return {"PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": on}}


def protection(on: object) -> Resources:
    return {"DeletionProtectionEnabled": on}


@pytest.mark.parametrize(
    ("control", "switch", "name"),
    [
        ("ddb-pitr", recovery, PITR),
        ("ddb-deletion-protection", protection, "DeletionProtectionEnabled"),
    ],
)
def test_switches_are_on(
    tell: Tell, control: str, switch: Callable[[object], Resources], name: str
) -> None:
    assert tell(control, table(**switch("true"))) == []
    assert tell(control, replicas(switch(True), switch(True))) == []
    assert tell(control, table()) == [f"broken Table {name}: {name} is not true."]
    assert tell(control, table(**switch(False))) == [f"broken Table {name}: {name} is not true."]
    assert tell(control, table(**switch(UNSET))) == [
        f"unknown Table {name}: {name} is ${{Unset}}, {NO_DEFAULT}."
    ]
    assert tell(control, replicas(switch(True), {"Region": "eu-west-1"})) == [
        f"broken Table Replicas[1].{name}: {name} is not true."
    ]


def test_a_replica_is_named_by_its_own_region(ask: Callable[..., Any]) -> None:
    (finding,) = ask("ddb-pitr", replicas(recovery(True), {"Region": "eu-west-1"})).findings

    assert finding.subject.region == "eu-west-1"
    assert finding.evidence.line is not None


@pytest.mark.parametrize("kind", ["AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"])
@pytest.mark.parametrize(
    ("policies", "expected"),
    [
        ({"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}, []),
        ({"DeletionPolicy": "RetainExceptOnCreate", "UpdateReplacePolicy": "Retain"}, []),
        (
            {"DeletionPolicy": "Retain"},
            ["broken Table UpdateReplacePolicy: UpdateReplacePolicy is Delete."],
        ),
        (
            {"DeletionPolicy": "Snapshot", "UpdateReplacePolicy": "Retain"},
            ["broken Table DeletionPolicy: DeletionPolicy is Snapshot."],
        ),
        (
            {"DeletionPolicy": UNSET, "UpdateReplacePolicy": "Retain"},
            ["unknown Table DeletionPolicy: DeletionPolicy is Unknown."],
        ),
    ],
)
def test_tables_are_retained(
    tell: Tell, kind: str, policies: Resources, expected: list[str]
) -> None:
    properties = {"Replicas": [{"Region": "us-east-1"}]}
    resources = {"Table": {"Type": kind, "Properties": properties, **policies}}

    assert tell("ddb-retain-policy", resources) == expected


def insights(on: object) -> Resources:
    return {"ContributorInsightsSpecification": {"Enabled": on}}


INSIGHTS = "ContributorInsightsSpecification.Enabled"


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        (table(), []),
        (table(**insights(False)), []),
        (table(**insights(True)), [f"broken Table {INSIGHTS}: {INSIGHTS} is true."]),
        (
            table(GlobalSecondaryIndexes=[{"IndexName": "i"}, insights(True)]),
            [
                f"broken Table GlobalSecondaryIndexes[1].{INSIGHTS}: "
                f"GlobalSecondaryIndexes[1].{INSIGHTS} is true."
            ],
        ),
        (
            table(**insights(UNSET)),
            [f"unknown Table {INSIGHTS}: {INSIGHTS} is ${{Unset}}, {NO_DEFAULT}."],
        ),
        (
            table(GlobalSecondaryIndexes=UNSET),
            [
                "unknown Table GlobalSecondaryIndexes: GlobalSecondaryIndexes is ${Unset}, "
                f"{NO_DEFAULT}."
            ],
        ),
        (
            replicas({}, {"Region": "eu-west-1", "GlobalSecondaryIndexes": [insights(True)]}),
            [
                f"broken Table Replicas[1].GlobalSecondaryIndexes[0].{INSIGHTS}: "
                f"GlobalSecondaryIndexes[0].{INSIGHTS} is true."
            ],
        ),
    ],
)
def test_no_key_values_go_to_cloudwatch(
    tell: Tell, resources: Resources, expected: list[str]
) -> None:
    assert tell("ddb-contributor-insights-reviewed", resources) == expected

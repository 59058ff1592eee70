"""Tables and replicas look the same, whichever type declares them."""

from collections.abc import Callable, Mapping

import pytest

from ddb_perimeter.inventory import Inventory, Table, tables
from ddb_perimeter.unknown import Unknown

LoadOne = Callable[..., Inventory]

POLICY = {"Statement": [{"Effect": "Deny"}]}
STREAM_POLICY = {"Statement": [{"Effect": "Allow"}]}
KEY = "arn:aws:kms:us-east-1:111122223333:key/1"
SINGLE = {
    "TableName": "t",
    "GlobalSecondaryIndexes": [{"IndexName": "g"}],
    "LocalSecondaryIndexes": [{"IndexName": "l"}],
    "StreamSpecification": {
        "StreamViewType": "KEYS_ONLY",
        "ResourcePolicy": {"PolicyDocument": STREAM_POLICY},
    },
    "ResourcePolicy": {"PolicyDocument": POLICY},
    "SSESpecification": {"SSEEnabled": True, "KMSMasterKeyId": KEY},
    "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
    "DeletionProtectionEnabled": True,
    "KinesisStreamSpecification": {"StreamArn": "k"},
    "BillingMode": "PAY_PER_REQUEST",
    "Tags": [{"Key": "owner", "Value": "us"}],
}
GLOBAL = {
    "TableName": "t",
    "GlobalSecondaryIndexes": [{"IndexName": "g"}],
    "LocalSecondaryIndexes": [{"IndexName": "l"}],
    "StreamSpecification": {"StreamViewType": "KEYS_ONLY"},
    "SSESpecification": {"SSEEnabled": True},
    "BillingMode": "PAY_PER_REQUEST",
    "Replicas": [
        {
            "Region": "us-east-1",
            "ReplicaStreamSpecification": {"ResourcePolicy": {"PolicyDocument": STREAM_POLICY}},
            "ResourcePolicy": {"PolicyDocument": POLICY},
            "SSESpecification": {"KMSMasterKeyId": KEY},
            "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
            "DeletionProtectionEnabled": True,
            "KinesisStreamSpecification": {"StreamArn": "k"},
            "Tags": [{"Key": "owner", "Value": "us"}],
        },
        {"Region": "eu-west-1"},
    ],
}


def load_tables(load_one: LoadOne, type_: str, properties: Mapping[str, object]) -> list[Table]:
    body = {"Type": f"AWS::DynamoDB::{type_}", "Properties": properties}
    return tables(load_one({"app.json": {"Resources": {"T": body}}}))


@pytest.mark.parametrize(("type_", "properties"), [("Table", SINGLE), ("GlobalTable", GLOBAL)])
def test_everything_of_a_table(
    load_one: LoadOne, type_: str, properties: Mapping[str, object]
) -> None:
    table = load_tables(load_one, type_, properties)[0]
    arn = "arn:aws:dynamodb:us-east-1:111122223333:table/t"

    assert (table.region, table.name, table.arn) == ("us-east-1", "t", arn)
    assert table.index_arns == [f"{arn}/index/g", f"{arn}/index/l"]
    assert (table.stream_enabled, table.stream_view) == (True, "KEYS_ONLY")
    assert table.stream_arn == f"{arn}/stream/⟦app.T⟧"
    assert (table.policy, table.stream_policy) == (POLICY, STREAM_POLICY)
    assert table.resource.at(table.policy_pointer.removeprefix("Properties.")) == POLICY
    assert table.resource.at(table.stream_policy_pointer.removeprefix("Properties.")) == (
        STREAM_POLICY
    )
    assert (table.encrypted_with_kms, table.kms_key) == (True, KEY)
    assert (table.point_in_time_recovery, table.deletion_protection) == (True, True)
    assert table.kinesis_destination == "k"
    assert (table.billing_mode, table.tags) == ("PAY_PER_REQUEST", {"owner": "us"})


def test_a_replica_elsewhere_has_the_arn_of_its_region(load_one: LoadOne) -> None:
    _, replica = load_tables(load_one, "GlobalTable", GLOBAL)
    arn = "arn:aws:dynamodb:eu-west-1:111122223333:table/t"

    assert (replica.region, replica.arn) == ("eu-west-1", arn)
    assert replica.stream_arn == f"{arn}/stream/⟦app.T⟧"
    assert (replica.policy, replica.stream_policy, replica.kms_key) == (None, None, None)
    assert (replica.point_in_time_recovery, replica.deletion_protection) == (False, False)
    assert replica.policy_pointer == "Properties.Replicas[1].ResourcePolicy.PolicyDocument"


def test_the_arn_of_a_replica_leads_back_to_its_table(load_one: LoadOne) -> None:
    body = {"Type": "AWS::DynamoDB::GlobalTable", "Properties": GLOBAL}
    inventory = load_one({"app.json": {"Resources": {"T": body}}})
    (resource,) = inventory

    assert inventory.by_id("arn:aws:dynamodb:eu-west-1:111122223333:table/t") is resource


def test_a_bare_table_has_nothing(load_one: LoadOne) -> None:
    (table,) = load_tables(load_one, "Table", {})

    assert (table.policy, table.stream_policy, table.stream_arn) == (None, None, None)
    assert (table.stream_enabled, table.encrypted_with_kms) == (False, False)
    assert (table.index_arns, table.tags) == ([], {})
    assert table.billing_mode == "PROVISIONED"


def test_replication_needs_a_stream(load_one: LoadOne) -> None:
    replicas = {"Replicas": [{"Region": "us-east-1"}, {"Region": "eu-west-1"}]}
    table, _ = load_tables(load_one, "GlobalTable", replicas)

    assert table.stream_enabled is True


def test_replicas_that_nobody_knows_are_one_unknown_replica(load_one: LoadOne) -> None:
    (table,) = load_tables(load_one, "GlobalTable", {"Replicas": {"Fn::ImportValue": "x"}})

    for value in (table.policy, table.stream_policy, table.deletion_protection, table.tags):
        assert isinstance(value, Unknown)


def test_a_replica_in_an_unknown_region_has_an_unknown_arn(load_one: LoadOne) -> None:
    replicas = {"Replicas": [{"Region": {"Fn::ImportValue": "x"}}]}
    (table,) = load_tables(load_one, "GlobalTable", replicas)

    assert isinstance(table.region, Unknown)
    assert isinstance(table.arn, Unknown)
    assert isinstance(table.index_arns, list)


@pytest.mark.parametrize(("target", "expected"), [("table/t", True), ("table/other", False)])
def test_autoscaling_is_a_resource_of_its_own(
    load_one: LoadOne,
    target: str,
    expected: bool,  # noqa: FBT001 - a table of cases
) -> None:
    resources = {
        "T": {"Type": "AWS::DynamoDB::Table", "Properties": {"TableName": "t"}},
        "S": {
            "Type": "AWS::ApplicationAutoScaling::ScalableTarget",
            "Properties": {"ResourceId": target},
        },
    }
    inventory = load_one({"app.json": {"Resources": resources}})

    assert tables(inventory)[0].autoscaled(inventory) is expected

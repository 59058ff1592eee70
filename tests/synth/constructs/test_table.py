"""The table: encrypted with a key of its own, recoverable, protected, watched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_sns as sns

from private_dynamodb import Administrators, Endpoints, PrivateTable, TableKey
from tests.synth.templates import by_sid, name_of, of_type, only

if TYPE_CHECKING:
    from tests.synth.constructs.conftest import Synthesize

STRING = dynamodb.AttributeType.STRING
TYPE = "AWS::DynamoDB::GlobalTable"
ALARM = "AWS::CloudWatch::Alarm"


def table(stack: cdk.Stack, **options: Any) -> PrivateTable:  # noqa: ANN401 - of the construct
    return PrivateTable(
        stack,
        "Table",
        **{
            "table_name": "messages",
            "key": TableKey(stack, "Key"),
            "partition_key": dynamodb.Attribute(name="pk", type=STRING),
            "endpoints": Endpoints(table=("vpce-1",)),
            "administrators": Administrators.cdk_bootstrap(stack),
            **options,
        },
    )


def replica(template: dict[str, Any]) -> dict[str, Any]:
    (only_replica,) = only(template, TYPE)["Replicas"]
    found: dict[str, Any] = only_replica
    return found


def test_a_table_has_one_replica_which_is_itself(stack: cdk.Stack, synthesize: Synthesize) -> None:
    table(stack)

    assert replica(synthesize(stack))["Region"] == "eu-west-1"


def test_a_table_is_encrypted_with_its_own_key(stack: cdk.Stack, synthesize: Synthesize) -> None:
    table(stack)
    template = synthesize(stack)

    assert only(template, TYPE)["SSESpecification"] == {"SSEEnabled": True, "SSEType": "KMS"}
    assert replica(template)["SSESpecification"] == {
        "KMSMasterKeyId": f"${{{name_of(template, 'AWS::KMS::Key')}.Arn}}"
    }


def test_a_table_is_recoverable_protected_and_retained(
    stack: cdk.Stack, synthesize: Synthesize
) -> None:
    table(stack)
    template = synthesize(stack)
    (resource,) = of_type(template, TYPE).values()

    assert replica(template)["PointInTimeRecoverySpecification"] == {
        "PointInTimeRecoveryEnabled": True,
        "RecoveryPeriodInDays": 35,
    }
    assert replica(template)["DeletionProtectionEnabled"] is True
    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Retain", "Retain")


def test_a_table_has_a_fixed_name_and_on_demand_capacity(
    stack: cdk.Stack, synthesize: Synthesize
) -> None:
    table(stack)
    properties = only(synthesize(stack), TYPE)

    assert properties["TableName"] == "messages"
    assert properties["BillingMode"] == "PAY_PER_REQUEST"


def test_a_table_has_its_policy(stack: cdk.Stack, synthesize: Synthesize) -> None:
    table(stack, cache_role_arns=["arn:aws:iam::111122223333:role/dax"])
    policy = replica(synthesize(stack))["ResourcePolicy"]["PolicyDocument"]
    outside = by_sid(policy)["DenyDataPlaneOutsideEndpoints"]

    assert outside["Condition"]["StringNotEquals"] == {"aws:SourceVpce": ["vpce-1"]}
    assert (
        "arn:aws:iam::111122223333:role/dax"
        in outside["Condition"]["ArnNotLike"]["aws:PrincipalArn"]
    )


def test_a_table_without_stream_has_no_stream_policy(
    stack: cdk.Stack, synthesize: Synthesize
) -> None:
    table(stack)
    template = synthesize(stack)

    assert "StreamSpecification" not in only(template, TYPE)
    assert "ReplicaStreamSpecification" not in replica(template)


def test_a_stream_has_a_policy_of_its_own(stack: cdk.Stack, synthesize: Synthesize) -> None:
    table(stack, stream=dynamodb.StreamViewType.NEW_IMAGE)
    template = synthesize(stack)
    policy = replica(template)["ReplicaStreamSpecification"]["ResourcePolicy"]["PolicyDocument"]

    assert only(template, TYPE)["StreamSpecification"] == {"StreamViewType": "NEW_IMAGE"}
    assert by_sid(policy)["DenyDataPlaneOutsideEndpoints"]["Action"] == [
        "dynamodb:GetRecords",
        "dynamodb:GetShardIterator",
    ]


def test_options_reach_the_table(stack: cdk.Stack, synthesize: Synthesize) -> None:
    table(
        stack,
        sort_key=dynamodb.Attribute(name="sk", type=dynamodb.AttributeType.NUMBER),
        indexes=[
            dynamodb.GlobalSecondaryIndexPropsV2(
                index_name="by-group", partition_key=dynamodb.Attribute(name="group", type=STRING)
            )
        ],
        time_to_live_attribute="expires_at",
        recovery_days=7,
        billing=dynamodb.Billing.provisioned(
            read_capacity=dynamodb.Capacity.fixed(5),
            write_capacity=dynamodb.Capacity.autoscaled(max_capacity=10),
        ),
    )
    template = synthesize(stack)
    properties = only(template, TYPE)

    assert properties["KeySchema"] == [
        {"AttributeName": "pk", "KeyType": "HASH"},
        {"AttributeName": "sk", "KeyType": "RANGE"},
    ]
    assert [index["IndexName"] for index in properties["GlobalSecondaryIndexes"]] == ["by-group"]
    assert properties["TimeToLiveSpecification"] == {
        "AttributeName": "expires_at",
        "Enabled": True,
    }
    assert properties["BillingMode"] == "PROVISIONED"
    assert replica(template)["PointInTimeRecoverySpecification"]["RecoveryPeriodInDays"] == 7


def test_throttled_failed_and_refused_requests_raise_alarms(
    stack: cdk.Stack, synthesize: Synthesize
) -> None:
    topic = sns.Topic(stack, "Topic")
    table(stack, alarm_topic=topic)
    template = synthesize(stack)
    alarms = {
        alarm["Properties"]["MetricName"]: alarm["Properties"]
        for alarm in of_type(template, ALARM).values()
    }
    this_table = [{"Name": "TableName", "Value": f"${{{name_of(template, TYPE)}}}"}]

    assert set(alarms) == {"ThrottledRequests", "SystemErrors", "UserErrors"}
    assert {alarm["Namespace"] for alarm in alarms.values()} == {"AWS/DynamoDB"}
    assert alarms["ThrottledRequests"]["Dimensions"] == this_table
    assert alarms["SystemErrors"]["Dimensions"] == this_table
    # AWS publishes UserErrors for the account and Region only.
    assert "Dimensions" not in alarms["UserErrors"]
    for alarm in alarms.values():
        assert alarm["AlarmActions"] == [f"${{{name_of(template, 'AWS::SNS::Topic')}}}"]


def test_a_table_needs_a_region(anywhere: cdk.Stack) -> None:
    with pytest.raises(ValueError, match="stack Theirs: region is not set"):
        table(anywhere)

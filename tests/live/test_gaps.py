"""What is answered instead of moto has the shapes of botocore's models, and remembers writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

import botocore.session
import pytest
from botocore.exceptions import ClientError

from tests.live.emulation.account import emulated
from tests.live.emulation.gaps.catalogue import GAPS
from tests.live.emulation.stubs import Content, mistakes_of, session

if TYPE_CHECKING:
    from tests.live.emulation.account import Account

Call: TypeAlias = tuple[str, str, dict[str, Any]]

ARN: Final = "arn:aws:dynamodb:us-east-1:111122223333:table/cruddur-messages"
STREAM: Final = f"{ARN}/stream/2026-11-22T00:00:00.000"
PLAN: Final = {"BackupPlanId": "plan"}
SELECTED: Final = {**PLAN, "SelectionId": "00000000-0000-0000-0000-000000000001"}
CLUSTER: Final = {
    "ClusterName": "other",
    "NodeType": "dax.t3.small",
    "ReplicationFactor": 1,
    "IamRoleArn": "arn:aws:iam::111122223333:role/cache",
    "SubnetGroupName": "subnets",
    "ParameterGroupName": "parameters",
    "SecurityGroupIds": ["sg-1"],
    "PreferredMaintenanceWindow": "sun:03:00-sun:04:00",
    "NotificationTopicArn": "arn:aws:sns:us-east-1:111122223333:topic",
    "Tags": [{"Key": "owner", "Value": "platform"}],
}
EVALUATION: Final = {
    "ExternalEvaluation": {
        "ComplianceResourceType": "AWS::DynamoDB::Table",
        "ComplianceResourceId": "table",
        "ComplianceType": "NON_COMPLIANT",
        "OrderingTimestamp": "2026-11-22T00:00:00Z",
    }
}
KEY: Final = [{"AttributeName": "pk", "KeyType": "HASH"}]
TABLE: Final = {
    "TableName": "table",
    "KeySchema": KEY,
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
    "GlobalSecondaryIndexes": [
        {"IndexName": "other", "KeySchema": KEY, "Projection": {"ProjectionType": "ALL"}}
    ],
}
RULE: Final = {
    "ConfigRuleName": "own",
    "Source": {
        "Owner": "CUSTOM_POLICY",
        "SourceDetails": [
            {"EventSource": "aws.config", "MessageType": "ConfigurationItemChangeNotification"}
        ],
        "CustomPolicyDetails": {"PolicyRuntime": "guard-2.x.x", "PolicyText": "rule own {}"},
    },
}
FUNCTION: Final = {
    "FunctionName": "f",
    "Role": "arn:aws:iam::111122223333:role/consumer",
    "Code": {},
    "VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]},
}
CALLER: Final = {
    "StatementId": "AllowConfig",
    "Action": "lambda:InvokeFunction",
    "Principal": "config.amazonaws.com",
    "SourceAccount": "111122223333",
}
VALUE: Final = {"ParameterName": "query-ttl-millis", "ParameterValue": "1"}


def calls(subnet: str) -> list[Call]:
    """Return one call of each operation, in an order in which all succeed."""
    return [
        ("backup", "put_backup_vault_access_policy", {"BackupVaultName": "v", "Policy": "{}"}),
        ("backup", "get_backup_vault_access_policy", {"BackupVaultName": "v"}),
        ("backup", "list_recovery_points_by_resource", {"ResourceArn": ARN}),
        ("backup", "delete_backup_vault_access_policy", {"BackupVaultName": "v"}),
        (
            "backup",
            "create_backup_selection",
            {**PLAN, "BackupSelection": {"SelectionName": "s", "IamRoleArn": "r"}},
        ),
        ("backup", "list_backup_selections", PLAN),
        ("backup", "get_backup_selection", SELECTED),
        ("backup", "delete_backup_selection", SELECTED),
        ("config", "put_config_rule", {"ConfigRule": RULE}),
        ("config", "describe_config_rules", {}),
        ("config", "delete_config_rule", {"ConfigRuleName": "own"}),
        ("config", "put_external_evaluation", {"ConfigRuleName": "r", **EVALUATION}),
        ("config", "describe_compliance_by_config_rule", {}),
        (
            "dynamodb",
            "enable_kinesis_streaming_destination",
            {"TableName": "table", "StreamArn": "arn:aws:kinesis:us-east-1:111122223333:stream/s"},
        ),
        ("dynamodb", "describe_kinesis_streaming_destination", {"TableName": "table"}),
        (
            "dynamodb",
            "update_contributor_insights",
            {"TableName": "table", "IndexName": "abc", "ContributorInsightsAction": "ENABLE"},
        ),
        ("dynamodb", "list_contributor_insights", {"TableName": "table"}),
        (
            "dynamodb",
            "export_table_to_point_in_time",
            {"TableArn": ARN, "S3Bucket": "theirs", "S3BucketOwner": "444455556666"},
        ),
        ("dynamodb", "list_exports", {}),
        ("dynamodb", "describe_export", {"ExportArn": f"{ARN}/export/{0:020}"}),
        ("dynamodb", "create_table", TABLE),
        (
            "dynamodb",
            "update_table",
            {"TableName": "table", "ReplicaUpdates": [{"Create": {"RegionName": "eu-west-1"}}]},
        ),
        ("dynamodb", "describe_table", {"TableName": "table"}),
        ("dynamodb", "put_resource_policy", {"ResourceArn": STREAM, "Policy": "{}"}),
        ("dynamodb", "get_resource_policy", {"ResourceArn": STREAM}),
        ("dynamodb", "delete_resource_policy", {"ResourceArn": STREAM}),
        ("lambda", "create_function", FUNCTION),
        ("lambda", "list_functions", {}),
        ("lambda", "list_function_url_configs", {"FunctionName": "f"}),
        ("lambda", "add_permission", {"FunctionName": "f", **CALLER}),
        ("lambda", "get_policy", {"FunctionName": "f"}),
        (
            "lambda",
            "create_event_source_mapping",
            {"FunctionName": "f", "EventSourceArn": STREAM, "StartingPosition": "LATEST"},
        ),
        ("lambda", "list_event_source_mappings", {}),
        ("dax", "create_subnet_group", {"SubnetGroupName": "subnets", "SubnetIds": [subnet]}),
        ("dax", "update_subnet_group", {"SubnetGroupName": "subnets", "SubnetIds": [subnet]}),
        ("dax", "describe_subnet_groups", {}),
        ("dax", "create_parameter_group", {"ParameterGroupName": "parameters"}),
        (
            "dax",
            "update_parameter_group",
            {"ParameterGroupName": "parameters", "ParameterNameValues": [VALUE]},
        ),
        ("dax", "describe_parameter_groups", {}),
        ("dax", "describe_parameters", {"ParameterGroupName": "parameters"}),
        ("dax", "create_cluster", CLUSTER),
        ("dax", "update_cluster", {"ClusterName": "other", "SecurityGroupIds": ["sg-2"]}),
        ("dax", "describe_clusters", {"ClusterNames": ["other"]}),
        (
            "dax",
            "list_tags",
            {"ResourceName": "arn:aws:dax:us-east-1:111122223333:cache/other"},
        ),
        ("dax", "delete_cluster", {"ClusterName": "other"}),
    ]


def answers(account: Account) -> dict[tuple[str, str], dict[str, Any]]:
    """Make every call, and return the answers by service and operation."""
    subnet = account.client("ec2").describe_subnets()["Subnets"][0]["SubnetId"]
    found = {}
    for service, method, parameters in calls(subnet):
        client = account.client(service)
        answer = getattr(client, method)(**parameters)
        found[service, client.meta.method_to_api_mapping[method]] = answer
    return found


def test_every_gap_is_exercised_and_answers_in_the_models_shape() -> None:
    with emulated() as account:
        found = answers(account)

    operations = {(gap.service, gap.operation) for gap in GAPS}
    assert found.keys() == operations | {("dynamodb", "CreateTable")}
    assert found["dynamodb", "DescribeTable"]["Table"]["Replicas"][0]["RegionName"] == "eu-west-1"
    for (service, operation), answer in found.items():
        if operation.endswith("Table"):
            continue  # in part moto's own
        model = session().client(service).meta.service_model.operation_model(operation)
        body = {key: value for key, value in answer.items() if key != "ResponseMetadata"}
        assert mistakes_of(model, body) == "", operation


def test_every_gap_says_what_moto_lacks() -> None:
    assert len({(gap.service, gap.operation) for gap in GAPS}) == len(GAPS)
    assert all("moto" in gap.because for gap in GAPS)
    assert all((gap.reply is None) is not (gap.correct is None) for gap in GAPS)


@pytest.mark.parametrize(
    ("answer", "mistake"),
    [
        ({"Clusters": [{"Name": "live"}]}, 'Unknown parameter in Clusters[0]: "Name"'),
        ({"Clusters": "live"}, "Invalid type for parameter Clusters"),
        ({"Clusters": [], "Token": "x"}, 'Unknown parameter in input: "Token"'),
    ],
)
def test_an_answer_of_another_shape_is_refused(answer: dict[str, Any], mistake: str) -> None:
    model = botocore.session.get_session().get_service_model("dax")

    assert mistake in mistakes_of(model.operation_model("DescribeClusters"), answer)


def test_what_does_not_exist_is_an_error_as_of_the_service() -> None:
    with emulated() as account, pytest.raises(ClientError) as raised:
        account.client("dynamodb").get_resource_policy(ResourceArn=STREAM)

    assert raised.value.response["Error"]["Code"] == "PolicyNotFoundException"


def test_regions_have_stores_of_their_own() -> None:
    with emulated() as account:
        there = account.client("dynamodb", "eu-west-1")
        there.enable_kinesis_streaming_destination(
            TableName="table", StreamArn="arn:aws:kinesis:eu-west-1:111122223333:stream/somewhere"
        )
        here = account.client("dynamodb").describe_kinesis_streaming_destination(TableName="table")

    assert here["KinesisDataStreamDestinations"] == []


def test_a_gap_left_to_moto_is_answered_by_moto() -> None:
    gap = next(each for each in GAPS if each.operation == "GetResourcePolicy")

    assert gap.reply is not None
    assert (
        gap.reply(Content("111122223333").store("dynamodb", "us-east-1"), {"ResourceArn": ARN})
        is None
    )

"""The stream consumer: who may poll, what its code may do, and what becomes of failures."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_lambda as lambda_

from private_dynamodb import (
    Administrators,
    Endpoints,
    StreamConsumer,
    StreamConsumerRole,
    stream_policy,
    table_policy,
)
from stacks import last_message as composed
from tests.synth.templates import name_of, of_type, only, plain
from workload import last_message

if TYPE_CHECKING:
    from tests.synth.constructs.conftest import Synthesize

TABLE = "arn:aws:dynamodb:eu-west-1:111122223333:table/messages"
STREAM = f"{TABLE}/stream/2026-01-01T00:00:00.000"
FILTER = {"eventName": ["INSERT"]}


@pytest.fixture
def template(anywhere: cdk.Stack, synthesize: Synthesize) -> dict[str, Any]:
    vpc = ec2.Vpc.from_vpc_attributes(
        anywhere, "Vpc", vpc_id="vpc-00000001", availability_zones=["a", "b"]
    )
    subnets = [
        ec2.Subnet.from_subnet_attributes(anywhere, f"Subnet{n}", subnet_id=f"subnet-0000000{n}")
        for n in range(2)
    ]
    StreamConsumer(
        anywhere,
        "Consumer",
        role=StreamConsumerRole(anywhere, "Poller"),
        code=lambda_.Code.from_inline("def handler(event, context): return {}"),
        handler="index.handler",
        environment={"TABLE_NAME": "messages"},
        vpc=vpc,
        subnets=subnets,
        table_arn=TABLE,
        stream_arn=STREAM,
        filters=[FILTER],
        index="by-group",
    )
    return synthesize(anywhere)


def statements(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        statement["Sid"]: statement
        for policy in of_type(template, "AWS::IAM::ManagedPolicy").values()
        for statement in plain(policy["Properties"]["PolicyDocument"]["Statement"])
    }


def test_the_service_polls_and_the_function_does_not(template: dict[str, Any]) -> None:
    poll = statements(template)["AllowLambdaToPollStream"]

    assert poll["Resource"] == STREAM
    assert poll["Condition"] == {"Null": {"lambda:SourceFunctionArn": "true"}}
    assert [
        sid
        for sid, statement in statements(template).items()
        if statement.get("Condition") == poll["Condition"]
    ] == [
        "AllowLambdaToPollStream",
        "AllowLambdaToFindStreamAndAttachToVpc",
        "AllowLambdaToSendFailures",
    ]


def test_the_function_moves_items_and_nobody_else_does(template: dict[str, Any]) -> None:
    function = f"${{{name_of(template, 'AWS::Lambda::Function')}.Arn}}"
    by_the_function = {"ArnEquals": {"lambda:SourceFunctionArn": function}}
    find = statements(template)["AllowFunctionToFindItems"]
    move = statements(template)["AllowFunctionToMoveItems"]

    assert (find["Action"], find["Resource"]) == ("dynamodb:Query", f"{TABLE}/index/by-group")
    assert (move["Action"], move["Resource"]) == (
        ["dynamodb:DeleteItem", "dynamodb:PutItem"],
        TABLE,
    )
    assert find["Condition"] == move["Condition"] == by_the_function


def test_only_lambda_takes_the_role(template: dict[str, Any]) -> None:
    (trust,) = only(template, "AWS::IAM::Role")["AssumeRolePolicyDocument"]["Statement"]

    assert trust["Principal"] == {"Service": "lambda.amazonaws.com"}


def test_the_function_runs_inside_and_reaches_https_only(template: dict[str, Any]) -> None:
    function = only(template, "AWS::Lambda::Function")
    group = only(template, "AWS::EC2::SecurityGroup")

    assert function["VpcConfig"]["SubnetIds"] == ["subnet-00000000", "subnet-00000001"]
    assert [(rule["FromPort"], rule["ToPort"]) for rule in group["SecurityGroupEgress"]] == [
        (443, 443)
    ]
    assert "SecurityGroupIngress" not in group


def test_failures_are_tried_again_apart_and_then_kept(template: dict[str, Any]) -> None:
    mapping = only(template, "AWS::Lambda::EventSourceMapping")
    queue = name_of(template, "AWS::SQS::Queue")

    assert mapping["BisectBatchOnFunctionError"] is True
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["StartingPosition"] == "TRIM_HORIZON"
    assert mapping["ParallelizationFactor"] == 1
    assert (mapping["MaximumRetryAttempts"], mapping["MaximumRecordAgeInSeconds"]) == (20, 21600)
    assert plain(mapping["DestinationConfig"]) == {
        "OnFailure": {"Destination": f"${{{queue}.Arn}}"}
    }
    assert json.loads(mapping["FilterCriteria"]["Filters"][0]["Pattern"]) == FILTER
    assert only(template, "AWS::SQS::Queue")["SqsManagedSseEnabled"] is True
    assert only(template, "AWS::CloudWatch::Alarm")["Namespace"] == "AWS/SQS"


def test_the_mapping_waits_for_its_permissions(template: dict[str, Any]) -> None:
    (mapping,) = of_type(template, "AWS::Lambda::EventSourceMapping").values()
    (function,) = of_type(template, "AWS::Lambda::Function").values()
    policies = set(of_type(template, "AWS::IAM::ManagedPolicy"))

    assert set(mapping["DependsOn"]) == policies
    assert len(policies & set(function["DependsOn"])) == 1


def test_logs_are_encrypted_and_kept(template: dict[str, Any]) -> None:
    (logs,) = of_type(template, "AWS::Logs::LogGroup").values()

    assert logs["Properties"]["KmsKeyId"]
    assert logs["DeletionPolicy"] == "Retain"


def test_the_stream_exempts_the_role_and_the_table_does_not(anywhere: cdk.Stack) -> None:
    role = StreamConsumerRole(anywhere, "Poller")
    inside = Endpoints(table=("vpce-1",), stream=("vpce-2",))
    who = Administrators(deploy=("arn:aws:iam::111122223333:role/deploy",))

    stream = stream_policy(
        anywhere, endpoints=inside, administrators=who, exemptions=[role.exemption]
    )
    table = table_policy(anywhere, endpoints=inside, administrators=who)

    assert role.exemption.arn in json.dumps(stream.to_json())
    assert role.exemption.arn not in json.dumps(table.to_json())


def test_what_is_composed_is_there() -> None:
    module, _, function = composed.HANDLER.rpartition(".")

    assert module == last_message.__name__
    assert callable(getattr(last_message, function))
    assert composed.TABLE_VARIABLE == last_message.TABLE_VARIABLE


def test_the_package_has_what_the_function_imports_and_no_more(
    anywhere: cdk.Stack,
    tmp_path: Any,  # noqa: ANN401 - a path
) -> None:
    del anywhere
    app = cdk.App(outdir=str(tmp_path / "out"), builtin_cloud_formation_validation=False)
    stack = cdk.Stack(app, "Packaged")
    lambda_.Function(
        stack,
        "Function",
        runtime=lambda_.Runtime.PYTHON_3_14,
        handler=composed.HANDLER,
        code=composed.code(),
    )
    app.synth()

    packaged = {
        str(path.relative_to(asset))
        for asset in (tmp_path / "out").glob("asset.*")
        for path in asset.rglob("*")
        if path.is_file()
    }
    assert packaged == {f"workload/{name}" for name in composed.MODULES}

"""An AWS Config rule that asks the account, every day and after changes, what `verify` asks."""

from __future__ import annotations

import json
import shutil
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_config as config
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

import ddb_perimeter
from ddb_perimeter.controls import declaration
from ddb_perimeter.inventory.live import permissions
from private_dynamodb.encryption_keys import log_group_key
from private_dynamodb.trust import name_trust

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ddb_perimeter.controls.perimeter import Perimeter

_PACKAGE = Path(ddb_perimeter.__file__).parent
# The command line, and what it needs more than the standard library for.
_NOT_DEPLOYED = (
    *("__pycache__", "cli", "command_line.py", "__main__.py"),
    *("plugin.py", "pytest_plugin.py", "testing.py"),
)
_LONGEST_PARAMETERS = 1024

# Calls that change who reaches the data, by event source: policies, endpoints and ways around
# them, caches, roles, and whether anybody would notice. IAM is told about in its home Region only.
WATCHED_CALLS = {
    "dynamodb": (
        "CreateTable",
        "DeleteResourcePolicy",
        "EnableKinesisStreamingDestination",
        "ExportTableToPointInTime",
        "PutResourcePolicy",
        "RestoreTableFromBackup",
        "RestoreTableToPointInTime",
        "UpdateKinesisStreamingDestination",
        "UpdateTable",
    ),
    "ec2": (
        "AcceptVpcPeeringConnection",
        "AssociateRouteTable",
        "AttachInternetGateway",
        "AuthorizeSecurityGroupEgress",
        "AuthorizeSecurityGroupIngress",
        "CreateRoute",
        "CreateTransitGatewayVpcAttachment",
        "CreateVpcEndpoint",
        "DeleteFlowLogs",
        "DeleteVpcEndpoints",
        "ModifySecurityGroupRules",
        "ModifySubnetAttribute",
        "ModifyVpcEndpoint",
        "ReplaceRoute",
        "ReplaceRouteTableAssociation",
    ),
    "dax": (
        "CreateCluster",
        "UpdateCluster",
        "UpdateParameterGroup",
        "UpdateSubnetGroup",
    ),
    "iam": (
        "AttachGroupPolicy",
        "AttachRolePolicy",
        "AttachUserPolicy",
        "CreatePolicyVersion",
        "CreateRole",
        "DeleteRole",
        "DeleteRolePermissionsBoundary",
        "DeleteRolePolicy",
        "DetachRolePolicy",
        "PutGroupPolicy",
        "PutRolePermissionsBoundary",
        "PutRolePolicy",
        "PutUserPolicy",
        "SetDefaultPolicyVersion",
        "UpdateAssumeRolePolicy",
    ),
    "kms": ("PutKeyPolicy",),
    "cloudtrail": ("DeleteTrail", "PutEventSelectors", "StopLogging", "UpdateTrail"),
    "config": ("DeleteConfigRule", "DeleteDeliveryChannel", "StopConfigurationRecorder"),
}


class PerimeterRule(Construct):
    """A custom AWS Config rule that runs the controls of `ddb-perimeter verify` where it is.

    Creates a Lambda function with this package's own source, its encrypted log group and key, a
    role that reads the control plane and nothing else, the rule, which asks once a day, and an
    EventBridge rule that has it asked at once when CloudTrail records a change of a policy, an
    endpoint, a cache or a role. Each table is reported COMPLIANT, or NON_COMPLIANT with the worst
    finding; the function's log has the whole report.

    The function runs outside any VPC on purpose: it asks IAM, whose API has an endpoint for VPCs
    in us-east-1 only, and a VPC of the perimeter has no other way out. It reaches no data: neither
    has its role a data action, nor does the table's policy let it in.

    EventBridge hears of a change only where a trail records management events. IAM's changes are
    told in its home Region alone (us-east-1): elsewhere they wait for the daily run, as do changes
    in a second minute of a burst that outlasts Lambda's two further attempts.

    Costs about 1 USD a month for the key, 0.001 USD an evaluation, and less than a cent for the
    function.

    Args:
        scope: parent construct.
        construct_id: id in the parent.
        perimeter: what is declared to be inside, beside what the account has.
        table_names: the tables to judge; empty for all of the account and Region.
        log_retention: how long the reports are kept.

    Raises:
        ValueError: the names of the tables are too long for AWS Config.

    Source: https://docs.aws.amazon.com/config/latest/developerguide/evaluate-config_develop-rules_lambda-functions.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        perimeter: Perimeter,
        table_names: Sequence[str] = (),
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_YEAR,
    ) -> None:
        super().__init__(scope, construct_id)
        self.log_group = logs.LogGroup(
            self,
            "Log",
            encryption_key=log_group_key(self, "LogKey"),
            retention=log_retention,
            removal_policy=cdk.RemovalPolicy.RETAIN,
        )
        self.role = self._role()
        self.read_policy, self.report_policy = self._policies()
        self.function = self._function(perimeter)
        self.rule = self._rule(table_names)
        self._let_function_ask_for_evaluations()
        self.events = self._watch()

    def _role(self) -> iam.Role:
        role = iam.Role(
            self,
            "Role",
            description="Reads how the account is set up, for the perimeter's AWS Config rule",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
        )
        name_trust(role, "AllowLambda")
        return role

    def _policies(self) -> tuple[iam.ManagedPolicy, iam.ManagedPolicy]:
        read = iam.ManagedPolicy(
            self,
            "ReadAccount",
            description="What ddb-perimeter verify needs",
            roles=[self.role],
            document=iam.PolicyDocument.from_json(permissions.policy(cdk.Stack.of(self).partition)),
        )
        report = iam.ManagedPolicy(
            self,
            "Report",
            description="Tell AWS Config and write the report",
            roles=[self.role],
            statements=[
                iam.PolicyStatement(
                    sid="AllowPuttingResults",
                    actions=["config:PutEvaluations"],
                    resources=["*"],  # the action knows no resource; AWS Config's token names it
                ),
                iam.PolicyStatement(
                    sid="AllowWritingReports",
                    actions=["logs:CreateLogStream", "logs:PutLogEvents"],
                    resources=[self.log_group.log_group_arn],
                ),
            ],
        )
        return read, report

    def _function(self, perimeter: Perimeter) -> lambda_.Function:
        with _source(perimeter) as folder:
            function = lambda_.Function(
                self,
                "Function",
                description="Asks the account whether the perimeter of the private table holds",
                runtime=lambda_.Runtime.PYTHON_3_14,
                architecture=lambda_.Architecture.ARM_64,
                handler="ddb_perimeter.config_rule.handler",
                code=lambda_.Code.from_asset(folder),
                role=self.role.without_policy_updates(),
                memory_size=1024,
                timeout=cdk.Duration.minutes(5),
                log_group=self.log_group,
                logging_format=lambda_.LoggingFormat.JSON,
                application_log_level_v2=lambda_.ApplicationLogLevel.INFO,
                system_log_level_v2=lambda_.SystemLogLevel.WARN,
            )
        function.node.add_dependency(self.read_policy, self.report_policy)
        function.add_permission(
            "AllowConfig",
            principal=iam.ServicePrincipal("config.amazonaws.com"),
            source_account=cdk.Stack.of(self).account,
        )
        return function

    def _rule(self, table_names: Sequence[str]) -> config.CfnConfigRule:
        parameters = {"tables": ",".join(table_names)} if table_names else None
        if len(json.dumps(parameters)) > _LONGEST_PARAMETERS:
            raise ValueError(f"{len(table_names)} tables: their names are too long for one rule")
        rule = config.CfnConfigRule(
            self,
            "Rule",
            description="Nobody outside the perimeter reaches the data: ddb-perimeter verify",
            input_parameters=parameters,
            source=config.CfnConfigRule.SourceProperty(
                owner="CUSTOM_LAMBDA",
                source_identifier=self.function.function_arn,
                source_details=[
                    config.CfnConfigRule.SourceDetailProperty(
                        event_source="aws.config",
                        message_type="ScheduledNotification",
                        maximum_execution_frequency="TwentyFour_Hours",
                    )
                ],
            ),
        )
        # AWS Config refuses a rule whose function it may not call.
        rule.node.add_dependency(*self.function.permissions_node.children)
        return rule

    def _let_function_ask_for_evaluations(self) -> None:
        # Beside the other policies, since it names the rule, which waits for the function.
        iam.ManagedPolicy(
            self,
            "Evaluate",
            description="Start evaluations of the perimeter's AWS Config rule",
            roles=[self.role],
            statements=[
                iam.PolicyStatement(
                    sid="AllowEvaluatingThisRule",
                    actions=[
                        "config:GetComplianceDetailsByConfigRule",
                        "config:StartConfigRulesEvaluation",
                    ],
                    resources=[self.rule.attr_arn],
                )
            ],
        )

    def _watch(self) -> events.Rule:
        return events.Rule(
            self,
            "Changes",
            description="Somebody changed who reaches the private table",
            event_pattern=events.EventPattern(
                source=[f"aws.{service}" for service in WATCHED_CALLS],
                detail_type=["AWS API Call via CloudTrail"],
                detail={
                    "eventName": sorted(
                        {name for calls in WATCHED_CALLS.values() for name in calls}
                    ),
                    "errorCode": [{"exists": False}],  # what was refused changed nothing
                },
            ),
            targets=[
                targets.LambdaFunction(
                    self.function,
                    event=events.RuleTargetInput.from_object({"evaluate": self.rule.ref}),
                )
            ],
        )


@contextmanager
def _source(perimeter: Perimeter) -> Iterator[str]:
    """Lay out what is deployed: the package's source and the perimeter; Lambda has boto3.

    Nothing but text that somebody wrote is copied, so the asset has the same hash everywhere.
    """
    with TemporaryDirectory() as folder:
        shutil.copytree(
            _PACKAGE,
            Path(folder, _PACKAGE.name),
            ignore=shutil.ignore_patterns(*_NOT_DEPLOYED),
        )
        Path(folder, "perimeter.toml").write_text(declaration.write(perimeter), encoding="utf-8")
        yield folder

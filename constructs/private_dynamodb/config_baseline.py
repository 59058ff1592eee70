"""AWS Config: what is recorded, and the rules that judge it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_config as config
from aws_cdk import aws_iam as iam
from constructs import Construct

from ddb_perimeter.controls.rule_regions import LEFT_OUT, has_rule
from private_dynamodb.config_rules import GuardRule
from private_dynamodb.encryption_keys import ServiceKey
from private_dynamodb.log_bucket import LogBucket
from private_dynamodb.perimeter_rule import PerimeterRule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ddb_perimeter.controls.perimeter import Perimeter
    from private_dynamodb.config_rules import ManagedRule

_CONFIG = "config.amazonaws.com"


class ConfigRecorder(Construct):
    """The configuration recorder of one Region and where it delivers to.

    Creates the recorder (every type; global ones where asked), the delivery channel and an
    encrypted bucket. An account has one recorder in a Region: where there is one, this fails.

    Costs 0.003 USD per recorded change, and about 1 USD a month for the key.

    Args:
        scope: parent construct.
        construct_id: id in the parent.
        records_global_types: True in the home Region only, else IAM is recorded many times; or a
            condition that says so where one template serves several Regions.
        creates_service_role: whether to create `AWSServiceRoleForConfig`, which an account has
            once.
        retention: how long deliveries are kept.

    Source: https://docs.aws.amazon.com/config/latest/developerguide/s3-bucket-policy.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        records_global_types: bool | cdk.IResolvable,
        creates_service_role: bool,
        retention: cdk.Duration,
    ) -> None:
        super().__init__(scope, construct_id)
        stack = cdk.Stack.of(self)
        key = ServiceKey(self, "Key", description="Encrypts AWS Config", services=[_CONFIG])
        self.log_bucket = LogBucket(self, "Bucket", key=key, retention=retention)
        self._let_config_write()
        self.recorder = config.CfnConfigurationRecorder(
            self,
            "Recorder",
            role_arn=f"arn:{stack.partition}:iam::{stack.account}:role/aws-service-role/"
            f"{_CONFIG}/AWSServiceRoleForConfig",
            recording_group=config.CfnConfigurationRecorder.RecordingGroupProperty(
                all_supported=True, include_global_resource_types=records_global_types
            ),
        )
        if creates_service_role:
            self.recorder.node.add_dependency(
                iam.CfnServiceLinkedRole(self, "ServiceRole", aws_service_name=_CONFIG)
            )
        self.channel = config.CfnDeliveryChannel(
            self,
            "Channel",
            s3_bucket_name=self.log_bucket.bucket.bucket_name,
            s3_kms_key_arn=key.key_arn,
        )
        self.channel.node.add_dependency(self.log_bucket.bucket.policy)

    def _let_config_write(self) -> None:
        account = cdk.Stack.of(self).account
        bucket = self.log_bucket.bucket
        this_account = {"aws:SourceAccount": account}
        bucket.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AllowConfigToCheckBucket",
                principals=[iam.ServicePrincipal(_CONFIG)],
                actions=["s3:GetBucketAcl", "s3:ListBucket"],
                resources=[bucket.bucket_arn],
                conditions={"StringEquals": this_account},
            )
        )
        bucket.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AllowConfigToDeliver",
                principals=[iam.ServicePrincipal(_CONFIG)],
                actions=["s3:PutObject"],
                resources=[bucket.arn_for_objects(f"AWSLogs/{account}/Config/*")],
                conditions={
                    "StringEquals": {**this_account, "s3:x-amz-acl": "bucket-owner-full-control"}
                },
            )
        )


class ConfigBaseline(Construct):
    """The rules that watch a private table in one Region.

    Creates a rule for each entry, after the recorder where this stack has it. A rule that AWS
    Config does not have in the stack's Region is left out, and the assembly's metadata names it.
    AWS Config does not record table policies: a `PerimeterRule` reads them. Costs 0.001 USD per
    evaluation.

    Args:
        scope: parent construct.
        construct_id: id in the parent.
        rules: the rules; `config_rules` has the managed ones by area.
        recorder: the recorder that this stack creates, or None where the account has one.
        perimeter: what a `PerimeterRule` takes to be inside; None for no such rule.
        table_names: the tables that it judges; empty for all.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        rules: Sequence[ManagedRule | GuardRule],
        recorder: ConfigRecorder | None = None,
        perimeter: Perimeter | None = None,
        table_names: Sequence[str] = (),
    ) -> None:
        super().__init__(scope, construct_id)
        self.rules = [self._rule(rule) for rule in self._there(rules)]
        self.perimeter_rule: PerimeterRule | None = None
        if perimeter is not None:
            self.perimeter_rule = PerimeterRule(
                self, "Perimeter", perimeter=perimeter, table_names=table_names
            )
            self.rules.append(self.perimeter_rule.rule)
        if recorder is not None:
            for rule in self.rules:
                rule.node.add_dependency(recorder.recorder, recorder.channel)

    def _there(self, rules: Sequence[ManagedRule | GuardRule]) -> Iterator[ManagedRule | GuardRule]:
        region = cdk.Stack.of(self).region
        for rule in rules:
            if cdk.Token.is_unresolved(region) or has_rule(region, rule.identifier):
                yield rule
            else:
                self.node.add_metadata(LEFT_OUT, rule.identifier)

    def _rule(self, rule: ManagedRule | GuardRule) -> config.CfnConfigRule:
        name = rule.identifier.title().replace("_", "")
        if isinstance(rule, GuardRule):
            return config.CfnConfigRule(
                self,
                name,
                description=rule.what,
                source=_in_guard(rule),
                scope=config.CfnConfigRule.ScopeProperty(
                    compliance_resource_types=[rule.resource_type]
                ),
            )
        return config.CfnConfigRule(
            self,
            name,
            description=rule.what,
            input_parameters=dict(rule.parameters) or None,
            source=config.CfnConfigRule.SourceProperty(
                owner="AWS", source_identifier=rule.identifier
            ),
            scope=None
            if rule.only is None
            else config.CfnConfigRule.ScopeProperty(
                compliance_resource_types=[rule.only[0]], compliance_resource_id=rule.only[1]
            ),
        )


def _in_guard(rule: GuardRule) -> config.CfnConfigRule.SourceProperty:
    return config.CfnConfigRule.SourceProperty(
        owner="CUSTOM_POLICY",
        source_details=[
            config.CfnConfigRule.SourceDetailProperty(
                event_source="aws.config", message_type=message
            )
            for message in (
                "ConfigurationItemChangeNotification",
                "OversizedConfigurationItemChangeNotification",
            )
        ],
        custom_policy_details=config.CfnConfigRule.CustomPolicyDetailsProperty(
            policy_runtime="guard-2.x.x", policy_text=rule.text
        ),
    )

"""Who touched the data, and who tried: CloudTrail for a table in every Region."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_cloudtrail as cloudtrail
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

from private_dynamodb.encryption_keys import ServiceKey, log_group_key
from private_dynamodb.log_bucket import LogBucket
from private_dynamodb.trust import name_trust

if TYPE_CHECKING:
    from collections.abc import Sequence

_CLOUDTRAIL = "cloudtrail.amazonaws.com"


class AuditTrail(Construct):
    """One multi-Region trail for the account, to create in the home Region only.

    Creates the trail with log file validation, its key, log bucket and encrypted log group. It
    records management events, the data events of the table and its stream in every named
    Region, and requests that a VPC endpoint refused (`VpceAccessDenied`), which show that
    foreign credentials were used inside the network. Reads through DAX appear in no trail.

    Costs nothing for the first trail's management events, 0.10 USD per 100,000 data events,
    and about 2 USD a month for two keys. A second trail's management events are billed.

    Args:
        scope: parent construct.
        construct_id: id in the parent.
        trail_name: fixed name, so that bucket and key can name the trail.
        table_name: the table, the same in every Region.
        regions: Regions that have the table.
        retention: how long log files are kept.
        log_group_retention: how long the searchable copy is kept.

    Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-network-events-with-cloudtrail.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        trail_name: str,
        table_name: str,
        regions: Sequence[str],
        retention: cdk.Duration,
        log_group_retention: logs.RetentionDays = logs.RetentionDays.ONE_YEAR,
    ) -> None:
        super().__init__(scope, construct_id)
        stack = cdk.Stack.of(self)
        # Spelled out, so that policies can name the trail before it exists.
        self.trail_arn = (
            f"arn:{stack.partition}:cloudtrail:{stack.region}:{stack.account}:trail/{trail_name}"
        )
        key = self._key()
        self.log_bucket = LogBucket(self, "Bucket", key=key, retention=retention)
        self._let_trail_write()
        self.log_group, role, policy = self._log_group(log_group_retention)
        self.trail = cloudtrail.CfnTrail(
            self,
            "Trail",
            trail_name=trail_name,
            is_logging=True,
            is_multi_region_trail=True,
            include_global_service_events=True,
            enable_log_file_validation=True,
            kms_key_id=key.key_arn,
            s3_bucket_name=self.log_bucket.bucket.bucket_name,
            cloud_watch_logs_log_group_arn=self.log_group.log_group_arn,
            cloud_watch_logs_role_arn=role.role_arn,
            advanced_event_selectors=self._selectors(table_name, regions),
        )
        # The trail's first delivery needs the policies of its bucket and of its role.
        self.trail.node.add_dependency(self.log_bucket.bucket.policy, policy)

    def _key(self) -> ServiceKey:
        stack = cdk.Stack.of(self)
        any_trail = f"arn:{stack.partition}:cloudtrail:*:{stack.account}:trail/*"
        return ServiceKey(
            self,
            "Key",
            description="Encrypts the trail's log files",
            services=[_CLOUDTRAIL],
            conditions={
                "StringEquals": {"aws:SourceArn": self.trail_arn},
                "StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn": any_trail},
            },
        )

    def _let_trail_write(self) -> None:
        stack = cdk.Stack.of(self)
        bucket = self.log_bucket.bucket
        this_trail = {"aws:SourceArn": self.trail_arn}
        bucket.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AllowTrailToCheckBucket",
                principals=[iam.ServicePrincipal(_CLOUDTRAIL)],
                actions=["s3:GetBucketAcl"],
                resources=[bucket.bucket_arn],
                conditions={"StringEquals": this_trail},
            )
        )
        bucket.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AllowTrailToWrite",
                principals=[iam.ServicePrincipal(_CLOUDTRAIL)],
                actions=["s3:PutObject"],
                resources=[bucket.arn_for_objects(f"AWSLogs/{stack.account}/*")],
                conditions={
                    "StringEquals": {**this_trail, "s3:x-amz-acl": "bucket-owner-full-control"}
                },
            )
        )

    def _log_group(
        self, retention: logs.RetentionDays
    ) -> tuple[logs.LogGroup, iam.Role, iam.ManagedPolicy]:
        log_group = logs.LogGroup(
            self,
            "LogGroup",
            encryption_key=log_group_key(self, "LogKey"),
            retention=retention,
            removal_policy=cdk.RemovalPolicy.RETAIN,
        )
        role = iam.Role(
            self,
            "LogGroupRole",
            description="Writes the trail to its log group",
            assumed_by=iam.ServicePrincipal(
                _CLOUDTRAIL, conditions={"StringEquals": {"aws:SourceArn": self.trail_arn}}
            ),
        )
        name_trust(role, "AllowThisTrail")
        policy = iam.ManagedPolicy(
            self,
            "LogGroupPolicy",
            roles=[role],
            statements=[
                iam.PolicyStatement(
                    sid="AllowWritingTrail",
                    actions=["logs:CreateLogStream", "logs:PutLogEvents"],
                    resources=[log_group.log_group_arn],
                )
            ],
        )
        return log_group, role, policy

    def _selectors(
        self, table_name: str, regions: Sequence[str]
    ) -> list[cloudtrail.CfnTrail.AdvancedEventSelectorProperty]:
        stack = cdk.Stack.of(self)
        tables = [
            f"arn:{stack.partition}:dynamodb:{region}:{stack.account}:table/{table_name}"
            for region in regions
        ]
        return [
            _selector("Management events", _equals("eventCategory", "Management")),
            _selector(
                "Reads and writes of the table",
                _equals("eventCategory", "Data"),
                _equals("resources.type", "AWS::DynamoDB::Table"),
                _starts_with("resources.ARN", tables),
            ),
            _selector(
                "Reads of the stream",
                _equals("eventCategory", "Data"),
                _equals("resources.type", "AWS::DynamoDB::Stream"),
                _starts_with("resources.ARN", [f"{table}/stream/" for table in tables]),
            ),
            _selector(
                "Requests that an endpoint refused",
                _equals("eventCategory", "NetworkActivity"),
                _equals("eventSource", "dynamodb.amazonaws.com"),
                _equals("errorCode", "VpceAccessDenied"),
            ),
        ]


def _selector(
    name: str, *fields: cloudtrail.CfnTrail.AdvancedFieldSelectorProperty
) -> cloudtrail.CfnTrail.AdvancedEventSelectorProperty:
    return cloudtrail.CfnTrail.AdvancedEventSelectorProperty(
        name=name, field_selectors=list(fields)
    )


def _equals(field: str, value: str) -> cloudtrail.CfnTrail.AdvancedFieldSelectorProperty:
    return cloudtrail.CfnTrail.AdvancedFieldSelectorProperty(field=field, equal_to=[value])


def _starts_with(
    field: str, values: Sequence[str]
) -> cloudtrail.CfnTrail.AdvancedFieldSelectorProperty:
    return cloudtrail.CfnTrail.AdvancedFieldSelectorProperty(field=field, starts_with=list(values))

"""The audit stack: the trail in the home Region, AWS Config and alerts in every Region."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk

from ddb_perimeter.controls.baseline import perimeter_of
from ddb_perimeter.controls.perimeter import current_day
from ddb_perimeter.inventory.live import permissions
from private_dynamodb import (
    AuditTrail,
    ConfigBaseline,
    ConfigRecorder,
    endpoint_policy_rule,
)
from stacks.acknowledgments import acknowledge
from stacks.configuration import Source
from stacks.detection import add_detection
from stacks.regional_stack import RegionalStack
from stacks.rules import managed_rules

if TYPE_CHECKING:
    from constructs import Construct

    from private_dynamodb import GuardRule, ManagedRule, PerimeterRule, PrivateNetwork
    from stacks.configuration import Configuration, RegionSettings
    from stacks.data import DataStack


class AuditStack(RegionalStack):
    """The audit of one Region.

    Args:
        scope: what groups the stacks of the Region.
        configuration: the whole configuration.
        region: the Region.
        network: the Region's network, whose endpoints and groups are watched.
        data: the Region's data stack, whose table is watched and whose topic is told.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        configuration: Configuration,
        region: RegionSettings,
        network: PrivateNetwork,
        data: DataStack,
    ) -> None:
        super().__init__(
            scope,
            "Audit",
            description="Who touched the private table, and whether it stays private",
            configuration=configuration,
            region=region.name,
        )
        self._configuration = configuration
        self._region = region
        self._retention = cdk.Duration.days(configuration.audit.retention_days)
        self.trail = self._trail()
        self.recorder = self._recorder()
        self.config = ConfigBaseline(
            self,
            "ConfigRules",
            rules=self._rules(network, data.key.key_arn),
            recorder=self.recorder,
            perimeter=perimeter_of(configuration.model_dump(), current_day())
            if configuration.audit.perimeter_rule
            else None,
            table_names=[configuration.table.name],
        )
        if configuration.audit.detection:
            add_detection(
                self,
                configuration=configuration,
                region=region,
                network=network,
                data=data,
                trail=self.trail,
                recorder=self.recorder,
            )
        self._acknowledge()

    def _trail(self) -> AuditTrail | None:
        if not self._region.home or self._configuration.audit.trail is Source.EXISTING:
            return None
        return AuditTrail(
            self,
            "Trail",
            trail_name=f"{self._configuration.project}-trail",
            table_name=self._configuration.table.name,
            regions=[region.name for region in self._configuration.regions],
            retention=self._retention,
        )

    def _recorder(self) -> ConfigRecorder | None:
        audit = self._configuration.audit
        if audit.recorder is Source.EXISTING:
            return None
        return ConfigRecorder(
            self,
            "Recorder",
            records_global_types=self._region.home,
            creates_service_role=self._region.home and audit.config_role is Source.CREATE,
            retention=self._retention,
        )

    def _rules(self, network: PrivateNetwork, key_arn: str) -> list[ManagedRule | GuardRule]:
        table_name = self._configuration.table.name
        return [
            *managed_rules(
                self._configuration, self._region, table_name=table_name, key_arn=key_arn
            ),
            endpoint_policy_rule(self, table_name=table_name, vpc_id=network.vpc.vpc_id),
        ]

    def _acknowledge(self) -> None:
        self._acknowledge_buckets()
        if self.config.perimeter_rule is not None:
            _acknowledge_function(self.config.perimeter_rule)

    def _acknowledge_buckets(self) -> None:
        buckets = [owner.log_bucket for owner in (self.trail, self.recorder) if owner is not None]
        for logs in buckets:
            for bucket in (logs.bucket, logs.access_logs):
                acknowledge(
                    bucket,
                    dict.fromkeys(
                        _in_both("S3BucketReplicationEnabled"),
                        "Logs are versioned, retained and validated by digest files; copying them "
                        "to another Region is for the organization's log archive to decide.",
                    ),
                )
            acknowledge(
                logs.access_logs,
                dict.fromkeys(
                    _in_both("S3DefaultEncryptionKMS"),
                    "Server access logs are delivered to buckets encrypted by S3 (SSE-S3) only.",
                ),
            )


def _acknowledge_function(rule: PerimeterRule) -> None:
    statements: Any = permissions.policy("<AWS::Partition>")["Statement"]
    acknowledge(
        rule.read_policy,
        dict.fromkeys(
            (
                f"AwsSolutions::AwsSolutions-IAM5[Resource::{each['Resource']}]"
                for each in statements
            ),
            "The rule judges whatever the account has, so it may look at all of it. Every action "
            "reads settings; a test holds that none is a data action.",
        ),
    )
    acknowledge(
        rule.report_policy,
        {
            "AwsSolutions::AwsSolutions-IAM5[Resource::*]": "config:PutEvaluations knows no "
            "resource; the token of an evaluation says which rule it is about."
        },
    )
    acknowledge(
        rule.function,
        {
            **dict.fromkeys(
                _in_both("LambdaInsideVPC"),
                "It asks IAM, whose API has a VPC endpoint in us-east-1 only, and the VPC has no "
                "way out. Its role and the table's policy keep it from the data.",
            ),
            **dict.fromkeys(
                _in_both("LambdaConcurrency"),
                "A reservation fails in new accounts, which have ten executions in all. It runs "
                "once a day and after changes, and two runs at once do no harm.",
            ),
            **dict.fromkeys(
                _in_both("LambdaDLQ"),
                "An event that is lost after two further attempts is made good by the next "
                "change, or by the daily run, and an evaluation that fails reports NON_COMPLIANT.",
            ),
        },
    )


def _in_both(rule: str) -> list[str]:
    """Spell the id of a rule that NIST and HIPAA packs share."""
    return [f"{pack}::{pack}-{rule}" for pack in ("NIST.800.53.R5", "HIPAA.Security")]

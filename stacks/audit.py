"""The audit stack: the trail in the home Region, AWS Config and alerts in every Region."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk

from private_dynamodb import (
    AuditTrail,
    ConfigBaseline,
    ConfigRecorder,
    backup_rules,
    cache_rules,
    network_rules,
    table_rules,
    trail_rules,
)
from stacks.acknowledgments import acknowledge
from stacks.configuration import Source
from stacks.detection import add_detection
from stacks.regional_stack import RegionalStack

if TYPE_CHECKING:
    from constructs import Construct

    from private_dynamodb import ManagedRule, PrivateNetwork
    from stacks.configuration import Configuration, RegionSettings
    from stacks.data import DataStack


class AuditStack(RegionalStack):
    """The audit of one Region.

    Args:
        scope: what groups the stacks of the Region.
        configuration: the whole configuration.
        region: the Region.
        network: the Region's network, whose groups are watched.
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
            self, "ConfigRules", rules=self._rules(data.key.key_arn), recorder=self.recorder
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

    def _rules(self, key_arn: str) -> list[ManagedRule]:
        table = self._configuration.table
        return [
            *table_rules(table_name=table.name, key_arn=key_arn),
            *(backup_rules(table_name=table.name) if table.backup_plan else ()),
            *(cache_rules() if self._region.cache.enabled else ()),
            *network_rules(),
            *trail_rules(),
        ]

    def _acknowledge(self) -> None:
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


def _in_both(rule: str) -> list[str]:
    """Spell the id of a rule that NIST and HIPAA packs share."""
    return [f"{pack}::{pack}-{rule}" for pack in ("NIST.800.53.R5", "HIPAA.Security")]

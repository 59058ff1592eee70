"""What the alerts of a stack watch, as `baseline.toml` and the other stacks name it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from private_dynamodb import (
    AlarmTopic,
    CacheAlarms,
    ExternalAccessAnalyzer,
    Named,
    PerimeterAlerts,
    Reach,
    Thing,
    TrailAlarms,
    Watched,
    execution_role_arn,
)
from stacks.configuration import Source
from stacks.configuration.availability import global_region
from stacks.regional_stack import RegionalStack

if TYPE_CHECKING:
    from aws_cdk import aws_backup as backup
    from aws_cdk import aws_kms as kms
    from constructs import Construct

    from private_dynamodb import AuditTrail, ConfigRecorder, PrivateNetwork
    from stacks.configuration import Configuration, RegionSettings
    from stacks.data import DataStack


def add_detection(
    stack: RegionalStack,
    *,
    configuration: Configuration,
    region: RegionSettings,
    network: PrivateNetwork,
    data: DataStack,
    trail: AuditTrail | None,
    recorder: ConfigRecorder | None,
) -> None:
    """Let a Region's audit stack tell about what weakens the perimeter.

    Args:
        stack: the audit stack.
        configuration: the whole configuration.
        region: the Region.
        network: its network.
        data: its data stack, which has the topic too.
        trail: the trail, where this stack has it.
        recorder: the Config recorder, where this stack has it.
    """
    topic = data.alarms.topic
    PerimeterAlerts(
        stack,
        "Alerts",
        watched=_watched(
            stack,
            configuration,
            {
                **_named_everywhere(stack, configuration),
                **_named_here(configuration, network, data),
                Thing.KEY: Named.keys(_keys(data, trail, recorder)),
            },
        ),
        topic=topic,
        reach=Reach.BOTH if region.name == global_region(region.name) else Reach.REGIONAL,
    )
    if configuration.audit.analyzer is Source.CREATE:
        ExternalAccessAnalyzer(stack, "ExternalAccess")
    if data.cache is not None:
        CacheAlarms(stack, "CacheAlarms", cluster_name=data.cache.cluster_name, topic=topic)
    if trail is not None:
        TrailAlarms(
            stack,
            "TrailAlarms",
            log_group=trail.log_group,
            break_glass=_break_glass(stack, configuration),
            topic=topic,
        )


class GlobalAuditStack(RegionalStack):
    """Alerts on the calls of IAM, where no configured Region hears of them.

    Args:
        scope: what groups the stacks of the Region.
        configuration: the whole configuration.
        region: the Region of IAM's endpoint.
    """

    def __init__(self, scope: Construct, *, configuration: Configuration, region: str) -> None:
        super().__init__(
            scope,
            "GlobalAudit",
            description="Who changed the roles that reach the private table: IAM tells it here",
            configuration=configuration,
            region=region,
        )
        self.alarms = AlarmTopic(
            self, "Alarms", event_rules=True, email=configuration.audit.alarm_email
        )
        PerimeterAlerts(
            self,
            "Alerts",
            watched=_watched(self, configuration, _named_everywhere(self, configuration)),
            topic=self.alarms.topic,
            reach=Reach.GLOBAL,
        )


def _named_everywhere(stack: RegionalStack, configuration: Configuration) -> dict[Thing, Named]:
    administration, project = configuration.administration, configuration.project
    break_glass = _break_glass(stack, configuration)
    named_roles = (
        *break_glass,
        *(exemption.arn for exemption in configuration.access.exemptions),
        *(administration.deploy or ()),
        *administration.backup,
        *(role for role in configuration.access.readers if role.startswith("arn:")),
        *(role for role in configuration.access.writers if role.startswith("arn:")),
    )
    things = {
        Thing.PROJECT: Named.project(project),
        Thing.ROLE: Named.role_names(
            f"{project}-",
            # Whoever becomes one of these deploys whatever they like.
            f"cdk-{administration.bootstrap_qualifier}-",
            exactly=list(
                dict.fromkeys(arn.rpartition("/")[2] for arn in named_roles if ":role/" in arn)
            ),
        ),
    }
    if break_glass:
        things[Thing.BREAK_GLASS] = Named.roles(break_glass)
    return things


def _named_here(
    configuration: Configuration, network: PrivateNetwork, data: DataStack
) -> dict[Thing, Named]:
    groups = list(network.security_group_ids)
    things = {Thing.TABLE: Named.table(configuration.table.name)}
    if data.backup is not None:
        things[Thing.VAULT] = Named(exactly=(f"{data.stack_name}-vault",))
    if data.cache is not None:
        things[Thing.CLUSTER] = Named(exactly=(data.cache.cluster_name,))
        groups.append(data.cache.security_group.security_group_id)
    things[Thing.GROUP] = Named(exactly=tuple(groups))
    return things


def _watched(
    stack: RegionalStack, configuration: Configuration, things: dict[Thing, Named]
) -> Watched:
    named = configuration.administration
    if named.deploy is not None:
        return Watched(things=things, deployers=named.deploy)
    here, *elsewhere = (
        execution_role_arn(stack, qualifier=named.bootstrap_qualifier, region=name)
        for name in dict.fromkeys([stack.region, *(each.name for each in configuration.regions)])
    )
    return Watched(things=things, deployers=(here,), deployers_elsewhere=tuple(elsewhere))


def _break_glass(stack: RegionalStack, configuration: Configuration) -> tuple[str, ...]:
    """Name the roles that nobody uses in daily work: those that take the data out or repair."""
    named, organization = configuration.administration, configuration.organization
    roles = (*named.export, *named.restore, *(organization.break_glass if organization else ()))
    account = f"arn:{stack.partition}:iam::{stack.account}"
    return tuple(
        dict.fromkeys(
            role if role.startswith("arn:") else f"{account}:role/{role}"
            for role in roles
            if ":user/" not in role
        )
    )


def _keys(data: DataStack, trail: AuditTrail | None, recorder: ConfigRecorder | None) -> list[str]:
    found: list[kms.IKey | None] = [data.key, data.alarms.topic.master_key]
    found += [
        owner.log_bucket.bucket.encryption_key for owner in (trail, recorder) if owner is not None
    ]
    arns = [key.key_arn for key in found if key is not None]
    if data.backup is not None:
        vault = cast("backup.CfnBackupVault", data.backup.vault.node.default_child)
        arns.append(str(vault.encryption_key_arn))
    return arns

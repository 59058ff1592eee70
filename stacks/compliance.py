"""What AWS Config does for the whole organization: recorders, rules, and one place to see them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import aws_cdk as cdk

from private_dynamodb import (
    TABLE_KEYS,
    MemberRecorders,
    Members,
    OrganizationAggregator,
    OrganizationConformancePack,
    conformance_pack,
)
from stacks.acknowledgments import acknowledge
from stacks.configuration import Source
from stacks.rules import managed_rules

if TYPE_CHECKING:
    from constructs import Construct

    from stacks.configuration import Configuration, RegionSettings
    from stacks.configuration.organization import ConformancePackSettings, OrganizationSettings


class ComplianceStack(cdk.Stack):
    """One Region of it, in the management account or that of the delegated administrator.

    A conformance pack is in one Region; aggregator and stack sets are in the home Region alone.

    Args:
        scope: what groups the stacks of the organization.
        configuration: the whole configuration.
        organization: its part about the organization.
        region: the Region.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        configuration: Configuration,
        organization: OrganizationSettings,
        region: RegionSettings,
    ) -> None:
        super().__init__(
            scope,
            f"Compliance-{region.name}",
            stack_name=f"{configuration.project}-compliance",
            description="What AWS Config asks of every account with the private table",
            env=cdk.Environment(account=organization.deployed_to, region=region.name),
            termination_protection=True,
            analytics_reporting=False,
            synthesizer=cdk.DefaultStackSynthesizer(
                qualifier=configuration.administration.bootstrap_qualifier
            ),
        )
        cdk.Tags.of(self).add("project", configuration.project)
        self._configuration, self._organization = configuration, organization
        self.aggregator = self._aggregator() if region.home and organization.aggregator else None
        self.recorders = self._recorders() if region.home and organization.stack_set else None
        self.pack: OrganizationConformancePack | None = None
        if organization.conformance_pack is not None:
            self.pack = self._pack(organization.conformance_pack, region)
        if self.pack and self.recorders:
            # Without a recorder in the account the pack fails.
            self.pack.node.add_dependency(self.recorders)

    @property
    def _regions(self) -> tuple[str, ...]:
        return tuple(region.name for region in self._configuration.regions)

    def _aggregator(self) -> OrganizationAggregator:
        aggregator = OrganizationAggregator(
            self, "Aggregator", name=self._configuration.project, regions=self._regions
        )
        acknowledge(
            aggregator.policy,
            {
                "AwsSolutions::AwsSolutions-IAM5[Resource::*]": "It lists accounts and delegated "
                "administrators; these actions know no resources."
            },
        )
        return aggregator

    def _recorders(self) -> MemberRecorders:
        configuration, organization = self._configuration, self._organization
        return MemberRecorders(
            self,
            "Recorders",
            name=configuration.project,
            members=Members(
                organizational_units=organization.targets,
                regions=self._regions,
                management_account=organization.management_account,
                delegated=organization.administrator_account is not None,
            ),
            home=configuration.home.name,
            creates_service_role=configuration.audit.config_role is Source.CREATE,
            retention=cdk.Duration.days(configuration.audit.retention_days),
        )

    def _pack(
        self, settings: ConformancePackSettings, region: RegionSettings
    ) -> OrganizationConformancePack:
        return OrganizationConformancePack(
            self,
            "Rules",
            name=f"{self._configuration.project}-private-table",
            body=regional_pack(self, self._configuration, region),
            parameters={TABLE_KEYS: ",".join(settings.table_keys)} if settings.table_keys else {},
            # No stack set reaches the management account, so it may lack a recorder.
            excluded_accounts=(
                self._organization.management_account,
                *settings.excluded_accounts,
            ),
        )


def regional_pack(scope: Construct, configuration: Configuration, region: RegionSettings) -> str:
    """Return the body of the conformance pack of one Region, in YAML.

    Args:
        scope: any construct of the app.
        configuration: the whole configuration.
        region: the Region.
    """
    return conformance_pack(
        scope,
        partial(managed_rules, configuration, region),
        region=region.name,
        table_name=configuration.table.name,
    )


def build_compliance(
    scope: Construct, configuration: Configuration, organization: OrganizationSettings
) -> list[ComplianceStack]:
    """Build the stack of the home Region, and those of the others that have a pack.

    Args:
        scope: what groups the stacks of the organization.
        configuration: the whole configuration.
        organization: its part about the organization.
    """
    if not (organization.aggregator or organization.stack_set or organization.conformance_pack):
        return []
    home, *others = (
        ComplianceStack(
            scope, configuration=configuration, organization=organization, region=region
        )
        for region in sorted(configuration.regions, key=lambda region: not region.home)
        if region.home or organization.conformance_pack
    )
    for stack in others:
        stack.add_stack_dependency(home, "Packs need the recorders, which the home Region deploys")
    return [home, *others]

"""The guardrails stack: what the organization keeps closed, whatever a member account does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk

from private_dynamodb import GuardrailRoles, Guardrails, GuardrailScope
from stacks.role_names import backup_role_name, cache_role_name, consumer_role_name

if TYPE_CHECKING:
    from constructs import Construct

    from stacks.configuration import Configuration
    from stacks.configuration.organization import OrganizationSettings


class GuardrailsStack(cdk.Stack):
    """The guardrails, in the management account or that of the delegated administrator.

    Args:
        scope: what groups the stacks of the organization.
        configuration: the whole configuration.
        organization: its part about the organization.
    """

    def __init__(
        self, scope: Construct, *, configuration: Configuration, organization: OrganizationSettings
    ) -> None:
        super().__init__(
            scope,
            "Guardrails",
            stack_name=f"{configuration.project}-guardrails",
            description="Organization policies that keep the private table private",
            env=cdk.Environment(account=organization.deployed_to, region=configuration.home.name),
            termination_protection=True,
            analytics_reporting=False,
            synthesizer=cdk.DefaultStackSynthesizer(
                qualifier=configuration.administration.bootstrap_qualifier
            ),
        )
        cdk.Tags.of(self).add("project", configuration.project)
        self.guardrails = Guardrails(
            self,
            "Policies",
            guardrails=GuardrailScope(
                project=configuration.project,
                organization=organization.id,
                regions=tuple(region.name for region in configuration.regions),
                roles=_roles(configuration, organization),
                stack_sets=organization.stack_set,
            ),
            targets=organization.targets,
        )


def _roles(configuration: Configuration, organization: OrganizationSettings) -> GuardrailRoles:
    administration = configuration.administration
    regions = configuration.regions
    cdk_role = f"cdk-{administration.bootstrap_qualifier}-{{}}-role-{{{{account}}}}-{{}}"
    deploy = administration.deploy
    if deploy is None:
        deploy = tuple(cdk_role.format("cfn-exec", name) for name in configuration.deployed_regions)
    backed_up = regions if configuration.table.backup_plan else ()
    followed = regions if configuration.workload.consumer else ()
    return GuardrailRoles(
        deploy=deploy,
        # Whoever else is named to deploy, `cdk deploy` still hands its execution role over. Who is
        # named deploys anyway, so a pipeline may hand over the role that is named beside it.
        hand_over=(
            *(cdk_role.format("deploy", name) for name in configuration.deployed_regions),
            *(administration.deploy or ()),
        ),
        bootstrap=organization.bootstrap,
        break_glass=organization.break_glass,
        cache=tuple(cache_role_name(configuration, each) for each in regions if each.cache.enabled),
        network=tuple(exemption.arn for exemption in configuration.access.exemptions),
        streams=tuple(consumer_role_name(configuration, each) for each in followed),
        export=administration.export,
        restore=administration.restore,
        backup=(
            *administration.backup,
            *(backup_role_name(configuration, region) for region in backed_up),
        ),
    )

"""What every account of an organizational unit has, kept there by CloudFormation StackSets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import aws_cdk as cdk
from constructs import Construct

from private_dynamodb.template_body import template_body

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Members:
    """Which accounts get a stack, where, and who says so.

    Args:
        organizational_units: ids of the units.
        regions: Region codes.
        management_account: id of the account that owns stack sets, whoever administers them.
        delegated: whether they are administered by a delegated administrator.
    """

    organizational_units: tuple[str, ...]
    regions: tuple[str, ...]
    management_account: str
    delegated: bool


class OrganizationStackSet(Construct):
    """A stack in each account of organizational units, also in those that join them later.

    StackSets creates its own roles in the accounts (service-managed permissions); the management
    account gets no stack. An account in which the stack fails does not hold up the others, and an
    account that leaves the unit keeps what it has. The construct belongs to the management
    account or to a delegated administrator of StackSets, and itself costs nothing.

    Args:
        scope: parent construct.
        construct_id: id in the parent.
        name: the stack set's name.
        description: one sentence about it.
        build: adds the constructs to the stack that accounts get; none may need assets.
        members: who gets it.
        after: a stack set that accounts get first.

    Raises:
        ValueError: the template is larger than a body may be.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-manage-auto-deployment.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        description: str,
        build: Callable[[cdk.Stack], object],
        members: Members,
        after: OrganizationStackSet | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self._management_account = members.management_account
        set_ = cdk.CfnStackSet
        self.stack_set = set_(
            self,
            "StackSet",
            stack_set_name=name,
            description=description,
            permission_model="SERVICE_MANAGED",
            call_as="DELEGATED_ADMIN" if members.delegated else "SELF",
            template_body=template_body(self, build),
            auto_deployment=set_.AutoDeploymentProperty(
                enabled=True,
                retain_stacks_on_account_removal=True,
                depends_on=[after.arn] if after else None,
            ),
            managed_execution={"Active": True},
            operation_preferences=set_.OperationPreferencesProperty(
                failure_tolerance_percentage=100,
                max_concurrent_percentage=100,
                region_concurrency_type="PARALLEL",
            ),
            stack_instances_group=[
                set_.StackInstancesProperty(
                    deployment_targets=set_.DeploymentTargetsProperty(
                        organizational_unit_ids=list(members.organizational_units)
                    ),
                    regions=list(members.regions),
                )
            ],
        )
        if after is not None:
            self.stack_set.node.add_dependency(after.stack_set)

    @property
    def arn(self) -> str:
        """Return its ARN, which is the management account's also where another administers it."""
        return cdk.Stack.of(self).format_arn(
            service="cloudformation",
            account=self._management_account,
            resource="stackset",
            resource_name=self.stack_set.attr_stack_set_id,
        )

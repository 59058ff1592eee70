"""AWS Config's recorder in every account of an organization, without a deployment in each."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from private_dynamodb.config_baseline import ConfigRecorder
from private_dynamodb.stack_set import OrganizationStackSet

if TYPE_CHECKING:
    from private_dynamodb.stack_set import Members


class MemberRecorders(Construct):
    """A `ConfigRecorder` in each account and Region of organizational units.

    Creates a stack set for AWS Config's service-linked role, which an account has once, and one
    for recorder, delivery channel and bucket, which it has once in a Region. Costs in each account
    and Region what a `ConfigRecorder` costs.

    Args:
        scope: parent construct.
        construct_id: id in the parent.
        name: the prefix of the stack sets' names.
        members: who gets a recorder.
        home: the one of their Regions that records global types.
        creates_service_role: whether the accounts lack `AWSServiceRoleForConfig`.
        retention: how long deliveries are kept.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        members: Members,
        home: str,
        creates_service_role: bool,
        retention: cdk.Duration,
    ) -> None:
        super().__init__(scope, construct_id)
        self._home, self._retention = home, retention
        self.service_role: OrganizationStackSet | None = None
        if creates_service_role:
            self.service_role = OrganizationStackSet(
                self,
                "ServiceRole",
                name=f"{name}-config-role",
                description="The service-linked role of AWS Config",
                build=_service_role,
                members=replace(members, regions=(home,)),
            )
        self.recorder = OrganizationStackSet(
            self,
            "Recorder",
            name=f"{name}-config-recorder",
            description="The recorder of AWS Config, and where it delivers to",
            build=self._recorder,
            members=members,
            after=self.service_role,
        )

    def _recorder(self, stack: cdk.Stack) -> None:
        at_home = cdk.CfnCondition(
            stack, "AtHome", expression=cdk.Fn.condition_equals(cdk.Aws.REGION, self._home)
        )
        ConfigRecorder(
            stack,
            "Recorder",
            records_global_types=cdk.Fn.condition_if(at_home.logical_id, True, False),  # noqa: FBT003 - what the two are, the name says
            creates_service_role=False,
            retention=self._retention,
        )


def _service_role(stack: cdk.Stack) -> None:
    iam.CfnServiceLinkedRole(stack, "ServiceRole", aws_service_name="config.amazonaws.com")

"""One place to see what AWS Config says in every account of an organization."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_config as config
from aws_cdk import aws_iam as iam
from constructs import Construct

from private_dynamodb.trust import name_trust

if TYPE_CHECKING:
    from collections.abc import Sequence


class OrganizationAggregator(Construct):
    """An aggregator of AWS Config for all accounts of an organization.

    Creates the aggregator, which costs nothing, and the role by which AWS Config lists the
    organization's accounts. The stack belongs to the management account or to a delegated
    administrator of AWS Config.

    Args:
        scope: parent construct.
        construct_id: id in the parent.
        name: the aggregator's name.
        regions: Region codes to gather from.

    Source: https://docs.aws.amazon.com/config/latest/developerguide/aggregate-data.html
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, name: str, regions: Sequence[str]
    ) -> None:
        super().__init__(scope, construct_id)
        self.role = iam.Role(
            self,
            "Role",
            description="AWS Config lists the accounts of the organization",
            assumed_by=iam.ServicePrincipal("config.amazonaws.com"),
        )
        name_trust(self.role, "AllowConfig")
        # What AWS's own policy for aggregators, AWSConfigRoleForOrganizations, allows.
        self.policy = iam.ManagedPolicy(
            self,
            "ListAccounts",
            description="List the accounts of the organization",
            roles=[self.role],
            statements=[
                iam.PolicyStatement(
                    sid="AllowListingAccounts",
                    actions=[
                        "organizations:DescribeOrganization",
                        "organizations:ListAWSServiceAccessForOrganization",
                        "organizations:ListAccounts",
                        "organizations:ListDelegatedAdministrators",
                    ],
                    resources=["*"],  # none of these knows resources
                )
            ],
        )
        aggregator = config.CfnConfigurationAggregator
        self.aggregator = aggregator(
            self,
            "Aggregator",
            configuration_aggregator_name=name,
            organization_aggregation_source=aggregator.OrganizationAggregationSourceProperty(
                role_arn=self.role.role_arn, aws_regions=list(regions)
            ),
        )
        self.aggregator.node.add_dependency(self.policy)

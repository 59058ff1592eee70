"""The whole baseline: the stacks of every Region, and who judges them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from constructs import Construct

from stacks.audit import AuditStack
from stacks.compliance import build_compliance
from stacks.data import DataStack
from stacks.detection import GlobalAuditStack
from stacks.guardrails import GuardrailsStack
from stacks.network import NetworkStack

if TYPE_CHECKING:
    from stacks.configuration import Configuration, RegionSettings


class RegionalBaseline(Construct):
    """The stacks of one Region.

    A plain construct groups them, and not a Stage: `cdk deploy 'us-east-1/*'` selects a
    Region all the same, and `cdk synth` judges every stack (docs/decisions/0002).

    Args:
        scope: the app.
        configuration: the whole configuration.
        region: the Region to build.
    """

    def __init__(
        self, scope: Construct, *, configuration: Configuration, region: RegionSettings
    ) -> None:
        super().__init__(scope, region.name)
        self.network = NetworkStack(self, configuration=configuration, region=region)
        self.data = DataStack(
            self, configuration=configuration, region=region, network=self.network.network
        )
        self.audit = AuditStack(
            self,
            configuration=configuration,
            region=region,
            network=self.network.network,
            data=self.data,
        )


def build_baseline(app: cdk.App, configuration: Configuration) -> dict[str, RegionalBaseline]:
    """Build the stacks of every configured Region, and what the organization has above them.

    Args:
        app: the app to build them in.
        configuration: what a user decided.

    Returns:
        The stacks by Region code.
    """
    for name, value in configuration.tags.items():
        cdk.Tags.of(app).add(name, value)
    if configuration.organization is not None:
        above = Construct(app, "organization")
        GuardrailsStack(above, configuration=configuration, organization=configuration.organization)
        build_compliance(above, configuration, configuration.organization)
    for name in configuration.deployed_regions[len(configuration.regions) :]:
        GlobalAuditStack(Construct(app, name), configuration=configuration, region=name)
    return {
        region.name: RegionalBaseline(app, configuration=configuration, region=region)
        for region in configuration.regions
    }

"""What the stacks of a Region have in common: name, environment, protection."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk

if TYPE_CHECKING:
    from constructs import Construct

    from stacks.configuration import Configuration


class RegionalStack(cdk.Stack):
    """A stack with an explicit name, in one Region, protected from termination.

    Args:
        scope: what groups the stacks of the Region.
        kind: what the stack has, e.g. ``Network``; it ends the stack's name.
        description: one sentence about it.
        configuration: the whole configuration.
        region: Region code.
    """

    def __init__(
        self,
        scope: Construct,
        kind: str,
        *,
        description: str,
        configuration: Configuration,
        region: str,
    ) -> None:
        super().__init__(
            scope,
            kind,
            stack_name=f"{configuration.project}-{kind.lower()}",
            description=description,
            env=cdk.Environment(account=configuration.account, region=region),
            termination_protection=True,
            analytics_reporting=False,
            synthesizer=cdk.DefaultStackSynthesizer(
                qualifier=configuration.administration.bootstrap_qualifier
            ),
        )
        cdk.Tags.of(self).add("project", configuration.project)

    @property
    def availability_zones(self) -> list[str]:
        """Return no zone: CDK would ask the account for them, and a synth has no credentials.

        Templates name zones by their number. Without this, the `Vpc` of a stack with an explicit
        account asks for their names only to compare them.
        """
        return []

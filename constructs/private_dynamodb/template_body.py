"""The template of a stack that another service deploys, written into a resource of this one.

CDK deploys its own stacks only. A StackSet or a conformance pack takes a template as text: here it
is what CDK makes of constructs, so that what is deployed by hand, by StackSets or by AWS Config is
the same.
"""

from __future__ import annotations

from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import aws_cdk as cdk
import yaml

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs import Construct

MOST_BYTES: Final = 51_200
"""What CloudFormation and AWS Config take as a body; from a bucket they take more."""


def template_body(
    scope: Construct, build: Callable[[cdk.Stack], object], *, region: str | None = None
) -> str:
    """Return the template, in YAML, of a stack that is not part of the app.

    Args:
        scope: any construct of the app, whose feature flags apply.
        build: adds the constructs to the stack.
        region: Region of the stack; None for any.

    Raises:
        ValueError: the template is larger than a body may be.
        RuntimeError: the constructs need assets, which nobody would publish (CDK says which).

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStackSet.html
    """
    with TemporaryDirectory() as folder:
        app = cdk.App(
            outdir=folder,
            # The paths of constructs would take a third of the body.
            context={**scope.node.get_all_context(), "aws:cdk:enable-path-metadata": False},
            analytics_reporting=False,
            builtin_cloud_formation_validation=False,
        )
        stack = cdk.Stack(
            app,
            "Body",
            env=cdk.Environment(region=region),
            synthesizer=cdk.BootstraplessSynthesizer(),  # refuses assets
        )
        build(stack)
        template = app.synth().get_stack_artifact(stack.artifact_id).template
    body = yaml.safe_dump(template, sort_keys=False, width=100)
    if len(body.encode()) > MOST_BYTES:
        raise ValueError(f"the template has {len(body.encode()):,} bytes of {MOST_BYTES:,}")
    return body

"""`assert_private` on real objects of CDK."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam

from ddb_perimeter.testing import assert_private
from stacks.application import create_app
from stacks.baseline import build_baseline

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from stacks.configuration import Configuration

NOT_PUBLIC = ("ddb-table-policy-not-public",)
ONE_REGION = """
project = "tested"
regions = [{ name = "us-east-1", home = true }]
"""


def orders(app: cdk.App) -> tuple[cdk.Stack, dynamodb.Table]:
    stack = cdk.Stack(app, "Orders")
    key = dynamodb.Attribute(name="pk", type=dynamodb.AttributeType.STRING)
    return stack, dynamodb.Table(stack, "Table", partition_key=key)


def publish(table: dynamodb.Table) -> None:
    table.add_to_resource_policy(
        iam.PolicyStatement(
            sid="LetIn",
            actions=["dynamodb:GetItem"],
            principals=[iam.AnyPrincipal()],
            resources=["*"],
        )
    )


def test_the_baseline_passes_with_every_control(
    configure: Callable[[str], Configuration], tmp_path: Path
) -> None:
    app = create_app(outdir=str(tmp_path))
    build_baseline(app, configure(ONE_REGION))

    assert_private(app)


def test_app_stack_assembly_and_template_are_judged() -> None:
    app = cdk.App(builtin_cloud_formation_validation=False)
    stack, table = orders(app)
    assert_private(app, only=NOT_PUBLIC)
    assert_private(stack, only=NOT_PUBLIC)
    assert_private(assertions.Template.from_stack(stack), only=NOT_PUBLIC)

    publish(table)  # after a synth: the next one has to see it

    for take in (
        lambda: app,
        lambda: stack,
        app.synth,
        lambda: assertions.Template.from_stack(stack),
    ):
        with pytest.raises(AssertionError, match="LetIn"):
            assert_private(take(), only=NOT_PUBLIC)

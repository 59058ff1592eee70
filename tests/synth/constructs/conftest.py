"""Somebody else's app: no feature flag, no configuration of ours, one construct at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import aws_cdk as cdk
import pytest
from aws_cdk import assertions

if TYPE_CHECKING:
    from collections.abc import Callable

    Synthesize: TypeAlias = Callable[[cdk.Stack], dict[str, Any]]


@pytest.fixture
def stack() -> cdk.Stack:
    return cdk.Stack(
        cdk.App(builtin_cloud_formation_validation=False),
        "Theirs",
        env=cdk.Environment(region="eu-west-1"),
    )


@pytest.fixture
def anywhere() -> cdk.Stack:
    """Give a stack that says neither account nor Region."""
    return cdk.Stack(cdk.App(builtin_cloud_formation_validation=False), "Theirs")


@pytest.fixture
def synthesize() -> Synthesize:
    def template(stack: cdk.Stack) -> dict[str, Any]:
        return dict(assertions.Template.from_stack(stack).to_json())

    return template

"""Findings of cdk-nag that are right about the template and wrong about the baseline.

Each is acknowledged for one resource, by its full id, with a reason that an auditor can check.
They appear in the report of every synth.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs import IConstruct


def acknowledge(resource: IConstruct, reasons: Mapping[str, str]) -> None:
    """Accept named findings of one resource.

    Args:
        resource: the construct whose CloudFormation resource is meant.
        reasons: why, by the finding's full id, e.g. ``AwsSolutions::AwsSolutions-S1``.
    """
    cdk.Validations.of(resource).acknowledge(
        *(cdk.Acknowledgment(id=id_, reason=reason) for id_, reason in reasons.items())
    )

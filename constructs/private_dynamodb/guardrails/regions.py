"""Objective: tables and clusters exist in the configured Regions only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from private_dynamodb import actions
from private_dynamodb.guardrails.statements import Statement, deny_but_for

if TYPE_CHECKING:
    from private_dynamodb.guardrails.scope import GuardrailScope


def region_statements(scope: GuardrailScope) -> list[Statement]:
    """Close DynamoDB and DAX in every other Region; other services are not touched.

    Args:
        scope: names the Regions.
    """
    return [
        # Exempt: break-glass, to remove what somebody left elsewhere. DAX's data calls go to a
        # cluster, and without its management there is none.
        deny_but_for(
            "DenyOtherRegions",
            ["dynamodb:*", *actions.MANAGE_CACHE],
            scope.roles.break_glass,
            conditions={"StringNotEquals": {"aws:RequestedRegion": list(scope.regions)}},
        )
    ]

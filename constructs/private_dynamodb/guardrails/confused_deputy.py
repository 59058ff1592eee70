"""Objective: no AWS service reaches a table or a cache for somebody else's account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from private_dynamodb.guardrails.statements import Statement, deny_anyone

if TYPE_CHECKING:
    from private_dynamodb.guardrails.scope import GuardrailScope


def confused_deputy_statements(scope: GuardrailScope) -> list[Statement]:
    """Deny AWS services that act for an account outside the organization.

    Args:
        scope: names the organization.
    """
    return [
        # Exempt: calls that name no account. A service that acts for nobody's resource sends no
        # aws:SourceAccount, and denying those would break integrations that AWS makes itself.
        deny_anyone(
            "DenyForeignServiceCalls",
            ["dax:*", "dynamodb:*"],
            {
                "StringNotEqualsIfExists": {"aws:SourceOrgID": scope.organization},
                "Null": {"aws:SourceAccount": "false"},
                "Bool": {"aws:PrincipalIsAWSService": "true"},
            },
        )
    ]

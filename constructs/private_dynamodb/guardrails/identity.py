"""Objective: only the organization's own principals reach its tables and caches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from private_dynamodb.guardrails.statements import Statement, deny_anyone

if TYPE_CHECKING:
    from private_dynamodb.guardrails.scope import GuardrailScope


def identity_statements(scope: GuardrailScope) -> list[Statement]:
    """Deny tables and caches to everybody outside the organization.

    Args:
        scope: names the organization.
    """
    return [
        # Exempt: AWS services that call as themselves and have no organization; whom they act
        # for is asked by `DenyForeignServiceCalls`. An anonymous caller has none, and is denied.
        deny_anyone(
            "DenyOutsideIdentities",
            ["dax:*", "dynamodb:*"],
            {
                "StringNotEqualsIfExists": {"aws:PrincipalOrgID": scope.organization},
                "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
            },
        )
    ]

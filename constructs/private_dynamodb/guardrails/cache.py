"""Objective: no cluster but the deployed ones reads a table, since a cluster answers for its role.

Whoever creates a cluster and hands it a role reads what that role may read.
Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DAX.access-control.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from private_dynamodb import actions
from private_dynamodb.guardrails.statements import Statement, deny_but_for

if TYPE_CHECKING:
    from private_dynamodb.guardrails.scope import GuardrailScope


def cache_statements(scope: GuardrailScope) -> list[Statement]:
    """Close the management of DAX outside the deployment.

    Args:
        scope: names who is exempt.
    """
    # Exempt: deployments and break-glass.
    deploying = (*scope.roles.deploy, *scope.roles.break_glass)
    return [
        deny_but_for("DenyCacheChanges", actions.MANAGE_CACHE, deploying),
        deny_but_for(
            "DenyPassingRolesToDax",
            ["iam:PassRole"],
            deploying,
            conditions={"StringEquals": {"iam:PassedToService": "dax.amazonaws.com"}},
        ),
    ]

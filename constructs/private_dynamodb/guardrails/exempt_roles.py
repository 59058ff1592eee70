"""Objective: an exemption stays with the role that it was given to.

Whoever may create a role of an exempt name, change one, or hand it to a service is exempt too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from private_dynamodb.guardrails import surroundings
from private_dynamodb.guardrails.scope import as_resources
from private_dynamodb.guardrails.statements import Statement, deny_but_for

if TYPE_CHECKING:
    from private_dynamodb.guardrails.scope import GuardrailScope


def role_statements(scope: GuardrailScope) -> list[Statement]:
    """Protect the roles that are exempt from some guardrail.

    Args:
        scope: names them.
    """
    roles = scope.roles
    deploying = (*roles.deploy, *roles.break_glass)
    statements = []
    if exempt := as_resources(roles.exempt):
        statements.append(
            # Besides: who sets an account up creates the deploying roles.
            deny_but_for(
                "DenyExemptRoleChanges",
                surroundings.CHANGE_ROLE,
                (*deploying, *roles.bootstrap),
                resources=exempt,
            )
        )
    if handed := as_resources(roles.deploy):
        statements.append(
            # Exempt: the role of `cdk deploy`, which hands the deploying role to
            # CloudFormation. Anybody else who may would deploy as that role.
            deny_but_for(
                "DenyPassingDeploymentRoles",
                ["iam:PassRole"],
                (*roles.hand_over, *roles.bootstrap, *roles.break_glass),
                resources=handed,
            )
        )
    if polling := as_resources(roles.streams):
        statements.append(
            # Whoever may hand such a role to Lambda follows the stream with another function.
            deny_but_for("DenyPassingStreamRoles", ["iam:PassRole"], deploying, resources=polling)
        )
    if roles.cache:
        statements.append(
            # The policy of the cache's role has a generated name: the stack's, then this one.
            deny_but_for(
                "DenyCacheRoleChanges",
                (*surroundings.CHANGE_ROLE, *surroundings.CHANGE_MANAGED_POLICY),
                deploying,
                resources=[
                    *as_resources(roles.cache),
                    f"arn:*:iam::*:policy/{scope.project}-data-CacheReadTable*",
                ],
            )
        )
    return statements

"""Objective: nobody takes the baseline apart but who deploys it.

Endpoints, routes, gateways, keys, trail and recorder have ids that nobody knows beforehand, so
these statements are about every one of an account: an account with such a table has its network
and its audit by deployment only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from private_dynamodb import actions
from private_dynamodb.guardrails import surroundings
from private_dynamodb.guardrails.scope import as_resources
from private_dynamodb.guardrails.statements import Statement, deny, deny_but_for

if TYPE_CHECKING:
    from private_dynamodb.guardrails.scope import GuardrailScope


def protection_statements(scope: GuardrailScope) -> list[Statement]:
    """Close the removal and change of what the perimeter is made of.

    Args:
        scope: names who is exempt.
    """
    # Exempt from each: deployments, and break-glass for repairs.
    deploying = (*scope.roles.deploy, *scope.roles.break_glass)
    statements = [
        deny_but_for("DenyEndpointChanges", surroundings.CHANGE_ENDPOINT, deploying),
        deny_but_for(
            "DenyRouteAndGatewayChanges",
            (*surroundings.CHANGE_ROUTE, *surroundings.CHANGE_GATEWAY),
            deploying,
        ),
        # CreateTable with a policy asks for PutResourcePolicy too.
        deny_but_for("DenyPolicyChanges", actions.CHANGE_POLICY, deploying),
        # Exempt besides, where it gives the accounts their recorder with its key: StackSets.
        deny_but_for("DenyKeyChanges", surroundings.CHANGE_KEY, (*deploying, *scope.recording)),
        deny_but_for(
            "DenyTrailAndRecorderChanges",
            (
                *surroundings.CHANGE_TRAIL,
                *surroundings.CHANGE_RECORDER,
                *surroundings.CHANGE_CONFIG_RULE,
            ),
            (*deploying, *scope.recording),
        ),
        # EventBridge rules have names: those of the baseline begin with the project's.
        deny_but_for(
            "DenyEventRuleChanges",
            surroundings.CHANGE_EVENT_RULE,
            deploying,
            resources=[f"arn:*:events:*:*:rule/{scope.project}-*"],
        ),
    ]
    if scope.recording:
        # Nobody is exempt: AWS makes these roles by a service-linked role, which no SCP binds.
        statements.append(
            deny(
                "DenyStackSetRoleChanges",
                surroundings.CHANGE_ROLE,
                resources=as_resources(scope.recording),
            )
        )
    return statements

"""Objective: the data plane is reached through an endpoint of one's own account only.

The endpoints of the baseline do not exist yet when this is written, and belong to other accounts,
so the condition is on who owns the endpoint. Which endpoint it must be, the table's policy says.
DAX's nine data calls never cross an endpoint, and are not named here.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from private_dynamodb import actions
from private_dynamodb.guardrails.scope import CALLER, OWNER, callers, owners_roles
from private_dynamodb.guardrails.statements import Statement, deny, deny_anyone

if TYPE_CHECKING:
    from private_dynamodb.guardrails.scope import GuardrailRoles, GuardrailScope

_DATA_PLANE = (*actions.TABLE_DATA_PLANE, *actions.STREAM_DATA_PLANE)


def network_statements(scope: GuardrailScope) -> list[Statement]:
    """Keep the accounts' own principals inside: any table, of whatever account (SCP).

    Args:
        scope: names who is exempt.
    """
    return [
        # Exempt: the cache's role and the declared exemptions, as in the table's policy; whoever
        # restores, since a restore writes into its new table from where it was asked for;
        # break-glass; and what an AWS service asks in a caller's name.
        deny(
            "DenyDataPlaneOutsideNetwork",
            _DATA_PLANE,
            conditions={
                "StringNotEqualsIfExists": {"aws:VpceAccount": CALLER},
                "BoolIfExists": {"aws:ViaAWSService": "false"},
                **_but(callers(_exempt(scope.roles))),
            },
        )
    ]


def network_resource_statements(scope: GuardrailScope) -> list[Statement]:
    """Keep the accounts' tables inside: whoever asks, also of another account (RCP).

    Args:
        scope: names who is exempt.
    """
    return [
        # Exempt: the same as above, of the table's own account; AWS services that call as
        # themselves, which other statements bind. RCPs never bind service-linked roles.
        deny_anyone(
            "DenyTableDataOutsideNetwork",
            _DATA_PLANE,
            {
                "StringNotEqualsIfExists": {"aws:VpceAccount": OWNER},
                "BoolIfExists": {
                    "aws:PrincipalIsAWSService": "false",
                    "aws:ViaAWSService": "false",
                },
                **_but(owners_roles(_exempt(scope.roles))),
            },
        )
    ]


def _exempt(roles: GuardrailRoles) -> tuple[str, ...]:
    return (*roles.cache, *roles.network, *roles.restore, *roles.break_glass)


def _but(arns: list[str]) -> dict[str, dict[str, object]]:
    """Return the condition that exempts principals; AWS takes no empty list."""
    return {"ArnNotLikeIfExists": {"aws:PrincipalArn": arns}} if arns else {}

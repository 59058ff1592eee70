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


def network_statements(scope: GuardrailScope) -> list[Statement]:
    """Keep the accounts' own principals inside: any table, of whatever account (SCP).

    Args:
        scope: names who is exempt.
    """
    # Exempt from both: the declared exemptions, as in the table's policy; whoever restores, since
    # a restore writes into its new table from where it was asked for; break-glass; and what an AWS
    # service asks in a caller's name. Besides: the cache's role for tables, and whoever polls for
    # a function for streams.
    return [
        deny(sid, denied, conditions=_outside(CALLER, callers(exempt), "aws:ViaAWSService"))
        for sid, denied, exempt in (
            ("DenyTablesOutsideNetwork", actions.TABLE_DATA_PLANE, _of_tables(scope.roles)),
            ("DenyStreamsOutsideNetwork", actions.STREAM_DATA_PLANE, _of_streams(scope.roles)),
        )
    ]


def network_resource_statements(scope: GuardrailScope) -> list[Statement]:
    """Keep the accounts' tables inside: whoever asks, also of another account (RCP).

    Args:
        scope: names who is exempt.
    """
    # Exempt: the same as above, of the table's own account; AWS services that call as themselves,
    # which other statements bind. RCPs never bind service-linked roles.
    services = ("aws:PrincipalIsAWSService", "aws:ViaAWSService")
    return [
        deny_anyone(sid, denied, _outside(OWNER, owners_roles(exempt), *services))
        for sid, denied, exempt in (
            ("DenyOwnTablesOutsideNetwork", actions.TABLE_DATA_PLANE, _of_tables(scope.roles)),
            ("DenyOwnStreamsOutsideNetwork", actions.STREAM_DATA_PLANE, _of_streams(scope.roles)),
        )
    ]


def _outside(owner: str, exempt: list[str], *services: str) -> dict[str, dict[str, object]]:
    """Return the condition of a request through no endpoint of an account."""
    return {
        "StringNotEqualsIfExists": {"aws:VpceAccount": owner},
        "BoolIfExists": dict.fromkeys(services, "false"),
        # AWS takes no empty list.
        **({"ArnNotLikeIfExists": {"aws:PrincipalArn": exempt}} if exempt else {}),
    }


def _of_tables(roles: GuardrailRoles) -> tuple[str, ...]:
    return (*roles.cache, *roles.network, *roles.restore, *roles.break_glass)


def _of_streams(roles: GuardrailRoles) -> tuple[str, ...]:
    return (*roles.streams, *roles.network, *roles.restore, *roles.break_glass)

"""How a guardrail says no: plain statements of organization policies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from private_dynamodb.guardrails.scope import callers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Statement: TypeAlias = dict[str, Any]


def deny(
    sid: str,
    actions: Sequence[str],
    *,
    resources: Sequence[str] = ("*",),
    conditions: Mapping[str, Mapping[str, object]] | None = None,
) -> Statement:
    """Deny actions to the principals of the accounts that an SCP is attached to.

    Args:
        sid: what it does.
        actions: what is denied.
        resources: on what.
        conditions: when.
    """
    return {
        "Sid": sid,
        "Effect": "Deny",
        "Action": list(actions),
        "Resource": list(resources),
        **({"Condition": conditions} if conditions else {}),
    }


def deny_but_for(
    sid: str,
    actions: Sequence[str],
    roles: Sequence[str],
    *,
    resources: Sequence[str] = ("*",),
    conditions: Mapping[str, Mapping[str, object]] | None = None,
) -> Statement:
    """Deny actions to every principal but the named roles of its own account.

    Args:
        sid: what it does.
        actions: what is denied.
        roles: who is exempt, by name or ARN.
        resources: on what.
        conditions: when, besides.
    """
    exempt = {"ArnNotLike": {"aws:PrincipalArn": callers(roles)}} if roles else {}
    return deny(
        sid, actions, resources=resources, conditions={**(conditions or {}), **exempt} or None
    )


def deny_anyone(
    sid: str, actions: Sequence[str], conditions: Mapping[str, Mapping[str, object]]
) -> Statement:
    """Deny actions on every resource that an RCP is attached to, whoever asks.

    Args:
        sid: what it does.
        actions: what is denied.
        conditions: when.
    """
    return {
        "Sid": sid,
        "Effect": "Deny",
        "Principal": "*",
        "Action": list(actions),
        "Resource": "*",
        "Condition": conditions,
    }

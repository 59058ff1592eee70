"""The part of a policy that can decide about some actions: the rest only makes proofs slower.

Leaving statements out also leaves out the principals that they name, so a question over a focused
policy has to bring along whomever it tells apart by name: `Callers.exactly` and `but_arns` do.
"""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ddb_perimeter.policy import actions as known
from ddb_perimeter.policy.document import Effect
from ddb_perimeter.policy.patterns import Pattern, Style, matcher, opaque, tokenize
from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ddb_perimeter.policy.document import Policy, Statement, Value
    from ddb_perimeter.policy.layers import Layers
    from ddb_perimeter.policy.patterns import Matcher

# What a condition on these keys says about one role of an account, it says about every other.
_SAME_FOR_ALL_ROLES: Final = frozenset(
    {
        "aws:calledvia",
        "aws:principalaccount",
        "aws:principalisawsservice",
        "aws:principalorgid",
        "aws:requestedregion",
        "aws:resourceaccount",
        "aws:securetransport",
        "aws:sourceip",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:viaawsservice",
        "aws:vpceaccount",
    }
)


def about(policy: Policy, actions: Iterable[str]) -> Policy:
    """Return a policy without the statements that surely name none of these actions.

    Args:
        policy: the policy.
        actions: names of actions.
    """
    wanted = frozenset(map(str.lower, actions))
    if wanted not in policy.parts:
        kept = tuple(each for each in policy.statements if _may_name(each, wanted))
        whole = len(kept) == len(policy.statements)
        policy.parts[wanted] = policy if whole else replace(policy, statements=kept)
    return policy.parts[wanted]


def names_actions_surely(policy: Policy) -> bool:
    """Say whether each statement names every action that the policy was focused on one by one.

    Args:
        policy: a policy that `about` returned for a single action.
    """
    return all(
        not statement.problem
        and not statement.not_actions
        and all(isinstance(value, str) for value in statement.actions)
        for statement in policy.statements
    )


def layers_about(layers: Layers, actions: Iterable[str]) -> Layers:
    """Return layers whose identity and boundary policies are about these actions alone.

    Args:
        layers: the policies of an identity.
        actions: names of actions.
    """
    wanted = tuple(actions)
    own = layers.identity
    return replace(
        layers,
        identity=None if own is None else tuple(about(each, wanted) for each in own),
        boundary=None if layers.boundary is None else about(layers.boundary, wanted),
    )


def within_reach(policies: Iterable[Policy], arns: Iterable[str]) -> tuple[str, ...]:
    """Return the resources that some Allow of these policies names, or may name.

    Args:
        policies: the policies of an identity.
        arns: the resources that are asked about.
    """
    left = dict.fromkeys(arns)
    found: dict[str, None] = {}
    for policy in policies:
        for statement in policy.with_effect(Effect.ALLOW):
            if statement.problem or statement.not_resources or statement.resources is None:
                return tuple(left)
            for value in statement.resources:
                if isinstance(value, Unknown):
                    return tuple(left)
                if "*" not in value and "?" not in value and "$" not in value:
                    found.update(dict.fromkeys([value] if value in left else ()))
                    continue
                names = _resource(value)
                found.update(dict.fromkeys(arn for arn in left if names(opaque(arn))))
    return tuple(arn for arn in left if arn in found or opaque(arn) in found)


def may_single_out(policy: Policy, arn: str) -> bool:
    """Say whether a policy may treat a role otherwise than the other roles of its account.

    Args:
        policy: the policy.
        arn: ARN of the role.
    """
    spelled = opaque(arn)
    for statement in policy.statements:
        if statement.problem or (statement.principals and not statement.principals.everyone):
            return True
        for condition in statement.conditions:
            if condition.name == "aws:principalarn":
                if any(isinstance(v, Unknown) or _resource(v)(spelled) for v in condition.values):
                    return True
            elif condition.name not in _SAME_FOR_ALL_ROLES:
                return True
    return False


def _may_name(statement: Statement, actions: frozenset[str]) -> bool:
    """Say whether a statement names, or may name, one of these actions."""
    if statement.problem or statement.effect is None or statement.not_actions:
        return True
    return any(_names(value, actions) for value in statement.actions)


def _names(value: Value, actions: frozenset[str]) -> bool:
    if isinstance(value, Unknown):
        return True
    if "*" not in value and "?" not in value:
        return value.lower() in actions
    names = _action(value)
    return any(names(action) for action in actions)


@functools.lru_cache(maxsize=4096)
def _action(value: str) -> Matcher:
    return matcher(known.pattern(value))


@functools.lru_cache(maxsize=4096)
def _resource(value: str) -> Matcher:
    """Return a matcher of everything that a pattern can stand for, whatever its variables are."""
    before, variable, _ = value.partition("${")
    text = f"{before}*" if variable else value
    return matcher(Pattern(tokenize(text, wildcards=True, variables=False), Style.GLOB))

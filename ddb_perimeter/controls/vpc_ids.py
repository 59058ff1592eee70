"""Policies that tell a VPC by its id, which is unique in its Region alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ddb_perimeter.controls.control import broken, control, holds, unknown
from ddb_perimeter.controls.endpoints import DOOR_TYPES
from ddb_perimeter.controls.wording import written
from ddb_perimeter.findings import Exposure, Severity
from ddb_perimeter.inventory.iam import IAM_TYPES
from ddb_perimeter.policy.document import Effect
from ddb_perimeter.policy.operators import Family

if TYPE_CHECKING:
    from ddb_perimeter.controls.control import Judgments
    from ddb_perimeter.controls.perimeter import Perimeter
    from ddb_perimeter.inventory import Inventory
    from ddb_perimeter.policy.document import Condition, Policy, Statement

_PINS: Final = frozenset(
    {
        "aws:requestedregion",
        "aws:sourcevpce",
        "aws:vpceaccount",
        "aws:vpceorgid",
        "aws:vpceorgpaths",
    }
)
"""Keys that tell a VPC from another Region's VPC that happens to have its id."""


@control(
    id="sourcevpc-region-pinned",
    title="Policies that trust a VPC's id also pin its Region or its owner",
    severity=Severity.MEDIUM,
    why="An id of a VPC is unique in its Region alone: in another Region, another account's VPC "
    "may have the same one, and then passes for yours.",
    source="https://docs.aws.amazon.com/IAM/latest/UserGuide/"
    "reference_policies_condition-keys.html#condition-keys-sourcevpc",
    fix="Name endpoints with aws:SourceVpce instead. Or pin beside aws:SourceVpc: an Allow in the "
    "same statement, e.g. StringEquals aws:RequestedRegion; a Deny in a statement of its own, e.g. "
    "StringNotEquals aws:RequestedRegion on the same actions.",
    types=DOOR_TYPES | IAM_TYPES,
)
def region_pinned(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    """Judge every policy that decides about the tables."""
    for resource, policy, pointer in written(inventory, perimeter):
        unread = [each for each in policy.statements if each.problem]
        wrong = [
            statement
            for statement in policy.statements
            if _trusts_vpc(statement) and not _pinned(statement, policy)
        ]
        for statement in wrong:
            yield broken(
                resource.subject(),
                f"{statement.label} trusts aws:SourceVpc, and nothing pins the Region or the owner "
                "of that VPC",
                exposure=Exposure.WEAKENED,
                evidence=resource.evidence(
                    f"{pointer}.Statement[{statement.index}]", statement.sid
                ),
            )
        if unread and not wrong:
            yield unknown(
                resource.subject(),
                f"{unread[0].label} cannot be read: {unread[0].problem}",
                evidence=resource.evidence(pointer),
            )
        elif not wrong:
            yield holds(resource.subject())


def _trusts_vpc(statement: Statement) -> bool:
    """Return whether a statement lets requests pass because of their VPC's id."""
    return not statement.problem and _has(statement, frozenset({"aws:sourcevpc"}))


def _has(statement: Statement, keys: frozenset[str]) -> bool:
    """Return whether a statement lets pass by the values of a key: allows them, or spares them."""
    return any(_lets_pass(each, keys, statement.effect) for each in statement.conditions)


def _lets_pass(condition: Condition, keys: frozenset[str], effect: Effect | None) -> bool:
    operator = condition.operator
    return (
        condition.name in keys
        and operator is not None
        and operator.family is Family.STRING
        and operator.negated is (effect is Effect.DENY)
    )


def _pinned(statement: Statement, policy: Policy) -> bool:
    """Return whether a request has to show more than the VPC's id.

    The conditions of one statement are ANDed: an Allow with one more asks for more, a Deny with
    one more spares more. What a Deny spares, another one has to deny.
    """
    if statement.effect is Effect.ALLOW:
        return _has(statement, _PINS)
    return any(_covers(other, statement) for other in policy.with_effect(Effect.DENY))


def _covers(other: Statement, statement: Statement) -> bool:
    """Return whether a Deny surely is about all that another one is about, and spares by a pin."""
    pins = [each for each in other.conditions if _lets_pass(each, _PINS, Effect.DENY)]
    same = [each for each in other.conditions if each in statement.conditions]
    if len(pins) != 1 or {*pins, *same} != set(other.conditions) or _trusts_vpc(other):
        return False
    actions = other.actions == statement.actions and other.not_actions is statement.not_actions
    everything = not other.not_actions and bool({"*", "dynamodb:*"} & set(other.actions))
    resources = (other.resources, other.not_resources)
    same_resources = resources == (statement.resources, statement.not_resources)
    return (actions or everything) and (same_resources or resources == (("*",), False))

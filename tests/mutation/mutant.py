"""What a mutant is, what a rewrite is, and the small changes that they are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from ddb_perimeter.findings import Exposure
from tests.mutation.templates import ACCOUNT, statement

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.mutation.templates import Node, Templates

Change: TypeAlias = "Callable[[Templates], None]"
Policy: TypeAlias = "Callable[[Templates], Node]"

NONE, WEAKENED, REACHABLE = Exposure.NONE, Exposure.WEAKENED, Exposure.REACHABLE


@dataclass(frozen=True, slots=True)
class Mutant:
    """One fault, made in the templates as somebody would by hand.

    Args:
        name: what changes, as a sentence fragment; the id of the test.
        control: id of the control that has to find it.
        exposure: what it means for the data.
        on: construct path or logical id of the resource that has to be named.
        change: makes the change.
        also: ids of controls that rightly break with it.
    """

    name: str
    control: str
    exposure: Exposure
    on: str
    change: Change
    also: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A change that means the same to AWS, or denies more: nothing may be found.

    Args:
        name: what changes, as a sentence fragment; the id of the test.
        change: makes the change.
    """

    name: str
    change: Change


def also(*controls: str) -> frozenset[str]:
    """Name the controls that rightly break with a mutant."""
    return frozenset(controls)


# Changes


def together(*changes: Change) -> Change:
    """Make several changes, of which none alone would be the fault."""

    def change(templates: Templates) -> None:
        for each in changes:
            each(templates)

    return change


def put(path: str, property_: str, value: object) -> Change:
    """Set a property.

    Args:
        path: construct path of the resource.
        property_: keys and positions joined by points, e.g. ``Replicas.0.SSESpecification``.
        value: its value.
    """

    def change(templates: Templates) -> None:
        holder, last = _holder(templates.properties(path), property_)
        holder[last] = value

    return change


def drop(path: str, property_: str) -> Change:
    """Remove a property.

    Args:
        path: construct path of the resource.
        property_: as for `put`.
    """

    def change(templates: Templates) -> None:
        holder, last = _holder(templates.properties(path), property_)
        del holder[last]

    return change


def attribute(path: str, name: str, value: object) -> Change:
    """Set an attribute beside the properties, e.g. DeletionPolicy.

    Args:
        path: construct path of the resource.
        name: the attribute.
        value: its value.
    """

    def change(templates: Templates) -> None:
        templates.resource(path)[name] = value

    return change


def remove(path: str) -> Change:
    """Remove a resource.

    Args:
        path: its construct path.
    """

    def change(templates: Templates) -> None:
        stack, logical_id = templates.place(path)
        del templates.stacks[stack]["Resources"][logical_id]

    return change


def _holder(node: Node, property_: str) -> tuple[Any, Any]:
    """Return what holds a property, and its key or position there; what is missing is made."""
    *parents, last = property_.split(".")
    current: Any = node
    for key in parents:
        current = current[int(key)] if isinstance(current, list) else current.setdefault(key, {})
    return current, int(last) if isinstance(current, list) else last


# Changes of policies


def without(policy: Policy, sid: str) -> Change:
    """Remove a statement.

    Args:
        policy: which policy.
        sid: its Sid.
    """

    def change(templates: Templates) -> None:
        document = policy(templates)
        document["Statement"].remove(statement(document, sid))

    return change


def plus(policy: Policy, *statements: Node) -> Change:
    """Add statements.

    Args:
        policy: which policy.
        statements: what to add.
    """

    def change(templates: Templates) -> None:
        policy(templates)["Statement"].extend(statements)

    return change


def reword(policy: Policy, sid: str, /, **elements: object) -> Change:
    """Replace elements of a statement; None removes one.

    Args:
        policy: which policy.
        sid: its Sid.
        elements: the elements, e.g. ``Effect="Allow"``.
    """

    def change(templates: Templates) -> None:
        found = statement(policy(templates), sid)
        for name, value in elements.items():
            if value is None:
                del found[name]
            else:
                found[name] = value

    return change


def forget(policy: Policy, *actions: str, sids: tuple[str, ...]) -> Change:
    """Take actions out of statements.

    Args:
        policy: which policy.
        actions: what is forgotten.
        sids: the statements that forget it.
    """

    def change(templates: Templates) -> None:
        for sid in sids:
            found = statement(policy(templates), sid)
            assert set(actions) <= set(found["Action"]), found["Action"]
            found["Action"] = [action for action in found["Action"] if action not in actions]

    return change


def recondition(policy: Policy, sid: str, operator: str, values: Node | None) -> Change:
    """Replace or remove what a condition operator of a statement says.

    Args:
        policy: which policy.
        sid: the statement's Sid.
        operator: e.g. ``StringNotEquals``.
        values: values by key; None removes the operator.
    """

    def change(templates: Templates) -> None:
        conditions = statement(policy(templates), sid).setdefault("Condition", {})
        if values is None:
            del conditions[operator]
        else:
            conditions[operator] = values

    return change


def respell(policy: Policy, sid: str, operator: str, other: str) -> Change:
    """Give a statement's condition another operator, with the same keys and values.

    Args:
        policy: which policy.
        sid: the statement's Sid.
        operator: the operator as it is.
        other: the operator as it becomes.
    """

    def change(templates: Templates) -> None:
        conditions = statement(policy(templates), sid)["Condition"]
        conditions[other] = {**conditions.get(other, {}), **conditions.pop(operator)}

    return change


def exempting(policy: Policy, sid: str, *principals: object) -> Change:
    """Let more principals through a Deny.

    Args:
        policy: which policy.
        sid: the statement's Sid.
        principals: values of aws:PrincipalArn.
    """

    def change(templates: Templates) -> None:
        condition = statement(policy(templates), sid)["Condition"]["ArnNotLike"]
        condition["aws:PrincipalArn"] = [*condition["aws:PrincipalArn"], *principals]

    return change


def allow(principal: object, *actions: str, **elements: object) -> Node:
    """Return an Allow statement of a resource policy.

    Args:
        principal: its Principal.
        actions: its actions.
        elements: other elements, or other values of these.
    """
    return {
        "Sid": "Added",
        "Effect": "Allow",
        "Principal": principal,
        "Action": list(actions),
        "Resource": "*",
        **elements,
    }


def role(name: str, account: str = ACCOUNT) -> str:
    """Return the ARN of a role.

    Args:
        name: its name or path.
        account: whose it is.
    """
    return f"arn:aws:iam::{account}:role/{name}"

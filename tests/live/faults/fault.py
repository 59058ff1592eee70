"""What a live fault is: one change of the account, as somebody makes it by hand in the console."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from tests.live.emulation.account import HOME
from tests.mutation.templates import statement

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.live.emulation.account import Account

Change: TypeAlias = "Callable[[Account], object]"
"""Changes an account through its API."""

Node: TypeAlias = dict[str, Any]
"""A policy document, or a part of one."""

Edit: TypeAlias = "Callable[[Node], object]"
"""Changes a policy document."""

TABLE: Final = "cruddur-messages"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault.

    Args:
        name: what changes, as a sentence fragment; the id of the test.
        control: id of the control that has to find it.
        on: what has to be named: a construct path, perhaps with more of the id behind a bar, or an
            id; empty for what the change returns.
        change: makes the change.
        also: ids of controls that rightly break with it.
        regions: Regions that are read.
    """

    name: str
    control: str
    on: str
    change: Change
    also: frozenset[str] = frozenset()
    regions: tuple[str, ...] = (HOME,)


def also(*controls: str) -> frozenset[str]:
    """Name the controls that rightly break with a fault."""
    return frozenset(controls)


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy in the account.

    Args:
        read: returns the document.
        write: replaces it.
    """

    read: Callable[[Account], Node]
    write: Callable[[Account, str], object]

    def edited(self, edit: Edit) -> Change:
        """Change the document that is there.

        Args:
            edit: the change.
        """

        def change(account: Account) -> None:
            document = self.read(account)
            edit(document)
            self.write(account, json.dumps(document))

        return change

    def replaced(self, *statements: Node) -> Change:
        """Write another document.

        Args:
            statements: all that it says.
        """
        document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
        return lambda account: self.write(account, document)


# Edits


def without(*sids: str) -> Edit:
    """Remove statements."""

    def edit(document: Node) -> None:
        for sid in sids:
            document["Statement"].remove(statement(document, sid))

    return edit


def plus(*statements: Node) -> Edit:
    """Add statements."""

    def edit(document: Node) -> None:
        document["Statement"].extend(statements)

    return edit


def reword(sid: str, **elements: object) -> Edit:
    """Replace elements of a statement."""

    def edit(document: Node) -> None:
        statement(document, sid).update(elements)

    return edit


def forget(sid: str, *actions: str) -> Edit:
    """Take actions out of a statement."""

    def edit(document: Node) -> None:
        found = statement(document, sid)
        assert set(actions) <= set(found["Action"]), found["Action"]
        found["Action"] = [action for action in found["Action"] if action not in actions]

    return edit


def respell(sid: str, operator: str, other: str, value: object) -> Edit:
    """Give a statement's condition another operator and value for the same keys."""

    def edit(document: Node) -> None:
        conditions = statement(document, sid)["Condition"]
        conditions[other] = dict.fromkeys(conditions.pop(operator), value)

    return edit


def exempting(sid: str, *principals: str) -> Edit:
    """Let more principals through a Deny."""

    def edit(document: Node) -> None:
        condition = statement(document, sid)["Condition"]["ArnNotLike"]
        condition["aws:PrincipalArn"] = [*condition["aws:PrincipalArn"], *principals]

    return edit


def together(*changes: Change) -> Change:
    """Make several changes, of which none alone would be the fault."""

    def change(account: Account) -> None:
        for each in changes:
            each(account)

    return change

"""Outcomes of conditions under one choice of parameters."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ddb_perimeter.inventory.intrinsics import has_placeholder, text_of
from ddb_perimeter.inventory.parameters import Other

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ddb_perimeter.inventory.template import Stack

Variable = tuple[str, str]
"""A parameter whose value is open: label of its stack (empty for pseudo parameters) and name."""

Atom = tuple[str, str]
"""An Equals that nobody can decide: label of its stack and its JSON."""

REGION: Variable = ("", "AWS::Region")
ACCOUNT: Variable = ("", "AWS::AccountId")

_PAIR = 2


@dataclass(frozen=True, slots=True)
class Choice:
    """What a world chose where the templates leave a choice.

    Args:
        values: value by variable; `Other` for a value that no condition names.
        atoms: outcome by Equals that cannot be decided.
    """

    values: Mapping[Variable, str | Other] = field(default_factory=dict)
    atoms: Mapping[Atom, bool] = field(default_factory=dict)


class UndecidedError(Exception):
    """An Equals came up whose outcome has to be chosen first."""

    def __init__(self, atom: Atom) -> None:
        super().__init__(atom)
        self.atom = atom


class Outcomes:
    """Decides conditions under one choice.

    Args:
        value: resolves what an Equals compares.
        choice: what was chosen.
        strict: raise `UndecidedError` for an Equals without a chosen outcome; otherwise it counts
            as false.
    """

    def __init__(
        self, value: Callable[[Stack, object], object], choice: Choice, *, strict: bool
    ) -> None:
        self.value = value
        self.choice = choice
        self.strict = strict
        self._conditions: dict[tuple[str, str], bool] = {}

    def exists(self, stack: Stack, declaration: Mapping[str, object]) -> bool:
        """Return whether a resource or output of a stack exists in this world.

        Args:
            stack: the stack that declares it.
            declaration: its body, with its Condition.
        """
        if stack.parent is not None:
            nesting = stack.parent.template.resources[stack.parent_id]
            if not self.exists(stack.parent, nesting):
                return False
        name = declaration.get("Condition")
        return not isinstance(name, str) or self.condition(stack, name)

    def condition(self, stack: Stack, name: str) -> bool:
        """Return the outcome of a named condition.

        Args:
            stack: the stack that declares it.
            name: its name; one that is not declared is decided like an Equals nobody can decide.
        """
        key = (stack.label, name)
        if key not in self._conditions:
            expression = stack.template.conditions.get(name, {"Fn::Undeclared": name})
            self._conditions[key] = self._decide(stack, expression)
        return self._conditions[key]

    def _decide(self, stack: Stack, node: object) -> bool:
        if isinstance(node, dict) and len(node) == 1:
            ((name, argument),) = node.items()
            parts = argument if isinstance(argument, list) else []
            if name == "Condition" and isinstance(argument, str):
                return self.condition(stack, argument)
            if name == "Fn::And":
                return all(self._decide(stack, part) for part in parts)
            if name == "Fn::Or":
                return any(self._decide(stack, part) for part in parts)
            if name == "Fn::Not" and len(parts) == 1:
                return not self._decide(stack, parts[0])
            if name == "Fn::Equals" and len(parts) == _PAIR:
                return self._equals(stack, node, parts)
        return self._chosen(stack, node)

    def _equals(self, stack: Stack, node: object, parts: list[object]) -> bool:
        if parts[0] == parts[1]:
            return True
        left, right = (text_of(self.value(stack, part)) for part in parts)
        if isinstance(left, str) and isinstance(right, str):
            if left == right:
                return True
            if not has_placeholder(left + right):
                return False
        elif (isinstance(left, Other) and right in left.excluded) or (
            isinstance(right, Other) and left in right.excluded
        ):
            return False
        return self._chosen(stack, node)

    def _chosen(self, stack: Stack, node: object) -> bool:
        atom = (stack.label, json.dumps(node, sort_keys=True, default=str))
        if atom not in self.choice.atoms:
            if self.strict:
                raise UndecidedError(atom)
            return False
        return self.choice.atoms[atom]

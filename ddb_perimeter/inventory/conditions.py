"""Conditions: every combination of outcomes that some choice of parameters makes true.

A parameter stands for the values that the conditions can tell apart: its default, each value that
an Equals names, and (unless AllowedValues rules it out) one value unlike all of these. A template
can be deployed with any allowed value, so a default settles nothing here: with a default and no
``--parameter`` both outcomes of a condition count. Outside of conditions, a plain Ref of such a
parameter gives the value that the combination chose, and the default wherever it can.
"""

from __future__ import annotations

import itertools
import json
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ddb_perimeter.inventory.errors import InputError, TooManyScenarios
from ddb_perimeter.inventory.links import Links
from ddb_perimeter.inventory.outcomes import (
    ACCOUNT,
    REGION,
    Atom,
    Choice,
    UndecidedError,
    Variable,
)
from ddb_perimeter.inventory.parameters import Other, open_values, override, passed_parameter
from ddb_perimeter.inventory.template import DEFAULT_REGION, DOCUMENTATION_ACCOUNT
from ddb_perimeter.inventory.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ddb_perimeter.inventory.dependencies import Named
    from ddb_perimeter.inventory.template import Stack, Template

_MAX_CHAIN = 50
_MAX_TRIES = 2**14
_PAIR = 2
_REGIONS = (DEFAULT_REGION, "us-west-2", "eu-west-1", "eu-central-1", "ap-southeast-2")
_ACCOUNTS = (DOCUMENTATION_ACCOUNT, "444455556666", "123456789012")


def check_cycles(template: Template) -> None:
    """Refuse conditions that refer to each other in a circle or in an endless chain.

    Args:
        template: whose conditions to look at.

    Raises:
        InputError: there is a circle, or a chain longer than any template needs.
    """
    below = {
        name: Links.of(node, expression=True).conditions & template.conditions.keys()
        for name, node in template.conditions.items()
    }
    height: dict[str, int] = {}
    while len(height) < len(below):
        ready = [
            name
            for name, used in below.items()
            if name not in height and all(other in height for other in used)
        ]
        for name in ready:
            height[name] = 1 + max((height[other] for other in below[name]), default=0)
        if not ready or max(height.values()) > _MAX_CHAIN:
            stuck = sorted(name for name in below if name not in height)[:5]
            line = template.locator.line(("Conditions", stuck[0])) if stuck else None
            where = f"{template.document.name}:{line}" if line else template.document.name
            told = ", ".join(name[:40] for name in stuck) or "too many levels"
            raise InputError.at(
                where,
                f"conditions refer to each other in a circle or a long chain ({told})",
                "write them without it: CloudFormation refuses this template",
            )


@dataclass(slots=True)
class _Part:
    """Conditions that share a parameter or an undecidable Equals, so that they move together."""

    conditions: list[Named] = field(default_factory=list)
    variables: dict[Variable, list[str]] = field(default_factory=dict)


class Combinations:
    """Finds the choices that tell worlds apart.

    Args:
        stacks: every stack of the system.
        overrides: values of ``--parameter``.
    """

    def __init__(self, stacks: tuple[Stack, ...], overrides: Mapping[str, str]) -> None:
        self.stacks = stacks
        self.overrides = overrides
        self._by_label = {stack.label: stack for stack in stacks}
        self._plain = World(stacks, overrides, Choice())

    def choices(self, conditions: frozenset[Named]) -> list[Choice]:
        """Return one choice for each combination of outcomes that can come true.

        Args:
            conditions: the conditions that matter.

        Raises:
            TooManyScenarios: there are more than can be looked at.
        """
        parts = [self._of_part(part) for part in self._parts(conditions)]
        if math.prod(len(part) for part in parts) > TooManyScenarios.LIMIT:
            raise TooManyScenarios.of(len(conditions))
        result: list[Choice] = []
        for chosen in itertools.product(*parts):
            values: dict[Variable, str | Other] = {}
            atoms: dict[Atom, bool] = {}
            for choice in chosen:
                values.update(choice.values)
                atoms.update(choice.atoms)
            result.append(Choice(values, atoms))
        return result

    def _parts(self, conditions: frozenset[Named]) -> list[_Part]:
        """Group the conditions by what they share."""
        groups: list[tuple[set[object], _Part]] = []
        for label, name in sorted(conditions):
            stack = self._by_label[label]
            variables: dict[Variable, list[str]] = {}
            shared: set[object] = set()
            self._collect(stack, name, variables, shared)
            shared.update(variables)
            merged = _Part([(label, name)], variables)
            rest: list[tuple[set[object], _Part]] = []
            for keys, part in groups:
                if keys & shared:
                    shared |= keys
                    merged.conditions = part.conditions + merged.conditions
                    for variable, named in part.variables.items():
                        merged.variables.setdefault(variable, []).extend(named)
                else:
                    rest.append((keys, part))
            groups = [*rest, (shared, merged)]
        return [part for _, part in groups]

    def _of_part(self, part: _Part) -> list[Choice]:
        """Return one choice for each combination of outcomes within a part."""
        domains = {
            variable: self._domain(variable, named) for variable, named in part.variables.items()
        }
        if math.prod(len(domain) for domain in domains.values()) > _MAX_TRIES:
            raise TooManyScenarios.of(len(part.conditions))
        found: dict[tuple[bool, ...], Choice] = {}
        tries = 0
        for values in itertools.product(*domains.values()):
            assigned = dict(zip(domains, values, strict=True))
            for choice, outcome in self._outcomes(part, assigned):
                found.setdefault(outcome, choice)
                tries += 1
                if tries > _MAX_TRIES or len(found) > TooManyScenarios.LIMIT:
                    raise TooManyScenarios.of(len(part.conditions))
        return list(found.values())

    def _outcomes(
        self, part: _Part, values: dict[Variable, str | Other]
    ) -> Iterator[tuple[Choice, tuple[bool, ...]]]:
        """Yield the outcomes under some values, branching on every Equals nobody can decide."""
        pending: list[dict[Atom, bool]] = [{}]
        while pending:
            atoms = pending.pop()
            choice = Choice(values, atoms)
            world = World(self.stacks, self.overrides, choice, strict=True)
            try:
                outcome = tuple(
                    world.condition(self._by_label[label], name) for label, name in part.conditions
                )
            except UndecidedError as error:
                pending.append({**atoms, error.atom: True})
                pending.append({**atoms, error.atom: False})
                continue
            yield choice, outcome

    def _collect(
        self,
        stack: Stack,
        name: str,
        variables: dict[Variable, list[str]],
        shared: set[object],
    ) -> None:
        """Collect the open parameters of a condition with the values they are compared with."""
        pending = [(stack, stack.template.conditions.get(name), True)]
        seen: set[tuple[str, str]] = set()
        while pending:
            where, node, expression = pending.pop()
            links = Links.of(node, expression=expression)
            if expression and (where, node) != (stack, None):
                shared.update(
                    (where.label, json.dumps({"Fn::Equals": parts}, sort_keys=True, default=str))
                    for parts in links.equals
                )
            for condition in links.conditions:
                key = (where.label, condition)
                if key not in seen:
                    seen.add(key)
                    pending.append((where, where.template.conditions.get(condition), True))
            for used in links.names:
                pending.extend(self._follow(where, used, variables))
            for parts in links.equals:
                if len(parts) == _PAIR:
                    self._compare(where, parts[0], parts[1], variables)
                    self._compare(where, parts[1], parts[0], variables)
            for parts in links.lookups:
                self._look_up(where, parts, variables)

    def _follow(
        self, stack: Stack, name: str, variables: dict[Variable, list[str]]
    ) -> list[tuple[Stack, object, bool]]:
        """Note the open parameter behind a name, or return what a parent passes for it."""
        if name in stack.template.parameters:
            passed = passed_parameter(stack, name)
            if passed is not None and stack.parent is not None:
                return [(stack.parent, passed[0], False)]
        variable = self._variable(stack, name)
        if variable is not None:
            variables.setdefault(variable, [])
        return []

    def _variable(self, stack: Stack, name: str) -> Variable | None:
        """Return the variable that a name stands for, or None if its value is settled."""
        if name == "AWS::Region":
            return None if stack.region_known else REGION
        if name == "AWS::AccountId":
            return None if stack.account_known else ACCOUNT
        declaration = stack.template.parameters.get(name)
        if declaration is None or override(stack, name, self.overrides) is not None:
            return None
        if str(declaration.get("Type", "")).startswith("AWS::SSM::Parameter::Value"):
            return None
        return (stack.label, name)

    def _origin(self, stack: Stack, node: object) -> Variable | None:
        """Return the variable that a node is a plain Ref of, through nested stacks."""
        here = stack
        while isinstance(node, dict) and len(node) == 1 and isinstance(node.get("Ref"), str):
            name = str(node["Ref"])
            passed = passed_parameter(here, name) if name in here.template.parameters else None
            if passed is None or here.parent is None:
                return self._variable(here, name)
            here, node = here.parent, passed[0]
        return None

    def _compare(
        self, stack: Stack, side: object, other: object, variables: dict[Variable, list[str]]
    ) -> None:
        variable = self._origin(stack, side)
        if variable is None:
            return
        value = self._plain.value(stack, other)
        if self._origin(stack, other) is None and isinstance(value, str | int | bool):
            text = str(value).lower() if isinstance(value, bool) else str(value)
            variables.setdefault(variable, []).append(text)

    def _look_up(
        self, stack: Stack, parts: list[object], variables: dict[Variable, list[str]]
    ) -> None:
        """Tell a variable's values apart by the keys of the mapping that it selects from."""
        if len(parts) <= _PAIR:
            return
        mapping = stack.template.mappings.get(str(parts[0]), {})
        first = self._origin(stack, parts[1])
        if first is not None:
            variables.setdefault(first, []).extend(mapping)
        second = self._origin(stack, parts[2])
        if second is not None:
            for row in mapping.values():
                variables.setdefault(second, []).extend(row if isinstance(row, dict) else ())

    def _domain(self, variable: Variable, named: list[str]) -> list[str | Other]:
        label, name = variable
        if label:
            return open_values(self._by_label[label], name, list(dict.fromkeys(named)))
        likely = _REGIONS if variable == REGION else _ACCOUNTS
        unlike = next((value for value in likely if value not in named), likely[0])
        return list(dict.fromkeys([likely[0], *named, unlike]))

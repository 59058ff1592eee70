"""Which conditions decide about resources of a type, directly or through what they refer to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ddb_perimeter.inventory.links import Links
from ddb_perimeter.inventory.parameters import passed_parameter

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ddb_perimeter.inventory.template import Stack

Named = tuple[str, str]
"""A condition: label of its stack and its name."""


class Dependencies:
    """Answers which conditions matter for a type of resource.

    Args:
        stacks: every stack of the system.
    """

    def __init__(self, stacks: tuple[Stack, ...]) -> None:
        self.stacks = stacks
        self.any = any(stack.template.conditions for stack in stacks)
        self._by_label = {stack.label: stack for stack in stacks}
        self._by_type: dict[str, frozenset[Named]] = {}
        self._members: dict[str, list[tuple[Stack, str]]] | None = None
        self._links: dict[tuple[str, str, str], Links] = {}

    def conditions(self, types: Iterable[str]) -> frozenset[Named]:
        """Return the conditions that matter for resources of some types.

        Args:
            types: CloudFormation types.
        """
        if not self.any:
            return frozenset()
        return frozenset().union(*(self._of_type(type_) for type_ in types))

    def _of_type(self, type_: str) -> frozenset[Named]:
        if type_ not in self._by_type:
            if self._members is None:
                self._members = {}
                for stack in self.stacks:
                    for logical_id, body in stack.template.resources.items():
                        self._members.setdefault(str(body["Type"]), []).append((stack, logical_id))
            self._by_type[type_] = self._closure(self._members.get(type_, []))
        return self._by_type[type_]

    def _closure(self, start: Iterable[tuple[Stack, str]]) -> frozenset[Named]:
        """Follow what resources refer to, and collect the conditions on the way."""
        found: set[Named] = set()
        seen: set[tuple[str, str, str]] = set()
        pending = [(stack, "resource", logical_id) for stack, logical_id in start]
        while pending:
            stack, sort, name = pending.pop()
            key = (stack.label, sort, name)
            if key in seen:
                continue
            seen.add(key)
            links = self._links_of(stack, sort, name)
            found.update((stack.label, condition) for condition in links.conditions)
            pending.extend((stack, "condition", condition) for condition in links.conditions)
            pending.extend(
                (stack, "parameter" if used in stack.template.parameters else "resource", used)
                for used in links.names
                if used in stack.template.parameters or used in stack.template.resources
            )
            for resource, attribute in links.attributes:
                child = stack.children.get(resource)
                if child is not None and attribute.startswith("Outputs."):
                    pending.append((child, "output", attribute.removeprefix("Outputs.")))
                elif resource in stack.template.resources:
                    pending.append((stack, "resource", resource))
            if links.imports:
                pending.extend(self._exports(links.imports))
            if stack.parent is not None and sort == "parameter":
                pending.append((stack.parent, f"passed:{stack.parent_id}", name))
            if stack.parent is not None and sort in {"resource", "output", "existence"}:
                pending.append((stack.parent, "existence", stack.parent_id))
        return frozenset(found)

    def _links_of(self, stack: Stack, sort: str, name: str) -> Links:
        key = (stack.label, sort, name)
        if key not in self._links:
            self._links[key] = self._read(stack, sort, name)
        return self._links[key]

    def _read(self, stack: Stack, sort: str, name: str) -> Links:
        template = stack.template
        if sort == "condition":
            return Links.of(template.conditions.get(name), expression=True)
        if sort == "parameter":
            return Links()
        if sort.startswith("passed:"):
            child = stack.children[sort.removeprefix("passed:")]
            passed = passed_parameter(child, name)
            return Links.of(passed[0]) if passed else Links()
        section = template.outputs if sort == "output" else template.resources
        body = section.get(name, {})
        if sort == "existence":
            links = Links()
        elif sort == "output":
            links = Links.of([body.get("Value"), body.get("Export")])
        elif body.get("Type") == "AWS::CloudFormation::Stack":
            links = Links()  # its parameters are followed one by one
        else:
            links = Links.of(body.get("Properties"))
        condition = body.get("Condition")
        if isinstance(condition, str):
            links.conditions.add(condition)
        return links

    def _exports(self, imports: list[object]) -> list[tuple[Stack, str, str]]:
        """Return the outputs that imports may mean: all of them unless each name is plain text."""
        plain = {name for name in imports if isinstance(name, str)}
        every = len(plain) != len(imports)
        result: list[tuple[Stack, str, str]] = []
        for stack in self.stacks:
            for name, body in stack.template.outputs.items():
                export = body.get("Export")
                if not isinstance(export, dict):
                    continue
                spelled = export.get("Name")
                if every or not isinstance(spelled, str) or spelled in plain:
                    result.append((stack, "output", name))
        return result

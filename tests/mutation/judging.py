"""Asks the controls about changed templates: all of them, or those that the change can concern."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ddb_perimeter.controls import catalogue
from ddb_perimeter.controls.control import Where
from ddb_perimeter.inventory import load
from tests.mutation.templates import table

if TYPE_CHECKING:
    from pathlib import Path

    from ddb_perimeter.controls.perimeter import Perimeter
    from ddb_perimeter.findings import Result
    from tests.mutation.templates import Node, Templates

BLIND: Final = frozenset(
    {
        "dax-client-least",
        "dax-role-confused-deputy",
        "dax-role-read-only",
        "dax-role-table-scoped",
        "dax-role-trust-dax-only",
        "iam-no-stranger-assumes",
        "iam-no-users",
        "lambda-in-vpc",
        "lambda-not-public",
        "vpce-gateway-principal-form",
        "vpce-policy-not-default",
        "vpce-policy-own-identities",
        "vpce-policy-own-resources",
        "vpce-policy-table-scoped",
    }
)
"""Controls that look for the names of tables and never at their policies."""


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges templates that were made of the baseline.

    Args:
        baseline: the templates as they were synthesized.
        folder: where templates are written to be judged.
        perimeter: what the baseline's configuration declares.
    """

    baseline: Templates
    folder: Path
    perimeter: Perimeter

    def all(self, templates: Templates) -> Result:
        """Ask every control.

        Args:
            templates: what to judge.
        """
        templates.write(self.folder)
        return catalogue.run(load([self.folder]), self.perimeter)

    def some(self, templates: Templates, only: frozenset[str]) -> Result:
        """Ask some controls.

        Args:
            templates: what to judge.
            only: their ids.
        """
        templates.write(self.folder)
        return catalogue.run(load([self.folder]), self.perimeter, only)

    def concerned(self, templates: Templates) -> frozenset[str]:
        """Return the controls that read what was changed: the others say what they said before.

        Args:
            templates: what to judge.
        """
        types = self._changed_types(templates)
        only = {
            control.id
            for control in catalogue.controls()
            if control.where is not Where.ACCOUNTS
            and (not types or not types.isdisjoint(control.types))
        }
        if not templates.spelling and self._only_policies(templates):
            only -= BLIND
        return frozenset(only)

    def _changed_types(self, templates: Templates) -> frozenset[str]:
        """Return the types of added, changed and removed resources; nothing if more changed."""
        before, after = _resources(self.baseline), _resources(templates)
        types = {
            resource["Type"]
            for name in before.keys() | after.keys()
            if before.get(name) != after.get(name)
            for resource in (before.get(name), after.get(name))
            if resource is not None
        }
        sections = {"Parameters", "Conditions", "Mappings"}
        for stack, template in templates.stacks.items():
            old = self.baseline.stacks.get(stack, {})
            if any(template.get(name, {}) != old.get(name, {}) for name in sections):
                return frozenset()
        return frozenset(types)

    def _only_policies(self, templates: Templates) -> bool:
        """Say whether nothing but the policies of the table and its stream was changed."""
        before, after = self.baseline.copy(), templates.copy()
        try:
            for each in (before, after):
                replica = table(each)
                replica.pop("ResourcePolicy", None)
                replica.pop("ReplicaStreamSpecification", None)
        except LookupError:
            return False
        return json.dumps(_resources(before)) == json.dumps(_resources(after))


def _resources(templates: Templates) -> dict[str, Node]:
    return {f"{stack}.{logical_id}": node for stack, logical_id, node in templates.places()}

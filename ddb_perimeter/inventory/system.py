"""A system of stacks, and the worlds that its conditions allow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ddb_perimeter.findings import Subject
from ddb_perimeter.inventory.conditions import Combinations
from ddb_perimeter.inventory.declared import declared_resources
from ddb_perimeter.inventory.dependencies import Dependencies, Named
from ddb_perimeter.inventory.inventory import Gap, Inventory
from ddb_perimeter.inventory.outcomes import Choice
from ddb_perimeter.inventory.world import World
from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ddb_perimeter.inventory.template import Stack

_KNOWN_TRANSFORMS = frozenset({"AWS::LanguageExtensions", "AWS::CodeDeployBlueGreen"})
_SERVERLESS = "AWS::Serverless-2016-10-31"
_ROTATION = "AWS::SecretsManager-2020-07-23"


class System:
    """Every stack of what was given, as one system.

    Args:
        stacks: the stacks, each nested stack after the one that nests it.
        overrides: values of ``--parameter``.
        gaps: what may stand for resources that nobody here can see.
    """

    def __init__(
        self,
        stacks: tuple[Stack, ...],
        overrides: Mapping[str, str],
        gaps: tuple[Gap, ...] = (),
    ) -> None:
        self.stacks = stacks
        self.overrides = dict(overrides)
        self.gaps = (*gaps, *(gap for stack in stacks for gap in _gaps(stack)))
        self._dependencies = Dependencies(stacks)
        self._combinations = Combinations(stacks, self.overrides)
        self._inventories: dict[frozenset[Named], tuple[Inventory, ...]] = {}

    def scenarios(self, types: Iterable[str]) -> Iterator[Inventory]:
        """Yield one inventory for each combination of the conditions that matter.

        Without conditions that matter there is exactly one, and it is the same object whatever
        the types.

        Args:
            types: every type that the caller looks at.

        Raises:
            TooManyScenarios: the conditions combine in too many ways; the answer is `unknown`.
        """
        conditions = self._dependencies.conditions(types)
        if conditions not in self._inventories:
            self._inventories[conditions] = tuple(self._build(conditions))
        yield from self._inventories[conditions]

    def _build(self, conditions: frozenset[Named]) -> Iterator[Inventory]:
        choices = self._combinations.choices(conditions) if conditions else [Choice()]
        for choice in choices:
            world = World(self.stacks, self.overrides, choice)
            yield Inventory(
                declared_resources(world),
                description=self._describe(world, conditions),
                gaps=self.gaps,
                undecided=self._undecided(conditions) if self._dependencies.any else None,
            )

    def _undecided(self, conditions: frozenset[Named]) -> _Undecided:
        return _Undecided(self._dependencies, conditions)

    def _describe(self, world: World, conditions: frozenset[Named]) -> str:
        """Spell a world by the outcomes of its conditions."""
        several = len({label for label, _ in conditions}) > 1
        stacks = {stack.label: stack for stack in self.stacks}
        told: list[str] = []
        for label, name in sorted(conditions):
            outcome = "true" if world.condition(stacks[label], name) else "false"
            told.append(f"{label + '.' if several else ''}{name}={outcome}")
        return ", ".join(told)


class _Undecided:
    """Tells whether conditions that a world did not choose decide about a type."""

    def __init__(self, dependencies: Dependencies, chosen: frozenset[Named]) -> None:
        self.dependencies = dependencies
        self.chosen = chosen

    def __call__(self, type_: str) -> bool:
        return not self.dependencies.conditions([type_]) <= self.chosen


def _gaps(stack: Stack) -> Iterator[Gap]:
    """Yield what may stand for resources that only AWS can write out."""
    template = stack.template
    types = {str(body["Type"]) for body in template.resources.values()}
    for name in template.transforms:
        if name in _KNOWN_TRANSFORMS:
            continue
        if name == _SERVERLESS and not any(t.startswith("AWS::Serverless::") for t in types):
            continue
        if name == _ROTATION and "AWS::SecretsManager::RotationSchedule" not in types:
            continue
        yield _gap(
            stack, "Transform", name, f"macro {name} may add resources and change them", "Transform"
        )
    for key, why in template.unread:
        yield _gap(stack, key, key, why, "Resources", key)
    for logical_id, body in template.resources.items():
        type_ = str(body["Type"])
        path = ("Resources", logical_id)
        if type_.startswith("AWS::Serverless::") and _SERVERLESS not in template.transforms:
            yield _gap(stack, type_, logical_id, f"{type_} stands for other resources", *path)
        elif type_.endswith("::MODULE"):
            yield _gap(stack, type_, logical_id, f"module {type_} is registered in AWS", *path)
        elif type_ == "AWS::CloudFormation::Stack" and logical_id not in stack.children:
            why = f"the template of nested stack {logical_id} is not among the files"
            yield _gap(stack, type_, logical_id, why, *path)


def _gap(stack: Stack, type_: str, name: str, why: str, *path: str) -> Gap:
    subject = Subject(
        type=type_,
        logical_id=name,
        stack=stack.name,
        region=stack.region,
        template=stack.template.document.name,
    )
    return Gap(subject, Unknown(name, why), stack.template.locator.line(path))

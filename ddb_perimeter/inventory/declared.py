"""Resources declared in templates: their values in one world, their lines and their creators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ddb_perimeter.inventory.intrinsics import NO_VALUE
from ddb_perimeter.inventory.locations import Step, steps
from ddb_perimeter.inventory.partitions import partition_of
from ddb_perimeter.inventory.resource import Resource
from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ddb_perimeter.inventory.template import Stack
    from ddb_perimeter.inventory.world import World


class Declared:
    """Where the values of one declared resource come from.

    Args:
        world: what resolves them.
        stack: the stack that declares it.
        logical_id: its logical id.
    """

    __slots__ = ("_properties", "logical_id", "stack", "world")

    def __init__(self, world: World, stack: Stack, logical_id: str) -> None:
        self.world = world
        self.stack = stack
        self.logical_id = logical_id
        self._properties: Mapping[str, object] | None = None

    def properties(self) -> Mapping[str, object]:
        """Return its properties, resolved once."""
        if self._properties is None:
            body = self.stack.template.resources[self.logical_id]
            value = self.world.value(self.stack, body.get("Properties") or {})
            if isinstance(value, Unknown):  # a macro writes them
                declared = body.get("Properties")
                names = declared if isinstance(declared, dict) else {}
                self._properties = _Unreadable(dict.fromkeys(names, value), value)
            else:
                self._properties = value if isinstance(value, dict) else {}
        return self._properties

    def attribute(self, name: str) -> object:
        """Return an attribute; of the empty name, the physical id."""
        return self.world.attribute(self.stack, self.logical_id, name)

    def path(self) -> str:
        """Return the construct path that CDK recorded, or an empty string."""
        metadata = self.stack.template.resources[self.logical_id].get("Metadata")
        path = metadata.get("aws:cdk:path") if isinstance(metadata, dict) else None
        if isinstance(path, str):
            return path
        creation = self.stack.root.creation
        if creation is None:
            return ""
        file = self.stack.template.document.name.rpartition("/")[2]
        return creation.path(file, self.logical_id)

    def line(self, pointer: str) -> int | None:
        """Return the line of a property, through Fn::If and past elements that were left out."""
        body = self.stack.template.resources[self.logical_id]
        path = ("Resources", self.logical_id, *self._written(body, steps(pointer)))
        return self.stack.template.locator.line(path)

    def source(self) -> str:
        """Return the Python file and line that created it, where CDK recorded it."""
        creation = self.stack.root.creation
        path = self.path() if creation is not None else ""
        return creation.source(path) if creation is not None and path else ""

    def _written(self, body: object, wanted: tuple[Step, ...]) -> Iterator[Step]:
        """Yield the steps in the template for steps in the resolved value."""
        node = body
        for step in wanted:
            while (chosen := self._branch(node)) is not None:
                yield from ("Fn::If", chosen[0])
                node = chosen[1]
            if isinstance(step, int) and isinstance(node, list):
                position = self._position(node, step)
                if position is None:
                    return
                yield position
                node = node[position]
            elif isinstance(node, dict) and step in node and isinstance(step, str):
                yield step
                node = node[step]
            elif step != 0:  # a single value stands for a list of one
                return

    def _branch(self, node: object) -> tuple[int, object] | None:
        """Return the branch that an Fn::If takes in this world, or None for any other node."""
        if not (isinstance(node, dict) and len(node) == 1):
            return None
        parts = node.get("Fn::If")
        complete = 3
        if not (isinstance(parts, list) and len(parts) == complete):
            return None
        name = parts[0]
        if not isinstance(name, str) or name not in self.stack.template.conditions:
            return None
        index = 1 if self.world.condition(self.stack, name) else 2
        return index, parts[index]

    def _position(self, items: list[object], wanted: int) -> int | None:
        """Return where the wanted element of the resolved list is written."""
        left = wanted
        for position, item in enumerate(items):
            if _may_be_left_out(item) and self.world.value(self.stack, item) is NO_VALUE:
                continue
            if left == 0:
                return position
            left -= 1
        return None


def _may_be_left_out(item: object) -> bool:
    """Say whether an element can turn out to be AWS::NoValue."""
    return isinstance(item, dict) and len(item) == 1 and next(iter(item)) in {"Ref", "Fn::If"}


class _Unreadable(dict[str, object]):
    """Properties that a macro writes: each of them is unknown, also those not spelled out."""

    def __init__(self, spelled: dict[str, object], unknown: Unknown) -> None:
        super().__init__(spelled)
        self.unknown = unknown

    def get(self, key: str, default: object = None) -> object:
        """Return the unknown, whatever is asked for."""
        del key, default
        return self.unknown


def declared_resources(world: World) -> Iterator[Resource]:
    """Yield every resource that exists in a world, in the order of the templates.

    Args:
        world: the world.
    """
    for stack in world.stacks:
        region = world.region(stack)
        account = world.account(stack)
        partition = partition_of(region)
        file = stack.template.document.name
        for logical_id, body in stack.template.resources.items():
            if (stack.parent is not None or "Condition" in body) and not world.exists(stack, body):
                continue
            yield Resource(
                type=str(body["Type"]),
                logical_id=logical_id,
                origin=Declared(world, stack, logical_id),
                stack=stack.name,
                region=region,
                account=account,
                partition=partition,
                template=file,
                condition=_text(body.get("Condition")),
                deletion_policy=_policy(world, stack, body.get("DeletionPolicy")),
                update_replace_policy=_policy(world, stack, body.get("UpdateReplacePolicy")),
                depends_on=_names(body.get("DependsOn")),
                label=stack.label,
            )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _policy(world: World, stack: Stack, node: object) -> str:
    """Return a deletion policy; AWS::LanguageExtensions lets it be computed."""
    if node is None:
        return "Delete"
    value = node if isinstance(node, str) else world.value(stack, node)
    return value if isinstance(value, str) else "Unknown"


def _names(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(name for name in value if isinstance(name, str)) if isinstance(value, list) else ()

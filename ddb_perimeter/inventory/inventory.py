"""What exists in one concrete world, and how to find it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator

    from ddb_perimeter.findings import Subject
    from ddb_perimeter.inventory.resource import Resource
    from ddb_perimeter.unknown import Unknown


View = TypeVar("View")


class UndecidedTypeError(LookupError):
    """A control asked for a type whose conditions this world did not choose.

    Ask `System.scenarios` for every type that the control looks at.
    """


@dataclass(frozen=True, slots=True)
class Gap:
    """Something in the input that may stand for resources that nobody here can see.

    Args:
        subject: where it is.
        unknown: what it is and why it cannot be read.
        line: its line in the template, or None.
        types: the only types that it may stand for; empty for any.
        fix: what to do about it; empty for what helps with templates.
    """

    subject: Subject
    unknown: Unknown
    line: int | None = None
    types: frozenset[str] = frozenset()
    fix: str = ""


class Inventory:
    """The resources of one world.

    Args:
        resources: what exists.
        description: which world this is, e.g. ``IsProd=true``; empty if there is only one.
        gaps: what may stand for resources that nobody here can see.
        undecided: types whose conditions this world did not choose.
        complete: types of which nothing that counts is missing, so that an absence tells
            something; templates never know.
    """

    def __init__(
        self,
        resources: Iterable[Resource],
        *,
        description: str = "",
        gaps: tuple[Gap, ...] = (),
        undecided: Callable[[str], bool] | None = None,
        complete: frozenset[str] = frozenset(),
    ) -> None:
        self.resources = tuple(resources)
        self.description = description
        self.gaps = gaps
        self.complete = complete
        self._undecided = undecided
        self._views: dict[object, object] = {}
        self._by_type: dict[str, list[Resource]] = {}
        self._by_place: dict[tuple[str, str], list[Resource]] = {}
        self._by_id: dict[str, list[Resource]] | None = None
        for resource in self.resources:
            self._by_type.setdefault(resource.type, []).append(resource)

    def __iter__(self) -> Iterator[Resource]:
        """Yield every resource."""
        return iter(self.resources)

    def __len__(self) -> int:
        """Return the number of resources."""
        return len(self.resources)

    def of_type(self, *types: str) -> list[Resource]:
        """Return the resources of some types, type by type, in the order of the templates.

        Args:
            types: CloudFormation types.

        Raises:
            UndecidedTypeError: this world was not made for one of the types.
        """
        if self._undecided is not None:
            for type_ in types:
                if self._undecided(type_):
                    raise UndecidedTypeError(
                        f"conditions decide about {type_}: ask System.scenarios for it too"
                    )
        return [resource for type_ in types for resource in self._by_type.get(type_, ())]

    def get(self, stack: str, logical_id: str) -> Resource | None:
        """Return a resource by its place, or None.

        Args:
            stack: stack name, or label where several stacks share a name.
            logical_id: logical id.
        """
        if not self._by_place:
            for resource in self.resources:
                for name in {resource.stack, resource.label}:
                    self._by_place.setdefault((name, resource.logical_id), []).append(resource)
        found = self._by_place.get((stack, logical_id), [])
        return found[0] if len(found) == 1 else None

    def by_id(self, value: object, *types: str, near: Resource | None = None) -> Resource | None:
        """Return the resource that an id, a name or an ARN stands for, or None.

        Args:
            value: a resolved value, e.g. ``vpce-⟦Net.Endpoint⟧`` or a role's ARN.
            types: types to look among; without any, all of them.
            near: who refers to it: the same stack, then account and Region, win over others.

        Returns:
            The resource; None if the value is unknown, names nothing here, or names several.
        """
        if not isinstance(value, str):
            return None
        if self._by_id is None:
            self._by_id = {}
            for resource in self.resources:
                for name in _names(resource):
                    self._by_id.setdefault(name, []).append(resource)
        found = [r for r in self._by_id.get(value, ()) if not types or r.type in types]
        if len(found) > 1 and near is not None:
            found = [r for r in found if r.label == near.label] or found
            place = (near.region, near.account)
            found = [r for r in found if (r.region, r.account) == place] or found
        return found[0] if len(found) == 1 else None

    def view(self, build: Callable[..., View], *arguments: Hashable) -> View:
        """Return a view over this inventory, built once for the same arguments.

        Args:
            build: builds it from this inventory and the arguments, e.g. `Network.of`.
            arguments: what the view depends on besides, e.g. what is declared to be inside.
        """
        key = (build, *arguments)
        if key not in self._views:
            self._views[key] = build(self, *arguments)
        return cast("View", self._views[key])


def _names(resource: Resource) -> set[str]:
    """Return everything that stands for a resource."""
    names: set[str] = set()
    physical = resource.physical
    if isinstance(physical, str):
        names.add(physical)
    arn = resource.arn
    if arn:
        names.add(arn)
        names.add(arn.removesuffix(":*"))
        if resource.type == "AWS::DynamoDB::GlobalTable":
            names.update(_replica_arns(resource, arn))
    return names


def _replica_arns(resource: Resource, arn: str) -> Iterator[str]:
    """Yield the ARN of each replica of a global table."""
    replicas = resource.items("Replicas")
    for replica in replicas if isinstance(replicas, list) else []:
        region = replica.get("Region") if isinstance(replica, dict) else None
        if isinstance(region, str):
            yield arn.replace(f":{resource.region}:", f":{region}:", 1)

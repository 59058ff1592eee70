"""Resources as controls see them, wherever they were read from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from ddb_perimeter.findings import Evidence, Subject
from ddb_perimeter.inventory.locations import steps
from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Mapping


class Origin(Protocol):
    """Where a resource's values come from: a template, or answers of an account."""

    def properties(self) -> Mapping[str, object]:
        """Return its properties, resolved."""
        ...

    def attribute(self, name: str) -> object:
        """Return an attribute; of the empty name, the physical id."""
        ...

    def path(self) -> str:
        """Return its construct path, or an empty string."""
        ...

    def line(self, pointer: str) -> int | None:
        """Return the line of a property."""
        ...

    def source(self) -> str:
        """Return the Python file and line that created it, or an empty string."""
        ...


@dataclass(frozen=True, slots=True)
class Recorded:
    """Values that are simply known, e.g. because an account told them.

    Args:
        values: the properties, in CloudFormation's shape.
        physical: the physical id.
        attributes: attributes by name; ``Arn`` is what the resource's ARN is read from.
    """

    values: Mapping[str, object]
    physical: str = ""
    attributes: Mapping[str, object] = field(default_factory=dict)

    def properties(self) -> Mapping[str, object]:
        """Return its properties."""
        return self.values

    def attribute(self, name: str) -> object:
        """Return an attribute; of the empty name, the physical id."""
        if not name:
            return self.physical
        found = self.attributes.get(name, self.values.get(name))
        return Unknown(name, f"the account did not tell {name}") if found is None else found

    def path(self) -> str:
        """Return an empty string: accounts know no construct paths."""
        return ""

    def line(self, pointer: str) -> int | None:  # noqa: ARG002 - the protocol's signature
        """Return None: there is no file."""
        return None

    def source(self) -> str:
        """Return an empty string: there is no program."""
        return ""


@dataclass(frozen=True, slots=True, eq=False)
class Resource:
    """One resource of the system.

    Args:
        type: CloudFormation type.
        logical_id: logical id in its template, or the physical name in an account.
        stack: stack name; empty when there is none.
        region: Region code.
        account: account id.
        partition: partition of its ARNs.
        template: file that declares it, relative to the path that was given.
        condition: name of the condition that it exists under, or empty.
        deletion_policy: what happens to it when it leaves the stack.
        update_replace_policy: what happens to the old one when it is replaced.
        depends_on: logical ids that it waits for.
        label: what tells its stack from others of the same name; part of placeholders.
        origin: where its values come from.
    """

    type: str
    logical_id: str
    origin: Origin
    stack: str = ""
    region: str = ""
    account: str = ""
    partition: str = "aws"
    template: str = ""
    condition: str = ""
    deletion_policy: str = "Delete"
    update_replace_policy: str = "Delete"
    depends_on: tuple[str, ...] = ()
    label: str = ""

    @classmethod
    def recorded(
        cls,
        type_: str,
        properties: Mapping[str, object],
        *,
        physical: str,
        attributes: Mapping[str, object] | None = None,
        region: str = "",
        account: str = "",
        partition: str = "aws",
    ) -> Resource:
        """Build a resource from plain values, without a template.

        Args:
            type_: CloudFormation type.
            properties: its properties, in CloudFormation's shape.
            physical: its physical id; also used as logical id.
            attributes: further values such as ``Arn``.
            region: Region code.
            account: account id.
            partition: partition of its ARNs.
        """
        return cls(
            type=type_,
            logical_id=physical,
            origin=Recorded(properties, physical, attributes or {}),
            region=region,
            account=account,
            partition=partition,
        )

    @property
    def properties(self) -> Mapping[str, object]:
        """Return the properties: plain Python with `Unknown` where nobody can tell."""
        return self.origin.properties()

    @property
    def physical(self) -> object:
        """Return what ``Ref`` gives."""
        return self.origin.attribute("")

    @property
    def arn(self) -> str | None:
        """Return the ARN, with a placeholder for what AWS chooses; None if it is not known."""
        arn = self.origin.attribute("Arn")
        return arn if isinstance(arn, str) else None

    @property
    def path(self) -> str:
        """Return the CDK construct path, or an empty string."""
        return self.origin.path()

    def attribute(self, name: str) -> object:
        """Return what ``Fn::GetAtt`` gives.

        Args:
            name: attribute name.
        """
        return self.origin.attribute(name)

    def at(self, pointer: str, default: object = None) -> object:
        """Return the value under a pointer into the properties.

        Args:
            pointer: e.g. ``SSESpecification.SSEEnabled`` or ``Replicas[0].Region``.
            default: what to return when nothing is there.

        Returns:
            The value; `Unknown` when it or anything around it is unknown.
        """
        return look_up(self.properties, pointer, default)

    def flag(self, pointer: str, *, default: bool = False) -> bool | Unknown:
        """Return a boolean property, which CloudFormation also takes as text.

        Args:
            pointer: as for `at`.
            default: what AWS assumes when it is left out.
        """
        return as_flag(self.at(pointer), default=default)

    def items(self, pointer: str) -> list[object] | Unknown:
        """Return a property as a list; a single value counts as a list of one.

        Args:
            pointer: as for `at`.
        """
        return as_list(self.at(pointer))

    def line(self, pointer: str = "") -> int | None:
        """Return the template line of a property, counted from 1, or None.

        Args:
            pointer: e.g. ``Properties.PolicyDocument.Statement[0]``; empty for the resource.
        """
        return self.origin.line(pointer)

    @property
    def source(self) -> str:
        """Return the Python file and line that created it, where CDK recorded it."""
        return self.origin.source()

    def subject(self) -> Subject:
        """Return the resource as findings name it."""
        return Subject(
            type=self.type,
            logical_id=self.logical_id,
            stack=self.stack,
            region=self.region,
            template=self.template,
            path=self.path,
        )

    def evidence(self, pointer: str = "", sid: str = "") -> Evidence:
        """Return the place of a property as findings name it.

        Args:
            pointer: e.g. ``Properties.PolicyDocument.Statement[0]``.
            sid: the offending statement's Sid.
        """
        return Evidence(pointer, sid, self.line(pointer), self.source)


def look_up(value: object, pointer: str, default: object = None) -> object:
    """Return what is under a pointer inside a value; unknown as soon as anything around it is.

    Args:
        value: a resolved value.
        pointer: keys separated by dots, list positions in brackets.
        default: what to return when nothing is there.
    """
    node = value
    for step in steps(pointer):
        if isinstance(node, Unknown):
            return node
        if isinstance(step, int):
            if not isinstance(node, list) or step >= len(node):
                return default
            node = node[step]
        elif isinstance(node, dict):
            node = node.get(step)
        else:
            return default
    return default if node is None else node


def as_flag(value: object, *, default: bool = False) -> bool | Unknown:
    """Return a boolean that may be spelled as text.

    Args:
        value: a resolved value.
        default: what it means when it is left out.
    """
    if value is None:
        return default
    if isinstance(value, bool | Unknown):
        return value
    text = str(value).lower()
    if text in {"true", "false"}:
        return text == "true"
    return Unknown(str(value)[:80], "neither true nor false")


def as_list(value: object) -> list[object] | Unknown:
    """Return a value as a list: nothing is empty, a single value is a list of one.

    Args:
        value: a resolved value.
    """
    if value is None:
        return []
    if isinstance(value, list | Unknown):
        return value
    return [value]

"""One template: its sections, checked for shape, and the stack that it describes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ddb_perimeter.inventory import loops
from ddb_perimeter.inventory.errors import InputError
from ddb_perimeter.inventory.locations import Locator

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ddb_perimeter.inventory.creation import Creation
    from ddb_perimeter.inventory.documents import Document

Section = dict[str, dict[str, object]]

DEFAULT_REGION = "us-east-1"
DOCUMENTATION_ACCOUNT = "111122223333"


@dataclass(frozen=True, slots=True)
class Template:
    """The sections of one template.

    Args:
        document: the decoded file.
        resources: declarations by logical id.
        parameters: declarations by name.
        mappings: tables for Fn::FindInMap.
        conditions: expressions by name.
        outputs: declarations by logical id.
        transforms: names of the macros that the whole template passes through.
        unread: what stands for resources but could not be expanded, and why.
        locator: finds lines.
    """

    document: Document
    resources: Section
    parameters: Section
    mappings: Section
    conditions: dict[str, object]
    outputs: Section
    transforms: tuple[str, ...]
    unread: tuple[tuple[str, str], ...]
    locator: Locator

    @classmethod
    def read(cls, document: Document, overrides: Mapping[str, str]) -> Template:
        """Check a document's shape and split it into its sections.

        Args:
            document: a decoded file.
            overrides: parameter values, for the collections of loops.

        Raises:
            InputError: it is no template, or a section has the wrong type.
        """
        content = document.content
        if not isinstance(content, dict) or "Resources" not in content:
            raise InputError.at(
                document.name,
                "no CloudFormation template: it has no Resources",
                "give a template, a folder of templates, or a cdk.out",
            )
        locator = Locator(document)
        failed: list[tuple[str, str]] = []
        if loops.PREFIX in document.text:
            content, failed = loops.expand(content, _collection(content, overrides))
        reader = _Reader(document.name, content, locator)
        resources = reader.section("Resources", required=True)
        reasons = dict(failed)
        return cls(
            document=document,
            resources=reader.resources(resources),
            parameters=reader.objects("Parameters"),
            mappings=reader.objects("Mappings"),
            conditions=reader.section("Conditions"),
            outputs=reader.objects("Outputs"),
            transforms=_transforms(content.get("Transform")),
            unread=tuple(
                (key, reasons.get(key, f"{key} stands for resources that only AWS can write out"))
                for key in resources
                if key.startswith("Fn::")
            ),
            locator=locator,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Stack:
    """A template deployed to one place.

    Args:
        label: what tells it from every other stack of the system; part of placeholders.
        name: stack name.
        template: what it declares.
        region: Region code.
        account: account id.
        group: which of the given paths it came from; exports are looked up there first.
        region_known: whether the Region was told rather than assumed.
        account_known: whether the account was told rather than assumed.
        parent: the stack that nests it, or None.
        parent_id: logical id of the nesting resource in the parent.
        creation: what CDK recorded about who created each resource.
        children: nested stacks by the logical id that declares them.
    """

    label: str
    name: str
    template: Template
    region: str = DEFAULT_REGION
    account: str = DOCUMENTATION_ACCOUNT
    group: int = 0
    region_known: bool = False
    account_known: bool = False
    parent: Stack | None = None
    parent_id: str = ""
    creation: Creation | None = None
    children: dict[str, Stack] = field(default_factory=dict)

    @property
    def root(self) -> Stack:
        """Return the outermost stack that it is nested in, or itself."""
        stack = self
        while stack.parent is not None:
            stack = stack.parent
        return stack

    def placeholder(self, logical_id: str, attribute: str = "") -> str:
        """Return a token that equals only itself, for what is known only after deployment.

        Args:
            logical_id: resource that it stands for.
            attribute: attribute that it stands for; empty for the name or id.
        """
        suffix = f".{attribute}" if attribute else ""
        return f"⟦{self.label}.{logical_id}{suffix}⟧"


@dataclass(frozen=True, slots=True)
class _Reader:
    """Takes sections out of a template, and says where one has the wrong type."""

    name: str
    content: dict[str, object]
    locator: Locator

    def section(self, name: str, *, required: bool = False) -> dict[str, object]:
        """Return a section as an object, empty when it is left out."""
        section = self.content.get(name)
        if section is None and not required:
            return {}
        if not isinstance(section, dict):
            raise self.wrong((name,), f"{name} is no object")
        return section

    def objects(self, name: str) -> Section:
        """Return a section of objects, without what stands for more of them."""
        result: Section = {}
        for key, value in self.section(name).items():
            if isinstance(value, dict):
                result[key] = value
            elif not key.startswith("Fn::"):
                raise self.wrong((name, key), f"{name}.{key[:80]} is no object")
        return result

    def resources(self, section: dict[str, object]) -> Section:
        """Return the declarations of resources."""
        result: Section = {}
        for logical_id, body in section.items():
            if logical_id.startswith("Fn::"):
                continue
            if not isinstance(body, dict) or not isinstance(body.get("Type"), str):
                raise self.wrong(
                    ("Resources", logical_id), f"resource {logical_id[:80]} has no Type"
                )
            if not isinstance(body.get("Properties", {}), dict | None):
                raise self.wrong(
                    ("Resources", logical_id, "Properties"),
                    f"Properties of {logical_id[:80]} is no object",
                )
            result[logical_id] = body
        return result

    def wrong(self, path: tuple[str, ...], what: str) -> InputError:
        """Build the error for a node of the wrong type."""
        line = self.locator.line(path)
        where = f"{self.name}:{line}" if line else self.name
        return InputError.at(where, what, "declare it as CloudFormation does")


def _collection(
    content: dict[str, object], overrides: Mapping[str, str]
) -> Callable[[object], list[str] | None]:
    """Return how the collections of a template's loops are read."""
    declared = content.get("Parameters")
    parameters = declared if isinstance(declared, dict) else {}

    def items(node: object) -> list[str] | None:
        if isinstance(node, dict) and len(node) == 1:
            name = node.get("Ref")
            parameter = parameters.get(name) if isinstance(name, str) else None
            if not isinstance(parameter, dict) or not isinstance(name, str):
                return None
            default = overrides.get(name, parameter.get("Default"))
            if str(parameter.get("Type", "")).startswith("AWS::SSM::"):
                return None
            return [i.strip() for i in default.split(",")] if isinstance(default, str) else None
        if not isinstance(node, list):
            return None
        result: list[str] = []
        for item in node:
            nested = [item] if isinstance(item, str | int) else items(item)
            if nested is None:
                return None
            result.extend(str(value) for value in nested)
        return result

    return items


def _transforms(declared: object) -> tuple[str, ...]:
    """Return the names of the template's macros, whatever their spelling."""
    entries = declared if isinstance(declared, list) else [declared]
    names: list[str] = []
    for entry in entries:
        if isinstance(entry, str):
            names.append(entry)
        elif isinstance(entry, dict):
            name: Mapping[str, object] = entry
            found = name.get("Name") or name.get("Fn::Transform")
            names.append(found if isinstance(found, str) else "a macro")
        elif entry is not None:
            names.append("a macro")
    return tuple(names)

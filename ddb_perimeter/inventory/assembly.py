"""Reads a cdk.out, a folder of templates or single templates into one system."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ddb_perimeter.inventory.conditions import check_cycles
from ddb_perimeter.inventory.creation import Creation
from ddb_perimeter.inventory.documents import decode, encode, read_text
from ddb_perimeter.inventory.errors import InputError
from ddb_perimeter.inventory.parameters import check_overrides
from ddb_perimeter.inventory.system import System
from ddb_perimeter.inventory.template import (
    DEFAULT_REGION,
    DOCUMENTATION_ACCOUNT,
    Stack,
    Template,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

MAX_RESOURCES = 50_000
MAX_FILES = 5_000
MAX_NESTING = 20

_SUFFIXES = (".json", ".yaml", ".yml", ".template")
_SKIPPED_FOLDERS = frozenset({"node_modules", "__pycache__", "venv"})
_LOOKS_LIKE_TEMPLATE = re.compile(r"""["']?\bResources["']?\s*:""")
_NAMES_A_TYPE = re.compile(r"AWSTemplateFormatVersion|\w::\w")
_ENVIRONMENT = re.compile(r"aws://([^/]*)/([^/]*)")
_NO_LABEL = re.compile(r"[.⟦⟧{}\s]")


def load(paths: Iterable[str | Path], parameters: Mapping[str, str] | None = None) -> System:
    """Read everything under some paths as one system.

    Args:
        paths: each a ``cdk.out``, a folder of templates, or one template, JSON or YAML.
        parameters: values of parameters by ``Name`` or ``Stack:Name``; ``AWS::Region`` and
            ``AWS::AccountId`` place stacks that do not say where they are deployed.

    Raises:
        InputError: there is nothing to read, or it cannot be read.
    """
    reader = _Reader(dict(parameters or {}))
    for group, path in enumerate(paths):
        reader.read(Path(path), group)
    if not reader.stacks:
        raise InputError.at("input", "no path given", "give a cdk.out, a folder or a template")
    return _system(reader)


def load_templates(
    templates: Mapping[str, Mapping[str, object]], parameters: Mapping[str, str] | None = None
) -> System:
    """Read templates that are in memory as one system, without looking at any file.

    Args:
        templates: templates by stack name; a nested stack's by the last part of its TemplateURL.
        parameters: as for `load`.

    Raises:
        InputError: there is nothing to read, or it is no template.
    """
    reader = _MemoryReader(dict(parameters or {}))
    reader.take(templates)
    if not reader.stacks:
        raise InputError.at("input", "no template given", "give at least one")
    return _system(reader)


def _system(reader: _Reader) -> System:
    """Put what was read together, once every parameter that was given is known to exist."""
    given = reader.overrides
    stacks = tuple(reader.stacks)
    names = {name for stack in stacks for name in stack.template.parameters}
    qualified = {
        f"{prefix}:{name}"
        for stack in stacks
        for prefix in (stack.name, stack.label)
        for name in stack.template.parameters
    }
    check_overrides(given, frozenset(names | qualified))
    return System(stacks, given)


@dataclass(slots=True)
class _Found:
    """A template that was found, before it is known whether it is nested into another."""

    path: Path
    template: Template
    stack_name: str
    account: str = ""
    region: str = ""
    creation: Creation | None = None


@dataclass(slots=True)
class _Reader:
    """Collects the stacks of every path."""

    overrides: dict[str, str]
    stacks: list[Stack] = field(default_factory=list)
    resources: int = 0
    labels: set[str] = field(default_factory=set)
    templates: dict[Path, Template] = field(default_factory=dict)
    root: Path = field(default_factory=Path)

    def read(self, path: Path, group: int) -> None:
        """Read one path.

        Args:
            path: what was given.
            group: its position among the paths.
        """
        try:
            is_folder = path.is_dir()
            missing = not is_folder and not path.exists()
        except (OSError, ValueError):
            is_folder, missing = False, True
        if missing:
            raise InputError.at(
                str(path), "no such file or folder", "give a cdk.out, a folder or a template"
            )
        if not is_folder:
            self.root = path.parent
            self._add([_Found(path, self._template(path), path.name.split(".")[0])], group)
            return
        self.root = path
        if (path / "manifest.json").is_file() and _is_assembly(path):
            found = list(self._assembly(path))
        else:
            found = list(self._folder(path))
        if not found:
            raise InputError.at(
                str(path),
                "no CloudFormation template in this folder",
                "give a cdk.out or a folder with .json, .yaml, .yml or .template files",
            )
        self._add(found, group)

    # What is where

    def _assembly(self, folder: Path, depth: int = 0) -> Iterator[_Found]:
        """Yield the stacks of a cloud assembly and of those nested in it."""
        manifest = _json_object(folder / "manifest.json", self._name(folder / "manifest.json"))
        artifacts = manifest.get("artifacts")
        if not isinstance(artifacts, dict):
            artifacts = {}
        for artifact_id, artifact in artifacts.items():
            if not isinstance(artifact, dict):
                continue
            declared = artifact.get("properties")
            properties = declared if isinstance(declared, dict) else {}
            if artifact.get("type") == "cdk:cloud-assembly" and depth < MAX_NESTING:
                nested = folder / str(properties.get("directoryName", ""))
                if (nested / "manifest.json").is_file() and nested != folder:
                    yield from self._assembly(nested, depth + 1)
            elif artifact.get("type") == "aws:cloudformation:stack":
                yield self._artifact(folder, str(artifact_id), artifact, properties)

    def _artifact(
        self,
        folder: Path,
        artifact_id: str,
        artifact: Mapping[str, object],
        properties: Mapping[str, object],
    ) -> _Found:
        file = folder / str(properties.get("templateFile", f"{artifact_id}.template.json"))
        match = _ENVIRONMENT.match(str(artifact.get("environment", "")))
        account, region = match.groups() if match else ("", "")
        metadata = artifact.get("metadata")
        extra = artifact.get("additionalMetadataFile")
        return _Found(
            path=file,
            template=self._template(file),
            stack_name=str(properties.get("stackName", artifact_id)),
            account="" if account == "unknown-account" else account,
            region="" if region == "unknown-region" else region,
            creation=Creation(
                inline=metadata if isinstance(metadata, dict) else {},
                file=folder / extra if isinstance(extra, str) else None,
                base=self.root.absolute().parent,
            ),
        )

    def _folder(self, folder: Path) -> Iterator[_Found]:
        """Yield the templates of a folder, and the stacks of any cloud assembly inside it."""
        seen = 0
        for current, folders, files in os.walk(folder):
            here = Path(current)
            if (here / "manifest.json").is_file() and here != folder and _is_assembly(here):
                folders.clear()
                yield from self._assembly(here)
                continue
            folders[:] = sorted(
                name
                for name in folders
                if not name.startswith((".", "asset.")) and name not in _SKIPPED_FOLDERS
            )
            for name in sorted(files):
                if not name.lower().endswith(_SUFFIXES) or name.startswith("."):
                    continue
                seen += 1
                if seen > MAX_FILES:
                    raise InputError.at(
                        str(folder),
                        f"more than {MAX_FILES} files to look through",
                        "give the folder that holds the templates",
                    )
                template = self._template_if_any(here / name)
                if template is not None:
                    yield _Found(here / name, template, name.split(".")[0])

    def _template_if_any(self, path: Path) -> Template | None:
        """Read a file of a folder, unless nothing in it looks like a template."""
        if path.stat().st_size == 0:
            return None
        try:
            text = read_text(path, self._name(path))
        except InputError:
            if b"Resources" in path.read_bytes()[:65536]:
                raise
            return None
        if not (_LOOKS_LIKE_TEMPLATE.search(text) and _NAMES_A_TYPE.search(text)):
            return None
        return self._template(path, text)

    def _template(self, path: Path, text: str | None = None) -> Template:
        key = path.absolute()
        if key not in self.templates:
            name = self._name(path)
            if not path.is_file():
                raise InputError.at(name, "the template is missing", "synthesize it again")
            yaml = not name.lower().endswith(".json")
            document = decode(read_text(path, name) if text is None else text, name, yaml=yaml)
            template = Template.read(document, self.overrides)
            check_cycles(template)
            self.templates[key] = template
        return self.templates[key]

    def _name(self, path: Path) -> str:
        try:
            return path.relative_to(self.root).as_posix()
        except ValueError:
            return path.as_posix()

    # Stacks

    def _add(self, found: list[_Found], group: int) -> None:
        """Turn templates into stacks, nested ones below those that nest them."""
        files = {one.path.absolute(): one for one in found}
        nested = {
            child
            for path, one in files.items()
            for logical_id in _nesting(one.template)
            if (child := self._child_file(one.template, path, logical_id, files)) in files
            and child != path
        }
        roots = [one for one in found if one.path.absolute() not in nested]
        if not roots:
            raise InputError.at(
                str(self.root), "nested stacks refer to each other in a circle", "break the circle"
            )
        for one in roots:
            region = one.region or self.overrides.get("AWS::Region", "")
            account = one.account or self.overrides.get("AWS::AccountId", "")
            stack = Stack(
                label=self._label(one.stack_name, region),
                name=one.stack_name,
                template=one.template,
                region=region or DEFAULT_REGION,
                account=account or DOCUMENTATION_ACCOUNT,
                group=group,
                region_known=bool(region),
                account_known=bool(account),
                creation=one.creation,
            )
            self._grow(stack, one.path, files, 0)

    def _grow(self, stack: Stack, path: Path, files: Mapping[Path, _Found], depth: int) -> None:
        """Add a stack and those nested in it."""
        self.resources += len(stack.template.resources)
        if self.resources > MAX_RESOURCES:
            raise InputError.at(
                stack.template.document.name,
                f"more than {MAX_RESOURCES} resources in all",
                "give fewer stacks at a time",
            )
        if depth > MAX_NESTING:
            raise InputError.at(
                stack.template.document.name,
                "nested stacks refer to each other in a circle or too deeply",
                "break the circle",
            )
        self.stacks.append(stack)
        for logical_id in _nesting(stack.template):
            file = self._child_file(stack.template, path, logical_id, files)
            if file is None:
                continue
            name = f"{stack.name}-{logical_id}"
            child = replace(
                stack,
                label=self._label(f"{stack.label}-{logical_id}", stack.region),
                name=name,
                template=self._template(file),
                parent=stack,
                parent_id=logical_id,
                creation=None,
                children={},
            )
            stack.children[logical_id] = child
            self._grow(child, file, files, depth + 1)

    def _child_file(
        self, template: Template, path: Path, logical_id: str, files: Mapping[Path, _Found]
    ) -> Path | None:
        """Return the file of a nested stack's template, or None if it is not here."""
        body = template.resources[logical_id]
        metadata = body.get("Metadata")
        asset = metadata.get("aws:asset:path") if isinstance(metadata, dict) else None
        folder = path.absolute().parent
        if isinstance(asset, str) and (folder / asset).is_file():
            return (folder / asset).absolute()
        url = _template_url(template, logical_id)
        tail = url.rpartition("/")[2]
        if not tail:
            return None
        if not url.startswith("http") and (folder / url).is_file():
            return Path(os.path.normpath(folder / url))
        packaged = self._packaged(path, tail.partition(".")[0])
        if packaged is not None:
            return packaged
        return _named(url, files)

    def _packaged(self, path: Path, digest: str) -> Path | None:
        """Return the file that CDK published under a digest, according to the asset manifest."""
        stem = path.name.partition(".")[0]
        for manifest in (path.with_name(f"{stem}.assets.json"), *_asset_manifests(path.parent)):
            if not manifest.is_file():
                continue
            files = _json_object(manifest, self._name(manifest)).get("files")
            entry = files.get(digest) if isinstance(files, dict) else None
            source = entry.get("source") if isinstance(entry, dict) else None
            file = source.get("path") if isinstance(source, dict) else None
            if isinstance(file, str) and (manifest.parent / file).is_file():
                return (manifest.parent / file).absolute()
        return None

    def _label(self, name: str, region: str) -> str:
        """Return a label that no other stack has."""
        base = _NO_LABEL.sub("-", name)
        label = base
        if label in self.labels and region:
            label = f"{base}@{region}"
        number = 2
        while label in self.labels:
            label = f"{base}@{number}"
            number += 1
        self.labels.add(label)
        return label


class _MemoryReader(_Reader):
    """Collects stacks whose templates are in memory: their names lead to no file."""

    def take(self, templates: Mapping[str, Mapping[str, object]]) -> None:
        """Read all templates as one path.

        Args:
            templates: templates by stack name.
        """
        found: list[_Found] = []
        for name, content in templates.items():
            path = Path(name)
            template = Template.read(encode(content, name), self.overrides)
            check_cycles(template)
            self.templates[path.absolute()] = template
            found.append(_Found(path, template, name))
        if found:
            self._add(found, 0)

    def _child_file(
        self,
        template: Template,
        path: Path,  # noqa: ARG002 - there is no folder to look around in
        logical_id: str,
        files: Mapping[Path, _Found],
    ) -> Path | None:
        return _named(_template_url(template, logical_id), files)


def _nesting(template: Template) -> list[str]:
    return [
        logical_id
        for logical_id, body in template.resources.items()
        if body["Type"] == "AWS::CloudFormation::Stack"
    ]


def _template_url(template: Template, logical_id: str) -> str:
    """Return the literal end of the URL that a nested stack names, or an empty string."""
    properties = template.resources[logical_id].get("Properties")
    return _literal(properties.get("TemplateURL") if isinstance(properties, dict) else None)


def _named(url: str, files: Mapping[Path, _Found]) -> Path | None:
    """Return the only file that has the name at the end of a URL."""
    tail = url.rpartition("/")[2]
    named = [file for file in files if tail and file.name == tail]
    return named[0] if len(named) == 1 else None


def _asset_manifests(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.assets.json"))


def _literal(node: object) -> str:
    """Return the last literal text of a URL that may be spelled with functions."""
    texts: list[str] = []
    pending = [node]
    while pending:
        current = pending.pop()
        if isinstance(current, str):
            texts.append(current)
        elif isinstance(current, list):
            pending.extend(reversed(current))
        elif isinstance(current, dict):
            pending.extend(v for k, v in current.items() if k in {"Fn::Sub", "Fn::Join"})
    return texts[-1] if texts else ""


def _is_assembly(folder: Path) -> bool:
    """Return whether a folder's manifest is that of a cloud assembly."""
    if (folder / "cdk.out").is_file():
        return True
    try:
        head = (folder / "manifest.json").read_bytes()[:4096]
    except OSError:
        return False
    return b'"artifacts"' in head


def _json_object(path: Path, name: str) -> dict[str, object]:
    """Read a JSON file that holds an object."""
    try:
        content = json.loads(read_text(path, name))
    except (ValueError, RecursionError) as error:
        raise InputError.at(name, f"malformed JSON ({error})", "synthesize it again") from error
    if not isinstance(content, dict):
        raise InputError.at(name, "no JSON object", "synthesize it again")
    return content

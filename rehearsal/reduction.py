"""A synthesized assembly without the resource types that the emulator lacks.

The real app is synthesized as it is; only the templates that it wrote are reduced, in a copy. The
copy is a whole assembly again: a template's asset is named by the hash of its content, as CDK does
it, in the manifest and in the list of assets.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from rehearsal.lacking import Refusal

Template = dict[str, Any]

_SUB_TOKEN: Final = re.compile(r"\$\{([^!}.]+)[^}]*\}")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A resource that the reduced templates do not have.

    Args:
        stack: construct path of its stack, e.g. ``us-east-1/Data``.
        logical_id: its logical id.
        type: its CloudFormation type.
        because: logical id of the resource that it refers to and that is left out too; empty when
            the emulator lacks its type.
    """

    stack: str
    logical_id: str
    type: str
    because: str = ""


def reduce_assembly(source: Path, target: Path, refusals: Collection[Refusal]) -> list[LeftOut]:
    """Copy an assembly, and leave some types of resources out of the copy's templates.

    Args:
        source: the folder that a synth wrote.
        target: where the copy goes; what is there is replaced.
        refusals: which resources to leave out.

    Returns:
        What was left out, stack by stack.

    Raises:
        OSError: the assembly cannot be read, or the copy not written.
    """
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)
    path = target / "manifest.json"
    manifest = _read(path)
    left_out: list[LeftOut] = []
    for name, artifact in manifest["artifacts"].items():
        if artifact["type"] != "aws:cloudformation:stack":
            continue
        stack = str(artifact["displayName"]).split(" ", maxsplit=1)[0]
        file = target / artifact["properties"]["templateFile"]
        template, gone = reduce_template(_read(file), refusals)
        left_out += [
            LeftOut(stack, logical_id, type_, because)
            for logical_id, (type_, because) in gone.items()
        ]
        _write(file, template)
        _rename_asset(target / f"{name}.assets.json", file, artifact["properties"])
    _write(path, manifest)
    return left_out


def reduce_template(
    template: Template, refusals: Collection[Refusal]
) -> tuple[Template, dict[str, tuple[str, str]]]:
    """Leave some types of resources out of a template, and whatever refers to them.

    What only waits for such a resource (``DependsOn``) stays and waits no more.

    Args:
        template: a template, as read from JSON; it is not changed.
        refusals: which resources to leave out.

    Returns:
        The reduced template; and by logical id, the type of each resource left out with the
        logical id that it went with, empty when it is refused itself.
    """
    resources = template["Resources"]
    gone = {
        logical_id: (str(body["Type"]), "")
        for logical_id, body in resources.items()
        if any(refusal.applies(body["Type"], body.get("Properties", {})) for refusal in refusals)
    }
    while True:
        further = {
            logical_id: (str(body["Type"]), needed[0])
            for logical_id, body in resources.items()
            if logical_id not in gone
            and (needed := sorted(set(references(body)).intersection(gone)))
        }
        if not further:
            break
        gone |= further
    reduced = dict(template)
    reduced["Resources"] = {
        logical_id: _waiting_for(body, gone)
        for logical_id, body in resources.items()
        if logical_id not in gone
    }
    if "Outputs" in template:
        reduced["Outputs"] = {
            name: output
            for name, output in template["Outputs"].items()
            if gone.keys().isdisjoint(references(output))
        }
    return reduced, gone


def references(node: object) -> Iterator[str]:
    """Yield the logical ids that a part of a template refers to: Ref, Fn::GetAtt, Fn::Sub.

    Args:
        node: part of a template, as read from JSON.
    """
    if isinstance(node, list):
        for item in node:
            yield from references(item)
    if not isinstance(node, dict):
        return
    for key, value in node.items():
        if key == "Ref":
            yield value
        elif key == "Fn::GetAtt":
            yield value.split(".")[0] if isinstance(value, str) else value[0]
        elif key == "Fn::Sub":
            text, variables = (value, {}) if isinstance(value, str) else value
            yield from (name for name in _SUB_TOKEN.findall(text) if name not in variables)
            yield from references(variables)
        else:
            yield from references(value)


def _waiting_for(body: Template, gone: Collection[str]) -> Template:
    """Return a resource that waits for nothing that is gone."""
    named = body.get("DependsOn", [])
    left = [name for name in ([named] if isinstance(named, str) else named) if name not in gone]
    kept = {key: value for key, value in body.items() if key != "DependsOn"}
    return {**kept, "DependsOn": left} if left else kept


def _rename_asset(assets_file: Path, template_file: Path, properties: Template) -> None:
    """Name a template's asset by the hash of what the file holds now."""
    assets = _read(assets_file)
    files = assets["files"]
    (old,) = (key for key, asset in files.items() if asset["source"]["path"] == template_file.name)
    new = hashlib.sha256(template_file.read_bytes()).hexdigest()
    text = json.dumps(files.pop(old)).replace(old, new)
    files[new] = json.loads(text)
    url = properties["stackTemplateAssetObjectUrl"]
    properties["stackTemplateAssetObjectUrl"] = url.replace(old, new)
    _write(assets_file, assets)


def _read(path: Path) -> Any:  # noqa: ANN401 - JSON can be anything
    return json.loads(path.read_text(encoding="utf-8"))


def _write(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=1), encoding="utf-8")

"""The synthesized baseline as plain templates that a mutant may change, and how to judge them."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Node = dict[str, Any]
"""An object of a template."""

ACCOUNT: Final = "111122223333"
REGION: Final = "us-east-1"
STRANGER: Final = "444455556666"
FRIEND: Final = "222233334444"
"""The account that reads through the cache."""

BREAK_GLASS: Final = f"arn:aws:iam::{ACCOUNT}:role/break-glass"
"""The declared exemption."""


@dataclass(slots=True)
class Templates:
    """Templates by stack, changed in place.

    Args:
        stacks: templates by the last part of their stack's name: network, data, audit.
        spelling: stacks that are written as YAML rather than JSON.
    """

    stacks: dict[str, Node]
    spelling: set[str] = field(default_factory=set)

    def copy(self) -> Templates:
        """Return templates that may be changed without changing these."""
        return Templates(copy.deepcopy(self.stacks), set(self.spelling))

    # What is where

    def places(self) -> Iterator[tuple[str, str, Node]]:
        """Yield stack, logical id and declaration of every resource."""
        for stack, template in self.stacks.items():
            for logical_id, resource in template["Resources"].items():
                yield stack, logical_id, resource

    def place(self, path: str) -> tuple[str, str]:
        """Return stack and logical id of a resource.

        Args:
            path: construct path without the Region, e.g. ``Data/Cache/Cluster``, or logical id.

        Raises:
            LookupError: there is none, or more than one.
        """
        found = [
            (stack, logical_id)
            for stack, logical_id, resource in self.places()
            if path in {logical_id, construct_path(resource)}
        ]
        if len(found) != 1:
            raise LookupError(f"{len(found)} resources are {path}")
        return found[0]

    def resource(self, path: str) -> Node:
        """Return the declaration of a resource.

        Args:
            path: as for `place`.
        """
        stack, logical_id = self.place(path)
        declaration: Node = self.stacks[stack]["Resources"][logical_id]
        return declaration

    def properties(self, path: str) -> Node:
        """Return the properties of a resource.

        Args:
            path: as for `place`.
        """
        properties: Node = self.resource(path)["Properties"]
        return properties

    def logical_id(self, path: str) -> str:
        """Return the logical id of a resource.

        Args:
            path: as for `place`.
        """
        return self.place(path)[1]

    def add(self, stack: str, logical_id: str, type_: str, **properties: object) -> Node:
        """Declare a resource, and return its declaration.

        Args:
            stack: which stack declares it; one that does not exist yet is made.
            logical_id: its logical id.
            type_: its type.
            properties: its properties.
        """
        declaration: Node = {"Type": type_, "Properties": dict(properties)}
        template = self.stacks.setdefault(stack, {"Resources": {}})
        template["Resources"][logical_id] = declaration
        return declaration

    def imported(self, path: str, attribute: str = "") -> Node:
        """Return how another stack names a resource, and let its own stack export that.

        Args:
            path: as for `place`.
            attribute: what to export of it; left out for what Ref returns.
        """
        stack, logical_id = self.place(path)
        value = {"Fn::GetAtt": [logical_id, attribute]} if attribute else {"Ref": logical_id}
        name = f"shared-{logical_id}-{attribute or 'id'}"
        outputs = self.stacks[stack].setdefault("Outputs", {})
        outputs[f"Shared{logical_id}{attribute}"] = {"Value": value, "Export": {"Name": name}}
        return {"Fn::ImportValue": name}

    # On disk

    def write(self, folder: Path) -> None:
        """Write a cloud assembly; what a folder had before goes.

        Args:
            folder: an existing folder that belongs to this function.
        """
        for old in folder.iterdir():
            old.unlink()
        artifacts: Node = {}
        for stack, template in self.stacks.items():
            is_yaml = stack in self.spelling
            file = f"{stack}.template.{'yaml' if is_yaml else 'json'}"
            text = as_yaml(template) if is_yaml else json.dumps(template, indent=1)
            (folder / file).write_text(text, encoding="utf-8")
            artifacts[stack] = {
                "type": "aws:cloudformation:stack",
                "environment": f"aws://{ACCOUNT}/{REGION}",
                "properties": {"templateFile": file, "stackName": f"mutants-{stack}"},
            }
        manifest = {"version": "55.0.0", "artifacts": artifacts}
        (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def construct_path(resource: Node) -> str:
    """Return where CDK created a resource, without its Region; empty where nobody recorded it."""
    path: str = resource.get("Metadata", {}).get("aws:cdk:path", "")
    return path.partition("/")[2].removesuffix("/Resource")


# The parts that most mutants change


def table(templates: Templates) -> Node:
    """Return the table's only replica."""
    replica: Node = templates.properties("Data/Table/Table")["Replicas"][0]
    return replica


def table_policy(templates: Templates) -> Node:
    """Return the policy of the table."""
    policy: Node = table(templates)["ResourcePolicy"]["PolicyDocument"]
    return policy


def stream_policy(templates: Templates) -> Node:
    """Return the policy of the stream."""
    stream: Node = table(templates)["ReplicaStreamSpecification"]
    policy: Node = stream["ResourcePolicy"]["PolicyDocument"]
    return policy


def gateway_policy(templates: Templates) -> Node:
    """Return the policy of the gateway endpoint."""
    policy: Node = templates.properties("Network/Network/DynamoDbEndpoint")["PolicyDocument"]
    return policy


def streams_endpoint_policy(templates: Templates) -> Node:
    """Return the policy of the interface endpoint for streams."""
    endpoint = templates.properties("Network/Network/StreamsInterfaceEndpoint")
    policy: Node = endpoint["PolicyDocument"]
    return policy


def key_policy(templates: Templates) -> Node:
    """Return the policy of the table's key."""
    policy: Node = templates.properties("Data/TableKey")["KeyPolicy"]
    return policy


def cache_permissions(templates: Templates) -> Node:
    """Return what the role of the cache may do."""
    policy: Node = templates.properties("Data/Cache/ReadTable")["PolicyDocument"]
    return policy


def cache_trust(templates: Templates) -> Node:
    """Return who may assume the role of the cache."""
    policy: Node = templates.properties("Data/Cache/Role")["AssumeRolePolicyDocument"]
    return policy


def statement(policy: Node, sid: str) -> Node:
    """Return a statement of a policy.

    Args:
        policy: the policy.
        sid: its Sid.

    Raises:
        LookupError: there is none.
    """
    for each in policy["Statement"]:
        if each.get("Sid") == sid:
            found: Node = each
            return found
    raise LookupError(f"no statement {sid}")


# YAML with the short forms of intrinsic functions


class _ShortForms(yaml.SafeDumper):
    """Writes ``!Ref X`` rather than ``Ref: X``."""

    def ignore_aliases(self, data: object) -> bool:
        """Write what occurs twice twice: CloudFormation takes no anchors."""
        del data
        return True


def _function(dumper: _ShortForms, node: Node) -> yaml.Node:
    if len(node) == 1:
        (name, value), *_ = node.items()
        if name in {"Ref", "Condition"} or name.startswith("Fn::"):
            tag = f"!{name.removeprefix('Fn::')}"
            if name == "Fn::GetAtt" and isinstance(value, list):
                value = ".".join(value)
            if isinstance(value, list):
                return dumper.represent_sequence(tag, value)
            if isinstance(value, str):
                return dumper.represent_scalar(tag, value)
    return dumper.represent_dict(node.items())


_ShortForms.add_representer(dict, _function)


def as_yaml(template: Node) -> str:
    """Return a template as YAML with short forms of the intrinsic functions."""
    return yaml.dump(template, Dumper=_ShortForms, sort_keys=False)

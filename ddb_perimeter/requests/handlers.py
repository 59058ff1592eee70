"""What CloudFormation calls to create, change and delete the resources of the templates.

``handlers.json`` has the permissions that AWS's resource schemas list for each type (cfn-lint's
copy, version 1.58.0; `AWS::DAX::Cluster` has no handlers there and is written by hand). Data-plane
calls are left out: the handlers of tables need them for replicas only.
"""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ddb_perimeter.inventory.organization import ORGANIZATION_POLICY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ddb_perimeter.inventory import Inventory, Resource

# Where a resource of a type names the role that it gives to a service, and which service that is.
_PASSED: Final = {
    "AWS::Backup::BackupSelection": ("BackupSelection.IamRoleArn", "backup.amazonaws.com"),
    "AWS::CloudTrail::Trail": ("CloudWatchLogsRoleArn", "cloudtrail.amazonaws.com"),
    "AWS::Config::ConfigurationRecorder": ("RoleARN", "config.amazonaws.com"),
    "AWS::DAX::Cluster": ("IAMRoleARN", "dax.amazonaws.com"),
    "AWS::EC2::FlowLog": ("DeliverLogsPermissionArn", "vpc-flow-logs.amazonaws.com"),
    "AWS::Events::Rule": ("RoleArn", "events.amazonaws.com"),
    "AWS::Lambda::Function": ("Role", "lambda.amazonaws.com"),
    "AWS::Scheduler::Schedule": ("Target.RoleArn", "scheduler.amazonaws.com"),
}
PASS_ROLE: Final = "iam:PassRole"  # noqa: S105 - an action
_OF_TYPE: Final = {
    "AWS::DAX": "dax",
    "AWS::DynamoDB": "dynamodb",
    "AWS::Events": "events",
    "AWS::IAM": "iam",
}


ROLE_CHANGES: Final = frozenset(
    {
        "iam:AttachRolePolicy",
        "iam:CreateRole",
        "iam:DeleteRole",
        "iam:DeleteRolePermissionsBoundary",
        "iam:DeleteRolePolicy",
        "iam:DetachRolePolicy",
        "iam:PutRolePermissionsBoundary",
        "iam:PutRolePolicy",
        "iam:UpdateAssumeRolePolicy",
    }
)
"""What changes a role."""


def deployed(inventory: Inventory, account: str, region: str) -> list[Resource]:
    """Return the resources that CloudFormation makes in an account and a Region.

    Args:
        inventory: where to look.
        account: account id.
        region: Region code.
    """
    return [
        each
        for each in inventory
        if (each.account, each.region) == (account, region) and each.type != ORGANIZATION_POLICY
    ]


def undescribed(resources: list[Resource]) -> list[Resource]:
    """Return the resources of types of which nobody here knows what CloudFormation calls.

    Args:
        resources: resources of the templates.
    """
    return [each for each in resources if _type(each) not in _handlers()]


def handled(types: Iterable[str]) -> tuple[str, ...]:
    """Return what CloudFormation calls for resources of some types.

    Args:
        types: CloudFormation types.
    """
    return tuple(dict.fromkeys(action for type_ in types for action in _handlers()[type_]))


def known() -> frozenset[str]:
    """Return the types of which it is known what CloudFormation calls."""
    return frozenset(_handlers())


def calls(resources: list[Resource]) -> Iterator[tuple[str, str, str, dict[str, str]]]:
    """Yield what CloudFormation calls: type, action, resource and condition keys, each once.

    Args:
        resources: resources of the templates.
    """
    seen: set[tuple[str, str, tuple[tuple[str, str], ...]]] = set()
    for each in resources:
        for action in _handlers().get(_type(each), ()):
            if action == PASS_ROLE:
                found = _passed(each)
                if found is None:
                    continue
                named, context = found
            else:
                named, context = _named(each, action), {}
            key = (action, named, tuple(context.items()))
            if key not in seen:
                seen.add(key)
                yield each.type, action, named, context


def _type(resource: Resource) -> str:
    """Return the type by which a resource's handlers are listed: custom ones are functions."""
    custom = resource.type.startswith("Custom::")
    return "AWS::CloudFormation::CustomResource" if custom else resource.type


def _passed(resource: Resource) -> tuple[str, dict[str, str]] | None:
    """Return the role that a resource gives to a service; None where it gives none."""
    pointer, service = _PASSED.get(resource.type, ("", ""))
    role = resource.at(pointer) if pointer else None
    return (role, {"iam:PassedToService": service}) if isinstance(role, str) else None


def _named(resource: Resource, action: str) -> str:
    """Return what an action is called on: the resource itself, or anything."""
    service = next((own for of, own in _OF_TYPE.items() if resource.type.startswith(of)), "")
    own = service and action.startswith(f"{service}:") and action != "iam:CreateServiceLinkedRole"
    return (resource.arn or "*") if own else "*"


@functools.cache
def _handlers() -> dict[str, list[str]]:
    text = Path(__file__).with_name("handlers.json").read_text(encoding="utf-8")
    handlers: dict[str, list[str]] = json.loads(text)
    return handlers

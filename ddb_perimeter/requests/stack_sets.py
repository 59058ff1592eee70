"""What StackSets calls in an account that a stack set gives a stack to, and who may pose as it.

With service-managed permissions AWS makes the role, ``stacksets-exec-`` and a hash that nobody
knows beforehand. A policy can exempt it by a pattern only, so nobody else may make such a role.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-activate-trusted-access.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from ddb_perimeter.inventory.documents import decode
from ddb_perimeter.inventory.errors import InputError
from ddb_perimeter.inventory.organization import organization_policies
from ddb_perimeter.requests import handlers
from ddb_perimeter.requests.trial import SERVICE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddb_perimeter.inventory import Resource
    from ddb_perimeter.requests.scene import Scene
    from ddb_perimeter.requests.trial import Trial

STACK_SET: Final = "AWS::CloudFormation::StackSet"
ROLE_PATTERN: Final = ":role/stacksets-exec-*"
_ROLE: Final = "role/stacksets-exec-0123456789abcdef0123456789abcdef"


def deployment(scene: Scene) -> Iterator[Trial]:
    """Yield what CloudFormation calls, with the role of StackSets, for the stacks of stack sets.

    Args:
        scene: the account and the Region.
    """
    for stack_set in scene.inventory.of_type(STACK_SET):
        if not _reaches(stack_set, scene):
            continue
        for action in handlers.handled(_types(stack_set)):
            if action == handlers.PASS_ROLE or action in handlers.ROLE_CHANGES:
                continue  # which role, only the stack's template knows
            what = f"stack set {stack_set.logical_id}"
            yield scene.trial(what, role(scene), action, "*", SERVICE)


def pattern_is_exempt(scene: Scene) -> bool:
    """Say whether a policy exempts whatever role is named like that of StackSets.

    Args:
        scene: the account and the Region.
    """
    return any(
        ROLE_PATTERN in json.dumps(policy.document, default=str)
        for policy in organization_policies(scene.inventory)
    )


def role(scene: Scene) -> str:
    """Return the ARN of a role that StackSets may have made.

    Args:
        scene: the account and the Region.
    """
    return scene.place.arn("iam", _ROLE)


def _reaches(stack_set: Resource, scene: Scene) -> bool:
    """Say whether a stack set may have a stack in the scene's Region."""
    text = json.dumps(stack_set.at("StackInstancesGroup"), default=str)
    managed = stack_set.at("PermissionModel") == "SERVICE_MANAGED"
    return managed and f'"{scene.place.world.region}"' in text


def _types(stack_set: Resource) -> list[str]:
    """Return the types of the stack's resources of which it is known what they take."""
    body = stack_set.at("TemplateBody")
    if not isinstance(body, str):
        return []  # elsewhere, or not known
    try:
        content = decode(body, stack_set.logical_id, yaml=True).content
    except InputError:
        return []
    resources = content.get("Resources") if isinstance(content, dict) else None
    found = resources.values() if isinstance(resources, dict) else ()
    types = {str(each.get("Type")) for each in found if isinstance(each, dict)}
    return sorted(types & handlers.known())

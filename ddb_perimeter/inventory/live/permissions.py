"""The IAM policy that reading an account needs: nothing more, and no item of any table."""

from __future__ import annotations

import re

from ddb_perimeter.inventory.live.calls import CALLS, GET_CALLER_IDENTITY

_NOWHERE = "*"


def policy(partition: str = "aws") -> dict[str, object]:
    """Return the policy, one statement for each kind of resource.

    Args:
        partition: partition of the account, e.g. ``aws-cn``.
    """
    actions: dict[str, set[str]] = {}
    for call in CALLS:
        if call is not GET_CALLER_IDENTITY:  # everybody may ask who they are
            actions.setdefault(call.resource, set()).add(call.permission)
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": _sid(resource),
                "Effect": "Allow",
                "Action": sorted(names),
                "Resource": resource if resource == _NOWHERE else f"arn:{partition}:{resource}",
            }
            for resource, names in sorted(actions.items())
        ],
    }


def _sid(resource: str) -> str:
    """Say what a statement allows, e.g. ``ReadBackupPlans``."""
    if resource == _NOWHERE:
        return "ListWhatThereIs"
    service, _, _, named = resource.split(":", 3)
    kind = "bucket" if service == "s3" else re.split("[/:]", named)[0]
    words = "".join(word.capitalize() for word in kind.split("-"))
    return f"Read{words.removesuffix('y')}ies" if words == "Policy" else f"Read{words}s"

"""EventBridge patterns for API calls that CloudTrail records.

Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from private_dynamodb.detection.alert import Alert, Calls
    from private_dynamodb.detection.watched import Watched

Pattern: TypeAlias = dict[str, Any]

# One endpoint for the world: its calls are told in one Region.
GLOBAL_SERVICES: Final = frozenset({"iam"})
_SERVICE_LINKED: Final = "*:role/aws-service-role/*"


class Caller(enum.Enum):
    """Whose calls a rule is about."""

    ANYBODY = "anybody"
    DEPLOYER = "a deployment role"
    SOMEBODY_ELSE = "anybody but the deployment roles"


def callers(alert: Alert) -> tuple[Caller, ...]:
    """Return whose calls are told apart: those of deployments, where there are any."""
    return (Caller.SOMEBODY_ELSE, Caller.DEPLOYER) if alert.deployed else (Caller.ANYBODY,)


def call_pattern(alert: Alert, calls: Calls, caller: Caller, watched: Watched) -> Pattern | None:
    """Return the pattern that matches these calls, refused ones too.

    Args:
        alert: the alert that they belong to.
        calls: the calls.
        caller: whose calls.
        watched: the names of what they are about.

    Returns:
        The pattern, or None where nothing that they could be about is there.
    """
    detail: Pattern = {
        "eventSource": [f"{calls.service}.amazonaws.com"],
        "eventName": list(calls.names),
    }
    if calls.where:
        about = _about(calls, watched)
        if not about:
            return None
        detail["$or"] = about
    if caller is not Caller.ANYBODY:
        detail["userIdentity"] = _who(alert, caller, _deployers(calls, watched))
    return {
        "source": [f"aws.{calls.service}"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": detail,
    }


def finding_pattern() -> Pattern:
    """Return the pattern that matches active findings of IAM Access Analyzer."""
    return {
        "source": ["aws.access-analyzer"],
        "detail-type": ["Access Analyzer Finding"],
        "detail": {"status": ["ACTIVE"]},
    }


def _about(calls: Calls, watched: Watched) -> list[Pattern]:
    arms: list[Pattern] = []
    refused: dict[str, None] = {}
    for path, thing in calls.where:
        named = watched.things.get(thing)
        if named is None:
            continue
        arms.append({"requestParameters": _nested(path, named.filters)})
        refused.update(dict.fromkeys(named.refused))
    if refused:
        arms.append({"errorMessage": [{"wildcard": pattern} for pattern in refused]})
    return arms


def _nested(path: str, filters: list[Any]) -> Pattern:
    first, _, rest = path.partition(".")
    return {first: _nested(rest, filters) if rest else filters}


def _deployers(calls: Calls, watched: Watched) -> list[str]:
    elsewhere = watched.deployers_elsewhere if calls.service in GLOBAL_SERVICES else ()
    return [*watched.deployers, *elsewhere]


def _who(alert: Alert, caller: Caller, deployers: list[str]) -> Pattern:
    if caller is Caller.DEPLOYER:
        return _issuer(deployers)
    others = (
        {"anything-but": {"wildcard": [*deployers, _SERVICE_LINKED]}}
        if alert.services_do_it
        else {"anything-but": deployers}
    )
    # The root user, users and services have no session of a role: "anything but" needs a value.
    return {"$or": [_issuer([others]), _issuer([{"exists": False}])]}


def _issuer(filters: list[Any]) -> Pattern:
    return {"sessionContext": {"sessionIssuer": {"arn": filters}}}

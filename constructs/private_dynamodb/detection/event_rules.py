"""EventBridge rules that tell about each alert, in words."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Final

from aws_cdk import aws_events as events
from constructs import Construct

from private_dynamodb.detection.alert import Calls, ExternalAccess
from private_dynamodb.detection.catalogue import ALERTS
from private_dynamodb.detection.event_pattern import (
    GLOBAL_SERVICES,
    Caller,
    call_pattern,
    callers,
    finding_pattern,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aws_cdk import aws_sns as sns

    from private_dynamodb.detection.alert import Alert
    from private_dynamodb.detection.event_pattern import Pattern
    from private_dynamodb.detection.watched import Watched

# STS has one endpoint for the world besides those of the Regions.
_ALSO_GLOBAL: Final = GLOBAL_SERVICES | {"sts"}

_CALL_PATHS: Final = {
    "what": "$.detail.eventName",
    "service": "$.detail.eventSource",
    "error": "$.detail.errorCode",
    "kind": "$.detail.userIdentity.type",
    "who": "$.detail.userIdentity.arn",
    "from": "$.detail.sourceIPAddress",
    "endpoint": "$.detail.vpcEndpointId",
    "agent": "$.detail.userAgent",
    "when": "$.detail.eventTime",
    "account": "$.account",
    "region": "$.region",
    "event": "$.detail.eventID",
}
_FINDING_PATHS: Final = {
    "what": "$.detail.resource",
    "type": "$.detail.resourceType",
    "public": "$.detail.isPublic",
    "when": "$.detail.updatedAt",
    "account": "$.account",
    "region": "$.region",
    "event": "$.detail.id",
}
_LEADS: Final = {
    Caller.ANYBODY: "ALERT",
    Caller.SOMEBODY_ELSE: "ALERT",
    Caller.DEPLOYER: "Expected, by the deployment role",
}


class Reach(enum.Enum):
    """Which calls CloudTrail tells EventBridge about in a Region."""

    REGIONAL = "those of the Region's own endpoints"
    GLOBAL = "those of IAM and of the global endpoint of STS"
    BOTH = "both, in the Region of the global endpoints"

    def hears(self, service: str) -> bool:
        """Return whether calls of the service can be told about here."""
        match self:
            case Reach.REGIONAL:
                return service not in GLOBAL_SERVICES
            case Reach.GLOBAL:
                return service in _ALSO_GLOBAL
            case Reach.BOTH:
                return True


class PerimeterAlerts(Construct):
    """Rules on the API calls that weaken a perimeter, and on findings of external access.

    Creates for each alert a rule on the calls of everybody but the deployment roles, and another
    that marks those of deployments as expected. Refused calls are told too. The message says
    what, who, on what, from where and when, and names the runbook. Rules on events of AWS cost
    nothing, and each publication less than a cent. A Region takes 100 to 300 rules, and a pattern
    2,048 characters: that of IAM's calls names the deployment roles of about ten Regions.

    EventBridge hears of API calls only while a trail records management events.

    Args:
        scope: parent construct.
        construct_id: id in the parent.
        watched: what the alerts are about.
        topic: who is told; `AlarmTopic` with ``events.amazonaws.com`` among its publishers.
        reach: which calls are heard of in this Region.

    Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        watched: Watched,
        topic: sns.ITopic,
        reach: Reach,
    ) -> None:
        super().__init__(scope, construct_id)
        self._topic = topic
        for alert in ALERTS:
            for number, signal in enumerate(alert.signals, start=1):
                name = "".join(word.title() for word in alert.id.split("-")) + str(number)
                if isinstance(signal, ExternalAccess) and reach is not Reach.GLOBAL:
                    self._rule(name, alert, finding_pattern(), _finding_message(alert))
                elif isinstance(signal, Calls) and reach.hears(signal.service):
                    self._call_rules(name, alert, signal, watched)

    def _call_rules(self, name: str, alert: Alert, calls: Calls, watched: Watched) -> None:
        for caller in callers(alert):
            pattern = call_pattern(alert, calls, caller, watched)
            if pattern is not None:
                expected = "Expected" if caller is Caller.DEPLOYER else ""
                self._rule(name + expected, alert, pattern, _call_message(alert, calls, caller))

    def _rule(
        self,
        name: str,
        alert: Alert,
        pattern: Pattern,
        message: events.CfnRule.InputTransformerProperty,
    ) -> None:
        events.CfnRule(
            self,
            name,
            description=f"{alert.title}: {alert.runbook}",
            event_pattern=pattern,
            targets=[
                events.CfnRule.TargetProperty(
                    id="Topic", arn=self._topic.topic_arn, input_transformer=message
                )
            ],
        )


def _call_message(
    alert: Alert, calls: Calls, caller: Caller
) -> events.CfnRule.InputTransformerProperty:
    shown = {f"p{number}": path for number, path in enumerate(calls.parameters)}
    return _message(
        {
            **_CALL_PATHS,
            **{name: f"$.detail.requestParameters.{path}" for name, path in shown.items()},
        },
        [
            f"{_LEADS[caller]}: {alert.title}",
            "What: <what> of <service>. Error, if it was refused: <error>",
            "Who: <kind> <who>",
            *([f"On what: {' '.join(f'<{name}>' for name in shown)}"] if shown else []),
            "From: <from>, endpoint <endpoint>, with <agent>",
            "When: <when>, account <account>, Region <region>, event <event>",
            f"Runbook: {alert.runbook}",
        ],
    )


def _finding_message(alert: Alert) -> events.CfnRule.InputTransformerProperty:
    return _message(
        _FINDING_PATHS,
        [
            f"{_LEADS[Caller.ANYBODY]}: {alert.title}",
            "On what: <type> <what>. Public: <public>",
            "When: <when>, account <account>, Region <region>, finding <event>",
            f"Runbook: {alert.runbook}",
        ],
    )


def _message(paths: dict[str, str], lines: list[str]) -> events.CfnRule.InputTransformerProperty:
    return events.CfnRule.InputTransformerProperty(
        input_paths_map=paths, input_template="\n".join(_quoted(lines))
    )


def _quoted(lines: list[str]) -> Iterator[str]:
    """Quote each line by itself: EventBridge takes several strings, and sends several lines."""
    for line in lines:
        yield f'"{line}"'

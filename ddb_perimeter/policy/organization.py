"""Organization policies: what AWS Organizations takes as an SCP or RCP, and how large it may be.

Sources: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
"""

from __future__ import annotations

import enum
import json
from typing import TYPE_CHECKING, Final

from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_VERSION: Final = "2012-10-17"
_COMMON: Final = frozenset({"Sid", "Effect", "Action", "Resource", "NotResource", "Condition"})
# The services that RCPs apply to, by the prefixes of their actions (page of November 2026).
_RCP_SERVICES: Final = frozenset(
    {
        "aoss",
        "appconfig",
        "appstream",
        "autoscaling",
        "autoscaling-plans",
        "budgets",
        "clouddirectory",
        "cloudfront",
        "cloudsearch",
        "cloudtrail-data",
        "codeartifact",
        "codebuild",
        "codecommit",
        "codepipeline",
        "cognito-identity",
        "cognito-idp",
        "comprehend",
        "comprehendmedical",
        "compute-optimizer",
        "cost-optimization-hub",
        "dax",
        "dsql",
        "dynamodb",
        "ecr",
        "ecr-public",
        "events",
        "firehose",
        "fis",
        "fms",
        "gamelift",
        "health",
        "inspector-scan",
        "kendra",
        "kinesisvideo",
        "kms",
        "logs",
        "memorydb",
        "networkmonitor",
        "notifications",
        "opensearch",
        "pca-connector-ad",
        "personalize",
        "polly",
        "pricing",
        "resource-groups",
        "rolesanywhere",
        "s3",
        "secretsmanager",
        "servicediscovery",
        "signin",
        "sqs",
        "sts",
        "support",
        "swf",
        "textract",
        "timestream-influxdb",
        "transcribe",
        "transfer",
        "translate",
        "wafv2",
        "workspaces",
        "xray",
    }
)  # fmt: skip


class OrganizationPolicyType(enum.StrEnum):
    """The two kinds of organization policies that decide about requests."""

    SERVICE_CONTROL = "SERVICE_CONTROL_POLICY"
    RESOURCE_CONTROL = "RESOURCE_CONTROL_POLICY"

    @property
    def short(self) -> str:
        """Return the abbreviation that everybody uses."""
        return "SCP" if self is OrganizationPolicyType.SERVICE_CONTROL else "RCP"

    @property
    def largest(self) -> int:
        """Return how many characters a document may have."""
        return 10_240 if self is OrganizationPolicyType.SERVICE_CONTROL else 5_120

    @property
    def most_attached(self) -> int:
        """Return how many may be attached to one target, with the one that AWS attaches."""
        return 10 if self is OrganizationPolicyType.SERVICE_CONTROL else 5


def size(document: object) -> int:
    """Return the number of characters of a document, written without white space.

    Args:
        document: the tree of dicts, lists and strings.
    """
    return len(json.dumps(document, separators=(",", ":"), ensure_ascii=False))


def problems(type_: OrganizationPolicyType, document: Mapping[str, object]) -> Iterator[str]:
    """Yield why AWS Organizations would refuse a document, a sentence fragment each.

    Args:
        type_: what it is to be.
        document: the document, without unknown values.
    """
    if document.get("Version") != _VERSION:
        yield f'Version is {document.get("Version")!r:.40}, and has to be "{_VERSION}"'
    raw = document.get("Statement")
    listed = raw if isinstance(raw, list) else [raw]
    statements: list[dict[str, object]] = [each for each in listed if isinstance(each, dict)]
    if not listed or len(statements) < len(listed):
        yield "it has no Statement, or one that is no object"
        return
    sids = [each["Sid"] for each in statements if "Sid" in each]
    for twice in sorted({str(sid) for sid in sids if sids.count(sid) > 1}):
        yield f"the Sid {twice} occurs twice"
    for position, each in enumerate(statements):
        label = str(each.get("Sid", f"Statement[{position}]"))
        for problem in _statement_problems(type_, each):
            yield f"{label}: {problem}"
    length = size(document)
    if length > type_.largest:
        yield (
            f"it has {length:,} characters and an {type_.short} at most {type_.largest:,}: "
            "name fewer roles or Regions, or attach two"
        )


def _statement_problems(
    type_: OrganizationPolicyType, statement: Mapping[str, object]
) -> Iterator[str]:
    resource_policy = type_ is OrganizationPolicyType.RESOURCE_CONTROL
    allowed = _COMMON | ({"Principal"} if resource_policy else {"NotAction"})
    for element in statement:
        if element not in allowed:
            yield f"an {type_.short} takes no {element}"
    effect = statement.get("Effect")
    if resource_policy and effect != "Deny":
        yield f"the Effect of an RCP is Deny, not {effect!r:.40}"
    elif effect not in {"Allow", "Deny"}:
        yield f"Effect is {effect!r:.40}"
    if resource_policy and statement.get("Principal") != "*":
        yield 'the Principal of an RCP is "*", and conditions say whom it means'
    yield from _missing(statement)
    if resource_policy:
        yield from _unsupported(statement.get("Action"))


def _missing(statement: Mapping[str, object]) -> Iterator[str]:
    """Yield what a statement lacks."""
    if ("Action" in statement) == ("NotAction" in statement):
        yield "it needs one of Action and NotAction"
    if ("Resource" in statement) == ("NotResource" in statement):
        yield "it needs one of Resource and NotResource"
    if statement.get("Effect") == "Allow" and statement.get("Resource") not in ("*", ["*"]):
        yield 'the Resource of an Allow is "*"'
    for element in ("Action", "NotAction", "Resource", "NotResource"):
        if statement.get(element) == []:
            yield f"{element} is empty"
    yield from _empty_conditions(statement.get("Condition"))


def _empty_conditions(conditions: object) -> Iterator[str]:
    for operator, keys in conditions.items() if isinstance(conditions, dict) else ():
        for key, values in keys.items() if isinstance(keys, dict) else ():
            if values == []:
                yield f"{operator} {key} is empty"


def _unsupported(actions: object) -> Iterator[str]:
    for action in actions if isinstance(actions, list) else [actions]:
        if isinstance(action, Unknown):
            continue
        service = str(action).partition(":")[0]
        if service == "*":
            yield "an RCP names the service of an action"
        elif service not in _RCP_SERVICES:
            yield f"RCPs do not apply to {service} ({action})"

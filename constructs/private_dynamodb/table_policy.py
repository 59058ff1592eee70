"""The resource policies of a table and its stream, as documents.

A resource policy binds every principal, the account's own administrators and service-linked
roles too, so each Deny names who is let through, and closes no action that deployment,
autoscaling or backup needs.
Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/rbac-considerations.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from private_dynamodb import actions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs import Construct

    from private_dynamodb.perimeter import Administrators, Endpoints, Exemption

# In a resource policy "*" is the resource that it is attached to. It covers the indexes, and it
# avoids a reference of the table to its own ARN.
_THIS_RESOURCE = ["*"]


def table_policy(
    scope: Construct,
    *,
    endpoints: Endpoints,
    administrators: Administrators,
    exemptions: Sequence[Exemption] = (),
    cache_role_arns: Sequence[str] = (),
) -> iam.PolicyDocument:
    """Write the policy that keeps a table inside its perimeter.

    Args:
        scope: any construct of the stack that has the table.
        endpoints: where the data may be reached from.
        administrators: who may deploy, export, restore and back up.
        exemptions: who may reach the data from elsewhere.
        cache_role_arns: service roles of the DAX clusters that read the table.
    """
    return iam.PolicyDocument(
        statements=[
            *_deny_data_plane_outside(
                scope,
                actions.TABLE_DATA_PLANE,
                endpoints=endpoints.table,
                exemptions=exemptions,
                cache_role_arns=cache_role_arns,
            ),
            _deny_plain_http(),
            _deny_other_accounts(scope),
            # Each exit is open to the roles that are named for it, and to nobody else.
            _deny_but_for("DenyPolicyChanges", actions.CHANGE_POLICY, administrators.deploy),
            _deny_but_for("DenyExport", actions.EXPORT, administrators.export),
            _deny_but_for("DenyPointInTimeRestore", actions.RESTORE, administrators.restore),
            _deny_but_for("DenyBackups", actions.BACK_UP, administrators.backup),
            _deny_but_for("DenyKinesisStreaming", actions.STREAM_TO_KINESIS, administrators.deploy),
            # This baseline makes no replicas, so the replication roles are not exempt either.
            _deny_but_for("DenyReplicas", actions.REPLICATE, administrators.deploy),
            # Autoscaling changes capacity with its service-linked role.
            _deny_but_for(
                "DenyTableChanges",
                actions.CHANGE_TABLE,
                [*administrators.deploy, _service_linked_roles(scope)],
            ),
            # Contributor Insights shows key values in CloudWatch, under a key of AWS.
            _deny_but_for("DenyContributorInsights", actions.SHOW_KEYS, administrators.deploy),
        ]
    )


def stream_policy(
    scope: Construct,
    *,
    endpoints: Endpoints,
    administrators: Administrators,
    exemptions: Sequence[Exemption] = (),
) -> iam.PolicyDocument:
    """Write the same policy for the table's stream, which the table's policy does not cover.

    Args:
        scope: any construct of the stack that has the table.
        endpoints: where the records may be reached from.
        administrators: who may change the policy.
        exemptions: who may read the records from elsewhere.
    """
    return iam.PolicyDocument(
        statements=[
            *_deny_data_plane_outside(
                scope,
                actions.STREAM_DATA_PLANE,
                endpoints=endpoints.stream,
                exemptions=exemptions,
                cache_role_arns=(),
            ),
            _deny_plain_http(),
            _deny_other_accounts(scope),
            _deny_but_for("DenyPolicyChanges", actions.CHANGE_POLICY, administrators.deploy),
        ]
    )


def _deny(
    sid: str, denied: Sequence[str], conditions: Mapping[str, object] | None = None
) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        sid=sid,
        effect=iam.Effect.DENY,
        principals=[iam.StarPrincipal()],
        actions=list(denied),
        resources=_THIS_RESOURCE,
        conditions=conditions,
    )


def _deny_but_for(
    sid: str, denied: Sequence[str], principal_arns: Sequence[str]
) -> iam.PolicyStatement:
    """Deny to everybody but the named principals; without a name, to everybody."""
    if not principal_arns:
        return _deny(sid, denied)
    return _deny(sid, denied, {"ArnNotLike": {"aws:PrincipalArn": list(principal_arns)}})


def _deny_data_plane_outside(
    scope: Construct,
    denied: Sequence[str],
    *,
    endpoints: Sequence[str],
    exemptions: Sequence[Exemption],
    cache_role_arns: Sequence[str],
) -> list[iam.PolicyStatement]:
    # A request without a VPC endpoint has no aws:SourceVpce, and a negated operator matches
    # an absent key: the internet is denied. Without endpoints there is no inside at all.
    outside = {"StringNotEquals": {"aws:SourceVpce": list(endpoints)}} if endpoints else {}
    exempt = [
        # DAX reads with its service role, and not through the endpoint.
        *cache_role_arns,
        # Service-linked roles (replication, autoscaling) cannot be assumed by anybody.
        _service_linked_roles(scope),
        # Configured, each with a reason; those with a date are denied again below.
        *(exemption.arn for exemption in exemptions),
    ]
    statements = [
        _deny(
            "DenyDataPlaneOutsideEndpoints",
            denied,
            {**outside, "ArnNotLike": {"aws:PrincipalArn": exempt}},
        )
    ]
    for number, exemption in enumerate(exemptions, start=1):
        if exemption.expires is not None:
            statements.append(
                _deny(
                    f"DenyExpiredExemption{number}",
                    denied,
                    {
                        **outside,
                        "ArnEquals": {"aws:PrincipalArn": exemption.arn},
                        "DateGreaterThan": {
                            "aws:CurrentTime": f"{exemption.expires.isoformat()}T23:59:59Z"
                        },
                    },
                )
            )
    return statements


def _service_linked_roles(scope: Construct) -> str:
    stack = cdk.Stack.of(scope)
    return f"arn:{stack.partition}:iam::{stack.account}:role/aws-service-role/*"


def _deny_plain_http() -> iam.PolicyStatement:
    # Nobody is exempt. The key is in every request, so `IfExists` would only open a gap.
    return _deny("DenyPlainHttp", ["dynamodb:*"], {"Bool": {"aws:SecureTransport": "false"}})


def _deny_other_accounts(scope: Construct) -> iam.PolicyStatement:
    # Nobody is exempt: anonymous callers and service principals have no account, and this
    # baseline needs neither. Services that act here use roles of this account.
    return _deny(
        "DenyOtherAccounts",
        ["dynamodb:*"],
        {"StringNotEquals": {"aws:PrincipalAccount": cdk.Stack.of(scope).account}},
    )

"""The policies of the VPC endpoints: only our principals, only our table, only what is used.

A gateway endpoint takes principals by condition only: {"AWS": account} is its root user there.
Source: https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-ddb.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from private_dynamodb import actions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs import Construct


def table_endpoint_policy(scope: Construct, *, table_name: str) -> iam.PolicyDocument:
    """Let this account's principals work with one table of this account.

    Args:
        scope: any construct of the stack that has the endpoint.
        table_name: name of the table; its ARN would make stacks depend on each other.
    """
    table = _arn(scope, "dynamodb", f"table/{table_name}")
    return iam.PolicyDocument(
        statements=[
            _allow_own_principals(
                scope,
                "AllowOwnPrincipalsOwnTable",
                [*actions.READ_TABLE, *actions.WRITE_TABLE],
                [table, f"{table}/index/*"],
            ),
            # Clients ask where the endpoint is, and people which tables there are. These actions
            # know no resource and show names only; who may list tables is for IAM to say.
            _allow_own_principals(
                scope,
                "AllowDiscovery",
                actions.DISCOVER,
                ["*"],
                own_resources=False,
            ),
        ]
    )


def stream_endpoint_policy(scope: Construct, *, table_name: str) -> iam.PolicyDocument:
    """Let this account's principals read the streams of one table of this account.

    Args:
        scope: any construct of the stack that has the endpoint.
        table_name: name of the table.
    """
    stream = _arn(scope, "dynamodb", f"table/{table_name}/stream/*")
    return iam.PolicyDocument(
        statements=[
            _allow_own_principals(
                scope, "AllowOwnPrincipalsOwnStream", actions.READ_STREAM, [stream]
            )
        ]
    )


def cache_endpoint_policy(scope: Construct) -> iam.PolicyDocument:
    """Let this account's principals look at its clusters; reads of data never pass here.

    Args:
        scope: any construct of the stack that has the endpoint.
    """
    return iam.PolicyDocument(
        statements=[
            _allow_own_principals(
                scope,
                "AllowOwnPrincipalsDescribeCaches",
                actions.DESCRIBE_CACHE,
                ["*"],
                own_resources=False,
            )
        ]
    )


def _arn(scope: Construct, service: str, resource: str) -> str:
    stack = cdk.Stack.of(scope)
    return f"arn:{stack.partition}:{service}:{stack.region}:{stack.account}:{resource}"


def _allow_own_principals(
    scope: Construct,
    sid: str,
    allowed: Sequence[str],
    resources: Sequence[str],
    *,
    own_resources: bool = True,
) -> iam.PolicyStatement:
    account = cdk.Stack.of(scope).account
    pinned = {"aws:PrincipalAccount": account}
    if own_resources:
        pinned["aws:ResourceAccount"] = account
    return iam.PolicyStatement(
        sid=sid,
        principals=[iam.StarPrincipal()],
        actions=list(allowed),
        resources=list(resources),
        conditions={"StringEquals": pinned},
    )

"""Who works with the data: readers and writers of the table, and readers of the cache."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from private_dynamodb import actions
from private_dynamodb.trust import name_trust

if TYPE_CHECKING:
    from collections.abc import Sequence


class DataAccess(enum.Enum):
    """What a role does with the table."""

    READ = actions.READ_TABLE
    READ_AND_WRITE = (*actions.READ_TABLE, *actions.WRITE_TABLE)


class DataPolicy(iam.ManagedPolicy):
    """Permission to work with one table, through the cache for reads where there is one.

    Creates a managed policy that names the table, its indexes and the cluster; it costs
    nothing, and holds no wildcard but the indexes of the table.

    Args:
        scope: parent construct.
        construct_id: id in the parent.
        access: what its holders do with the table.
        table_name: the table in this stack's account and Region.
        cache_arn: the cluster that they read through, or None.
        stream: whether they read the table's stream too.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        access: DataAccess,
        table_name: str,
        cache_arn: str | None = None,
        stream: bool = False,
    ) -> None:
        stack = cdk.Stack.of(scope)
        table = f"arn:{stack.partition}:dynamodb:{stack.region}:{stack.account}:table/{table_name}"
        statements = [
            iam.PolicyStatement(
                sid="AllowTable",
                actions=list(access.value),
                resources=[table, f"{table}/index/*"],
            )
        ]
        if stream:
            statements.append(
                iam.PolicyStatement(
                    sid="AllowStream",
                    actions=list(actions.READ_STREAM),
                    resources=[f"{table}/stream/*"],
                )
            )
        if cache_arn is not None:
            statements.append(read_cache(cache_arn))
        super().__init__(
            scope,
            construct_id,
            description=f"Work with the table {table_name}",
            statements=statements,
        )


class WorkloadRole(Construct):
    """A role for compute inside the VPC that works with the table.

    Creates a role that compute services may assume. It needs no source condition: a service
    takes a role only for resources of the role's own account, by `iam:PassRole`.

    Args:
        scope: parent construct.
        construct_id: id in the parent.
        role_name: fixed name; IAM names are global, so it has to carry the Region.
        policy: what it may do.
        services: compute services, e.g. ``lambda.amazonaws.com``.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        role_name: str,
        policy: iam.IManagedPolicy,
        services: Sequence[str],
    ) -> None:
        super().__init__(scope, construct_id)
        self.role = iam.Role(
            self,
            "Role",
            role_name=role_name,
            description="Works with the private table from inside its VPC",
            assumed_by=iam.CompositePrincipal(*(iam.ServicePrincipal(name) for name in services)),
            managed_policies=[policy],
        )
        name_trust(self.role, *(f"Allow{_words(service)}" for service in services))


class CrossAccountCacheReader(Construct):
    """A role by which another account reads through the cache, and does nothing else.

    Creates a role that the account may assume. It reaches no table: the reads of DAX are those
    of its own service role.

    Args:
        scope: parent construct.
        construct_id: id in the parent.
        role_name: fixed name, for the other account to know.
        account: the other account's id.
        cache_arn: the cluster.
        external_id: what the account has to send when it assumes the role.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DAX.cross-account-access.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        role_name: str,
        account: str,
        cache_arn: str,
        external_id: str | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self.role = iam.Role(
            self,
            "Role",
            role_name=role_name,
            description=f"Lets account {account} read through the cache",
            assumed_by=iam.AccountPrincipal(account),
            external_ids=[external_id] if external_id else None,
        )
        name_trust(self.role, "AllowReaderAccount")
        iam.ManagedPolicy(
            self,
            "ReadCache",
            description="Read through one cache",
            roles=[self.role],
            statements=[read_cache(cache_arn)],
        )


def _words(service: str) -> str:
    """Spell a service principal so that a Sid can hold it: `EcsTasks`."""
    return service.split(".", maxsplit=1)[0].title().replace("-", "")


def read_cache(cache_arn: str) -> iam.PolicyStatement:
    """Allow reading through one cluster, and no write through it.

    Args:
        cache_arn: the cluster.
    """
    return iam.PolicyStatement(
        sid="AllowReadingCache", actions=list(actions.READ_CACHE), resources=[cache_arn]
    )

"""Who and what is inside: the endpoints, the exemptions and the administrators of a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import aws_cdk as cdk

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from constructs import Construct


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The VPC endpoints through which a table and its stream may be reached.

    Args:
        table: ids of the endpoints that carry DynamoDB (gateway and interface).
        stream: ids of the interface endpoints that carry DynamoDB Streams; the gateway
            endpoint does not.
    """

    table: tuple[str, ...]
    stream: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a perimeter without a way in."""
        if not self.table:
            raise ValueError(
                "Endpoints.table is empty: nobody could reach the table; "
                "pass the id of at least one VPC endpoint"
            )


@dataclass(frozen=True, slots=True)
class Exemption:
    """A principal that may reach the data from outside the endpoints.

    Args:
        arn: ARN of exactly one role or user.
        reason: why, for the reader of the template.
        expires: last day on which it is let through; None: until it is removed.
    """

    arn: str
    reason: str
    expires: dt.date | None = None

    def __post_init__(self) -> None:
        """Refuse patterns: whoever creates a matching principal would be exempt."""
        if not cdk.Token.is_unresolved(self.arn) and ("*" in self.arn or "?" in self.arn):
            raise ValueError(
                f"exemption {self.arn}: a wildcard exempts whoever creates a matching "
                "principal; name one role or user"
            )


@dataclass(frozen=True, slots=True)
class Administrators:
    """Who may do what the policies of a table close to everybody else.

    Args:
        deploy: ARNs that deploy and repair policies, replicas and streams.
        export: ARNs that export to S3.
        restore: ARNs that restore to a point in time, or from the vault.
        backup: ARNs that take backups.
    """

    deploy: tuple[str, ...]
    export: tuple[str, ...] = ()
    restore: tuple[str, ...] = ()
    backup: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a policy that nobody could repair."""
        if not self.deploy:
            raise ValueError(
                "Administrators.deploy is empty: nobody could repair the table's policy; "
                "name at least the role that deploys"
            )

    @classmethod
    def cdk_bootstrap(
        cls,
        scope: Construct,
        *,
        qualifier: str = cdk.DefaultStackSynthesizer.DEFAULT_QUALIFIER,
        export: Sequence[str] = (),
        restore: Sequence[str] = (),
        backup: Sequence[str] = (),
    ) -> Administrators:
        """Name the role that `cdk deploy` works with as the one that deploys.

        Args:
            scope: any construct of the stack that has the table.
            qualifier: the qualifier of `cdk bootstrap`.
            export: ARNs that export to S3.
            restore: ARNs that restore.
            backup: ARNs that take backups.
        """
        return cls(
            deploy=(execution_role_arn(scope, qualifier=qualifier),),
            export=tuple(export),
            restore=tuple(restore),
            backup=tuple(backup),
        )


def execution_role_arn(scope: Construct, *, qualifier: str, region: str | None = None) -> str:
    """Return the ARN of the role that `cdk deploy` works with.

    Args:
        scope: any construct of a stack in the account.
        qualifier: the qualifier of `cdk bootstrap`.
        region: where it deploys; None: to the stack's own Region.
    """
    stack = cdk.Stack.of(scope)
    name = f"cdk-{qualifier}-cfn-exec-role-{stack.account}-{region or stack.region}"
    return f"arn:{stack.partition}:iam::{stack.account}:role/{name}"

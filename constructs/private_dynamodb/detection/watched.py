"""What alerts watch in one account and Region: the names that calls and records have to mention."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from private_dynamodb.detection.alert import Thing


@dataclass(frozen=True, slots=True)
class Named:
    """How a request spells one thing: by its name, by its ARN, or by the ARN of a part of it.

    ARNs are recognized by how they end or go on. An event bus has the events of its own account
    and Region, and a pattern has little room.

    Args:
        exactly: whole values.
        beginnings: how values begin.
        endings: how values end.
        wildcards: patterns of values.
        refused: patterns of error messages; CloudTrail often leaves out the request parameters
            of a call that was denied.
    """

    exactly: tuple[str, ...] = ()
    beginnings: tuple[str, ...] = ()
    endings: tuple[str, ...] = ()
    wildcards: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()

    @classmethod
    def table(cls, name: str) -> Named:
        """Name a table with what is below it: indexes, stream and native backups.

        Args:
            name: its name; requests take the ARN as well.
        """
        return cls(
            exactly=(name,),
            endings=(f":table/{name}",),
            wildcards=(f"*:table/{name}/*",),
            refused=(*in_error_messages(f"table/{name}"), f"*:table/{name}/*"),
        )

    @classmethod
    def roles(cls, arns: Sequence[str]) -> Named:
        """Name roles by their ARNs, as STS does.

        Args:
            arns: ARNs of the roles.
        """
        return cls(
            exactly=tuple(arns),
            refused=tuple(
                pattern for arn in arns for pattern in in_error_messages(arn.rpartition(":")[2])
            ),
        )

    @classmethod
    def role_names(cls, *beginnings: str, exactly: Sequence[str] = ()) -> Named:
        """Name roles as IAM does: without path or account.

        Args:
            beginnings: how names begin.
            exactly: whole names.
        """
        return cls(
            exactly=tuple(exactly),
            beginnings=beginnings,
            refused=tuple(f"*role {beginning}*" for beginning in beginnings),
        )

    @classmethod
    def keys(cls, arns: Sequence[str]) -> Named:
        """Name keys: requests have the id, or the ARN, which ends with it.

        Args:
            arns: ARNs of the keys.
        """
        return cls(endings=tuple(cdk.Fn.select(1, cdk.Fn.split("/", arn)) for arn in arns))

    @classmethod
    def project(cls, project: str) -> Named:
        """Name whatever CloudFormation or the baseline named after the project.

        Args:
            project: the project, which begins every name.
        """
        return cls(
            beginnings=(f"{project}-",),
            # Topics and their subscriptions, and managed policies.
            wildcards=(f"arn:*:{project}-*", f"arn:*:policy/{project}-*"),
            refused=(f"*:policy/{project}-*",),
        )

    @property
    def filters(self) -> list[Any]:
        """Return what a request parameter has to match, as EventBridge spells it."""
        return [
            *self.exactly,
            *({"prefix": beginning} for beginning in self.beginnings),
            *({"suffix": ending} for ending in self.endings),
            *({"wildcard": pattern} for pattern in self.wildcards),
        ]


def in_error_messages(resource: str) -> tuple[str, str]:
    """Return patterns of messages that name a resource at their end, or before a reason.

    Args:
        resource: the last part of its ARN, e.g. ``role/break-glass``.
    """
    return f"*:{resource}", f"*:{resource} *"


@dataclass(frozen=True, slots=True)
class Watched:
    """What the alerts of one stack are about.

    Args:
        things: the names of each thing that is there; alerts about others are not made.
        deployers: ARNs of the roles whose changes are expected. The change of a user never is.
        deployers_elsewhere: those of other Regions: IAM tells of all of them in one Region.
    """

    things: Mapping[Thing, Named]
    deployers: tuple[str, ...]
    deployers_elsewhere: tuple[str, ...] = ()

"""What the guardrails are about, and who is exempt from which.

Roles are named, never matched: a role is given by its ARN, or by its name in whichever account a
request is about. An account knows its own roles only, so a namesake elsewhere is not exempt.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

CALLER: Final = "${aws:PrincipalAccount}"
"""The account of whoever asks: an SCP binds the roles of that account."""
STACK_SETS: Final = "stacksets-exec-*"
"""What AWS calls the role of StackSets in an account, with a hash that nobody knows beforehand."""
OWNER: Final = "${aws:ResourceAccount}"
"""The account of the table: an RCP binds whoever asks for it."""


@dataclass(frozen=True, slots=True)
class GuardrailRoles:
    """The roles that one guardrail or another lets through.

    Each is a name, in every account, in which ``{account}`` stands for the account's id; or the
    ARN of one role or user.

    Args:
        deploy: deploy the stacks: change what the guardrails protect.
        hand_over: hand the deploying roles to CloudFormation, and nothing else.
        bootstrap: set an account up: create the deploying and the exempt roles.
        break_glass: exempt from every SCP and from the network RCP, for emergencies.
        cache: service roles of the DAX clusters, which read outside of any endpoint.
        network: read or write from outside the network, each declared as an exemption.
        streams: poll streams outside of any endpoint, as Lambda does for a function.
        export: export tables to S3.
        restore: restore tables, and copy backups.
        backup: take backups.
    """

    deploy: tuple[str, ...]
    hand_over: tuple[str, ...] = ()
    bootstrap: tuple[str, ...] = ()
    break_glass: tuple[str, ...] = ()
    cache: tuple[str, ...] = ()
    network: tuple[str, ...] = ()
    streams: tuple[str, ...] = ()
    export: tuple[str, ...] = ()
    restore: tuple[str, ...] = ()
    backup: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse guardrails that nobody could get past, and patterns."""
        if not self.deploy:
            raise ValueError("deploy is empty: nobody could change the baseline again")
        for name in (name for names in self._all() for name in names):
            if "*" in name or "?" in name:
                raise ValueError(
                    f"role {name}: a wildcard exempts whoever creates a matching role; name one"
                )

    def _all(self) -> tuple[tuple[str, ...], ...]:
        return (
            self.deploy,
            self.hand_over,
            self.bootstrap,
            self.break_glass,
            self.cache,
            self.network,
            self.streams,
            self.export,
            self.restore,
            self.backup,
        )

    @property
    def exempt(self) -> tuple[str, ...]:
        """Return everybody whom some guardrail lets through, but for the roles of the cache."""
        named = (name for names in self._all() if names is not self.cache for name in names)
        return tuple(dict.fromkeys(named))


@dataclass(frozen=True, slots=True)
class GuardrailScope:
    """What the guardrails keep inside.

    Args:
        project: the prefix of every name of the baseline.
        organization: id of the organization, e.g. ``o-exampleorgid``.
        regions: the Regions that may have tables and clusters.
        roles: who is exempt.
        stack_sets: whether StackSets gives the accounts their recorder, and so is exempt too.
    """

    project: str
    organization: str
    regions: tuple[str, ...]
    roles: GuardrailRoles
    stack_sets: bool = False

    @property
    def recording(self) -> tuple[str, ...]:
        """Return who deploys recorder and key, besides `roles.deploy`."""
        return (STACK_SETS,) if self.stack_sets else ()


def callers(names: Iterable[str]) -> list[str]:
    """Return the ARNs by which an SCP knows roles: of the caller's account, whichever it is.

    Args:
        names: names, or ARNs, which are taken as they are.
    """
    return _arns(names, "*", CALLER)


def owners_roles(names: Iterable[str]) -> list[str]:
    """Return the ARNs by which an RCP knows roles: of the table's account and no other.

    Args:
        names: as for `callers`.
    """
    return _arns(names, OWNER, OWNER)


def as_resources(names: Iterable[str]) -> list[str]:
    """Return the ARNs of roles as the resources of a statement; users are none.

    Args:
        names: as for `callers`.
    """
    return [arn for arn in _arns(names, "*", "*") if ":user/" not in arn]


def _arns(names: Iterable[str], account: str, identifier: str) -> list[str]:
    return [
        name
        if name.startswith("arn:")
        else f"arn:*:iam::{account}:role/{name.replace('{account}', identifier)}"
        for name in dict.fromkeys(names)
    ]

"""What policies are written with: action names that exist, and exemptions that are exact."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ddb_perimeter.controls.control import broken, control, holds
from ddb_perimeter.controls.endpoints import doors
from ddb_perimeter.controls.guarded import guarded_streams, guarded_tables
from ddb_perimeter.findings import Severity
from ddb_perimeter.inventory.iam import IAM_TYPES, identities
from ddb_perimeter.inventory.network import ENDPOINT, Endpoint
from ddb_perimeter.inventory.tables import TABLE_TYPES
from ddb_perimeter.policy.actions import idle
from ddb_perimeter.policy.document import Effect, Policy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddb_perimeter.controls.control import Judgments
    from ddb_perimeter.controls.perimeter import Perimeter
    from ddb_perimeter.inventory import Inventory, Resource

_TYPES: Final = TABLE_TYPES | {ENDPOINT}
_EXACT: Final = re.compile(r"arn:[^:*?]+:iam::[^:*?]+:(role|user)/[^*?]+")
_LINKED: Final = re.compile(r"arn:[^:*?]+:iam::[^:*?]+:role/aws-service-role/.*")


def _written(inventory: Inventory, perimeter: Perimeter) -> Iterator[tuple[Resource, Policy, str]]:
    """Yield every policy that decides about the tables, with its owner and its place."""
    for guarded in (
        *guarded_tables(inventory, perimeter),
        *guarded_streams(inventory, perimeter),
    ):
        if guarded.policy is not None:
            yield guarded.resource, guarded.policy, guarded.pointer
    for door in doors(inventory, perimeter):
        if door.endpoint.policy is not None:
            yield door.endpoint.resource, door.policy, Endpoint.POLICY_POINTER
    found = identities(inventory)
    for identity in (*found.roles, *found.users, *found.groups):
        for attached in identity.policies:
            if attached.owner.type.startswith("AWS::IAM::"):
                yield attached.owner, Policy.read(attached.document), attached.pointer


@control(
    id="ddb-no-noop-actions",
    title="Policies name actions that exist",
    severity=Severity.MEDIUM,
    why="ExecuteStatement, TransactGetItems and their like are API names, not IAM actions: a Deny "
    "on them denies nothing, and so does a misspelt one.",
    source="https://docs.aws.amazon.com/service-authorization/latest/reference/"
    "list_amazondynamodb.html",
    fix="Name the IAM actions that the operation authorizes as, e.g. PartiQLSelect.",
    types=_TYPES | IAM_TYPES,
)
def actions_exist(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    for resource, policy, pointer in _written(inventory, perimeter):
        wrong = False
        for statement in policy.statements:
            for action in statement.actions:
                useless = idle(action) if isinstance(action, str) else None
                if useless is None:
                    continue
                wrong = True
                instead = f"; write {useless.instead}" if useless.instead else ""
                yield broken(
                    resource.subject(),
                    f"{statement.label} names {useless.name}: {useless.why}{instead}",
                    evidence=resource.evidence(
                        f"{pointer}.Statement[{statement.index}]", statement.sid
                    ),
                )
        if not wrong:
            yield holds(resource.subject())


@control(
    id="exemption-arn-exact",
    title="Every exemption names one principal",
    severity=Severity.HIGH,
    why="Whoever creates a role that a pattern matches is exempt; an ARN that is misspelt, or "
    "that of a session, exempts nobody.",
    source="https://docs.aws.amazon.com/IAM/latest/UserGuide/"
    "reference_policies_condition-keys.html",
    fix="Name the exact ARN of a role or user in aws:PrincipalArn.",
    types=_TYPES,
)
def exemptions_are_exact(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    for guarded in (
        *guarded_tables(inventory, perimeter),
        *guarded_streams(inventory, perimeter),
    ):
        wrong = False
        for statement in guarded.read_policy.with_effect(Effect.DENY):
            values = (
                value
                for condition in statement.conditions
                if condition.name == "aws:principalarn"
                for value in condition.values
                if isinstance(value, str)
            )
            for value in values:
                if _EXACT.fullmatch(value) or _LINKED.fullmatch(value):
                    continue
                wrong = True
                yield broken(
                    guarded.subject,
                    f"{statement.label} of the {guarded.what} {guarded.name} exempts {value}, "
                    "which is not the ARN of one role or user",
                    evidence=guarded.resource.evidence(
                        f"{guarded.pointer}.Statement[{statement.index}]", statement.sid
                    ),
                )
        if not wrong:
            yield holds(guarded.subject)

"""What policies are written with: action names that exist, and exemptions that are exact."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from ddb_perimeter.controls.control import broken, control, holds
from ddb_perimeter.controls.endpoints import DOOR_TYPES, doors
from ddb_perimeter.controls.guarded import guarded_streams, guarded_tables
from ddb_perimeter.controls.reading import policy_of
from ddb_perimeter.findings import Severity, Verdict
from ddb_perimeter.inventory.iam import IAM_TYPES, identities
from ddb_perimeter.inventory.network import ENDPOINT, Endpoint
from ddb_perimeter.inventory.tables import TABLE_TYPES
from ddb_perimeter.policy.actions import idle
from ddb_perimeter.policy.callers import Callers
from ddb_perimeter.policy.document import Effect, Policy
from ddb_perimeter.policy.proof import Prover
from ddb_perimeter.policy.space import Question

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddb_perimeter.controls.control import Judgments
    from ddb_perimeter.controls.guarded import Guarded
    from ddb_perimeter.controls.perimeter import DeclaredExemption, Perimeter
    from ddb_perimeter.inventory import Inventory, Resource

_TYPES: Final = TABLE_TYPES | {ENDPOINT}
_ACCOUNT_FIELD: Final = 4  # of an ARN
_EXACT: Final = re.compile(r"arn:[^:*?]+:iam::[^:*?]+:(role|user)/[^*?]+")
_LINKED: Final = re.compile(r"arn:[^:*?]+:iam::[^:*?]+:role/aws-service-role/.*")


def written(inventory: Inventory, perimeter: Perimeter) -> Iterator[tuple[Resource, Policy, str]]:
    """Yield every policy that decides about the tables, with its owner and its place.

    Args:
        inventory: where to look.
        perimeter: what is declared.
    """
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
                yield (
                    attached.owner,
                    policy_of(attached.document, attached.name, inventory),
                    attached.pointer,
                )


@control(
    id="ddb-no-noop-actions",
    title="Policies name actions that exist",
    severity=Severity.MEDIUM,
    why="ExecuteStatement, TransactGetItems and their like are API names, not IAM actions: a Deny "
    "on them denies nothing, and so does a misspelt one.",
    source="https://docs.aws.amazon.com/service-authorization/latest/reference/"
    "list_amazondynamodb.html",
    fix="Name the IAM actions that the operation authorizes as, e.g. PartiQLSelect.",
    types=DOOR_TYPES | IAM_TYPES,
)
def actions_exist(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    for resource, policy, pointer in written(inventory, perimeter):
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
                exact = _EXACT.fullmatch(value) or _LINKED.fullmatch(value)
                if exact and _is_ours(value, guarded, perimeter):
                    continue
                wrong = True
                problem = (
                    "which belongs to another account"
                    if exact
                    else "which is not the ARN of one role or user"
                )
                yield broken(
                    guarded.subject,
                    f"{statement.label} of the {guarded.what} {guarded.name} exempts {value}, "
                    f"{problem}",
                    evidence=guarded.resource.evidence(
                        f"{guarded.pointer}.Statement[{statement.index}]", statement.sid
                    ),
                )
        if not wrong:
            yield holds(guarded.subject)


def _is_ours(arn: str, guarded: Guarded, perimeter: Perimeter) -> bool:
    """Return whether a principal belongs to the table's account, or to a declared one."""
    account = arn.split(":")[_ACCOUNT_FIELD]
    return account in {guarded.resource.account, *perimeter.accounts} or account.startswith("⟦")


@control(
    id="exemption-expires",
    title="An exemption with a declared end is denied after it",
    severity=Severity.MEDIUM,
    why="A date that only a person remembers is no end: the policy lets the principal through "
    "until somebody deploys again.",
    source="https://docs.aws.amazon.com/IAM/latest/UserGuide/"
    "reference_policies_elements_condition_operators.html",
    fix="Deny the principal with DateGreaterThan on aws:CurrentTime.",
    types=_TYPES,
)
def exemptions_expire(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    ending = [declared for declared in perimeter.exemptions if declared.expires is not None]
    for guarded in (
        *guarded_tables(inventory, perimeter),
        *guarded_streams(inventory, perimeter),
    ):
        endless = [
            declared
            for declared in ending
            if declared.arn in guarded.named_principals
            and guarded.doubt is None
            and not _ends(declared, guarded)
        ]
        for declared in endless:
            yield broken(
                guarded.subject,
                f"the policy of the {guarded.what} {guarded.name} lets {declared.arn} through "
                f"after {declared.expires}",
                evidence=guarded.evidence(),
            )
        if not endless:
            yield holds(guarded.subject)


def _ends(declared: DeclaredExemption, guarded: Guarded) -> bool:
    """Return whether a policy denies an exempted principal on the day after its last."""
    assert declared.expires is not None  # noqa: S101 - asked of exemptions with an end only
    after = datetime.combine(declared.expires + timedelta(days=2), time(0), tzinfo=UTC)
    prover = Prover(replace(guarded.surroundings.world, now=after))
    question = Question(
        Callers.exactly(declared.arn),
        guarded.outside.but_forwarded(),
        guarded.actions,
        guarded.arns,
    )
    return prover.every_denied(question, guarded.read_policy).verdict is Verdict.HOLDS

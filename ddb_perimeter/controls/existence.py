"""Whether those whom a policy lets through exist: asked of accounts, which know who does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ddb_perimeter.controls.control import Judgment, Where, broken, control, exempt, holds
from ddb_perimeter.controls.guarded import guarded_streams, guarded_tables
from ddb_perimeter.findings import Exposure, Severity
from ddb_perimeter.inventory.iam import IAM_TYPES, ROLE, USER
from ddb_perimeter.inventory.network import ENDPOINT
from ddb_perimeter.inventory.tables import TABLE_TYPES
from ddb_perimeter.policy.document import Effect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddb_perimeter.controls.control import Judgments
    from ddb_perimeter.controls.guarded import Guarded
    from ddb_perimeter.controls.perimeter import Perimeter
    from ddb_perimeter.findings import Evidence, Exemption
    from ddb_perimeter.inventory import Inventory
    from ddb_perimeter.policy.document import Statement

_EXACT: Final = re.compile(r"arn:[^:*?]+:iam::([^:*?]+):(?:role|user)/[^*?]+")
_UNIQUE_ID: Final = re.compile(r"A(?:ROA|IDA)[A-Z0-9]{5,}")


@control(
    id="exempt-principal-exists",
    title="Every exempt principal exists",
    severity=Severity.HIGH,
    why="Whoever may create a role or user under the name that a policy exempts is let through.",
    source="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
    fix="Remove the exemption, or create the principal before somebody else does.",
    types=TABLE_TYPES | IAM_TYPES | {ENDPOINT},
    where=Where.ACCOUNTS,
)
def exempt_principals_exist(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    if not {ROLE, USER} <= inventory.complete:
        return  # the gap says who could not be seen
    for guarded in (
        *guarded_tables(inventory, perimeter),
        *guarded_streams(inventory, perimeter),
    ):
        found = [
            answer
            for statement in guarded.read_policy.statements
            for answer in (*_missing(inventory, guarded, statement), *_deleted(guarded, statement))
        ]
        yield from found
        if not any(isinstance(answer, Judgment) for answer in found):
            yield holds(guarded.subject)


def _missing(
    inventory: Inventory, guarded: Guarded, statement: Statement
) -> Iterator[Judgment | Exemption]:
    """Yield a finding for each exact ARN that a Deny spares and that nobody has."""
    if statement.effect is not Effect.DENY:
        return
    for arn in dict.fromkeys(_spared(statement)):
        exact = _EXACT.fullmatch(arn)
        if exact is None:
            continue  # exemption-arn-exact judges it
        if exact[1] != guarded.resource.account:
            yield exempt(
                guarded.subject, arn, "of another account, where nobody here can see if it exists"
            )
        elif inventory.by_id(arn, ROLE, USER) is None:
            yield broken(
                guarded.subject,
                f"{statement.label} of the {guarded.what} {guarded.name} exempts {arn}, which "
                "does not exist",
                exposure=Exposure.WEAKENED,
                evidence=_place(guarded, statement),
            )


def _spared(statement: Statement) -> Iterator[str]:
    """Yield the ARNs that a Deny lets through, one by one."""
    for condition in statement.conditions:
        negated = condition.operator is not None and condition.operator.negated
        if condition.name == "aws:principalarn" and negated:
            yield from (value for value in condition.values if isinstance(value, str))
    if statement.principals is not None and statement.principals.inverted:
        yield from (value for _, value in statement.principals.named if isinstance(value, str))


def _deleted(guarded: Guarded, statement: Statement) -> Iterator[Judgment]:
    """Yield a finding for each principal that AWS shows by its unique id, since it is gone."""
    for _, value in statement.principals.named if statement.principals is not None else ():
        if isinstance(value, str) and _UNIQUE_ID.fullmatch(value):
            yield broken(
                guarded.subject,
                f"{statement.label} of the {guarded.what} {guarded.name} names {value}, the id "
                "of a principal that was deleted",
                evidence=_place(guarded, statement),
                severity=Severity.MEDIUM,
            )


def _place(guarded: Guarded, statement: Statement) -> Evidence:
    return guarded.resource.evidence(
        f"{guarded.pointer}.Statement[{statement.index}]", statement.sid
    )

"""The keys of tables: who may use them, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ddb_perimeter.controls.control import broken, control, holds, unknown
from ddb_perimeter.controls.guarded import Surroundings
from ddb_perimeter.findings import Exposure, Severity, Verdict
from ddb_perimeter.inventory.network import ENDPOINT
from ddb_perimeter.inventory.tables import TABLE_TYPES, tables
from ddb_perimeter.policy.callers import Callers
from ddb_perimeter.policy.document import Policy
from ddb_perimeter.policy.origins import Origins
from ddb_perimeter.policy.principals import Document
from ddb_perimeter.policy.request import Kind
from ddb_perimeter.policy.space import Question

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ddb_perimeter.controls.control import Judgment, Judgments
    from ddb_perimeter.controls.perimeter import Perimeter
    from ddb_perimeter.inventory import Inventory, Resource

KEY: Final = "AWS::KMS::Key"
_POINTER: Final = "Properties.KeyPolicy"
_USE: Final = ("kms:Decrypt", "kms:GenerateDataKey", "kms:CreateGrant", "kms:PutKeyPolicy")


def table_keys(inventory: Inventory) -> Iterator[Resource]:
    """Yield the keys of the tables, each once.

    Args:
        inventory: where to look.
    """
    seen: set[int] = set()
    for table in tables(inventory):
        key = inventory.by_id(table.kms_key, KEY, near=table.resource)
        if key is not None and id(key) not in seen:
            seen.add(id(key))
            yield key


@control(
    id="ddb-cmk-key-policy",
    title="The table's key is used by this account, through DynamoDB",
    severity=Severity.MEDIUM,
    why="Whoever may use the key directly can read copies of the data that left the table, and "
    "a stranger who may use it needs only the copy.",
    source="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/"
    "encryption.usagenotes.html",
    fix="Limit use by kms:ViaService and kms:CallerAccount, and name no other account.",
    types=TABLE_TYPES | {KEY, ENDPOINT},
)
def key_is_mediated(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    for key in table_keys(inventory):
        found = used_by_strangers(key, inventory, perimeter, exposure=Exposure.WEAKENED)
        yield found or holds(key.subject())


def used_by_strangers(
    key: Resource,
    inventory: Inventory,
    perimeter: Perimeter,
    *,
    exposure: Exposure = Exposure.NONE,
    told: Mapping[str, tuple[str, ...]] | None = None,
) -> Judgment | None:
    """Judge whether a key's policy lets strangers use the key, or services that act for them.

    Args:
        key: the key.
        inventory: where it is.
        perimeter: what is declared.
        exposure: what it means for the data of tables.
        told: what such a service tells of the stranger, by condition key.

    Returns:
        What is wrong, or cannot be told; None when nobody does.
    """
    surroundings = Surroundings.of(key, key.region, inventory, perimeter)
    policy = Policy.read(key.at("KeyPolicy"), "key policy")
    everybody = Callers.strangers(services=True)
    services = Callers(
        "services that act for a stranger",
        lambda caller: caller.kind is Kind.SERVICE and everybody.test(caller),
    )
    asked: list[tuple[Callers, Mapping[str, tuple[str, ...]]]] = [(everybody, {})]
    if told:
        asked = [(Callers.strangers(), {}), (services, told)]
    for callers, context in asked:
        question = Question(callers, Origins.anywhere(), _USE, (key.arn or "*",), context)
        answer = surroundings.prover.none_granted(question, policy, Document.KEY)
        if answer.verdict is Verdict.UNKNOWN:
            return unknown(key.subject(), answer.why, evidence=key.evidence(_POINTER))
        if answer.verdict is Verdict.BROKEN:
            service = answer.request.caller.service if answer.request else ""
            who = f"{service}, on behalf of any account," if service else "strangers"
            return broken(
                key.subject(),
                f"the key's policy lets {who} use the key",
                exposure=exposure,
                evidence=key.evidence(_POINTER),
                counterexample=answer.counterexample,
            )
    return None

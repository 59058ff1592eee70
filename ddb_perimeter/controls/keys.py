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
from ddb_perimeter.policy.space import Question

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddb_perimeter.controls.control import Judgments
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
        surroundings = Surroundings.of(key, key.region, inventory, perimeter)
        policy = Policy.read(key.at("KeyPolicy"), "key policy")
        question = Question(
            Callers.strangers(services=True), Origins.anywhere(), _USE, (key.arn or "*",)
        )
        answer = surroundings.prover.none_granted(question, policy, Document.KEY)
        if answer.verdict is Verdict.UNKNOWN:
            yield unknown(key.subject(), answer.why, evidence=key.evidence(_POINTER))
        elif answer.verdict is Verdict.BROKEN:
            yield broken(
                key.subject(),
                "the key's policy lets strangers use the key",
                exposure=Exposure.WEAKENED,
                evidence=key.evidence(_POINTER),
                counterexample=answer.counterexample,
            )
        else:
            yield holds(key.subject())

"""The vault of the tables' backups, which the tables' own policies do not cover."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ddb_perimeter.controls.control import broken, control, holds, unknown
from ddb_perimeter.controls.guarded import Surroundings
from ddb_perimeter.findings import Exposure, Severity, Verdict
from ddb_perimeter.inventory.network import ENDPOINT
from ddb_perimeter.policy.callers import Callers
from ddb_perimeter.policy.document import Policy
from ddb_perimeter.policy.origins import Origins
from ddb_perimeter.policy.space import Question

if TYPE_CHECKING:
    from ddb_perimeter.controls.control import Judgments
    from ddb_perimeter.controls.perimeter import Perimeter
    from ddb_perimeter.inventory import Inventory

_VAULT: Final = "AWS::Backup::BackupVault"
_POINTER: Final = "Properties.AccessPolicy"
_WAYS_OUT: Final = ("backup:StartCopyJob", "backup:StartRestoreJob")


@control(
    id="ddb-vault-guarded",
    title="Only named roles restore from the vault or copy out of it",
    severity=Severity.MEDIUM,
    why="A restored table starts without the policy of the one that it was made from, and "
    "restoring from a backup asks the vault, not the table.",
    source="https://docs.aws.amazon.com/aws-backup/latest/devguide/create-a-vault-access-policy.html",
    fix="Give the vault an access policy that denies StartRestoreJob and StartCopyJob to "
    "everybody but the named roles.",
    types={_VAULT, ENDPOINT},
)
def vault_guarded(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    for vault in inventory.of_type(_VAULT):
        document = vault.at("AccessPolicy")
        policy = Policy((), "vault policy")
        if document is not None:
            policy = Policy.read(document, "vault policy")
        around = Surroundings.of(vault, vault.region, inventory, perimeter)
        named = tuple(
            value
            for statement in policy.statements
            for condition in statement.conditions
            if condition.name == "aws:principalarn"
            for value in condition.values
            if isinstance(value, str) and "*" not in value
        )
        question = Question(
            Callers.within().but_arns(*named).but_service_linked_roles(),
            Origins.anywhere(),
            _WAYS_OUT,
            (f"arn:{vault.partition}:backup:{vault.region}:{vault.account}:recovery-point:one",),
        )
        answer = around.prover.every_denied(question, policy)
        evidence = vault.evidence(_POINTER)
        if answer.verdict is Verdict.UNKNOWN:
            yield unknown(vault.subject(), answer.why, evidence=evidence)
        elif answer.verdict is Verdict.BROKEN:
            action = answer.request.action if answer.request else _WAYS_OUT[0]
            yield broken(
                vault.subject(),
                f"the vault leaves {action} open to whoever IAM allows it",
                exposure=Exposure.WEAKENED,
                evidence=evidence,
                counterexample=answer.counterexample,
            )
        else:
            yield holds(vault.subject())

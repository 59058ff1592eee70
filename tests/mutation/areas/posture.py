"""Faults of posture: recovery, protection, backups and copies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.mutation.mutant import (
    NONE,
    REACHABLE,
    WEAKENED,
    Mutant,
    also,
    attribute,
    drop,
    put,
    remove,
)
from tests.mutation.templates import STRANGER

if TYPE_CHECKING:
    from tests.mutation.templates import Node, Templates

AREA: Final = "posture and copies"
TABLE: Final = "Data/Table/Table"
SELECTION: Final = "Data/Backup/Plan/Table"
RECOVERY: Final = "Replicas.0.PointInTimeRecoverySpecification"
UNGUARDED: Final = (
    "ddb-deny-insecure-transport",
    "ddb-export-guarded",
    "ddb-kinesis-guarded",
    "ddb-no-multi-account-replica",
    "ddb-policy-change-guarded",
    "ddb-restore-guarded",
    "ddb-table-change-guarded",
    "ddb-contributor-insights-guarded",
)
BARE: Final = (
    "ddb-backup-plan",
    "ddb-deletion-protection",
    "ddb-pitr",
    "ddb-retain-policy",
    "ddb-table-cmk",
    "trail-ddb-data-events",
)
"""What a table has to be told, and a new one is not."""

UNWATCHED: Final = (
    "config-ddb-rules-deployed",
    "config-recorder-all",
    "ddb-backup-plan",
    "ddb-replicas-allow-listed",
    "ddb-stream-deny-insecure-transport",
    "ddb-stream-deny-outside-vpce",
    "ddb-stream-policy-change-guarded",
    "ddb-stream-private-path",
    "trail-ddb-data-events",
    "trail-ddb-stream-events",
)
"""What a Region has where the perimeter is deployed."""


def _replica(region: str) -> object:
    def change(templates: Templates) -> None:
        replicas = templates.properties(TABLE)["Replicas"]
        own: Node = replicas[0]
        copy = {k: v for k, v in own.items() if "Policy" not in k and "Stream" not in k}
        replicas.append({**copy, "Region": region})

    return change


def _plain_table(templates: Templates) -> None:
    """Add a table of the old type, as a tutorial does."""
    templates.add(
        "edge",
        "Sessions",
        "AWS::DynamoDB::Table",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


def _foreign_source(templates: Templates) -> None:
    templates.properties(TABLE)["GlobalTableSourceArn"] = (
        f"arn:aws:dynamodb:us-east-1:{STRANGER}:table/cruddur-messages"
    )


MUTANTS: Final = (
    Mutant("nothing can be recovered", "ddb-pitr", NONE, TABLE, drop(TABLE, RECOVERY)),
    Mutant(
        "recovery is off",
        "ddb-pitr",
        NONE,
        TABLE,
        put(TABLE, f"{RECOVERY}.PointInTimeRecoveryEnabled", value=False),
    ),
    Mutant(
        "the table may be deleted",
        "ddb-deletion-protection",
        NONE,
        TABLE,
        put(TABLE, "Replicas.0.DeletionProtectionEnabled", value=False),
    ),
    Mutant(
        "the table goes with its stack",
        "ddb-retain-policy",
        NONE,
        TABLE,
        attribute(TABLE, "DeletionPolicy", "Delete"),
    ),
    Mutant(
        "the table goes when it is replaced",
        "ddb-retain-policy",
        NONE,
        TABLE,
        attribute(TABLE, "UpdateReplacePolicy", "Snapshot"),
    ),
    Mutant("nobody backs the table up", "ddb-backup-plan", NONE, TABLE, remove(SELECTION)),
    Mutant(
        "the backup plan takes another table",
        "ddb-backup-plan",
        NONE,
        TABLE,
        put(
            SELECTION,
            "BackupSelection.Resources",
            [{"Fn::Sub": "arn:aws:dynamodb:us-east-1:${AWS::AccountId}:table/cruddur-old"}],
        ),
    ),
    Mutant(
        "the backup plan takes everything but this table",
        "ddb-backup-plan",
        NONE,
        TABLE,
        put(
            SELECTION,
            "BackupSelection.NotResources",
            [{"Fn::Sub": "arn:aws:dynamodb:us-east-1:${AWS::AccountId}:table/cruddur-*"}],
        ),
    ),
    Mutant(
        "every change goes to Kinesis",
        "ddb-no-kinesis-destination",
        WEAKENED,
        TABLE,
        put(
            TABLE,
            "Replicas.0.KinesisStreamSpecification",
            {"StreamArn": f"arn:aws:kinesis:us-east-1:{STRANGER}:stream/everything"},
        ),
    ),
    Mutant(
        "keys go to CloudWatch",
        "ddb-contributor-insights-reviewed",
        NONE,
        TABLE,
        put(TABLE, "Replicas.0.ContributorInsightsSpecification", {"Enabled": True}),
    ),
    Mutant(
        "keys of an index go to CloudWatch",
        "ddb-contributor-insights-reviewed",
        NONE,
        TABLE,
        put(
            TABLE,
            "Replicas.0.GlobalSecondaryIndexes.0.ContributorInsightsSpecification",
            {"Enabled": True},
        ),
    ),
    Mutant(
        "the table replicates another account's",
        "ddb-replicas-allow-listed",
        WEAKENED,
        TABLE,
        _foreign_source,
    ),
    Mutant(
        "a replica in a Region without a perimeter has no policy",
        "ddb-deny-outside-vpce",
        REACHABLE,
        TABLE,
        _replica("ap-southeast-2"),  # type: ignore[arg-type]
        also(*UNGUARDED, *UNWATCHED),
    ),
    Mutant(
        "somebody adds a table of the old type without a policy",
        "ddb-deny-outside-vpce",
        REACHABLE,
        "Sessions",
        _plain_table,
        also(*UNGUARDED, *BARE),
    ),
    Mutant(
        "the vault of the backups has no policy",
        "ddb-vault-guarded",
        WEAKENED,
        "Data/Backup/Vault",
        drop("Data/Backup/Vault", "AccessPolicy"),
    ),
)

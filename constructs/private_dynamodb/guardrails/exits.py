"""Objective: nothing leaves a table but by roles that are named for it.

The table's policy closes the same ways for one table. It cannot close a restore from a backup,
which asks the backup, and it is not there on a table that somebody restored or created.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from private_dynamodb import actions
from private_dynamodb.guardrails import surroundings
from private_dynamodb.guardrails.statements import Statement, deny_but_for

if TYPE_CHECKING:
    from private_dynamodb.guardrails.scope import GuardrailScope


def exit_statements(scope: GuardrailScope) -> list[Statement]:
    """Close every way out of a table, and the way in that fills one from a bucket.

    Args:
        scope: names who is exempt.
    """
    roles = scope.roles
    deploying = (*roles.deploy, *roles.break_glass)
    restoring = (*roles.restore, *roles.break_glass)
    return [
        # Exempt: who exports. CloudFormation never does.
        deny_but_for("DenyExport", actions.EXPORT, (*roles.export, *roles.break_glass)),
        # Exempt: deployments, which may declare a stream or a replica in a template.
        deny_but_for("DenyKinesisStreaming", actions.STREAM_TO_KINESIS, deploying),
        deny_but_for("DenyReplicas", actions.REPLICATE, deploying),
        deny_but_for("DenyImport", surroundings.IMPORT, deploying),
        # Exempt: who restores, in each of the three forms: to a point in time, from a native
        # backup, from AWS Backup.
        deny_but_for("DenyRestore", surroundings.RESTORE_IN_EVERY_FORM, restoring),
        # Exempt: the backup plan's role and who takes backups by hand.
        deny_but_for("DenyBackups", actions.BACK_UP, (*roles.backup, *roles.break_glass)),
        # Exempt: who restores, since a copy is restored where it goes.
        deny_but_for("DenyBackupCopies", surroundings.COPY_BACKUP, restoring),
    ]

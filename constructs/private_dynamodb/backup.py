"""Daily backups of a table in a vault that only named roles can restore from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_backup as backup
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from constructs import Construct

from private_dynamodb.encryption_keys import MediatedKey
from private_dynamodb.trust import name_trust

if TYPE_CHECKING:
    from private_dynamodb.perimeter import Administrators


class GuardedBackup(Construct):
    """A backup plan for one table, and the vault that keeps what it copies.

    Creates a daily plan, a retained vault with a key of its own (about 1 USD a month, and
    0.10 USD a GB and month) and the plan's role. The vault's policy denies restoring, copying
    and deleting to everybody but the named roles: a table's own policy does not cover its
    backups. Native backups (`CreateBackup`) never enter a vault; the table's policy closes them.

    Args:
        scope: parent construct.
        construct_id: id in the parent.
        table_name: name of the table in this stack's account and Region.
        vault_name: fixed name, so that two projects in one account do not collide.
        administrators: who may restore from the vault, and who may change its policy.
        retention: how long a backup is kept.
        role_name: name of the plan's role, for policies that cannot refer to it; IAM names are
            global, so it has to carry the Region.

    Source: https://docs.aws.amazon.com/aws-backup/latest/devguide/create-a-vault-access-policy.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        table_name: str,
        vault_name: str,
        administrators: Administrators,
        retention: cdk.Duration | None = None,
        role_name: str | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self.role = self._role(role_name)
        self.vault = self._vault(vault_name, administrators)
        self._plan(table_name, retention or cdk.Duration.days(35))

    def _role(self, name: str | None) -> iam.Role:
        role = iam.Role(
            self,
            "Role",
            role_name=name,
            description="Takes the daily backups of the private table",
            assumed_by=iam.ServicePrincipal(
                "backup.amazonaws.com",
                conditions={"StringEquals": {"aws:SourceAccount": cdk.Stack.of(self).account}},
            ),
            managed_policies=[
                iam.ManagedPolicy.from_aws_managed_policy_name(
                    "service-role/AWSBackupServiceRolePolicyForBackup"
                )
            ],
        )
        name_trust(role, "AllowBackupOfThisAccount")
        return role

    def _vault(self, vault_name: str, administrators: Administrators) -> backup.BackupVault:
        account = cdk.Stack.of(self).account
        key = MediatedKey(
            self, "Key", service="backup", description="Encrypts the backups of the private table"
        )
        return backup.BackupVault(
            self,
            "Vault",
            backup_vault_name=vault_name,
            encryption_key=key,
            removal_policy=cdk.RemovalPolicy.RETAIN,
            access_policy=iam.PolicyDocument(
                statements=[
                    # The plan's role writes; whoever is named restores and deletes.
                    _deny_but_for(
                        "DenyRestoreCopyAndDelete",
                        administrators.restore,
                        "backup:DeleteRecoveryPoint",
                        "backup:StartCopyJob",
                        "backup:StartRestoreJob",
                        "backup:UpdateRecoveryPointLifecycle",
                    ),
                    # Whoever deploys repairs this policy.
                    _deny_but_for(
                        "DenyVaultPolicyChanges",
                        administrators.deploy,
                        "backup:DeleteBackupVault",
                        "backup:DeleteBackupVaultAccessPolicy",
                        "backup:PutBackupVaultAccessPolicy",
                    ),
                    # Other accounts may neither put a backup here nor take one.
                    iam.PolicyStatement(
                        sid="DenyOtherAccounts",
                        effect=iam.Effect.DENY,
                        principals=[iam.StarPrincipal()],
                        actions=["backup:CopyFromBackupVault", "backup:CopyIntoBackupVault"],
                        resources=["*"],
                        conditions={"StringNotEquals": {"aws:PrincipalAccount": account}},
                    ),
                ]
            ),
        )

    def _plan(self, table_name: str, retention: cdk.Duration) -> None:
        stack = cdk.Stack.of(self)
        plan = backup.BackupPlan(self, "Plan", backup_vault=self.vault)
        plan.add_rule(
            backup.BackupPlanRule(
                rule_name="daily",
                schedule_expression=events.Schedule.cron(hour="3", minute="0"),
                delete_after=retention,
            )
        )
        table = f"arn:{stack.partition}:dynamodb:{stack.region}:{stack.account}:table/{table_name}"
        plan.add_selection(
            "Table",
            role=self.role,
            disable_default_backup_policy=True,
            resources=[backup.BackupResource.from_arn(table)],
        )


def _deny_but_for(sid: str, principal_arns: tuple[str, ...], *denied: str) -> iam.PolicyStatement:
    """Deny to everybody but the named principals; without a name, to everybody."""
    return iam.PolicyStatement(
        sid=sid,
        effect=iam.Effect.DENY,
        principals=[iam.StarPrincipal()],
        actions=list(denied),
        resources=["*"],
        conditions={"ArnNotEquals": {"aws:PrincipalArn": list(principal_arns)}}
        if principal_arns
        else None,
    )

"""Backups: one table, one vault, and nobody restores but who is named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk

from private_dynamodb import GuardedBackup
from tests.synth.templates import by_sid, name_of, of_type, only

if TYPE_CHECKING:
    from tests.synth.constructs.conftest import Synthesize

VAULT = "AWS::Backup::BackupVault"
RESTORERS = [
    "arn:aws:iam::111122223333:role/restore",
    "arn:aws:iam::111122223333:role/break-glass",
]
TAKE_OUT = {
    "Sid": "DenyRestoreCopyAndDelete",
    "Effect": "Deny",
    "Principal": "*",
    "Action": [
        "backup:DeleteRecoveryPoint",
        "backup:StartCopyJob",
        "backup:StartRestoreJob",
        "backup:UpdateRecoveryPointLifecycle",
    ],
    "Resource": "*",
}


def built(stack: cdk.Stack, synthesize: Synthesize, **options: Any) -> dict[str, Any]:  # noqa: ANN401 - of the construct
    GuardedBackup(stack, "Backup", table_name="messages", **options)
    return synthesize(stack)


def test_only_named_roles_take_anything_out_of_the_vault(
    anywhere: cdk.Stack, synthesize: Synthesize
) -> None:
    vault = only(built(anywhere, synthesize, restorers=RESTORERS), VAULT)

    assert by_sid(vault["AccessPolicy"])["DenyRestoreCopyAndDelete"] == {
        **TAKE_OUT,
        "Condition": {"ArnNotEquals": {"aws:PrincipalArn": RESTORERS}},
    }


def test_nobody_takes_anything_out_when_nobody_is_named(
    anywhere: cdk.Stack, synthesize: Synthesize
) -> None:
    vault = only(built(anywhere, synthesize), VAULT)

    assert by_sid(vault["AccessPolicy"])["DenyRestoreCopyAndDelete"] == TAKE_OUT


def test_no_other_account_copies_from_or_to_the_vault(
    anywhere: cdk.Stack, synthesize: Synthesize
) -> None:
    vault = only(built(anywhere, synthesize, restorers=RESTORERS), VAULT)

    assert by_sid(vault["AccessPolicy"])["DenyOtherAccounts"] == {
        "Sid": "DenyOtherAccounts",
        "Effect": "Deny",
        "Principal": "*",
        "Action": ["backup:CopyFromBackupVault", "backup:CopyIntoBackupVault"],
        "Resource": "*",
        "Condition": {"StringNotEquals": {"aws:PrincipalAccount": "${AWS::AccountId}"}},
    }


def test_the_vault_is_retained_and_has_a_key_of_its_own(
    anywhere: cdk.Stack, synthesize: Synthesize
) -> None:
    template = built(anywhere, synthesize)
    (vault,) = of_type(template, VAULT).values()
    key = name_of(template, "AWS::KMS::Key")
    through = by_sid(only(template, "AWS::KMS::Key")["KeyPolicy"])["AllowUseThroughServiceOnly"]

    assert vault["Properties"]["EncryptionKeyArn"] == f"${{{key}.Arn}}"
    assert (vault["DeletionPolicy"], vault["UpdateReplacePolicy"]) == ("Retain", "Retain")
    assert through["Condition"]["StringEquals"]["kms:ViaService"] == (
        "backup.${AWS::Region}.${AWS::URLSuffix}"
    )


def test_the_plan_copies_one_table_every_day(anywhere: cdk.Stack, synthesize: Synthesize) -> None:
    template = built(anywhere, synthesize, retention=cdk.Duration.days(90))
    (rule,) = only(template, "AWS::Backup::BackupPlan")["BackupPlan"]["BackupPlanRule"]
    selection = only(template, "AWS::Backup::BackupSelection")["BackupSelection"]

    assert rule["ScheduleExpression"] == "cron(0 3 * * ? *)"
    assert rule["Lifecycle"] == {"DeleteAfterDays": 90}
    assert rule["TargetBackupVault"] == f"${{{name_of(template, VAULT)}.BackupVaultName}}"
    assert selection["Resources"] == [
        "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/messages"
    ]
    assert selection["IamRoleArn"] == f"${{{name_of(template, 'AWS::IAM::Role')}.Arn}}"


def test_backup_of_this_account_alone_assumes_the_role_and_cannot_restore(
    anywhere: cdk.Stack, synthesize: Synthesize
) -> None:
    role = only(built(anywhere, synthesize), "AWS::IAM::Role")

    assert role["AssumeRolePolicyDocument"]["Statement"] == [
        {
            "Sid": "AllowBackupOfThisAccount",
            "Effect": "Allow",
            "Principal": {"Service": "backup.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"aws:SourceAccount": "${AWS::AccountId}"}},
        }
    ]
    assert role["ManagedPolicyArns"] == [
        "arn:${AWS::Partition}:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup"
    ]
    assert "Policies" not in role

"""The IAM actions that only an organization can close, by what they do.

A table's policy is asked about the table. These ask about its surroundings, or about a copy.
"""

from private_dynamodb import actions

IMPORT = ("dynamodb:ImportTable",)
# To a point in time, from a native backup, from AWS Backup.
RESTORE_IN_EVERY_FORM = (
    "backup:StartRestoreJob",
    "dynamodb:RestoreTableFromAwsBackup",
    "dynamodb:RestoreTableFromBackup",
    *actions.RESTORE,
)
COPY_BACKUP = (
    "backup:CopyFromBackupVault",
    "backup:CopyIntoBackupVault",
    "backup:StartCopyJob",
)
CHANGE_ENDPOINT = (
    "ec2:CreateVpcEndpoint",
    "ec2:DeleteVpcEndpoints",
    "ec2:ModifyVpcEndpoint",
)
CHANGE_ROUTE = (
    "ec2:AssociateRouteTable",
    "ec2:CreateRoute",
    "ec2:DeleteRoute",
    "ec2:DeleteRouteTable",
    "ec2:DisassociateRouteTable",
    "ec2:EnableVgwRoutePropagation",
    "ec2:ReplaceRoute",
    "ec2:ReplaceRouteTableAssociation",
)
# What leads out of a VPC, or into it.
CHANGE_GATEWAY = (
    "ec2:AcceptVpcPeeringConnection",
    "ec2:AssociateClientVpnTargetNetwork",
    "ec2:AttachInternetGateway",
    "ec2:AttachVpnGateway",
    "ec2:CreateEgressOnlyInternetGateway",
    "ec2:CreateInternetGateway",
    "ec2:CreateNatGateway",
    "ec2:CreateTransitGatewayVpcAttachment",
    "ec2:CreateVpcPeeringConnection",
)
CHANGE_KEY = (
    "kms:DeleteImportedKeyMaterial",
    "kms:DisableKey",
    "kms:DisableKeyRotation",
    "kms:PutKeyPolicy",
    "kms:ScheduleKeyDeletion",
)
CHANGE_TRAIL = (
    "cloudtrail:DeleteTrail",
    "cloudtrail:PutEventSelectors",
    "cloudtrail:StopLogging",
    "cloudtrail:UpdateTrail",
)
CHANGE_RECORDER = (
    "config:AssociateResourceTypes",
    "config:DeleteConfigurationRecorder",
    "config:DeleteDeliveryChannel",
    "config:DisassociateResourceTypes",
    "config:PutConfigurationRecorder",
    "config:PutDeliveryChannel",
    "config:StopConfigurationRecorder",
)
CHANGE_CONFIG_RULE = (
    "config:DeleteConfigRule",
    "config:PutConfigRule",
)
CHANGE_EVENT_RULE = (
    "events:DeleteRule",
    "events:DisableRule",
    "events:PutRule",
    "events:PutTargets",
    "events:RemoveTargets",
)
CHANGE_ROLE = (
    "iam:AttachRolePolicy",
    "iam:CreateRole",
    "iam:DeleteRole",
    "iam:DeleteRolePermissionsBoundary",
    "iam:DeleteRolePolicy",
    "iam:DetachRolePolicy",
    "iam:PutRolePermissionsBoundary",
    "iam:PutRolePolicy",
    "iam:UpdateAssumeRolePolicy",
)
CHANGE_MANAGED_POLICY = (
    "iam:CreatePolicyVersion",
    "iam:DeletePolicy",
    "iam:DeletePolicyVersion",
    "iam:SetDefaultPolicyVersion",
)

"""Identities and keys: roles, managed policies, KMS keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rehearsal.readers.reader import document, own_tags

if TYPE_CHECKING:
    from rehearsal.account import Account
    from rehearsal.readers.reader import Properties


def role(account: Account, physical_id: str) -> Properties:
    """Return an ``AWS::IAM::Role``."""
    client = account.client("iam")
    told = client.get_role(RoleName=physical_id)["Role"]
    attached = account.pages("iam", "list_attached_role_policies", RoleName=physical_id)
    inline = account.pages("iam", "list_role_policies", RoleName=physical_id)
    return {
        **told,
        "PermissionsBoundary": told.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
        "ManagedPolicyArns": [
            policy["PolicyArn"] for page in attached for policy in page["AttachedPolicies"]
        ],
        "Policies": [
            client.get_role_policy(RoleName=physical_id, PolicyName=name)
            for page in inline
            for name in page["PolicyNames"]
        ],
        "Tags": own_tags(told.get("Tags", [])),
    }


def managed_policy(account: Account, physical_id: str) -> Properties:
    """Return an ``AWS::IAM::ManagedPolicy``."""
    client = account.client("iam")
    told = client.get_policy(PolicyArn=physical_id)["Policy"]
    version = client.get_policy_version(PolicyArn=physical_id, VersionId=told["DefaultVersionId"])
    entities = account.pages("iam", "list_entities_for_policy", PolicyArn=physical_id)
    return {
        **told,
        "PolicyDocument": version["PolicyVersion"]["Document"],
        "Roles": [role["RoleName"] for page in entities for role in page["PolicyRoles"]],
    }


def key(account: Account, physical_id: str) -> Properties:
    """Return an ``AWS::KMS::Key``."""
    client = account.client("kms")
    policy = client.get_key_policy(KeyId=physical_id, PolicyName="default")["Policy"]
    tags = client.list_resource_tags(KeyId=physical_id)["Tags"]
    return {
        **client.describe_key(KeyId=physical_id)["KeyMetadata"],
        "EnableKeyRotation": client.get_key_rotation_status(KeyId=physical_id)[
            "KeyRotationEnabled"
        ],
        "KeyPolicy": document(policy),
        "Tags": own_tags(tags, "TagKey", "TagValue"),
    }

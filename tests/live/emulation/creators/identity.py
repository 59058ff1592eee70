"""Creates roles, policies and keys."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from tests.live.emulation.deployment import tags

if TYPE_CHECKING:
    from tests.live.emulation.deployment import Create, Place, Properties


def role(place: Place, properties: Properties) -> str:
    """Create a role with its inline policies, and attach the managed ones."""
    iam = place.client("iam")
    name = str(properties.get("RoleName", place.generated_name))[-64:]
    iam.create_role(
        RoleName=name,
        AssumeRolePolicyDocument=json.dumps(properties["AssumeRolePolicyDocument"]),
        Description=properties.get("Description", ""),
        Tags=tags(properties),
    )
    for policy in properties.get("Policies", ()):
        iam.put_role_policy(
            RoleName=name,
            PolicyName=policy["PolicyName"],
            PolicyDocument=json.dumps(policy["PolicyDocument"]),
        )
    for arn in properties.get("ManagedPolicyArns", ()):
        iam.attach_role_policy(RoleName=name, PolicyArn=arn)
    return name


def managed_policy(place: Place, properties: Properties) -> str:
    """Create a managed policy and attach it."""
    iam = place.client("iam")
    name = str(properties.get("ManagedPolicyName", place.generated_name))
    created = iam.create_policy(
        PolicyName=name,
        Path=properties.get("Path", "/"),
        Description=properties.get("Description", ""),
        PolicyDocument=json.dumps(properties["PolicyDocument"]),
    )
    for attached in properties.get("Roles", ()):
        iam.attach_role_policy(RoleName=attached, PolicyArn=created["Policy"]["Arn"])
    return name


def service_linked_role(place: Place, properties: Properties) -> str:
    """Create the role that a service assumes."""
    created = place.client("iam").create_service_linked_role(
        AWSServiceName=properties["AWSServiceName"]
    )
    return str(created["Role"]["RoleName"])


def key(place: Place, properties: Properties) -> str:
    """Create a key with its policy."""
    kms = place.client("kms")
    id_: str = kms.create_key(
        Policy=json.dumps(properties["KeyPolicy"]),
        Description=properties["Description"],
        Tags=[{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in tags(properties)],
    )["KeyMetadata"]["KeyId"]
    if properties.get("EnableKeyRotation"):
        kms.enable_key_rotation(KeyId=id_)
    return id_


CREATORS: Final[dict[str, Create]] = {
    "AWS::IAM::Role": role,
    "AWS::IAM::ManagedPolicy": managed_policy,
    "AWS::IAM::ServiceLinkedRole": service_linked_role,
    "AWS::KMS::Key": key,
}

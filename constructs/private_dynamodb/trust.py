"""Names for the statements of a role's trust policy, which CDK writes without."""

from __future__ import annotations

from aws_cdk import aws_iam as iam


def name_trust(role: iam.Role, *sids: str) -> None:
    """Give the statements of a role's trust policy a Sid each.

    Args:
        role: the role.
        sids: what each statement does, in order.
    """
    resource = role.node.default_child
    assert isinstance(resource, iam.CfnRole)  # noqa: S101 - what a Role's default child is
    for position, sid in enumerate(sids):
        resource.add_property_override(f"AssumeRolePolicyDocument.Statement.{position}.Sid", sid)

"""Every policy that reaches a role, a user or a group, wherever it is written."""

from collections.abc import Callable, Mapping

import pytest

from ddb_perimeter.inventory import (
    Identities,
    Inventory,
    PolicyKind,
    identities,
    managed_policies_date,
    managed_policy_services,
)
from ddb_perimeter.unknown import Unknown

LoadOne = Callable[..., Inventory]
LoadIam = Callable[..., Identities]

DOCUMENT = {"Statement": [{"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"}]}
TRUST = {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole"}]}


def iam(type_: str, **properties: object) -> dict[str, object]:
    return {"Type": f"AWS::IAM::{type_}", "Properties": properties}


@pytest.fixture
def load_iam(load_one: LoadOne) -> LoadIam:
    def run(**resources: object) -> Identities:
        return identities(load_one({"app.json": {"Resources": resources}}))

    return run


ATTACHED: dict[str, dict[str, object]] = {
    "inline": {"Role": iam("Role", Policies=[{"PolicyName": "p", "PolicyDocument": DOCUMENT}])},
    "a policy": {
        "Role": iam("Role"),
        "P": iam("Policy", PolicyDocument=DOCUMENT, Roles=[{"Ref": "Role"}]),
    },
    "a policy by name": {
        "Role": iam("Role", RoleName="r"),
        "P": iam("Policy", PolicyDocument=DOCUMENT, Roles=["r"]),
    },
    "a managed policy that names the role": {
        "Role": iam("Role"),
        "P": iam("ManagedPolicy", PolicyDocument=DOCUMENT, Roles=[{"Ref": "Role"}]),
    },
    "a managed policy that the role names": {
        "Role": iam("Role", ManagedPolicyArns=[{"Ref": "P"}]),
        "P": iam("ManagedPolicy", PolicyDocument=DOCUMENT),
    },
    "a managed policy by ARN": {
        "Role": iam("Role", ManagedPolicyArns=["arn:aws:iam::111122223333:policy/p"]),
        "P": iam("ManagedPolicy", ManagedPolicyName="p", PolicyDocument=DOCUMENT),
    },
    "a role policy": {
        "Role": iam("Role"),
        "P": iam("RolePolicy", PolicyDocument=DOCUMENT, RoleName={"Ref": "Role"}),
    },
}


@pytest.mark.parametrize("resources", ATTACHED.values(), ids=ATTACHED.keys())
def test_a_policy_reaches_its_role(load_iam: LoadIam, resources: Mapping[str, object]) -> None:
    found = load_iam(**resources)
    (role,) = found.roles
    (policy,) = role.policies

    assert policy.document == DOCUMENT
    assert policy.owner.at(policy.pointer.removeprefix("Properties.")) == DOCUMENT
    assert found.loose == ()
    assert found.of(role.resource) is role


def test_trust_and_boundary(load_iam: LoadIam) -> None:
    found = load_iam(
        Role=iam("Role", AssumeRolePolicyDocument=TRUST, PermissionsBoundary={"Ref": "P"}),
        P=iam("ManagedPolicy", PolicyDocument=DOCUMENT),
    )
    (role,) = found.roles

    assert role.trust == TRUST
    assert role.policies == ()
    assert role.boundary is not None
    assert role.boundary.document == DOCUMENT


@pytest.mark.parametrize(
    "resources",
    [
        {"User": iam("User", Groups=[{"Ref": "Group"}])},
        {
            "User": iam("User"),
            "Add": iam("UserToGroupAddition", GroupName={"Ref": "Group"}, Users=[{"Ref": "User"}]),
        },
    ],
)
def test_a_user_has_the_policies_of_its_groups(
    load_iam: LoadIam, resources: Mapping[str, object]
) -> None:
    group = iam("Group", Policies=[{"PolicyName": "p", "PolicyDocument": DOCUMENT}])
    (user,) = load_iam(Group=group, **resources).users

    assert [policy.document for policy in user.policies] == [DOCUMENT]


@pytest.mark.parametrize(
    "resources",
    [
        {"Role": iam("Role", Policies={"Fn::ImportValue": "x"})},
        {"Role": iam("Role", ManagedPolicyArns=[{"Fn::ImportValue": "x"}])},
        {"Role": iam("Role", ManagedPolicyArns={"Fn::ImportValue": "x"})},
        {"Role": iam("Role", ManagedPolicyArns=["arn:aws:iam::111122223333:policy/elsewhere"])},
        {"Role": iam("Role", ManagedPolicyArns=["arn:aws:iam::aws:policy/AmazonEC2FullAccess"])},
        {"Role": iam("Role", Policies=[{"PolicyName": "p"}])},
        {"User": iam("User", Groups=["elsewhere"])},
    ],
)
def test_a_policy_that_nobody_can_read_is_unknown(
    load_iam: LoadIam, resources: Mapping[str, object]
) -> None:
    found = load_iam(**resources)
    (identity,) = (*found.roles, *found.users)

    (policy,) = identity.policies
    assert isinstance(policy.document, Unknown)


@pytest.mark.parametrize("target", ["elsewhere", {"Fn::ImportValue": "x"}])
def test_a_policy_for_somebody_who_is_not_here_is_not_lost(
    load_iam: LoadIam, target: object
) -> None:
    found = load_iam(Role=iam("Role"), P=iam("Policy", PolicyDocument=DOCUMENT, Roles=[target]))

    assert found.roles[0].policies == ()
    (loose,) = found.loose
    assert loose.policy.document == DOCUMENT
    assert isinstance(loose.target, str if target == "elsewhere" else Unknown)


@pytest.mark.parametrize(
    ("name", "action", "partial"),
    [
        ("AdministratorAccess", "*", False),
        ("AmazonDynamoDBFullAccess", "dynamodb:*", False),
        ("AmazonDynamoDBReadOnlyAccess", "dynamodb:GetItem", False),
        ("service-role/AWSLambdaBasicExecutionRole", "logs:PutLogEvents", False),
        ("service-role/AWSLambdaDynamoDBExecutionRole", "dynamodb:GetRecords", False),
        ("service-role/AWSBackupServiceRolePolicyForBackup", "dynamodb:StartAwsBackupJob", False),
        ("ReadOnlyAccess", "dynamodb:Get*", True),
    ],
)
def test_policies_of_aws_are_pinned(
    load_iam: LoadIam,
    name: str,
    action: str,
    partial: bool,  # noqa: FBT001 - a table of cases
) -> None:
    arn = f"arn:aws:iam::aws:policy/{name}"
    (role,) = load_iam(Role=iam("Role", ManagedPolicyArns=[arn])).roles
    (policy,) = role.policies
    assert isinstance(policy.document, dict)
    actions = [
        one
        for statement in policy.document["Statement"]
        for one in (
            [statement.get("Action")]
            if isinstance(statement.get("Action"), str)
            else statement.get("Action", [])
        )
    ]

    assert action in actions
    assert (policy.partial, policy.kind) == (partial, PolicyKind.AWS_MANAGED)


def test_a_policy_of_aws_under_the_wrong_path_is_none(load_iam: LoadIam) -> None:
    arn = "arn:aws:iam::aws:policy/AWSLambdaBasicExecutionRole"
    (role,) = load_iam(Role=iam("Role", ManagedPolicyArns=[arn])).roles

    assert isinstance(role.policies[0].document, Unknown)


def test_the_pinned_policies_have_a_date() -> None:
    assert managed_policies_date() == "2026-10-27"
    assert "dynamodb" in managed_policy_services()

"""Faults of identities: the cache's role, its clients, and who may become them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.mutation.mutant import (
    NONE,
    REACHABLE,
    WEAKENED,
    Mutant,
    also,
    plus,
    put,
    reword,
    role,
    together,
)
from tests.mutation.templates import (
    ACCOUNT,
    FRIEND,
    STRANGER,
    cache_permissions,
    cache_trust,
)

if TYPE_CHECKING:
    from tests.mutation.mutant import Change
    from tests.mutation.templates import Node, Templates

GITHUB: Final = "token.actions.githubusercontent.com"
AREA: Final = "identity"
ROLE: Final = "Data/Cache/Role"
READER: Final = "Data/Reader1/Role"
WRITER: Final = "Data/Writer1/Role"
PARTNER: Final = "Data/Reader222233334444/Role"
READS: Final = "AllowReadingTable"
READ_ONLY: Final = "dax-role-read-only"
SCOPED: Final = "dax-role-table-scoped"
TRUST: Final = "dax-role-trust-dax-only"
DEPUTY: Final = "dax-role-confused-deputy"
CLIENT: Final = "dax-client-least"
USERS: Final = "iam-no-users"
ASSUMED: Final = "iam-no-stranger-assumes"
OUTSIDE: Final = "ddb-deny-outside-vpce"
"""A cache role that is not proved is an exemption that nobody declared."""


def trust(templates: Templates, path: str) -> Node:
    document: Node = templates.properties(path)["AssumeRolePolicyDocument"]
    return document


def _grant(*actions: str, resource: object = "*", **elements: object) -> Node:
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource, **elements}


def _document(*statements: Node) -> Node:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _attached_elsewhere(templates: Templates) -> None:
    """Attach a policy to the cache's role from another stack."""
    templates.add(
        "edge",
        "Extra",
        "AWS::IAM::Policy",
        PolicyName="extra",
        PolicyDocument=_document(_grant("dynamodb:PutItem", "dynamodb:UpdateItem")),
        Roles=[templates.imported(ROLE)],
    )


def _admits(path: str, principal: Node, **elements: object) -> Change:
    """Let one more principal assume a role."""

    def change(templates: Templates) -> None:
        trust(templates, path)["Statement"].append(
            {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal, **elements}
        )

    return change


def _new_role(templates: Templates) -> None:
    """Add a role that anybody may assume, and that reads through the cache."""
    templates.add(
        "edge",
        "Reporting",
        "AWS::IAM::Role",
        AssumeRolePolicyDocument=_document(
            {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}}
        ),
        Policies=[
            {"PolicyName": "read", "PolicyDocument": _document(_grant("dax:GetItem", "dax:Query"))}
        ],
    )


def _user(templates: Templates) -> None:
    """Add a user with keys who may do everything with the cache, by a group."""
    templates.add(
        "edge",
        "Group",
        "AWS::IAM::Group",
        Policies=[{"PolicyName": "all", "PolicyDocument": _document(_grant("dax:*"))}],
    )
    templates.add("edge", "User", "AWS::IAM::User", Groups=[{"Ref": "Group"}])


def _analyst(holder: str) -> Change:
    """Add a user who may read, by a policy of AWS or by a group."""

    def change(templates: Templates) -> None:
        if holder == "User":
            managed = ["arn:aws:iam::aws:policy/AmazonDynamoDBReadOnlyAccess"]
            templates.add("edge", "Analyst", "AWS::IAM::User", ManagedPolicyArns=managed)
            return
        reads = _document(_grant("dynamodb:Query", "dynamodb:Scan"))
        policies = [{"PolicyName": "read", "PolicyDocument": reads}]
        templates.add("edge", "Analysts", "AWS::IAM::Group", Policies=policies)
        templates.add("edge", "Analyst", "AWS::IAM::User", Groups=[{"Ref": "Analysts"}])

    return change


def _access_key(templates: Templates) -> None:
    templates.add("edge", "AnalystKey", "AWS::IAM::AccessKey", UserName={"Ref": "Analyst"})


def _extends(path: str, *statements: Node) -> Change:
    """Give a role an inline policy."""
    return put(path, "Policies", [{"PolicyName": "more", "PolicyDocument": _document(*statements)}])


MUTANTS: Final = (
    # What the cache's role may do
    Mutant(
        "the cache's role may use dynamodb:*Item, which also writes",
        READ_ONLY,
        REACHABLE,
        ROLE,
        reword(cache_permissions, READS, Action=["dynamodb:*Item", "dynamodb:Query"]),
        also(OUTSIDE, "ddb-deny-exempts-dax-role"),
    ),
    Mutant(
        "the cache's role may do everything but delete",
        READ_ONLY,
        REACHABLE,
        ROLE,
        reword(cache_permissions, READS, Action=None, NotAction=["dynamodb:Delete*", "iam:*"]),
        also(OUTSIDE),
    ),
    Mutant(
        "the cache's role has a policy of another stack",
        READ_ONLY,
        REACHABLE,
        ROLE,
        _attached_elsewhere,
        also(OUTSIDE),
    ),
    Mutant(
        "the cache's role has a policy of AWS",
        READ_ONLY,
        REACHABLE,
        ROLE,
        put(ROLE, "ManagedPolicyArns", ["arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess"]),
        also(OUTSIDE, SCOPED),
    ),
    Mutant(
        "the cache's role reads the stream",
        READ_ONLY,
        REACHABLE,
        ROLE,
        plus(cache_permissions, _grant("dynamodb:GetRecords", "dynamodb:GetShardIterator")),
        also(OUTSIDE),
    ),
    Mutant(
        "the cache's role exports",
        READ_ONLY,
        REACHABLE,
        ROLE,
        _extends(ROLE, _grant("dynamodb:ExportTableToPointInTime")),
        also(OUTSIDE),
    ),
    Mutant(
        "the cache's role writes to buckets",
        READ_ONLY,
        WEAKENED,
        ROLE,
        plus(cache_permissions, _grant("s3:PutObject")),
        also(OUTSIDE),
    ),
    Mutant(
        "the cache's role reads every table",
        SCOPED,
        WEAKENED,
        ROLE,
        reword(cache_permissions, READS, Resource="*"),
        also(OUTSIDE),
    ),
    Mutant(
        "the cache's role reads every table but one",
        SCOPED,
        WEAKENED,
        ROLE,
        reword(
            cache_permissions,
            READS,
            Resource=None,
            NotResource=[f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/secrets"],
        ),
        also(OUTSIDE),
    ),
    Mutant(
        "the cache's role reads tables by a tag",
        SCOPED,
        WEAKENED,
        ROLE,
        plus(
            cache_permissions,
            _grant(
                "dynamodb:GetItem",
                Condition={"StringEquals": {"aws:ResourceTag/cached": "true"}},
            ),
        ),
        also(OUTSIDE),
    ),
    # Who may become it
    Mutant(
        "another account may assume the cache's role",
        TRUST,
        REACHABLE,
        ROLE,
        _admits(ROLE, {"AWS": f"arn:aws:iam::{STRANGER}:root"}),
        also(OUTSIDE),
    ),
    Mutant(
        "a role of our own may assume the cache's role",
        TRUST,
        REACHABLE,
        ROLE,
        _admits(ROLE, {"AWS": role("operations")}),
        also(OUTSIDE),
    ),
    Mutant(
        "Lambda may assume the cache's role, too",
        TRUST,
        REACHABLE,
        ROLE,
        reword(
            cache_trust,
            "AllowDaxForThisCluster",
            Principal={"Service": ["dax.amazonaws.com", "lambda.amazonaws.com"]},
            Condition=None,
        ),
        also(OUTSIDE, DEPUTY),
    ),
    Mutant(
        "whoever signs in at a provider may assume the cache's role",
        TRUST,
        REACHABLE,
        ROLE,
        _admits(
            ROLE,
            {"Federated": "accounts.google.com"},
            Action="sts:AssumeRoleWithWebIdentity",
        ),
        also(OUTSIDE),
    ),
    Mutant(
        "DAX uses the role for clusters of any account",
        DEPUTY,
        WEAKENED,
        ROLE,
        reword(cache_trust, "AllowDaxForThisCluster", Condition=None),
    ),
    Mutant(
        "DAX uses the role for whoever sends no account",
        DEPUTY,
        WEAKENED,
        ROLE,
        reword(
            cache_trust,
            "AllowDaxForThisCluster",
            Condition={"ArnLike": {"aws:SourceArn": "arn:aws:dax:*:*:cache/mutants"}},
        ),
    ),
    # The clients
    Mutant(
        "a reader may do everything with the cache",
        CLIENT,
        WEAKENED,
        READER,
        _extends(READER, _grant("dax:*")),
    ),
    Mutant(
        "a writer may write through the cache",
        CLIENT,
        WEAKENED,
        WRITER,
        lambda templates: templates.properties("Data/WriterPolicy")["PolicyDocument"][
            "Statement"
        ].append(
            _grant(
                "dax:UpdateItem",
                resource={"Fn::Sub": "arn:aws:dax:us-east-1:${AWS::AccountId}:cache/*"},
            )
        ),
    ),
    Mutant(
        "a partner may do everything with the cache but delete",
        CLIENT,
        WEAKENED,
        PARTNER,
        _extends(PARTNER, {"Effect": "Allow", "NotAction": "dax:DeleteItem", "Resource": "*"}),
    ),
    Mutant("a user may do everything with the cache", CLIENT, WEAKENED, "User", _user, also(USERS)),
    Mutant("a user may read every table of the account", USERS, NONE, "Analyst", _analyst("User")),
    Mutant(
        "a user of a group that reads the table has an access key",
        USERS,
        WEAKENED,
        "Analyst",
        together(_analyst("Group"), _access_key),
    ),
    Mutant(
        "anybody may assume a reader",
        ASSUMED,
        REACHABLE,
        READER,
        _admits(READER, {"AWS": "*"}),
    ),
    Mutant(
        "another account may assume a writer",
        ASSUMED,
        REACHABLE,
        WRITER,
        _admits(WRITER, {"AWS": [STRANGER, role("mutants-reader-us-east-1")]}),
    ),
    Mutant(
        "the partner's role names an account that nobody declared",
        ASSUMED,
        REACHABLE,
        PARTNER,
        put(
            PARTNER,
            "AssumeRolePolicyDocument.Statement.0.Principal",
            {"AWS": [f"arn:aws:iam::{FRIEND}:root", f"arn:aws:iam::{STRANGER}:user/temp"]},
        ),
    ),
    Mutant(
        "whoever signs in at a provider may assume a reader",
        ASSUMED,
        REACHABLE,
        READER,
        _admits(
            READER,
            {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{GITHUB}"},
            Action="sts:AssumeRoleWithWebIdentity",
            Condition={
                "StringLike": {f"{GITHUB}:sub": "repo:*"},
            },
        ),
    ),
    Mutant(
        "the organization of a stranger may assume a writer",
        ASSUMED,
        REACHABLE,
        WRITER,
        _admits(
            WRITER,
            {"AWS": "*"},
            Condition={"StringEquals": {"aws:PrincipalOrgID": "o-strangers00"}},
        ),
    ),
    Mutant(
        "somebody adds a role that anybody may assume, and that reads through the cache",
        ASSUMED,
        REACHABLE,
        "Reporting",
        _new_role,
    ),
)

"""Faults of the table's policy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.mutation.mutant import (
    NONE,
    REACHABLE,
    WEAKENED,
    Mutant,
    allow,
    also,
    drop,
    exempting,
    forget,
    plus,
    put,
    recondition,
    respell,
    reword,
    role,
    together,
    without,
)
from tests.mutation.templates import ACCOUNT, STRANGER, statement, table_policy

if TYPE_CHECKING:
    from ddb_perimeter.findings import Exposure
    from tests.mutation.mutant import Change
    from tests.mutation.templates import Node, Templates

DEPUTIES: Final = "ddb-policy-no-cross-account"
"""Whoever admits everybody admits AWS services that act for strangers."""

AREA: Final = "table policy"
TABLE: Final = "Data/Table/Table"
ARN: Final = f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/cruddur-messages"
NETWORK: Final = "DenyDataPlaneOutsideEndpoints"
POLICY: Final = "Replicas.0.ResourcePolicy.PolicyDocument"
EXITS: Final = (
    "ddb-export-guarded",
    "ddb-kinesis-guarded",
    "ddb-no-multi-account-replica",
    "ddb-policy-change-guarded",
    "ddb-restore-guarded",
    "ddb-table-change-guarded",
    "ddb-contributor-insights-guarded",
)
READ: Final = "dynamodb:GetItem"


def _also_endpoint(endpoint: str) -> Mutant:
    """Let requests from one more endpoint in."""

    def change(templates: Templates) -> None:
        condition = statement(table_policy(templates), NETWORK)["Condition"]
        condition["StringNotEquals"]["aws:SourceVpce"].append(endpoint)

    return Mutant(
        "the network Deny admits one more endpoint, of nobody knows whom",
        "ddb-deny-outside-vpce",
        REACHABLE,
        TABLE,
        change,
    )


def _only_foreign_accounts(templates: Templates) -> None:
    """Say in one statement what two said: then both conditions have to be met."""
    document = table_policy(templates)
    accounts = statement(document, "DenyOtherAccounts")
    network = statement(document, NETWORK)
    network["Condition"]["StringNotEquals"].update(accounts["Condition"]["StringNotEquals"])
    document["Statement"].remove(accounts)


def _outside(name: str, change: Change, *also_: str) -> Mutant:
    """Return a fault that lets principals of the account in from outside."""
    return Mutant(name, "ddb-deny-outside-vpce", REACHABLE, TABLE, change, also(*also_))


def _lets_in(name: str, control: str, statement_: Node, *also_: str) -> Mutant:
    """Return an Allow that only the Denies beside it stop."""
    return Mutant(name, control, WEAKENED, TABLE, plus(table_policy, statement_), also(*also_))


def _exit(name: str, control: str, exposure: Exposure, change: Change, *also_: str) -> Mutant:
    return Mutant(name, control, exposure, TABLE, change, also(*also_))


MUTANTS: Final = (
    # The Deny on everything outside: gone, or without effect
    _outside(
        "the table has no policy",
        drop(TABLE, "Replicas.0.ResourcePolicy"),
        "ddb-deny-insecure-transport",
        *EXITS,
    ),
    _outside("the network Deny is dropped", without(table_policy, NETWORK)),
    _outside(
        "the network Deny is an Allow",
        reword(table_policy, NETWORK, Effect="Allow"),
        "ddb-table-policy-not-public",
        DEPUTIES,
    ),
    _outside(
        "the policy is replaced by one that lets everybody read",
        put(TABLE, f"{POLICY}.Statement", [allow("*", READ)]),
        "ddb-table-policy-not-public",
        DEPUTIES,
        "ddb-deny-insecure-transport",
        *EXITS,
    ),
    _outside(
        "the network Deny and the Deny on other accounts are merged into one",
        _only_foreign_accounts,
    ),
    # Its condition
    _outside(
        "the network Deny denies our endpoint instead",
        respell(table_policy, NETWORK, "StringNotEquals", "StringEquals"),
        "ddb-workload-works",
    ),
    _outside(
        "the network Deny asks for any endpoint",
        together(
            recondition(table_policy, NETWORK, "StringNotEquals", None),
            recondition(table_policy, NETWORK, "StringNotLike", {"aws:SourceVpce": "vpce-*"}),
        ),
    ),
    _outside(
        "the network Deny asks only whether there is an endpoint",
        together(
            recondition(table_policy, NETWORK, "StringNotEquals", None),
            recondition(table_policy, NETWORK, "Null", {"aws:SourceVpce": "true"}),
        ),
    ),
    _outside(
        "the network Deny asks for any of several endpoints, and so not for none",
        respell(table_policy, NETWORK, "StringNotEquals", "ForAnyValue:StringNotEquals"),
    ),
    _also_endpoint("vpce-0123456789abcdef0"),
    _outside(
        "the network Deny also wants another VPC",
        recondition(table_policy, NETWORK, "StringNotLike", {"aws:SourceVpc": "vpc-0*"}),
        "sourcevpc-region-pinned",
    ),
    _outside(
        "the network Deny goes by private addresses, which every VPC has",
        together(
            recondition(table_policy, NETWORK, "StringNotEquals", None),
            recondition(table_policy, NETWORK, "NotIpAddress", {"aws:VpcSourceIp": "10.0.0.0/8"}),
        ),
    ),
    _outside(
        "the network Deny spares one program by its name",
        recondition(table_policy, NETWORK, "StringNotLike", {"aws:UserAgent": "*backup-tool*"}),
    ),
    _outside(
        "the network Deny is for AWS services only",
        recondition(table_policy, NETWORK, "Bool", {"aws:PrincipalIsAWSService": "true"}),
    ),
    _outside(
        "the network Deny ended last year",
        recondition(
            table_policy, NETWORK, "DateLessThan", {"aws:CurrentTime": "2025-12-31T23:59:59Z"}
        ),
    ),
    _outside(
        "the network Deny binds only who has no second factor",
        recondition(table_policy, NETWORK, "BoolIfExists", {"aws:MultiFactorAuthPresent": "false"}),
    ),
    _outside(
        "the network Deny spares principals with a tag",
        recondition(table_policy, NETWORK, "StringNotLike", {"aws:PrincipalTag/team": "platform"}),
    ),
    # Its principals
    _outside(
        "the network Deny names the reader alone",
        reword(table_policy, NETWORK, Principal={"AWS": role("mutants-reader-us-east-1")}),
    ),
    _outside(
        "the network Deny spares a session by NotPrincipal",
        reword(
            table_policy,
            NETWORK,
            Principal=None,
            NotPrincipal={
                "AWS": [
                    f"arn:aws:iam::{ACCOUNT}:root",
                    role("operations"),
                    f"arn:aws:sts::{ACCOUNT}:assumed-role/operations/alice",
                ]
            },
        ),
    ),
    # Its actions
    _outside(
        "the network Deny forgets vector searches",
        forget(table_policy, "dynamodb:SearchVectors", sids=(NETWORK,)),
    ),
    _outside(
        "the network Deny forgets reading by PartiQL",
        forget(table_policy, "dynamodb:PartiQLSelect", sids=(NETWORK,)),
    ),
    _outside(
        "the network Deny forgets batches",
        forget(table_policy, "dynamodb:BatchGetItem", sids=(NETWORK,)),
    ),
    _outside(
        "the network Deny forgets conditions of transactions",
        forget(table_policy, "dynamodb:ConditionCheckItem", sids=(NETWORK,)),
    ),
    _outside(
        "the network Deny forgets every write",
        forget(
            table_policy,
            "dynamodb:BatchWriteItem",
            "dynamodb:DeleteItem",
            "dynamodb:PartiQLDelete",
            "dynamodb:PartiQLInsert",
            "dynamodb:PartiQLUpdate",
            "dynamodb:PutItem",
            "dynamodb:UpdateItem",
            sids=(NETWORK,),
        ),
    ),
    _outside(
        "the network Deny is on dynamodb:*Item, which is neither Query nor Scan",
        reword(table_policy, NETWORK, Action="dynamodb:*Item"),
    ),
    _outside(
        "the network Deny is on everything but dynamodb:Update* and the like",
        reword(
            table_policy,
            NETWORK,
            Action=None,
            NotAction=[
                "dynamodb:Describe*",
                "dynamodb:List*",
                "dynamodb:Tag*",
                "dynamodb:Update*",
                "dynamodb:*ResourcePolicy",
            ],
        ),
    ),
    # Its resources
    _outside(
        "the network Deny names the table and not its indexes",
        reword(table_policy, NETWORK, Resource=ARN),
    ),
    _outside(
        "the network Deny names the indexes and not the table",
        reword(table_policy, NETWORK, Resource=[f"{ARN}/index/*"]),
    ),
    _outside(
        "the network Deny is on everything but this table",
        reword(table_policy, NETWORK, Resource=None, NotResource=[ARN]),
    ),
    _outside(
        "the network Deny names the table of another Region",
        reword(
            table_policy,
            NETWORK,
            Resource={"Fn::Sub": f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/cruddur-messages*"},
        ),
    ),
    # Whom it spares
    _outside(
        "the network Deny spares every role",
        exempting(table_policy, NETWORK, role("*")),
        "exemption-arn-exact",
    ),
    _outside(
        "the network Deny spares whoever has a name that begins so",
        exempting(table_policy, NETWORK, role("app-*")),
        "exemption-arn-exact",
    ),
    _outside(
        "the network Deny spares the root user",
        exempting(table_policy, NETWORK, f"arn:aws:iam::{ACCOUNT}:root"),
        "exemption-arn-exact",
    ),
    _outside(
        "the network Deny spares an undeclared role", exempting(table_policy, NETWORK, role("etl"))
    ),
    _outside(
        "the network Deny spares an undeclared user",
        exempting(table_policy, NETWORK, f"arn:aws:iam::{ACCOUNT}:user/alice"),
    ),
    Mutant(
        "the network Deny spares a session, and so nobody",
        "exemption-arn-exact",
        NONE,
        TABLE,
        exempting(table_policy, NETWORK, f"arn:aws:sts::{ACCOUNT}:assumed-role/operations/alice"),
    ),
    # Allow statements
    _lets_in(
        "everybody is allowed to read", "ddb-table-policy-not-public", allow("*", READ), DEPUTIES
    ),
    _lets_in(
        "a list of principals has a star in it",
        "ddb-table-policy-not-public",
        allow({"AWS": [role("mutants-reader-us-east-1"), "*"]}, "dynamodb:*"),
    ),
    _lets_in(
        "the organization of a stranger is allowed to read",
        "ddb-table-policy-not-public",
        allow("*", READ, Condition={"StringEquals": {"aws:PrincipalOrgID": "o-strangers00"}}),
    ),
    _lets_in(
        "everybody is allowed to read who says so in a header",
        "ddb-table-policy-not-public",
        allow("*", READ, Condition={"StringEquals": {"aws:Referer": "https://example.com"}}),
        DEPUTIES,
    ),
    _lets_in(
        "everybody is allowed to read unless the account is known and another",
        "ddb-table-policy-not-public",
        allow(
            "*", READ, Condition={"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-mutants000"}}
        ),
        DEPUTIES,
    ),
    _lets_in(
        "another account is allowed to read",
        "ddb-policy-no-cross-account",
        allow({"AWS": f"arn:aws:iam::{STRANGER}:root"}, READ),
    ),
    _lets_in(
        "a role of another account is allowed to write",
        "ddb-policy-no-cross-account",
        allow({"AWS": [role("partner", STRANGER)]}, "dynamodb:PutItem", "dynamodb:UpdateItem"),
    ),
    Mutant(
        "the Deny on other accounts is an Allow",
        "ddb-table-policy-not-public",
        WEAKENED,
        TABLE,
        reword(table_policy, "DenyOtherAccounts", Effect="Allow"),
        also(DEPUTIES),
    ),
    # Plain HTTP
    Mutant(
        "the Deny on plain HTTP is dropped",
        "ddb-deny-insecure-transport",
        WEAKENED,
        TABLE,
        without(table_policy, "DenyPlainHttp"),
    ),
    Mutant(
        "the Deny on plain HTTP is on reads only",
        "ddb-deny-insecure-transport",
        WEAKENED,
        TABLE,
        reword(table_policy, "DenyPlainHttp", Action=["dynamodb:Get*", "dynamodb:BatchGet*"]),
    ),
    Mutant(
        "the Deny on plain HTTP names the table and not its indexes",
        "ddb-deny-insecure-transport",
        WEAKENED,
        TABLE,
        reword(table_policy, "DenyPlainHttp", Resource=ARN),
    ),
    # Ways out
    _exit(
        "the Deny on exports is dropped",
        "ddb-export-guarded",
        REACHABLE,
        without(table_policy, "DenyExport"),
    ),
    _exit(
        "the Deny on exports spares every role",
        "ddb-export-guarded",
        REACHABLE,
        reword(
            table_policy,
            "DenyExport",
            Condition={"ArnNotLike": {"aws:PrincipalArn": role("*")}},
        ),
        "exemption-arn-exact",
    ),
    _exit(
        "the Deny on policy changes forgets to delete",
        "ddb-policy-change-guarded",
        WEAKENED,
        forget(table_policy, "dynamodb:DeleteResourcePolicy", sids=("DenyPolicyChanges",)),
    ),
    _exit(
        "the Deny on policy changes is dropped",
        "ddb-policy-change-guarded",
        WEAKENED,
        without(table_policy, "DenyPolicyChanges"),
    ),
    _exit(
        "the Deny on Kinesis streams is dropped",
        "ddb-kinesis-guarded",
        WEAKENED,
        without(table_policy, "DenyKinesisStreaming"),
    ),
    _exit(
        "the Deny on Kinesis streams forgets to change one",
        "ddb-kinesis-guarded",
        WEAKENED,
        forget(
            table_policy,
            "dynamodb:UpdateKinesisStreamingDestination",
            sids=("DenyKinesisStreaming",),
        ),
    ),
    _exit(
        "the Deny on replicas is dropped",
        "ddb-no-multi-account-replica",
        REACHABLE,
        without(table_policy, "DenyReplicas"),
    ),
    _exit(
        "the Deny on replicas forgets those of other accounts",
        "ddb-no-multi-account-replica",
        REACHABLE,
        forget(table_policy, "dynamodb:AssociateTableReplica", sids=("DenyReplicas",)),
    ),
    _exit(
        "the Deny on point-in-time restores is dropped",
        "ddb-restore-guarded",
        WEAKENED,
        without(table_policy, "DenyPointInTimeRestore"),
    ),
    _exit(
        "the Deny on backups forgets those of AWS Backup",
        "ddb-restore-guarded",
        WEAKENED,
        forget(table_policy, "dynamodb:StartAwsBackupJob", sids=("DenyBackups",)),
    ),
    _exit(
        "the Deny on replicas forgets writing for replication",
        "ddb-no-multi-account-replica",
        REACHABLE,
        forget(table_policy, "dynamodb:WriteDataForReplication", sids=("DenyReplicas",)),
    ),
    _exit(
        "the Deny on changes of the table is dropped, so a stream or replica is a call away",
        "ddb-table-change-guarded",
        NONE,
        without(table_policy, "DenyTableChanges"),
    ),
    _exit(
        "the Deny on copying keys to CloudWatch is dropped",
        "ddb-contributor-insights-guarded",
        NONE,
        without(table_policy, "DenyContributorInsights"),
    ),
    Mutant(
        "the network Deny spares a role of a stranger",
        "exemption-arn-exact",
        NONE,
        TABLE,
        exempting(table_policy, NETWORK, role("partner", STRANGER)),
    ),
    Mutant(
        "an exemption with a declared end never ends",
        "exemption-expires",
        NONE,
        TABLE,
        without(table_policy, "DenyExpiredExemption1"),
    ),
)

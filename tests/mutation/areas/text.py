"""Faults of what policies are written with: VPC ids that are not pinned, and too many words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.mutation.mutant import (
    NONE,
    WEAKENED,
    Mutant,
    Policy,
    also,
    plus,
    put,
)
from tests.mutation.templates import (
    ACCOUNT,
    gateway_policy,
    statement,
    stream_policy,
    table_policy,
)

if TYPE_CHECKING:
    from tests.mutation.mutant import Change
    from tests.mutation.templates import Node, Templates

AREA: Final = "policy text"
PINNED: Final = "sourcevpc-region-pinned"
SIZE: Final = "policy-within-size"
VPC: Final = "Network/Network/Vpc"
GATEWAY: Final = "Network/Network/DynamoDbEndpoint"
TABLE: Final = "Data/Table/Table"
READER: Final = "Data/Reader1/Role"
NETWORK: Final = "DenyDataPlaneOutsideEndpoints"


def _by_vpc(policy: Policy, **more: str) -> Change:
    """Spare requests from the VPC, by its id, rather than those from its endpoints."""

    def change(templates: Templates) -> None:
        condition = statement(policy(templates), NETWORK)["Condition"]["StringNotEquals"]
        del condition["aws:SourceVpce"]
        condition["aws:SourceVpc"] = templates.imported(VPC)
        condition.update({key.replace("_", ":"): value for key, value in more.items()})

    return change


def _from_vpc(policy: Policy, sid: str) -> Change:
    """Allow requests from the VPC, by its id, in a policy of the VPC's own stack."""

    def change(templates: Templates) -> None:
        vpc = {"Ref": templates.logical_id(VPC)}
        statement(policy(templates), sid)["Condition"]["StringEquals"]["aws:SourceVpc"] = vpc

    return change


def _role(templates: Templates, *statements: Node) -> None:
    """Give a reader an inline policy."""
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    put(READER, "Policies", [{"PolicyName": "more", "PolicyDocument": document}])(templates)


def _reads(**elements: object) -> Node:
    return {
        "Sid": "Read",
        "Effect": "Allow",
        "Action": "dynamodb:GetItem",
        "Resource": f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/cruddur-messages",
        **elements,
    }


def _tables(count: int) -> list[str]:
    """Return the ARNs of tables that are not here."""
    return [f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/archive-{n:04}" for n in range(count)]


def _logs(count: int) -> Node:
    names = [f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:worker-{n:04}" for n in range(count)]
    return {"Sid": "Log", "Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": names}


def _policy_for_everything(templates: Templates) -> None:
    document = {"Version": "2012-10-17", "Statement": [_logs(110)]}
    templates.add("edge", "Logs", "AWS::IAM::ManagedPolicy", PolicyDocument=document)


def _user(templates: Templates) -> None:
    """Add a user whose own policy is longer than a user's may be, though a role's may be so."""
    document = {"Version": "2012-10-17", "Statement": [_logs(40)]}
    policies = [{"PolicyName": "log", "PolicyDocument": document}]
    templates.add("edge", "Logger", "AWS::IAM::User", Policies=policies)


def _trusting_everybody(templates: Templates) -> None:
    """Add a role that a hundred roles may assume, each by its name."""
    names = [f"arn:aws:iam::{ACCOUNT}:role/team-{n:04}-engineer" for n in range(100)]
    allowed = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": names}}
    document = {"Version": "2012-10-17", "Statement": [allowed]}
    templates.add("edge", "Shared", "AWS::IAM::Role", AssumeRolePolicyDocument=document)


def _pinned(name: str, on: str, change: Change, *others: str) -> Mutant:
    return Mutant(name, PINNED, WEAKENED, on, change, also(*others))


def _large(name: str, on: str, change: Change, *others: str) -> Mutant:
    return Mutant(name, SIZE, NONE, on, change, also(*others))


DENY: Final = {"Sid": "Closed", "Effect": "Deny", "Principal": "*", "Action": "dynamodb:Scan"}
MUTANTS: Final = (
    _pinned("the table tells the VPC by its id", TABLE, _by_vpc(table_policy)),
    _pinned(
        "the table spares its Region as well as the VPC",
        TABLE,
        _by_vpc(table_policy, aws_RequestedRegion="us-east-1"),
        "ddb-deny-outside-vpce",
    ),
    _pinned("the stream tells the VPC by its id", TABLE, _by_vpc(stream_policy)),
    _pinned(
        "the gateway tells its VPC by the id",
        GATEWAY,
        _from_vpc(gateway_policy, "AllowOwnPrincipalsOwnTable"),
    ),
    _pinned(
        "a reader is told by the VPC's id",
        READER,
        lambda templates: _role(
            templates,
            _reads(Condition={"StringLike": {"aws:SourceVpc": templates.imported(VPC)}}),
        ),
    ),
    _large(
        "the stream's policy has a statement for every name",
        TABLE,
        plus(
            stream_policy,
            *(
                {**DENY, "Sid": f"Closed{n}", "Resource": [name]}
                for n, name in enumerate(_tables(130))
            ),
        ),
    ),
    _large(
        "a role has too long an inline policy",
        READER,
        lambda templates: _role(templates, _logs(180)),
    ),
    _large("a managed policy is too long", "Logs", _policy_for_everything),
    _large("a user has too long an inline policy", "Logger", _user),
    _large("a role trusts too many by name", "Shared", _trusting_everybody),
)

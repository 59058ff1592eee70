"""Faults of Lambda functions that work with the data: where they run, and who may call them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.mutation.mutant import NONE, REACHABLE, WEAKENED, Mutant, also, role
from tests.mutation.templates import ACCOUNT, STRANGER

if TYPE_CHECKING:
    from ddb_perimeter.findings import Exposure
    from tests.mutation.mutant import Change
    from tests.mutation.templates import Node, Templates

AREA: Final = "function"
INSIDE: Final = "lambda-in-vpc"
PUBLIC: Final = "lambda-not-public"
READER: Final = "Data/Reader1/Role"
WRITER: Final = "Data/Writer1/Role"
TABLE: Final = f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/cruddur-messages"
VPC: Final = "Network/Network/Vpc"


def _in_vpc(templates: Templates) -> Node:
    """Return where a function runs that is inside."""
    return {
        "SubnetIds": [templates.imported(f"{VPC}/clientsSubnet1/Subnet")],
        "SecurityGroupIds": [templates.imported("Network/Network/ClientGroup", "GroupId")],
    }


def _worker(templates: Templates, role_: object = None, **properties: object) -> None:
    """Add a function with the role of a reader, inside the VPC unless it says otherwise."""
    given = {"VpcConfig": _in_vpc(templates), **properties}
    templates.add(
        "edge",
        "Worker",
        "AWS::Lambda::Function",
        Role=role_ or templates.imported(READER, "Arn"),
        Runtime="python3.13",
        Handler="index.handler",
        Code={"ZipFile": ""},
        **{name: value for name, value in given.items() if value is not None},
    )


def _outside(**properties: object) -> Change:
    """Add a function that runs elsewhere than in the clients' subnets."""
    return lambda templates: _worker(templates, **{"VpcConfig": None, **properties})


def _outside_with(statement: Node, **properties: object) -> Change:
    """Add a function outside the VPC, with a role of its own."""
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}}

    def change(templates: Templates) -> None:
        templates.add(
            "edge",
            "WorkerRole",
            "AWS::IAM::Role",
            AssumeRolePolicyDocument={
                "Version": "2012-10-17",
                "Statement": [{**trust, "Action": "sts:AssumeRole"}],
            },
            Policies=[
                {
                    "PolicyName": "work",
                    "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]},
                }
            ],
            **properties,
        )
        _worker(templates, {"Fn::GetAtt": ["WorkerRole", "Arn"]}, VpcConfig=None)

    return change


def _url(templates: Templates) -> None:
    templates.add(
        "edge",
        "Url",
        "AWS::Lambda::Url",
        TargetFunctionArn={"Fn::GetAtt": ["Worker", "Arn"]},
        AuthType="NONE",
    )


def _permission(templates: Templates, principal: object, **properties: object) -> None:
    templates.add(
        "edge",
        "Call",
        "AWS::Lambda::Permission",
        **{
            "Action": "lambda:InvokeFunction",
            "FunctionName": {"Ref": "Worker"},
            "Principal": principal,
            **properties,
        },
    )


def _called_by(name: str, principal: object, **properties: object) -> Mutant:
    """Let somebody call a function that reads the table from inside."""

    def change(templates: Templates) -> None:
        _worker(templates)
        _permission(templates, principal, **properties)

    return Mutant(name, PUBLIC, REACHABLE, "Call", change)


def _public_url(templates: Templates) -> None:
    _worker(templates)
    _url(templates)
    permitted = {"Action": "lambda:InvokeFunctionUrl", "FunctionUrlAuthType": "NONE"}
    _permission(templates, "*", **permitted)


def _url_without_permission(templates: Templates) -> None:
    _worker(templates, templates.imported(WRITER, "Arn"))
    _url(templates)


def _alias(templates: Templates) -> None:
    _worker(templates)
    templates.add(
        "edge",
        "Live",
        "AWS::Lambda::Alias",
        FunctionName={"Ref": "Worker"},
        FunctionVersion="1",
        Name="live",
    )
    _permission(templates, STRANGER, FunctionName={"Ref": "Live"})


def _elsewhere(name: str, change: Change, exposure: Exposure = NONE, *others: str) -> Mutant:
    return Mutant(name, INSIDE, exposure, "Worker", change, also(*others))


MUTANTS: Final = (
    _elsewhere("a function reads from outside any VPC", _outside()),
    _elsewhere(
        "a function names no subnet",
        _outside(VpcConfig={"SubnetIds": [], "SecurityGroupIds": []}),
    ),
    _elsewhere(
        "a function outside the VPC has a role of its own that writes",
        _outside_with({"Effect": "Allow", "Action": "dynamodb:BatchWriteItem", "Resource": TABLE}),
    ),
    _elsewhere(
        "a function outside the VPC reads through the cache",
        _outside_with({"Effect": "Allow", "Action": "dax:Get*", "Resource": "*"}),
    ),
    _elsewhere(
        "a function outside the VPC has a policy of AWS that reads every table",
        _outside_with(
            {"Effect": "Allow", "Action": "logs:*", "Resource": "*"},
            ManagedPolicyArns=["arn:aws:iam::aws:policy/AmazonDynamoDBReadOnlyAccess"],
        ),
    ),
    Mutant("anybody may call a function by its URL", PUBLIC, REACHABLE, "Url", _public_url),
    Mutant(
        "a function has a URL without signatures that no permission opens yet",
        PUBLIC,
        WEAKENED,
        "Url",
        _url_without_permission,
    ),
    Mutant("another account may call an alias", PUBLIC, REACHABLE, "Call", _alias),
    _called_by("everybody may call a function", "*"),
    _called_by("another account may call a function", STRANGER),
    _called_by(
        "a stranger's role that is called like our account may call a function",
        role(ACCOUNT, STRANGER),
    ),
    _called_by("S3 may call a function for anybody's bucket", "s3.amazonaws.com"),
    _called_by(
        "a stranger's API may call a function",
        "apigateway.amazonaws.com",
        SourceArn=f"arn:aws:execute-api:us-east-1:{STRANGER}:a1b2c3/*",
    ),
    _called_by(
        "the organization of a stranger may call a function",
        "*",
        PrincipalOrgID="o-strangers00",
    ),
)

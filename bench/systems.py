"""Systems of templates to measure: made from one Region of ours, or grown from nothing."""

from __future__ import annotations

import itertools
import json
from random import Random
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pathlib import Path

ACCOUNT: Final = "111122223333"
REGION: Final = "eu-west-1"
STACK_SIZE: Final = 500  # CloudFormation's own limit of resources in a stack
REGIONS: Final = (
    "us-east-1",
    "eu-west-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "eu-west-2",
    "eu-west-3",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-7",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-east-1",
    "ap-east-2",
    "ca-central-1",
    "ca-west-1",
    "sa-east-1",
    "me-central-1",
    "me-south-1",
    "il-central-1",
    "af-south-1",
)

_DATA: Final = (
    "BatchGetItem",
    "BatchWriteItem",
    "ConditionCheckItem",
    "DeleteItem",
    "GetItem",
    "PartiQLDelete",
    "PartiQLInsert",
    "PartiQLSelect",
    "PartiQLUpdate",
    "PutItem",
    "Query",
    "Scan",
    "SearchVectors",
    "UpdateItem",
)
_EXITS: Final = (
    "AssociateTableReplica",
    "CreateBackup",
    "CreateTableReplica",
    "DeleteResourcePolicy",
    "EnableKinesisStreamingDestination",
    "ExportTableToPointInTime",
    "PutResourcePolicy",
    "ReadDataForReplication",
    "ReplicateSettings",
    "RestoreTableToPointInTime",
    "StartAwsBackupJob",
    "UpdateKinesisStreamingDestination",
)

Template = dict[str, Any]


def regions(
    assembly: Path, target: Path, count: int, stacks: tuple[str, ...] = ("",)
) -> list[Path]:
    """Write an assembly of several Regions: the home Region, and copies of another one.

    Args:
        assembly: a synthesized cdk.out with the home Region us-east-1 and eu-west-1.
        target: where to write.
        count: how many Regions.
        stacks: what the names of the wanted stacks contain; all stacks without.

    Returns:
        The templates, Region by Region.
    """
    manifest = json.loads((assembly / "manifest.json").read_text(encoding="utf-8"))
    wanted = {
        name: artifact
        for name, artifact in manifest["artifacts"].items()
        if artifact["type"] == "aws:cloudformation:stack" and any(part in name for part in stacks)
    }
    target.mkdir(parents=True, exist_ok=True)
    artifacts: dict[str, Any] = {}
    written: list[Path] = []
    for region in REGIONS[:count]:
        source = region if region == REGIONS[0] else REGION
        for name, artifact in wanted.items():
            if not artifact["environment"].endswith(f"/{source}"):
                continue
            text = json.dumps({"name": name, **artifact})
            copied = json.loads(_renamed(text, source, region))
            file = target / copied["properties"]["templateFile"]
            template = (assembly / artifact["properties"]["templateFile"]).read_text("utf-8")
            file.write_text(_renamed(template, source, region), encoding="utf-8")
            copied.pop("additionalMetadataFile", None)
            artifacts[copied.pop("name")] = copied
            written.append(file)
    content = {"version": manifest["version"], "artifacts": artifacts}
    (target / "manifest.json").write_text(json.dumps(content), encoding="utf-8")
    (target / "cdk.out").write_text(json.dumps({"version": manifest["version"]}), encoding="utf-8")
    return written


def _renamed(text: str, source: str, region: str) -> str:
    """Move a text from one Region to another, in both of CDK's spellings."""
    return text.replace(source, region).replace(source.replace("-", ""), region.replace("-", ""))


def tables(count: int) -> dict[str, Template]:
    """Return stacks with private tables behind one endpoint.

    Args:
        count: how many tables.
    """
    resources = {f"Table{number}": _table(f"orders-{number}") for number in range(count)}
    return _stacks({"Endpoint": _endpoint(), **resources}, endpoint=True)


def statements(count: int) -> dict[str, Template]:
    """Return a stack with one private table whose policy also allows many roles one by one.

    Args:
        count: how many statements the policy has; the last two deny what is outside.
    """
    table = _table("orders")
    policy = table["Properties"]["ResourcePolicy"]["PolicyDocument"]
    denies = policy["Statement"]
    allows = [
        {
            "Sid": f"AllowRole{number}",
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/reader-{number}"},
            "Action": [f"dynamodb:{_DATA[number % len(_DATA)]}", "dynamodb:DescribeTable"],
            "Resource": "*",
        }
        for number in range(max(0, count - len(denies)))
    ]
    policy["Statement"] = [*allows, *denies][-count:]
    return _stacks({"Endpoint": _endpoint(), "Table": table}, endpoint=True)


def hostile(count: int) -> dict[str, Template]:
    """Return a stack with one table whose policy exempts principals by many tangled wildcards.

    Args:
        count: how many patterns the policy has, with forty stars each.
    """
    table = _table("orders")
    random = Random(count)  # noqa: S311 - the same patterns every time, and no secret
    patterns = ["*".join(random.choices("abcdefgh", k=40)) for _ in range(count)]
    statements = table["Properties"]["ResourcePolicy"]["PolicyDocument"]["Statement"]
    statements[-1]["Condition"]["ArnNotLike"] = {"aws:PrincipalArn": patterns}
    return _stacks({"Endpoint": _endpoint(), "Table": table}, endpoint=True)


def resources(count: int) -> dict[str, Template]:
    """Return stacks with few tables among many other resources, as in an ordinary account.

    Args:
        count: how many resources; one of 1,000 is a table, one of 20 a role of somebody else's.
    """
    found: dict[str, Any] = {"Endpoint": _endpoint()}
    kinds = itertools.cycle(("AWS::SQS::Queue", "AWS::SNS::Topic", "AWS::Logs::LogGroup"))
    for number in range(count - 1):
        if number % 1000 == 1:
            found[f"Table{number}"] = _table(f"orders-{number}")
        elif number % 20 == 0:
            found[f"Role{number}"] = _role(number)
        else:
            found[f"Thing{number}"] = {"Type": next(kinds), "Properties": {}}
    return _stacks(found, endpoint=True)


def write(templates: dict[str, Template], folder: Path) -> Path:
    """Write templates into a folder, and return it.

    Args:
        templates: by stack name.
        folder: where to write.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, template in templates.items():
        path = folder / f"{name}.template.json"
        path.write_text(json.dumps(template, indent=1), encoding="utf-8")
    return folder


def _stacks(found: dict[str, Any], *, endpoint: bool) -> dict[str, Template]:
    """Share resources out to stacks as large as CloudFormation takes; the first has the exit."""
    names = list(found)
    cut = range(0, len(names), STACK_SIZE)
    stacks: dict[str, Template] = {
        f"Stack{at}": {
            "AWSTemplateFormatVersion": "2010-09-09",
            "Resources": {name: found[name] for name in names[start : start + STACK_SIZE]},
        }
        for at, start in enumerate(cut)
    }
    if endpoint:
        stacks["Stack0"]["Outputs"] = {
            "Endpoint": {"Value": {"Ref": "Endpoint"}, "Export": {"Name": "endpoint"}}
        }
    return stacks


def _endpoint() -> dict[str, Any]:
    return {
        "Type": "AWS::EC2::VPCEndpoint",
        "Properties": {
            "ServiceName": {"Fn::Sub": "com.amazonaws.${AWS::Region}.dynamodb"},
            "VpcId": "vpc-0123456789abcdef0",
            "RouteTableIds": ["rtb-0123456789abcdef0"],
            "PolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Sid": "OwnPrincipals",
                        "Effect": "Allow",
                        "Principal": "*",
                        "Action": "dynamodb:*",
                        "Resource": {
                            "Fn::Sub": "arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:"
                            "table/orders*"
                        },
                        "Condition": {
                            "StringEquals": {"aws:PrincipalAccount": {"Ref": "AWS::AccountId"}}
                        },
                    }
                ],
            },
        },
    }


def _table(name: str) -> dict[str, Any]:
    deny = {"Effect": "Deny", "Principal": "*", "Resource": "*"}
    outside = {
        "StringNotEquals": {"aws:SourceVpce": {"Fn::ImportValue": "endpoint"}},
        "ArnNotLike": {
            "aws:PrincipalArn": {
                "Fn::Sub": "arn:aws:iam::${AWS::AccountId}:role/aws-service-role/*"
            }
        },
    }
    deploying = {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:role/deploy"}
    return {
        "Type": "AWS::DynamoDB::Table",
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Properties": {
            "TableName": name,
            "BillingMode": "PAY_PER_REQUEST",
            "DeletionProtectionEnabled": True,
            "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            "ResourcePolicy": {
                "PolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Sid": "DenyExits",
                            **deny,
                            "Action": [f"dynamodb:{action}" for action in _EXITS],
                            "Condition": {"ArnNotEquals": {"aws:PrincipalArn": deploying}},
                        },
                        {
                            "Sid": "DenyPlainHttp",
                            **deny,
                            "Action": "dynamodb:*",
                            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                        },
                        {
                            "Sid": "DenyOutside",
                            **deny,
                            "Action": [f"dynamodb:{action}" for action in _DATA],
                            "Condition": outside,
                        },
                    ],
                }
            },
        },
    }


def _role(number: int) -> dict[str, Any]:
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "RoleName": f"worker-{number}",
            "AssumeRolePolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "lambda.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                    }
                ],
            },
            "Policies": [
                {
                    "PolicyName": "work",
                    "PolicyDocument": {
                        "Version": "2012-10-17",
                        "Statement": [
                            {
                                "Effect": "Allow",
                                "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                                "Resource": "*",
                            },
                            {
                                "Effect": "Allow",
                                "Action": "s3:GetObject",
                                "Resource": f"arn:aws:s3:::bucket-{number}/*",
                            },
                        ],
                    },
                }
            ],
        },
    }

"""An AWS Config rule, written in Guard, about the policy of the DynamoDB endpoints of one VPC.

AWS Config hands Guard one recorded endpoint, as DescribeVpcEndpoints tells it: its policy is text.
The runtime that rules may name is `guard-2.x.x` alone, and `json_parse` came with Guard 3. So the
text is held, as a whole, against a pattern of what the baseline deploys: statements that allow this
account's principals the baseline's actions on this table, and endpoint discovery. Keys and
statements may come in any order; whatever else is there fails, also where it would be narrower.

What the rule cannot see: route tables, private DNS, and what the policy means together with those
of table and roles. `PerimeterRule` proves that. AWS documents no example of a recorded endpoint and
leaves `policyDocument` out of the properties for advanced queries: where it is not recorded, or
not as text, the rule reports NON_COMPLIANT.

Sources: https://docs.aws.amazon.com/config/latest/APIReference/API_CustomPolicyDetails.html and
https://docs.aws.amazon.com/config/latest/developerguide/evaluate-config_develop-rules_cfn-guard.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import aws_cdk as cdk

from private_dynamodb import actions
from private_dynamodb.config_rules import GuardRule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs import Construct

_RULE = """\
rule dynamodb_endpoint_admits_own_principals_to_own_table
when resourceType == 'AWS::EC2::VPCEndpoint'
     configuration.vpcId == '{vpc_id}'
     configuration.serviceName == /[.]dynamodb$/
{{
    configuration.policyDocument is_string
        <<AWS Config recorded no policy of this endpoint>>
    configuration.policyDocument == /{policy}/
        <<The policy is not the one that admits only own principals to the table {table_name}>>
}}
"""
_NEXT = r'[^"{}]*'
"""The punctuation between two strings of a document that is known to be JSON."""


def endpoint_policy_rule(scope: Construct, *, table_name: str, vpc_id: str) -> GuardRule:
    """Return the rule about every DynamoDB endpoint of a VPC, gateway or interface.

    Args:
        scope: any construct of the stack that gets the rule.
        table_name: the table that they lead to.
        vpc_id: the VPC.
    """
    stack = cdk.Stack.of(scope)
    return GuardRule(
        "DYNAMODB_ENDPOINT_POLICY",
        "DynamoDB endpoints of the VPC admit own principals to the own table only",
        _RULE.format(
            vpc_id=vpc_id,
            table_name=table_name,
            policy=_policy(
                f"arn:{stack.partition}:dynamodb:{stack.region}:{stack.account}:table/"
                f"{re.escape(table_name)}",
                stack.account,
            ).replace("/", r"\/"),
        ),
        resource_type="AWS::EC2::VPCEndpoint",
    )


def _policy(table: str, account: str) -> str:
    """Return the pattern of the whole document, which AWS has accepted as JSON.

    Args:
        table: pattern of the table's ARN.
        account: the account's id.
    """
    principals = _member("aws:PrincipalAccount", account)
    resources = _member("aws:ResourceAccount", account)
    own_table = _statement(
        [*actions.READ_TABLE, *actions.WRITE_TABLE],
        rf"{table}(?:/index/\*)?",
        f"(?:{principals}{resources}|{resources}{principals})",
    )
    discovery = _statement(actions.DISCOVER, r"\*", principals)
    other = rf'(?:"(?:Version|Id)"{_NEXT}"[\w-]*"{_NEXT})*'
    statements = rf'"Statement"{_NEXT}(?:(?:{own_table}|{discovery}){_NEXT})+'
    return rf"^\s*\{{\s*{other}{statements}{other}\}}\s*$"


def _statement(allowed: Sequence[str], resource: str, condition: str) -> str:
    """Return the pattern of a statement that has this condition, and no other elements."""
    names = "|".join(name.removeprefix("dynamodb:") for name in allowed)
    elements = (
        rf'"Sid"{_NEXT}"\w*"{_NEXT}',
        _member("Effect", "Allow"),
        rf'"Principal"{_NEXT}(?:"\*"|\{{\s*"AWS"{_NEXT}"\*"{_NEXT}\}}){_NEXT}',
        _member("Action", f"dynamodb:(?:{names})"),
        _member("Resource", resource),
    )
    others = f"(?:{'|'.join(elements)})*"
    pinned = rf'"Condition"{_NEXT}\{{\s*"StringEquals"{_NEXT}\{{\s*{condition}\}}\s*\}}{_NEXT}'
    return rf"\{{\s*{others}{pinned}{others}\}}"


def _member(name: str, value: str) -> str:
    """Return the pattern of a key whose values, one or a list of them, are all like this."""
    return f'"{name}"{_NEXT}(?:"{value}"{_NEXT})+'

"""Policies that tell a VPC by its id."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.controls.networks import UNSET, Resources
from tests.unit.controls.one_change import Template, allow, deny, grants_of, table_statements

if TYPE_CHECKING:
    from tests.unit.controls.conftest import Tell

PINNED = "sourcevpc-region-pinned"
VPC = {"aws:SourceVpc": "vpc-0a1b2c3d4e5f60718"}
REGION = {"aws:RequestedRegion": "us-east-1"}
OWNER = {"aws:VpceAccount": "111122223333"}


def spares(*keys: Resources, action: object = "dynamodb:Scan") -> Resources:
    """Return a Deny that spares requests by some keys."""
    condition = {"StringNotEquals": {name: value for key in keys for name, value in key.items()}}
    return deny(action, condition)


def allows(*keys: Resources, operator: str = "StringEquals") -> Resources:
    """Return an Allow for requests with some keys."""
    condition = {operator: {name: value for key in keys for name, value in key.items()}}
    return {**allow({"AWS": "111122223333"}), "Condition": condition}


def narrowed(statement: Resources) -> Resources:
    """Return a Deny that is for one role alone."""
    partner = {"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/partner"}}
    return {**statement, "Condition": {**statement["Condition"], **partner}}


@pytest.mark.parametrize(
    ("statements", "holds"),
    [
        ([allows(VPC)], False),
        ([allows(VPC, REGION)], True),
        ([allows(VPC, OWNER)], True),
        ([allows(VPC, {"aws:SourceVpce": "vpce-0a1b2c3d4e5f60718"})], True),
        ([allows(VPC, operator="StringNotEquals")], True),  # everybody but that VPC
        ([allows(VPC, operator="Null")], True),
        ([spares(VPC)], False),
        ([spares(VPC, REGION)], False),  # one of the two is enough to be spared
        ([spares(VPC), spares(REGION)], True),
        ([spares(VPC), spares(OWNER, action="dynamodb:*")], True),
        ([spares(VPC), spares(REGION, action="dynamodb:Query")], False),
        ([spares(VPC), {**spares(REGION), "Resource": "arn:aws:dynamodb:*:*:table/x"}], False),
        ([spares(VPC), spares(REGION, OWNER)], False),
        ([spares(VPC), spares(VPC, REGION)], False),
        ([spares(VPC), narrowed(spares(REGION))], False),
        ([narrowed(spares(VPC)), narrowed(spares(REGION))], True),
        ([narrowed(spares(VPC)), spares(REGION)], True),
        ([spares(VPC, OWNER), spares(OWNER)], True),
        ([spares(REGION)], True),
    ],
)
def test_a_vpcs_id_is_pinned_to_its_region(
    statements: list[Resources],
    holds: bool,  # noqa: FBT001 - a column of the table above
    private: Template,
    tell: Tell,
) -> None:
    table_statements(private).extend(statements)

    assert (tell(PINNED, private) == []) is holds


def test_identity_policies_are_judged_too(private: Template, tell: Tell) -> None:
    grants_of(private, "Application")[0]["Condition"] = {"StringEquals": VPC}

    assert tell(PINNED, private) == [
        "broken Application Policies[0].PolicyDocument.Statement[0]: Work trusts aws:SourceVpc, "
        "and nothing pins the Region or the owner of that VPC"
    ]


def test_a_statement_that_cannot_be_read_may_trust_a_vpc(private: Template, tell: Tell) -> None:
    table_statements(private).append({**allows(VPC), "Condition": UNSET})

    (finding,) = tell(PINNED, private)

    assert finding.startswith("unknown Table ResourcePolicy.PolicyDocument: Seeded cannot be read")

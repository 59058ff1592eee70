"""A stream may exempt the role with which Lambda polls it, if the role is Lambda's alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ddb_perimeter.findings import Verdict
from tests.unit.controls.one_change import of, stream_statements

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.controls.conftest import Ask

    Template = dict[str, Any]

OUTSIDE, PATH = "ddb-stream-deny-outside-vpce", "ddb-stream-private-path"
ACCOUNT, EC2 = "arn:aws:iam::111122223333:root", "ec2.amazonaws.com"
LAMBDA = {"Service": "lambda.amazonaws.com"}


@pytest.fixture
def polled(private: Template) -> Template:
    """Give a stream that a function is fed from, and that exempts the function's role."""
    private["Poller"] = {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "RoleName": "poller",
            "AssumeRolePolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Principal": LAMBDA, "Action": "sts:AssumeRole"}],
            },
        },
    }
    private["Consumer"] = {
        "Type": "AWS::Lambda::Function",
        "Properties": {"Role": {"Fn::GetAtt": ["Poller", "Arn"]}, "Code": {"ZipFile": ""}},
    }
    private["Mapping"] = {
        "Type": "AWS::Lambda::EventSourceMapping",
        "Properties": {
            "EventSourceArn": {"Fn::GetAtt": ["Table", "StreamArn"]},
            "FunctionName": {"Ref": "Consumer"},
            "StartingPosition": "LATEST",
        },
    }
    stream_statements(private)[0]["Condition"]["ArnNotEquals"] = {
        "aws:PrincipalArn": {"Fn::GetAtt": ["Poller", "Arn"]}
    }
    return private


def test_the_role_of_a_function_that_is_fed_from_the_stream_is_exempt_by_name(
    polled: Template, ask: Ask
) -> None:
    result = ask(OUTSIDE, polled)

    assert result.verdict is Verdict.HOLDS
    assert [(each.principal, each.reason) for each in result.exemptions] == [
        (
            "arn:aws:iam::111122223333:role/poller",
            "Lambda polls the stream with this role, which nobody else may assume",
        )
    ]


def trust(template: Template) -> dict[str, Any]:
    statement: dict[str, Any] = of(template, "Poller")["AssumeRolePolicyDocument"]["Statement"][0]
    return statement


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t.pop("Mapping"),
        lambda t: of(t, "Mapping").update(EventSourceArn="arn:aws:kinesis:a:1:stream/b"),
        lambda t: of(t, "Mapping").update(EventSourceArn={"Ref": "Unset"}),
        lambda t: of(t, "Mapping").update(FunctionName="another"),
        lambda t: of(t, "Consumer").update(Role="arn:aws:iam::111122223333:role/another"),
        lambda t: trust(t).update(Principal={"AWS": ACCOUNT}),
        lambda t: trust(t).update(Principal={**LAMBDA, "AWS": ACCOUNT}),
        lambda t: trust(t).update(Principal={"Service": ["lambda.amazonaws.com", EC2]}),
        lambda t: trust(t).update(Principal={"AWS": {"Ref": "Unset"}}),
    ],
    ids=[
        "no mapping", "of something else", "of who knows what", "for another function",
        "with another role", "which the account assumes", "which the account assumes too",
        "which machines assume too", "which who knows assumes",
    ],
)  # fmt: skip
def test_another_role_is_not(
    change: Callable[[Template], object], polled: Template, ask: Ask
) -> None:
    change(polled)

    result = ask(OUTSIDE, polled)

    assert result.verdict is Verdict.BROKEN
    assert "role/poller" in result.findings[0].message


def test_a_table_exempts_no_poller(polled: Template, ask: Ask) -> None:
    statement = of(polled, "Table")["ResourcePolicy"]["PolicyDocument"]["Statement"][0]
    statement["Condition"]["ArnNotEquals"] = {"aws:PrincipalArn": {"Fn::GetAtt": ["Poller", "Arn"]}}

    assert ask("ddb-deny-outside-vpce", polled).verdict is Verdict.BROKEN


def test_a_stream_that_lambda_alone_reads_needs_no_endpoint(polled: Template, ask: Ask) -> None:
    del polled["StreamEndpoint"]
    stream_statements(polled)[0]["Condition"].pop("StringNotEquals")

    assert ask(PATH, polled).verdict is Verdict.HOLDS
    trust(polled)["Principal"] = {"AWS": "*"}
    assert ask(PATH, polled).verdict is Verdict.BROKEN

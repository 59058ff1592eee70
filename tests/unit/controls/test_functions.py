"""Lambda functions that work with the data: whose they are, and who may call them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ddb_perimeter.controls.perimeter import Perimeter
from ddb_perimeter.findings import Exposure, Verdict
from tests.unit.controls.one_change import STRANGER, Template, of, public_url

if TYPE_CHECKING:
    from tests.unit.controls.conftest import Ask, Tell

INSIDE, PUBLIC = "lambda-in-vpc", "lambda-not-public"
OWN = "111122223333"


def alias(name: object = "Function") -> dict[str, Any]:
    properties = {"FunctionName": {"Ref": name}, "FunctionVersion": "1", "Name": "live"}
    return {"Type": "AWS::Lambda::Alias", "Properties": properties}


def test_a_url_is_open_when_a_permission_lets_everybody_in(private: Template, ask: Ask) -> None:
    private["Url"] = public_url()
    of(private, "Permission").update(Principal="*", FunctionUrlAuthType="NONE")

    findings = ask(PUBLIC, private).findings

    assert [(f.subject.logical_id, f.exposure) for f in findings] == [
        ("Permission", Exposure.REACHABLE),
        ("Url", Exposure.REACHABLE),
    ]
    assert all(finding.counterexample is not None for finding in findings)


@pytest.mark.parametrize(
    ("principal", "pins", "verdict"),
    [
        (OWN, {}, Verdict.HOLDS),
        (f"arn:aws:iam::{OWN}:root", {}, Verdict.HOLDS),
        (f"arn:aws:iam::{STRANGER}:role/{OWN}", {}, Verdict.BROKEN),
        ("*", {}, Verdict.BROKEN),
        ("*", {"PrincipalOrgID": "o-ours000000"}, Verdict.HOLDS),
        ("*", {"PrincipalOrgID": "o-strangers00"}, Verdict.BROKEN),
        ("*", {"SourceArn": {"Ref": "Unset"}}, Verdict.UNKNOWN),
        ("s3.amazonaws.com", {"SourceArn": "arn:aws:s3:::uploads"}, Verdict.BROKEN),
        (
            "s3.amazonaws.com",
            {"SourceArn": "arn:aws:s3:::uploads", "SourceAccount": OWN},
            Verdict.HOLDS,
        ),
        (
            "apigateway.amazonaws.com",
            {"SourceArn": f"arn:aws:execute-api:us-east-1:{OWN}:a1/*"},
            Verdict.HOLDS,
        ),
        (
            "apigateway.amazonaws.com",
            {"SourceArn": f"arn:aws:execute-api:us-east-1:{STRANGER}:a1/:{OWN}:"},
            Verdict.BROKEN,
        ),
        ({"Ref": "Unset"}, {}, Verdict.UNKNOWN),
    ],
)
def test_a_permission_is_for_this_account_alone(
    principal: object, pins: dict[str, object], verdict: Verdict, private: Template, ask: Ask
) -> None:
    of(private, "Permission").update(Principal=principal, **pins)

    assert ask(PUBLIC, private, Perimeter(organization="o-ours000000")).verdict is verdict


@pytest.mark.parametrize(
    "name", [{"Ref": "Alias"}, {"Fn::Sub": "${Function.Arn}:live"}, {"Fn::Sub": "${Function}:live"}]
)
def test_a_permission_for_an_alias_is_one_for_the_function(
    name: object, private: Template, ask: Ask
) -> None:
    private["Alias"] = alias()
    of(private, "Permission").update(FunctionName=name, Principal=STRANGER)

    assert ask(PUBLIC, private).verdict is Verdict.BROKEN


def test_a_permission_for_another_function_is_none_for_this(private: Template, ask: Ask) -> None:
    of(private, "Permission").update(FunctionName="another", Principal=STRANGER)

    assert ask(PUBLIC, private).verdict is Verdict.HOLDS


def test_a_permission_of_nobody_knows_which_function_is_unknown(
    private: Template, tell: Tell
) -> None:
    of(private, "Permission").update(FunctionName={"Ref": "Unset"}, Principal=STRANGER)

    (finding,) = tell(PUBLIC, private)

    assert finding.startswith("unknown Permission Principal: FunctionName is ${Unset}")


@pytest.mark.parametrize("role", [{"Ref": "Unset"}, f"arn:aws:iam::{OWN}:role/elsewhere"])
def test_a_function_whose_role_is_elsewhere_may_reach_the_data(
    role: object, private: Template, ask: Ask
) -> None:
    of(private, "Function").update(Role=role)
    inside = ask(INSIDE, private)
    of(private, "Function").pop("VpcConfig")
    of(private, "Permission").update(Principal="*")

    assert inside.verdict is Verdict.HOLDS
    for control in (INSIDE, PUBLIC):
        result = ask(control, private)
        assert result.verdict is Verdict.UNKNOWN
        assert "may do anything" in result.findings[0].message


def test_a_function_that_reaches_nothing_is_not_judged(private: Template, ask: Ask) -> None:
    of(private, "Function").update(Role={"Fn::GetAtt": ["CacheRole", "Arn"]})
    for statement in of(private, "CacheRole")["Policies"][0]["PolicyDocument"]["Statement"]:
        statement["Action"] = "logs:PutLogEvents"
    of(private, "Function").pop("VpcConfig")

    result = ask(INSIDE, private)

    assert (result.verdict, result.controls[0].resources) == (Verdict.HOLDS, 0)

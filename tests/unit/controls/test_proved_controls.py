"""The controls that ask the policy engine: what holds, what breaks and who is exempt."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from ddb_perimeter.controls import catalogue
from ddb_perimeter.controls.perimeter import DeclaredExemption, Perimeter
from ddb_perimeter.findings import Exposure, Verdict
from tests.unit.controls.one_change import (
    BROKEN,
    FOREIGN_ROOT,
    STRANGER,
    Change,
    Template,
    allow,
    deny,
    of,
    table_statements,
)

if TYPE_CHECKING:
    from tests.unit.controls.conftest import Ask

TODAY = dt.date(2026, 11, 22)
PROVED = [
    control.id
    for control in catalogue.controls()
    if control.check.__module__.rpartition(".")[2]
    in {
        "table_policy",
        "stream_policy",
        "endpoints",
        "cache_role",
        "functions",
        "identities",
        "keys",
        "vault",
        "liveness",
        "wording",
        "vpc_ids",
        "sizes",
    }
]


@pytest.mark.parametrize("control", PROVED)
def test_a_private_system_holds(control: str, private: Template, ask: Ask) -> None:
    result = ask(control, private)

    assert result.verdict is Verdict.HOLDS
    assert result.controls[0].resources >= 1


@pytest.mark.parametrize(
    ("control", "change", "exposure", "message"),
    [row[1:] for row in BROKEN],
    ids=[row[0] for row in BROKEN],
)
def test_one_change_breaks_it(
    control: str,
    change: Change,
    exposure: Exposure,
    message: str,
    private: Template,
    ask: Ask,
) -> None:
    change(private)

    result = ask(control, private)

    assert [finding.verdict for finding in result.findings] == [Verdict.BROKEN]
    finding = result.findings[0]
    assert message in finding.message
    assert finding.exposure is exposure
    proved = "also" not in message and control != "sourcevpc-region-pinned"
    assert (finding.counterexample is not None) or exposure is Exposure.NONE or not proved


@pytest.mark.parametrize("control", PROVED)
def test_every_proved_control_can_break(control: str) -> None:
    """What needs a declared exemption breaks in a test of its own, below."""
    assert control in {*(row[1] for row in BROKEN), "exemption-expires"}


def test_exemptions_are_named_with_their_reasons(private: Template, ask: Ask) -> None:
    result = ask("ddb-deny-outside-vpce", private)

    assert [(exemption.principal, exemption.reason) for exemption in result.exemptions] == [
        (
            "arn:aws:iam::111122223333:role/aws-service-role/*",
            "service-linked roles: AWS alone uses them, and no table works long without",
        ),
        (
            "arn:aws:iam::111122223333:role/cache",
            "DAX reads the table with this role; it can only read",
        ),
    ]


def partner(expires: dt.date | None) -> Perimeter:
    arn = "arn:aws:iam::111122223333:role/partner"
    return Perimeter(exemptions=(DeclaredExemption(arn, "nightly copy", expires),), today=TODAY)


def exempt_partner(template: Template) -> None:
    names = table_statements(template)[0]["Condition"]["ArnNotLike"]["aws:PrincipalArn"]
    names.append("arn:aws:iam::111122223333:role/partner")


def test_a_declared_exemption_holds_and_is_named(private: Template, ask: Ask) -> None:
    exempt_partner(private)

    result = ask("ddb-deny-outside-vpce", private, partner(dt.date(2026, 12, 31)))

    named = {exemption.principal: exemption for exemption in result.exemptions}
    assert result.verdict is Verdict.HOLDS
    assert named["arn:aws:iam::111122223333:role/partner"].reason == "nightly copy"
    assert named["arn:aws:iam::111122223333:role/partner"].expires == "2026-12-31"


def test_an_exemption_that_ends_on_paper_only_is_broken(private: Template, ask: Ask) -> None:
    exempt_partner(private)
    ending = partner(dt.date(2026, 12, 31))
    on_paper = ask("exemption-expires", private, ending)
    condition = {
        "StringNotEquals": {"aws:SourceVpce": {"Ref": "Endpoint"}},
        "ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/partner"},
        "DateGreaterThan": {"aws:CurrentTime": "2026-12-31T23:59:59Z"},
    }
    data_plane = table_statements(private)[0]["Action"]
    table_statements(private).append(deny(data_plane, condition))

    assert [finding.message for finding in on_paper.findings] == [
        "the policy of the table messages lets arn:aws:iam::111122223333:role/partner through "
        "after 2026-12-31"
    ]
    assert ask("exemption-expires", private, ending).verdict is Verdict.HOLDS


def test_an_expired_exemption_is_none(private: Template, ask: Ask) -> None:
    exempt_partner(private)

    result = ask("ddb-deny-outside-vpce", private, partner(dt.date(2026, 11, 21)))

    assert result.verdict is Verdict.BROKEN


def test_services_and_forwarded_requests_are_named_where_a_policy_lets_them_through(
    private: Template, ask: Ask
) -> None:
    condition = table_statements(private)[0]["Condition"]
    condition["BoolIfExists"] = {"aws:ViaAWSService": "false", "aws:PrincipalIsAWSService": "false"}

    result = ask("ddb-deny-outside-vpce", private)

    named = {exemption.principal for exemption in result.exemptions}
    assert result.verdict is Verdict.HOLDS
    assert {"aws:PrincipalIsAWSService", "aws:ViaAWSService"} <= named


def test_an_exemption_that_another_deny_closes_is_none(private: Template, ask: Ask) -> None:
    condition = table_statements(private)[0]["Condition"]
    condition["BoolIfExists"] = {"aws:ViaAWSService": "false"}
    closing = deny(table_statements(private)[0]["Action"], {"Bool": {"aws:ViaAWSService": "true"}})
    table_statements(private).append(closing)

    result = ask("ddb-deny-outside-vpce", private)

    named = [exemption.principal for exemption in result.exemptions]
    assert result.verdict is Verdict.HOLDS
    assert "aws:ViaAWSService" not in named
    assert len(named) == len(set(named)) > 0


def test_a_declared_account_is_no_stranger(private: Template, ask: Ask) -> None:
    table_statements(private).append(allow(FOREIGN_ROOT))
    friends = Perimeter(accounts=frozenset({STRANGER}), today=TODAY)

    assert ask("ddb-policy-no-cross-account", private, friends).verdict is Verdict.HOLDS


def test_a_declared_endpoint_is_inside(private: Template, ask: Ask) -> None:
    condition = table_statements(private)[0]["Condition"]
    condition["StringNotEquals"]["aws:SourceVpce"] = ["vpce-0a1b2c3d4e5f60718"]
    declared = Perimeter(endpoints=frozenset({"vpce-0a1b2c3d4e5f60718"}), today=TODAY)

    assert ask("ddb-deny-outside-vpce", private).verdict is Verdict.BROKEN
    assert ask("ddb-deny-outside-vpce", private, declared).verdict is Verdict.HOLDS


@pytest.mark.parametrize(
    ("control", "change"),
    [
        (
            "ddb-deny-outside-vpce",
            lambda t: table_statements(t)[0]["Condition"]["StringNotEquals"].update(
                {"aws:SourceVpce": {"Ref": "Unset"}}
            ),
        ),
        (
            "ddb-table-policy-not-public",
            lambda t: table_statements(t).append(allow({"Ref": "Unset"})),
        ),
        ("dax-role-read-only", lambda t: of(t, "Cluster").update(IAMRoleARN={"Ref": "Unset"})),
        ("iam-no-users", lambda t: of(t, "Mailer").update(ManagedPolicyArns=[{"Ref": "Unset"}])),
        (
            "iam-no-users",
            lambda t: t.update(
                Keys={
                    "Type": "AWS::IAM::AccessKey",
                    "Properties": {"UserName": {"Ref": "Unset"}},
                }
            ),
        ),
        (
            "vpce-policy-not-default",
            lambda t: of(t, "Endpoint").update(PolicyDocument={"Ref": "Unset"}),
        ),
    ],
)
def test_what_cannot_be_read_is_unknown(
    control: str, change: Change, private: Template, ask: Ask
) -> None:
    change(private)

    result = ask(control, private)

    assert result.verdict is Verdict.UNKNOWN
    assert "Unset" in result.findings[0].message


@pytest.mark.parametrize("control", ["ddb-table-policy-not-public", "ddb-policy-no-cross-account"])
def test_an_allow_that_only_a_deny_stops_is_one_layer_lost(
    control: str, private: Template, ask: Ask
) -> None:
    principal = "*" if control == "ddb-table-policy-not-public" else {"AWS": STRANGER}
    table_statements(private).extend(
        [
            allow(principal),
            deny("dynamodb:*", {"StringNotEquals": {"aws:PrincipalAccount": "111122223333"}}),
        ]
    )

    (finding,) = ask(control, private).findings

    assert finding.verdict is Verdict.BROKEN
    assert finding.exposure is Exposure.WEAKENED
    assert finding.message.endswith("but for its Deny statements")


def test_a_cache_role_that_writes_is_reachable_whatever_else_it_may_do(
    private: Template, ask: Ask
) -> None:
    of(private, "CacheRole")["ManagedPolicyArns"] = [
        "arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess"
    ]

    (finding,) = ask("dax-role-read-only", private).findings

    assert finding.exposure is Exposure.REACHABLE
    assert finding.counterexample is not None

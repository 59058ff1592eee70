"""The controls that ask the policy engine: what holds, what breaks and who is exempt."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from ddb_perimeter.controls import catalogue
from ddb_perimeter.controls.perimeter import DeclaredExemption, Perimeter
from ddb_perimeter.findings import Exposure, Verdict

if TYPE_CHECKING:
    from tests.unit.controls.conftest import Ask

Template = dict[str, Any]
Change = Callable[[Template], object]
TODAY = dt.date(2026, 11, 22)
STRANGER = "444455556666"
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
    }
]


def of(template: Template, logical_id: str) -> dict[str, Any]:
    properties: dict[str, Any] = template[logical_id]["Properties"]
    return properties


def table_statements(template: Template) -> list[dict[str, Any]]:
    statements: list[dict[str, Any]] = of(template, "Table")["ResourcePolicy"]["PolicyDocument"][
        "Statement"
    ]
    return statements


def stream_statements(template: Template) -> list[dict[str, Any]]:
    specification = of(template, "Table")["StreamSpecification"]
    statements: list[dict[str, Any]] = specification["ResourcePolicy"]["PolicyDocument"][
        "Statement"
    ]
    return statements


def endpoint_statement(template: Template) -> dict[str, Any]:
    statement: dict[str, Any] = of(template, "Endpoint")["PolicyDocument"]["Statement"][0]
    return statement


def trust_of(template: Template, role: str) -> dict[str, Any]:
    trust: dict[str, Any] = of(template, role)["AssumeRolePolicyDocument"]["Statement"][0]
    return trust


def grants_of(template: Template, role: str) -> list[dict[str, Any]]:
    statements: list[dict[str, Any]] = of(template, role)["Policies"][0]["PolicyDocument"][
        "Statement"
    ]
    return statements


def allow(principal: object, action: str = "dynamodb:GetItem") -> dict[str, Any]:
    return {
        "Sid": "Seeded",
        "Effect": "Allow",
        "Principal": principal,
        "Action": action,
        "Resource": "*",
    }


def deny(action: object, condition: dict[str, Any] | None = None) -> dict[str, Any]:
    statement = {
        "Sid": "Seeded",
        "Effect": "Deny",
        "Principal": "*",
        "Action": action,
        "Resource": "*",
    }
    return {**statement, "Condition": condition} if condition else statement


def both(first: Change, second: Change) -> Change:
    """Make two changes that are one mistake."""

    def change(template: Template) -> None:
        first(template)
        second(template)

    return change


@pytest.mark.parametrize("control", PROVED)
def test_a_private_system_holds(control: str, private: Template, ask: Ask) -> None:
    result = ask(control, private)

    assert result.verdict is Verdict.HOLDS
    assert result.controls[0].resources >= 1


FOREIGN_ROOT = {"AWS": f"arn:aws:iam::{STRANGER}:root"}
BROKEN: list[tuple[str, str, Change, Exposure, str]] = [
    (
        "a table without a policy",
        "ddb-deny-outside-vpce",
        lambda t: of(t, "Table").pop("ResourcePolicy"),
        Exposure.REACHABLE,
        "the table of messages has no resource policy",
    ),
    (
        "an exemption that nobody declared",
        "ddb-deny-outside-vpce",
        lambda t: table_statements(t)[0]["Condition"]["ArnNotLike"]["aws:PrincipalArn"].append(
            "arn:aws:iam::111122223333:role/partner"
        ),
        Exposure.REACHABLE,
        (
            "the policy of the table messages does not deny dynamodb:BatchGetItem to the "
            "undeclared exemption arn:aws:iam::111122223333:role/partner from outside the "
            "declared endpoints"
        ),
    ),
    (
        "an exemption of a cache's role that writes",
        "ddb-deny-outside-vpce",
        lambda t: grants_of(t, "CacheRole")[0]["Action"].append("dynamodb:PutItem"),
        Exposure.REACHABLE,
        "the undeclared exemption arn:aws:iam::111122223333:role/cache",
    ),
    (
        "a Deny that covers the table and not its index",
        "ddb-deny-outside-vpce",
        lambda t: table_statements(t)[0].update(
            Resource="arn:aws:dynamodb:us-east-1:111122223333:table/messages"
        ),
        Exposure.REACHABLE,
        "does not deny dynamodb:",
    ),
    (
        "an Allow for everybody",
        "ddb-table-policy-not-public",
        both(
            lambda t: table_statements(t).append(allow({"AWS": "*"}, "dynamodb:Scan")),
            lambda t: table_statements(t).pop(0),
        ),
        Exposure.REACHABLE,
        "the policy of the table messages lets anybody in",
    ),
    (
        "an Allow for everybody that only an endpoint reaches",
        "ddb-table-policy-not-public",
        lambda t: table_statements(t).append(allow("*")),
        Exposure.WEAKENED,
        "the policy of the table messages lets anybody in",
    ),
    (
        "a grant to another account",
        "ddb-policy-no-cross-account",
        lambda t: table_statements(t).append(allow(FOREIGN_ROOT)),
        Exposure.WEAKENED,
        f"the policy of the table messages lets account {STRANGER} in",
    ),
    (
        "plain HTTP",
        "ddb-deny-insecure-transport",
        lambda t: table_statements(t).pop(1),
        Exposure.WEAKENED,
        "the policy of the table messages answers over plain HTTP",
    ),
    (
        "an open export",
        "ddb-export-guarded",
        lambda t: table_statements(t)[2]["Action"].remove("dynamodb:ExportTableToPointInTime"),
        Exposure.REACHABLE,
        "leaves dynamodb:ExportTableToPointInTime open to whoever may export",
    ),
    (
        "an open policy",
        "ddb-policy-change-guarded",
        lambda t: table_statements(t)[2]["Action"].remove("dynamodb:PutResourcePolicy"),
        Exposure.WEAKENED,
        "leaves dynamodb:PutResourcePolicy open to whoever may change the policy",
    ),
    (
        "an open Kinesis destination",
        "ddb-kinesis-guarded",
        lambda t: table_statements(t)[2]["Action"].remove(
            "dynamodb:UpdateKinesisStreamingDestination"
        ),
        Exposure.WEAKENED,
        "leaves dynamodb:UpdateKinesisStreamingDestination open",
    ),
    (
        "an open replication",
        "ddb-no-multi-account-replica",
        lambda t: table_statements(t)[2]["Action"].remove("dynamodb:AssociateTableReplica"),
        Exposure.REACHABLE,
        "leaves dynamodb:AssociateTableReplica open to whoever may replicate",
    ),
    (
        "an open restore",
        "ddb-restore-guarded",
        lambda t: table_statements(t)[2]["Action"].remove("dynamodb:RestoreTableToPointInTime"),
        Exposure.WEAKENED,
        "leaves dynamodb:RestoreTableToPointInTime open to whoever may back up or restore",
    ),
    (
        "an open UpdateTable",
        "ddb-table-change-guarded",
        lambda t: table_statements(t).pop(3),
        Exposure.NONE,
        "leaves dynamodb:UpdateTable open to whoever may change the table",
    ),
    (
        "open Contributor Insights",
        "ddb-contributor-insights-guarded",
        lambda t: table_statements(t)[2]["Action"].remove("dynamodb:UpdateContributorInsights"),
        Exposure.NONE,
        "leaves dynamodb:UpdateContributorInsights open to whoever may show keys in CloudWatch",
    ),
    (
        "a vault without a policy",
        "ddb-vault-guarded",
        lambda t: of(t, "Vault").pop("AccessPolicy"),
        Exposure.WEAKENED,
        "the vault leaves backup:Start",
    ),
    (
        "a vault that lets everybody restore",
        "ddb-vault-guarded",
        lambda t: of(t, "Vault")["AccessPolicy"]["Statement"][0]["Action"].pop(),
        Exposure.WEAKENED,
        "the vault leaves backup:StartRestoreJob open",
    ),
    (
        "a stream without a policy",
        "ddb-stream-deny-outside-vpce",
        lambda t: of(t, "Table")["StreamSpecification"].pop("ResourcePolicy"),
        Exposure.REACHABLE,
        "the stream of messages has no resource policy",
    ),
    (
        "a public stream",
        "ddb-stream-policy-not-public",
        lambda t: stream_statements(t).append(allow("*", "dynamodb:GetRecords")),
        Exposure.WEAKENED,
        "the policy of the stream messages lets anybody in",
    ),
    (
        "a stream for another account",
        "ddb-stream-policy-no-cross-account",
        lambda t: stream_statements(t).append(allow(FOREIGN_ROOT, "dynamodb:GetRecords")),
        Exposure.WEAKENED,
        f"the policy of the stream messages lets account {STRANGER} in",
    ),
    (
        "a stream over plain HTTP",
        "ddb-stream-deny-insecure-transport",
        lambda t: stream_statements(t).pop(1),
        Exposure.WEAKENED,
        "the policy of the stream messages answers over plain HTTP",
    ),
    (
        "an open stream policy",
        "ddb-stream-policy-change-guarded",
        lambda t: stream_statements(t).pop(2),
        Exposure.WEAKENED,
        "open to whoever may change the policy",
    ),
    (
        "an endpoint without a policy",
        "vpce-policy-not-default",
        lambda t: of(t, "Endpoint").pop("PolicyDocument"),
        Exposure.WEAKENED,
        "the endpoint has no policy, which lets everything through",
    ),
    (
        "an endpoint for everybody's credentials",
        "vpce-policy-own-identities",
        lambda t: endpoint_statement(t)["Condition"]["StringEquals"].pop("aws:PrincipalAccount"),
        Exposure.WEAKENED,
        "the endpoint takes anybody's credentials",
    ),
    (
        "an endpoint to strangers' tables",
        "vpce-policy-own-resources",
        both(
            lambda t: endpoint_statement(t).update(Resource="arn:aws:dynamodb:*:*:table/*"),
            lambda t: endpoint_statement(t)["Condition"]["StringEquals"].pop("aws:ResourceAccount"),
        ),
        Exposure.WEAKENED,
        "the endpoint leads to tables of other accounts",
    ),
    (
        "an endpoint to every table",
        "vpce-policy-table-scoped",
        lambda t: endpoint_statement(t).update(Resource="*"),
        Exposure.WEAKENED,
        "the endpoint leads to every table of the account",
    ),
    (
        "a gateway endpoint that names an account",
        "vpce-gateway-principal-form",
        lambda t: endpoint_statement(t).update(Principal={"AWS": "111122223333"}),
        Exposure.NONE,
        "OwnPrincipalsOwnTable names principals in a form that a gateway endpoint ignores",
    ),
    (
        "a cache's role that writes by a wildcard",
        "dax-role-read-only",
        lambda t: grants_of(t, "CacheRole")[0].update(Action="dynamodb:*Item"),
        Exposure.REACHABLE,
        "the cache's role may call dynamodb:",
    ),
    (
        "a cache's role with another service",
        "dax-role-read-only",
        lambda t: grants_of(t, "CacheRole")[0]["Action"].append("s3:GetObject"),
        Exposure.WEAKENED,
        "the cache's role may also call s3:GetObject: Read, read",
    ),
    (
        "a cache's role for every table",
        "dax-role-table-scoped",
        lambda t: grants_of(t, "CacheRole")[0].update(Resource="*"),
        Exposure.WEAKENED,
        "the cache's role reads other tables too",
    ),
    (
        "a cache's role for strangers",
        "dax-role-trust-dax-only",
        lambda t: trust_of(t, "CacheRole").update(Principal=FOREIGN_ROOT, Condition={}),
        Exposure.REACHABLE,
        f"the trust policy lets arn:aws:iam::{STRANGER}:",
    ),
    (
        "a cache's role for the application",
        "dax-role-trust-dax-only",
        lambda t: trust_of(t, "CacheRole")["Principal"].update(Service="ec2.amazonaws.com"),
        Exposure.REACHABLE,
        "the trust policy lets ec2.amazonaws.com assume the cache's role",
    ),
    (
        "a confused deputy",
        "dax-role-confused-deputy",
        lambda t: trust_of(t, "CacheRole").pop("Condition"),
        Exposure.WEAKENED,
        "the trust policy lets DAX use the role for clusters of other accounts",
    ),
    (
        "a client that writes through the cache",
        "dax-client-least",
        lambda t: grants_of(t, "Application")[2].update(Action="dax:*"),
        Exposure.WEAKENED,
        "a client of the cache may call dax:",
    ),
    (
        "a stranger who may become the application",
        "iam-no-stranger-assumes",
        lambda t: trust_of(t, "Application").update(Principal=FOREIGN_ROOT),
        Exposure.REACHABLE,
        "may assume this role, which reaches the data",
    ),
    (
        "a function outside the VPC",
        "lambda-in-vpc",
        lambda t: of(t, "Function").pop("VpcConfig"),
        Exposure.NONE,
        "the function Function holds a role that reaches the data, and runs outside any VPC",
    ),
    (
        "a function with a public URL",
        "lambda-not-public",
        lambda t: t.update(
            Url={
                "Type": "AWS::Lambda::Url",
                "Properties": {
                    "TargetFunctionArn": {"Fn::GetAtt": ["Function", "Arn"]},
                    "AuthType": "NONE",
                },
            }
        ),
        Exposure.REACHABLE,
        "anybody may call the function Function by its URL (AuthType NONE)",
    ),
    (
        "a function for another account",
        "lambda-not-public",
        lambda t: of(t, "Permission").update(Principal=STRANGER),
        Exposure.REACHABLE,
        f"{STRANGER} may call the function Function, which reaches the data",
    ),
    (
        "a function for a service that acts for anybody",
        "lambda-not-public",
        lambda t: of(t, "Permission").update(Principal="apigateway.amazonaws.com"),
        Exposure.REACHABLE,
        "apigateway.amazonaws.com may call the function Function, which reaches the data",
    ),
    (
        "a key for everybody",
        "ddb-cmk-key-policy",
        lambda t: of(t, "Key")["KeyPolicy"]["Statement"][0].pop("Condition"),
        Exposure.WEAKENED,
        "the key's policy lets strangers use the key",
    ),
    (
        "a policy that nobody may change",
        "ddb-policy-repairable",
        lambda t: table_statements(t).append(deny("dynamodb:PutResourcePolicy")),
        Exposure.NONE,
        "denies dynamodb:PutResourcePolicy to everybody outside the VPC, so nobody can repair",
    ),
    (
        "a Deny on everything",
        "ddb-deny-is-data-plane-only",
        both(
            lambda t: table_statements(t)[0].update(Action="dynamodb:*"),
            lambda t: table_statements(t)[0]["Condition"].pop("ArnNotLike"),
        ),
        Exposure.NONE,
        "to everybody outside the VPC, so nobody can deploy",
    ),
    (
        "a Deny of everything but the first action that a deployment calls",
        "ddb-deny-is-data-plane-only",
        lambda t: table_statements(t).append(
            {
                "Sid": "DenyMost",
                "Effect": "Deny",
                "Principal": "*",
                "NotAction": "dynamodb:DescribeContinuousBackups",
                "Resource": "*",
            }
        ),
        Exposure.NONE,
        "denies dynamodb:DescribeTable to everybody outside the VPC, so nobody can deploy",
    ),
    (
        "autoscaling locked out",
        "ddb-deny-exempts-slr",
        lambda t: table_statements(t).append(deny("dynamodb:UpdateTable")),
        Exposure.NONE,
        "denies service-linked roles dynamodb:UpdateTable",
    ),
    (
        "a cache whose trust names another cluster",
        "ddb-deny-exempts-dax-role",
        lambda t: trust_of(t, "CacheRole")["Condition"].update(
            ArnEquals={"aws:SourceArn": "arn:aws:dax:us-east-1:111122223333:cache/other"}
        ),
        Exposure.NONE,
        "DAX cannot assume the cache's role for this cluster: its trust policy names another",
    ),
    (
        "a role locked out of the stream",
        "ddb-workload-works",
        lambda t: stream_statements(t)[0]["Condition"].update(
            StringNotEquals={"aws:SourceVpce": {"Ref": "Endpoint"}}
        ),
        Exposure.NONE,
        "the role may call dynamodb:GetRecords on the stream messages, but every such request",
    ),
    (
        "a cache locked out",
        "ddb-deny-exempts-dax-role",
        lambda t: table_statements(t)[0]["Condition"].pop("ArnNotLike"),
        Exposure.NONE,
        "the cache cannot call dynamodb:",
    ),
    (
        "an application locked out by the endpoint",
        "ddb-workload-works",
        lambda t: endpoint_statement(t)["Action"].remove("dynamodb:PutItem"),
        Exposure.NONE,
        "the role may call dynamodb:PutItem on the table messages, but every such request",
    ),
    (
        "a Deny on an API name",
        "ddb-no-noop-actions",
        lambda t: table_statements(t).append(deny("dynamodb:ExecuteStatement")),
        Exposure.NONE,
        "Seeded names dynamodb:ExecuteStatement: it is an API operation",
    ),
    (
        "a misspelt action in the stream's policy",
        "ddb-no-noop-actions",
        lambda t: stream_statements(t)[0]["Action"].append("dynamodb:GetRecord"),
        Exposure.NONE,
        "Outside names dynamodb:GetRecord: no IAM action has this name; write dynamodb:GetRecords",
    ),
    (
        "an exemption by a pattern",
        "exemption-arn-exact",
        lambda t: table_statements(t)[2]["Condition"].update(
            ArnNotEquals={"aws:PrincipalArn": "arn:aws:iam::111122223333:role/*"}
        ),
        Exposure.NONE,
        "Exits of the table messages exempts arn:aws:iam::111122223333:role/*, which is not",
    ),
    (
        "an exemption of a stranger's role",
        "exemption-arn-exact",
        lambda t: table_statements(t)[0]["Condition"]["ArnNotLike"]["aws:PrincipalArn"].append(
            f"arn:aws:iam::{STRANGER}:role/partner"
        ),
        Exposure.NONE,
        f"exempts arn:aws:iam::{STRANGER}:role/partner, which belongs to another account",
    ),
    (
        "an exemption of a session",
        "exemption-arn-exact",
        lambda t: table_statements(t)[0]["Condition"]["ArnNotLike"]["aws:PrincipalArn"].append(
            "arn:aws:sts::111122223333:assumed-role/deploy/somebody"
        ),
        Exposure.NONE,
        "exempts arn:aws:sts::111122223333:assumed-role/deploy/somebody",
    ),
]


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
    assert (finding.counterexample is not None) or exposure is Exposure.NONE or "also" in message


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

"""The questions that controls ask, on policies as people write them."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from ddb_perimeter.findings import Verdict
from ddb_perimeter.policy import (
    Callers,
    Document,
    Endpoint,
    EndpointPolicy,
    Kind,
    Layers,
    Origins,
    Path,
    Plane,
    Policy,
    Prover,
    Question,
    Relation,
    World,
    of_plane,
)

if TYPE_CHECKING:
    from collections.abc import Callable

Json = Any  # what a policy document holds
OURS, OTHER = "111122223333", "444455556666"
TABLE = f"arn:aws:dynamodb:eu-west-1:{OURS}:table/orders"
TABLES = (TABLE, f"{TABLE}/index/by-day")
VPCE, VPC = "vpce-⟦Network.Endpoint⟧", "vpc-⟦Network.Vpc⟧"
DAX = f"arn:aws:iam::{OURS}:role/⟦Data.DaxRole⟧"
APP = f"arn:aws:iam::{OURS}:role/app"
LINKED = f"arn:aws:iam::{OURS}:role/aws-service-role/*"
WORLD = World(
    OURS,
    "eu-west-1",
    organization="o-ours000000",
    endpoints=(Endpoint(VPCE, VPC, OURS),),
    now=datetime(2026, 11, 1, tzinfo=UTC),
)
PROVER = Prover(WORLD)
DATA = of_plane(Plane.DATA)
EXEMPT = Callers.anyone().but_arns(DAX).but_service_linked_roles().but_services()
OUTSIDE = Origins.outside(endpoints=[VPCE])
QUESTION = Question(EXEMPT, OUTSIDE.but_forwarded(), DATA, TABLES)

DENY: dict[str, Any] = {
    "Sid": "DenyDataPlaneOffEndpoint",
    "Effect": "Deny",
    "Principal": "*",
    "Action": list(DATA),
    "Resource": "*",
    "Condition": {
        "StringNotEqualsIfExists": {"aws:SourceVpce": [VPCE]},
        "BoolIfExists": {"aws:ViaAWSService": "false", "aws:PrincipalIsAWSService": "false"},
        "ArnNotLikeIfExists": {"aws:PrincipalArn": [DAX, LINKED]},
    },
}


def document(*statements: dict[str, Any]) -> Policy:
    return Policy.read({"Version": "2012-10-17", "Statement": list(statements)}, "table policy")


def changed(operator: str, key: str, value: Json) -> dict[str, Any]:
    """Return the Deny with one condition changed, or removed where the value is None."""
    result = copy.deepcopy(DENY)
    block = result["Condition"].setdefault(operator, {})
    block[key] = value
    if value is None:
        del block[key]
    return result


def test_the_baseline_denies_everything_outside() -> None:
    answer = PROVER.every_denied(QUESTION, document(DENY))

    assert answer.holds, answer.why
    assert [each.sid for each in answer.statements] == ["DenyDataPlaneOffEndpoint"]


HARMLESS: dict[str, list[dict[str, Any]]] = {
    "without IfExists": [
        {**DENY, "Condition": {
            "StringNotEquals": {"AWS:sourcevpce": VPCE},
            "Bool": {"aws:ViaAWSService": False, "aws:PrincipalIsAWSService": "false"},
            "ArnNotEquals": {"aws:PrincipalArn": [LINKED, DAX]}}}],
    "split by action": [{**DENY, "Action": each} for each in DATA],
    "split by plane": [{**DENY, "Action": [a for a in DATA if "PartiQL" in a]},
                       {**DENY, "Action": [a for a in DATA if "PartiQL" not in a]}],
    "all actions": [{**DENY, "Action": "dynamodb:*"}],
    "letter case": [{**DENY, "Action": [a.upper() for a in DATA]}],
    "NotAction of others": [{k: v for k, v in DENY.items() if k != "Action"}
                            | {"NotAction": ["dynamodb:Describe*", "dynamodb:*Policy"]}],
    "table and indexes": [{**DENY, "Resource": [TABLE, f"{TABLE}/index/*"]}],
    "endpoint and VPC": [changed("StringNotEqualsIfExists", "aws:SourceVpc", VPC)
                         | {"Condition": {**DENY["Condition"], "StringNotEqualsIfExists": {
                             "aws:SourceVpce": [VPCE], "aws:SourceVpc": VPC}}},
                        {**DENY, "Condition": {**DENY["Condition"], "StringNotEqualsIfExists": {
                             "aws:SourceVpce": [VPCE]}}}],
    "AWS principal star and services": [{**DENY, "Principal": {"AWS": "*"}}],
    "an Allow beside it": [DENY, {"Effect": "Allow", "Principal": {"AWS": OURS},
                                  "Action": "dynamodb:GetItem", "Resource": "*"}],
    "split by address halves": [
        {**DENY, "Condition": {**DENY["Condition"], "IpAddress": {"aws:SourceIp": half}}}
        for half in ("0.0.0.0/1", "128.0.0.0/1", "::/0")
    ] + [{**DENY, "Condition": {**DENY["Condition"], "Null": {"aws:SourceIp": "true"}}}],
}  # fmt: skip


def any_case(key: str, value: str) -> dict[str, Any]:
    """Return the Deny with its endpoint, or one more principal, compared without letter case."""
    condition = copy.deepcopy(DENY["Condition"])
    if key == "aws:SourceVpce":
        del condition["StringNotEqualsIfExists"]
    return {**DENY, "Condition": {**condition, "StringNotEqualsIgnoreCase": {key: value}}}


@pytest.mark.parametrize("vpce", [VPCE, "vpce-0abcdef0123456789"])
@pytest.mark.parametrize("spelled", [str.lower, str.upper])
def test_ids_that_aws_issues_are_lower_case(vpce: str, spelled: Callable[[str], str]) -> None:
    """No endpoint has an id that differs from ours in its letters' case alone."""
    written = vpce if "⟦" in vpce else spelled(vpce)
    outside = Origins.outside(endpoints=[vpce]).but_forwarded()
    question = Question(EXEMPT, outside, DATA, TABLES)
    prover = Prover(replace(WORLD, endpoints=(Endpoint(vpce, VPC, OURS),)))

    assert prover.every_denied(question, document(any_case("aws:SourceVpce", written))).holds


def test_roles_that_differ_in_letter_case_are_two() -> None:
    but_app = Question(EXEMPT.but_arns(APP), OUTSIDE.but_forwarded(), DATA, TABLES)

    answer = PROVER.every_denied(but_app, document(any_case("aws:PrincipalArn", APP)))

    assert answer.verdict is Verdict.BROKEN
    assert answer.request is not None
    assert answer.request.caller.arn != APP
    assert answer.request.caller.arn.lower() == APP.lower()


@pytest.mark.parametrize("name", HARMLESS)
def test_harmless_rewrites_still_hold(name: str) -> None:
    answer = PROVER.every_denied(QUESTION, document(*HARMLESS[name]))

    assert answer.holds, answer


FAULTS: dict[str, list[dict[str, Any]]] = {
    "no statement about it": [{**DENY, "Effect": "Allow"}],
    "one action missing": [{**DENY, "Action": [a for a in DATA if a != "dynamodb:SearchVectors"]}],
    "API names only": [{**DENY, "Action": ["dynamodb:ExecuteStatement"]}],
    "table without index": [{**DENY, "Resource": TABLE}],
    "index without table": [{**DENY, "Resource": f"{TABLE}/index/*"}],
    "another endpoint too": [
        changed("StringNotEqualsIfExists", "aws:SourceVpce", [VPCE, "vpce-0123456789abcdef0"])],
    "any endpoint": [changed("StringNotLikeIfExists", "aws:SourceVpce", "vpce-*")
                     | {"Condition": {**DENY["Condition"], "StringNotEqualsIfExists": {},
                                      "StringNotLike": {"aws:SourceVpce": "vpce-*"}}}],
    "positive operator": [{**DENY, "Condition": {"StringEquals": {"aws:SourceVpce": VPCE}}}],
    "set operator on an absent key": [
        {**DENY, "Condition": {"ForAnyValue:StringNotEquals": {"aws:SourceVpce": VPCE}}}],
    "another role": [changed("ArnNotLikeIfExists", "aws:PrincipalArn", [DAX, LINKED, APP])],
    "role wildcard": [changed("ArnNotLikeIfExists", "aws:PrincipalArn",
                              [f"arn:aws:iam::{OURS}:role/*"])],
    "any account's linked roles": [changed("ArnNotLikeIfExists", "aws:PrincipalArn",
                                           [DAX, "arn:aws:iam::*:role/aws-service-role/*"])],
    "an address": [changed("NotIpAddress", "aws:SourceIp", "198.51.100.0/24")],
    "browsers": [changed("StringNotLike", "aws:UserAgent", "*Mozilla*")],
    "referer": [changed("StringNotEquals", "aws:Referer", "https://example.com/")],
    "a tag": [changed("StringNotEquals", "aws:PrincipalTag/exempt", "true")],
    "MFA": [changed("BoolIfExists", "aws:MultiFactorAuthPresent", "false")],
    "our organization": [changed("StringNotEquals", "aws:PrincipalOrgID", "o-ours000000")],
    "our account": [changed("StringNotEquals", "aws:PrincipalAccount",
                            "${aws:ResourceAccount}")],
    "endpoints of our account": [changed("StringNotEquals", "aws:VpceAccount", OURS)],
    "a date past": [changed("DateLessThan", "aws:CurrentTime", "2026-01-01T00:00:00Z")],
    "one principal": [{**DENY, "Principal": {"AWS": OURS}}],
    "HTTPS only": [changed("Bool", "aws:SecureTransport", "true")],
    "halves of the internet": [
        {**DENY, "Condition": {**DENY["Condition"], "IpAddress": {"aws:SourceIp": half}}}
        for half in ("0.0.0.0/2", "128.0.0.0/1", "::/0")],
    "not this table": [{k: v for k, v in DENY.items() if k != "Resource"}
                       | {"NotResource": f"{TABLE}*"}],
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_is_shown_by_a_request(name: str) -> None:
    answer = PROVER.every_denied(QUESTION, document(*FAULTS[name]))

    assert answer.verdict is Verdict.BROKEN, answer
    assert answer.counterexample is not None
    assert answer.counterexample.outcome == "allowed"
    assert answer.request is not None
    assert answer.request.origin.endpoint != VPCE


def test_a_deny_that_does_not_spare_services_still_holds() -> None:
    """A narrower exemption denies more: nothing outside gets in."""
    strict = changed("BoolIfExists", "aws:PrincipalIsAWSService", None)

    assert PROVER.every_denied(QUESTION, document(strict)).holds


def test_a_deny_until_a_date_in_the_future_holds_now() -> None:
    dated = changed("DateLessThan", "aws:CurrentTime", "2027-01-01T00:00:00Z")

    assert PROVER.every_denied(QUESTION, document(dated)).holds


def test_no_impossible_request_counts() -> None:
    """An endpoint id on a public call, an index of PutItem, a service through our endpoint."""
    space = PROVER.space(QUESTION, [document(DENY)])
    for box in space.possible():
        for at, origin in enumerate(space.origins):
            if box[1] >> at & 1:
                assert not (origin.path is Path.INTERNET and origin.endpoint)
                kinds = {c.kind for n, c in enumerate(space.callers) if box[0] >> n & 1}
                assert Kind.ANONYMOUS not in kinds
                assert Kind.SERVICE not in kinds or origin.path is Path.SERVICE
    on_index = {t.action for t in space.targets if "/index/" in t.resource}
    assert "dynamodb:PutItem" not in on_index
    assert "dynamodb:Query" in on_index


# -- no stranger ---------------------------------------------------------------------------------

STRANGERS = Question(Callers.strangers(), Origins.anywhere(), DATA, TABLES)


@pytest.mark.parametrize(
    ("principal", "condition", "verdict"),
    [
        ({"AWS": OURS}, {}, Verdict.HOLDS),
        ({"AWS": APP}, {}, Verdict.HOLDS),
        ("*", {"StringEquals": {"aws:PrincipalAccount": OURS}}, Verdict.HOLDS),
        ("*", {"StringEquals": {"aws:PrincipalAccount": "${aws:ResourceAccount}"}}, Verdict.HOLDS),
        ("*", {"StringEquals": {"aws:PrincipalOrgID": "o-ours000000"}}, Verdict.HOLDS),
        ("*", {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{OURS}:role/*"}}, Verdict.HOLDS),
        ("*", {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-ours000000/*"}},
         Verdict.HOLDS),
        ({"Service": "dax.amazonaws.com"}, {}, Verdict.HOLDS),
        ("*", {}, Verdict.BROKEN),
        ({"AWS": "*"}, {}, Verdict.BROKEN),
        ({"AWS": [OURS, OTHER]}, {}, Verdict.BROKEN),
        ({"AWS": f"arn:aws:iam::{OTHER}:root"}, {}, Verdict.BROKEN),
        ({"AWS": f"arn:aws:iam::{OTHER}:role/x"}, {}, Verdict.BROKEN),
        ("*", {"StringEquals": {"aws:PrincipalOrgID": "o-theirs0000"}}, Verdict.BROKEN),
        ("*", {"StringLike": {"aws:PrincipalOrgID": "o-*"}}, Verdict.BROKEN),
        ("*", {"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-ours000000"}}, Verdict.BROKEN),
        ("*", {"ForAllValues:StringLike": {"aws:PrincipalOrgPaths": "o-ours000000/*"}},
         Verdict.BROKEN),
        ("*", {"StringLike": {"aws:PrincipalArn": "arn:aws:iam::1111*:role/*"}}, Verdict.BROKEN),
        ("*", {"StringLike": {"aws:UserAgent": "our-app"}}, Verdict.BROKEN),
        ("*", {"StringEquals": {"aws:SourceVpce": VPCE}}, Verdict.BROKEN),
    ],
)  # fmt: skip
def test_no_stranger_is_allowed(principal: Json, condition: Json, verdict: Verdict) -> None:
    statement = {"Sid": "Readers", "Effect": "Allow", "Principal": principal,
                 "Action": "dynamodb:GetItem", "Resource": "*", "Condition": condition}  # fmt: skip
    answer = PROVER.none_granted(STRANGERS, document(statement))

    assert answer.verdict is verdict, answer
    if verdict is Verdict.BROKEN:
        assert [each.sid for each in answer.statements] == ["Readers"]
        assert answer.request is not None
        assert answer.request.caller.relation is Relation.STRANGER


def test_a_stranger_whom_a_deny_stops_is_not_allowed() -> None:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "dynamodb:*", "Resource": "*"}
    stop = {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:PrincipalAccount": OURS}}}  # fmt: skip

    assert PROVER.none_granted(STRANGERS, document(statement, stop)).holds


# -- endpoint, trust and key policies ------------------------------------------------------------


def test_an_endpoint_policy_lets_only_our_principals_reach_only_our_tables() -> None:
    pinned = {"Effect": "Allow", "Principal": "*", "Action": "dynamodb:*",
              "Resource": [TABLE, f"{TABLE}/*"],
              "Condition": {"StringEquals": {"aws:PrincipalAccount": OURS}}}  # fmt: skip
    foreign = f"arn:aws:dynamodb:eu-west-1:{OTHER}:table/loot"
    others = Question(
        Callers.anyone().but(Callers.within()), Origins.endpoint(VPCE), DATA, (TABLE, foreign)
    )
    away = Question(Callers.anyone(), Origins.endpoint(VPCE), DATA, (foreign,))

    assert PROVER.none_granted(others, document(pinned), Document.GATEWAY).holds
    assert PROVER.none_granted(away, document(pinned), Document.GATEWAY).holds
    loose = {**pinned, "Resource": "*"}
    assert PROVER.none_granted(away, document(loose), Document.GATEWAY).verdict is Verdict.BROKEN
    public = {key: value for key, value in pinned.items() if key != "Condition"}
    answer = PROVER.none_granted(others, document(public), Document.GATEWAY)
    assert answer.verdict is Verdict.BROKEN


CLUSTER = f"arn:aws:dax:eu-west-1:{OURS}:cache/orders"
ASSUME = ("sts:AssumeRole", "sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML")
OTHERS = Question(
    Callers.anyone().but(Callers.service("dax.amazonaws.com", CLUSTER)),
    Origins.anywhere(),
    ASSUME,
    (DAX,),
)


@pytest.mark.parametrize(
    ("principal", "condition", "verdict"),
    [
        ({"Service": "dax.amazonaws.com"}, {"aws:SourceArn": CLUSTER}, Verdict.HOLDS),
        ({"Service": "dax.amazonaws.com"}, {"aws:SourceAccount": OURS}, Verdict.BROKEN),
        ({"Service": "dax.amazonaws.com"}, {}, Verdict.BROKEN),
        ({"Service": ["dax.amazonaws.com", "ec2.amazonaws.com"]}, {}, Verdict.BROKEN),
        ({"AWS": OURS}, {}, Verdict.BROKEN),
        ("*", {}, Verdict.BROKEN),
        ({"Federated": "accounts.google.com"}, {}, Verdict.BROKEN),
    ],
)
def test_only_dax_may_assume_the_role_for_its_cluster(
    principal: Json, condition: Json, verdict: Verdict
) -> None:
    trust = Policy.read({"Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole*",
        "Condition": {"StringEquals": condition} if condition else {}}}, "trust")  # fmt: skip

    assert PROVER.none_granted(OTHERS, trust, Document.TRUST).verdict is verdict


def test_a_dax_role_that_only_reads() -> None:
    def role(action: Json) -> Layers:
        return Layers(
            identity=(
                Policy.read(
                    {
                        "Statement": {
                            "Effect": "Allow",
                            "Action": action,
                            "Resource": [TABLE, f"{TABLE}/index/*"],
                        }
                    }
                ),
            )
        )

    writes = tuple(a for a in DATA if any(w in a for w in ("Put", "Update", "Delete", "Write",
                                                           "Insert")))  # fmt: skip
    question = Question(Callers.exactly(DAX), Origins.anywhere(), writes, TABLES)

    assert PROVER.none_allowed(question, role(["dynamodb:GetItem", "dynamodb:Query"])).holds
    assert PROVER.none_allowed(question, role("dynamodb:*Item")).verdict is Verdict.BROKEN


# -- liveness ------------------------------------------------------------------------------------

ADMIN = Policy.read({"Statement": {"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"}})
SECURE = {"aws:SecureTransport": ("true",)}


def test_the_application_works_through_the_endpoint_and_only_there() -> None:
    reach = {"Effect": "Allow", "Principal": "*", "Action": "dynamodb:*", "Resource": f"{TABLE}*"}
    layers = Layers(
        resource=document(DENY),
        identity=(ADMIN,),
        endpoints=(EndpointPolicy(VPCE, document(reach)),),
    )
    inside = Question(Callers.exactly(APP), Origins.endpoint(VPCE), DATA, TABLES, SECURE)
    outside = Question(Callers.exactly(APP), Origins.internet(), DATA, TABLES, SECURE)

    assert PROVER.all_allowed(inside, layers).holds
    assert PROVER.none_allowed(outside, layers).holds
    assert PROVER.some_allowed(outside, layers).verdict is Verdict.BROKEN
    assert PROVER.none_denied(inside, layers).holds
    locked = Layers(resource=document({**DENY, "Condition": {}}), identity=(ADMIN,))
    answer = PROVER.all_allowed(inside, locked)
    assert answer.verdict is Verdict.BROKEN
    assert answer.outcome == "denied"
    assert [each.sid for each in answer.statements] == ["DenyDataPlaneOffEndpoint"]


def test_a_caller_that_nobody_can_be_proves_nothing() -> None:
    nobody = Question(Callers.exactly("no-arn-at-all"), Origins.anywhere(), DATA, TABLES)

    assert PROVER.every_denied(nobody, document(DENY)).verdict is Verdict.UNKNOWN
    assert PROVER.none_allowed(nobody, Layers()).verdict is Verdict.UNKNOWN


def test_an_action_that_never_targets_the_resource_proves_nothing() -> None:
    question = Question(Callers.anyone(), Origins.anywhere(), ("dynamodb:PutItem",), TABLES[1:])

    assert PROVER.every_denied(question, document(DENY)).verdict is Verdict.UNKNOWN


def test_a_named_session_is_found_whatever_its_role_is_called() -> None:
    """Nothing else mentions the role: its class exists only because its session is named."""
    session = f"arn:aws:sts::{OTHER}:assumed-role/visitor/night-shift"
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": session},
        "Action": "dynamodb:GetItem",
        "Resource": "*",
    }
    answer = PROVER.none_granted(STRANGERS, document(statement))

    assert answer.verdict is Verdict.BROKEN
    assert answer.request is not None
    assert answer.request.caller.session_arn == session


def test_a_block_of_addresses_that_starts_in_a_reserved_range_is_looked_into() -> None:
    """0.0.0.0/5 begins where nobody calls from, and yet holds public addresses."""
    let_in = changed("NotIpAddress", "aws:SourceIp", "0.0.0.0/5")
    answer = PROVER.every_denied(QUESTION, document(let_in))

    assert answer.verdict is Verdict.BROKEN
    assert answer.request is not None
    assert 1 <= int(answer.request.origin.address.split(".")[0]) <= 7

"""Who would be denied by a small private system: what passes, what does not, what is open."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from ddb_perimeter.controls.perimeter import Perimeter
from ddb_perimeter.findings import Verdict
from ddb_perimeter.inventory import InputError
from ddb_perimeter.replay.judge import Answer
from ddb_perimeter.replay.replay import Group, Replay
from tests.unit.replay.recorded import (
    ACCOUNT,
    ADDRESS,
    ENDPOINT,
    STRANGER,
    Record,
    inside,
    record,
    role,
)

Ask = Callable[..., Replay]

HERE = {ENDPOINT: "Endpoint"}
STREAM = {ENDPOINT: "StreamEndpoint"}
TEMPLATE = Path(__file__).parents[1] / "controls" / "private.yaml"


def only(replay: Replay) -> Group:
    (group,) = replay.groups
    return group


def told(replay: Replay) -> tuple[str, str, str]:
    """Return answer, policy and statement of the only group."""
    ruling = only(replay).ruling
    return ruling.answer, ruling.policy, ruling.statement


# Where it comes from


def test_a_call_from_the_internet_would_be_denied(ask: Ask) -> None:
    replay = ask([record(), record(eventTime="2026-11-03T00:00:00Z"), record("Query")])
    group = only(replay)

    assert replay.verdict is Verdict.BROKEN
    assert told(replay) == ("denied", "table policy", "Outside")
    assert (group.caller, group.origin) == (f"arn:aws:iam::{ACCOUNT}:role/etl", "the internet")
    assert (group.events, group.first, group.last) == (
        3,
        "2026-11-01T12:00:00Z",
        "2026-11-03T00:00:00Z",
    )
    assert group.calls == {("dynamodb:GetItem", ""): 2, ("dynamodb:Query", ""): 1}
    assert group.addresses == [ADDRESS]
    assert "--as ADDRESS=Endpoint" in group.ruling.fix


def test_a_call_through_an_endpoint_of_today_is_open_until_somebody_says_which(ask: Ask) -> None:
    replay = ask([inside()])

    assert replay.verdict is Verdict.UNKNOWN
    assert ENDPOINT in only(replay).ruling.why
    assert f"--as {ENDPOINT}=outside" in only(replay).ruling.fix


def test_an_endpoint_whose_place_is_taken_is_inside(ask: Ask) -> None:
    replay = ask([inside()], HERE)

    assert replay.verdict is Verdict.HOLDS
    assert told(replay) == ("passes", "", "")


def test_an_endpoint_of_another_service_lets_nobody_in(ask: Ask) -> None:
    assert told(ask([inside()], STREAM)) == ("denied", "table policy", "Outside")


def test_an_endpoint_may_stay_outside(ask: Ask) -> None:
    assert told(ask([inside()], {ENDPOINT: "outside"})) == ("denied", "table policy", "Outside")


def test_a_gateway_whose_place_is_taken_is_inside(ask: Ask) -> None:
    assert told(ask([record()], {"203.0.113.0/24": "Endpoint"}))[0] == "passes"
    assert told(ask([record()], {"198.51.100.0/24": "Endpoint"}))[0] == "denied"


def test_a_private_address_without_an_endpoint_is_open(ask: Ask) -> None:
    private = record(sourceIPAddress="10.0.0.5")

    assert told(ask([private]))[0] == "unknown"
    assert told(ask([private], {"10.0.0.5": "Endpoint"}))[0] == "passes"
    assert told(ask([private], {"10.0.0.0/8": "outside"}))[0] == "denied"


def test_the_endpoint_s_policy_is_asked(ask: Ask) -> None:
    ruling = only(ask([inside("DeleteItem")], HERE)).ruling

    assert (ruling.answer, ruling.policy) == ("denied", "endpoint policy")
    assert "dynamodb:DeleteItem" in ruling.why


def test_a_service_with_its_service_linked_role_passes(ask: Ask) -> None:
    name = "aws-service-role/dynamodb.application-autoscaling.amazonaws.com/AutoScaling"
    identity = role(name, account=STRANGER) | {
        "invokedBy": "dynamodb.application-autoscaling.amazonaws.com"
    }
    fields: Record = {
        "sourceIPAddress": "dynamodb.application-autoscaling.amazonaws.com",
        "resources": [{"ARN": f"arn:aws:dynamodb:eu-west-1:{STRANGER}:table/messages"}],
        "tlsDetails": None,
    }

    assert told(ask([record("UpdateTable", identity, **fields)]))[0] == "passes"


def test_a_service_of_its_own_would_be_denied(ask: Ask) -> None:
    identity = {"type": "AWSService", "invokedBy": "example.amazonaws.com"}
    replay = ask([record(identity=identity, sourceIPAddress="example.amazonaws.com")])

    assert told(replay) == ("denied", "table policy", "Outside")
    assert "from outside every VPC" in only(replay).ruling.fix


# Who it is


def test_the_policies_of_a_declared_role_are_asked(ask: Ask) -> None:
    may = inside(identity=role("application"))
    may_not = inside("Query", role("application"), {"tableName": "messages", "indexName": "i"})

    assert told(ask([may], HERE))[0] == "passes"
    assert told(ask([may_not], HERE))[1] == "policies of the caller"


def test_a_role_of_the_templates_is_found_by_the_name_that_it_has_today(ask: Ask) -> None:
    todays = role("Stack-CacheRole-1A2B3C")

    assert told(ask([record(identity=todays)]))[0] == "denied"
    assert told(ask([record(identity=todays)], {"Stack-CacheRole-1A2B3C": "CacheRole"})) == (
        "passes",
        "",
        "",
    )


@pytest.mark.parametrize(
    "identity",
    [
        {"type": "AWSAccount", "principalId": "AROAEXAMPLE:x", "accountId": STRANGER},
        {"type": "IAMUser", "arn": f"arn:aws:iam::{STRANGER}:user/eve", "principalId": "AIDAX"},
        {"type": "Root", "arn": f"arn:aws:iam::{STRANGER}:root", "accountId": STRANGER},
        role("etl", STRANGER),
    ],
)
def test_another_account_would_be_denied_wherever_it_is(ask: Ask, identity: Record) -> None:
    group = only(ask([inside(identity=identity)], HERE))

    assert group.ruling.answer == "denied"
    assert STRANGER in group.caller


@pytest.mark.parametrize(
    "identity",
    [
        {"type": "IAMUser", "arn": f"arn:aws:iam::{ACCOUNT}:user/ann", "principalId": "AIDAX"},
        {"type": "Root", "arn": f"arn:aws:iam::{ACCOUNT}:root", "accountId": ACCOUNT},
        {
            "type": "FederatedUser",
            "arn": f"arn:aws:sts::{ACCOUNT}:federated-user/ann",
            "sessionContext": {"sessionIssuer": {"arn": f"arn:aws:iam::{ACCOUNT}:user/ann"}},
        },
    ],
)
def test_every_kind_of_own_principal_passes_inside_and_not_outside(
    ask: Ask, identity: Record
) -> None:
    assert told(ask([inside(identity=identity)], HERE))[0] == "passes"
    assert told(ask([record(identity=identity)]))[0] == "denied"


@pytest.mark.parametrize(
    "identity",
    [
        {"type": "IdentityCenterUser", "accountId": ACCOUNT},
        {"type": "WebIdentityUser", "userName": "ann"},
        {"type": "AssumedRole"},
        {"type": "IAMUser", "arn": "HIDDEN_DUE_TO_SECURITY_REASONS"},
        {},
    ],
)
def test_whoever_is_not_recorded_is_open(ask: Ask, identity: Record) -> None:
    replay = ask([inside(identity=identity)], HERE)

    assert replay.verdict is Verdict.UNKNOWN
    assert "names no principal" in only(replay).ruling.why


def test_a_role_without_its_arn_is_open_where_a_policy_asks_for_it(ask: Ask) -> None:
    identity = role()
    del identity["sessionContext"]

    assert told(ask([record(identity=identity)]))[0] == "unknown"
    assert told(ask([record("UpdateTable", identity)])) == (
        "unknown",
        "table policy",
        "TableChanges",
    )
    assert told(ask([inside("GetItem", identity)], HERE))[0] == "passes"


# What the record does not tell


def test_a_call_that_does_not_tell_its_protocol_is_open(ask: Ask) -> None:
    silent = inside(tlsDetails=None)
    replay = ask([silent], HERE)

    assert told(replay) == ("unknown", "table policy", "PlainHttp")
    assert "aws:SecureTransport" in only(replay).ruling.why
    assert told(ask([silent], HERE, assume_tls=True))[0] == "passes"


def _with_condition(tmp_path: Path, condition: dict[str, Any]) -> Path:
    template = yaml.safe_load(TEMPLATE.read_text())
    policy = template["Resources"]["Table"]["Properties"]["ResourcePolicy"]["PolicyDocument"]
    policy["Statement"].append(
        {
            "Sid": "More",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "dynamodb:GetItem",
            "Resource": "*",
            "Condition": condition,
        }
    )
    path = tmp_path / "template.json"
    path.write_text(json.dumps(template))
    return path


@pytest.mark.parametrize(
    ("condition", "answer"),
    [
        ({"StringEquals": {"aws:PrincipalTag/team": "x"}}, "unknown"),
        ({"StringNotEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}}, "unknown"),
        ({"StringEquals": {"aws:SourceVpc": "vpc-0a1b2c3d4e5f60718"}}, "denied"),
        ({"StringEquals": {"aws:PrincipalArn": "${aws:PrincipalTag/arn}"}}, "unknown"),
        ({"Bool": {"aws:MultiFactorAuthPresent": "false"}}, "denied"),
        ({"Bool": {"aws:ViaAWSService": "true"}}, "passes"),
        ({"DateGreaterThan": {"aws:CurrentTime": "2100-01-01T00:00:00Z"}}, "passes"),
        ({"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}, "denied"),
        ({"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/24"}}, "denied"),
        ({"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}, "denied"),
    ],
)
def test_conditions_on_what_is_not_recorded_decide_nothing(
    ask: Ask, tmp_path: Path, condition: dict[str, Any], answer: str
) -> None:
    replay = ask([inside()], HERE, path=_with_condition(tmp_path, condition))

    assert only(replay).ruling.answer == answer


def test_a_declared_organization_is_known(ask: Ask, tmp_path: Path) -> None:
    path = _with_condition(tmp_path, {"StringNotEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}})
    perimeter = Perimeter(organization="o-exampleorgid")

    assert told(ask([inside()], HERE, path=path, perimeter=perimeter))[0] == "passes"


def _with_principal(tmp_path: Path, arn: str) -> Path:
    path = _with_condition(tmp_path, {})
    template = json.loads(path.read_text())
    policy = template["Resources"]["Table"]["Properties"]["ResourcePolicy"]["PolicyDocument"]
    policy["Statement"][-1] |= {"Principal": {"AWS": arn}}
    del policy["Statement"][-1]["Condition"]
    path.write_text(json.dumps(template))
    return path


def test_sessions_are_told_apart_where_a_policy_does(ask: Ask, tmp_path: Path) -> None:
    path = _with_principal(tmp_path, f"arn:aws:sts::{ACCOUNT}:assumed-role/etl/bad")

    good, bad = (inside(identity=role(session=name)) for name in ("good", "bad"))
    assert told(ask([good], HERE, path=path))[0] == "passes"
    assert told(ask([bad], HERE, path=path))[0] == "denied"
    assert [group.events for group in ask([good, bad], HERE, path=path).groups] == [1, 1]


def test_addresses_are_told_apart_where_a_policy_does(ask: Ask, tmp_path: Path) -> None:
    path = _with_condition(tmp_path, {"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/24"}})
    batch = [inside(), inside(sourceIPAddress="10.0.1.5")]

    assert [group.ruling.answer for group in ask(batch, HERE, path=path).groups] == [
        "denied",
        "passes",
    ]


def test_a_principal_that_may_be_the_unnamed_caller_decides_nothing(
    ask: Ask, tmp_path: Path
) -> None:
    unnamed = role()
    del unnamed["sessionContext"]
    named = f"arn:aws:iam::{ACCOUNT}:role/some/path/etl"

    path = _with_principal(tmp_path, named)
    assert told(ask([inside(identity=unnamed)], HERE, path=path))[0] == "unknown"
    path = _with_principal(tmp_path, f"arn:aws:iam::{ACCOUNT}:root")
    assert told(ask([inside(identity=unnamed)], HERE, path=path))[0] == "denied"


def test_a_macro_may_hide_policies(ask: Ask, tmp_path: Path) -> None:
    template = yaml.safe_load(TEMPLATE.read_text()) | {"Transform": "Mystery"}
    path = tmp_path / "template.json"
    path.write_text(json.dumps(template))

    assert "Mystery" in only(ask([inside()], HERE, path=path)).ruling.why


# On what


def test_the_stream_has_its_own_policy_and_endpoint(ask: Ask) -> None:
    shard = f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/messages/stream/2026-11-01T00|1|AAAA"
    events = {"parameters": {"shardIterator": shard}}

    assert told(ask([record("GetRecords", **events)])) == ("denied", "stream policy", "Outside")
    assert told(ask([inside("GetRecords", **events)], STREAM))[0] == "passes"
    assert told(ask([inside("GetRecords", **events)], HERE))[0] == "denied"


def test_tables_of_others_are_counted_and_not_judged(ask: Ask) -> None:
    other = record(resources=[{"ARN": f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/other"}])
    replay = ask([inside(), other], HERE)

    assert replay.elsewhere == 1
    assert only(replay).events == 1


def test_events_about_other_tables_alone_conclude_nothing(ask: Ask) -> None:
    other = record(resources=[{"ARN": f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/other"}])

    with pytest.raises(InputError, match=r"none of 1 is about a table of the templates \(messages"):
        ask([other])


def test_a_table_is_found_by_the_name_that_it_has_today(ask: Ask) -> None:
    todays = inside(resources=[{"ARN": f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/old"}])

    assert told(ask([todays], HERE | {"old": "Table"}))[0] == "passes"


def test_what_was_denied_already_is_counted_apart(ask: Ask) -> None:
    denied = record(errorCode="AccessDenied", errorMessage="not authorized")
    replay = ask([inside(), denied, record(errorCode="ConditionalCheckFailedException")], HERE)

    assert replay.denied_already == 1
    assert replay.events(Answer.DENIED) == 1


def test_the_worst_part_of_a_transaction_counts(ask: Ask) -> None:
    parts = [
        {"operation": "Put", "tableName": "messages"},
        {"operation": "Delete", "TableName": "messages"},
    ]
    group = only(ask([inside("TransactWriteItems", parameters={"requestItems": parts})], HERE))

    assert group.ruling.answer == "denied"
    assert group.calls == {("dynamodb:DeleteItem", ""): 1}
    assert group.events == 1


def test_a_transaction_that_hides_its_parts_is_open_where_they_differ(ask: Ask) -> None:
    hidden = inside("TransactWriteItems", parameters=None)
    hidden["requestParameters"] = None

    assert "which it was" in only(ask([hidden], HERE)).ruling.why
    assert told(ask([hidden], {ENDPOINT: "outside"}))[0] == "denied"

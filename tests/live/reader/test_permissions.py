"""Every call is a declared read, and the printed policy is what they need: no less, no more."""

from __future__ import annotations

import fnmatch
import json
import re
from typing import TYPE_CHECKING, Any, Final

import pytest
from cfnlint.data import AdditionalSpecs
from cfnlint.helpers import load_resource
from click.testing import CliRunner
from moto.iam.aws_managed_policies import aws_managed_policies_data

from ddb_perimeter.cli.program import program
from ddb_perimeter.inventory.account import choose_regions, read_account
from ddb_perimeter.inventory.live.calls import CALLS, GET_CALLER_IDENTITY, Call
from ddb_perimeter.inventory.live.permissions import policy
from ddb_perimeter.inventory.live.requests import Requests
from tests.live.reader.names import REGION
from tests.live.reader.transport import Transport, failure, operation_of, recorded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import boto3

RENAMED: Final = {
    "s3:ListBuckets": "s3:ListAllMyBuckets",
    "s3:GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "s3:GetBucketEncryption": "s3:GetEncryptionConfiguration",
}
"""The operations whose action has another name, by the Service Authorization Reference."""
FREE: Final = "sts:GetCallerIdentity"
LARGEST: Final = 6_144
"""Characters of a managed policy, without white space."""


@pytest.fixture(scope="module")
def reference() -> dict[str, Any]:
    """Return what cfn-lint keeps of the Service Authorization Reference."""
    found: dict[str, Any] = load_resource(AdditionalSpecs, "Policies.json")
    return found


@pytest.fixture(scope="module")
def reads() -> list[str]:
    """Return the patterns of actions that AWS's own policies for readers allow."""
    policies = json.loads(aws_managed_policies_data)
    return [
        pattern.lower()
        for name in ("ReadOnlyAccess", "SecurityAudit")
        for statement in policies[name]["Document"]["Statement"]
        for pattern in statement["Action"]
    ]


def actions(document: dict[str, Any]) -> set[str]:
    """Return every action of a policy."""
    return {action for each in document["Statement"] for action in each["Action"]}


def only(allowed: Iterable[str]) -> Callable[..., dict[str, Any]]:
    """Answer as the recorded account does to somebody who has these permissions alone."""
    granted = {*allowed, FREE}

    def respond(operation: str, region: str, parameters: dict[str, Any]) -> dict[str, Any]:
        if RENAMED.get(operation, operation) not in granted:
            raise failure("AccessDeniedException", operation)
        return recorded(operation, region, parameters)

    return respond


@pytest.mark.parametrize("call", CALLS, ids=operation_of)
def test_each_call_is_a_read_of_the_control_plane(
    call: Call, reads: list[str], reference: dict[str, Any]
) -> None:
    service, _, action = call.permission.partition(":")

    assert call.operation.startswith(("describe_", "get_", "list_"))
    assert action.lower() in reference[service]["Actions"]
    assert any(fnmatch.fnmatchcase(call.permission.lower(), pattern) for pattern in reads)
    assert service != "dynamodb" or action not in {"GetItem", "GetRecords", "GetShardIterator"}


@pytest.mark.parametrize("call", [call for call in CALLS if call.resource != "*"], ids=operation_of)
def test_an_action_is_limited_to_what_it_can_be_limited_to(
    call: Call, reference: dict[str, Any]
) -> None:
    service, _, action = call.permission.partition(":")
    named = reference[service]["Actions"][action.lower()]["Resources"]
    examples = [
        re.sub(r"\$\{\w+\}|\.\*", "some", form).partition(":some:")[2]
        for name in named
        for form in reference[service]["Resources"][name.lower()]["ARNFormats"]
    ]

    assert examples
    assert all(
        fnmatch.fnmatchcase(example, call.resource)
        for example in examples
        if ":accesspoint/" not in example
    )


@pytest.mark.parametrize("call", CALLS, ids=operation_of)
def test_what_comes_in_pages_is_asked_for_page_by_page(call: Call, session: boto3.Session) -> None:
    client = session.client(call.service, region_name=REGION)
    model = client.meta.service_model.operation_model(operation_of(call).partition(":")[2])
    given = set(model.input_shape.members if model.input_shape else ())
    told = set(model.output_shape.members)
    tokens = {
        pair
        for pair in (
            ("NextToken", "NextToken"),
            ("Marker", "Marker"),
            ("Marker", "NextMarker"),
            ("ContinuationToken", "ContinuationToken"),
            ("ExclusiveStartTableName", "LastEvaluatedTableName"),
        )
        if pair[0] in given and pair[1] in told
    }

    assert tokens == ({call.pages} if call.pages else set())
    assert not call.items or call.items in told
    if client.can_paginate(call.operation):
        pager = client.get_paginator(call.operation)._pagination_cfg  # noqa: SLF001 - no other way
        assert call.pages == (pager["input_token"], pager["output_token"])


def test_a_call_that_is_not_declared_is_not_made(
    answering: Callable[[Transport], Transport], session: boto3.Session
) -> None:
    transport = answering(Transport(recorded))
    requests = Requests(session)
    undeclared = Call("dynamodb", "scan", frozenset())

    with pytest.raises(ValueError, match="dynamodb:Scan is not declared"):
        requests.answer(undeclared, REGION, "", {"TableName": "orders"})
    requests.close()
    assert not transport.asked


def test_the_printed_policy_suffices_and_each_action_is_used(
    answering: Callable[[Transport], Transport], session: boto3.Session
) -> None:
    printed = json.loads(CliRunner().invoke(program, ["permissions"]).output)
    allowed = actions(printed)
    transport = answering(Transport(only(allowed)))

    regions = choose_regions(session, [REGION])
    account = read_account(session, regions)

    assert account.inventory.gaps == ()
    assert not any("Unknown(" in repr(each.properties) for each in account.inventory)
    used = {RENAMED.get(operation, operation) for operation in transport.asked}
    assert used - {FREE} == allowed


def test_without_one_of_its_actions_something_is_not_told(
    answering: Callable[[Transport], Transport], session: boto3.Session
) -> None:
    allowed = actions(policy())
    for missing in sorted(allowed - {"ec2:DescribeRegions"}):
        answering(Transport(only(allowed - {missing})))
        inventory = read_account(session, [REGION]).inventory
        told = [gap.unknown.why for gap in inventory.gaps]
        told += [
            repr(
                (
                    dict(each.properties),
                    each.attribute("Compliance.Type"),
                    each.attribute("Exports"),
                )
            )
            for each in inventory
        ]
        assert any(f"AWS refused {missing} on " in each for each in told), missing


def test_the_policy_is_one_that_aws_takes() -> None:
    printed = policy("aws-cn")
    statements: Any = printed["Statement"]
    sids = [each["Sid"] for each in statements]

    assert len(json.dumps(printed, separators=(",", ":"))) < LARGEST
    assert len(sids) == len(set(sids))
    assert all(sid.isalnum() for sid in sids)
    assert actions(printed) == {c.permission for c in CALLS if c is not GET_CALLER_IDENTITY}
    assert all(
        each["Resource"] == "*" or each["Resource"].startswith("arn:aws-cn:") for each in statements
    )

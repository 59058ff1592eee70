"""What is read besides tables: only what matters for them, and only what is the account's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ddb_perimeter.inventory.account import read_account
from tests.live.reader.names import KEY, LOG_KEY, REGION, STREAM, TRAIL
from tests.live.reader.recorded import answer
from tests.live.reader.transport import Transport, recorded, refusing

if TYPE_CHECKING:
    from collections.abc import Callable

    import boto3

    from ddb_perimeter.inventory import Inventory
    from ddb_perimeter.inventory.account import Account


def test_an_account_of_no_organization_has_none_of_its_policies(
    reading: Callable[..., Account],
) -> None:
    alone = refusing("organizations:DescribeOrganization", code="AWSOrganizationsNotInUseException")
    inventory = reading(alone).inventory

    assert inventory.of_type("AWS::Organizations::Policy") == []
    assert inventory.gaps == ()


@pytest.mark.parametrize(
    ("code", "gaps"), [("AccessDeniedException", 0), ("TooManyRequestsException", 1)]
)
def test_a_member_of_an_organization_need_not_see_its_policies(
    code: str, gaps: int, reading: Callable[..., Account]
) -> None:
    """A refusal says that they are judged elsewhere; a failure says nothing."""

    def member(operation: str, region: str, parameters: dict[str, Any]) -> dict[str, Any]:
        if operation == "organizations:DescribeOrganization":
            return {"Organization": {"Id": "o-exampleorgid", "MasterAccountId": "444455556666"}}
        return refusing("organizations:ListPolicies", code=code)(operation, region, parameters)

    inventory = reading(member).inventory

    assert inventory.of_type("AWS::Organizations::Policy") == []
    assert len(inventory.gaps) == gaps


def test_keys_of_logs_are_read_where_they_are_and_those_of_others_are_not(
    inventory: Inventory,
) -> None:
    assert [(key.arn, key.region) for key in inventory.of_type("AWS::KMS::Key")] == [
        (KEY, REGION),
        (LOG_KEY, REGION),
    ]


def test_a_key_of_a_trail_in_another_region_is_asked_for_there(
    reading: Callable[..., Account],
) -> None:
    there = LOG_KEY.replace(REGION, "us-east-1")
    asked = []

    def moved(operation: str, region: str, parameters: dict[str, Any]) -> dict[str, Any]:
        if operation == "cloudtrail:DescribeTrails":
            (trail, _) = answer(operation, parameters)["trailList"]
            return {"trailList": [trail | {"KmsKeyId": there, "HomeRegion": "us-east-1"}]}
        if operation == "kms:DescribeKey":
            asked.append((parameters["KeyId"], region))
        return recorded(operation, region, parameters)

    inventory = reading(moved).inventory

    assert (there, "us-east-1") in asked
    assert there in {key.arn for key in inventory.of_type("AWS::KMS::Key")}


def test_only_what_follows_a_stream_of_the_tables_counts(inventory: Inventory) -> None:
    (mapping,) = inventory.of_type("AWS::Lambda::EventSourceMapping")
    function = inventory.by_id(mapping.at("FunctionName"), "AWS::Lambda::Function", near=mapping)

    assert mapping.at("EventSourceArn") == STREAM
    assert mapping.flag("Enabled") is True
    assert function is not None
    assert function.physical == "consumer"


def test_only_users_that_matter_are_asked_for_their_keys(
    answering: Callable[[Transport], Transport], session: boto3.Session
) -> None:
    transport = answering(Transport(recorded))
    inventory = read_account(session, [REGION]).inventory

    assert transport.asked["iam:ListAccessKeys"] == 1
    assert [(key.at("UserName"), key.at("Status")) for key in
            inventory.of_type("AWS::IAM::AccessKey")] == [
        ("analyst", "Inactive"), ("analyst", "Active")
    ]  # fmt: skip


def test_a_trail_of_the_account_is_asked_about_in_its_own_region(
    reading: Callable[..., Account],
) -> None:
    asked: set[tuple[str, str]] = set()

    def everywhere(operation: str, region: str, parameters: dict[str, Any]) -> dict[str, Any]:
        if operation in {"cloudtrail:GetTrailStatus", "cloudtrail:GetEventSelectors"}:
            asked.add((parameters.get("Name") or parameters["TrailName"], region))
        return answer(operation, parameters)

    reading(everywhere, "eu-central-1")

    central = "arn:aws:cloudtrail:us-east-1:444455556666:trail/central"
    assert asked == {(TRAIL, REGION), (central, "eu-central-1")}

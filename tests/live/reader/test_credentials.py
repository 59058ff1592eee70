"""Credentials and Regions that are no good are one line; what is slow is tried again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import EndpointConnectionError, NoCredentialsError, TokenRetrievalError

from ddb_perimeter.inventory.account import choose_regions, open_session
from ddb_perimeter.inventory.errors import InputError
from ddb_perimeter.inventory.live.calls import DESCRIBE_CLUSTERS, GET_KEY_POLICY
from ddb_perimeter.inventory.live.requests import Requests
from ddb_perimeter.unknown import Unknown
from tests.live.reader.names import KEY, REGION
from tests.live.reader.transport import Transport, failure, recorded, refusing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from botocore.awsrequest import AWSPreparedRequest

    from ddb_perimeter.inventory.account import Account

FIRST: Final = "sts:GetCallerIdentity"


def raising(error: Exception, *operations: str) -> Callable[..., dict[str, Any]]:
    """Answer as the recorded account does, but for some operations that raise."""

    def respond(operation: str, region: str, parameters: dict[str, Any]) -> dict[str, Any]:
        if operation in operations:
            raise error
        return recorded(operation, region, parameters)

    return respond


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (
            NoCredentialsError(),
            "AWS credentials: cannot be had: Unable to locate credentials; sign",
        ),
        (
            TokenRetrievalError(provider="sso", error_msg="expired"),
            "AWS credentials: cannot be had: Error when retrieving token from sso: expired; sign",
        ),
        (failure("ExpiredToken", FIRST), "AWS credentials: have expired (ExpiredToken); sign in"),
        (
            failure("InvalidClientTokenId", FIRST),
            "AWS credentials: are not accepted in eu-west-1 (InvalidClientTokenId); sign in again, "
            "choose another --profile, or leave out a Region that is not enabled",
        ),
        (
            EndpointConnectionError(endpoint_url="https://sts.example.org"),
            "AWS account: cannot be asked: the call sts:GetCallerIdentity on the account failed: "
            "Could not connect to the endpoint URL",
        ),
        (
            failure("AccessDenied", FIRST),
            "AWS account: cannot be asked: AWS refused sts:GetCallerIdentity on the account",
        ),
    ],
    ids=["none", "sso", "expired", "invalid", "offline", "denied"],
)
def test_credentials_that_are_no_good_are_one_line(
    error: Exception, told: str, reading: Callable[..., Account]
) -> None:
    with pytest.raises(InputError) as raised:
        reading(raising(error, FIRST))

    assert str(raised.value).startswith(told)
    assert "\n" not in str(raised.value)


def test_credentials_that_expire_on_the_way_conclude_nothing(
    reading: Callable[..., Account],
) -> None:
    expired = failure("ExpiredTokenException", "kms")

    with pytest.raises(InputError, match="have expired"):
        reading(raising(expired, "kms:GetKeyPolicy"))


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("AccessDeniedException", "AWS refused kms:GetKeyPolicy on {} (AccessDeniedException)"),
        (
            "ThrottlingException",
            "AWS throttled kms:GetKeyPolicy on {} (ThrottlingException) at each of 6 attempts",
        ),
        ("KMSInternalException", "the call kms:GetKeyPolicy on {} failed (KMSInternalException)"),
    ],
)
def test_what_a_call_would_tell_is_unknown_for_a_reason(
    code: str, told: str, reading: Callable[..., Account]
) -> None:
    inventory = reading(refusing("kms:GetKeyPolicy", code=code)).inventory
    (key,) = [each for each in inventory.of_type("AWS::KMS::Key") if each.arn == KEY]

    policy = key.at("KeyPolicy")
    assert isinstance(policy, Unknown)
    assert (policy.text, policy.why) == ("not told", told.format(KEY))
    assert key.flag("EnableKeyRotation") is False
    assert inventory.gaps == ()


def test_a_call_that_cannot_connect_is_unknown(reading: Callable[..., Account]) -> None:
    lost = EndpointConnectionError(endpoint_url="https://dax.example.org")
    inventory = reading(raising(lost, "dax:DescribeClusters")).inventory
    (gap,) = inventory.gaps

    assert gap.types == DESCRIBE_CLUSTERS.types
    assert gap.unknown.why.startswith("the call dax:DescribeClusters on eu-west-1 failed: Could")


def test_a_throttled_call_is_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr("time.sleep", waited.append)
    monkeypatch.setattr("botocore.retries.bucket.TokenBucket.acquire", lambda *_, **__: True)
    bodies = [
        (400, {"__type": "ThrottlingException", "message": "Rate exceeded"}),
        (400, {"__type": "ThrottlingException", "message": "Rate exceeded"}),
        (200, {"Policy": "{}"}),
    ]
    session = boto3.Session("testing", "testing")

    def send(request: AWSPreparedRequest, **_: object) -> AWSResponse:
        status, body = bodies.pop(0)
        response = AWSResponse(request.url, status, {}, None)
        response._content = json.dumps(body).encode()  # noqa: SLF001 - as if it had been read
        return response

    session.events.register("before-send.kms", send)
    requests = Requests(session)
    answer = requests.answer(GET_KEY_POLICY, REGION, KEY, {"KeyId": KEY})
    requests.close()

    assert answer is not None
    assert not isinstance(answer, Unknown)
    assert answer["Policy"] == "{}"
    assert bodies == []
    assert waited


@pytest.mark.parametrize(
    ("named", "every", "told"),
    [
        ((), False, "Region: none is told; name one with --region, or --all-regions"),
        (("eu-west-9",), False, "--region eu-west-9: is no Region with DynamoDB; name one such"),
        (("eu-south-1",), False, "Region eu-south-1: is not enabled in the account; enable it"),
    ],
)
def test_a_region_that_cannot_be_read_is_one_line(
    named: tuple[str, ...],
    every: bool,  # noqa: FBT001 - a case
    told: str,
    answering: Callable[[Transport], Transport],
    session: boto3.Session,
) -> None:
    answering(Transport(recorded))

    with pytest.raises(InputError) as raised:
        choose_regions(session, named, every=every)

    assert str(raised.value).startswith(told)


def test_every_region_is_every_enabled_one(
    answering: Callable[[Transport], Transport], session: boto3.Session
) -> None:
    answering(Transport(recorded))

    assert choose_regions(session, [], every=True) == ("eu-west-1", "us-east-1")
    assert choose_regions(session, ["us-east-1", "us-east-1"]) == ("us-east-1",)


def test_nobody_may_say_which_regions_are_enabled(
    answering: Callable[[Transport], Transport], session: boto3.Session
) -> None:
    answering(Transport(refusing("ec2:DescribeRegions", code="UnauthorizedOperation")))

    assert choose_regions(session, ["eu-west-1"]) == ("eu-west-1",)
    with pytest.raises(InputError, match="AWS refused ec2:DescribeRegions on the account"):
        choose_regions(session, [], every=True)


def test_a_profile_that_does_not_exist_is_one_line() -> None:
    with pytest.raises(InputError, match="--profile nobody: is not in the AWS configuration"):
        open_session("nobody")


def test_a_profile_of_the_environment_is_not_called_an_option(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")

    with pytest.raises(InputError, match="AWS_PROFILE nobody: is not in the AWS configuration"):
        open_session()


def test_a_configuration_that_cannot_be_read_is_one_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "config").write_text("[default", encoding="utf-8")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))

    with pytest.raises(InputError, match="AWS configuration: cannot be used: Unable to parse"):
        open_session()


def test_a_region_that_boto3_does_not_know_is_read_too(
    answering: Callable[[Transport], Transport], session: boto3.Session
) -> None:
    def respond(operation: str, region: str, parameters: dict[str, Any]) -> dict[str, Any]:
        if operation == "ec2:DescribeRegions":
            return {"Regions": [{"RegionName": "eu-west-1"}, {"RegionName": "eu-west-9"}]}
        return recorded(operation, region, parameters)

    answering(Transport(respond))

    assert choose_regions(session, [], every=True) == ("eu-west-1", "eu-west-9")


def test_a_table_that_does_not_exist_is_one_line(reading: Callable[..., Account]) -> None:
    with pytest.raises(InputError, match="--table lost: there is no such table in eu-west-1"):
        reading(recorded, tables=["orders", "lost"])
    with pytest.raises(InputError, match="us-east-1: there is no table; name another --region"):
        reading(recorded, "us-east-1")

"""The session that reads: its clients can make the declared calls and no others."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import botocore.session
import pytest
from botocore import xform_name
from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from ddb_perimeter.inventory.account import open_session
from ddb_perimeter.inventory.live.calls import CALLS

if TYPE_CHECKING:
    from collections.abc import Iterator

    import boto3


class Raw(BytesIO):
    """The body of an answer, as urllib3 streams it."""

    def stream(self, **_: object) -> Iterator[bytes]:
        yield self.read()


SERVICES = sorted({call.service for call in CALLS} - {"sts"})


@pytest.fixture(scope="module")
def session() -> boto3.Session:
    return open_session()


@pytest.mark.parametrize("service", SERVICES)
def test_a_client_makes_what_is_declared_and_nothing_else(
    session: boto3.Session, service: str
) -> None:
    client = session.client(service, region_name="eu-west-1")
    able = {xform_name(name) for name in client.meta.service_model.operation_names}

    declared = {call.operation for call in CALLS if call.service == service}
    assert able - declared == ({"head_bucket"} if service == "s3" else set())
    assert declared <= able
    assert all(callable(getattr(client, operation)) for operation in able)


@pytest.mark.parametrize(
    ("service", "write"),
    [("dynamodb", "put_resource_policy"), ("ec2", "create_route"), ("iam", "put_role_policy")],
)
def test_a_write_is_no_method(session: boto3.Session, service: str, write: str) -> None:
    everything = botocore.session.Session().create_client(service, region_name="eu-west-1")
    assert hasattr(everything, write)

    with pytest.raises(AttributeError, match=write):
        getattr(session.client(service, region_name="eu-west-1"), write)


def test_a_bucket_of_another_region_is_found(session: boto3.Session) -> None:
    """Though S3 refuses without naming that Region: botocore asks for it."""
    client = session.client("s3", region_name="eu-west-1")
    asked: list[str] = []

    def answer(request: AWSPreparedRequest, **_: object) -> AWSResponse:
        asked.append(f"{request.method} {request.url}")
        headers = {"x-amz-bucket-region": "me-south-1"} if request.method == "HEAD" else {}
        found = request.method == "HEAD" or "me-south-1" in str(request.url)
        refusal = b"<Error><Code>IllegalLocationConstraintException</Code></Error>"
        return AWSResponse(
            request.url, 200 if found else 400, headers, Raw(b"{}" if found else refusal)
        )

    client.meta.events.register("before-send.s3", answer)
    client.get_bucket_policy(Bucket="logs")

    assert [each.partition(" ")[0] for each in (asked[0], asked[1], asked[-1])] == [
        "GET",
        "HEAD",
        "GET",
    ]
    assert "me-south-1" in asked[-1]


def test_an_undeclared_service_has_no_operation(session: boto3.Session) -> None:
    client = session.client("sqs", region_name="eu-west-1")

    assert client.meta.service_model.operation_names == []


def test_whoever_signs_in_may_assume_a_role(session: boto3.Session) -> None:
    assert callable(session.client("sts", region_name="eu-west-1").assume_role)

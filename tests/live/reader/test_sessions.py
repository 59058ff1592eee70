"""The session that reads: its clients can make the declared calls and no others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import botocore.session
import pytest
from botocore import xform_name

from ddb_perimeter.inventory.account import open_session
from ddb_perimeter.inventory.live.calls import CALLS

if TYPE_CHECKING:
    import boto3

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

    assert able == {call.operation for call in CALLS if call.service == service}
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


def test_an_undeclared_service_has_no_operation(session: boto3.Session) -> None:
    client = session.client("sqs", region_name="eu-west-1")

    assert client.meta.service_model.operation_names == []


def test_whoever_signs_in_may_assume_a_role(session: boto3.Session) -> None:
    assert callable(session.client("sts", region_name="eu-west-1").assume_role)

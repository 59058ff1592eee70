"""A session whose calls are answered in this process, with nobody's credentials."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import boto3
import pytest
from botocore.client import BaseClient

from ddb_perimeter.inventory.account import Account, read_account
from tests.live.reader.names import REGION
from tests.live.reader.transport import Transport, recorded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}


class Clients(boto3.Session):  # type: ignore[misc]  # boto3 ships no types
    """A session that keeps its clients."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], object] = {}

    def client(self, service: str, region_name: str, **settings: object) -> object:
        key = (service, region_name)
        if key not in self.kept:
            self.kept[key] = super().client(service, region_name=region_name, **settings)
        return self.kept[key]


def _no_network(*_: object) -> None:
    raise AssertionError("a test reached for the network")


@pytest.fixture(scope="session", autouse=True)
def _nobody() -> Iterator[None]:
    with patch.dict(os.environ, _ENVIRONMENT):
        for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION"):
            os.environ.pop(name, None)
        with patch.object(socket.socket, "connect", _no_network):
            yield


@pytest.fixture(scope="session")
def session(_nobody: None) -> boto3.Session:
    """Return one session that makes each client once: a client takes longer than its calls."""
    return Clients()


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Callable[[Transport], Transport]:
    """Return what puts a transport in the place of AWS."""

    def install(transport: Transport) -> Transport:
        monkeypatch.setattr(BaseClient, "_make_api_call", transport.as_method())
        return transport

    return install


@pytest.fixture
def reading(
    answering: Callable[[Transport], Transport], session: boto3.Session
) -> Callable[..., Account]:
    """Return what reads the recorded account, or one that answers otherwise."""

    def read(
        respond: Callable[..., dict[str, Any]] = recorded,
        *regions: str,
        **options: Any,  # noqa: ANN401 - those of read_account
    ) -> Account:
        answering(Transport(respond))
        return read_account(session, regions or (REGION,), **options)

    return read

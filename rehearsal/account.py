"""The emulated account: its clients, and nobody else's credentials."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any, Final

import boto3
from botocore.config import Config

ACCOUNT_ID: Final = "111122223333"
ACCESS_KEY: Final = "rehearsal"


@dataclass(frozen=True, slots=True)
class Account:
    """Clients of one Region of the emulated account.

    Args:
        endpoint: where the emulator listens.
        region: Region code.
    """

    endpoint: str
    region: str

    def client(self, service: str) -> Any:  # noqa: ANN401 - boto3 makes its classes at run time
        """Return a client that can reach the emulator only.

        Args:
            service: boto3's name of the service.
        """
        return _client(service, self.region, self.endpoint)

    def pages(self, service: str, operation: str, **parameters: object) -> list[Any]:
        """Return every page of a listing.

        Args:
            service: boto3's name of the service.
            operation: boto3's name of the call.
            parameters: what it is asked.
        """
        paginator = self.client(service).get_paginator(operation)
        return list(paginator.paginate(**parameters))


@functools.cache
def _client(service: str, region: str, endpoint: str) -> Any:  # noqa: ANN401 - as above
    return boto3.client(
        service,
        region_name=region,
        endpoint_url=endpoint,
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=ACCESS_KEY,
        config=Config(retries={"mode": "standard", "total_max_attempts": 2}, read_timeout=20),
    )

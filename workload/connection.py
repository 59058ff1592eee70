"""The clients: DynamoDB and Cognito by boto3, DAX by its own client, with short timeouts."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

from workload.store import BadRequestError

if TYPE_CHECKING:
    from collections.abc import Iterator

_SECONDS_TO_CONNECT: Final = 3
_SECONDS_TO_READ: Final = 10
_CONFIG: Final = Config(
    connect_timeout=_SECONDS_TO_CONNECT,
    read_timeout=_SECONDS_TO_READ,
    retries={"mode": "standard", "total_max_attempts": 3},
)
_CACHE_CONFIG: Final = Config(
    connect_timeout=_SECONDS_TO_CONNECT, read_timeout=_SECONDS_TO_READ, retries={"max_attempts": 1}
)
_CACHE_PORTS: Final = {"dax": 8111, "daxs": 9111}


def dynamodb(region: str | None, endpoint_url: str | None) -> Any:  # noqa: ANN401 - boto3 makes its clients' classes at run time
    """Return a client of DynamoDB.

    Args:
        region: the Region; None for the one of the environment.
        endpoint_url: a local DynamoDB or an interface endpoint; None for the usual one.
    """
    return boto3.client(
        "dynamodb", region_name=region, endpoint_url=endpoint_url or None, config=_CONFIG
    )


def cognito(region: str | None) -> Any:  # noqa: ANN401 - as above
    """Return a client of Cognito's user pools.

    Args:
        region: the Region; None for the one of the environment.
    """
    return boto3.client("cognito-idp", region_name=region, config=_CONFIG)


@contextlib.contextmanager
def cache(endpoint: str, region: str | None) -> Iterator[Any]:
    """Open a client of a DAX cluster, and close it.

    Args:
        endpoint: ``daxs://…`` as DescribeClusters says it, or ``HOST:PORT``.
        region: the Region; None for the one of the environment.

    Raises:
        BadRequestError: the optional package is missing, the endpoint is no such URL, or the
            cluster cannot be reached from here.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DAX.client.run-application-python.html
    """
    try:
        from amazondax import AmazonDaxClient  # noqa: PLC0415 - an optional package
    except ImportError as error:
        raise BadRequestError(
            "--cache needs DAX's own client; install it: pip install amazon-dax-client"
        ) from error
    url = _cache_url(endpoint)
    session = boto3.Session(region_name=region)
    if session.get_credentials() is None:
        raise NoCredentialsError  # the client of DAX would fail later, and less clearly
    try:
        client = AmazonDaxClient(
            session, region_name=session.region_name, endpoint_url=url, config=_CACHE_CONFIG
        )
    except (ClientError, BotoCoreError, OSError) as error:
        raise BadRequestError(
            f"the cache {url} cannot be reached from here: it answers only inside its VPC, to the "
            "clients' security group; run this there, or leave out --cache"
        ) from error
    try:
        yield client
    finally:
        client.close()


def _cache_url(endpoint: str) -> str:
    url = endpoint if "://" in endpoint else f"daxs://{endpoint}"
    try:
        parts = urlsplit(url)
        port = parts.port or _CACHE_PORTS.get(parts.scheme)
    except ValueError:
        port = None
    if port is None or not parts.hostname:
        raise BadRequestError(
            f"--cache {endpoint}: is no endpoint of a cache; write daxs://HOST, or HOST:9111"
        )
    return f"{parts.scheme}://{parts.hostname}:{port}"

"""Makes the declared calls: bounded, retried, paged, counted; what fails is told, never guessed."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final, ParamSpec, TypeVar

from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)
from botocore.parsers import ResponseParserError

from ddb_perimeter.inventory.errors import InputError
from ddb_perimeter.inventory.live.calls import CALLS, Call
from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from concurrent.futures import Future

    import boto3

Given = ParamSpec("Given")
Made = TypeVar("Made")

WORKERS: Final = 64
"""Calls that are under way at the same time."""

_ATTEMPTS: Final = 6
_UNTOLD: Final = "not told"
_SETTINGS: Final = Config(
    connect_timeout=10,
    read_timeout=30,
    max_pool_connections=WORKERS,
    retries={"mode": "adaptive", "total_max_attempts": _ATTEMPTS},
    user_agent_extra="dynamodb-perimeter",
)
_DENIED: Final = ("AccessDenied", "UnauthorizedOperation", "AuthorizationError", "NotAuthorized")
_THROTTLED: Final = ("Throttl", "TooManyRequests", "RequestLimitExceeded", "SlowDown")
_EXPIRED: Final = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
_INVALID: Final = frozenset(
    {
        "AuthFailure",
        "IncompleteSignature",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
_LOST: Final = (
    CredentialRetrievalError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)


class Denied(Unknown):
    """What the caller has no permission to see."""


class Requests:
    """Makes the calls of one session.

    Args:
        session: whose credentials sign the calls.
    """

    def __init__(self, session: boto3.Session) -> None:
        self.session = session
        self.made: Counter[str] = Counter()
        self._clients: dict[tuple[str, str], Any] = {}
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(WORKERS, "aws-call")
        self._claimed: set[str] = set()

    def close(self, *, wait: bool = False) -> None:
        """Start no further call.

        Args:
            wait: until no thread is left; that is at once when everything has been answered.
        """
        self._pool.shutdown(wait=wait, cancel_futures=True)

    def start(
        self, function: Callable[Given, Made], *args: Given.args, **kwargs: Given.kwargs
    ) -> Future[Made]:
        """Let a function make its calls beside others, of which at most `WORKERS` run at once.

        Args:
            function: makes calls, but does not come back here: it would wait for itself.
            args: what it is called with.
            kwargs: likewise.
        """
        return self._pool.submit(function, *args, **kwargs)

    def claim(self, name: str) -> bool:
        """Return whether nobody asked so before: what several Regions tell is read once.

        Args:
            name: an ARN, or another name that is the same from every Region.
        """
        with self._lock:
            fresh = name not in self._claimed
            self._claimed.add(name)
            return fresh

    def offers(self, service: str, region: str, partition: str) -> bool:
        """Return whether a service exists in a Region, by the endpoints that botocore knows.

        Args:
            service: name of the service's client.
            region: Region code.
            partition: its partition.
        """
        with self._lock:
            known = self.session.get_available_regions(service, partition_name=partition)
        return region in known

    def answer(
        self, call: Call, region: str, on: str, parameters: Mapping[str, object]
    ) -> dict[str, Any] | Unknown | None:
        """Make a call that returns one thing.

        Args:
            call: a declared call.
            region: where.
            on: what it is about, for the reader of a refusal; empty for the Region as a whole.
            parameters: its parameters.

        Returns:
            The answer; None when there is nothing; `Unknown` with the reason when AWS does not say.

        Raises:
            InputError: the credentials are missing, wrong or have expired.
        """
        try:
            return self._call(call, region, parameters)
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", "")) or "unknown error"
            if code in call.absent:
                return None
            kind = Denied if code.startswith(_DENIED) else Unknown
            return kind(_UNTOLD, _why(call, code, on or region, region))
        except _LOST as error:
            raise _lost(error) from error
        except (BotoCoreError, ResponseParserError) as error:
            why = f"the call {call.permission} on {on or region} failed: {_brief(error)}"
            return Unknown(_UNTOLD, why)

    def items(
        self, call: Call, region: str, on: str, parameters: Mapping[str, object]
    ) -> list[Any] | Unknown:
        """Make a call that returns a list, page by page.

        Args:
            call: a declared call with `items`.
            region: where.
            on: as in `answer`.
            parameters: its parameters.

        Returns:
            Every item of every page; `Unknown` as soon as one page cannot be had.
        """
        found: list[Any] = []
        for page in self.pages(call, region, on, parameters):
            if isinstance(page, Unknown):
                return page
            found.extend(page.get(call.items) or ())
        return found

    def pages(
        self, call: Call, region: str, on: str, parameters: Mapping[str, object]
    ) -> Iterator[dict[str, Any] | Unknown]:
        """Yield each page of an answer; `Unknown`, and nothing after it, when one cannot be had.

        Args:
            call: a declared call.
            region: where.
            on: as in `answer`.
            parameters: its parameters.
        """
        following: dict[str, object] = {}
        while True:
            page = self.answer(call, region, on, {**parameters, **following})
            if page is None:
                return
            yield page
            if isinstance(page, Unknown) or call.pages is None:
                return
            token, told = call.pages
            if not page.get(told):
                return
            following = {token: page[told]}

    def _call(self, call: Call, region: str, parameters: Mapping[str, object]) -> dict[str, Any]:
        if call not in CALLS:
            raise ValueError(f"{call.permission} is not declared, so it is not made")
        with self._lock:
            self.made[region] += 1
        method = getattr(self._client(call.service, region), call.operation)
        answer: dict[str, Any] = method(**parameters)
        return answer

    def _client(self, service: str, region: str) -> Any:  # noqa: ANN401 - boto3 ships no types
        with self._lock:  # a session makes one client at a time
            known = self._clients.get((service, region))
            if known is None:
                known = self.session.client(service, region_name=region, config=_SETTINGS)
                self._clients[service, region] = known
            return known


def _why(call: Call, code: str, on: str, region: str) -> str:
    """Say why a call told nothing, naming the permission.

    Raises:
        InputError: it is the credentials that are no good.
    """
    if code in _EXPIRED:
        raise InputError.at(
            "AWS credentials", f"have expired ({code})", "sign in again, and run this once more"
        )
    if code in _INVALID:
        raise InputError.at(
            "AWS credentials",
            f"are not accepted in {region} ({code})",
            "sign in again, choose another --profile, or leave out a Region that is not enabled",
        )
    if code.startswith(_DENIED):
        return f"AWS refused {call.permission} on {on} ({code})"
    if code.startswith(_THROTTLED):
        return f"AWS throttled {call.permission} on {on} ({code}) at each of {_ATTEMPTS} attempts"
    return f"the call {call.permission} on {on} failed ({code})"


def _lost(error: Exception) -> InputError:
    return InputError.at(
        "AWS credentials",
        f"cannot be had: {_brief(error)}",
        "sign in, or name a --profile that works",
    )


def _brief(error: Exception) -> str:
    text = " ".join(str(error).split()).rstrip(".")
    return text or type(error).__name__

"""Answers calls that moto does not know, or answers too thinly, before they reach moto.

An answer has the shape of botocore's model, or the call fails: `Stubs` validates each one. Answers
come from a store per service and Region that writes change, so that a fault shows in what is read.
"""

from __future__ import annotations

import pickle
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import boto3
from botocore.awsrequest import AWSResponse
from botocore.handlers import BUILTIN_HANDLERS
from botocore.validate import ParamValidator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from botocore.model import OperationModel

_OK: Final = 200
_REFUSED: Final = 400
_READS: Final = ("Describe", "Get", "List")
"""What operations are called that change nothing."""

Parameters: TypeAlias = dict[str, Any]
Answer: TypeAlias = dict[str, Any]

Reply: TypeAlias = "Callable[[Store, Parameters], Answer | None]"
"""Answers a call from a store, and changes it; None leaves the call to moto."""

Correction: TypeAlias = "Callable[[Store, Parameters, Answer], None]"
"""Adds to an answer of moto what it lacks."""


class Session(boto3.Session):  # type: ignore[misc]  # boto3 ships no types
    """A session that makes each client once."""

    def __init__(self) -> None:
        super().__init__(
            aws_access_key_id="testing", aws_secret_access_key="testing", region_name="us-east-1"
        )
        self._made: dict[tuple[str, ...], Any] = {}

    def client(self, service_name: str, *args: Any, **settings: Any) -> Any:  # noqa: ANN401 - boto3's
        """Return a client; the same one for the same arguments."""
        key = (service_name, repr(args), repr(settings))
        if key not in self._made:
            self._made[key] = super().client(service_name, *args, **settings)
        return self._made[key]


@cache
def session() -> Session:
    """Return the only session of the process: it keeps clients and the API models behind them."""
    return Session()


@dataclass(slots=True)
class Store:
    """What stubbed calls have written in one Region, for one service.

    Args:
        region: the Region.
        account: the account.
        content: what the account has in other Regions.
        items: values by kind and name.
    """

    region: str
    account: str
    content: Content
    items: dict[str, dict[str, Any]] = field(default_factory=dict)

    def kind(self, name: str) -> dict[str, Any]:
        """Return what there is of one kind, by name."""
        return self.items.setdefault(name, {})

    def client(self, service: str, region: str = "") -> Any:  # noqa: ANN401 - boto3's
        """Return a client, to ask what moto knows.

        Args:
            service: service as boto3 spells it.
            region: its Region; this one unless told.
        """
        return session().client(service, region_name=region or self.region)


class RefusedError(Exception):
    """The service refuses a call.

    Args:
        code: the error's code.
        message: what is wrong.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Gap:
    """An operation that is answered here, or whose answer is corrected here.

    Args:
        service: service as boto3 spells it.
        operation: the operation.
        because: what moto lacks.
        reply: answers it.
        correct: corrects what moto answers.
    """

    service: str
    operation: str
    because: str
    reply: Reply | None = None
    correct: Correction | None = None


@dataclass(slots=True)
class Content:
    """What an account has, besides that which moto keeps.

    Args:
        account: its id.
        stores: what stubbed calls have written, by service and Region.
        recorded: answers to reads of the account as it was before any change, pickled.
        changed: services that were written to since.
    """

    account: str
    stores: dict[tuple[str, str], Store] = field(default_factory=dict)
    recorded: dict[tuple[str, ...], bytes] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)

    def store(self, service: str, region: str) -> Store:
        """Return what stubbed calls have written for a service in a Region."""
        return self.stores.setdefault((service, region), Store(region, self.account, self))


class Stubs:
    """Stands between botocore and moto while it is open.

    botocore tells handlers the parameters of a call first, and asks them for an answer later. A
    read of a service that nobody has written to is answered as it was the last time: an account
    is read once for every test, and each test changes one thing.

    Args:
        gaps: operations that are answered here.
    """

    def __init__(self, gaps: Iterable[Gap]) -> None:
        self.gaps = {(gap.service, gap.operation): gap for gap in gaps}
        self.content: Content | None = None
        BUILTIN_HANDLERS.append(("before-parameter-build", self.remember))
        BUILTIN_HANDLERS.append(("before-call", self.answer))
        BUILTIN_HANDLERS.append(("response-received", self.finish))

    @contextmanager
    def open(self, content: Content) -> Iterator[None]:
        """Answer for an account, until the end of the block."""
        self.content = content
        try:
            yield
        finally:
            self.content = None

    def remember(self, params: Parameters, context: dict[str, Any], **_: object) -> None:
        """Keep the parameters of a call, as the caller gave them."""
        if self.content is not None:
            context["given"] = dict(params)

    def answer(
        self, model: OperationModel, context: dict[str, Any], **_: object
    ) -> tuple[AWSResponse, Answer] | None:
        """Answer a call, or leave it to moto."""
        if self.content is None:
            return None
        service = model.service_model.service_name
        if not model.name.startswith(_READS):
            self.content.changed.add(service)
        elif service not in self.content.changed:
            key = (service, context["client_region"], model.name, repr(context["given"]))
            known = self.content.recorded.get(key)
            if known is not None:
                return _response(_OK), pickle.loads(known)  # noqa: S301 - written by `finish`
            context["recorded_as"] = key
        gap = self.gaps.get((service, model.name))
        if gap is None:
            return None
        store = self.content.store(service, context["client_region"])
        if gap.correct is not None:
            context["correct"] = partial(gap.correct, store, context["given"])
        return None if gap.reply is None else _replied(gap.reply, store, model, context["given"])

    def finish(self, parsed_response: Answer | None, context: dict[str, Any], **_: object) -> None:
        """Correct moto's answer, and keep one to a read, before botocore decodes what is in it."""
        if self.content is None or parsed_response is None:
            return
        if parsed_response["ResponseMetadata"]["HTTPStatusCode"] != _OK:
            return
        if "correct" in context:
            context["correct"](parsed_response)
        if "recorded_as" in context:
            self.content.recorded.setdefault(context["recorded_as"], pickle.dumps(parsed_response))


def _replied(
    reply: Reply, store: Store, model: OperationModel, parameters: Parameters
) -> tuple[AWSResponse, Answer] | None:
    """Return an answer, or an error, as botocore would have parsed it."""
    try:
        answer = reply(store, parameters)
    except RefusedError as error:
        message = {"Code": error.code, "Message": str(error)}
        return _response(_REFUSED), {"Error": message, "ResponseMetadata": _metadata(_REFUSED)}
    if answer is None:
        return None
    mistakes = mistakes_of(model, answer)
    assert not mistakes, f"{model.name}: {mistakes}"
    return _response(_OK), {**answer, "ResponseMetadata": _metadata(_OK)}


def mistakes_of(model: OperationModel, answer: Answer) -> str:
    """Say what an answer has that the operation's output has not, or has otherwise.

    Args:
        model: the operation.
        answer: the answer.

    Returns:
        What is wrong; empty if nothing is.
    """
    if model.output_shape is None:
        return f"unknown fields: {answer}" if answer else ""
    report: str = ParamValidator().validate(answer, model.output_shape).generate_report()
    return report


def _response(status: int) -> AWSResponse:
    return AWSResponse("https://stub.invalid", status, {}, None)


def _metadata(status: int) -> dict[str, object]:
    return {"HTTPStatusCode": status, "HTTPHeaders": {}, "RetryAttempts": 0}

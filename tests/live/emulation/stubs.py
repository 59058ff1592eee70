"""Answers calls that moto does not know, or answers too thinly, before they reach moto.

An answer has the shape of botocore's model, or the call fails: `Stubs` validates each one. Answers
come from a store per service and Region that writes change, so that a fault shows in what is read.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import boto3
from botocore.awsrequest import AWSResponse
from botocore.handlers import BUILTIN_HANDLERS
from botocore.validate import ParamValidator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from botocore.model import OperationModel

Parameters: TypeAlias = dict[str, Any]
Answer: TypeAlias = dict[str, Any]

Reply: TypeAlias = "Callable[[Store, Parameters], Answer | None]"
"""Answers a call from a store, and changes it; None leaves the call to moto."""


@cache
def session() -> boto3.Session:
    """Return the only session of the process: it keeps the API models that it has read."""
    return boto3.Session(
        aws_access_key_id="testing", aws_secret_access_key="testing", region_name="us-east-1"
    )


@dataclass(slots=True)
class Store:
    """What stubbed calls have written in one Region, for one service.

    Args:
        region: the Region.
        account: the account.
        items: values by kind and name.
    """

    region: str
    account: str
    items: dict[str, dict[str, Any]] = field(default_factory=dict)

    def kind(self, name: str) -> dict[str, Any]:
        """Return what there is of one kind, by name."""
        return self.items.setdefault(name, {})

    def client(self, service: str) -> Any:  # noqa: ANN401 - boto3's clients have no types
        """Return a client of this Region, to ask what other services know."""
        return session().client(service, region_name=self.region)


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
    """An operation that is answered here.

    Args:
        service: service as boto3 spells it.
        operation: the operation.
        because: what moto lacks.
        reply: answers it.
    """

    service: str
    operation: str
    because: str
    reply: Reply


class Stubs:
    """Stands between botocore and moto while it is open.

    botocore tells handlers the parameters of a call first, and asks them for an answer later.
    """

    def __init__(self) -> None:
        self.stores: dict[tuple[str, str], Store] | None = None
        self.account = ""
        self.gaps: dict[tuple[str, str], Gap] = {}
        BUILTIN_HANDLERS.append(("before-parameter-build", self.remember))
        BUILTIN_HANDLERS.append(("before-call", self.answer))

    def open(self, account: str, gaps: Iterable[Gap], stores: dict[tuple[str, str], Store]) -> None:
        """Start answering.

        Args:
            account: the account.
            gaps: what to answer.
            stores: what was written so far, by service and Region.
        """
        self.account = account
        self.gaps = {(gap.service, gap.operation): gap for gap in gaps}
        self.stores = stores

    def close(self) -> None:
        """Stop answering."""
        self.stores = None

    def remember(self, params: Parameters, context: dict[str, Any], **_: object) -> None:
        """Keep the parameters of a call, as the caller gave them."""
        if self.stores is not None:
            context["stubbed_parameters"] = params

    def answer(
        self, model: OperationModel, context: dict[str, Any], **_: object
    ) -> tuple[AWSResponse, Answer] | None:
        """Answer a call, or leave it to moto."""
        service = model.service_model.service_name
        gap = self.gaps.get((service, model.name))
        if gap is None or self.stores is None:
            return None
        region = context["client_region"]
        store = self.stores.setdefault((service, region), Store(region, self.account))
        try:
            answer = gap.reply(store, context["stubbed_parameters"])
        except RefusedError as error:
            return _response(400), {
                "Error": {"Code": error.code, "Message": str(error)},
                "ResponseMetadata": {"HTTPStatusCode": 400, "HTTPHeaders": {}, "RetryAttempts": 0},
            }
        if answer is None:
            return None
        mistakes = mistakes_of(model, answer)
        assert not mistakes, f"{service} {model.name}: {mistakes}"
        return _response(200), {
            **answer,
            "ResponseMetadata": {"HTTPStatusCode": 200, "HTTPHeaders": {}, "RetryAttempts": 0},
        }


STUBS: Final = Stubs()
"""The only one: botocore takes handlers for good, so they are registered once."""


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

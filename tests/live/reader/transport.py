"""Answers calls instead of AWS: nothing leaves the process, and no shape is invented."""

from __future__ import annotations

import copy
import re
import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError
from botocore.validate import ParamValidator

from tests.live.reader.names import REGION
from tests.live.reader.recorded import answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.client import BaseClient
    from botocore.model import Shape

    from ddb_perimeter.inventory.live.calls import Call

_VALIDATOR: Final = ParamValidator()
_DECODED: Final = re.compile(r"Document, value: .*<class 'dict'>")  # botocore reads IAM's for us
_UNPAGED: Final = {
    "dynamodb:ListExports": ("NextToken", "NextToken", ["ExportSummaries"]),
    "dynamodb:ListContributorInsights": (
        "NextToken",
        "NextToken",
        ["ContributorInsightsSummaries"],
    ),
    "route53:ListHostedZonesByVPC": ("NextToken", "NextToken", ["HostedZoneSummaries"]),
}
"""What comes in pages although botocore has no paginator for it."""


_KNOWN: Final[dict[str, object]] = {}
"""Answers that were found to have the right shape, so that it is not looked at again."""


@dataclass(slots=True)
class Transport:
    """Stands where botocore would send a request.

    Args:
        respond: answers by service and operation, Region and parameters.
        split: return one item a page wherever there can be pages.
    """

    respond: Callable[[str, str, dict[str, Any]], dict[str, Any]]
    split: bool = False
    asked: Counter[str] = field(default_factory=Counter)
    pages: Counter[str] = field(default_factory=Counter)
    _lock: Any = field(default_factory=threading.Lock)

    def __call__(self, client: BaseClient, name: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """Answer a call as a client would."""
        service = client.meta.service_model.service_name
        operation = f"{service}:{name}"
        model = client.meta.service_model.operation_model(name)
        if model.input_shape is not None:
            _demand_valid(operation, parameters, model.input_shape)
        with self._lock:
            self.asked[operation] += 1
        found = self.respond(operation, client.meta.region_name, parameters)
        if model.output_shape is not None and _KNOWN.get(operation) is not found:
            _demand_valid(operation, found, model.output_shape)
            _KNOWN[operation] = found
        paged = _pagination(client, operation, name) if self.split else None
        return self._page(operation, found, parameters, paged) if paged else found

    def as_method(self) -> Callable[[BaseClient, str, dict[str, Any]], dict[str, Any]]:
        """Return a function that a class takes for a method."""

        def call(client: BaseClient, name: str, parameters: dict[str, Any]) -> dict[str, Any]:
            return self(client, name, parameters)

        return call

    def _page(
        self,
        operation: str,
        found: dict[str, Any],
        parameters: dict[str, Any],
        paged: tuple[str, str, list[str]],
    ) -> dict[str, Any]:
        """Return one item of an answer, and what to ask for the next."""
        token, following, lists = paged
        at = int(str(parameters.get(token, "page-0")).removeprefix("page-"))
        page = copy.copy(found)
        for name in lists:
            page[name] = (found.get(name) or [])[at : at + 1]
        if any(len(found.get(name) or []) > at + 1 for name in lists):
            page[following] = f"page-{at + 1}"
            with self._lock:
                self.pages[operation] += 1
        return page


def recorded(operation: str, region: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """Answer as the recorded account does; its other Regions are empty."""
    if operation == "dynamodb:ListTables" and region != REGION:
        return {"TableNames": []}
    return answer(operation, parameters)


def refusing(
    *operations: str, code: str = "AccessDeniedException"
) -> Callable[[str, str, dict[str, Any]], dict[str, Any]]:
    """Answer as the recorded account does, but for some operations that fail."""

    def respond(operation: str, region: str, parameters: dict[str, Any]) -> dict[str, Any]:
        if operation in operations:
            raise failure(code, operation)
        return recorded(operation, region, parameters)

    return respond


def failure(code: str, operation: str) -> ClientError:
    """Return the error that botocore raises for a code."""
    return ClientError({"Error": {"Code": code, "Message": "No."}}, operation)


def _demand_valid(operation: str, value: dict[str, Any], shape: Shape) -> None:
    report = _VALIDATOR.validate(value, shape).generate_report()
    problems = [line for line in report.splitlines() if not _DECODED.search(line)]
    assert problems == [], operation


def _pagination(client: BaseClient, operation: str, name: str) -> tuple[str, str, list[str]] | None:
    """Return how an operation comes in pages, by botocore's own models."""
    if operation in _UNPAGED:
        return _UNPAGED[operation]
    if not client.can_paginate(_method(client, name)):
        return None
    pager = client.get_paginator(_method(client, name))._pagination_cfg  # noqa: SLF001 - no other way
    keys = pager["result_key"]
    lists = keys if isinstance(keys, list) else [keys]
    return str(pager["input_token"]), str(pager["output_token"]), [str(key) for key in lists]


def _method(client: BaseClient, name: str) -> str:
    methods = client.meta.method_to_api_mapping
    return next(str(method) for method, operation in methods.items() if operation == name)


def operation_of(call: Call) -> str:
    """Return a declared call as the transport names it, e.g. ``kms:DescribeKey``."""
    name = "".join(part.capitalize() for part in call.operation.split("_"))
    return f"{call.service}:{name.replace('ByVpc', 'ByVPC')}"

"""One Region of the account that is read: asks there, and shapes what is told."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from ddb_perimeter.findings import Subject
from ddb_perimeter.inventory.inventory import Gap
from ddb_perimeter.inventory.resource import Resource
from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ddb_perimeter.inventory.live.calls import Call
    from ddb_perimeter.inventory.live.requests import Requests

_ALLOW: Final = (
    "Let the credentials make this call, and run again: `ddb-perimeter permissions` prints the "
    "policy that verify needs."
)


@dataclass(frozen=True, slots=True)
class Place:
    """A Region of an account.

    Args:
        requests: makes the calls.
        region: Region code.
        account: account id.
        partition: partition of its ARNs.
        gaps: what nobody could look at here; it grows while the Region is read.
    """

    requests: Requests
    region: str
    account: str
    partition: str
    gaps: list[Gap] = field(default_factory=list)

    def ask(
        self, call: Call, on: str = "", **parameters: object
    ) -> dict[str, Any] | Unknown | None:
        """Make a call about one thing; what it would have told is `Unknown` when it fails.

        Args:
            call: a declared call.
            on: what it is about, by ARN or name.
            parameters: its parameters.

        Returns:
            The answer, or None when there is nothing.
        """
        return self.requests.answer(call, self.region, on, parameters)

    def list(self, call: Call, on: str = "", **parameters: object) -> list[Any]:
        """Make a call that lists things; when it fails, nobody knows what there is.

        Args:
            call: a declared call.
            on: what it is about, where it is not the Region as a whole.
            parameters: its parameters.
        """
        found = self.requests.items(call, self.region, on, parameters)
        if isinstance(found, Unknown):
            self.miss(call, found)
            return []
        return found

    def miss(self, call: Call, unknown: Unknown) -> None:
        """Note that nobody could look.

        Args:
            call: the call that told nothing.
            unknown: why.
        """
        type_ = next(iter(call.types)) if len(call.types) == 1 else ""
        subject = Subject(type_, call.permission, region=self.region)
        self.gaps.append(Gap(subject, unknown, types=call.types, fix=_ALLOW))

    def at(self, region: str, account: str) -> Place:
        """Return another place that was told about here.

        Args:
            region: its Region.
            account: its account.
        """
        return replace(self, region=region, account=account)

    def arn(self, service: str, resource: str) -> str:
        """Return the ARN of a resource of this Region.

        Args:
            service: e.g. ``dynamodb``.
            resource: what follows the account, e.g. ``table/orders``.
        """
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"

    def resource(
        self, type_: str, physical: str, properties: Mapping[str, object], **attributes: object
    ) -> Resource:
        """Return a resource of this Region; what is None counts as left out.

        Args:
            type_: CloudFormation type.
            physical: its physical id.
            properties: its properties, in CloudFormation's shape.
            attributes: what Fn::GetAtt would give, e.g. ``Arn``.
        """
        return Resource.recorded(
            type_,
            {name: value for name, value in properties.items() if value is not None},
            physical=physical,
            attributes=attributes,
            region=self.region,
            account=self.account,
            partition=self.partition,
        )


def told(answer: Mapping[str, Any] | Unknown | None, *names: str) -> Any:  # noqa: ANN401 - of any type
    """Return a part of an answer: None when it is not there, `Unknown` when nobody said.

    Args:
        answer: what `Place.ask` returned.
        names: keys, from the outermost on.
    """
    value: Any = answer
    for name in names:
        if value is None or isinstance(value, Unknown):
            return value
        value = value.get(name)
    return value


def document(text: object) -> object:
    """Return a policy document as an object; None and `Unknown` stay what they are.

    Args:
        text: a document as a service returns it.
    """
    if not isinstance(text, str):
        return text
    try:
        read: object = json.loads(text)
    except ValueError:
        return Unknown(text[:80], "it is no JSON")
    return read


def tags(entries: object) -> object:
    """Return tags in CloudFormation's shape; none when there is none.

    Args:
        entries: tags as a service returns them.
    """
    return entries or None

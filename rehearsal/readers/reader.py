"""The shape of every reader: it asks an account for a resource, and answers as a template would."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Protocol

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from rehearsal.account import Account

Properties = dict[str, Any]


class Reader(Protocol):
    """Reads a resource of one type."""

    def __call__(self, account: Account, physical_id: str, /) -> Properties:
        """Return the resource's properties, in CloudFormation's shape.

        Args:
            account: where it is.
            physical_id: its physical id.

        Raises:
            ClientError: it is not there.
        """
        ...


def optional(call: Callable[..., Any], **parameters: object) -> Any:  # noqa: ANN401 - as boto3
    """Return what a call answers, or an empty answer when there is nothing of the kind.

    Args:
        call: a method of a client.
        parameters: what it is asked.
    """
    try:
        return call(**parameters)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code.startswith("NoSuch") or "NotFound" in code:
            return {}
        raise


def own_tags(tags: Sequence[Mapping[str, str]], key: str = "Key", value: str = "Value") -> object:
    """Return tags without those that CloudFormation adds.

    Args:
        tags: tags as a service lists them.
        key: how the service calls a tag's key.
        value: how it calls its value.
    """
    return [
        {"Key": tag[key], "Value": tag[value]} for tag in tags if not tag[key].startswith("aws:")
    ]


def own_tag_map(tags: Mapping[str, str]) -> dict[str, str]:
    """Return tags without those that CloudFormation adds.

    Args:
        tags: tags by key.
    """
    return {key: value for key, value in tags.items() if not key.startswith("aws:")}


def tag_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Return tags as a template lists them, without those that CloudFormation adds.

    Args:
        tags: tags by key.
    """
    return [{"Key": key, "Value": value} for key, value in own_tag_map(tags).items()]


def document(text: object) -> object:
    """Return a policy document that a service tells as text.

    Args:
        text: JSON text, or a document that the client has read already, or nothing.
    """
    return json.loads(text) if isinstance(text, str) and text else text

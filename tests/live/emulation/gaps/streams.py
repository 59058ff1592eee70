"""Policies of streams: moto stores those of tables only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.live.emulation.stubs import Gap, RefusedError

if TYPE_CHECKING:
    from tests.live.emulation.stubs import Answer, Parameters, Store

_STREAMS: Final = "moto takes the label of a stream for a table's name"


def _is_stream(parameters: Parameters) -> bool:
    return "/stream/" in parameters["ResourceArn"]


def put_stream_policy(store: Store, parameters: Parameters) -> Answer | None:
    """Give a stream its policy; tables are left to moto."""
    if not _is_stream(parameters):
        return None
    store.kind("stream policy")[parameters["ResourceArn"]] = parameters["Policy"]
    return {"RevisionId": "1"}


def get_stream_policy(store: Store, parameters: Parameters) -> Answer | None:
    """Return the policy of a stream; tables are left to moto."""
    if not _is_stream(parameters):
        return None
    arn = parameters["ResourceArn"]
    policies = store.kind("stream policy")
    if arn not in policies:
        raise RefusedError(
            "PolicyNotFoundException",
            f"Resource-based policy not found for the provided ResourceArn: {arn}",
        )
    return {"Policy": policies[arn], "RevisionId": "1"}


def delete_stream_policy(store: Store, parameters: Parameters) -> Answer | None:
    """Take a stream's policy away; tables are left to moto."""
    if not _is_stream(parameters):
        return None
    store.kind("stream policy").pop(parameters["ResourceArn"], None)
    return {}


GAPS: Final = (
    Gap("dynamodb", "PutResourcePolicy", _STREAMS, put_stream_policy),
    Gap("dynamodb", "GetResourcePolicy", _STREAMS, get_stream_policy),
    Gap("dynamodb", "DeleteResourcePolicy", _STREAMS, delete_stream_policy),
)

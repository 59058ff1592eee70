"""Does the emulator still refuse what the list says? Each entry is tried, in a stack of its own."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from ddb_perimeter.inventory import load
from rehearsal.account import Account
from rehearsal.readback import named

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from ddb_perimeter.inventory import Resource
    from rehearsal.lacking import Refusal

_SECONDS: Final = 30
_STACK: Final = "rehearsal-probe"


def stale_refusals(
    assembly: Path,
    refusals: Collection[Refusal],
    names: Sequence[tuple[str, str]],
    endpoint: str,
) -> list[str]:
    """Try every refusal on one of the resources that were left out because of it.

    Args:
        assembly: the whole assembly, before anything was left out.
        refusals: the list.
        names: placeholders, each with the physical id that it stands for.
        endpoint: where the emulator listens.

    Returns:
        A line for each entry that is not needed any more.
    """
    (inventory,) = load([assembly]).scenarios(())
    result: list[str] = []
    for refusal in refusals:
        resource = next(
            (each for each in inventory if refusal.applies(each.type, each.properties)), None
        )
        if resource is None:
            result.append(f"{refusal}: no template has it")
            continue
        answer = _tried(resource, names, endpoint)
        if refusal.says not in answer:
            result.append(f'{refusal}: the emulator says "{answer}", not "{refusal.says}"')
    return result


def _tried(resource: Resource, names: Sequence[tuple[str, str]], endpoint: str) -> str:
    """Create a stack of one resource and return what comes of it."""
    client = Account(endpoint, resource.region).client("cloudformation")
    body = {"Type": resource.type, "Properties": named(dict(resource.properties), names)}
    try:
        client.create_stack(
            StackName=_STACK,
            TemplateBody=json.dumps({"Resources": {"Probe": body}}, default=str),
            Capabilities=["CAPABILITY_NAMED_IAM"],
        )
    except ClientError as error:
        return str(error)
    try:
        return _outcome(client)
    finally:
        client.delete_stack(StackName=_STACK)


def _outcome(client: Any) -> str:  # noqa: ANN401 - boto3 makes its classes at run time
    deadline = time.monotonic() + _SECONDS
    while time.monotonic() < deadline:
        (stack,) = client.describe_stacks(StackName=_STACK)["Stacks"]
        if not stack["StackStatus"].endswith("_IN_PROGRESS"):
            events = client.describe_stack_events(StackName=_STACK)["StackEvents"]
            failed = [
                event["ResourceStatusReason"]
                for event in events
                if event["ResourceStatus"] == "CREATE_FAILED" and "ResourceStatusReason" in event
            ]
            return " ".join(failed) or str(stack["StackStatus"])
        time.sleep(0.1)
    return f"nothing within {_SECONDS} s"

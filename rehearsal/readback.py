"""Is what the templates promise there? Every resource is read back and compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from ddb_perimeter.inventory import load
from rehearsal.account import Account
from rehearsal.comparison import ABSENT, Difference, differences
from rehearsal.failure import RehearsalFailed
from rehearsal.readers import NAMED_BY_TEMPLATE, READERS
from rehearsal.readers.operations import published_code

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from ddb_perimeter.inventory import Resource


@dataclass(frozen=True, slots=True)
class Place:
    """Where a resource is promised.

    Args:
        region: Region code.
        stack: stack name.
        logical_id: logical id.
        type: CloudFormation type.
    """

    region: str
    stack: str
    logical_id: str
    type: str

    def __str__(self) -> str:
        """Return it for a reader."""
        return f"{self.region} {self.stack} {self.type} {self.logical_id}"


@dataclass(frozen=True, slots=True)
class Broken:
    """A promise that the account does not keep.

    Args:
        place: whose.
        difference: what differs.
    """

    place: Place
    difference: Difference


@dataclass(frozen=True, slots=True)
class Deployed:
    """A promised resource and what became of it.

    Args:
        place: where it is promised.
        physical_id: its physical id.
        promised: its properties, with the physical ids of the account.
        retained: whether it stays when its stack goes.
    """

    place: Place
    physical_id: str
    promised: Mapping[str, Any]
    retained: bool = False


def deployed(assembly: Path, endpoint: str) -> tuple[list[Deployed], list[tuple[str, str]]]:
    """Read what an assembly promises, and which physical ids the account gave it.

    Args:
        assembly: the folder that was deployed.
        endpoint: where the emulator listens.

    Returns:
        What was promised; and the placeholders of the analyzer's inventory, each with the physical
        id that it stands for.

    Raises:
        RehearsalFailed: a promised resource is not in its stack.
    """
    (inventory,) = load([assembly]).scenarios(())
    ids: dict[tuple[str, str], dict[str, str]] = {}
    for region, stack in {(resource.region, resource.stack) for resource in inventory}:
        ids[region, stack] = _physical_ids(Account(endpoint, region), stack)
    names: list[tuple[str, str]] = []
    for resource in inventory:
        found = ids[resource.region, resource.stack].get(resource.logical_id)
        if found is None:
            raise RehearsalFailed(f"{_place(resource)} is not in its stack")
        if isinstance(resource.physical, str) and "⟦" in resource.physical:
            names.append((resource.physical, found))
    promises = [
        Deployed(
            place=_place(resource),
            physical_id=ids[resource.region, resource.stack][resource.logical_id],
            promised=named(resource.properties, names),
            retained=resource.deletion_policy == "Retain",
        )
        for resource in inventory
    ]
    return promises, names


def named(value: Any, names: Sequence[tuple[str, str]]) -> Any:  # noqa: ANN401 - any JSON
    """Return a promised value with physical ids in place of placeholders.

    Args:
        value: a resolved value of a template.
        names: placeholders, each with the physical id that it stands for.
    """
    if isinstance(value, str):
        if "⟦" in value:
            for placeholder, physical_id in names:
                value = value.replace(placeholder, physical_id)
        return value
    if isinstance(value, list):
        return [named(item, names) for item in value]
    if isinstance(value, dict):
        return {key: named(item, names) for key, item in value.items()}
    return value


def broken_promises(promises: Iterable[Deployed], endpoint: str) -> list[Broken]:
    """Read every resource back and compare it with its promise.

    Args:
        promises: what was deployed.
        endpoint: where the emulator listens.
    """
    result: list[Broken] = []
    for promise in promises:
        account = Account(endpoint, promise.place.region)
        result += [Broken(promise.place, difference) for difference in _check(account, promise)]
    return result


def still_there(promise: Deployed, endpoint: str) -> bool:
    """Return whether a resource is in the account.

    Args:
        promise: what was deployed.
        endpoint: where the emulator listens.
    """
    account = Account(endpoint, promise.place.region)
    try:
        return bool(_read(account, promise))
    except (ClientError, ValueError):
        # A listing without it has nothing to unpack.
        return False


def _check(account: Account, promise: Deployed) -> list[Difference]:
    promised = dict(promise.promised)
    if promise.place.type not in READERS.keys() | NAMED_BY_TEMPLATE.keys():
        return [Difference("", "a reader in rehearsal/readers", ABSENT)]
    try:
        found = _read(account, promise)
        if "S3Bucket" in promised.get("Code", {}):
            promised["Code"] = published_code(account, promised["Code"])
    except (ClientError, ValueError) as error:
        return [Difference("", "the resource", str(error))]
    return differences(promised, found)


def _read(account: Account, promise: Deployed) -> Mapping[str, Any]:
    type_ = promise.place.type
    if type_ in NAMED_BY_TEMPLATE:
        return NAMED_BY_TEMPLATE[type_](account, dict(promise.promised))
    return READERS[type_](account, promise.physical_id)


def _physical_ids(account: Account, stack: str) -> dict[str, str]:
    pages = account.pages("cloudformation", "list_stack_resources", StackName=stack)
    return {
        resource["LogicalResourceId"]: resource["PhysicalResourceId"]
        for page in pages
        for resource in page["StackResourceSummaries"]
    }


def _place(resource: Resource) -> Place:
    return Place(resource.region, resource.stack, resource.logical_id, resource.type)

"""The policies of the organization, where it is managed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ddb_perimeter.inventory.live import calls
from ddb_perimeter.inventory.live.place import document, told
from ddb_perimeter.inventory.live.requests import Denied
from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddb_perimeter.inventory.live.place import Place
    from ddb_perimeter.inventory.resource import Resource

_POLICY: Final = "AWS::Organizations::Policy"
_KINDS: Final = ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY")


def read_policies(place: Place) -> Iterator[Resource]:
    """Read service and resource control policies, where the organization is managed.

    AWS tells them to the account that manages the organization, and to those that it delegates
    this to. To every other one, a refusal says no more than that they are judged elsewhere.

    Args:
        place: where the calls are made.
    """
    organization = place.ask(calls.DESCRIBE_ORGANIZATION, "the organization")
    if isinstance(organization, Unknown):
        place.miss(calls.DESCRIBE_ORGANIZATION, organization)
        return
    manages = told(organization, "Organization", "MasterAccountId") == place.account
    for kind in _KINDS if organization is not None else ():
        found = place.requests.items(calls.LIST_POLICIES, place.region, "", {"Filter": kind})
        if isinstance(found, Unknown):
            if manages or not isinstance(found, Denied):
                place.miss(calls.LIST_POLICIES, found)
            return
        for policy in found:
            id_, arn = str(policy["Id"]), str(policy["Arn"])
            described = place.ask(calls.DESCRIBE_POLICY, arn, PolicyId=id_)
            targets = place.requests.items(
                calls.LIST_TARGETS_FOR_POLICY, place.region, arn, {"PolicyId": id_}
            )
            # Controls ask policies that surely bind: of one that may, they would say nothing.
            if isinstance(described, Unknown):
                place.miss(calls.DESCRIBE_POLICY, described)
            if isinstance(targets, Unknown):
                place.miss(calls.LIST_TARGETS_FOR_POLICY, targets)
            properties = {
                "Name": policy.get("Name"),
                "Type": kind,
                "Content": document(told(described, "Policy", "Content")),
                "TargetIds": targets
                if isinstance(targets, Unknown)
                else [each["TargetId"] for each in targets],
            }
            yield place.resource(_POLICY, id_, properties, Arn=arn)

"""The ways that a recorded call may take once the templates are deployed.

A call through an endpoint of today's is, after the deployment, a call through whichever endpoint
takes its place. Nobody records which one that is: the user says it, or every possibility counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ddb_perimeter.policy.patterns import opaque
from ddb_perimeter.policy.request import Kind, Origin, Path
from ddb_perimeter.replay.deployed import OUTSIDE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddb_perimeter.inventory import Endpoint
    from ddb_perimeter.policy.layers import EndpointPolicy
    from ddb_perimeter.replay.deployed import Deployed
    from ddb_perimeter.replay.events import Event

_NETWORK: Final = frozenset(
    {
        "aws:sourceip",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:vpceaccount",
        "aws:vpceorgid",
        "aws:vpceorgpaths",
        "aws:vpcsourceip",
    }
)
_FORWARDED: Final = frozenset(
    {"aws:calledvia", "aws:calledviafirst", "aws:calledvialast", "aws:viaawsservice"}
)


@dataclass(frozen=True, slots=True)
class Passage:
    """One way that a call may take.

    Args:
        origin: from where it would come.
        known: condition keys of the origin that are known, or known to be absent.
        doors: the policies of the endpoint that it would pass.
    """

    origin: Origin
    known: frozenset[str]
    doors: tuple[EndpointPolicy, ...] = ()


def passages(
    event: Event, service: str, deployed: Deployed, organization: str
) -> tuple[Passage, ...]:
    """Return the ways that a call may take; several where nobody says which.

    Args:
        event: the call.
        service: ``dynamodb`` or ``dynamodb-streams``.
        deployed: the templates where the table is.
        organization: id of the declared organization, or empty.
    """
    direct = not event.caller.service and not event.origin.service
    alone = event.caller.caller.kind in {Kind.SERVICE, Kind.SERVICE_LINKED_ROLE}
    known = _FORWARDED if direct or alone else frozenset()
    return tuple(
        Passage(each.origin, each.known | known, each.doors)
        for each in _passages(event, service, deployed, organization)
    )


def _passages(
    event: Event, service: str, deployed: Deployed, organization: str
) -> Iterator[Passage]:
    origin, names = event.origin, deployed.names
    bound = names.ids.get(origin.endpoint) or names.of_address(origin.address)
    own = deployed.endpoints(service)
    chosen = [each for each in own if each.resource.logical_id == bound]
    if chosen:
        yield from (_through(each, event, deployed, organization) for each in chosen)
    elif origin.endpoint:
        yield _as_recorded(event, deployed)
        if not (bound or deployed.says(origin.endpoint)):
            yield from (_through(each, event, deployed, organization) for each in own)
    elif origin.service:
        yield Passage(Origin(Path.SERVICE), _NETWORK - {"aws:sourceip"})
    elif origin.private and bound != OUTSIDE:
        yield Passage(Origin(Path.ENDPOINT, origin.address), frozenset({"aws:sourceip"}))
        yield from (_through(each, event, deployed, organization) for each in own)
    else:
        yield Passage(Origin(Path.INTERNET, origin.address), _NETWORK)


def _through(endpoint: Endpoint, event: Event, deployed: Deployed, organization: str) -> Passage:
    """Return the way through an endpoint of the templates."""
    private = bool(event.origin.endpoint) or event.origin.private
    vpc = opaque(endpoint.vpc) if isinstance(endpoint.vpc, str) else ""
    door = deployed.door(endpoint)
    unknown = set() if vpc else {"aws:sourcevpc"}
    unknown |= set() if private and event.origin.address else {"aws:vpcsourceip"}
    unknown |= {"aws:vpceorgpaths"} | (set() if organization else {"aws:vpceorgid"})
    origin = Origin(
        Path.ENDPOINT,
        event.origin.address if private else "",
        endpoint=door.endpoint,
        vpc=vpc,
        account=deployed.account,
        organization=organization,
    )
    return Passage(origin, _NETWORK - unknown, (door,))


def _as_recorded(event: Event, deployed: Deployed) -> Passage:
    """Return the way through the endpoint of the record, which the templates do not declare."""
    known = {"aws:sourceip", "aws:sourcevpce"}
    known |= {"aws:vpcsourceip"} if event.origin.address else set()
    known |= {"aws:vpceaccount"} if event.origin.owner else set()
    origin = Origin(
        Path.ENDPOINT, event.origin.address, event.origin.endpoint, account=event.origin.owner
    )
    declared = [
        each
        for service in ("dynamodb", "dynamodb-streams")
        for each in deployed.endpoints(service)
        if each.id == event.origin.endpoint
    ]
    return Passage(origin, frozenset(known), tuple(map(deployed.door, declared)))

"""Creates what templates declare in an emulated account, as CloudFormation would.

Each type has one function that takes resolved properties and calls the service's API. The
analyzer's own inventory resolves the templates; the ids that only AWS knows stand there as
placeholders, such as ``vpce-⟦live-network.Endpoint⟧``, and are replaced as soon as they exist.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from ddb_perimeter.inventory import load
from ddb_perimeter.inventory.identity import kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    import boto3

    from ddb_perimeter.inventory import Resource

Properties: TypeAlias = dict[str, Any]
"""Properties of a resource, with real ids."""

_PLACEHOLDER: Final = re.compile(r"⟦([^⟦⟧]+)⟧")


@dataclass(slots=True)
class Place:
    """Where one resource goes: its Region's clients, and the names that others use.

    Args:
        session: makes the clients.
        resource: what is created.
        names: what placeholders stand for, so far.
        clients: clients that were made, by service and Region.
    """

    session: boto3.Session
    resource: Resource
    names: dict[str, str]
    clients: dict[tuple[str, str], Any]

    def client(self, service: str) -> Any:  # noqa: ANN401 - boto3's clients have no types
        """Return a client of the resource's Region."""
        key = (service, self.resource.region)
        if key not in self.clients:
            self.clients[key] = self.session.client(service, region_name=self.resource.region)
        return self.clients[key]

    @property
    def token(self) -> str:
        """Return what its placeholder holds."""
        return f"{self.resource.label}.{self.resource.logical_id}"

    @property
    def generated_name(self) -> str:
        """Return a name such as CloudFormation makes up: no other Region has it."""
        return f"{self.resource.stack}-{self.resource.logical_id}-{self.resource.region}"

    def also(self, attribute: str, value: str) -> None:
        """Say what a further placeholder of this resource stands for."""
        self.names[f"{self.token}.{attribute}"] = value


Create: TypeAlias = "Callable[[Place, Properties], str]"
"""Creates a resource and returns its id or name; empty if it has none."""

NOTHING: Final = {
    "AWS::AccessAnalyzer::Analyzer": "looks at policies; no control asks for it",
    "AWS::CDK::Metadata": "describes the app, not the account",
    "AWS::CloudWatch::Alarm": "watches traffic; no control asks for it",
    "AWS::Events::Rule": "tells about calls; no control asks for it",
    "AWS::Lambda::Function": "empties the default security group, which is done here instead",
    "AWS::Logs::MetricFilter": "counts records; no control asks for it",
}
"""Types that need nothing, and why."""


class UndeployableError(LookupError):
    """Nobody knows how to create a type, or something refers to what is never created."""


@dataclass(slots=True)
class Deployment:
    """What was created.

    Args:
        session: makes the clients.
        creators: functions that create resources, by type.
        names: real names by what placeholders hold, ``STACK.LOGICAL_ID``.
        ids: real ids and names by construct path.
    """

    session: boto3.Session
    creators: Mapping[str, Create]
    names: dict[str, str] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    _clients: dict[tuple[str, str], Any] = field(default_factory=dict)

    def deploy(self, assembly: Path) -> None:
        """Create everything that an assembly declares, dependencies first.

        Raises:
            UndeployableError: see there.
        """
        system = load([assembly])
        (inventory,) = system.scenarios(self.creators)
        self.create(list(inventory))

    def create(self, resources: list[Resource]) -> None:
        """Create resources, each after what it refers to and waits for."""
        created: set[tuple[str, str]] = set()
        while resources:
            ready = [r for r in resources if self._is_ready(r, created)]
            if not ready:
                raise UndeployableError(f"nothing creates what these need: {_ids(resources)}")
            for resource in ready:
                self._create(resource)
                created.add((resource.label, resource.logical_id))
            resources = [r for r in resources if r not in ready]

    def _is_ready(self, resource: Resource, created: set[tuple[str, str]]) -> bool:
        return (
            resource.type in NOTHING or _placeholders(resource.properties) <= self.names.keys()
        ) and all((resource.label, each) in created for each in resource.depends_on)

    def _create(self, resource: Resource) -> None:
        if resource.type not in self.creators.keys() | NOTHING.keys():
            raise UndeployableError(f"{resource.type}: nobody knows how to create it")
        place = Place(self.session, resource, self.names, self._clients)
        if resource.type in NOTHING:
            id_ = place.generated_name
        else:
            id_ = self.creators[resource.type](place, real(dict(resource.properties), self.names))
        if id_:
            self.names[place.token] = id_.removeprefix(kind_of(resource.type).prefix)
            self.ids[resource.path.removesuffix("/Resource")] = id_


def real(value: Any, names: Mapping[str, str]) -> Any:  # noqa: ANN401 - any part of a template
    """Replace placeholders by what they stand for.

    Args:
        value: a resolved value.
        names: real names by what placeholders hold.
    """
    match value:
        case str():
            return _PLACEHOLDER.sub(lambda found: names[found[1]], value)
        case dict():
            return {key: real(item, names) for key, item in value.items()}
        case list():
            return [real(item, names) for item in value]
    return value


def _placeholders(value: object) -> set[str]:
    match value:
        case str():
            return set(_PLACEHOLDER.findall(value))
        case dict():
            return {name for item in value.values() for name in _placeholders(item)}
        case list():
            return {name for item in value for name in _placeholders(item)}
    return set()


def _ids(resources: Iterable[Resource]) -> str:
    return ", ".join(resource.logical_id for resource in resources)


def tags(properties: Properties) -> list[dict[str, str]]:
    """Return the tags of a resource as most services take them."""
    found: list[dict[str, str]] = properties.get("Tags", [])
    return found

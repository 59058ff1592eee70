"""What a synth would deploy, in the account and Region that an event was recorded in.

Templates rarely say their account, and never the ids that AWS gives. So they are read again for
each account and Region that events name, and whatever else has a name of AWS's choosing is told
by the user: "what the events call this, the templates call that".
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ddb_perimeter.controls.reach import own_layers
from ddb_perimeter.inventory.errors import InputError
from ddb_perimeter.inventory.iam import IAM_TYPES, identities
from ddb_perimeter.inventory.network import ENDPOINT, Endpoint
from ddb_perimeter.inventory.tables import TABLE_TYPES, tables
from ddb_perimeter.policy.document import Policy
from ddb_perimeter.policy.layers import EndpointPolicy, Layers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ddb_perimeter.controls.perimeter import Perimeter
    from ddb_perimeter.inventory import Identity, Inventory, Resource, System, Table
    from ddb_perimeter.replay.calls import Place

TYPES: Final = TABLE_TYPES | IAM_TYPES | {ENDPOINT}
OUTSIDE: Final = "outside"
"""Stands for no resource of the templates: what is bound to it stays outside."""

_NAMED: Final = TABLE_TYPES | {ENDPOINT, "AWS::IAM::Role", "AWS::IAM::User"}


@dataclass(frozen=True, slots=True)
class Names:
    """What the events call by another name than the templates.

    Args:
        ids: logical ids by endpoint id, table name, or name or ARN of a role.
        blocks: logical ids of endpoints by the addresses that they take the place of.
    """

    ids: Mapping[str, str]
    blocks: tuple[tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, str], ...] = ()

    @classmethod
    def read(cls, pairs: Mapping[str, str]) -> Names:
        """Tell addresses from names.

        Args:
            pairs: logical ids by what the events say.
        """
        ids: dict[str, str] = {}
        blocks = []
        for real, logical_id in pairs.items():
            try:
                blocks.append((ipaddress.ip_network(real), logical_id))
            except ValueError:
                ids[real] = logical_id
        return cls(ids, tuple(blocks))

    def of_address(self, address: str) -> str:
        """Return the logical id of the endpoint that an address stands for, or empty.

        Args:
            address: an IP address, or empty.
        """
        if not address:
            return ""
        known = ipaddress.ip_address(address)
        return next((id_ for block, id_ in self.blocks if known in block), "")


class Deployed:
    """The templates of one scenario in one account and Region.

    Args:
        inventory: what they declare.
        account: the account.
        region: the Region.
        names: what the user says about names.
    """

    def __init__(self, inventory: Inventory, account: str, region: str, names: Names) -> None:
        self.inventory = inventory
        self.account = account
        self.region = region
        self.names = names
        self._tables: dict[Place, Table | None] = {}
        self._layers: dict[str, tuple[str, Layers | None]] = {}
        self._policies: dict[tuple[int, bool], Policy | None] = {}
        self._endpoints = [
            each
            for each in map(Endpoint.of, inventory.of_type(ENDPOINT))
            if (each.resource.account, each.resource.region) == (account, region)
        ]
        self._doors: dict[int, EndpointPolicy] = {}

    def table(self, place: Place) -> Table | None:
        """Return the table that an event names, or None when the templates do not declare it.

        Args:
            place: the table as the event names it.
        """
        if place not in self._tables:
            self._tables[place] = self._table(place)
        return self._tables[place]

    def _table(self, place: Place) -> Table | None:
        bound = self.names.ids.get(place.name)
        for table in tables(self.inventory):
            if table.resource.account != place.account or table.region != place.region:
                continue
            if table.name == place.name or table.resource.logical_id == bound:
                return table
        return None

    def policy(self, table: Table, *, stream: bool) -> Policy | None:
        """Return the policy of a table or of its stream; None where it has none.

        Args:
            table: the table.
            stream: whether the stream's is meant.
        """
        key = (id(table), stream)
        if key not in self._policies:
            document = table.stream_policy if stream else table.policy
            name = "stream policy" if stream else "table policy"
            self._policies[key] = None if document is None else Policy.read(document, name)
        return self._policies[key]

    def endpoints(self, service: str) -> list[Endpoint]:
        """Return the endpoints of the templates that lead to a service here.

        Args:
            service: ``dynamodb`` or ``dynamodb-streams``.
        """
        return [each for each in self._endpoints if each.service == service]

    def door(self, endpoint: Endpoint) -> EndpointPolicy:
        """Return an endpoint with its policy.

        Args:
            endpoint: one of the templates' endpoints.
        """
        key = id(endpoint)
        if key not in self._doors:
            document = endpoint.policy
            self._doors[key] = EndpointPolicy(
                str(endpoint.id),
                None if document is None else Policy.read(document, "endpoint policy"),
                gateway=endpoint.kind == "Gateway",
            )
        return self._doors[key]

    def identity(self, arn: str) -> tuple[str, Layers | None]:
        """Return how the templates call a role or user, and its policies if they declare it.

        Args:
            arn: its ARN as events name it; empty when that is not known.
        """
        if arn not in self._layers:
            found = self._identity(arn) if arn else None
            layers = own_layers(found, self.inventory) if found else None
            self._layers[arn] = ((found.arn if found else None) or arn, layers)
        return self._layers[arn]

    def _identity(self, arn: str) -> Identity | None:
        bound = self.names.ids.get(arn) or self.names.ids.get(arn.rpartition("/")[2])
        known = identities(self.inventory)
        everybody = (*known.roles, *known.users)
        found = [each for each in everybody if each.arn == arn] or [
            each for each in everybody if each.resource.logical_id == bound
        ]
        here = [each for each in found if each.resource.region == self.region]
        return next(iter(here or found), None)

    def says(self, *words: str) -> bool:
        """Say whether a policy may mention one of some words, in any letter case.

        Args:
            words: in lower case.
        """
        text = self.inventory.view(_text)
        return any(word in text for word in words)


def _text(inventory: Inventory) -> str:
    """Return every property of what decides about access, to search in."""
    return "\n".join(str(each.properties) for each in inventory.of_type(*sorted(TYPES))).lower()


class Templates:
    """The templates, read for each account and Region that events name.

    Args:
        load: reads them; takes parameters besides those of the user.
        perimeter: what is declared beside them.
        names: what the user says about names.

    Raises:
        InputError: there is no table, or a name leads to no resource.
    """

    def __init__(
        self, load: Callable[[Mapping[str, str]], System], perimeter: Perimeter, names: Names
    ) -> None:
        self._load = load
        self._deployed: dict[tuple[str, str], tuple[Deployed, ...]] = {}
        self.perimeter = perimeter
        self.names = names
        resources = self._resources()
        self.tables = tuple(
            dict.fromkeys(str(each.physical) for each in resources if each.type in TABLE_TYPES)
        )
        if not self.tables:
            raise InputError.at(
                "--against", "declares no DynamoDB table", "give the cdk.out of your tables"
            )
        bound = [*names.ids.values(), *(logical_id for _, logical_id in names.blocks)]
        known = {each.logical_id: each for each in resources}
        for logical_id in bound:
            if logical_id != OUTSIDE and logical_id not in known:
                raise InputError.at(
                    f"--as …={logical_id[:80]}",
                    "the templates declare no endpoint, table or role with this logical id",
                    "use one of " + ", ".join(sorted(known)[:20]),
                )
        self._matched = {*self.tables, *names.ids}

    def _resources(self) -> list[Resource]:
        return [
            each
            for inventory in self._load({}).scenarios(TYPES)
            for each in inventory.of_type(*sorted(_NAMED))
            if each.type.rpartition("::")[2] != "ScalableTarget"
        ]

    def declares(self, place: Place) -> bool:
        """Say whether an event's table is one of the templates'.

        Args:
            place: the table as the event names it.
        """
        return place.name in self._matched and any(
            each.table(place) for each in self.deployed(place)
        )

    def deployed(self, place: Place) -> tuple[Deployed, ...]:
        """Return the templates as they would be deployed where a table is, in every scenario.

        Args:
            place: the table as the event names it.
        """
        key = (place.account, place.region)
        if key not in self._deployed:
            system = self._load({"AWS::AccountId": place.account, "AWS::Region": place.region})
            self._deployed[key] = tuple(
                Deployed(inventory, *key, self.names) for inventory in system.scenarios(TYPES)
            )
        return self._deployed[key]

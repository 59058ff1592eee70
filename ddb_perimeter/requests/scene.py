"""One account and Region with everybody who works there: what legitimate requests are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ddb_perimeter.controls.guarded import endpoint_policies
from ddb_perimeter.controls.reach import acting_identities, own_layers
from ddb_perimeter.policy.evaluate import Outcome, decide
from ddb_perimeter.policy.layers import Layers
from ddb_perimeter.policy.patterns import opaque
from ddb_perimeter.requests.trial import SERVICE, Trial, owner

if TYPE_CHECKING:
    from ddb_perimeter.controls.guarded import Guarded
    from ddb_perimeter.controls.perimeter import Duty, Perimeter
    from ddb_perimeter.inventory import Inventory, Resource
    from ddb_perimeter.inventory.iam import Identity
    from ddb_perimeter.policy.document import Policy
    from ddb_perimeter.policy.layers import EndpointPolicy
    from ddb_perimeter.policy.request import Caller, Origin
    from ddb_perimeter.requests.trial import Place


@dataclass(frozen=True, slots=True)
class Scene:
    """One account and Region, and everybody who works there.

    Args:
        inventory: the templates.
        perimeter: what is declared beside them.
        place: the account and the Region.
        guarded: the tables and streams there.
    """

    inventory: Inventory
    perimeter: Perimeter
    place: Place
    guarded: tuple[Guarded, ...]

    def trial(
        self,
        purpose: str,
        caller: Caller | str,
        action: str,
        resource: str,
        origin: Origin,
        context: dict[str, str] | None = None,
    ) -> Trial:
        """Return a request with the policies of what it is about, and of its endpoint.

        Args:
            purpose: what it is for.
            caller: who asks, or the ARN of a user or role.
            action: what.
            resource: ARN on which, or ``*``.
            origin: from where.
            context: further condition keys.
        """
        if isinstance(caller, str):
            caller = self.place.principal(caller)
        request = self.place.request(caller, action, resource, origin, context)
        layers = Layers(resource=self.policy(resource), endpoints=self.endpoints())
        return Trial(purpose, request, layers)

    def policy(self, resource: str) -> Policy | None:
        """Return the policy of a table, an index or a stream; None where there is none.

        Args:
            resource: its ARN.
        """
        found = next((each for each in self.guarded if resource in each.arns), None)
        return found.policy if found else None

    def endpoints(self) -> tuple[EndpointPolicy, ...]:
        """Return the policies of the templates' endpoints."""
        return self.inventory.view(_endpoint_policies)

    @property
    def tables(self) -> list[Guarded]:
        """Return the tables."""
        return [each for each in self.guarded if each.what == "table"]

    @property
    def streams(self) -> list[Guarded]:
        """Return the streams."""
        return [each for each in self.guarded if each.what == "stream"]

    def here(self, *types: str) -> list[Resource]:
        """Return the resources of some types in this account and Region.

        Args:
            types: CloudFormation types.
        """
        world = self.place.world
        return [
            each
            for each in self.inventory.of_type(*types)
            if (opaque(each.account), each.region) == (world.account, world.region)
        ]

    def operators(self, *duties: Duty) -> tuple[str, ...]:
        """Return the ARNs of those who are declared for some duties, each once.

        Args:
            duties: what for.
        """
        world = self.place.world
        found = (
            each.arn(world.partition, world.account, world.region)
            for each in self.perimeter.operators
            if each.duty in duties
        )
        return tuple(dict.fromkeys(filter(self.is_member, found)))

    def is_member(self, arn: str) -> bool:
        """Say whether a user or role is of this account.

        Args:
            arn: its ARN.
        """
        return owner(arn, "") == self.place.world.account

    def may(self, identity: Identity, action: str, resource: str) -> bool:
        """Say whether an identity's own policies allow something, whatever others say.

        Args:
            identity: a role or user of the templates.
            action: what.
            resource: ARN on which.
        """
        caller = self.place.principal(identity.arn or "")
        request = self.place.request(caller, action, resource, SERVICE)
        own = own_layers(identity, self.inventory)
        return decide(request, own, self.place.world).outcome is Outcome.ALLOWED

    def members(self) -> list[Identity]:
        """Return the roles and users of this account's templates that act."""
        account = self.place.world.account
        return [
            each
            for each in acting_identities(self.inventory)
            if opaque(each.resource.account) == account
        ]


def _endpoint_policies(inventory: Inventory) -> tuple[EndpointPolicy, ...]:
    return tuple(endpoint_policies(inventory))

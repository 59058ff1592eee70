"""What a perimeter guards: tables and streams with their policies, and what is inside."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Final

from ddb_perimeter.controls.ceiling import Ceiling
from ddb_perimeter.controls.focus import about
from ddb_perimeter.controls.reading import policy_of
from ddb_perimeter.inventory.network import ENDPOINT, Endpoint
from ddb_perimeter.inventory.tables import tables
from ddb_perimeter.policy.actions import Plane, of_plane
from ddb_perimeter.policy.callers import Callers
from ddb_perimeter.policy.document import Policy
from ddb_perimeter.policy.layers import EndpointPolicy
from ddb_perimeter.policy.origins import Origins
from ddb_perimeter.policy.proof import Prover
from ddb_perimeter.policy.request import Kind
from ddb_perimeter.policy.world import Endpoint as KnownEndpoint
from ddb_perimeter.policy.world import World
from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddb_perimeter.controls.perimeter import Perimeter
    from ddb_perimeter.findings import Evidence, Subject
    from ddb_perimeter.inventory import Inventory, Resource
    from ddb_perimeter.inventory.tables import Table
    from ddb_perimeter.policy.proof import Answer

TABLE_DATA: Final = of_plane(Plane.DATA)
STREAM_DATA: Final = of_plane(Plane.STREAM_DATA)
_ACCOUNT = re.compile(r"(?<!\d)\d{12}(?!\d)")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """One account and Region, and what counts as inside there.

    Args:
        world: what the policy engine knows about them.
        prover: answers questions about them.
        endpoints: ids of the endpoints that are inside, by the service that they lead to.
        vpcs: ids of the VPCs that are inside.
        inventory: where else may be looked.
        perimeter: what is declared.
    """

    world: World
    prover: Prover
    endpoints: dict[str, tuple[str, ...]]
    vpcs: tuple[str, ...]
    inventory: Inventory = field(repr=False, compare=False)
    perimeter: Perimeter = field(repr=False, compare=False)

    @property
    def ceiling(self) -> Ceiling:
        """Return what the organization lets the account do at most.

        A control that asks has to name `ORGANIZATION_POLICY` among the types that it reads.
        """
        return self.inventory.view(Ceiling.over, self.world, self.perimeter)

    @classmethod
    def of(
        cls, resource: Resource, region: str, inventory: Inventory, perimeter: Perimeter
    ) -> Surroundings:
        """Look around a resource.

        Args:
            resource: a table, an endpoint, a role: whatever a question is about.
            region: its Region, which is not its stack's for a replica.
            inventory: where endpoints are looked for.
            perimeter: what is declared beside them.
        """
        return inventory.view(cls._look, resource.account, region, resource.partition, perimeter)

    @classmethod
    def _look(
        cls,
        inventory: Inventory,
        account: str,
        region: str,
        partition: str,
        perimeter: Perimeter,
    ) -> Surroundings:
        """Look around in an account and Region."""
        own = [
            Endpoint.of(each)
            for each in inventory.of_type(ENDPOINT)
            if (each.account, each.region) == (account, region)
        ]
        by_service: dict[str, tuple[str, ...]] = {}
        for endpoint in own:
            if isinstance(endpoint.id, str) and isinstance(endpoint.service, str):
                known = by_service.get(endpoint.service, tuple(sorted(perimeter.endpoints)))
                by_service[endpoint.service] = (*known, endpoint.id)
        world = World(
            account=account,
            region=region,
            partition=partition,
            organization=perimeter.organization,
            friendly_accounts=tuple(sorted(perimeter.accounts - {account})),
            endpoints=tuple(
                KnownEndpoint(endpoint.id, _text(endpoint.vpc), account)
                for endpoint in own
                if isinstance(endpoint.id, str)
            ),
            now=datetime.combine(perimeter.today, time(12), tzinfo=UTC),
        )
        vpcs = {_text(endpoint.vpc) for endpoint in own} - {""} | perimeter.vpcs
        return cls(
            world,
            Prover(world),
            by_service,
            tuple(sorted(vpcs)),
            inventory,
            perimeter,
        )

    def inside(self, service: str, perimeter: Perimeter) -> tuple[str, ...]:
        """Return the ids of the endpoints through which a service may be reached.

        Args:
            service: ``dynamodb`` or ``dynamodb-streams``.
            perimeter: endpoints that are declared beside the templates.
        """
        return self.endpoints.get(service, tuple(sorted(perimeter.endpoints)))


@dataclass(frozen=True, slots=True)
class Guarded:
    """A table or a stream, its policy, and where it may be reached from.

    Args:
        resource: the resource that declares it.
        what: ``table`` or ``stream``, for messages.
        name: name of the table.
        arns: ARNs that its data-plane actions name: the table and its indexes, or the stream.
        actions: the data-plane actions.
        policy: its policy; None where it has none.
        pointer: where the policy is written, or would be.
        surroundings: what is around it.
        inside: endpoints through which it may be reached.
        doubt: why the resource itself cannot be told, or None.
    """

    resource: Resource
    what: str
    name: str
    arns: tuple[str, ...]
    actions: tuple[str, ...]
    policy: Policy | None
    pointer: str
    surroundings: Surroundings
    inside: tuple[str, ...]
    doubt: Unknown | None = None

    @property
    def subject(self) -> Subject:
        """Return the resource as findings name it."""
        return self.resource.subject()

    @property
    def prover(self) -> Prover:
        """Return who answers questions about its policy."""
        return self.surroundings.prover

    @property
    def read_policy(self) -> Policy:
        """Return its policy; one without statements where it has none."""
        return self.policy or Policy((), f"{self.what} policy")

    def policy_about(self, actions: tuple[str, ...]) -> Policy:
        """Return the part of its policy that can decide about some actions.

        Args:
            actions: names of actions; the question has to name whom it tells apart (see `focus`).
        """
        return about(self.read_policy, actions)

    @property
    def outside(self) -> Origins:
        """Return every origin but the perimeter's; forwarded requests are outside, too."""
        return Origins.outside(self.inside, self.surroundings.vpcs)

    @property
    def named_accounts(self) -> frozenset[str]:
        """Return the account ids that the policy spells."""
        return frozenset(_ACCOUNT.findall(repr(self.read_policy.statements)))

    @property
    def named_principals(self) -> tuple[str, ...]:
        """Return the principals that conditions of the policy name one by one."""
        values = (
            value
            for statement in self.read_policy.statements
            for condition in statement.conditions
            if condition.name == "aws:principalarn"
            for value in condition.values
            if isinstance(value, str) and "*" not in value and "?" not in value
        )
        return tuple(dict.fromkeys(values))

    def evidence(self, answer: Answer | None = None) -> Evidence:
        """Return the place of the statement that an answer rests on, or of the policy.

        Args:
            answer: the answer; None for the policy as a whole.
        """
        if answer is not None and len(answer.statements) == 1:
            statement = answer.statements[0]
            return self.resource.evidence(
                f"{self.pointer}.Statement[{statement.index}]", statement.sid
            )
        return self.resource.evidence(self.pointer)


def guarded_tables(inventory: Inventory, perimeter: Perimeter) -> tuple[Guarded, ...]:
    """Return every table and replica.

    Args:
        inventory: where to look.
        perimeter: what is declared.
    """
    return inventory.view(_all_tables, perimeter)


def _all_tables(inventory: Inventory, perimeter: Perimeter) -> tuple[Guarded, ...]:
    return tuple(_tables(inventory, perimeter))


def _tables(inventory: Inventory, perimeter: Perimeter) -> Iterator[Guarded]:
    for table in tables(inventory):
        surroundings = _around(table, inventory, perimeter)
        names = [table.arn, *table.index_arns]
        yield Guarded(
            resource=table.resource,
            what="table",
            name=table.name,
            arns=_known(names),
            actions=TABLE_DATA,
            policy=_policy(table.policy, "table policy", inventory),
            pointer=table.policy_pointer,
            surroundings=surroundings,
            inside=surroundings.inside("dynamodb", perimeter),
            doubt=_doubt(names),
        )


def guarded_streams(inventory: Inventory, perimeter: Perimeter) -> tuple[Guarded, ...]:
    """Return every stream.

    Args:
        inventory: where to look.
        perimeter: what is declared.
    """
    return inventory.view(_all_streams, perimeter)


def _all_streams(inventory: Inventory, perimeter: Perimeter) -> tuple[Guarded, ...]:
    return tuple(_streams(inventory, perimeter))


def _streams(inventory: Inventory, perimeter: Perimeter) -> Iterator[Guarded]:
    for table in tables(inventory):
        if table.stream_enabled is False:
            continue
        surroundings = _around(table, inventory, perimeter)
        names = [table.stream_arn or Unknown("StreamArn", "not told")]
        yield Guarded(
            resource=table.resource,
            what="stream",
            name=table.name,
            arns=_known(names),
            actions=STREAM_DATA,
            policy=_policy(table.stream_policy, "stream policy", inventory),
            pointer=table.stream_policy_pointer,
            surroundings=surroundings,
            inside=surroundings.inside("dynamodb-streams", perimeter),
            doubt=_doubt(names),
        )


def _around(table: Table, inventory: Inventory, perimeter: Perimeter) -> Surroundings:
    region = table.region if isinstance(table.region, str) else table.resource.region
    return Surroundings.of(table.resource, region, inventory, perimeter)


def _policy(document: object, name: str, inventory: Inventory) -> Policy | None:
    return None if document is None else policy_of(document, name, inventory)


def _known(arns: list[str | Unknown]) -> tuple[str, ...]:
    return tuple(arn for arn in arns if isinstance(arn, str))


def _doubt(arns: list[str | Unknown]) -> Unknown | None:
    return next((arn for arn in arns if isinstance(arn, Unknown)), None)


def endpoint_policies(inventory: Inventory) -> Iterator[EndpointPolicy]:
    """Yield the policy of every endpoint whose id can be told.

    Args:
        inventory: where to look.
    """
    for resource in inventory.of_type(ENDPOINT):
        endpoint = Endpoint.of(resource)
        if isinstance(endpoint.id, str):
            policy = endpoint.policy
            yield EndpointPolicy(
                endpoint.id,
                None if policy is None else policy_of(policy, "endpoint policy", inventory),
                gateway=endpoint.kind == "Gateway",
            )


def strangers_named(accounts: frozenset[str], *, named: bool) -> Callers:
    """Return strangers by whether a policy spells their account.

    Args:
        accounts: account ids that the policy spells.
        named: whether to return those that it spells, with AWS services that act for strangers
            (the confused deputies), or all others and anonymous callers.
    """
    everybody = Callers.strangers(services=named)
    return Callers(
        "a stranger whose account it names" if named else "any stranger",
        lambda caller: (
            everybody.test(caller)
            and (caller.kind is Kind.SERVICE or (caller.account in accounts) is named)
        ),
        form=f"strangers, {len(accounts)} of them {'named' if named else 'not named'}",
        names=tuple(sorted(accounts)),
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""

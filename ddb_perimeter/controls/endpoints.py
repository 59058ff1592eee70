"""The policies of VPC endpoints: who may use them, and for which tables."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ddb_perimeter.controls.control import broken, control, holds, unknown
from ddb_perimeter.controls.guarded import STREAM_DATA, TABLE_DATA, Surroundings
from ddb_perimeter.controls.reading import policy_of
from ddb_perimeter.findings import Exposure, Severity, Verdict
from ddb_perimeter.inventory.caches import CLUSTER
from ddb_perimeter.inventory.network import ENDPOINT, Endpoint
from ddb_perimeter.inventory.tables import TABLE_TYPES, tables
from ddb_perimeter.policy.actions import Plane, of_plane
from ddb_perimeter.policy.actions import table as action_table
from ddb_perimeter.policy.callers import Callers
from ddb_perimeter.policy.document import Policy
from ddb_perimeter.policy.origins import Origins
from ddb_perimeter.policy.principals import Document
from ddb_perimeter.policy.space import Question

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddb_perimeter.controls.control import Judgment, Judgments
    from ddb_perimeter.controls.perimeter import Perimeter
    from ddb_perimeter.inventory import Inventory
    from ddb_perimeter.policy.proof import Answer

_PRIVATELINK: Final = "https://docs.aws.amazon.com/vpc/latest/privatelink"
DOOR_TYPES: Final = TABLE_TYPES | {CLUSTER, ENDPOINT}
"""What to ask `System.scenarios` for when looking at doors."""

_SERVICES: Final = {
    "dynamodb": TABLE_DATA,
    "dynamodb-streams": STREAM_DATA,
    "dax": of_plane(Plane.CONTROL, service="dax"),
}
_STRANGER: Final = "444455556666"


@dataclass(frozen=True, slots=True)
class Door:
    """An endpoint that leads to DynamoDB, to its streams, or to the management of caches.

    Args:
        endpoint: the endpoint.
        policy: its policy; full access where it has none.
        document: how its principals are read.
        surroundings: what is around it.
        own: ARNs of the tables (or streams, or caches) that the templates declare beside it.
    """

    endpoint: Endpoint
    policy: Policy
    document: Document
    surroundings: Surroundings
    own: tuple[str, ...]

    @property
    def actions(self) -> tuple[str, ...]:
        """Return the actions that pass here: of the data plane, or those that manage caches."""
        return _SERVICES[str(self.endpoint.service)]

    @property
    def crosses_accounts(self) -> bool:
        """Return whether what it leads to may be another account's: caches never are."""
        return self.endpoint.service != "dax"

    def arn(self, account: str, table: str) -> str:
        """Return the ARN of a table, of its stream or of a cache, as this endpoint carries it.

        Args:
            account: whose it is.
            table: its name.
        """
        world = self.surroundings.world
        if not self.crosses_accounts:
            return f"arn:{world.partition}:dax:{world.region}:{account}:cache/{table}"
        name = f"arn:{world.partition}:dynamodb:{world.region}:{account}:table/{table}"
        stream = self.endpoint.service == "dynamodb-streams"
        return f"{name}/stream/2026-01-01T00:00:00.000" if stream else name

    def lets(
        self, callers: Callers, arns: tuple[str, ...], *, unbound: tuple[str, ...] = ()
    ) -> Answer:
        """Say whether none of these callers gets through to any of these resources.

        Args:
            callers: who asks.
            arns: tables or streams.
            unbound: actions to ask about, too, that know no resource.
        """
        id_ = self.endpoint.id if isinstance(self.endpoint.id, str) else "vpce-unknown"
        if unbound:
            arns = (*arns, "*")
        question = Question(callers, Origins.endpoint(id_), (*self.actions, *unbound), arns)
        return self.surroundings.prover.none_granted(question, self.policy, self.document)

    def judge(self, answer: Answer, message: str, exposure: Exposure) -> Judgment:
        """Turn an answer into a judgment on this endpoint.

        Args:
            answer: whether nothing gets through that should not.
            message: what is wrong if something does.
            exposure: what it means for the data then.
        """
        resource = self.endpoint.resource
        if answer.verdict is Verdict.HOLDS:
            return holds(resource.subject())
        evidence = resource.evidence(Endpoint.POLICY_POINTER)
        if answer.verdict is Verdict.UNKNOWN:
            return unknown(resource.subject(), answer.why, evidence=evidence)
        if len(answer.statements) == 1 and self.endpoint.policy is not None:
            statement = answer.statements[0]
            pointer = f"{Endpoint.POLICY_POINTER}.Statement[{statement.index}]"
            evidence = resource.evidence(pointer, statement.sid)
        return broken(
            resource.subject(),
            message,
            exposure=exposure,
            evidence=evidence,
            counterexample=answer.counterexample,
        )


@functools.cache
def _unbound_actions() -> tuple[str, ...]:
    """Return the actions of DynamoDB that know no resource, so that only a caller pins them."""
    return tuple(
        action.name
        for action in action_table().values()
        if action.name.startswith("dynamodb:")
        and action.targets("*")
        and action.plane is not Plane.DATA
    )


def doors(inventory: Inventory, perimeter: Perimeter) -> tuple[Door, ...]:
    """Return every endpoint of DynamoDB, its streams and the management of caches.

    Args:
        inventory: where to look.
        perimeter: what is declared.
    """
    return inventory.view(_all_doors, perimeter)


def _all_doors(inventory: Inventory, perimeter: Perimeter) -> tuple[Door, ...]:
    return tuple(_doors(inventory, perimeter))


def _doors(inventory: Inventory, perimeter: Perimeter) -> Iterator[Door]:
    for resource in inventory.of_type(ENDPOINT):
        endpoint = Endpoint.of(resource)
        if endpoint.service not in _SERVICES:
            continue
        policy = (
            Policy.full_access("default endpoint policy")
            if endpoint.policy is None
            else policy_of(endpoint.policy, "endpoint policy", inventory)
        )
        yield Door(
            endpoint=endpoint,
            policy=policy,
            document=Document.GATEWAY if endpoint.kind == "Gateway" else Document.INTERFACE,
            surroundings=Surroundings.of(resource, resource.region, inventory, perimeter),
            own=tuple(arn for arn in _beside(inventory, endpoint) if isinstance(arn, str)),
        )


def _beside(inventory: Inventory, endpoint: Endpoint) -> Iterator[object]:
    """Yield the ARNs of what an endpoint leads to in its own account and Region."""
    place = (endpoint.resource.region, endpoint.resource.account)
    if endpoint.service == "dax":
        clusters = inventory.of_type(CLUSTER)
        yield from (each.arn for each in clusters if (each.region, each.account) == place)
        return
    for table in tables(inventory):
        if (table.region, table.resource.account) == place:
            yield table.stream_arn if endpoint.service == "dynamodb-streams" else table.arn


@control(
    id="vpce-policy-not-default",
    title="The endpoint has a policy of its own",
    severity=Severity.CRITICAL,
    why="Without one, anybody's credentials reach anybody's table through it: data leaves to a "
    "stranger's table without ever touching the internet.",
    source=f"{_PRIVATELINK}/vpc-endpoints-access.html",
    fix="Write a policy that names your principals (by condition), your table and your actions.",
    types=DOOR_TYPES,
)
def policy_is_written(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    for door in doors(inventory, perimeter):
        foreign = door.arn(_STRANGER, "strangers-table")
        yield door.judge(
            door.lets(Callers.strangers(), (foreign,)),
            "the endpoint has no policy, which lets everything through"
            if door.endpoint.policy is None
            else "the endpoint lets strangers through to strangers' tables",
            Exposure.WEAKENED,
        )


@control(
    id="vpce-policy-own-identities",
    title="The endpoint lets nobody but our principals through",
    severity=Severity.HIGH,
    why="Credentials of another account that are brought inside carry data out by their own "
    "account's table, or word by word in the names that they list.",
    source=f"{_PRIVATELINK}/vpc-endpoints-ddb.html",
    fix="Condition every Allow on aws:PrincipalAccount or aws:PrincipalOrgID.",
    types=DOOR_TYPES,
)
def identities_are_pinned(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    for door in doors(inventory, perimeter):
        targets = (*door.own, door.arn(door.endpoint.resource.account, "some-table"))
        yield door.judge(
            door.lets(Callers.strangers(), targets, unbound=_unbound_actions()),
            "the endpoint takes anybody's credentials",
            Exposure.WEAKENED,
        )


@control(
    id="vpce-policy-own-resources",
    title="The endpoint leads to no stranger's table",
    severity=Severity.HIGH,
    why="A table of another account is the easiest way out of a network without internet.",
    source=f"{_PRIVATELINK}/vpc-endpoints-ddb.html",
    fix="Pin Resource to your tables, or aws:ResourceAccount to your account.",
    types=DOOR_TYPES,
)
def resources_are_pinned(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    for door in doors(inventory, perimeter):
        if not door.crosses_accounts:
            continue
        yield door.judge(
            door.lets(Callers.within(), (door.arn(_STRANGER, "strangers-table"),)),
            "the endpoint leads to tables of other accounts",
            Exposure.WEAKENED,
        )


@control(
    id="vpce-policy-table-scoped",
    title="The endpoint leads to the declared tables only",
    severity=Severity.HIGH,
    why="Whatever runs in this network can reach every other table of the account.",
    source=f"{_PRIVATELINK}/vpc-endpoints-ddb.html",
    fix="Name the table's ARN and its indexes in Resource.",
    types=DOOR_TYPES,
)
def tables_are_named(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    for door in doors(inventory, perimeter):
        if not door.crosses_accounts:
            continue
        other = door.arn(door.endpoint.resource.account, "another-table")
        yield door.judge(
            door.lets(Callers.within(), (other,)),
            "the endpoint leads to every table of the account",
            Exposure.WEAKENED,
        )


@control(
    id="vpce-gateway-principal-form",
    title="The gateway endpoint's policy names principals in the form that works there",
    severity=Severity.HIGH,
    why='In a gateway endpoint\'s policy, {"AWS": account} is the root user of that account, and '
    "a role's ARN matches nobody.",
    source=f"{_PRIVATELINK}/vpc-endpoints-ddb.html",
    fix='Write Principal "*" and name the principals in conditions.',
    types=DOOR_TYPES,
)
def principals_have_the_right_form(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    for door in doors(inventory, perimeter):
        resource = door.endpoint.resource
        if door.document is not Document.GATEWAY or door.endpoint.policy is None:
            continue
        wrong = [
            statement
            for statement in door.policy.statements
            if statement.principals is not None and not statement.principals.everyone
        ]
        for statement in wrong:
            yield broken(
                resource.subject(),
                f"{statement.label} names principals in a form that a gateway endpoint ignores",
                evidence=resource.evidence(
                    f"{Endpoint.POLICY_POINTER}.Statement[{statement.index}]", statement.sid
                ),
            )
        if not wrong:
            yield holds(resource.subject())

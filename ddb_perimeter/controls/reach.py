"""What a role or user of the templates reaches by its own policies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ddb_perimeter.controls.focus import layers_about, within_reach
from ddb_perimeter.controls.reading import policy_of
from ddb_perimeter.findings import Verdict
from ddb_perimeter.inventory.caches import CLUSTER
from ddb_perimeter.inventory.iam import ROLE, identities
from ddb_perimeter.inventory.tables import tables
from ddb_perimeter.policy.callers import Callers
from ddb_perimeter.policy.document import Effect
from ddb_perimeter.policy.layers import Layers
from ddb_perimeter.policy.origins import Origins
from ddb_perimeter.policy.proof import Answer
from ddb_perimeter.policy.space import Question

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddb_perimeter.controls.guarded import Surroundings
    from ddb_perimeter.inventory import Inventory
    from ddb_perimeter.inventory.iam import Identity

ASSUME: Final = (
    "sts:AssumeRole",
    "sts:AssumeRoleWithSAML",
    "sts:AssumeRoleWithWebIdentity",
)
"""Every way to become a role."""


def own_layers(identity: Identity, inventory: Inventory) -> Layers:
    """Return the policies and the boundary of an identity, read once in an inventory.

    Args:
        identity: a role or user.
        inventory: where it is.
    """
    known = inventory.view(_layers_by_resource)
    resource = id(identity.resource)
    if resource not in known:
        known[resource] = _read(identity, inventory)
    return known[resource]


def _layers_by_resource(_: Inventory) -> dict[int, Layers]:
    return {}


def _read(identity: Identity, inventory: Inventory) -> Layers:
    boundary = identity.boundary
    return Layers(
        identity=tuple(
            policy_of(each.document, each.name, inventory) for each in identity.policies
        ),
        boundary=policy_of(boundary.document, boundary.name, inventory) if boundary else None,
    )


def may_do_none(
    identity: Identity,
    own: Layers,
    actions: tuple[str, ...],
    arns: tuple[str, ...],
    around: Surroundings,
) -> Answer:
    """Say whether an identity's own policies allow it none of this.

    Args:
        identity: a role or user.
        own: its policies.
        actions: what it would do.
        arns: on what.
        around: its account.
    """
    own = layers_about(own, actions)
    reached = within_reach(own.identity or (), arns)
    if not reached:
        return Answer(Verdict.HOLDS, "its policies name none of it")
    question = Question(Callers.exactly(identity.arn or ""), Origins.anywhere(), actions, reached)
    return around.prover.none_allowed(question, own)


def acting_identities(inventory: Inventory) -> Iterator[Identity]:
    """Yield every role and user that can act, but for the roles that are DAX's own.

    Args:
        inventory: where to look.
    """
    own = {str(cluster.at("IAMRoleARN")) for cluster in inventory.of_type(CLUSTER)}
    found = identities(inventory)
    yield from (each for each in (*found.roles, *found.users) if each.arn and each.arn not in own)


def clients(inventory: Inventory) -> Iterator[Identity]:
    """Yield the roles and users that are meant to work with data.

    An account has administrators besides, who may do everything and work with nothing: who may
    become one of them is what counts. A template that makes an administrator means it for work.

    Args:
        inventory: where to look.
    """
    everybody = ROLE in inventory.complete
    for identity in acting_identities(inventory):
        if not (everybody and _administers(own_layers(identity, inventory))):
            yield identity


def _administers(own: Layers) -> bool:
    """Return whether policies allow every action, or all but some."""
    return any(
        (statement.not_actions or "*" in statement.actions) and "*" in (statement.resources or ())
        for policy in own.identity or ()
        for statement in policy.with_effect(Effect.ALLOW)
    )


def data_of(identity: Identity, inventory: Inventory) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the ARNs of its account's tables with their indexes, and of its clusters.

    Args:
        identity: a role or user.
        inventory: where to look.
    """
    return inventory.view(_data_in, identity.resource.account)


def _data_in(inventory: Inventory, account: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    names: list[str] = []
    for table in tables(inventory):
        if table.resource.account == account:
            names += [arn for arn in (table.arn, *table.index_arns) if isinstance(arn, str)]
    clusters = [
        cluster.arn
        for cluster in inventory.of_type(CLUSTER)
        if cluster.account == account and cluster.arn
    ]
    return tuple(names), tuple(clusters)

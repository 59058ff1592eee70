"""Roles and users of the templates that reach the data: who may become them, and what they may."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ddb_perimeter.controls.control import broken, control, exempt, holds, unknown
from ddb_perimeter.controls.guarded import TABLE_DATA, Surroundings
from ddb_perimeter.controls.reach import (
    ASSUME,
    acting_identities,
    clients,
    data_of,
    may_do_none,
    own_layers,
)
from ddb_perimeter.controls.reading import policy_of
from ddb_perimeter.findings import Exposure, Severity, Verdict
from ddb_perimeter.inventory.caches import CLUSTER
from ddb_perimeter.inventory.iam import IAM_TYPES, USER, identities
from ddb_perimeter.inventory.network import ENDPOINT
from ddb_perimeter.inventory.tables import TABLE_TYPES
from ddb_perimeter.policy.actions import Plane, of_plane
from ddb_perimeter.policy.callers import Callers
from ddb_perimeter.policy.origins import Origins
from ddb_perimeter.policy.principals import Document
from ddb_perimeter.policy.space import Question
from ddb_perimeter.policy.world import Relation
from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddb_perimeter.controls.control import Judgment, Judgments
    from ddb_perimeter.controls.perimeter import Perimeter
    from ddb_perimeter.inventory import Inventory
    from ddb_perimeter.inventory.iam import Identity
    from ddb_perimeter.policy.document import Policy
    from ddb_perimeter.policy.proof import Answer

_TYPES: Final = TABLE_TYPES | IAM_TYPES | {CLUSTER, ENDPOINT}
_ACCESS_KEY: Final = "AWS::IAM::AccessKey"
_CACHE_READS: Final = ("dax:BatchGetItem", "dax:GetItem", "dax:Query", "dax:Scan")
_CACHE_DATA: Final = of_plane(Plane.DATA, service="dax")


@control(
    id="dax-client-least",
    title="Clients of the cache read through it and do nothing else",
    severity=Severity.HIGH,
    why="DAX is outside the table's policy: what a client may do there is decided by its own "
    "policy and the cache's role alone.",
    source="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/"
    "DAX.access-control.html",
    fix="Allow dax:GetItem, BatchGetItem, Query and Scan on the cluster's ARN, never dax:*.",
    types=_TYPES,
)
def clients_only_read(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    writes = tuple(action for action in _CACHE_DATA if action not in _CACHE_READS)
    for identity in clients(inventory):
        resource = identity.resource
        around = Surroundings.of(resource, resource.region, inventory, perimeter)
        _, clusters = data_of(identity, inventory)
        if not clusters:
            continue
        answer = may_do_none(identity, own_layers(identity, inventory), writes, clusters, around)
        if answer.verdict is Verdict.UNKNOWN:
            yield unknown(resource.subject(), answer.why, evidence=resource.evidence())
        elif answer.verdict is Verdict.BROKEN:
            action = answer.request.action if answer.request else "more"
            names = ", ".join(sorted({reference.policy for reference in answer.statements}))
            yield broken(
                resource.subject(),
                f"a client of the cache may call {action}, by {names or 'its policies'}",
                exposure=Exposure.WEAKENED,
                evidence=resource.evidence(),
                counterexample=answer.counterexample,
            )
        else:
            yield holds(resource.subject())


@control(
    id="iam-no-stranger-assumes",
    title="No stranger may become a role that reaches the data",
    severity=Severity.CRITICAL,
    why="Whoever assumes such a role from another account carries its permissions wherever it is.",
    source="https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-user.html",
    fix="Trust principals of your own account, or declare the account in [perimeter] accounts.",
    types=_TYPES,
)
def no_stranger_assumes(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    for identity in acting_identities(inventory):
        if identity.trust is None:
            continue
        resource = identity.resource
        around = Surroundings.of(resource, resource.region, inventory, perimeter)
        table, cache = _reached(identity, inventory, around)
        if table.holds and cache.holds:
            continue
        trust = policy_of(identity.trust, "trust policy", inventory)
        answer = _assumed(around, trust, Callers.strangers(), identity.arn or "")
        evidence = resource.evidence(identity.TRUST_POINTER)
        if answer.verdict is Verdict.UNKNOWN:
            yield unknown(resource.subject(), answer.why, evidence=evidence)
            continue
        if answer.verdict is Verdict.BROKEN:
            who = answer.request.caller if answer.request else "a stranger"
            yield broken(
                resource.subject(),
                f"{who} may assume this role, which reaches the data",
                exposure=Exposure.WEAKENED if cache.holds else Exposure.REACHABLE,
                evidence=evidence,
                counterexample=answer.counterexample,
            )
            continue
        yield holds(resource.subject())
        friends = Callers.within(Relation.FRIENDLY, Relation.ORGANIZATION)
        friendly = _assumed(around, trust, friends, identity.arn or "")
        if friendly.request is not None:
            yield exempt(
                resource.subject(),
                friendly.request.caller.account,
                "a declared account whose principals may assume this role",
            )


def _reached(
    identity: Identity, inventory: Inventory, around: Surroundings
) -> tuple[Answer, Answer]:
    """Say whether an identity's own policies allow it none of the tables, none of the caches."""
    arns, clusters = data_of(identity, inventory)
    own = own_layers(identity, inventory)
    return (
        may_do_none(identity, own, TABLE_DATA, arns, around),
        may_do_none(identity, own, _CACHE_DATA, clusters, around),
    )


@control(
    id="iam-no-users",
    title="No user with long-lived keys reaches the data",
    severity=Severity.MEDIUM,
    why="A user's access keys never end: whoever finds them in a repository or a laptop keeps what "
    "they may, and needs only a way in.",
    source="https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
    fix="Give the workload a role, and people roles that they assume through a directory; remove "
    "the user and its access keys.",
    types=_TYPES | {_ACCESS_KEY},
)
def no_users(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    """Judge every user, and every access key of a user who is not here."""
    keys: dict[int, list[str]] = {}
    for key in inventory.of_type(_ACCESS_KEY):
        if key.at("Status") == "Inactive":
            continue  # nobody signs in with it
        name = key.at("UserName")
        user = inventory.by_id(name, USER, near=key)
        if user is not None:
            keys.setdefault(id(user), []).append(key.logical_id)
        else:
            why = name.why if isinstance(name, Unknown) else "no template here declares that user"
            yield unknown(
                key.subject(),
                f"whether the user {name} reaches the data cannot be told: {why}",
                evidence=key.evidence("Properties.UserName"),
            )
    for identity in identities(inventory).users:
        yield from _user(identity, keys.get(id(identity.resource), []), inventory, perimeter)


def _user(
    identity: Identity, keys: list[str], inventory: Inventory, perimeter: Perimeter
) -> Iterator[Judgment]:
    resource = identity.resource
    around = Surroundings.of(resource, resource.region, inventory, perimeter)
    answers = _reached(identity, inventory, around)
    answer = next((each for each in answers if each.verdict is Verdict.BROKEN), None)
    if answer is not None:
        action = answer.request.action if answer.request else "its data"
        held = f" with the access key {', '.join(keys)}" if keys else ""
        yield broken(
            resource.subject(),
            f"the user {resource.logical_id} may call {action}{held}",
            exposure=Exposure.WEAKENED if keys else Exposure.NONE,
            evidence=resource.evidence(),
            counterexample=answer.counterexample,
        )
        return
    doubt = next((each for each in answers if not each.holds), None)
    if doubt is not None:
        yield unknown(resource.subject(), doubt.why, evidence=resource.evidence())
    else:
        yield holds(resource.subject())


def _assumed(around: Surroundings, trust: Policy, callers: Callers, arn: str) -> Answer:
    """Say whether a trust policy lets none of these callers in."""
    question = Question(callers, Origins.anywhere(), ASSUME, (arn,))
    return around.prover.none_granted(question, trust, Document.TRUST)

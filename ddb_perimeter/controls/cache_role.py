"""The service role of a DAX cluster: what it may do, and who may use it.

DAX answers its clients with what this role may do, and the table exempts it from the network
Deny: so the exemption counts only for a role that is proved to read, and to be DAX's alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ddb_perimeter.controls.control import broken, control, holds, unknown
from ddb_perimeter.controls.guarded import Surroundings
from ddb_perimeter.controls.reach import ASSUME
from ddb_perimeter.controls.reading import policy_of
from ddb_perimeter.findings import Exposure, Severity, Verdict
from ddb_perimeter.inventory.caches import CLUSTER
from ddb_perimeter.inventory.iam import IAM_TYPES, ROLE, identities
from ddb_perimeter.inventory.network import ENDPOINT
from ddb_perimeter.inventory.tables import TABLE_TYPES, tables
from ddb_perimeter.policy.actions import table as action_table
from ddb_perimeter.policy.callers import Callers
from ddb_perimeter.policy.document import Effect, Policy
from ddb_perimeter.policy.layers import Layers
from ddb_perimeter.policy.origins import Origins
from ddb_perimeter.policy.principals import Document
from ddb_perimeter.policy.space import Question
from ddb_perimeter.policy.world import Relation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ddb_perimeter.controls.control import Judgment, Judgments
    from ddb_perimeter.controls.perimeter import Perimeter
    from ddb_perimeter.inventory import Inventory, Resource
    from ddb_perimeter.inventory.iam import Identity
    from ddb_perimeter.policy.proof import Answer

DAX_SERVICE: Final = "dax.amazonaws.com"
_GUIDE: Final = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide"
_TYPES: Final = TABLE_TYPES | IAM_TYPES | {CLUSTER, ENDPOINT}
CACHE_READS: Final = (
    "dynamodb:BatchGetItem",
    "dynamodb:DescribeTable",
    "dynamodb:GetItem",
    "dynamodb:Query",
    "dynamodb:Scan",
)
# What else a reading role needs, and what tells it nothing about items.
_HARMLESS: Final = ("dynamodb:ConditionCheckItem", "dynamodb:DescribeEndpoints")
_SERVICES: Final = frozenset({"dynamodb", "kms"})


@dataclass(frozen=True, slots=True)
class CacheRole:
    """A cluster and its service role.

    Args:
        cluster: the cluster.
        role: its role.
        policies: what is attached to the role.
        trust: who may assume it.
        surroundings: what is around the cluster.
        tables: ARNs of the tables that the templates declare beside it.
    """

    cluster: Resource
    role: Identity
    policies: tuple[Policy, ...]
    trust: Policy
    surroundings: Surroundings
    tables: tuple[str, ...]

    @property
    def arn(self) -> str:
        """Return the role's ARN."""
        return self.role.arn or ""

    def may(self, actions: tuple[str, ...], resources: tuple[str, ...]) -> Answer:
        """Say whether the role may do none of this.

        Args:
            actions: actions.
            resources: ARNs.
        """
        question = Question(Callers.exactly(self.arn), Origins.anywhere(), actions, resources)
        return self.surroundings.prover.none_allowed(question, Layers(identity=self.policies))

    def lets_in(self, callers: Callers) -> Answer:
        """Say whether the trust policy lets none of these callers in.

        Args:
            callers: who asks.
        """
        question = Question(callers, Origins.anywhere(), ASSUME, (self.arn,))
        return self.surroundings.prover.none_granted(question, self.trust, Document.TRUST)


def cache_roles(inventory: Inventory, perimeter: Perimeter) -> tuple[CacheRole | Judgment, ...]:
    """Return the role of every cluster, or a judgment where it cannot be told.

    Args:
        inventory: where to look.
        perimeter: what is declared.
    """
    return inventory.view(_all_cache_roles, perimeter)


def _all_cache_roles(
    inventory: Inventory, perimeter: Perimeter
) -> tuple[CacheRole | Judgment, ...]:
    return tuple(_cache_roles(inventory, perimeter))


def _cache_roles(inventory: Inventory, perimeter: Perimeter) -> Iterator[CacheRole | Judgment]:
    for cluster in inventory.of_type(CLUSTER):
        value = cluster.at("IAMRoleARN")
        resource = inventory.by_id(value, ROLE, near=cluster)
        role = identities(inventory).of(resource) if resource is not None else None
        if role is None or role.arn is None:
            yield unknown(
                cluster.subject(),
                f"the service role {value} is not in what was checked",
                evidence=cluster.evidence("Properties.IAMRoleARN"),
                fix="Check the template of the role together with this one.",
            )
            continue
        yield CacheRole(
            cluster=cluster,
            role=role,
            policies=tuple(
                policy_of(each.document, each.name, inventory) for each in role.policies
            ),
            trust=policy_of(role.trust, "trust policy", inventory),
            surroundings=Surroundings.of(cluster, cluster.region, inventory, perimeter),
            tables=tuple(
                table.arn
                for table in tables(inventory)
                if isinstance(table.arn, str)
                and (table.region, table.resource.account) == (cluster.region, cluster.account)
            ),
        )


def trusted_cache_roles(inventory: Inventory, perimeter: Perimeter) -> tuple[str, ...]:
    """Return the ARNs of the cache roles that a table may exempt.

    Args:
        inventory: where to look.
        perimeter: what is declared.
    """
    return inventory.view(_trusted, perimeter)


def _trusted(inventory: Inventory, perimeter: Perimeter) -> tuple[str, ...]:
    checks = (_reads_only, _tables_only, _dax_only)
    return tuple(
        found.arn
        for found in cache_roles(inventory, perimeter)
        if isinstance(found, CacheRole)
        and all(check(found).verdict is Verdict.HOLDS for check in checks)
    )


def _each(
    inventory: Inventory, perimeter: Perimeter, judge: Callable[[CacheRole], Judgment]
) -> Judgments:
    for found in cache_roles(inventory, perimeter):
        yield judge(found) if isinstance(found, CacheRole) else found


def _verdict(
    found: CacheRole, answer: Answer, message: str, *, exposure: Exposure, pointer: str = ""
) -> Judgment:
    subject = found.role.resource.subject()
    if answer.verdict is Verdict.HOLDS:
        return holds(subject)
    evidence = found.role.resource.evidence(pointer)
    if answer.verdict is Verdict.UNKNOWN:
        return unknown(subject, answer.why, evidence=evidence)
    return broken(
        subject,
        message.format(request=answer.request),
        exposure=exposure,
        evidence=evidence,
        counterexample=answer.counterexample,
    )


def _reads_only(found: CacheRole) -> Judgment:
    allowed = {*CACHE_READS, *_HARMLESS}
    others = tuple(
        action.name
        for action in action_table().values()
        if action.name.startswith("dynamodb:") and action.name not in allowed
    )
    resources = tuple(
        name
        for table in (found.tables or (_some_table(found),))
        for name in (table, f"{table}/index/some-index", f"{table}/stream/some-stream")
    )
    answer = found.may(others, (*resources, "*"))
    if answer.verdict is not Verdict.BROKEN:
        for policy in found.policies:
            for statement in policy.with_effect(Effect.ALLOW):
                foreign = _foreign_service(statement.actions) if not statement.not_actions else ""
                if foreign:
                    return broken(
                        found.role.resource.subject(),
                        f"the cache's role may also call {foreign}: {statement.label}, "
                        f"{policy.name}",
                        exposure=Exposure.WEAKENED,
                    )
    action = answer.request.action if answer.request else "more"
    return _verdict(
        found,
        answer,
        f"the cache's role may call {action}: whoever may use the cache writes or exports past "
        "the table's policy",
        exposure=Exposure.REACHABLE,
    )


def _foreign_service(actions: tuple[object, ...]) -> str:
    """Return the first action of a service that a cache has no business with."""
    for action in actions:
        if isinstance(action, str) and ":" in action:
            service = action.partition(":")[0].lower()
            if service not in _SERVICES:
                return action
    return ""


def _some_table(found: CacheRole) -> str:
    world = found.surroundings.world
    return f"arn:{world.partition}:dynamodb:{world.region}:{world.account}:table/some-table"


def _tables_only(found: CacheRole) -> Judgment:
    other = _some_table(found).replace("some-table", "another-table")
    answer = found.may(CACHE_READS, (other, f"{other}/index/some-index"))
    return _verdict(
        found,
        answer,
        "the cache's role reads other tables too, so whoever may use the cache may",
        exposure=Exposure.WEAKENED,
    )


def _dax_only(found: CacheRole) -> Judgment:
    answer = found.lets_in(Callers.anyone().but_services(DAX_SERVICE))
    who = (answer.request.caller.arn or answer.request.caller.service) if answer.request else ""
    return _verdict(
        found,
        answer,
        f"the trust policy lets {who or 'an anonymous caller'} assume the cache's role, which "
        "the table exempts",
        exposure=Exposure.REACHABLE,
        pointer=found.role.TRUST_POINTER,
    )


def _this_account_only(found: CacheRole) -> Judgment:
    elsewhere = frozenset(Relation) - {Relation.OURS}
    deputies = Callers.any_service(DAX_SERVICE).among(*elsewhere)
    return _verdict(
        found,
        found.lets_in(deputies),
        "the trust policy lets DAX use the role for clusters of other accounts",
        exposure=Exposure.WEAKENED,
        pointer=found.role.TRUST_POINTER,
    )


@control(
    id="dax-role-read-only",
    title="The cache's role reads and does nothing else",
    severity=Severity.CRITICAL,
    why="DAX answers every client with what its role may do: a role that writes lets its clients "
    "write, from wherever they are, whatever the table's policy says to them.",
    source=f"{_GUIDE}/DAX.access-control.html",
    fix="Allow GetItem, BatchGetItem, Query, Scan and DescribeTable, and kms:Decrypt for the key.",
    types=_TYPES,
)
def cache_role_reads_only(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    yield from _each(inventory, perimeter, _reads_only)


@control(
    id="dax-role-table-scoped",
    title="The cache's role reads this table and no other",
    severity=Severity.HIGH,
    why="A role for every table serves every table to whoever may use the cache.",
    source=f"{_GUIDE}/DAX.access-control.html",
    fix="Name the table's ARN and its indexes in Resource.",
    types=_TYPES,
)
def cache_role_is_scoped(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    yield from _each(inventory, perimeter, _tables_only)


@control(
    id="dax-role-trust-dax-only",
    title="Nobody but DAX may assume the cache's role",
    severity=Severity.HIGH,
    why="The table exempts this role from its network Deny: whoever assumes it reads from "
    "anywhere.",
    source=f"{_GUIDE}/DAX.access-control.html",
    fix="Trust the service principal dax.amazonaws.com alone.",
    types=_TYPES,
)
def cache_role_trusts_dax(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    yield from _each(inventory, perimeter, _dax_only)


@control(
    id="dax-role-confused-deputy",
    title="DAX uses the cache's role for this account alone",
    severity=Severity.MEDIUM,
    why="Without aws:SourceAccount, DAX could be talked into using the role for somebody else.",
    source=f"{_GUIDE}/DAX.access-control.html",
    fix="Add aws:SourceAccount and aws:SourceArn conditions to the trust policy.",
    types=_TYPES,
)
def cache_role_serves_this_account(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    yield from _each(inventory, perimeter, _this_account_only)

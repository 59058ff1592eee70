"""What must work still does: a perimeter that locks its own people out will not stay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ddb_perimeter.controls.cache_role import CACHE_READS, DAX_SERVICE, CacheRole, cache_roles
from ddb_perimeter.controls.control import broken, control, holds, unknown
from ddb_perimeter.controls.focus import layers_about, names_actions_surely, within_reach
from ddb_perimeter.controls.guarded import endpoint_policies, guarded_streams, guarded_tables
from ddb_perimeter.controls.questions import cannot_tell, doubtful
from ddb_perimeter.controls.reach import clients, may_do_none, own_layers
from ddb_perimeter.findings import Severity, Verdict
from ddb_perimeter.inventory.caches import CLUSTER
from ddb_perimeter.inventory.iam import IAM_TYPES
from ddb_perimeter.inventory.network import ENDPOINT
from ddb_perimeter.inventory.resource import as_list
from ddb_perimeter.inventory.tables import TABLE_TYPES
from ddb_perimeter.policy.callers import Callers
from ddb_perimeter.policy.layers import EndpointPolicy, Layers
from ddb_perimeter.policy.origins import Origins
from ddb_perimeter.policy.patterns import opaque
from ddb_perimeter.policy.request import Kind
from ddb_perimeter.policy.space import Question

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddb_perimeter.controls.control import Judgment, Judgments
    from ddb_perimeter.controls.guarded import Guarded
    from ddb_perimeter.controls.perimeter import Perimeter
    from ddb_perimeter.inventory import Inventory
    from ddb_perimeter.inventory.iam import Identity
    from ddb_perimeter.policy.document import Policy

_GUIDE: Final = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide"
_TYPES: Final = TABLE_TYPES | {ENDPOINT}
_TLS: Final = {"aws:SecureTransport": ("true",)}
_USED: Final = ("dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem")
_USED_OF_STREAMS: Final = ("dynamodb:GetRecords",)
# What CloudFormation calls when it updates a table; none of it shows an item.
_DEPLOYMENT: Final = (
    "dynamodb:DescribeContinuousBackups",
    "dynamodb:DescribeTable",
    "dynamodb:DescribeTimeToLive",
    "dynamodb:ListTagsOfResource",
    "dynamodb:TagResource",
    "dynamodb:UpdateContinuousBackups",
    "dynamodb:UpdateTable",
    "dynamodb:UpdateTimeToLive",
)
_REPLICATION: Final = (
    "dynamodb:BatchGetItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:GetItem",
    "dynamodb:Query",
    "dynamodb:Scan",
)


@control(
    id="ddb-policy-repairable",
    title="Somebody can repair the policy",
    severity=Severity.HIGH,
    why="A policy that nobody may change stays as it is, mistakes included, until AWS support "
    "removes it.",
    source=f"{_GUIDE}/rbac-examples.html",
    fix="Exempt the role that deploys from every Deny on PutResourcePolicy.",
    types=_TYPES,
)
def somebody_can_repair(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    guarded = (*guarded_tables(inventory, perimeter), *guarded_streams(inventory, perimeter))
    for each in guarded:
        yield from _somebody_may(each, ("dynamodb:PutResourcePolicy",), "repair the policy")


@control(
    id="ddb-deny-is-data-plane-only",
    title="The policy locks no deployment out",
    severity=Severity.HIGH,
    why="A Deny on dynamodb:* from outside the VPC stops CloudFormation, which calls from "
    "outside: the next deployment fails and cannot be rolled back.",
    source=f"{_GUIDE}/rbac-considerations.html",
    fix="Deny the data plane and the named exits, never dynamodb:*, or exempt the deploying role.",
    types=_TYPES,
)
def deployment_works(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    for table in guarded_tables(inventory, perimeter):
        yield from _somebody_may(table, _DEPLOYMENT, "deploy")


def _somebody_may(guarded: Guarded, actions: tuple[str, ...], what: str) -> Iterator[Judgment]:
    """Judge whether, for each action, somebody of the account is not denied it from outside."""
    if (doubt := doubtful(guarded)) is not None:
        yield doubt
        return
    callers = Callers.within().of_kind(Kind.ROLE, Kind.USER, text="a role or user of the account")
    asked: set[Policy] = set()
    for action in actions:
        policy = guarded.policy_about((action,))
        if policy in asked and names_actions_surely(policy):
            continue  # the same statements name it as named an action that somebody may do
        asked.add(policy)
        question = Question(callers, guarded.outside, (action,), guarded.arns[:1], _TLS)
        answer = guarded.prover.every_denied(question, policy)
        if answer.verdict is Verdict.UNKNOWN:
            yield cannot_tell(guarded, answer)
            return
        if answer.verdict is Verdict.HOLDS:
            yield broken(
                guarded.subject,
                f"the policy of the {guarded.what} {guarded.name} denies {action} to everybody "
                f"outside the VPC, so nobody can {what}",
                evidence=guarded.evidence(answer),
            )
            return
    yield holds(guarded.subject)


@control(
    id="ddb-deny-exempts-slr",
    title="Service-linked roles keep working",
    severity=Severity.HIGH,
    why="A table's policy binds service-linked roles too: autoscaling stops, and a replica that "
    "is denied for 20 hours becomes a table of its own for good.",
    source=f"{_GUIDE}/globaltables-security.html",
    fix="Exempt arn:aws:iam::ACCOUNT:role/aws-service-role/* by ArnNotLike on aws:PrincipalArn.",
    types=_TYPES,
)
def service_linked_roles_work(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    linked = Callers.service_linked_roles()
    for table in guarded_tables(inventory, perimeter):
        if (doubt := doubtful(table)) is not None:
            yield doubt
            continue
        replicas = as_list(table.resource.at("Replicas"))
        replicated = isinstance(replicas, list) and len(replicas) > 1
        actions = ("dynamodb:DescribeTable", "dynamodb:UpdateTable")
        question = Question(
            linked,
            Origins.anywhere(),
            (*actions, *_REPLICATION) if replicated else actions,
            table.arns[:1],
            _TLS,
        )
        answer = table.prover.none_denied(question, Layers(resource=table.read_policy))
        if answer.verdict is Verdict.UNKNOWN:
            yield cannot_tell(table, answer)
        elif answer.verdict is Verdict.BROKEN:
            yield broken(
                table.subject,
                f"the policy of the table {table.name} denies service-linked roles "
                f"{answer.request.action if answer.request else 'their work'}",
                evidence=table.evidence(answer),
                counterexample=answer.counterexample,
            )
        else:
            yield holds(table.subject)


@control(
    id="ddb-deny-exempts-dax-role",
    title="The cache can read the table",
    severity=Severity.CRITICAL,
    why="DAX reads with its service role, from AWS's network and not through your endpoint: a "
    "network Deny without its exemption turns every cache miss into an error.",
    source=f"{_GUIDE}/DAX.create-cluster.DAX_and_IPV6.html",
    fix="Exempt the exact ARN of the cache's role by ArnNotLike on aws:PrincipalArn.",
    types=_TYPES | IAM_TYPES | {CLUSTER},
)
def cache_reads(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    guarded = list(guarded_tables(inventory, perimeter))
    for found in cache_roles(inventory, perimeter):
        if not isinstance(found, CacheRole):
            yield found
            continue
        for table in guarded:
            if table.doubt is None and table.arns[0] in found.tables:
                yield from _cache_reads(found, table)


def _cache_reads(found: CacheRole, table: Guarded) -> Iterator[Judgment]:
    subject = found.cluster.subject()
    wanted = found.may(CACHE_READS, table.arns[:1])
    if wanted.verdict is Verdict.HOLDS:
        return  # a cache of another table
    if found.lets_in(Callers.service(DAX_SERVICE, found.cluster.arn or "*")).holds:
        yield broken(
            subject,
            "DAX cannot assume the cache's role for this cluster: its trust policy names another",
            evidence=found.role.resource.evidence(found.role.TRUST_POINTER),
        )
        return
    question = Question(
        Callers.exactly(found.arn), Origins.anywhere(), CACHE_READS, table.arns, _TLS
    )
    layers = Layers(resource=table.read_policy, identity=found.policies)
    answer = table.prover.all_allowed(question, layers)
    if answer.verdict is Verdict.UNKNOWN:
        yield unknown(subject, answer.why, evidence=table.evidence(answer))
    elif answer.verdict is Verdict.BROKEN:
        yield broken(
            subject,
            f"the cache cannot call {answer.request.action if answer.request else 'anything'} "
            f"on the table {table.name}: {answer.why}",
            evidence=table.evidence(answer),
            counterexample=answer.counterexample,
        )
    else:
        yield holds(subject)


@control(
    id="ddb-workload-works",
    title="The roles that should work with the table do, through the endpoint",
    severity=Severity.HIGH,
    why="A role whose own policy allows what the table or the endpoint denies fails at run time.",
    source="https://docs.aws.amazon.com/IAM/latest/UserGuide/"
    "reference_policies_evaluation-logic.html",
    fix="Let the endpoint's policy pass what the role may do, and let the table's policy not "
    "deny it through the endpoint.",
    types=_TYPES | IAM_TYPES | {CLUSTER},
)
def workload_works(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    endpoints = {each.endpoint: each for each in endpoint_policies(inventory)}
    by_account: dict[str, dict[str, list[Guarded]]] = {}
    for each in (*guarded_tables(inventory, perimeter), *guarded_streams(inventory, perimeter)):
        if each.doubt is None and each.inside:
            arns = by_account.setdefault(each.resource.account, {})
            arns.setdefault(each.arns[0], []).append(each)
    for identity in clients(inventory):
        own = layers_about(own_layers(identity, inventory), (*_USED, *_USED_OF_STREAMS))
        arns = by_account.get(identity.resource.account, {})
        for arn in within_reach(own.identity or (), arns):
            for guarded in arns[arn]:
                # Placeholders are spelled as policies are read.
                here = [endpoints.get(opaque(id_)) for id_ in guarded.inside]
                yield from _works(identity, own, guarded, tuple(filter(None, here)))


def _works(
    identity: Identity, own: Layers, guarded: Guarded, endpoints: tuple[EndpointPolicy, ...]
) -> Iterator[Judgment]:
    resource = identity.resource
    used = _USED if guarded.what == "table" else _USED_OF_STREAMS
    layers = Layers(
        resource=guarded.policy_about(used),
        identity=own.identity,
        boundary=own.boundary,
        endpoints=endpoints,
    )
    judged = False
    for action in used:
        arns = guarded.arns[:1]
        if may_do_none(identity, own, (action,), arns, guarded.surroundings).holds:
            continue
        judged = True
        question = Question(
            Callers.exactly(identity.arn or ""),
            Origins.endpoint(*guarded.inside),
            (action,),
            arns,
            _TLS,
        )
        answer = guarded.prover.some_allowed(question, layers)
        if answer.verdict is Verdict.UNKNOWN:
            yield unknown(resource.subject(), answer.why, evidence=resource.evidence())
            return
        if answer.verdict is Verdict.BROKEN:
            yield broken(
                resource.subject(),
                f"the role may call {action} on the {guarded.what} {guarded.name}, but every such "
                f"request through the endpoint is denied by the {guarded.what} or the endpoint",
                evidence=resource.evidence(),
            )
            return
    if judged:
        yield holds(resource.subject())

"""A plain evaluator of one request: AWS's documented evaluation flow, step by step.

It confirms every counterexample of the proof. It is written for reading, not for speed, and
shares nothing with the proof but the parsed documents and the shape of a request.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ddb_perimeter.policy.document import Effect
from ddb_perimeter.policy.plain_conditions import (
    MARK,
    STAR,
    Answer,
    NoValueError,
    UnreadableError,
    all_of,
    any_of,
    condition_matches,
    fill,
    glob,
    negate,
)
from ddb_perimeter.policy.principals import Document
from ddb_perimeter.policy.request import Kind
from ddb_perimeter.policy.world import Relation
from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ddb_perimeter.policy.document import Policy, Principals, Statement, Value
    from ddb_perimeter.policy.layers import Layers
    from ddb_perimeter.policy.request import Request
    from ddb_perimeter.policy.world import World

_IDENTITIES = {Kind.USER, Kind.ROLE, Kind.FEDERATED, Kind.SERVICE_LINKED_ROLE}
_ASSUMED = {Kind.ROLE, Kind.SERVICE_LINKED_ROLE}
_ARN_FIELDS = 6


class Outcome(enum.Enum):
    """What the policies answer."""

    ALLOWED = "allowed"
    IMPLICIT_DENY = "implicitly denied"
    EXPLICIT_DENY = "explicitly denied"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to one request.

    Args:
        outcome: what the policies answer.
        policy: name of the policy that decides, or empty.
        statement: the statement that decides; None when no statement matches.
    """

    outcome: Outcome
    policy: str = ""
    statement: Statement | None = None

    def __str__(self) -> str:
        """Tell the outcome and its reason."""
        if self.statement is None:
            return self.outcome.value
        return f"{self.outcome.value} by {self.statement.label} of the {self.policy}"


def _context(request: Request) -> dict[str, tuple[str, ...]]:
    """Return the keys of a request in lower case."""
    return {key.lower(): values for key, values in request.keys().items()}


def _action(values: tuple[Value, ...], action: str) -> Answer:
    """Say whether one of these names an action; letter case does not matter."""
    answers: list[Answer] = []
    for value in values:
        if isinstance(value, Unknown):
            answers.append(None)
        else:
            wild = value.lower().replace("*", STAR).replace("?", MARK)
            answers.append(glob(wild, action.lower()))
    return any_of(answers)


def _resource(value: Value, request: Request, *, variables: bool | None) -> Answer:
    """Say whether a Resource value names the resource of the request."""
    if isinstance(value, Unknown):
        return None
    try:
        context = _context(request) if "$" in value else {}
        pattern = fill(value, context, variables=variables)
    except NoValueError:
        return False
    except UnreadableError:
        return None
    if not glob(pattern, request.resource):
        return False
    mine, theirs = pattern.split(":", 5), request.resource.split(":", 5)
    if pattern == STAR or (len(mine) == len(theirs) and all(map(glob, mine, theirs))):
        return True
    # A star at the end of a segment reaches beyond its colon; of others AWS says nothing.
    ends = all(
        letter != MARK and (letter != STAR or following == ":")
        for letter, following in zip(pattern, pattern[1:] + ":", strict=True)
    )
    return True if ends else None


def _principal(  # noqa: C901, PLR0911 - one return per form of principal
    kind: str, value: Value, request: Request, document: Document
) -> tuple[str, Answer]:
    """Return in which way a principal names the caller: directly, as role, as account."""
    caller = request.caller
    if isinstance(value, Unknown):
        return "direct", None
    if kind == "Service":
        if caller.kind is not Kind.SERVICE:
            return "direct", False
        return "direct", _spelled(value, caller.service)
    if kind == "Federated":
        if caller.kind is not Kind.PROVIDER:
            return "direct", False
        return "direct", _spelled(value, caller.provider)
    unsigned = caller.kind in {Kind.SERVICE, Kind.PROVIDER, Kind.ANONYMOUS}
    if kind == "CanonicalUser":
        return "account", False if unsigned else None
    if value == "*":
        # AWS equates this star with the plain one for anonymous and signed callers only.
        return "direct", None if caller.kind in {Kind.SERVICE, Kind.PROVIDER} else True
    if unsigned:
        return "direct", False
    way, answer = _aws_principal(value, request)
    if document is not Document.GATEWAY or answer is False:
        return way, answer
    if way == "account" and answer:
        return "direct", caller.kind is Kind.ROOT
    return way, None


def _spelled(value: str, name: str) -> Answer:
    """Compare a principal's name; wildcards are invalid there, so they decide nothing."""
    if "*" not in value and "?" not in value:
        return value == name
    return None if glob(value.replace("*", STAR).replace("?", MARK), name) else False


def _aws_principal(  # noqa: PLR0911 - one return per form of principal
    value: str, request: Request
) -> tuple[str, Answer]:
    """Return in which way an account, role, user, session or unique id names the caller."""
    caller = request.caller
    if value == caller.account:
        return "account", True
    if value.startswith("arn:") and value.endswith(":root"):
        return "account", value.split(":")[4] == caller.account
    if "*" in value or "?" in value:
        names = [caller.arn, caller.session_arn]
        return "direct", any_of([_spelled(value, name) for name in names if name])
    role = caller.kind in _ASSUMED
    if caller.session_arn and value == caller.session_arn:
        return "direct", True
    if caller.unique_id and value == caller.unique_id:
        return "role" if role else "direct", True
    if value == caller.arn:
        return "role" if role else "direct", True
    if caller.issuer and value == caller.issuer:
        return "role", True
    return "direct", False


def _not_principal(principals: Principals, request: Request, *, bounded: bool) -> Answer:
    """Say whether a Deny with NotPrincipal denies the caller."""
    caller = request.caller
    if principals.everyone:
        return False
    if bounded and caller.kind in {Kind.USER, *_ASSUMED}:
        return True
    wanted: list[str] = []
    if caller.kind in {Kind.SERVICE, Kind.PROVIDER}:
        wanted = [caller.service or caller.provider]
    elif caller.kind is Kind.ROOT:
        wanted = [caller.account]
    elif caller.kind in _ASSUMED:
        wanted = [caller.account, caller.arn, caller.session_arn]
    elif caller.kind is not Kind.ANONYMOUS:
        wanted = [caller.account, caller.arn]
    listed = [
        any_of([_lists(kind, value, name, request) for kind, value in principals.named])
        for name in wanted
    ]
    if listed and all_of(listed):
        return False
    return None if any(each is not False for each in listed) else True


def _lists(kind: str, value: Value, name: str, request: Request) -> Answer:
    """Say whether one entry of NotPrincipal lists a name."""
    if isinstance(value, Unknown) or kind == "CanonicalUser":
        return None
    needed = {Kind.SERVICE: "Service", Kind.PROVIDER: "Federated"}.get(request.caller.kind, "AWS")
    if kind != needed:
        return None if "*" in value and _spelled(value, name) is None else False
    root = value.startswith("arn:") and value.endswith(":root") and value.count(":") > 4  # noqa: PLR2004
    if value == name or (root and value.split(":")[4] == name):
        return True
    return _spelled(value, name)


def statement_matches(
    statement: Statement, request: Request, document: Document, *, bounded: bool = False
) -> dict[str, Answer]:
    """Say in which ways a statement matches a request; None where that cannot be told.

    Args:
        statement: the statement.
        request: the request.
        document: what the policy is attached to.
        bounded: whether the caller has a permissions boundary.
    """
    if statement.problem:
        return {"direct": None}
    named = _action(statement.actions, request.action)
    answers = [negate(named) if statement.not_actions else named]
    if answers[0] is False:
        return {}
    context = _context(request)
    if statement.resources is not None:
        found = any_of(
            [
                _resource(each, request, variables=statement.variables)
                for each in statement.resources
            ]
        )
        answers.append(negate(found) if statement.not_resources else found)
    elif document is not Document.TRUST:
        answers.append(None)
    answers += [
        condition_matches(each, context, variables=statement.variables)
        for each in statement.conditions
    ]
    rest = all_of(answers)
    ways: dict[str, Answer] = {}
    for way, answer in _ways(statement, request, document, bounded=bounded):
        both = all_of([answer, rest])
        ways[way] = any_of([ways[way], both]) if way in ways else both
    return ways


def _ways(
    statement: Statement, request: Request, document: Document, *, bounded: bool
) -> Iterable[tuple[str, Answer]]:
    """Yield the ways in which the principal element names the caller."""
    principals = statement.principals
    if document is Document.IDENTITY:
        yield "direct", True if principals is None else None
    elif principals is None:
        yield "direct", None
    elif principals.inverted:
        yield "direct", _not_principal(principals, request, bounded=bounded)
    elif principals.everyone:
        yield "direct", True
    else:
        for kind, value in principals.named:
            yield _principal(kind, value, request, document)


def matching(
    policy: Policy,
    effect: Effect,
    request: Request,
    document: Document,
    *,
    bounded: bool = False,
    ways: tuple[str, ...] = ("direct", "role", "account"),
) -> tuple[Answer, Statement | None]:
    """Return whether a statement with an effect matches a request, and the one that does.

    Args:
        policy: the policy.
        effect: Allow or Deny.
        request: the request.
        document: what the policy is attached to.
        bounded: whether the caller has a permissions boundary.
        ways: in which ways the caller must be named.
    """
    best: Answer = False
    first: Statement | None = None
    for statement in policy.statements:
        if statement.effect is not None and statement.effect is not effect:
            continue
        found = statement_matches(statement, request, document, bounded=bounded)
        answer = any_of([found[way] for way in ways if way in found])
        if statement.effect is None and answer:
            answer = None
        if answer:
            return True, statement
        if answer is None and best is False:
            best, first = None, statement
    return best, first


class _Evaluation:
    """One request on its way through the layers."""

    def __init__(self, request: Request, layers: Layers, world: World) -> None:
        self.request = request
        self.layers = layers
        self.world = world
        self.bounded = layers.boundary is not None
        self.decisive: tuple[str, Statement | None] = ("", None)

    def denying(self) -> Iterable[tuple[Policy, Document]]:
        """Yield the policies whose Deny counts for this request."""
        kind, layers = self.request.caller.kind, self.layers
        if layers.resource:
            yield layers.resource, layers.document
        if kind in _IDENTITIES:
            yield from ((each, Document.IDENTITY) for each in layers.identity or ())
        if layers.boundary and kind in {Kind.USER, Kind.ROLE}:
            yield layers.boundary, Document.IDENTITY
        if layers.session and kind in {Kind.ROLE, Kind.FEDERATED}:
            yield layers.session, Document.IDENTITY
        if self.bound_by_scps():
            yield from ((each, Document.IDENTITY) for level in layers.scps for each in level)
        if not self.world.management_account and kind is not Kind.SERVICE_LINKED_ROLE:
            yield from ((each, Document.RESOURCE) for each in layers.rcps)
        for endpoint in layers.endpoints:
            if endpoint.policy and endpoint.endpoint == self.request.origin.endpoint:
                yield endpoint.policy, endpoint.document

    def bound_by_scps(self) -> bool:
        """Say whether service control policies bind the caller."""
        caller = self.request.caller
        kinds = {Kind.USER, Kind.ROLE, Kind.ROOT, Kind.FEDERATED}
        ours = caller.relation is Relation.OURS and caller.kind in kinds
        return ours and not self.world.management_account

    def allows(self, policies: Iterable[Policy], document: Document, *ways: str) -> Answer:
        """Say whether some policy allows the request."""
        answers: list[Answer] = []
        for policy in policies:
            answer, statement = matching(
                policy,
                Effect.ALLOW,
                self.request,
                document,
                ways=ways or ("direct", "role", "account"),
            )
            if answer:
                self.decisive = (policy.name, statement)
            answers.append(answer)
        return any_of(answers)

    def identity(self) -> Answer:
        """Say whether the caller's own policies allow the request, within their limits."""
        kind, layers = self.request.caller.kind, self.layers
        if kind is Kind.ROOT:
            return True
        if kind not in _IDENTITIES:
            return False
        own: Answer = True
        if layers.identity is not None:
            own = self.allows(layers.identity, Document.IDENTITY)
        return all_of([own, self.limits()])

    def limits(self) -> Answer:
        """Say whether permissions boundary and session policy let the request through."""
        kind, layers = self.request.caller.kind, self.layers
        answers: list[Answer] = []
        if layers.boundary and kind in {Kind.USER, Kind.ROLE}:
            answers.append(self.allows((layers.boundary,), Document.IDENTITY))
        if layers.session and kind in {Kind.ROLE, Kind.FEDERATED}:
            answers.append(self.allows((layers.session,), Document.IDENTITY))
        return all_of(answers)

    def grants(self) -> Answer:
        """Say whether identity and resource policies together grant the request."""
        layers, caller = self.layers, self.request.caller
        resource = (layers.resource,) if layers.resource else ()
        if caller.kind not in {*_IDENTITIES, Kind.ROOT}:
            return self.allows(resource, layers.document, "direct")
        owner = self.request.keys().get("aws:ResourceAccount", (self.world.account,))[0]
        if caller.account != owner:
            return all_of([self.allows(resource, layers.document), self.identity()])
        answers = [
            self.allows(resource, layers.document, "direct"),
            all_of([self.allows(resource, layers.document, "role"), self.limits()]),
        ]
        if layers.document is Document.RESOURCE:
            answers.append(self.identity())
        else:
            # Key and trust policies: the account's own policies count only where they delegate.
            delegated = self.allows(resource, layers.document, "account")
            answers.append(all_of([delegated, self.identity()]))
        return any_of(answers)

    def run(self) -> Decision:
        """Follow AWS's flow: explicit deny, guardrails, then grants."""
        doubtful: Statement | None = None
        where = ""
        for policy, document in self.denying():
            answer, statement = matching(
                policy, Effect.DENY, self.request, document, bounded=self.bounded
            )
            if answer:
                return Decision(Outcome.EXPLICIT_DENY, policy.name, statement)
            if answer is None:
                doubtful, where = statement, policy.name
        answers: list[Answer] = []
        if self.bound_by_scps():
            answers += [self.allows(level, Document.IDENTITY) for level in self.layers.scps]
        for endpoint in self.layers.endpoints:
            if endpoint.policy and endpoint.endpoint == self.request.origin.endpoint:
                answers.append(self.allows((endpoint.policy,), endpoint.document))
        answers.append(self.grants())
        allowed = all_of(answers)
        if allowed is False:
            return Decision(Outcome.IMPLICIT_DENY)
        if doubtful is not None or allowed is None:
            return Decision(Outcome.UNKNOWN, where, doubtful)
        return Decision(Outcome.ALLOWED, *self.decisive)


def decide(request: Request, layers: Layers, world: World) -> Decision:
    """Return what all layers answer to one request.

    Args:
        request: the request.
        layers: the policies.
        world: our account.
    """
    return _Evaluation(request, layers, world).run()

"""Questions about policies, answered with a proof or with a request that shows the opposite."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ddb_perimeter.findings import Verdict
from ddb_perimeter.policy.boxes import Budget, a_point, intersect, subtract
from ddb_perimeter.policy.composition import Composition
from ddb_perimeter.policy.document import Effect
from ddb_perimeter.policy.evaluate import Decision, Outcome, decide, matching
from ddb_perimeter.policy.layers import Layers
from ddb_perimeter.policy.match import TooLargeError, time_limit
from ddb_perimeter.policy.principals import Document
from ddb_perimeter.policy.regions import Bounds
from ddb_perimeter.policy.space import Question, Space

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ddb_perimeter.findings import Counterexample
    from ddb_perimeter.policy.boxes import Region
    from ddb_perimeter.policy.document import Policy, Statement
    from ddb_perimeter.policy.regions import Compiled
    from ddb_perimeter.policy.request import Request
    from ddb_perimeter.policy.world import World

MAX_SECONDS: Final = 0.7


@dataclass(frozen=True, slots=True)
class Reference:
    """A statement that an answer rests on.

    Args:
        policy: name of its policy.
        sid: its Sid, or empty.
        index: its place in the document, from 0.
    """

    policy: str
    sid: str
    index: int

    @classmethod
    def to(cls, policy: str, statement: Statement) -> Reference:
        """Point at a statement."""
        return cls(policy, statement.sid, statement.index)

    def __str__(self) -> str:
        """Spell the reference."""
        return f"{self.sid or f'Statement[{self.index}]'} of the {self.policy}"


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question.

    Args:
        verdict: whether what was claimed holds.
        why: the reason in one sentence.
        request: a request that shows it: of a broken claim its counterexample, of a claim that
            something is allowed its witness.
        outcome: what the policies answer to that request: ``allowed`` or ``denied``.
        statements: the statements that decide.
    """

    verdict: Verdict
    why: str
    request: Request | None = None
    outcome: str = ""
    statements: tuple[Reference, ...] = ()

    @property
    def holds(self) -> bool:
        """Say whether the claim is proved."""
        return self.verdict is Verdict.HOLDS

    @property
    def counterexample(self) -> Counterexample | None:
        """Return the request as findings tell it."""
        if self.request is None:
            return None
        return self.request.counterexample(self.outcome, self.why)


@dataclass(frozen=True, slots=True)
class _Claim:
    """A claim that no asked request lies in a region, and how to speak about one that does.

    Args:
        bad: the requests that would break it.
        confirm: asks the plain evaluator about one; None when it agrees, else what it says.
        broken: tells why a request breaks the claim.
        holds: tells why the claim holds.
        outcome: what the policies answer to a request that breaks it.
        statements: the statements to name, with their regions.
    """

    bad: Bounds
    confirm: Callable[[Request], str | None]
    broken: Callable[[Request], tuple[str, tuple[Reference, ...]]]
    holds: str
    outcome: str
    statements: tuple[Compiled, ...]


class Prover:
    """Answers questions about the policies of one account.

    Args:
        world: what is known about the account.
    """

    __slots__ = ("_world",)

    def __init__(self, world: World) -> None:
        self._world = world

    def every_denied(
        self, question: Question, policy: Policy, document: Document = Document.RESOURCE
    ) -> Answer:
        """Say whether one policy explicitly denies every such request, whatever others allow.

        Args:
            question: which requests.
            policy: the policy, e.g. of a table.
            document: what it is attached to.
        """

        def claim(space: Space, budget: Budget) -> _Claim:
            layers = _alone(policy, document)
            composition = Composition(space, layers, budget)
            denied = composition.denied()
            asked = space.asked()
            return _Claim(
                bad=_bounds(
                    subtract(asked, denied.maybe, budget), subtract(asked, denied.surely, budget)
                ),
                confirm=lambda request: _must_not_match(policy, Effect.DENY, request, document),
                broken=lambda _: (f"no Deny of the {policy.name} matches it", ()),
                holds=f"the {policy.name} denies every such request",
                outcome="allowed",
                statements=tuple(each for each, _ in composition.denies),
            )

        return self._answer(question, (policy,), claim)

    def none_granted(
        self, question: Question, policy: Policy, document: Document = Document.RESOURCE
    ) -> Answer:
        """Say whether no Allow of one policy reaches such a request, after its own Denies.

        Args:
            question: which requests.
            policy: the policy: of a table, an endpoint, a key, a role's trust.
            document: what it is attached to.
        """

        def claim(space: Space, budget: Budget) -> _Claim:
            composition = Composition(space, _alone(policy, document), budget)
            compiled = composition.compiler.policy(policy, document, Effect.ALLOW)
            granted = _union(each.bounds for each in compiled)
            reached = composition.without(granted, composition.denied())
            asked = space.asked()

            def tell(request: Request) -> tuple[str, tuple[Reference, ...]]:
                _, statement = matching(policy, Effect.ALLOW, request, document)
                if statement is None:
                    return f"the {policy.name} allows it", ()
                return (
                    f"{statement.label} of the {policy.name} lets it through",
                    (Reference.to(policy.name, statement),),
                )

            return _Claim(
                bad=_bounds(
                    intersect(asked, reached.surely, budget),
                    intersect(asked, reached.maybe, budget),
                ),
                confirm=lambda request: _must_grant(policy, request, document),
                broken=tell,
                holds=f"no Allow of the {policy.name} reaches such a request",
                outcome="allowed",
                statements=tuple(compiled),
            )

        return self._answer(question, (policy,), claim)

    def none_allowed(self, question: Question, layers: Layers) -> Answer:
        """Say whether all layers together allow no such request.

        Args:
            question: which requests.
            layers: the policies.
        """

        def claim(space: Space, budget: Budget) -> _Claim:
            composition = Composition(space, layers, budget)
            allowed = composition.allowed()
            asked = space.asked()
            return _Claim(
                bad=composition.both(_bounds(asked, asked), allowed),
                confirm=lambda request: self._must_be(request, layers, {Outcome.ALLOWED}),
                broken=lambda request: self._tell(request, layers),
                holds="the policies together allow no such request",
                outcome="allowed",
                statements=tuple(composition.allows),
            )

        return self._answer(question, layers.policies(), claim)

    def some_allowed(self, question: Question, layers: Layers) -> Answer:
        """Say whether all layers together allow at least one such request.

        Args:
            question: which requests.
            layers: the policies.
        """
        opposite = self.none_allowed(question, layers)
        if opposite.verdict is Verdict.UNKNOWN:
            return opposite
        broken = opposite.verdict is Verdict.HOLDS
        return Answer(
            Verdict.BROKEN if broken else Verdict.HOLDS,
            opposite.why,
            opposite.request,
            opposite.outcome,
            opposite.statements,
        )

    def all_allowed(self, question: Question, layers: Layers) -> Answer:
        """Say whether all layers together allow every such request.

        Args:
            question: which requests.
            layers: the policies.
        """

        def claim(space: Space, budget: Budget) -> _Claim:
            composition = Composition(space, layers, budget)
            allowed = composition.allowed()
            asked = space.asked()
            return _Claim(
                bad=composition.without(_bounds(asked, asked), allowed),
                confirm=lambda request: self._must_be(
                    request, layers, {Outcome.IMPLICIT_DENY, Outcome.EXPLICIT_DENY}
                ),
                broken=lambda request: self._tell(request, layers),
                holds="the policies together allow every such request",
                outcome="denied",
                statements=tuple(composition.allows),
            )

        return self._answer(question, layers.policies(), claim)

    def none_denied(self, question: Question, layers: Layers) -> Answer:
        """Say whether no layer explicitly denies any such request: nobody is locked out.

        Args:
            question: which requests.
            layers: the policies.
        """

        def claim(space: Space, budget: Budget) -> _Claim:
            composition = Composition(space, layers, budget)
            asked = space.asked()
            return _Claim(
                bad=composition.both(_bounds(asked, asked), composition.denied()),
                confirm=lambda request: self._must_be(request, layers, {Outcome.EXPLICIT_DENY}),
                broken=lambda request: self._tell(request, layers),
                holds="no Deny matches such a request",
                outcome="denied",
                statements=tuple(each for each, _ in composition.denies),
            )

        return self._answer(question, layers.policies(), claim)

    def space(self, question: Question, policies: Iterable[Policy]) -> Space:
        """Return the request space of a question.

        Args:
            question: which requests.
            policies: the policies that will be asked.

        Raises:
            TooLargeError: there are too many classes.
        """
        return Space(self._world, question, policies)

    def decide(self, request: Request, layers: Layers) -> Decision:
        """Return what all layers answer to one concrete request.

        Args:
            request: the request.
            layers: the policies.
        """
        return decide(request, layers, self._world)

    def _answer(
        self,
        question: Question,
        policies: tuple[Policy, ...],
        build: Callable[[Space, Budget], _Claim],
    ) -> Answer:
        """Decide a claim from both bounds, and have its counterexample confirmed."""
        try:
            with time_limit(MAX_SECONDS):
                space = Space(self._world, question, policies)
                claim = build(space, Budget())
                broken = a_point(claim.bad.surely)
                doubtful = a_point(claim.bad.maybe)
        except (TooLargeError, ValueError) as problem:
            return Answer(Verdict.UNKNOWN, f"cannot be decided: {problem}")
        if broken is not None:
            request = space.request(broken)
            objection = claim.confirm(request)
            if objection is not None:
                return Answer(
                    Verdict.UNKNOWN,
                    f"the proof and the plain evaluator disagree ({objection})",
                    request,
                )
            why, statements = claim.broken(request)
            return Answer(Verdict.BROKEN, why, request, claim.outcome, statements)
        if doubtful is not None:
            references = tuple(
                Reference.to(each.policy.name, each.statement)
                for each in claim.statements
                if each.bounds.maybe != each.bounds.surely
            )
            return Answer(
                Verdict.UNKNOWN,
                _doubt(policies, references),
                space.request(doubtful),
                statements=references,
            )
        references = tuple(
            Reference.to(each.policy.name, each.statement)
            for each in claim.statements
            if each.bounds.maybe
        )
        return Answer(Verdict.HOLDS, claim.holds, statements=references)

    def _must_be(self, request: Request, layers: Layers, wanted: set[Outcome]) -> str | None:
        """Return None when the plain evaluator decides as wanted, else what it decides."""
        decision = decide(request, layers, self._world)
        return None if decision.outcome in wanted else str(decision)

    def _tell(self, request: Request, layers: Layers) -> tuple[str, tuple[Reference, ...]]:
        """Tell why the layers decide a request as they do."""
        decision = decide(request, layers, self._world)
        if decision.statement is None:
            if decision.outcome is Outcome.IMPLICIT_DENY:
                return "no statement allows it", ()
            return "the caller's own policies may allow it and nothing denies it", ()
        verb = "allows" if decision.outcome is Outcome.ALLOWED else "denies"
        return (
            f"{decision.statement.label} of the {decision.policy} {verb} it",
            (Reference.to(decision.policy, decision.statement),),
        )


def _alone(policy: Policy, document: Document) -> Layers:
    """Return the layers in which one policy stands alone."""
    if document in {Document.RESOURCE, Document.KEY, Document.TRUST}:
        return Layers(resource=policy, document=document)
    return Layers(resource=policy, document=document, identity=())


def _bounds(surely: Region, maybe: Region) -> Bounds:
    """Return bounds from two regions."""
    return Bounds(surely, maybe)


def _union(many: Iterable[Bounds]) -> Bounds:
    """Return what any of these matches."""
    result = _bounds((), ())
    for each in many:
        result |= each
    return result


def _must_not_match(
    policy: Policy, effect: Effect, request: Request, document: Document
) -> str | None:
    """Return None when the plain evaluator finds no statement that matches."""
    answer, statement = matching(policy, effect, request, document)
    if answer is False:
        return None
    return f"{statement.label if statement else policy.name} may match"


def _must_grant(policy: Policy, request: Request, document: Document) -> str | None:
    """Return None when the plain evaluator finds an Allow that matches, and no Deny."""
    answer, _ = matching(policy, Effect.ALLOW, request, document)
    if not answer:
        return "no Allow surely matches"
    return _must_not_match(policy, Effect.DENY, request, document)


def _doubt(policies: tuple[Policy, ...], references: tuple[Reference, ...]) -> str:
    """Tell why a verdict depends on what cannot be read."""
    problems = [
        f"{label} of the {policy.name} cannot be read ({problem})"
        for policy in policies
        for label, problem in policy.problems
    ]
    statements = {
        (policy.name, statement.index): statement
        for policy in policies
        for statement in policy.statements
    }
    for each in references:
        unknowns = statements[each.policy, each.index].unknowns
        why = "; ".join(f"{value.text}: {value.why}" for value in unknowns)
        problems.append(f"{each} cannot be read exactly{f' ({why})' if why else ''}")
    return "; ".join(dict.fromkeys(problems)) or "some values cannot be told apart exactly"

"""Questions about policies, answered with a proof or with a request that shows the opposite."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ddb_perimeter.findings import Verdict
from ddb_perimeter.policy.boxes import Budget, a_point, subtract
from ddb_perimeter.policy.composition import Composition
from ddb_perimeter.policy.document import Effect
from ddb_perimeter.policy.evaluate import Decision, Outcome, decide, matching
from ddb_perimeter.policy.layers import Layers
from ddb_perimeter.policy.match import TooLargeError, time_limit
from ddb_perimeter.policy.principals import Document
from ddb_perimeter.policy.regions import Bounds
from ddb_perimeter.policy.renaming import Memory, Surroundings, key_of, of_question
from ddb_perimeter.policy.space import Question, Space
from ddb_perimeter.policy.spelling import Spelling

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ddb_perimeter.findings import Counterexample
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
        form: what is claimed, with a hole for every one of `names`.
        names: ids of the endpoints whose policies are asked.
        bad: finds the requests that would break it, and the statements to name.
        confirm: asks the plain evaluator about one; None when it agrees, else what it says.
        broken: tells why a request breaks the claim.
        holds: tells why the claim holds.
        outcome: what the policies answer to a request that breaks it.
    """

    form: tuple[object, ...]
    names: tuple[str, ...]
    bad: Callable[[Space, Budget], tuple[Bounds, Iterable[Compiled]]]
    confirm: Callable[[Request], str | None]
    broken: Callable[[Request], tuple[str, tuple[Reference, ...]]]
    holds: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a search for requests that break a claim ended with.

    Args:
        broken: a request that surely breaks it.
        doubtful: a request that breaks it if the unreadable parts say so.
        named: the statements to name, by place of the policy and of the statement in it.
        problem: why the search was given up, or empty.
    """

    broken: Request | None = None
    doubtful: Request | None = None
    named: tuple[tuple[int, int], ...] = ()
    problem: str = ""


_MEMORY: Final = Memory[Found]()


class Prover:
    """Answers questions about the policies of one account.

    Args:
        world: what is known about the account.
        memory: where answers are kept for questions that differ in names only; by default one
            for the whole process.
    """

    __slots__ = ("_memory", "_surroundings", "_world")

    def __init__(self, world: World, memory: Memory[Found] | None = None) -> None:
        self._world = world
        self._memory = _MEMORY if memory is None else memory
        self._surroundings = Surroundings(world)

    def every_denied(
        self, question: Question, policy: Policy, document: Document = Document.RESOURCE
    ) -> Answer:
        """Say whether one policy explicitly denies every such request, whatever others allow.

        Args:
            question: which requests.
            policy: the policy, e.g. of a table.
            document: what it is attached to.
        """

        def bad(space: Space, budget: Budget) -> tuple[Bounds, Iterable[Compiled]]:
            composition = Composition(space, _alone(policy, document), budget)
            denied = composition.denied()
            asked = space.asked()
            return (
                Bounds(
                    subtract(asked, denied.maybe, budget), subtract(asked, denied.surely, budget)
                ),
                (each for each, _ in composition.denies),
            )

        claim = _Claim(
            form=("every denied", document),
            names=(),
            bad=bad,
            confirm=lambda request: _must_not_match(policy, Effect.DENY, request, document),
            broken=lambda _: (f"no Deny of the {policy.name} matches it", ()),
            holds=f"the {policy.name} denies every such request",
            outcome="allowed",
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

        def bad(space: Space, budget: Budget) -> tuple[Bounds, Iterable[Compiled]]:
            composition = Composition(space, _alone(policy, document), budget)
            compiled = composition.compiler.policy(policy, document, Effect.ALLOW)
            granted = _union(each.bounds for each in compiled)
            reached = composition.without(granted, composition.denied())
            asked = space.asked()
            return composition.both(Bounds(asked, asked), reached), compiled

        def tell(request: Request) -> tuple[str, tuple[Reference, ...]]:
            _, statement = matching(policy, Effect.ALLOW, request, document)
            if statement is None:
                return f"the {policy.name} allows it", ()
            return (
                f"{statement.label} of the {policy.name} lets it through",
                (Reference.to(policy.name, statement),),
            )

        claim = _Claim(
            form=("none granted", document),
            names=(),
            bad=bad,
            confirm=lambda request: _must_grant(policy, request, document),
            broken=tell,
            holds=f"no Allow of the {policy.name} reaches such a request",
            outcome="allowed",
        )
        return self._answer(question, (policy,), claim)

    def none_allowed(self, question: Question, layers: Layers) -> Answer:
        """Say whether all layers together allow no such request.

        Args:
            question: which requests.
            layers: the policies.
        """

        def bad(space: Space, budget: Budget) -> tuple[Bounds, Iterable[Compiled]]:
            composition = Composition(space, layers, budget)
            allowed = composition.allowed()
            asked = space.asked()
            return composition.both(Bounds(asked, asked), allowed), composition.allows

        decided = self._deciding(layers)
        claim = _Claim(
            form=("none allowed", layers.form),
            names=layers.names,
            bad=bad,
            confirm=lambda request: _must_be(decided(request), {Outcome.ALLOWED}),
            broken=lambda request: _tell(decided(request)),
            holds="the policies together allow no such request",
            outcome="allowed",
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

        def bad(space: Space, budget: Budget) -> tuple[Bounds, Iterable[Compiled]]:
            composition = Composition(space, layers, budget)
            allowed = composition.allowed()
            asked = space.asked()
            return composition.without(Bounds(asked, asked), allowed), composition.allows

        refused = {Outcome.IMPLICIT_DENY, Outcome.EXPLICIT_DENY}
        decided = self._deciding(layers)
        claim = _Claim(
            form=("all allowed", layers.form),
            names=layers.names,
            bad=bad,
            confirm=lambda request: _must_be(decided(request), refused),
            broken=lambda request: _tell(decided(request)),
            holds="the policies together allow every such request",
            outcome="denied",
        )
        return self._answer(question, layers.policies(), claim)

    def none_denied(self, question: Question, layers: Layers) -> Answer:
        """Say whether no layer explicitly denies any such request: nobody is locked out.

        Args:
            question: which requests.
            layers: the policies.
        """

        def bad(space: Space, budget: Budget) -> tuple[Bounds, Iterable[Compiled]]:
            composition = Composition(space, layers, budget)
            asked = space.asked()
            return (
                composition.both(Bounds(asked, asked), composition.denied()),
                (each for each, _ in composition.denies),
            )

        decided = self._deciding(layers)
        claim = _Claim(
            form=("none denied", layers.form),
            names=layers.names,
            bad=bad,
            confirm=lambda request: _must_be(decided(request), {Outcome.EXPLICIT_DENY}),
            broken=lambda request: _tell(decided(request)),
            holds="no Deny matches such a request",
            outcome="denied",
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

    def _answer(self, question: Question, policies: tuple[Policy, ...], claim: _Claim) -> Answer:
        """Decide a claim from both bounds, and have its counterexample confirmed."""
        parts = (
            Spelling.of(claim.form, claim.names),
            *(each.spelling for each in policies),
            of_question(question),
        )
        key = key_of((*parts, self._surroundings.of(parts)))
        found = None if key is None else self._memory.recall(key)
        if found is None or (found.broken and claim.confirm(found.broken) is not None):
            found = self._search(question, policies, claim)
            if key is not None:
                self._memory.learn(key, found)
        if found.problem:
            return Answer(Verdict.UNKNOWN, f"cannot be decided: {found.problem}")
        if found.broken is not None:
            objection = claim.confirm(found.broken)
            if objection is not None:
                return Answer(
                    Verdict.UNKNOWN,
                    f"the proof and the plain evaluator disagree ({objection})",
                    found.broken,
                )
            why, statements = claim.broken(found.broken)
            return Answer(Verdict.BROKEN, why, found.broken, claim.outcome, statements)
        references = tuple(
            Reference.to(policies[at].name, policies[at].statements[place])
            for at, place in found.named
        )
        if found.doubtful is not None:
            why = _doubt(policies, references)
            return Answer(Verdict.UNKNOWN, why, found.doubtful, statements=references)
        return Answer(Verdict.HOLDS, claim.holds, statements=references)

    def _search(self, question: Question, policies: tuple[Policy, ...], claim: _Claim) -> Found:
        """Search the request space for what breaks a claim."""
        try:
            with time_limit(MAX_SECONDS):
                space = Space(self._world, question, policies)
                bad, statements = claim.bad(space, Budget())
                broken = a_point(bad.surely)
                doubtful = a_point(bad.maybe)
        except (TooLargeError, ValueError) as problem:
            return Found(problem=str(problem))
        if broken is not None:
            return Found(broken=space.request(broken))
        places = {
            (id(policy), statement.index): (at, place)
            for at, policy in enumerate(policies)
            for place, statement in enumerate(policy.statements)
        }
        named = tuple(
            places[id(each.policy), each.statement.index]
            for each in statements
            if (each.bounds.maybe if doubtful is None else each.bounds.maybe != each.bounds.surely)
        )
        return Found(doubtful=None if doubtful is None else space.request(doubtful), named=named)

    def _deciding(self, layers: Layers) -> Callable[[Request], Decision]:
        """Return what asks the plain evaluator about a request, once for the same one."""
        asked: list[tuple[Request, Decision]] = []

        def decided(request: Request) -> Decision:
            if not asked or asked[0][0] is not request:
                asked[:] = [(request, decide(request, layers, self._world))]
            return asked[0][1]

        return decided


def _must_be(decision: Decision, wanted: set[Outcome]) -> str | None:
    """Return None when the plain evaluator decides as wanted, else what it decides."""
    return None if decision.outcome in wanted else str(decision)


def _tell(decision: Decision) -> tuple[str, tuple[Reference, ...]]:
    """Tell why the layers decide a request as they do."""
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


def _union(many: Iterable[Bounds]) -> Bounds:
    """Return what any of these matches."""
    result = Bounds()
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

"""The questions that tables and streams share: who reaches the data, from where, and how out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from ddb_perimeter.controls.control import broken, exempt, holds, unknown
from ddb_perimeter.controls.focus import may_single_out
from ddb_perimeter.controls.guarded import strangers_named
from ddb_perimeter.findings import Exposure, Verdict
from ddb_perimeter.policy.callers import Callers
from ddb_perimeter.policy.document import Effect
from ddb_perimeter.policy.origins import Origins
from ddb_perimeter.policy.request import Path
from ddb_perimeter.policy.space import Question
from ddb_perimeter.policy.world import Relation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ddb_perimeter.controls.control import Judgment, Judgments
    from ddb_perimeter.controls.guarded import Guarded
    from ddb_perimeter.controls.perimeter import Perimeter
    from ddb_perimeter.findings import Exemption
    from ddb_perimeter.policy.proof import Answer

_OUR_SIDE: Final = (Relation.OURS, Relation.ORGANIZATION, Relation.FRIENDLY)


def doubtful(guarded: Guarded) -> Judgment | None:
    """Return the judgment on a resource that nobody can tell; None when it can be judged.

    Args:
        guarded: a table or a stream.
    """
    if guarded.doubt is None:
        return None
    return unknown(
        guarded.subject,
        f"the {guarded.what}'s ARN cannot be told: {guarded.doubt.text} ({guarded.doubt.why})",
    )


def cannot_tell(guarded: Guarded, answer: Answer) -> Judgment:
    """Turn an answer that the engine could not give into a judgment.

    Args:
        guarded: a table or a stream.
        answer: the answer.
    """
    return unknown(guarded.subject, answer.why, evidence=guarded.evidence(answer))


def outside_denied(guarded: Guarded, perimeter: Perimeter, proved: Mapping[str, str]) -> Judgments:
    """Judge whether the data plane is denied to everybody outside, whatever else allows it.

    Args:
        guarded: a table or a stream.
        perimeter: declared exemptions.
        proved: ARNs of roles that are proved to be a service's alone, with what it does by each.
    """
    if (doubt := doubtful(guarded)) is not None:
        yield doubt
        return
    exempted = {
        declared.arn for declared in perimeter.exemptions if not declared.expired(perimeter.today)
    }
    # Whom the policy cannot tell from other roles it denies like them.
    told_apart = (
        arn for arn in (*sorted(exempted), *proved) if may_single_out(guarded.read_policy, arn)
    )
    everybody = Callers.anyone().but_arns(*told_apart).but_service_linked_roles().but_services()
    # Whoever is on our side needs no Allow of this policy; a stranger does.
    ours = everybody.among(*_OUR_SIDE)
    whole = Question(everybody, guarded.outside.but_forwarded(), guarded.actions, guarded.arns)
    if guarded.prover.every_denied(whole, guarded.read_policy).holds:
        yield holds(guarded.subject)  # so everybody on our side is denied too
        yield from _let_through(guarded, perimeter, proved)
        return
    for callers, exposure in ((ours, Exposure.REACHABLE), (everybody, Exposure.WEAKENED)):
        question = replace(whole, callers=callers)
        answer = guarded.prover.every_denied(question, guarded.read_policy)
        if answer.verdict is Verdict.UNKNOWN:
            yield cannot_tell(guarded, answer)
            return
        if answer.verdict is Verdict.BROKEN:
            left = _left_open(guarded, question, answer, exposure)
            yield broken(
                guarded.subject,
                _not_denied(guarded, left.answer) + left.but,
                exposure=left.exposure,
                evidence=guarded.evidence(),
                counterexample=left.answer.counterexample,
            )
            return
    yield holds(guarded.subject)
    yield from _let_through(guarded, perimeter, proved)


@dataclass(frozen=True, slots=True)
class _Left:
    """What a fault of a resource's policy leaves open.

    Args:
        exposure: what it means for the data.
        answer: the answer that shows it.
        but: what to add to a message, or empty.
    """

    exposure: Exposure
    answer: Answer
    but: str = ""


def _left_open(guarded: Guarded, question: Question, answer: Answer, exposure: Exposure) -> _Left:
    """Say what is left open under the organization's policies; what cannot be told stays open."""
    ceiling = guarded.surroundings.ceiling
    if exposure is not Exposure.REACHABLE or not ceiling:
        return _Left(exposure, answer)
    both = ceiling.everything_stops(question, guarded.read_policy)
    if both.verdict is Verdict.HOLDS:
        stops = "; only the organization's policies still do"
        return _Left(Exposure.WEAKENED, answer, stops)
    if both.verdict is Verdict.UNKNOWN:
        return _Left(exposure, answer)
    # A request that passes both is the better example.
    passes = f"no Deny of the {guarded.read_policy.name} or of the organization's matches it"
    return _Left(exposure, replace(both, why=passes))


def _not_denied(guarded: Guarded, answer: Answer) -> str:
    if guarded.policy is None:
        return f"the {guarded.what} of {guarded.name} has no resource policy"
    request = answer.request
    if request is None:
        return f"the policy of the {guarded.what} does not deny everything from outside"
    exempted = request.caller.arn in guarded.named_principals
    caller = f"the undeclared exemption {request.caller.arn}" if exempted else "somebody"
    return (
        f"the policy of the {guarded.what} {guarded.name} does not deny {request.action} to "
        f"{caller} from outside the declared endpoints"
    )


def _let_through(
    guarded: Guarded, perimeter: Perimeter, proved: Mapping[str, str]
) -> Iterator[Exemption]:
    """Name everybody whom the policy lets through from outside."""
    for arn, reason in proved.items():
        if may_single_out(guarded.read_policy, arn) and _passes(
            guarded, Callers.exactly(arn), guarded.outside
        ):
            yield exempt(guarded.subject, arn, reason)
    for declared in perimeter.exemptions:
        if _passes(guarded, Callers.exactly(declared.arn), guarded.outside):
            yield exempt(
                guarded.subject,
                declared.arn,
                declared.reason,
                expires=declared.expires.isoformat() if declared.expires else "",
            )
    if _passes(guarded, Callers.service_linked_roles(), guarded.outside):
        account = guarded.surroundings.world.account
        partition = guarded.surroundings.world.partition
        yield exempt(
            guarded.subject,
            f"arn:{partition}:iam::{account}:role/aws-service-role/*",
            "service-linked roles: AWS alone uses them, and no table works long without",
        )
    if _passes(guarded, Callers.any_service(), Origins.anywhere()):
        yield exempt(
            guarded.subject, "aws:PrincipalIsAWSService", "AWS services that call as themselves"
        )
    others = Callers.within().but_arns(*guarded.named_principals).but_service_linked_roles()
    if _passes(guarded, others, Origins.by(Path.FORWARDED)):
        yield exempt(
            guarded.subject, "aws:ViaAWSService", "requests that an AWS service makes for a caller"
        )


def _passes(guarded: Guarded, callers: Callers, origins: Origins) -> bool:
    question = Question(callers, origins, guarded.actions, guarded.arns)
    answer = guarded.prover.every_denied(question, guarded.read_policy)
    return answer.verdict is not Verdict.HOLDS


def no_stranger_allowed(guarded: Guarded, *, named: bool) -> Judgments:
    """Judge whether no Allow reaches a caller outside the account and its declared friends.

    Args:
        guarded: a table or a stream.
        named: ask about the accounts that the policy spells, else about everybody else.
    """
    if (doubt := doubtful(guarded)) is not None:
        yield doubt
        return
    callers = strangers_named(guarded.named_accounts, named=named)
    policy = guarded.read_policy
    # An Allow that only a Deny beside it stops is one edit away from reaching a stranger.
    alone = replace(policy, statements=tuple(policy.with_effect(Effect.ALLOW)))
    if not alone.statements:
        yield holds(guarded.subject)  # it only denies
        return
    for read, origins, exposure in (
        (policy, guarded.outside, Exposure.REACHABLE),
        (policy, Origins.anywhere(), Exposure.WEAKENED),
        (alone, Origins.anywhere(), Exposure.WEAKENED),
    ):
        if not read.statements:
            continue
        question = Question(callers, origins, guarded.actions, guarded.arns)
        answer = guarded.prover.none_granted(question, read)
        if answer.verdict is Verdict.UNKNOWN and read is not alone:
            yield cannot_tell(guarded, answer)
            return
        if answer.verdict is Verdict.BROKEN:
            who = answer.request.caller.account if answer.request and named else ""
            left = _left_open(guarded, question, answer, exposure)
            kept_out = "; only the organization's policies keep them out" if left.but else ""
            yield broken(
                guarded.subject,
                f"the policy of the {guarded.what} {guarded.name} lets "
                f"{f'account {who}' if who else 'anybody'} in"
                f"{', but for its Deny statements' if read is alone else kept_out}",
                exposure=left.exposure,
                evidence=guarded.evidence(answer),
                counterexample=None if read is alone else left.answer.counterexample,
            )
            return
    yield holds(guarded.subject)


def plain_http_denied(guarded: Guarded) -> Judgments:
    """Judge whether requests without TLS are denied to everybody.

    Args:
        guarded: a table or a stream.
    """
    if (doubt := doubtful(guarded)) is not None:
        yield doubt
        return
    # Services that call as themselves do so over AWS's own network.
    question = Question(
        Callers.anyone().but_services(),
        Origins.anywhere(),
        guarded.actions,
        guarded.arns,
        {"aws:SecureTransport": ("false",)},
    )
    answer = guarded.prover.every_denied(question, guarded.read_policy)
    if answer.verdict is Verdict.UNKNOWN:
        yield cannot_tell(guarded, answer)
    elif answer.verdict is Verdict.BROKEN:
        yield broken(
            guarded.subject,
            f"the policy of the {guarded.what} {guarded.name} answers over plain HTTP",
            exposure=Exposure.WEAKENED,
            evidence=guarded.evidence(),
            counterexample=answer.counterexample,
        )
    else:
        yield holds(guarded.subject)


def exit_closed(
    guarded: Guarded, actions: tuple[str, ...], *, what: str, exposure: Exposure
) -> Judgments:
    """Judge whether a way out is denied to everybody whom the policy does not name.

    Args:
        guarded: a table or a stream.
        actions: the actions that are the way out.
        what: what they do, e.g. ``export``.
        exposure: what it means for the data when it is open.
    """
    if (doubt := doubtful(guarded)) is not None:
        yield doubt
        return
    callers = (
        Callers.within(*_OUR_SIDE).but_arns(*guarded.named_principals).but_service_linked_roles()
    )
    question = Question(callers, Origins.anywhere(), actions, guarded.arns[:1])
    policy = guarded.policy_about(actions)
    answer = guarded.prover.every_denied(question, policy)
    if answer.verdict is Verdict.UNKNOWN:
        yield cannot_tell(guarded, answer)
        return
    if answer.verdict is Verdict.BROKEN:
        left = _left_open(guarded, question, answer, exposure)
        action = left.answer.request.action if left.answer.request else actions[0]
        closed = "; only the organization's policies close it" if left.but else ""
        yield broken(
            guarded.subject,
            f"the policy of the {guarded.what} {guarded.name} leaves {action} open to whoever "
            f"may {what}{closed}",
            exposure=left.exposure,
            evidence=guarded.evidence(),
            counterexample=left.answer.counterexample,
        )
        return
    yield holds(guarded.subject)
    own = f"::{guarded.surroundings.world.account}:"
    for arn in guarded.named_principals:
        if own in arn and not may_single_out(policy, arn):
            continue  # denied like every other role of the account
        one = Question(Callers.exactly(arn), Origins.anywhere(), actions, guarded.arns[:1])
        if guarded.prover.every_denied(one, policy).verdict is not Verdict.HOLDS:
            yield exempt(guarded.subject, arn, f"named in the policy: may {what}")

"""The proof that nothing legitimate is denied: each request with whatever else it may carry.

A trial is one request. What its caller, origin, action and resource leave open (the session's
name, the address, tags, every other key that a policy asks for) may be anything: the proof is
about all of them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ddb_perimeter.controls.focus import about
from ddb_perimeter.findings import Verdict
from ddb_perimeter.policy.callers import Callers
from ddb_perimeter.policy.origins import Origins
from ddb_perimeter.policy.proof import Prover
from ddb_perimeter.policy.request import Path
from ddb_perimeter.policy.space import Question

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ddb_perimeter.controls.ceiling import Ceiling
    from ddb_perimeter.policy.layers import Layers
    from ddb_perimeter.policy.proof import Answer
    from ddb_perimeter.policy.request import Origin
    from ddb_perimeter.requests.trial import Trial

_FOLLOWING = frozenset({"aws:RequestedRegion", "aws:ResourceAccount", "aws:ResourceOrgID"})
"""Keys that the question derives from its resource."""


def denied(ceiling: Ceiling, trials: Iterable[Trial]) -> Iterator[tuple[Trial, Answer]]:
    """Yield the trials that some layer may deny, with the answer that shows it.

    Args:
        ceiling: the organization policies.
        trials: what must work.
    """
    prover = Prover(ceiling.world)
    for group in _alike(trials):
        first = group[0]
        actions = tuple(dict.fromkeys(each.request.action for each in group))
        context = {
            key: values for key, values in first.request.context.items() if key not in _FOLLOWING
        }
        question = Question(
            Callers.exactly(first.request.caller.arn),
            _origins(first.request.origin),
            actions,
            (first.request.resource,),
            context,
        )
        layers = ceiling.over_layers(first.layers, actions, ours=first.is_ours(ceiling.world))
        answer = prover.none_denied(question, _about(layers, actions))
        if answer.verdict is not Verdict.HOLDS:
            action = answer.request.action if answer.request else actions[0]
            yield next(each for each in group if each.request.action == action), answer


def _alike(trials: Iterable[Trial]) -> Iterator[list[Trial]]:
    """Put trials together that differ in their actions alone."""
    groups: dict[object, list[Trial]] = {}
    for each in trials:
        request = each.request
        key = (
            request.caller,
            request.origin,
            request.resource,
            tuple(sorted(request.context.items())),
            id(each.layers.resource),
        )
        groups.setdefault(key, []).append(each)
    yield from groups.values()


def _about(layers: Layers, actions: tuple[str, ...]) -> Layers:
    resource = layers.resource
    return layers if resource is None else replace(layers, resource=about(resource, actions))


def _origins(origin: Origin) -> Origins:
    if origin.path is Path.ENDPOINT:
        return Origins.endpoint(origin.endpoint)
    if origin.path is Path.INTERNET:
        return Origins.internet()
    anonymous = origin.path is Path.SERVICE  # a service with a role shows no address

    def test(other: Origin) -> bool:
        return other.path is origin.path and not (anonymous and other.address)

    return Origins(str(origin.path.value), test)

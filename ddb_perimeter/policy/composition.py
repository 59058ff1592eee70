"""What all layers together allow and deny, as regions of a request space."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ddb_perimeter.policy.boxes import Budget, intersect, subtract, union
from ddb_perimeter.policy.document import Effect
from ddb_perimeter.policy.principals import Document, Grant
from ddb_perimeter.policy.regions import Bounds, Compiled, Compiler
from ddb_perimeter.policy.request import Kind
from ddb_perimeter.policy.space import WHAT, WHERE, WHO, Space
from ddb_perimeter.policy.world import Relation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ddb_perimeter.policy.boxes import Region
    from ddb_perimeter.policy.document import Policy
    from ddb_perimeter.policy.layers import Layers
    from ddb_perimeter.policy.request import Caller

_LIMITED = frozenset({Kind.USER, Kind.ROLE})  # a permissions boundary can be attached
_SESSIONS = frozenset({Kind.ROLE, Kind.FEDERATED})  # a session policy can be passed
_PRINCIPALS = frozenset({Kind.USER, Kind.ROLE, Kind.FEDERATED, Kind.SERVICE_LINKED_ROLE})


class Composition:
    """The layers of one question in its space.

    Args:
        space: the request space.
        layers: the policies.
        budget: how much work may be done.
    """

    __slots__ = ("_budget", "_layers", "_space", "allows", "compiler", "denies")

    def __init__(self, space: Space, layers: Layers, budget: Budget) -> None:
        self._space = space
        self._layers = layers
        self._budget = budget
        self.compiler = Compiler(space, budget, bounded=layers.boundary is not None)
        self.denies: list[tuple[Compiled, Bounds]] = list(self._denies())
        self.allows: list[Compiled] = []

    # -- regions of callers and ways ---------------------------------------------------------

    def _callers(self, test: Callable[[Caller], bool]) -> Bounds:
        """Return the requests of some callers."""
        mask = sum(1 << at for at, each in enumerate(self._space.callers) if test(each))
        if not mask:
            return Bounds()
        box = (mask, *self._space.full[1:])
        return Bounds((box,), (box,))

    def _through(self, endpoint: str | None) -> Bounds:
        """Return the requests through an endpoint; None: those through no listed one."""
        listed = {each.endpoint for each in self._layers.endpoints}
        mask = sum(
            1 << at
            for at, each in enumerate(self._space.origins)
            if (each.endpoint not in listed if endpoint is None else each.endpoint == endpoint)
        )
        if not mask:
            return Bounds()
        box = (self._space.full[WHO], mask, *self._space.full[WHERE + 1 :])
        return Bounds((box,), (box,))

    def _same_account(self) -> Bounds:
        """Return the requests of callers in the account of the resource."""
        boxes = []
        accounts = [dict(each.keys).get("aws:ResourceAccount", "") for each in self._space.targets]
        for account in dict.fromkeys(accounts):
            who = sum(
                1 << at for at, each in enumerate(self._space.callers) if each.account == account
            )
            what = sum(1 << at for at, each in enumerate(accounts) if each == account)
            if who and what:
                full = self._space.full
                boxes.append((who, full[WHERE], what, *full[WHAT + 1 :]))
        return Bounds(tuple(boxes), tuple(boxes))

    # -- set operations on both bounds -------------------------------------------------------

    def both(self, one: Bounds, *others: Bounds) -> Bounds:
        """Return what all of these match."""
        surely, maybe = one.surely, one.maybe
        for other in others:
            surely = intersect(surely, other.surely, self._budget)
            maybe = intersect(maybe, other.maybe, self._budget)
        return Bounds(surely, maybe)

    def without(self, one: Bounds, other: Bounds) -> Bounds:
        """Return what one matches and the other does not."""
        return Bounds(
            subtract(one.surely, other.maybe, self._budget),
            subtract(one.maybe, other.surely, self._budget),
        )

    # -- denials -----------------------------------------------------------------------------

    def _denies(self) -> Iterable[tuple[Compiled, Bounds]]:
        """Yield every Deny with the requests that it denies and binds."""
        layers = self._layers
        if layers.resource:
            yield from self._binding(layers.resource, layers.document, None)
        signed = self._callers(lambda caller: caller.kind in _PRINCIPALS)
        for policy in layers.identity or ():
            yield from self._binding(policy, Document.IDENTITY, signed)
        if layers.boundary:
            limited = self._callers(lambda caller: caller.kind in _LIMITED)
            yield from self._binding(layers.boundary, Document.IDENTITY, limited)
        if layers.session:
            sessions = self._callers(lambda caller: caller.kind in _SESSIONS)
            yield from self._binding(layers.session, Document.IDENTITY, sessions)
        for level in layers.scps:
            for policy in level:
                yield from self._binding(policy, Document.IDENTITY, self._bound_by_scps())
        for policy in layers.rcps:
            yield from self._binding(policy, Document.RESOURCE, self._bound_by_rcps())
        for endpoint in layers.endpoints:
            if endpoint.policy:
                through = self._through(endpoint.endpoint)
                yield from self._binding(endpoint.policy, endpoint.document, through)

    def _binding(
        self, policy: Policy, document: Document, binds: Bounds | None
    ) -> Iterable[tuple[Compiled, Bounds]]:
        """Yield the Denies of a policy, restricted to the requests that it binds."""
        for each in self.compiler.policy(policy, document, Effect.DENY):
            bounds = each.bounds
            yield each, bounds if binds is None else self.both(bounds, binds)

    def _bound_by_scps(self) -> Bounds:
        """Return the requests that service control policies bind."""
        if self._space.world.management_account:
            return Bounds()
        kinds = {Kind.USER, Kind.ROLE, Kind.ROOT, Kind.FEDERATED}
        return self._callers(
            lambda caller: caller.relation is Relation.OURS and caller.kind in kinds
        )

    def _bound_by_rcps(self) -> Bounds:
        """Return the requests that resource control policies bind."""
        if self._space.world.management_account:
            return Bounds()
        return self._callers(lambda caller: caller.kind is not Kind.SERVICE_LINKED_ROLE)

    def denied(self) -> Bounds:
        """Return everything that some layer explicitly denies."""
        return Bounds(
            union(*(bounds.surely for _, bounds in self.denies)),
            union(*(bounds.maybe for _, bounds in self.denies)),
        )

    # -- grants ------------------------------------------------------------------------------

    def _allowed_by(self, policies: Iterable[Policy], document: Document) -> list[Compiled]:
        """Return the Allows of some policies, remembering them for the answer."""
        found = [
            each
            for policy in policies
            for each in self.compiler.policy(policy, document, Effect.ALLOW)
        ]
        self.allows += found
        return found

    def _identity(self) -> Bounds:
        """Return what the callers' own policies allow."""
        own = self._callers(lambda caller: caller.kind in _PRINCIPALS)
        root = self._callers(lambda caller: caller.kind is Kind.ROOT)
        if self._layers.identity is None:
            return own | root
        allowed = _sum(self._allowed_by(self._layers.identity, Document.IDENTITY))
        return self.both(allowed, own) | root

    def _limits(self) -> Bounds:
        """Return what permissions boundary and session policy let through."""
        full: Region = (self._space.full,)
        result = Bounds(full, full)
        for policy, kinds in (
            (self._layers.boundary, _LIMITED),
            (self._layers.session, _SESSIONS),
        ):
            if policy is not None:
                free = self._callers(lambda caller, bound=kinds: caller.kind not in bound)  # type: ignore[misc]
                allowed = _sum(self._allowed_by((policy,), Document.IDENTITY))
                result = self.both(result, allowed | free)
        return result

    def granted(self) -> Bounds:
        """Return what identity and resource policies grant together, limits included."""
        layers = self._layers
        resource = self._allowed_by((layers.resource,) if layers.resource else (), layers.document)
        direct = _sum(resource, Grant.DIRECT)
        limited = _sum(resource, Grant.LIMITED)
        account = _sum(resource, Grant.ACCOUNT)
        limits = self._limits()
        own = self.both(self._identity(), limits)
        same = self._same_account()
        signed = self._callers(lambda caller: caller.kind in {*_PRINCIPALS, Kind.ROOT})
        unsigned = self._callers(lambda caller: caller.kind not in {*_PRINCIPALS, Kind.ROOT})
        cross = self.without(signed, same)
        inside = direct | self.both(limited, limits)
        if layers.document is Document.RESOURCE:
            inside |= own
        else:
            inside |= self.both(account, own)
        return (
            self.both(inside, same, signed)
            | self.both(own, cross, direct | limited | account)
            | self.both(direct, unsigned)
        )

    def allowed(self) -> Bounds:
        """Return what every layer together allows."""
        result = self.granted()
        bound = self._bound_by_scps()
        full: Region = (self._space.full,)
        free = self.without(Bounds(full, full), bound)
        for level in self._layers.scps:
            result = self.both(result, _sum(self._allowed_by(level, Document.IDENTITY)) | free)
        if self._layers.endpoints:
            ways = self._through(None)
            for endpoint in self._layers.endpoints:
                through = self._through(endpoint.endpoint)
                if endpoint.policy:
                    allowed = self._allowed_by((endpoint.policy,), endpoint.document)
                    through = self.both(_sum(allowed), through)
                ways |= through
            result = self.both(result, ways)
        return self.without(result, self.denied())


def _sum(compiled: Iterable[Compiled], *wanted: Grant) -> Bounds:
    """Return what any of these statements matches."""
    result = Bounds()
    for each in compiled:
        result |= each.of(*(wanted or tuple(Grant)))
    return result

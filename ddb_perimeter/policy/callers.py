"""Choosing the callers that a question is about."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from ddb_perimeter.policy.patterns import Matcher, Pattern, Style, arn_fields, opaque, tokenize
from ddb_perimeter.policy.request import Kind
from ddb_perimeter.policy.world import Relation

if TYPE_CHECKING:
    from collections.abc import Callable

    from ddb_perimeter.policy.request import Caller


class Told(NamedTuple):
    """What a question tells apart among callers besides that which policies mention."""

    seeds: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Callers:
    """The callers that a question is about.

    Args:
        text: who they are, in words.
        test: whether a caller is one of them.
        seeds: ARN patterns that `test` looks at, so that classes are split by them.
        services: service principals that `test` looks at.
        sources: patterns of `aws:SourceArn` that `test` looks at.
        form: what `test` does, with a hole for every one of `names`; empty when only `test`
            itself tells.
        names: the names in the holes.
    """

    text: str
    test: Callable[[Caller], bool]
    seeds: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    form: str = ""
    names: tuple[str, ...] = ()

    @property
    def told(self) -> Told:
        """Return what the question tells apart."""
        return Told(self.seeds, self.services, self.sources)

    @classmethod
    def anyone(cls) -> Callers:
        """Return every caller there is."""
        return cls("anyone", lambda _: True, form="anyone")

    @classmethod
    def strangers(cls, *, services: bool = False) -> Callers:
        """Return whoever is outside our account, our organization and friendly accounts.

        Args:
            services: include AWS services that act for a stranger's account (or for nobody
                known), the confused deputies.
        """

        def test(caller: Caller) -> bool:
            if caller.kind is Kind.SERVICE:
                return services and caller.relation in {Relation.STRANGER, Relation.NONE}
            return caller.relation in {Relation.STRANGER, Relation.NONE}

        form = "strangers and deputies" if services else "strangers"
        return cls("anyone outside the account and its organization", test, form=form)

    @classmethod
    def within(cls, *relations: Relation) -> Callers:
        """Return the users, roles and root users of accounts that stand so to ours.

        Args:
            relations: how; our own account when empty.
        """
        wanted = frozenset(relations or (Relation.OURS,))
        text = "anyone in " + " or ".join(sorted(each.value for each in wanted))
        return cls(
            text,
            lambda caller: caller.relation in wanted and caller.kind is not Kind.SERVICE,
            form=text,
        )

    @classmethod
    def exactly(cls, *arns: str) -> Callers:
        """Return the users or role sessions with these ARNs, spelled or with wildcards.

        Args:
            arns: ARNs of roles or users (a role stands for all its sessions).
        """
        seeds = tuple(opaque(arn) for arn in arns)
        matches = Matcher(arn_pattern(arn) for arn in seeds)
        return cls(
            " or ".join(arns),
            lambda caller: bool(caller.arn) and matches(caller.arn),
            seeds=seeds,
            form=f"{len(seeds)} ARNs",
            names=seeds,
        )

    @classmethod
    def service(cls, name: str, source_arn: str = "") -> Callers:
        """Return an AWS service that calls as itself.

        Args:
            name: service principal, e.g. ``dax.amazonaws.com``.
            source_arn: pattern of the resource it acts for; empty: any, in any account.
        """
        sources = (opaque(source_arn),) if source_arn else ()
        matches = Matcher(arn_pattern(arn) for arn in sources)

        def test(caller: Caller) -> bool:
            if caller.kind is not Kind.SERVICE or caller.service != name:
                return False
            return not sources or matches(caller.source_arn)

        return cls(
            name,
            test,
            services=(name,),
            sources=sources,
            form=f"{name} for {len(sources)} resources",
            names=sources,
        )

    @classmethod
    def any_service(cls, *names: str) -> Callers:
        """Return AWS services that call as themselves, for whomever they act.

        Args:
            names: which; all when empty.
        """
        wanted = frozenset(names)
        text = " and ".join(names) or "AWS services"
        return cls(
            text,
            lambda caller: caller.kind is Kind.SERVICE and (not wanted or caller.service in wanted),
            services=names,
            form=text,
        )

    @classmethod
    def service_linked_roles(cls) -> Callers:
        """Return the service-linked roles of our own account."""
        text = "service-linked roles of our account"
        return cls(
            text,
            lambda caller: (
                caller.kind is Kind.SERVICE_LINKED_ROLE and caller.relation is Relation.OURS
            ),
            form=text,
        )

    def but(self, other: Callers) -> Callers:
        """Return these callers without others.

        Args:
            other: whom to leave out.
        """
        mine, theirs = self.test, other.test
        return Callers(
            f"{self.text}, except {other.text}",
            lambda caller: mine(caller) and not theirs(caller),
            self.seeds + other.seeds,
            self.services + other.services,
            self.sources + other.sources,
            f"({self.form} but {other.form})" if self.form and other.form else "",
            self.names + other.names,
        )

    def but_arns(self, *arns: str) -> Callers:
        """Return these callers without exempted ARN patterns.

        Args:
            arns: ARNs or patterns as an `ArnNotLike` on `aws:PrincipalArn` would list them.
        """
        return self.but(Callers.exactly(*arns)) if arns else self

    def but_services(self, *names: str) -> Callers:
        """Return these callers without AWS services that call as themselves.

        Args:
            names: which; all when empty.
        """
        return self.but(Callers.any_service(*names))

    def but_service_linked_roles(self) -> Callers:
        """Return these callers without the service-linked roles of our own account."""
        return self.but(Callers.service_linked_roles())

    def among(self, *relations: Relation) -> Callers:
        """Return those of these callers whose accounts stand so to ours.

        Args:
            relations: how.
        """
        mine, wanted = self.test, frozenset(relations)
        how = " or ".join(sorted(each.value for each in wanted))
        return replace(
            self,
            test=lambda caller: mine(caller) and caller.relation in wanted,
            form=self.form and f"({self.form} among {how})",
        )

    def of_kind(self, *kinds: Kind, text: str = "") -> Callers:
        """Return those of these callers that are such principals.

        Args:
            kinds: which.
            text: who they are, in words; as before when empty.
        """
        mine, wanted = self.test, frozenset(kinds)
        how = " or ".join(sorted(each.value for each in wanted))
        return replace(
            self,
            text=text or self.text,
            test=lambda caller: mine(caller) and caller.kind in wanted,
            form=self.form and f"({self.form} that are {how})",
        )


def arn_pattern(text: str) -> Pattern:
    """Return the pattern of an ARN as ArnLike reads it, or of an opaque placeholder."""
    style = Style.ARN if arn_fields(text) == 6 else Style.GLOB  # noqa: PLR2004 - ARN fields
    return Pattern(tokenize(text, wildcards=True, variables=False), style)

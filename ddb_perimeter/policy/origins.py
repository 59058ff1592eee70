"""Origins: choosing those that a question is about, and splitting all of them into classes."""

from __future__ import annotations

import functools
import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple

from ddb_perimeter.policy import scalars
from ddb_perimeter.policy.classes import DIGITS, Several, split
from ddb_perimeter.policy.match import TooLargeError
from ddb_perimeter.policy.patterns import Pattern, Style, opaque
from ddb_perimeter.policy.points import Points
from ddb_perimeter.policy.request import Origin, Path
from ddb_perimeter.policy.world import Endpoint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ddb_perimeter.policy.mentions import Mentioned
    from ddb_perimeter.policy.world import World

MAX_ORIGINS: Final = 2_000
_HEX = "0123456789abcdef"
_LOWER = "abcdefghijklmnopqrstuvwxyz0123456789"
_EXAMPLES = ("203.0.113.7", "2001:db8::7", "10.0.0.7")
_STRANGER = "444455556666"
# What never is the public address of a request, and what only is one inside a VPC.
_PRIVATE = tuple(
    scalars.span(block)
    for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
)
_RESERVED = tuple(
    scalars.span(block)
    for block in (
        "0.0.0.0/8",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "224.0.0.0/3",
        "::/127",
        "fe80::/10",
        "ff00::/8",
    )
)


class Told(NamedTuple):
    """What a question tells apart among origins besides that which policies mention."""

    endpoints: tuple[str, ...] = ()
    vpcs: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    cidrs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Origins:
    """The origins that a question is about.

    Args:
        text: which they are, in words.
        test: whether an origin is one of them.
        endpoints: endpoint ids that `test` looks at.
        vpcs: VPC ids that `test` looks at.
        accounts: endpoint owners that `test` looks at.
        cidrs: address ranges that `test` looks at.
        form: what `test` does, with a hole for every one of `names`; empty when only `test`
            itself tells.
        names: the names in the holes.
    """

    text: str
    test: Callable[[Origin], bool]
    endpoints: tuple[str, ...] = ()
    vpcs: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    cidrs: tuple[str, ...] = ()
    form: str = ""
    names: tuple[str, ...] = ()

    @property
    def told(self) -> Told:
        """Return what the question tells apart."""
        return Told(self.endpoints, self.vpcs, self.accounts, self.cidrs)

    @classmethod
    def anywhere(cls) -> Origins:
        """Return every origin there is."""
        return cls("anywhere", lambda _: True, form="anywhere")

    @classmethod
    def internet(cls) -> Origins:
        """Return every public address."""
        return cls.by(Path.INTERNET)

    @classmethod
    def by(cls, *paths: Path) -> Origins:
        """Return whatever takes one of these ways.

        Args:
            paths: which ways.
        """
        text = " or ".join(path.value for path in paths)
        return cls(text, lambda origin: origin.path in paths, form=text)

    @classmethod
    def inside(
        cls,
        endpoints: Iterable[str] = (),
        vpcs: Iterable[str] = (),
        accounts: Iterable[str] = (),
        cidrs: Iterable[str] = (),
    ) -> Origins:
        """Return what lies inside a perimeter: any of these.

        Args:
            endpoints: ids of VPC endpoints.
            vpcs: ids of VPCs.
            accounts: accounts whose endpoints count, whichever they are.
            cidrs: public address ranges.
        """
        own_endpoints = tuple(opaque(each) for each in endpoints)
        own_vpcs = tuple(opaque(each) for each in vpcs)
        own_accounts = tuple(opaque(each) for each in accounts)
        ranges = tuple(cidrs)
        blocks = tuple(filter(None, map(scalars.span, ranges)))

        def test(origin: Origin) -> bool:
            if origin.path is Path.INTERNET:
                return _within(origin.address, blocks)
            return origin.path is Path.ENDPOINT and (
                origin.endpoint in own_endpoints
                or origin.vpc in own_vpcs
                or origin.account in own_accounts
            )

        names = (*own_endpoints, *own_vpcs, *own_accounts)
        return cls(
            " or ".join((*names, *ranges)) or "nowhere",
            test,
            own_endpoints,
            own_vpcs,
            own_accounts,
            ranges,
            f"inside {len(own_endpoints)}, {len(own_vpcs)}, {len(own_accounts)}, {ranges}",
            names,
        )

    @classmethod
    def outside(
        cls,
        endpoints: Iterable[str] = (),
        vpcs: Iterable[str] = (),
        accounts: Iterable[str] = (),
        cidrs: Iterable[str] = (),
    ) -> Origins:
        """Return everything outside a perimeter, forwarded requests included.

        Args:
            endpoints: ids of the VPC endpoints that are inside.
            vpcs: ids of the VPCs that are inside.
            accounts: accounts whose endpoints are inside.
            cidrs: public address ranges that are inside.
        """
        return cls.anywhere().but(cls.inside(endpoints, vpcs, accounts, cidrs), "outside ")

    @classmethod
    def endpoint(cls, *ids: str) -> Origins:
        """Return requests through these endpoints.

        Args:
            ids: ids of VPC endpoints.
        """
        return cls.inside(endpoints=ids)

    def but(self, other: Origins, text: str = "") -> Origins:
        """Return these origins without others.

        Args:
            other: which to leave out.
            text: what to say instead of "…, except".
        """
        mine, theirs = self.test, other.test
        return Origins(
            f"{text}{other.text}" if text else f"{self.text}, except {other.text}",
            lambda origin: mine(origin) and not theirs(origin),
            self.endpoints + other.endpoints,
            self.vpcs + other.vpcs,
            self.accounts + other.accounts,
            self.cidrs + other.cidrs,
            f"({self.form} but {other.form})" if self.form and other.form else "",
            self.names + other.names,
        )

    def but_forwarded(self) -> Origins:
        """Return these origins without requests that AWS services forward for a caller."""
        return self.but(Origins.by(Path.FORWARDED))

    def but_service_network(self) -> Origins:
        """Return these origins without the networks that AWS services call from."""
        return self.but(Origins.by(Path.SERVICE))


def _within(address: str, blocks: Iterable[scalars.Span | None]) -> bool:
    """Say whether an address lies in one of the blocks."""
    mine = scalars.span(address)
    return mine is not None and any(
        block and block[0] == mine[0] and block[1] <= mine[1] <= block[2] for block in blocks
    )


@functools.lru_cache(maxsize=256)
def classify(
    world: World,
    mentions: Mentioned,
    origins: Told,
    missing: frozenset[str] = frozenset(),
) -> Points[Origin]:
    """Return one origin of every class that the policies and the question can tell apart.

    Args:
        world: our account and its endpoints.
        mentions: what the policies mention.
        origins: what the question is about.
        missing: condition keys of origins that the services asked do not send.

    Raises:
        TooLargeError: there are too many classes.
    """
    public = _addresses(mentions, "aws:sourceip", origins.cidrs, private=False)
    found = list(
        itertools.islice(
            itertools.chain(
                (Origin(Path.INTERNET, address=each) for each in public),
                _endpoints(world, mentions, origins),
                _forwarded(mentions, public),
                (Origin(Path.SERVICE, address=each) for each in ("", *public)),
            ),
            MAX_ORIGINS + 1,
        )
    )
    if len(found) > MAX_ORIGINS:
        raise TooLargeError(f"its policies tell more than {MAX_ORIGINS} origins apart")
    return Points(dict.fromkeys(found), missing)


def _addresses(
    mentions: Mentioned, key: str, more: Iterable[str], *, private: bool
) -> tuple[str, ...]:
    """Return an address of every range that the policies can tell apart."""
    blocks = [scalars.span(each) for each in (*more, *mentions.ranges_of(key))]
    found: dict[tuple[bool, ...], str] = {}
    known = tuple(dict.fromkeys(block for block in blocks if block))
    examples = [example for example in map(scalars.span, _EXAMPLES) if example]
    edges = [(block[0], at) for block in known for at in (block[1], block[2] + 1)]
    for block in filter(None, (*_PRIVATE, *_RESERVED)):
        edges += [(block[0], block[1]), (block[0], block[2] + 1)]
    for version, at in [(each[0], each[1]) for each in examples] + sorted(set(edges)):
        if at >= 1 << (32 if version == 4 else 128):  # noqa: PLR2004 - the version of IP
            continue
        here = (version, at, at)
        inside = any(b and b[0] == version and b[1] <= at <= b[2] for b in _PRIVATE)
        if inside is private and (private or _is_routable(version, at)):
            signature = (version == 4, *(_covers(block, here) for block in known))  # noqa: PLR2004
            found.setdefault(signature, scalars.address(version, at))
    return tuple(found.values())


def _covers(block: scalars.Span, here: scalars.Span) -> bool:
    """Say whether a block holds an address."""
    return block[0] == here[0] and block[1] <= here[1] <= block[2]


def _is_routable(version: int, at: int) -> bool:
    """Say whether a request can come from this address over the internet."""
    return not any(_covers(block, (version, at, at)) for block in _RESERVED if block)


def _endpoints(world: World, mentions: Mentioned, origins: Told) -> Iterator[Origin]:
    """Yield calls through endpoints: the declared ones, and every kind of other."""
    private = _addresses(mentions, "aws:vpcsourceip", (), private=True) or ("10.0.0.7",)
    declared = {endpoint.id: endpoint for endpoint in world.endpoints}
    for name in origins.endpoints:
        declared.setdefault(name, Endpoint(name, account=world.account))
    known = (*declared.values(), *_foreign(world, mentions, origins, tuple(declared)))
    for endpoint in known:
        account = endpoint.account or world.account
        for organization, path in _owner(world, mentions, account):
            for vpc in [endpoint.vpc] if endpoint.vpc else _vpcs(world, mentions, origins):
                base = Origin(
                    Path.ENDPOINT,
                    endpoint=endpoint.id,
                    vpc=vpc,
                    account=account,
                    organization=organization,
                    org_path=path,
                )
                yield from (replace(base, address=each) for each in private)


def _vpcs(world: World, mentions: Mentioned, origins: Told) -> tuple[str, ...]:
    """Return the VPCs that the policies can tell apart; a declared one stands for no other."""
    patterns = dict.fromkeys(mentions.of("aws:sourcevpc"))
    patterns.update(dict.fromkeys(Pattern((each,), Style.EXACT) for each in origins.vpcs))
    declared = {endpoint.vpc for endpoint in world.endpoints}
    while True:
        found = split(
            tuple(patterns),
            ("vpc-", Several(_HEX + "z")),
            ("vpc-0other0000000000", "vpc-0fedcba9876543210"),
        )
        own = (Pattern((each,), Style.EXACT) for each in found if each in declared)
        fresh = [each for each in own if each not in patterns]
        if not fresh:
            return found
        patterns.update(dict.fromkeys(fresh))


def _foreign(
    world: World, mentions: Mentioned, origins: Told, declared: tuple[str, ...]
) -> Iterator[Endpoint]:
    """Yield the kinds of endpoints that are not declared, in any VPC and account."""
    patterns = dict.fromkeys(mentions.of("aws:sourcevpce"))
    patterns.update(dict.fromkeys(Pattern((each,), Style.EXACT) for each in declared))
    names = split(tuple(patterns), ("vpce-", Several(_HEX + "z")), ("vpce-0fedcba9876543210",))
    own = mentions.of("aws:vpceaccount")
    accounts = dict.fromkeys(
        Pattern((each,), Style.EXACT) for each in (world.account, *origins.accounts)
    )
    accounts.update(dict.fromkeys(own))
    lifelike = (_STRANGER, world.account, *origins.accounts)
    digits = (Several(DIGITS, exactly=12),)
    owners = split(tuple(accounts), digits, lifelike)
    declared_vpcs = {endpoint.vpc for endpoint in world.endpoints if endpoint.vpc}
    for name in names:
        if name in declared:
            continue
        for account in dict.fromkeys((*owners, *lifelike)):
            for vpc in _vpcs(world, mentions, origins):
                if vpc not in declared_vpcs or account == world.account:
                    yield Endpoint(name, vpc, account)


def _owner(world: World, mentions: Mentioned, account: str) -> Iterator[tuple[str, str]]:
    """Yield the organizations and places that an endpoint's owner can have."""
    if not mentions.mentions("aws:vpceorgid", "aws:vpceorgpaths"):
        yield "", ""
        return
    patterns = dict.fromkeys(mentions.of("aws:vpceorgid"))
    if world.organization:
        patterns[Pattern((world.organization,), Style.EXACT)] = None
    for pattern in mentions.of("aws:vpceorgpaths"):
        head = pattern.tokens[0] if pattern.tokens else ""
        if isinstance(head, str) and "/" in head:
            patterns[Pattern((head.partition("/")[0],), pattern.style)] = None
    organizations = ("", *split(tuple(patterns), ("o-", Several(_LOWER)), ("o-stranger99",)))
    if world.organization and account in (world.account, *world.organization_accounts):
        organizations = (world.organization,)
    for organization in organizations:
        head = f"{organization}/r-"
        shape = (head, Several(_LOWER), "/", Several(_LOWER + "-/", 0))
        paths = split(mentions.of("aws:vpceorgpaths"), shape, (f"{head}ab12/ou-ab12-11111111/",))
        yield from ((organization, path) for path in (paths if organization else ("",)))


def _forwarded(mentions: Mentioned, public: tuple[str, ...]) -> Iterator[Origin]:
    """Yield requests that an AWS service forwards for a caller."""
    keys = ("aws:calledvia", "aws:calledviafirst", "aws:calledvialast")
    patterns = tuple(dict.fromkeys(itertools.chain.from_iterable(map(mentions.of, keys))))
    shape = (Several(_LOWER + "-."), ".amazonaws.com")
    services = split(patterns, shape, ("cloudformation.amazonaws.com",))
    chains: list[tuple[str, ...]] = [(each,) for each in services]
    if mentions.mentions(*keys):
        chains += [(), *itertools.permutations(services, 2)]
    for chain in chains:
        for address in (*public, ""):
            yield Origin(Path.FORWARDED, address=address, called_via=chain)

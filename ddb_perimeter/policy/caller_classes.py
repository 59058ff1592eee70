"""Split all callers into the classes that policies and a question can tell apart."""

from __future__ import annotations

import functools
import itertools
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from ddb_perimeter.policy.callers import arn_pattern
from ddb_perimeter.policy.classes import CAPITALS, DIGITS, NAMES, PATHS, TEXT, Several, split
from ddb_perimeter.policy.classes import split_inside as split_field
from ddb_perimeter.policy.match import TooLargeError
from ddb_perimeter.policy.patterns import (
    Pattern,
    Style,
    Wild,
    tokenize,
)
from ddb_perimeter.policy.points import Points
from ddb_perimeter.policy.request import Caller, Kind
from ddb_perimeter.policy.world import Relation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddb_perimeter.policy.callers import Told
    from ddb_perimeter.policy.mentions import Mentioned
    from ddb_perimeter.policy.patterns import Token, Tokens
    from ddb_perimeter.policy.world import World

MAX_CALLERS: Final = 4_000
_ACCOUNT = re.compile(r"\d{12}")
_UNIQUE_ID = re.compile(r"A(?:ROA|IDA|GPA|NPA)[A-Z0-9]{5,}")
_ACCOUNT_FIELD: Final = 4
_DIGITS12 = (Several(DIGITS, exactly=12),)
_LOWER = "abcdefghijklmnopqrstuvwxyz0123456789"
_STRANGERS = ("444455556666", "999999999999", "555555555555", "777788889999")
_TELLING: Final = {
    kind: at
    for at, kind in enumerate(
        (Kind.USER, Kind.ROLE, Kind.ROOT, Kind.FEDERATED, Kind.SERVICE_LINKED_ROLE)
    )
}
_PROVIDER_SHAPE = (Several(_LOWER + "-.:/"),)
_SERVICE_SHAPE = (Several(_LOWER + "-."), ".amazonaws.com")


@dataclass(frozen=True, slots=True)
class Account:
    """A class of accounts.

    Args:
        id: an account of the class.
        relation: how it stands to ours.
        organization: its organization, or empty.
        org_path: its path there, or empty.
    """

    id: str
    relation: Relation
    organization: str = ""
    org_path: str = ""


@functools.lru_cache(maxsize=256)
def classify(world: World, mentions: Mentioned, callers: Told) -> Points[Caller]:
    """Return one caller of every class that the policies and the question can tell apart.

    Args:
        world: our account and its surroundings.
        mentions: what the policies mention.
        callers: whom the question is about.

    Raises:
        TooLargeError: there are too many classes.
    """
    arns = _principal_patterns(mentions, callers)
    accounts = tuple(_accounts(world, mentions, arns))
    found = list(
        itertools.islice(
            itertools.chain(
                _signed(world, mentions, arns, accounts),
                _services(world, mentions, callers, accounts),
                _opaque_principals(world, mentions, callers),
                (Caller(Kind.ANONYMOUS, Relation.NONE),),
                _providers(mentions),
            ),
            MAX_CALLERS + 1,
        )
    )
    if len(found) > MAX_CALLERS:
        raise TooLargeError(f"its policies tell more than {MAX_CALLERS} kinds of callers apart")
    # The most telling first: a counterexample starts there.
    found.sort(key=lambda caller: _TELLING.get(caller.kind, len(_TELLING)))
    return Points(dict.fromkeys(found))


def _principal_patterns(mentions: Mentioned, callers: Told) -> tuple[Pattern, ...]:
    """Return every pattern that some policy or the question holds against a principal's ARN."""
    patterns = dict.fromkeys(mentions.of("aws:principalarn"))
    patterns.update(dict.fromkeys(arn_pattern(seed) for seed in callers.seeds))
    for kind, value in mentions.principals:
        if kind == "AWS" and value.startswith("arn:"):
            patterns[Pattern((value,), Style.ARN)] = None
            patterns.update(dict.fromkeys(_roles_of_session(value)))
    for name in mentions.of("aws:username"):
        style = Style.ANY_CASE if name.style is Style.ANY_CASE else Style.GLOB
        for head in ("arn:*:iam::*:user/", "arn:*:iam::*:user/*/"):
            tokens = tokenize(head, wildcards=True, variables=False)
            patterns[Pattern(tokens + _in_name(name.tokens), style)] = None
    return tuple(patterns)


def _roles_of_session(value: str) -> Iterator[Pattern]:
    """Yield patterns of the roles whose sessions have this ARN."""
    head, session, rest = value.partition(":assumed-role/")
    if session:
        role = rest.split("/", maxsplit=1)[0]
        base = head.replace(":sts:", ":iam:")
        yield Pattern((f"{base}:role/{role}",), Style.ARN)
        yield Pattern((f"{base}:role/", Wild.MANY, f"/{role}"), Style.ARN)


def _in_name(tokens: Tokens) -> Tokens:
    """Keep the wildcards of a user name inside the last part of the user's ARN."""
    inside = {Wild.MANY: Wild.MANY_IN_NAME, Wild.ONE: Wild.ONE_IN_NAME}
    return tuple(inside.get(token, token) if isinstance(token, Wild) else token for token in tokens)


def _accounts(world: World, mentions: Mentioned, arns: tuple[Pattern, ...]) -> Iterator[Account]:
    """Yield the accounts that callers can belong to."""
    sources = mentions.of("aws:sourcearn")
    named = tuple(_named_accounts(mentions))
    known = (world.account, *world.organization_accounts, *world.friendly_accounts)
    whole = dict.fromkeys(mentions.of("aws:principalaccount") + mentions.of("aws:sourceaccount"))
    whole.update(dict.fromkeys(mentions.of("kms:calleraccount")))
    whole.update(dict.fromkeys(Pattern((each,), Style.EXACT) for each in (*named, *known) if each))
    whole.update(dict.fromkeys(filter(None, map(_account_field, arns + sources))))
    heads = (
        (f"arn:{world.partition}:iam::", arns),
        (f"arn:{world.partition}:sts::", arns),
        (f"arn:{world.partition}:dax:{world.region}:", sources),
    )
    others: dict[str, None] = {}
    for head, patterns in heads:
        found = split_field(patterns, (head, ":"), tuple(whole), _DIGITS12, known + _STRANGERS)
        others.update(dict.fromkeys(found))
    opaque_ids = tuple(each for each in named if not _ACCOUNT.fullmatch(each))
    for each in dict.fromkeys((*known, *others, *opaque_ids)):
        for organization in _organizations(world, mentions, each):
            relation = world.relation(each, organization)
            for path in _org_paths(mentions, organization):
                yield Account(each, relation, organization, path)
    if world.organization and not world.organization_accounts:
        fresh = next((each for each in others if each not in known), "")
        for path in _org_paths(mentions, world.organization):
            yield Account(fresh, Relation.ORGANIZATION, world.organization, path)


def _account_field(pattern: Pattern) -> Pattern | None:
    """Return the pattern of the account inside a pattern of ARNs, when it has that field."""
    field: list[Token] = []
    colons = 0
    for token in pattern.tokens:
        parts = token.split(":") if isinstance(token, str) else None
        if parts is None:
            field += [token] if colons == _ACCOUNT_FIELD else []
            continue
        for at, part in enumerate(parts):
            colons += at > 0
            if colons == _ACCOUNT_FIELD and part:
                field.append(part)
    return Pattern(tuple(field), Style.GLOB) if field and colons > _ACCOUNT_FIELD else None


def _named_accounts(mentions: Mentioned) -> Iterator[str]:
    """Yield the account ids that Principal elements and ARN patterns spell."""
    for kind, value in mentions.principals:
        if kind != "AWS":
            continue
        fields = value.split(":")
        if len(fields) == 1 and (_ACCOUNT.fullmatch(value) or value.startswith("⟦")):
            yield value
        elif len(fields) > _ACCOUNT_FIELD and fields[_ACCOUNT_FIELD]:
            yield fields[_ACCOUNT_FIELD]


def _organizations(world: World, mentions: Mentioned, account: str) -> tuple[str, ...]:
    """Return the organizations that an account can belong to; empty stands for none."""
    asked = mentions.mentions(
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "aws:resourceorgid",
    )
    declared = account == world.account or account in world.organization_accounts
    if declared and world.organization:
        return (world.organization,)
    if not asked:
        return ("",)
    patterns = [*mentions.of("aws:principalorgid"), *mentions.of("aws:sourceorgid")]
    if world.organization:
        patterns.append(Pattern((world.organization,), Style.EXACT))
    for key in ("aws:principalorgpaths", "aws:sourceorgpaths"):
        for pattern in mentions.of(key):
            head = pattern.tokens[0] if pattern.tokens else ""
            if isinstance(head, str) and "/" in head:
                patterns.append(Pattern((head.partition("/")[0],), pattern.style))
    shape = ("o-", Several(_LOWER))
    others = split(tuple(dict.fromkeys(patterns)), shape, ("o-stranger99",))
    return ("", *others)


def _org_paths(mentions: Mentioned, organization: str) -> tuple[str, ...]:
    """Return the places in an organization that the policies can tell apart."""
    patterns = mentions.of("aws:principalorgpaths") + mentions.of("aws:sourceorgpaths")
    if not organization:
        return ("",)
    head = f"{organization}/r-"
    if not patterns:
        return (f"{head}ab12/ou-ab12-11111111/",)
    shape = (head, Several(_LOWER), "/", Several(_LOWER + "-/", 0))
    return split(tuple(dict.fromkeys(patterns)), shape, (f"{head}ab12/ou-ab12-11111111/",))


def _signed(
    world: World, mentions: Mentioned, arns: tuple[Pattern, ...], accounts: tuple[Account, ...]
) -> Iterator[Caller]:
    """Yield root users, users, role sessions and federated users of every account."""
    linked = Pattern(
        tokenize("arn:*:iam::*:role/aws-service-role/*", wildcards=True, variables=False),
        Style.ARN,
    )
    roles = (*arns, linked)
    sessions = _sessions(mentions)
    users = _user_ids(mentions)
    for account in accounts:
        iam = f"arn:{world.partition}:iam::{account.id}"
        sts = f"arn:{world.partition}:sts::{account.id}"
        base = Caller(
            Kind.USER,
            account.relation,
            account=account.id,
            organization=account.organization,
            org_path=account.org_path,
        )
        name = "stranger" if account.relation is Relation.STRANGER else "someone"
        for arn in split(
            roles,
            (f"{iam}:role/", Several(PATHS)),
            (f"{iam}:role/{name}", f"{iam}:role/aws-service-role/dax.amazonaws.com/Example"),
        ):
            is_linked = arn.startswith(f"{iam}:role/aws-service-role/")
            kind = Kind.SERVICE_LINKED_ROLE if is_linked else Kind.ROLE
            for unique_id, session in sessions:
                yield replace(base, kind=kind, arn=arn, session=session, unique_id=unique_id)
        for arn in split(arns, (f"{iam}:user/", Several(PATHS)), (f"{iam}:user/{name}",)):
            for unique_id in users:
                yield replace(base, arn=arn, unique_id=unique_id)
        yield replace(base, kind=Kind.ROOT, arn=f"{iam}:root")
        shape = (f"{sts}:federated-user/", Several(NAMES))
        for arn in split(arns, shape, (f"{sts}:federated-user/{name}",)):
            issuer = f"{iam}:user/{arn.rsplit('/', 1)[-1]}"
            yield replace(base, kind=Kind.FEDERATED, arn=arn, issuer=issuer)


def _sessions(mentions: Mentioned) -> tuple[tuple[str, str], ...]:
    """Return pairs of unique id and session name that the policies can tell apart."""
    patterns = list(mentions.of("aws:userid"))
    for kind, value in mentions.principals:
        if kind == "AWS" and ":assumed-role/" in value:
            name = value.rsplit("/", 1)[-1]
            patterns.append(Pattern((Wild.MANY, f":{name}"), Style.GLOB))
        elif kind == "AWS" and value.startswith("AROA") and _UNIQUE_ID.fullmatch(value):
            patterns.append(Pattern((f"{value}:", Wild.MANY), Style.GLOB))
    if not patterns:
        return (("", "session"),)
    shape = ("AROA", Several(CAPITALS), ":", Several(NAMES))
    found = split(tuple(dict.fromkeys(patterns)), shape, ("AROADBQP57FF2AEXAMPLE:session",))
    return tuple((each.partition(":")[0], each.partition(":")[2]) for each in found)


def _user_ids(mentions: Mentioned) -> tuple[str, ...]:
    """Return the unique ids of users that the policies can tell apart."""
    patterns = list(mentions.of("aws:userid"))
    patterns += [
        Pattern((value,), Style.EXACT)
        for kind, value in mentions.principals
        if kind == "AWS" and value.startswith("AIDA")
    ]
    if not patterns:
        return ("",)
    shape = ("AIDA", Several(CAPITALS))
    return split(tuple(dict.fromkeys(patterns)), shape, ("AIDACKCEVSQ6C2EXAMPLE",))


def _services(
    world: World, mentions: Mentioned, callers: Told, accounts: tuple[Account, ...]
) -> Iterator[Caller]:
    """Yield AWS services that call as themselves, for each account they can act for."""
    named = [value for kind, value in mentions.principals if kind == "Service"]
    named += callers.services
    patterns = dict.fromkeys(Pattern((each,), Style.EXACT) for each in named)
    patterns.update(dict.fromkeys(mentions.of("aws:principalservicename")))
    patterns.update(dict.fromkeys(mentions.of("aws:principalservicenameslist")))
    names = split(tuple(patterns), _SERVICE_SHAPE, ("cloudtrail.amazonaws.com",))
    odd = tuple(each for each in named if each not in names and each != "*")
    sources = tuple(arn_pattern(each) for each in callers.sources)
    sources += mentions.of("aws:sourcearn")
    for service in dict.fromkeys((*names, *odd)):
        base = Caller(Kind.SERVICE, Relation.NONE, service=service)
        yield base
        for account in accounts:
            acting = replace(
                base,
                relation=account.relation,
                account=account.id,
                organization=account.organization,
                org_path=account.org_path,
            )
            yield acting
            for arn in _source_arns(world, service, account.id, sources):
                yield replace(acting, source_arn=arn)


def _source_arns(
    world: World, service: str, account: str, sources: tuple[Pattern, ...]
) -> tuple[str, ...]:
    """Return the resources that a service can act for, as far as policies tell them apart."""
    if not sources:
        return ()
    short = service.partition(".")[0]
    head = f"arn:{world.partition}:"
    shape = (
        head,
        Several(_LOWER + "-"),
        ":",
        Several(_LOWER + "-", 0),
        f":{account}:",
        Several(TEXT),
    )
    example = f"{head}{short}:{world.region}:{account}:example/other"
    bare = (head, Several(_LOWER + "-"), ":::", Several(PATHS))
    patterns = tuple(dict.fromkeys(sources))
    return split(patterns, shape, (example,)) + split(patterns, bare, (f"{head}s3:::example",))


def _opaque_principals(world: World, mentions: Mentioned, callers: Told) -> Iterator[Caller]:
    """Yield principals whose whole ARN is a placeholder: roles or users of our templates."""
    texts = {value for kind, value in mentions.principals if kind == "AWS"}
    texts.update(callers.seeds)
    texts.update(pattern.literal or "" for pattern in mentions.of("aws:principalarn"))
    for text in sorted(texts):
        if text.startswith("⟦") and text != world.account:
            base = Caller(
                Kind.ROLE,
                Relation.OURS,
                account=world.account,
                organization=world.organization,
                arn=text,
                session="session",
            )
            yield base
            yield replace(base, kind=Kind.USER, session="")


def _providers(mentions: Mentioned) -> Iterator[Caller]:
    """Yield users of identity providers: those that policies name, and one of each other kind."""
    named = [value for kind, value in mentions.principals if kind == "Federated" and value != "*"]
    patterns = dict.fromkeys(mentions.of("aws:federatedprovider"))
    own = [each.literal for each in patterns if each.literal]
    patterns.update(dict.fromkeys(Pattern((each,), Style.EXACT) for each in named))
    others = split(tuple(patterns), _PROVIDER_SHAPE, ("idp.stranger.example",))
    for provider in dict.fromkeys((*named, *own, *others)):
        yield Caller(Kind.PROVIDER, Relation.NONE, provider=provider)

"""Random policies and requests, small enough to shrink by eye."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

from ddb_perimeter.policy.request import Caller, Kind, Origin, Path, Request
from ddb_perimeter.policy.world import Endpoint, Relation, World
from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from ddb_perimeter.policy.document import Statement

Json = Any  # what a policy document holds
OURS = "111122223333"
STRANGER = "444455556666"
PARTNER = "123456789012"
TABLE = f"arn:aws:dynamodb:eu-west-1:{OURS}:table/orders"
INDEX = f"{TABLE}/index/by-day"
ENDPOINT = Endpoint("vpce-0aaaaaaaaaaaaaaaa", "vpc-0aaaaaaaaaaaaaaaa", OURS)
WORLD = World(
    OURS,
    "eu-west-1",
    organization="o-ours000000",
    organization_accounts=(PARTNER,),
    endpoints=(ENDPOINT,),
)
ACTIONS = (
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "dynamodb:BatchGetItem",
    "dynamodb:DeleteTable",
)
ARNS = (
    f"arn:aws:iam::{OURS}:role/app",
    f"arn:aws:iam::{OURS}:role/team/app",
    f"arn:aws:iam::{OURS}:role/admin",
    f"arn:aws:iam::{OURS}:user/alice",
    f"arn:aws:iam::{STRANGER}:role/app",
    f"arn:aws:iam::{STRANGER}:user/alice",
    f"arn:aws:iam::{PARTNER}:role/reader",
    f"arn:aws:iam::{OURS}:role/aws-service-role/dax.amazonaws.com/AWSServiceRoleForDAX",
    f"arn:aws:iam::{OURS}:root",
    f"arn:aws:sts::{OURS}:federated-user/bob",
)
ARN_PATTERNS = (
    *ARNS,
    "arn:aws:iam::*:role/app",
    f"arn:aws:iam::{OURS}:role/a*",
    f"arn:aws:iam::{OURS}:*",
    "arn:aws:iam::*:role/aws-service-role/*",
    f"arn:aws:iam::{OURS}:role/?pp",
    "arn:*:iam::44445555*:user/*",
    "*",
    "arn:aws:iam::*",
    "arn:aws:*::${aws:PrincipalAccount}:role/app",
)
ADDRESSES = ("203.0.113.7", "198.51.100.9", "2001:db8::7")
BLOCKS = (
    "203.0.113.0/24",
    "0.0.0.0/1",
    "128.0.0.0/1",
    "0.0.0.0/0",
    "2001:db8::/32",
    "10.0.0.0/8",
    "198.51.100.9",
    "::/0",
)
TEXT_KEYS: dict[str, tuple[str, ...]] = {
    "aws:SourceVpce": (ENDPOINT.id, "vpce-0bbbbbbbbbbbbbbbb", "vpce-*", "vpce-0b*"),
    "aws:SourceVpc": (ENDPOINT.vpc, "vpc-0bbbbbbbbbbbbbbbb", "vpc-*"),
    "aws:VpceAccount": (OURS, STRANGER, "4444*"),
    "aws:PrincipalAccount": (OURS, STRANGER, PARTNER, "1*", "${aws:ResourceAccount}"),
    "aws:PrincipalOrgID": ("o-ours000000", "o-theirs0000", "o-*", "${aws:ResourceOrgID}"),
    "aws:PrincipalType": ("User", "AssumedRole", "Account"),
    "aws:username": ("alice", "a*", "bob"),
    "aws:userid": ("AROADBQP57FF2AEXAMPLE:*", "*:session", "AIDA*"),
    "aws:PrincipalServiceName": (
        "dax.amazonaws.com",
        "cloudtrail.amazonaws.com",
        "logs.eu-west-1.amazonaws.com",
    ),
    "aws:SourceAccount": (OURS, STRANGER),
    "aws:RequestedRegion": ("eu-west-1", "us-east-1"),
    "aws:PrincipalTag/team": ("red", "blue", "${aws:PrincipalTag/other}"),
    "aws:PrincipalTag/other": ("red", "green", "${aws:PrincipalTag/team, 'red'}"),
    "aws:UserAgent": ("curl*", "browser"),
}
SET_KEYS: dict[str, tuple[str, ...]] = {
    "dynamodb:LeadingKeys": ("red", "blue", "r*", "${aws:username}"),
    "aws:PrincipalOrgPaths": ("o-ours000000/r-ab12/*", "o-theirs0000/*"),
    "aws:CalledVia": (
        "cloudformation.amazonaws.com",
        "athena.amazonaws.com",
        "dynamodb.eu-west-1.amazonaws.com",
    ),
}
TRUTH_KEYS = (
    "aws:SecureTransport",
    "aws:ViaAWSService",
    "aws:PrincipalIsAWSService",
    "aws:MultiFactorAuthPresent",
)


def seeded(seed: int) -> Random:
    """Return random numbers that are the same in every run."""
    return Random(seed)  # noqa: S311 - test data, no secret


def is_exact(statement: Statement) -> bool:
    """Say whether the proof promises to read a statement as exactly as the evaluator."""
    if statement.effect is None or statement.problem:
        return False
    resources = "".join(str(each) for each in statement.resources or ())
    conditions = "".join(str(value) for each in statement.conditions for value in each.values)
    return "${" not in resources and "${" not in conditions


def some(random: Random, values: tuple[str, ...], most: int = 3) -> str | list[str]:
    """Return one value, or a list of a few."""
    chosen = random.sample(values, random.randint(1, min(most, len(values))))
    return chosen[0] if len(chosen) == 1 and random.random() < 0.5 else chosen


def condition(  # noqa: PLR0911 - one return per kind of condition
    random: Random,
) -> tuple[str, str, Any]:
    """Return an operator, a key and its values."""
    kind = random.randrange(10)
    suffix = random.choice(("", "", "IfExists"))
    if kind < 3:
        key = random.choice(tuple(TEXT_KEYS))
        operator = random.choice(
            (
                "StringEquals",
                "StringNotEquals",
                "StringLike",
                "StringNotLike",
                "StringEqualsIgnoreCase",
                "StringNotEqualsIgnoreCase",
            )
        )
        prefix = random.choice(("", "", "", "ForAnyValue:", "ForAllValues:"))
        return prefix + operator + suffix, spell(random, key), some(random, TEXT_KEYS[key])
    if kind < 5:
        operator = random.choice(
            ("ArnLike", "ArnNotLike", "ArnEquals", "ArnNotEquals", "StringLike", "StringNotLike")
        )
        return operator + suffix, spell(random, "aws:PrincipalArn"), some(random, ARN_PATTERNS, 4)
    if kind == 5:
        key = random.choice(TRUTH_KEYS)
        operator = random.choice(("Bool", "Bool", "StringEquals", "StringNotEquals"))
        return operator + suffix, key, random.choice(("true", "false", True, False))
    if kind == 6:
        operator = random.choice(("IpAddress", "NotIpAddress"))
        return operator + suffix, "aws:SourceIp", some(random, BLOCKS)
    if kind == 7:
        key = random.choice((*TEXT_KEYS, *SET_KEYS, *TRUTH_KEYS, "aws:PrincipalArn"))
        return "Null", key, random.choice(("true", "false"))
    if kind == 8:
        key = random.choice(tuple(SET_KEYS))
        operator = random.choice(("StringEquals", "StringNotEquals", "StringLike", "StringNotLike"))
        prefix = random.choice(("ForAnyValue:", "ForAllValues:", ""))
        return prefix + operator + suffix, key, some(random, SET_KEYS[key])
    if random.random() < 0.5:
        operator = random.choice(
            ("NumericLessThan", "NumericEquals", "NumericNotEquals", "NumericGreaterThanEquals")
        )
        return operator + suffix, "aws:MultiFactorAuthAge", random.choice(("60", 3600, "1.5"))
    operator = random.choice(("DateLessThan", "DateGreaterThan", "DateNotEquals"))
    key = random.choice(("aws:CurrentTime", "aws:TokenIssueTime"))
    return operator + suffix, key, random.choice(("2020-01-01", "2099-12-31T00:00:00Z"))


def spell(random: Random, key: str) -> str:
    """Return the key in some letter case."""
    return random.choice((key, key, key.lower(), key.upper()))


def principal(random: Random) -> Json:
    """Return a Principal element."""
    kind = random.randrange(8)
    if kind < 3:
        return "*"
    if kind == 3:
        return {"AWS": "*"}
    if kind == 4:
        return {"Service": some(random, ("dax.amazonaws.com", "cloudtrail.amazonaws.com"))}
    names = (
        *ARNS,
        OURS,
        STRANGER,
        f"arn:aws:iam::{STRANGER}:root",
        f"arn:aws:sts::{OURS}:assumed-role/app/session",
        "AROADBQP57FF2AEXAMPLE",
    )
    return {"AWS": some(random, names, 4)}


def statement(random: Random, *, resource_based: bool = True) -> dict[str, Any]:
    """Return one statement."""
    effect = random.choice(("Allow", "Deny"))
    result: dict[str, Any] = {"Effect": effect}
    actions = ("*", "dynamodb:*", "dynamodb:Get*", "dynamodb:?e*Item", "DYNAMODB:putitem", *ACTIONS)
    result[random.choice(("Action", "Action", "Action", "NotAction"))] = some(random, actions)
    resources = (
        "*",
        "*",
        TABLE,
        INDEX,
        f"{TABLE}/*",
        f"{TABLE}*",
        "arn:aws:dynamodb:*",
        f"arn:aws:dynamodb:*:{OURS}:table/o*",
        "arn:aws:dynamodb:*:*rders",
        f"arn:aws:dynamodb:eu-west-1:{OURS}:table/${{aws:PrincipalTag/team}}",
        f"arn:aws:dynamodb:eu-west-1:{OURS}:table/${{aws:PrincipalTag/team, 'orders'}}",
    )
    result[random.choice(("Resource", "Resource", "Resource", "NotResource"))] = some(
        random, resources
    )
    if resource_based:
        inverted = effect == "Deny" and random.random() < 0.15
        result["NotPrincipal" if inverted else "Principal"] = principal(random)
    block: dict[str, Any] = {}
    for _ in range(random.choice((0, 0, 1, 1, 2, 3))):
        operator, key, values = condition(random)
        block.setdefault(operator, {})[key] = values
    if block:
        result["Condition"] = block
    if random.random() < 0.06:
        _spoil(random, result)
    return result


def _spoil(random: Random, result: dict[str, Any]) -> None:
    """Make a part of a statement unreadable."""
    element = random.choice(tuple(result))
    hole = Unknown("${Parameter}", "parameter has no default")
    result[element] = random.choice((hole, [hole, "dynamodb:GetItem"], 7, None))


def policy(random: Random, *, resource_based: bool = True, most: int = 4) -> dict[str, Any]:
    """Return a policy document."""
    return {
        "Version": random.choice(("2012-10-17",) * 9 + ("2008-10-17",)),
        "Statement": [
            statement(random, resource_based=resource_based) for _ in range(random.randint(1, most))
        ],
    }


def caller(random: Random) -> Caller:
    """Return a caller that can exist, chosen without looking at any policy."""
    kind = random.randrange(10)
    account, organization = random.choice(
        (
            (OURS, "o-ours000000"),
            (STRANGER, ""),
            (PARTNER, "o-ours000000"),
            (STRANGER, "o-theirs0000"),
            ("999999999999", "o-elsewhere0"),
        )
    )
    relation = WORLD.relation(account, organization)
    path = random.choice(("r-ab12/", "r-zz99/ou-zz99-1/")) if organization else ""
    place = f"{organization}/{path}" if organization else ""
    common: dict[str, Any] = {
        "relation": relation,
        "account": account,
        "organization": organization,
        "org_path": place,
    }
    name = random.choice(("app", "admin", "alice", "bob", "team/app", "zed", "a"))
    if kind < 5:
        return Caller(
            Kind.ROLE,
            arn=f"arn:aws:iam::{account}:role/{name}",
            session=random.choice(("session", "other")),
            unique_id=random.choice(("AROADBQP57FF2AEXAMPLE", "AROAZZZZZZZZZZEXAMPLE")),
            **common,
        )
    if kind < 7:
        arn = f"arn:aws:iam::{account}:user/{name}"
        return Caller(Kind.USER, arn=arn, unique_id="AIDACKCEVSQ6C2EXAMPLE", **common)
    if kind == 7:
        return Caller(Kind.ROOT, arn=f"arn:aws:iam::{account}:root", **common)
    if kind == 8:
        service = random.choice(
            ("dax.amazonaws.com", "cloudtrail.amazonaws.com", "backup.amazonaws.com")
        )
        if random.random() < 0.3:
            return Caller(Kind.SERVICE, Relation.NONE, service=service)
        return Caller(Kind.SERVICE, service=service, **common)
    linked = "aws-service-role/dax.amazonaws.com/AWSServiceRoleForDAX"
    return Caller(
        Kind.SERVICE_LINKED_ROLE,
        arn=f"arn:aws:iam::{account}:role/{linked}",
        session="session",
        unique_id="AROADBQP57FF2AEXAMPLE",
        **common,
    )


def origin(random: Random, who: Caller) -> Origin:
    """Return an origin that this caller can have."""
    if who.kind is Kind.SERVICE:
        return Origin(Path.SERVICE, address=random.choice(("", *ADDRESSES)))
    kind = random.randrange(6)
    if kind < 2:
        return Origin(Path.INTERNET, address=random.choice((*ADDRESSES, "8.8.8.8")))
    if kind == 2:
        via = random.choice((("cloudformation.amazonaws.com",), ("glue.amazonaws.com",)))
        return Origin(Path.FORWARDED, address=random.choice(("", *ADDRESSES)), called_via=via)
    private = random.choice(("10.0.0.7", "172.16.4.4"))
    if kind == 3:
        return Origin(
            Path.ENDPOINT, address=private, endpoint=ENDPOINT.id, vpc=ENDPOINT.vpc, account=OURS
        )
    endpoint = random.choice(("vpce-0bbbbbbbbbbbbbbbb", "vpce-0c0c0c0c0c0c0c0c0"))
    vpc = random.choice(("vpc-0bbbbbbbbbbbbbbbb", "vpc-0d0d0d0d0d0d0d0d0"))
    owner = random.choice((OURS, STRANGER, "999999999999"))
    return Origin(Path.ENDPOINT, address=private, endpoint=endpoint, vpc=vpc, account=owner)


def request(random: Random) -> Request:
    """Return a request that can happen, chosen without looking at any policy."""
    who = caller(random)
    action = random.choice(ACTIONS)
    resource = random.choice((TABLE, INDEX)) if action.endswith("Query") else TABLE
    context: dict[str, tuple[str, ...]] = {
        "aws:RequestedRegion": ("eu-west-1",),
        "aws:ResourceAccount": (OURS,),
        "aws:ResourceOrgID": ("o-ours000000",),
        "aws:SecureTransport": (random.choice(("true", "false")),),
        "aws:CurrentTime": (WORLD.now.strftime("%Y-%m-%dT%H:%M:%SZ"),),
    }
    for key, values in (
        ("aws:PrincipalTag/team", ("red", "blue", "orders", "plain")),
        ("aws:PrincipalTag/other", ("red", "green", "plain")),
        ("aws:UserAgent", ("curl/8", "browser", "x")),
        ("aws:MultiFactorAuthPresent", ("true", "false")),
        ("aws:MultiFactorAuthAge", ("1", "60", "3600", "4000")),
        ("aws:TokenIssueTime", ("2019-05-05T00:00:00Z", "2026-01-01T00:00:00Z")),
    ):
        if random.random() < 0.6:
            context[key] = (random.choice(values),)
    if random.random() < 0.6:
        keys = random.sample(("red", "blue", "rose", "alice"), random.randint(1, 2))
        context["dynamodb:LeadingKeys"] = tuple(keys)
    return Request(who, origin(random, who), action, resource, context)

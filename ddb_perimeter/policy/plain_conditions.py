"""A plain evaluator of conditions on one request: a transcription of AWS's documentation.

It shares the parsed document with the proof and nothing else: no pattern, no automaton, no class.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

import base64
import binascii
import functools
import ipaddress
import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ddb_perimeter.policy.document import Condition

Answer = bool | None  # None: cannot be told
Context = "Mapping[str, tuple[str, ...]]"
_MULTI_VALUED = {
    "aws:tagkeys",
    "aws:calledvia",
    "aws:principalorgpaths",
    "aws:principalservicenameslist",
    "aws:resourceorgpaths",
    "aws:sourceorgpaths",
    "aws:vpceorgpaths",
    "dynamodb:attributes",
    "dynamodb:leadingkeys",
    "dynamodb:fistargetarns",
}
# Letters outside Unicode's text stand for wildcards, so that values substituted for variables
# can never become wildcards.
STAR, MARK = "\ue000", "\ue001"


class NoValueError(Exception):
    """A policy variable has no value in this request."""


class UnreadableError(Exception):
    """A value cannot be compared."""


def any_of(answers: list[Answer]) -> Answer:
    """Answer `or`."""
    if True in answers:
        return True
    return None if None in answers else False


def all_of(answers: list[Answer]) -> Answer:
    """Answer `and`."""
    if False in answers:
        return False
    return None if None in answers else True


def negate(answer: Answer) -> Answer:
    """Answer `not`."""
    return None if answer is None else not answer


@functools.lru_cache(maxsize=8192)
def glob(pattern: str, text: str) -> bool:
    """Match a whole text against a pattern of STAR and MARK, going back to the last star only."""
    if STAR not in pattern and MARK not in pattern:
        return pattern == text
    p = t = 0
    star, mark = -1, 0
    while t < len(text):
        if p < len(pattern) and pattern[p] == STAR:
            star, mark = p, t
            p += 1
        elif p < len(pattern) and (pattern[p] == MARK or pattern[p] == text[t]):
            p += 1
            t += 1
        elif star >= 0:
            mark += 1
            p, t = star + 1, mark
        else:
            return False
    return all(letter == STAR for letter in pattern[p:])


def fill(value: str, context: Mapping[str, tuple[str, ...]], *, variables: bool | None) -> str:
    """Replace wildcards by STAR and MARK and variables by their values.

    Args:
        value: what the policy says.
        context: keys of the request in lower case.
        variables: whether the Version has variables; None: not known.

    Raises:
        NoValueError: a variable has no value.
        UnreadableError: a variable cannot be read.
    """
    if variables is None and "${" in value:
        raise UnreadableError
    if "$" not in value:
        return value.replace("*", STAR).replace("?", MARK)
    out = ""
    rest = value
    while rest:
        if variables and rest.startswith("${") and "}" in rest:
            inside, _, rest = rest[2:].partition("}")
            out += inside if inside in {"*", "?", "$"} else _variable(inside, context)
            continue
        out += {"*": STAR, "?": MARK}.get(rest[0], rest[0])
        rest = rest[1:]
    return out


def _variable(inside: str, context: Mapping[str, tuple[str, ...]]) -> str:
    """Return the value of a policy variable."""
    if "{" in inside:
        raise UnreadableError
    name, comma, default = inside.partition(",")
    name, default = name.strip(), default.strip()
    if comma and not re.fullmatch(r"'[^']*'", default):
        raise UnreadableError
    if not name or re.search(r"[\s']", name):
        raise UnreadableError
    if name.lower() in _MULTI_VALUED:
        raise UnreadableError
    values = context.get(name.lower())
    if values and len(values) > 1:
        raise UnreadableError
    if values:
        return values[0]
    if comma:
        return default[1:-1]
    raise NoValueError


def literal(filled: str) -> str:
    """Read a filled value where wildcards mean nothing."""
    return filled.replace(STAR, "*").replace(MARK, "?")


def arn_like(pattern: str, text: str) -> Answer:
    """Compare two ARNs, each of the six fields for itself."""
    if "⟦" in pattern and pattern == text:
        return True
    if pattern.count(":") < 5:  # noqa: PLR2004 - an ARN has six fields
        if pattern.startswith("⟦") and pattern.endswith("⟧") and pattern.count("⟦") == 1:
            return False
        return None if glob(pattern, text) else False
    mine, theirs = pattern.split(":", 5), text.split(":", 5)
    return len(theirs) == len(mine) and all(map(glob, mine, theirs))


def _moment(text: str) -> Decimal:
    """Read a date."""
    if re.fullmatch(r"\d{5,18}", text):
        return Decimal(text)
    for shape in ("%Y", "%Y-%m", "%Y-%m-%d"):
        if len(text) == {"%Y": 4, "%Y-%m": 7, "%Y-%m-%d": 10}[shape]:
            return Decimal(int(datetime.strptime(text, shape).replace(tzinfo=UTC).timestamp()))
    whole, fraction = text, Decimal(0)
    found = re.search(r"(T\d\d:\d\d:\d\d)(\.\d{1,9})", text)
    if found:
        whole, fraction = text.replace(found.group(2), "", 1), Decimal(found.group(2))
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?", whole):
        raise UnreadableError
    parsed = datetime.fromisoformat(whole)
    return Decimal(int((parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp())) + (
        fraction
    )


def _amount(text: str) -> Decimal:
    """Read a number."""
    if not re.fullmatch(r"[+-]?\d{1,30}(\.\d{1,30})?", text):
        raise UnreadableError
    return Decimal(text)


def _ordered(read: Callable[[str], Decimal], how: str) -> Callable[[str, str], Answer]:
    """Return the comparison of numbers or dates that an operator's name ends with."""

    def compare(policy: str, request: str) -> Answer:
        theirs, mine = read(policy), read(request)
        answers = {
            "Equals": mine == theirs,
            "NotEquals": mine == theirs,
            "LessThan": mine < theirs,
            "LessThanEquals": mine <= theirs,
            "GreaterThan": mine > theirs,
            "GreaterThanEquals": mine >= theirs,
        }
        return answers[how]

    return compare


def _address(policy: str, request: str) -> Answer:
    """Compare addresses."""
    block = ipaddress.ip_network(policy, strict=False)
    mine = ipaddress.ip_network(request, strict=False)
    return block.version == mine.version and (
        block.network_address <= mine.network_address  # type: ignore[operator]
        and mine.broadcast_address <= block.broadcast_address  # type: ignore[operator]
    )


def _binary(policy: str, request: str) -> Answer:
    """Compare bytes."""
    return base64.b64decode(policy, validate=True) == base64.b64decode(request, validate=True)


def _truth(policy: str, request: str) -> Answer:
    """Compare truth values."""
    if {policy.lower(), request.lower()} - {"true", "false"}:
        return None
    return policy.lower() == request.lower()


def _comparison(name: str) -> Callable[[str, str], Answer]:
    """Return how an operator, without prefix and suffix, compares two values."""
    if name.startswith("Numeric"):
        return _ordered(_amount, name.removeprefix("Numeric"))
    if name.startswith("Date"):
        return _ordered(_moment, name.removeprefix("Date"))
    table: dict[str, Callable[[str, str], Answer]] = {
        "Equals": lambda policy, request: literal(policy) == request,
        "EqualsIgnoreCase": lambda policy, request: literal(policy).lower() == request.lower(),
        "Like": glob,
    }
    if name.startswith("String"):
        return table[name.removeprefix("String").removeprefix("Not")]
    if name.startswith("Arn"):
        return arn_like
    return {"Bool": _truth, "BinaryEquals": _binary}.get(name, _address)


def _one(
    condition: Condition,
    plain: str,
    value: str,
    context: Mapping[str, tuple[str, ...]],
    variables: bool | None,  # noqa: FBT001 - a property of the document
) -> Answer:
    """Compare one value of the request with every value of the policy."""
    compare = _comparison(plain)
    textual = plain.startswith(("String", "Arn", "Bool"))
    answers: list[Answer] = []
    for policy in condition.values:
        if isinstance(policy, Unknown):
            answers.append(None)
            continue
        try:
            filled = fill(policy, context, variables=variables) if textual else policy
            answers.append(compare(filled, value))
        except NoValueError:
            answers.append(False)
        except (UnreadableError, ValueError, OverflowError, binascii.Error):
            answers.append(None)
    return any_of(answers)


def condition_matches(  # noqa: PLR0911 - one return per rule of the documentation
    condition: Condition,
    context: Mapping[str, tuple[str, ...]],
    *,
    variables: bool | None,
) -> Answer:
    """Say whether a condition matches a request.

    Args:
        condition: the condition.
        context: keys of the request in lower case, with their values.
        variables: whether the document's Version has variables; None: not known.
    """
    if condition.operator is None or not condition.readable:
        return None
    values = context.get(condition.key.lower())
    name = condition.spelled
    every = name.startswith("ForAllValues:")
    some = name.startswith("ForAnyValue:")
    plain = name.removeprefix("ForAllValues:").removeprefix("ForAnyValue:")
    if plain == "Null":
        wanted = condition.values[0]
        if isinstance(wanted, Unknown) or wanted.lower() not in {"true", "false"}:
            return None
        return (values is None) == (wanted.lower() == "true")
    optional = plain.endswith("IfExists")
    plain = plain.removesuffix("IfExists")
    negated = "Not" in plain
    if values is None:
        return True if optional or every else (False if some else negated)
    answers = [_one(condition, plain, value, context, variables) for value in values]
    if negated:
        answers = [negate(answer) for answer in answers]
    if some:
        return any_of(answers)
    if every or len(answers) == 1:
        return all_of(answers)
    return answers[0] if len(set(answers)) == 1 else None

"""Documented decisions about condition operators, sets, variables and absent keys."""

from __future__ import annotations

from typing import Any

from ddb_perimeter.policy import (
    Layers,
    Origin,
    Outcome,
    Path,
)
from tests.unit.policy.documented import (
    ALLOWED,
    CONDITION,
    IMPLICIT,
    INSIDE,
    KEYS,
    OPERATORS,
    OURS,
    SETS,
    VARIABLES,
    Asked,
    Json,
    Row,
    allow,
    policy,
)


def _condition_row(
    operator: str,
    key: str,
    policy_values: Json,
    request_values: Json,
    *,
    matches: bool,
    source: str,
) -> Row:
    """An identity policy that allows under one condition: it matches or it does not."""
    values = (request_values,) if isinstance(request_values, str) else request_values
    layers = Layers(identity=(policy(allow(Condition={operator: {key: policy_values}})),))
    context = {} if values is None else {key: tuple(values)}
    return Row(
        f"{operator} {key} {policy_values!r} vs {request_values!r}",
        layers,
        Asked(context=context).request(),
        ALLOWED if matches else IMPLICIT,
        source,
    )


# operator, key, values of the policy, values of the request (None: absent), does it match, source
_TAG = "aws:PrincipalTag/job-category"
CONDITIONS: tuple[tuple[str, str, Any, Any, bool, str], ...] = (
    ("StringEquals", _TAG, "iamuser-admin", "iamuser-admin", True, OPERATORS),
    ("StringEquals", _TAG, "iamuser-admin", "dev-ops", False, OPERATORS),
    ("StringEquals", _TAG, "iamuser-admin", None, False, OPERATORS),
    ("StringEquals", _TAG, ["a", "iamuser-admin"], "iamuser-admin", True, CONDITION),
    ("StringEquals", _TAG, "Admin", "admin", False, OPERATORS),
    ("StringEquals", _TAG, "iamuser-*", "iamuser-admin", False, OPERATORS),
    ("StringEquals", _TAG.upper(), "iamuser-admin", None, False, CONDITION),
    ("StringNotEquals", _TAG, "iamuser-admin", "dev-ops", True, OPERATORS),
    ("StringNotEquals", _TAG, "iamuser-admin", "iamuser-admin", False, OPERATORS),
    ("StringNotEquals", _TAG, ["dev-ops", "other"], "dev-ops", False, CONDITION),
    ("StringNotEquals", _TAG, "iamuser-admin", None, True, OPERATORS),
    ("StringEqualsIgnoreCase", _TAG, "IAMuser-Admin", "iamuser-admin", True, OPERATORS),
    ("StringEqualsIgnoreCase", _TAG, "admin", None, False, OPERATORS),
    ("StringNotEqualsIgnoreCase", _TAG, "ADMIN", "admin", False, OPERATORS),
    ("StringNotEqualsIgnoreCase", _TAG, "ADMIN", None, True, OPERATORS),
    ("StringLike", _TAG, "iamuser-*", "iamuser-admin", True, OPERATORS),
    ("StringLike", _TAG, "iamuser-????n", "iamuser-admin", True, OPERATORS),
    ("StringLike", _TAG, "iamuser-?", "iamuser-admin", False, OPERATORS),
    ("StringLike", _TAG, "IAMUSER-*", "iamuser-admin", False, OPERATORS),
    ("StringLike", _TAG, "*", None, False, OPERATORS),
    ("StringLike", _TAG, "${*}", "*", True, VARIABLES),
    ("StringLike", _TAG, "${*}", "anything", False, VARIABLES),
    ("StringNotLike", _TAG, "dev-*", "dev-ops", False, OPERATORS),
    ("StringNotLike", _TAG, "dev-*", "admin", True, OPERATORS),
    ("StringNotLike", _TAG, "dev-*", None, True, OPERATORS),
    ("StringLikeIfExists", _TAG, ["t1.*", "t2.*"], "t1.micro", True, OPERATORS),
    ("StringLikeIfExists", _TAG, ["t1.*", "t2.*"], "m2.micro", False, OPERATORS),
    ("StringLikeIfExists", _TAG, ["t1.*", "t2.*"], None, True, OPERATORS),
    ("StringNotEqualsIfExists", _TAG, "admin", None, True, OPERATORS),
    ("NumericLessThanEquals", "aws:MultiFactorAuthAge", "10", "10", True, OPERATORS),
    ("NumericLessThanEquals", "aws:MultiFactorAuthAge", 10, "11", False, OPERATORS),
    ("NumericLessThanEquals", "aws:MultiFactorAuthAge", "10", None, False, OPERATORS),
    ("NumericLessThan", "aws:MultiFactorAuthAge", "10", "9.5", True, OPERATORS),
    ("NumericLessThan", "aws:MultiFactorAuthAge", "10", None, False, OPERATORS),
    ("NumericEquals", "aws:MultiFactorAuthAge", "10", "10.0", True, OPERATORS),
    ("NumericEquals", "aws:MultiFactorAuthAge", "10", None, False, OPERATORS),
    ("NumericNotEquals", "aws:MultiFactorAuthAge", "10", "11", True, OPERATORS),
    ("NumericNotEquals", "aws:MultiFactorAuthAge", "10", None, True, OPERATORS),
    ("NumericGreaterThan", "aws:MultiFactorAuthAge", "10", "11", True, OPERATORS),
    ("NumericGreaterThan", "aws:MultiFactorAuthAge", "10", None, False, OPERATORS),
    ("NumericGreaterThanEquals", "aws:MultiFactorAuthAge", "10", "9", False, OPERATORS),
    ("NumericGreaterThanEqualsIfExists", "aws:MultiFactorAuthAge", "10", None, True, OPERATORS),
    (
        "DateGreaterThan",
        "aws:TokenIssueTime",
        "2020-01-01T00:00:01Z",
        "2026-01-01T00:00:00Z",
        True,
        OPERATORS,
    ),
    ("DateGreaterThan", "aws:TokenIssueTime", "2020-01-01T00:00:01Z", None, False, OPERATORS),
    ("DateLessThan", "aws:TokenIssueTime", "2020-01-01", "2026-01-01T00:00:00Z", False, OPERATORS),
    ("DateLessThan", "aws:TokenIssueTime", "1767225601", "2026-01-01T00:00:00Z", True, OPERATORS),
    ("DateLessThanEquals", "aws:TokenIssueTime", "2026", "2026-01-01T00:00:00Z", True, OPERATORS),
    (
        "DateGreaterThanEquals",
        "aws:TokenIssueTime",
        "2026-01-01T01:00:00+01:00",
        "2026-01-01T00:00:00Z",
        True,
        OPERATORS,
    ),
    ("DateEquals", "aws:TokenIssueTime", "2026-01-01", "2026-01-01T00:00:00Z", True, OPERATORS),
    ("DateNotEquals", "aws:TokenIssueTime", "2026-01-01", None, True, OPERATORS),
    ("Bool", "aws:SecureTransport", "false", "false", True, OPERATORS),
    ("Bool", "aws:SecureTransport", "false", "true", False, OPERATORS),
    ("Bool", "aws:MultiFactorAuthPresent", "false", None, False, KEYS),
    ("BoolIfExists", "aws:MultiFactorAuthPresent", "false", None, True, KEYS),
    ("Bool", "aws:MultiFactorAuthPresent", True, "true", True, KEYS),
    (
        "BinaryEquals",
        "dynamodb:Binary",
        "QmluYXJ5VmFsdWVJbkJhc2U2NA==",
        "QmluYXJ5VmFsdWVJbkJhc2U2NA==",
        True,
        OPERATORS,
    ),
    (
        "BinaryEquals",
        "dynamodb:Binary",
        "QmluYXJ5VmFsdWVJbkJhc2U2NA==",
        "b3RoZXI=",
        False,
        OPERATORS,
    ),
    ("BinaryEquals", "dynamodb:Binary", "QmluYXJ5VmFsdWVJbkJhc2U2NA==", None, False, OPERATORS),
    ("Null", "aws:TokenIssueTime", "false", "2026-01-01T00:00:00Z", True, OPERATORS),
    ("Null", "aws:TokenIssueTime", "false", None, False, OPERATORS),
    ("Null", "aws:TokenIssueTime", "true", None, True, OPERATORS),
    ("Null", "aws:TokenIssueTime", True, "2026-01-01T00:00:00Z", False, OPERATORS),
    (
        "ForAllValues:StringEquals",
        "aws:TagKeys",
        ["environment", "cost-center"],
        ("environment", "cost-center"),
        True,
        SETS,
    ),
    (
        "ForAllValues:StringEquals",
        "aws:TagKeys",
        ["environment", "cost-center"],
        ("environment", "dept"),
        False,
        SETS,
    ),
    ("ForAllValues:StringEquals", "aws:TagKeys", ["environment"], None, True, SETS),
    ("ForAllValues:StringNotEquals", "aws:TagKeys", ["secret"], ("a", "b"), True, OPERATORS),
    ("ForAllValues:StringNotEquals", "aws:TagKeys", ["secret"], ("a", "secret"), False, OPERATORS),
    (
        "ForAnyValue:StringEquals",
        "aws:TagKeys",
        ["environment", "cost-center"],
        ("environment", "dept"),
        True,
        SETS,
    ),
    ("ForAnyValue:StringEquals", "aws:TagKeys", ["environment"], ("dept",), False, SETS),
    ("ForAnyValue:StringEquals", "aws:TagKeys", ["environment"], None, False, SETS),
    (
        "ForAnyValue:StringNotEquals",
        "aws:TagKeys",
        ["environment"],
        ("environment", "x"),
        True,
        OPERATORS,
    ),
    ("ForAnyValue:StringNotEquals", "aws:TagKeys", ["environment"], None, False, SETS),
    ("ForAnyValue:StringLike", "aws:TagKeys", ["env*"], ("dept", "env-a"), True, OPERATORS),
    ("ForAnyValue:Bool", "dynamodb:Flags", "true", ("false", "true"), True, OPERATORS),
    ("ForAllValues:Bool", "dynamodb:Flags", "true", ("false", "true"), False, OPERATORS),
    (
        "ForAllValues:ArnLike",
        "logs:LogGeneratingResourceArns",
        ["arn:aws:cloudfront::123456789012:distribution/*"],
        ("arn:aws:cloudfront::123456789012:distribution/a",),
        True,
        OPERATORS,
    ),
    (
        "ForAllValues:ArnLike",
        "logs:LogGeneratingResourceArns",
        ["arn:aws:cloudfront::123456789012:distribution/*"],
        ("arn:aws:cloudfront::777788889999:distribution/a",),
        False,
        OPERATORS,
    ),
    (
        "ForAllValues:ArnLike",
        "logs:LogGeneratingResourceArns",
        ["arn:aws:cloudfront::123456789012:distribution/*"],
        None,
        True,
        OPERATORS,
    ),
    (
        "ArnEquals",
        "lambda:SourceFunctionArn",
        "arn:aws:lambda:*:123456789012:function:*",
        "arn:aws:lambda:us-east-1:123456789012:function:f",
        True,
        OPERATORS,
    ),
    (
        "ArnLike",
        "lambda:SourceFunctionArn",
        "arn:aws:lambda:us-east-1:*:function:f",
        "arn:aws:lambda:us-east-1:1:2:function:f",
        False,
        OPERATORS,
    ),
    (
        "ArnLike",
        "lambda:SourceFunctionArn",
        "arn:aws:lambda:us-east-1:123456789012:function:F",
        "arn:aws:lambda:us-east-1:123456789012:function:f",
        False,
        OPERATORS,
    ),
    (
        "ArnLike",
        "lambda:SourceFunctionArn",
        "arn:aws:lambda:*:*:function:f",
        None,
        False,
        OPERATORS,
    ),
    (
        "ArnNotLike",
        "lambda:SourceFunctionArn",
        "arn:aws:lambda:*:*:function:f",
        None,
        True,
        OPERATORS,
    ),
    (
        "ArnNotEquals",
        "lambda:SourceFunctionArn",
        "arn:aws:lambda:*:*:function:f",
        "arn:aws:lambda:us-east-1:123456789012:function:f",
        False,
        OPERATORS,
    ),
    ("StringEquals", _TAG, "${aws:PrincipalAccount}", OURS, True, VARIABLES),
    ("StringEquals", _TAG, "${aws:PrincipalTag/unset}", "anything", False, VARIABLES),
    ("StringNotEquals", _TAG, "${aws:PrincipalTag/unset}", "anything", True, VARIABLES),
    ("StringEquals", _TAG, "${aws:PrincipalTag/unset, 'fallback'}", "fallback", True, VARIABLES),
    ("StringEquals", _TAG, "${AWS:principalaccount}", OURS, True, VARIABLES),
)


def _address_rows() -> list[Row]:
    """aws:SourceIp is set by the origin, so these rows vary the origin."""
    internet = Origin(Path.INTERNET, address="203.0.113.1")
    other = Origin(Path.INTERNET, address="198.51.100.1")
    six = Origin(Path.INTERNET, address="2001:db8:1234:5678::1")
    mixed = ["203.0.113.0/24", "2001:DB8:1234:5678::/64"]
    cases: tuple[tuple[str, Any, Origin, Outcome], ...] = (
        ("IpAddress", "203.0.113.0/24", internet, ALLOWED),
        ("IpAddress", "203.0.113.0/24", other, IMPLICIT),
        ("IpAddress", "203.0.113.1", internet, ALLOWED),
        ("IpAddress", mixed, six, ALLOWED),
        ("IpAddress", "0.0.0.0/0", six, IMPLICIT),
        ("IpAddress", "0.0.0.0/0", INSIDE, IMPLICIT),
        ("IpAddressIfExists", "203.0.113.0/24", INSIDE, ALLOWED),
        ("NotIpAddress", "203.0.113.0/24", INSIDE, ALLOWED),
        ("NotIpAddress", "203.0.113.0/24", internet, IMPLICIT),
    )
    return [
        Row(
            f"{operator} {values} from {origin}",
            Layers(identity=(policy(allow(Condition={operator: {"aws:SourceIp": values}})),)),
            Asked(origin=origin).request(),
            expected,
            OPERATORS,
        )
        for operator, values, origin, expected in cases
    ]


ROWS = [
    _condition_row(op, key, mine, theirs, matches=matches, source=source)
    for op, key, mine, theirs, matches, source in CONDITIONS
] + _address_rows()

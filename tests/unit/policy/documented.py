"""Requests whose decision an AWS page tells: the table that both implementations must agree with.

Two implementations by one author share their misreadings; this table is the third opinion.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ddb_perimeter.policy import (
    Caller,
    Document,
    EndpointPolicy,
    Kind,
    Layers,
    Origin,
    Outcome,
    Path,
    Policy,
    Relation,
    Request,
)

OURS = "111122223333"
OTHER = "444455556666"
TABLE = f"arn:aws:dynamodb:eu-west-1:{OURS}:table/orders"
ROLE = f"arn:aws:iam::{OURS}:role/app"
SESSION = f"arn:aws:sts::{OURS}:assumed-role/app/session"
USER = f"arn:aws:iam::{OURS}:user/alice"
ROOT = f"arn:aws:iam::{OURS}:root"
VPCE = "vpce-0aaaaaaaaaaaaaaaa"
VPC = "vpc-0aaaaaaaaaaaaaaaa"

IAM = "https://docs.aws.amazon.com/IAM/latest/UserGuide/"
ORG = "https://docs.aws.amazon.com/organizations/latest/userguide/"
OPERATORS = IAM + "reference_policies_elements_condition_operators.html"
SETS = IAM + "reference_policies_condition-single-vs-multi-valued-context-keys.html"
VARIABLES = IAM + "reference_policies_variables.html"
CONDITION = IAM + "reference_policies_elements_condition.html"
KEYS = IAM + "reference_policies_condition-keys.html"
EVALUATION = IAM + "reference_policies_evaluation-logic_policy-eval-denyallow.html"
BASICS = IAM + "reference_policies_evaluation-logic_policy-eval-basics.html"
CROSS = IAM + "reference_policies_evaluation-logic-cross-account.html"
PRINCIPAL = IAM + "reference_policies_elements_principal.html"
NOT_PRINCIPAL = IAM + "reference_policies_elements_notprincipal.html"
RESOURCE = IAM + "reference_policies_elements_resource.html"
NOT_RESOURCE = IAM + "reference_policies_elements_notresource.html"
ACTION = IAM + "reference_policies_elements_action.html"
NOT_ACTION = IAM + "reference_policies_elements_notaction.html"
BOUNDARIES = IAM + "access_policies_boundaries.html"
SCP = ORG + "orgs_manage_policies_scps.html"
RCP = ORG + "orgs_manage_policies_rcps.html"
KMS = "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html"
KMS_OVERVIEW = "https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html"
GATEWAY = "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html"
TRUST = IAM + "id_roles_update-role-trust-policy.html"

ALLOWED, IMPLICIT, EXPLICIT, UNKNOWN = (
    Outcome.ALLOWED,
    Outcome.IMPLICIT_DENY,
    Outcome.EXPLICIT_DENY,
    Outcome.UNKNOWN,
)


@dataclass(frozen=True)
class Row:
    """One documented decision."""

    name: str
    layers: Layers
    request: Request
    expected: Outcome
    source: str


def policy(*statements: dict[str, Any], version: str = "2012-10-17") -> Policy:
    return Policy.read({"Version": version, "Statement": list(statements)})


def allow(**more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": TABLE} | more


def deny(**more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": "dynamodb:GetItem", "Resource": TABLE} | more


def role(arn: str = ROLE, session: str = "session", **more: Any) -> Caller:
    account = arn.split(":")[4]
    relation = Relation.OURS if account == OURS else Relation.STRANGER
    return Caller(Kind.ROLE, relation, account=account, arn=arn, session=session, **more)


def user(arn: str = USER, **more: Any) -> Caller:
    account = arn.split(":")[4]
    relation = Relation.OURS if account == OURS else Relation.STRANGER
    return Caller(Kind.USER, relation, account=account, arn=arn, **more)


def root(account: str = OURS) -> Caller:
    relation = Relation.OURS if account == OURS else Relation.STRANGER
    return Caller(Kind.ROOT, relation, account=account, arn=f"arn:aws:iam::{account}:root")


def service(name: str, account: str = "", source_arn: str = "") -> Caller:
    relation = Relation.NONE
    if account:
        relation = Relation.OURS if account == OURS else Relation.STRANGER
    return Caller(Kind.SERVICE, relation, account=account, service=name, source_arn=source_arn)


FEDERATED = Caller(
    Kind.FEDERATED,
    Relation.OURS,
    account=OURS,
    arn=f"arn:aws:sts::{OURS}:federated-user/alice",
    issuer=USER,
)
LINKED = Caller(
    Kind.SERVICE_LINKED_ROLE,
    Relation.OURS,
    account=OURS,
    arn=f"arn:aws:iam::{OURS}:role/aws-service-role/dax.amazonaws.com/AWSServiceRoleForDAX",
    session="session",
)
ANONYMOUS = Caller(Kind.ANONYMOUS, Relation.NONE)
PROVIDER = Caller(Kind.PROVIDER, Relation.NONE, provider="accounts.google.com")
INTERNET = Origin(Path.INTERNET, address="203.0.113.7")
INSIDE = Origin(Path.ENDPOINT, address="10.0.0.7", endpoint=VPCE, vpc=VPC, account=OURS)
SERVICE_NETWORK = Origin(Path.SERVICE)


@dataclass(frozen=True)
class Asked:
    """A request, with what most rows leave alone filled in."""

    caller: Caller = field(default_factory=role)
    origin: Origin = INTERNET
    action: str = "dynamodb:GetItem"
    resource: str = TABLE
    context: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def request(self) -> Request:
        known = {"aws:RequestedRegion": ("eu-west-1",), "aws:ResourceAccount": (OURS,)}
        return Request(self.caller, self.origin, self.action, self.resource, known | self.context)


def _condition_row(
    operator: str, key: str, policy_values: Any, request_values: Any, *, matches: bool, source: str
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


ROWS: list[Row] = [
    _condition_row(op, key, mine, theirs, matches=matches, source=source)
    for op, key, mine, theirs, matches, source in CONDITIONS
] + _address_rows()


def row(
    name: str, layers: Layers, expected: Outcome, source: str, asked: Asked | None = None
) -> None:
    ROWS.append(Row(name, layers, (asked or Asked()).request(), expected, source))


STAR = allow(Principal="*")
ADMIN = policy({"Effect": "Allow", "Action": "*", "Resource": "*"})
EMPTY = policy(allow(Action="s3:GetObject", Resource="*"))

# -- one account -------------------------------------------------------------------------------
row("nothing allows", Layers(identity=()), IMPLICIT, EVALUATION)
row("identity alone", Layers(identity=(ADMIN,)), ALLOWED, BASICS)
row("resource alone", Layers(resource=policy(STAR), identity=()), ALLOWED, BASICS)
row(
    "deny in resource policy wins",
    Layers(resource=policy(deny(Principal="*")), identity=(ADMIN,)),
    EXPLICIT,
    EVALUATION,
)
row(
    "deny in identity policy wins",
    Layers(resource=policy(STAR), identity=(policy(deny()),)),
    EXPLICIT,
    EVALUATION,
)
row("root is allowed by default", Layers(identity=()), ALLOWED, EVALUATION, Asked(root()))
row(
    "root is denied by a resource policy",
    Layers(resource=policy(deny(Principal="*")), identity=()),
    EXPLICIT,
    EVALUATION,
    Asked(root()),
)
row(
    "the account as principal only delegates",
    Layers(resource=policy(allow(Principal={"AWS": OURS})), identity=()),
    IMPLICIT,
    PRINCIPAL,
)
row(
    "the root ARN as principal only delegates",
    Layers(resource=policy(allow(Principal={"AWS": ROOT})), identity=()),
    IMPLICIT,
    PRINCIPAL,
)
row(
    "the account delegates and identity allows",
    Layers(resource=policy(allow(Principal={"AWS": OURS})), identity=(ADMIN,)),
    ALLOWED,
    PRINCIPAL,
)
row(
    "user named",
    Layers(resource=policy(allow(Principal={"AWS": USER})), identity=()),
    ALLOWED,
    EVALUATION,
    Asked(user()),
)
row(
    "user name is case-sensitive",
    Layers(resource=policy(allow(Principal={"AWS": USER.replace("alice", "Alice")})), identity=()),
    IMPLICIT,
    PRINCIPAL,
    Asked(user()),
)

# -- boundaries and sessions -------------------------------------------------------------------
for _name, _principal, _who, _expected in (
    ("role ARN is limited", {"AWS": ROLE}, role(), IMPLICIT),
    ("session ARN is not limited", {"AWS": SESSION}, role(), ALLOWED),
    ("another session is not named", {"AWS": SESSION}, role(session="other"), IMPLICIT),
    ("user ARN is not limited", {"AWS": USER}, user(), ALLOWED),
):
    row(
        f"boundary: {_name}",
        Layers(resource=policy(allow(Principal=_principal)), identity=(), boundary=EMPTY),
        _expected,
        EVALUATION,
        Asked(_who),
    )
row(
    "boundary: star with aws:PrincipalArn is not limited",
    Layers(
        resource=policy(allow(Principal="*", Condition={"ArnEquals": {"aws:PrincipalArn": ROLE}})),
        identity=(),
        boundary=EMPTY,
    ),
    ALLOWED,
    EVALUATION,
)
row(
    "boundary limits identity policies",
    Layers(identity=(ADMIN,), boundary=EMPTY),
    IMPLICIT,
    BOUNDARIES,
)
row("boundary grants nothing", Layers(identity=(), boundary=ADMIN), IMPLICIT, BOUNDARIES)
row("boundary and identity", Layers(identity=(ADMIN,), boundary=ADMIN), ALLOWED, BOUNDARIES)
row(
    "boundary's deny wins",
    Layers(resource=policy(allow(Principal={"AWS": SESSION})), boundary=policy(deny())),
    EXPLICIT,
    EVALUATION,
)
row(
    "session policy limits identity policies",
    Layers(identity=(ADMIN,), session=EMPTY),
    IMPLICIT,
    EVALUATION,
)
row(
    "session policy limits a role grant",
    Layers(resource=policy(allow(Principal={"AWS": ROLE})), identity=(), session=EMPTY),
    IMPLICIT,
    EVALUATION,
)
row(
    "session policy does not limit a session grant",
    Layers(resource=policy(allow(Principal={"AWS": SESSION})), identity=(), session=EMPTY),
    ALLOWED,
    EVALUATION,
)
row(
    "federated user named directly",
    Layers(resource=policy(allow(Principal={"AWS": FEDERATED.arn})), identity=(), session=EMPTY),
    ALLOWED,
    EVALUATION,
    Asked(FEDERATED),
)
row(
    "federated user through the user who asked",
    Layers(resource=policy(allow(Principal={"AWS": USER})), identity=(), session=EMPTY),
    IMPLICIT,
    EVALUATION,
    Asked(FEDERATED),
)

# -- two accounts ------------------------------------------------------------------------------
_OTHER_ROLE = f"arn:aws:iam::{OTHER}:role/app"
_AWAY = Asked(role(_OTHER_ROLE))
row("cross-account: identity alone", Layers(identity=(ADMIN,)), IMPLICIT, CROSS, _AWAY)
row(
    "cross-account: resource alone",
    Layers(resource=policy(STAR), identity=()),
    IMPLICIT,
    CROSS,
    _AWAY,
)
row("cross-account: both", Layers(resource=policy(STAR), identity=(ADMIN,)), ALLOWED, CROSS, _AWAY)
row(
    "cross-account: the whole account is trusted",
    Layers(resource=policy(allow(Principal={"AWS": OTHER})), identity=(ADMIN,)),
    ALLOWED,
    PRINCIPAL,
    _AWAY,
)
row(
    "cross-account: the root ARN means the account",
    Layers(
        resource=policy(allow(Principal={"AWS": f"arn:aws:iam::{OTHER}:root"})), identity=(ADMIN,)
    ),
    ALLOWED,
    PRINCIPAL,
    _AWAY,
)
row(
    "cross-account: role named",
    Layers(resource=policy(allow(Principal={"AWS": _OTHER_ROLE})), identity=(ADMIN,)),
    ALLOWED,
    CROSS,
    _AWAY,
)
row(
    "cross-account: another account named",
    Layers(resource=policy(allow(Principal={"AWS": "123456789012"})), identity=(ADMIN,)),
    IMPLICIT,
    CROSS,
    _AWAY,
)
row(
    "cross-account: explicit deny of the caller's own policies",
    Layers(resource=policy(STAR), identity=(ADMIN, policy(deny()))),
    EXPLICIT,
    CROSS,
    _AWAY,
)

# -- services and anonymous --------------------------------------------------------------------
_DAX = service("dax.amazonaws.com")
_S3 = "arn:aws:s3:::example"
_ANY = Asked(_DAX, SERVICE_NETWORK)
row(
    "service named",
    Layers(resource=policy(allow(Principal={"Service": "dax.amazonaws.com"}))),
    ALLOWED,
    PRINCIPAL,
    _ANY,
)
row(
    "another service named",
    Layers(resource=policy(allow(Principal={"Service": "s3.amazonaws.com"}))),
    IMPLICIT,
    PRINCIPAL,
    _ANY,
)
row(
    "service and account principals differ",
    Layers(resource=policy(allow(Principal={"AWS": OURS}))),
    IMPLICIT,
    PRINCIPAL,
    _ANY,
)
row(
    "PrincipalIsAWSService false spares services",
    Layers(
        resource=policy(
            STAR,
            deny(Principal="*", Condition={"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}),
        )
    ),
    ALLOWED,
    KEYS,
    _ANY,
)
row(
    "PrincipalIsAWSService false denies roles that services use",
    Layers(
        resource=policy(
            STAR,
            deny(Principal="*", Condition={"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}),
        )
    ),
    EXPLICIT,
    KEYS,
    Asked(LINKED),
)
for _spelling in ("*", {"AWS": "*"}):
    row(
        f"anonymous through {_spelling}",
        Layers(resource=policy(allow(Action="s3:GetObject", Resource=_S3, Principal=_spelling))),
        ALLOWED,
        PRINCIPAL,
        Asked(ANONYMOUS, action="s3:GetObject", resource=_S3),
    )
row(
    "anonymous has no PrincipalArn",
    Layers(
        resource=policy(
            allow(
                Action="s3:GetObject",
                Resource=_S3,
                Principal="*",
                Condition={"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*"}},
            )
        )
    ),
    IMPLICIT,
    KEYS,
    Asked(ANONYMOUS, action="s3:GetObject", resource=_S3),
)
row(
    "PrincipalArn of a role session is its role's",
    Layers(
        resource=policy(
            allow(Principal="*", Condition={"ArnEquals": {"aws:PrincipalArn": SESSION}})
        ),
        identity=(),
    ),
    IMPLICIT,
    KEYS,
)
row(
    "PrincipalArn root means the root user only",
    Layers(
        resource=policy(deny(Principal="*", Condition={"ArnEquals": {"aws:PrincipalArn": ROOT}})),
        identity=(ADMIN,),
    ),
    ALLOWED,
    KEYS,
)
row(
    "a forwarded request is ViaAWSService",
    Layers(identity=(policy(allow(Condition={"Bool": {"aws:ViaAWSService": "true"}})),)),
    ALLOWED,
    KEYS,
    Asked(origin=Origin(Path.FORWARDED, called_via=("cloudformation.amazonaws.com",))),
)
row(
    "a direct request is not",
    Layers(identity=(policy(allow(Condition={"Bool": {"aws:ViaAWSService": "true"}})),)),
    IMPLICIT,
    KEYS,
)
row(
    "SourceVpce is absent on public requests",
    Layers(
        identity=(ADMIN,),
        resource=policy(
            deny(Principal="*", Condition={"StringNotEquals": {"aws:SourceVpce": VPCE}})
        ),
    ),
    EXPLICIT,
    KEYS,
)
row(
    "SourceVpce of our endpoint",
    Layers(
        identity=(ADMIN,),
        resource=policy(
            deny(Principal="*", Condition={"StringNotEquals": {"aws:SourceVpce": VPCE}})
        ),
    ),
    ALLOWED,
    KEYS,
    Asked(origin=INSIDE),
)


# -- NotPrincipal ------------------------------------------------------------------------------
def _not(*names: str) -> Layers:
    return Layers(resource=policy(deny(NotPrincipal={"AWS": list(names)})), identity=(ADMIN,))


row(
    "NotPrincipal lists account, role and session",
    _not(OURS, ROLE, SESSION),
    ALLOWED,
    NOT_PRINCIPAL,
)
row(
    "NotPrincipal lists the root ARN, role and session",
    _not(ROOT, ROLE, SESSION),
    ALLOWED,
    NOT_PRINCIPAL,
)
row("NotPrincipal lists account and user", _not(OURS, USER), ALLOWED, NOT_PRINCIPAL, Asked(user()))
row("NotPrincipal lists somebody else", _not(OTHER, _OTHER_ROLE), EXPLICIT, NOT_PRINCIPAL)
row("NotPrincipal without the account may deny", _not(ROLE), UNKNOWN, NOT_PRINCIPAL)
row(
    "NotPrincipal denies whoever has a boundary",
    Layers(
        resource=policy(deny(NotPrincipal={"AWS": [OURS, ROLE, SESSION]})),
        identity=(ADMIN,),
        boundary=ADMIN,
    ),
    EXPLICIT,
    NOT_PRINCIPAL,
)

# -- key policies ------------------------------------------------------------------------------
_KEY = f"arn:aws:kms:eu-west-1:{OURS}:key/1234"
_DECRYPT = {"Action": "kms:Decrypt", "Resource": "*"}
_KEYED = Asked(action="kms:Decrypt", resource=_KEY)
row(
    "key policy delegates to the account, identity allows",
    Layers.of_key(policy(allow(Principal={"AWS": ROOT}, **_DECRYPT)), (ADMIN,)),
    ALLOWED,
    KMS,
    _KEYED,
)
row(
    "key policy delegates, identity says nothing",
    Layers.of_key(policy(allow(Principal={"AWS": ROOT}, **_DECRYPT)), ()),
    IMPLICIT,
    KMS,
    _KEYED,
)
row(
    "identity alone does not open a key",
    Layers.of_key(policy(allow(Principal={"AWS": USER}, **_DECRYPT)), (ADMIN,)),
    IMPLICIT,
    KMS,
    _KEYED,
)
row(
    "key policy names the role",
    Layers.of_key(policy(allow(Principal={"AWS": ROLE}, **_DECRYPT)), ()),
    ALLOWED,
    KMS_OVERVIEW,
    _KEYED,
)
row(
    "even root needs the key policy",
    Layers.of_key(policy(allow(Principal={"AWS": USER}, **_DECRYPT)), ()),
    IMPLICIT,
    KMS,
    Asked(root(), action="kms:Decrypt", resource=_KEY),
)


# -- trust policies ----------------------------------------------------------------------------
def _trust(**principal: Any) -> Policy:
    return Policy.read(
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", **principal}],
        }
    )


_ASSUME = {"action": "sts:AssumeRole", "resource": ROLE}
row(
    "service trusted",
    Layers.of_role(_trust(Principal={"Service": "dax.amazonaws.com"})),
    ALLOWED,
    TRUST,
    Asked(_DAX, SERVICE_NETWORK, **_ASSUME),
)
row(
    "another service is not trusted",
    Layers.of_role(_trust(Principal={"Service": "dax.amazonaws.com"})),
    IMPLICIT,
    TRUST,
    Asked(service("ec2.amazonaws.com"), SERVICE_NETWORK, **_ASSUME),
)
row(
    "trust does not follow from identity policies",
    Layers.of_role(_trust(Principal={"Service": "dax.amazonaws.com"}), (ADMIN,)),
    IMPLICIT,
    EVALUATION,
    Asked(user(), **_ASSUME),
)
row(
    "trusted account needs identity policies, too",
    Layers.of_role(_trust(Principal={"AWS": OTHER}), ()),
    IMPLICIT,
    CROSS,
    Asked(role(_OTHER_ROLE), **_ASSUME),
)
row(
    "trusted account with identity policies",
    Layers.of_role(_trust(Principal={"AWS": OTHER}), (ADMIN,)),
    ALLOWED,
    CROSS,
    Asked(role(_OTHER_ROLE), **_ASSUME),
)
row(
    "SourceArn of our cluster",
    Layers.of_role(
        _trust(
            Principal={"Service": "dax.amazonaws.com"},
            Condition={"ArnEquals": {"aws:SourceArn": f"arn:aws:dax:eu-west-1:{OURS}:cache/c"}},
        )
    ),
    ALLOWED,
    OPERATORS,
    Asked(
        service("dax.amazonaws.com", OURS, f"arn:aws:dax:eu-west-1:{OURS}:cache/c"),
        SERVICE_NETWORK,
        **_ASSUME,
    ),
)
row(
    "SourceArn of a stranger's cluster",
    Layers.of_role(
        _trust(
            Principal={"Service": "dax.amazonaws.com"},
            Condition={"ArnEquals": {"aws:SourceArn": f"arn:aws:dax:eu-west-1:{OURS}:cache/c"}},
        )
    ),
    IMPLICIT,
    OPERATORS,
    Asked(
        service("dax.amazonaws.com", OTHER, f"arn:aws:dax:eu-west-1:{OTHER}:cache/c"),
        SERVICE_NETWORK,
        **_ASSUME,
    ),
)

# -- organization policies ---------------------------------------------------------------------
_FULL = Policy.full_access()
_NO = policy(deny(Action="*", Resource="*"))
_RCP = policy(deny(Action="*", Resource="*", Principal="*"))
row("SCP denies a role", Layers(identity=(ADMIN,), scps=((_FULL, _NO),)), EXPLICIT, SCP)
row("SCP without an Allow", Layers(identity=(ADMIN,), scps=((EMPTY,),)), IMPLICIT, SCP)
row(
    "SCP must allow at every level",
    Layers(identity=(ADMIN,), scps=((_FULL,), (EMPTY,))),
    IMPLICIT,
    SCP,
)
row("SCP grants nothing", Layers(identity=(), scps=((_FULL,),)), IMPLICIT, SCP)
row(
    "SCP binds our root user",
    Layers(identity=(), scps=((_FULL, _NO),)),
    EXPLICIT,
    SCP,
    Asked(root()),
)
row(
    "SCP does not bind service-linked roles",
    Layers(identity=(ADMIN,), scps=((_FULL, _NO),)),
    ALLOWED,
    SCP,
    Asked(LINKED),
)
row(
    "SCP does not bind callers of other accounts",
    Layers(resource=policy(STAR), identity=(ADMIN,), scps=((_FULL, _NO),)),
    ALLOWED,
    SCP,
    _AWAY,
)
row(
    "SCP does not bind AWS services",
    Layers(
        resource=policy(allow(Principal={"Service": "dax.amazonaws.com"})), scps=((_FULL, _NO),)
    ),
    ALLOWED,
    SCP,
    _ANY,
)
row("RCP denies a role", Layers(identity=(ADMIN,), rcps=(_RCP,)), EXPLICIT, RCP)
row(
    "RCP binds callers of other accounts",
    Layers(resource=policy(STAR), identity=(ADMIN,), rcps=(_RCP,)),
    EXPLICIT,
    RCP,
    _AWAY,
)
row("RCP binds root users", Layers(rcps=(_RCP,)), EXPLICIT, RCP, Asked(root()))
row(
    "RCP does not bind service-linked roles",
    Layers(identity=(ADMIN,), rcps=(_RCP,)),
    ALLOWED,
    RCP,
    Asked(LINKED),
)


# -- endpoint policies -------------------------------------------------------------------------
def _through(statement: dict[str, Any], *, gateway: bool = True) -> Layers:
    return Layers(identity=(ADMIN,), endpoints=(EndpointPolicy(VPCE, policy(statement), gateway),))


row(
    "an endpoint without policy has full access",
    Layers(identity=(ADMIN,), endpoints=(EndpointPolicy(VPCE, None),)),
    ALLOWED,
    GATEWAY,
    Asked(origin=INSIDE),
)
row(
    "an endpoint policy that does not allow",
    _through(allow(Principal="*", Action="s3:*")),
    IMPLICIT,
    GATEWAY,
    Asked(origin=INSIDE),
)
row(
    "an endpoint policy binds its endpoint only",
    _through(allow(Principal="*", Action="s3:*")),
    ALLOWED,
    GATEWAY,
)
row(
    "an endpoint policy's deny",
    _through(deny(Principal="*")),
    EXPLICIT,
    GATEWAY,
    Asked(origin=INSIDE),
)
row(
    "an account in a gateway's policy is its root user",
    _through(allow(Principal={"AWS": OURS})),
    IMPLICIT,
    GATEWAY,
    Asked(origin=INSIDE),
)
row(
    "the root user itself",
    _through(allow(Principal={"AWS": OURS})),
    ALLOWED,
    GATEWAY,
    Asked(root(), INSIDE),
)

# -- actions and resources ---------------------------------------------------------------------
for _name, _more, _expected, _source in (
    ("action in another letter case", {"Action": "DYNAMODB:getitem"}, ALLOWED, ACTION),
    ("action wildcard", {"Action": "dynamodb:Get*"}, ALLOWED, ACTION),
    ("action question marks", {"Action": "dynamodb:???Item"}, ALLOWED, ACTION),
    ("another action", {"Action": "dynamodb:PutItem"}, IMPLICIT, ACTION),
    ("an API name is no action", {"Action": "dynamodb:TransactGetItems"}, IMPLICIT, ACTION),
    (
        "resource is case-sensitive",
        {"Resource": TABLE.replace("orders", "Orders")},
        IMPLICIT,
        RESOURCE,
    ),
    ("resource wildcard", {"Resource": "arn:aws:dynamodb:*:*:table/ord*"}, ALLOWED, RESOURCE),
    (
        "a star that ends a segment reaches on",
        {"Resource": "arn:aws:dynamodb:*"},
        ALLOWED,
        RESOURCE,
    ),
    (
        "a star inside a segment: AWS is silent",
        {"Resource": "arn:aws:dynamodb:*rders"},
        UNKNOWN,
        RESOURCE,
    ),
    ("another table", {"Resource": f"{TABLE}2"}, IMPLICIT, RESOURCE),
    (
        "variable in a resource",
        {"Resource": TABLE.replace("orders", "${aws:PrincipalTag/t}")},
        IMPLICIT,
        VARIABLES,
    ),
    (
        "default of a variable in a resource",
        {"Resource": TABLE.replace("orders", "${aws:PrincipalTag/t, 'orders'}")},
        ALLOWED,
        VARIABLES,
    ),
):
    row(_name, Layers(identity=(policy(allow(**_more)),)), _expected, _source)
_NOT_ACTION = {"Effect": "Allow", "NotAction": "dynamodb:PutItem", "Resource": "*"}
row("NotAction leaves others", Layers(identity=(policy(_NOT_ACTION),)), ALLOWED, NOT_ACTION)
row(
    "NotAction leaves itself out",
    Layers(identity=(policy(_NOT_ACTION),)),
    IMPLICIT,
    NOT_ACTION,
    Asked(action="dynamodb:PutItem"),
)
_NOT_RESOURCE = {"Effect": "Deny", "Action": "*", "NotResource": [f"{TABLE}", f"{TABLE}/*"]}
row(
    "NotResource spares what it names",
    Layers(identity=(ADMIN, policy(_NOT_RESOURCE))),
    ALLOWED,
    NOT_RESOURCE,
)
row(
    "NotResource denies the rest",
    Layers(identity=(ADMIN, policy(_NOT_RESOURCE))),
    EXPLICIT,
    NOT_RESOURCE,
    Asked(resource=TABLE.replace("orders", "other")),
)
row(
    "before 2012-10-17 variables are literal",
    Layers(
        identity=(
            policy(
                allow(Condition={"StringEquals": {_TAG: "${aws:PrincipalAccount}"}}),
                version="2008-10-17",
            ),
        )
    ),
    IMPLICIT,
    VARIABLES,
    Asked(context={_TAG: (OURS,)}),
)

"""Requests whose decision an AWS page tells: the table that both implementations must agree with.

Two implementations by one author share their misreadings; this table is the third opinion.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ddb_perimeter.policy import (
    Caller,
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

Json = Any  # what a policy document holds

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


def allow(**more: Json) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": TABLE} | more


def deny(**more: Json) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": "dynamodb:GetItem", "Resource": TABLE} | more


def role(arn: str = ROLE, session: str = "session", **more: Json) -> Caller:
    account = arn.split(":")[4]
    relation = Relation.OURS if account == OURS else Relation.STRANGER
    return Caller(Kind.ROLE, relation, account=account, arn=arn, session=session, **more)


def user(arn: str = USER, **more: Json) -> Caller:
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


STAR = allow(Principal="*")
ADMIN = policy({"Effect": "Allow", "Action": "*", "Resource": "*"})
EMPTY = policy(allow(Action="s3:GetObject", Resource="*"))
OTHER_ROLE = f"arn:aws:iam::{OTHER}:role/app"
AWAY = Asked(role(OTHER_ROLE))
DAX = service("dax.amazonaws.com")
BY_DAX = Asked(DAX, SERVICE_NETWORK)


class Table:
    """A growing list of rows."""

    def __init__(self) -> None:
        self.rows: list[Row] = []

    def add(
        self,
        name: str,
        layers: Layers,
        expected: Outcome,
        source: str,
        asked: Asked | None = None,
    ) -> None:
        self.rows.append(Row(name, layers, (asked or Asked()).request(), expected, source))

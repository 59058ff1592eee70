"""Lambda functions that reach the data: from where, and for whom."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from ddb_perimeter.controls.control import broken, control, holds, unknown, unresolved
from ddb_perimeter.controls.guarded import TABLE_DATA, Surroundings
from ddb_perimeter.controls.reach import data_of, may_do_none, own_layers
from ddb_perimeter.findings import Counterexample, Exposure, Severity, Verdict
from ddb_perimeter.inventory.caches import CLUSTER
from ddb_perimeter.inventory.iam import IAM_TYPES, ROLE, identities
from ddb_perimeter.inventory.network import ENDPOINT
from ddb_perimeter.inventory.tables import TABLE_TYPES, tables
from ddb_perimeter.policy.actions import Plane, of_plane
from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddb_perimeter.controls.control import Judgment, Judgments
    from ddb_perimeter.controls.perimeter import Perimeter
    from ddb_perimeter.inventory import Inventory, Resource

FUNCTION: Final = "AWS::Lambda::Function"
_URL: Final = "AWS::Lambda::Url"
_PERMISSION: Final = "AWS::Lambda::Permission"
_QUALIFIED: Final = ("AWS::Lambda::Alias", "AWS::Lambda::Version")
_PINS: Final = ("SourceAccount", "SourceArn", "PrincipalOrgID")
_ARN_FIELDS: Final = 6
_ACCOUNT_FIELD: Final = 4
_LAMBDA: Final = "https://docs.aws.amazon.com/lambda/latest/dg"
_OWN_TYPES: Final = frozenset({FUNCTION, _URL, _PERMISSION, *_QUALIFIED})
_TYPES: Final = TABLE_TYPES | IAM_TYPES | {CLUSTER, ENDPOINT} | _OWN_TYPES
_CACHE_DATA: Final = of_plane(Plane.DATA, service="dax")


@dataclass(frozen=True, slots=True)
class _Worker:
    """A function that works with the data.

    Args:
        function: the function.
        doubt: why it cannot be told whether it does, or empty.
    """

    function: Resource
    doubt: str = ""


def _workers(inventory: Inventory, perimeter: Perimeter) -> Iterator[_Worker]:
    """Yield the functions whose role reaches a table or a cache, or may."""
    found = identities(inventory)
    for function in inventory.of_type(FUNCTION):
        name = function.at("Role")
        role = inventory.by_id(name, ROLE, near=function)
        identity = found.of(role) if role is not None else None
        if identity is None:
            if tables(inventory) or inventory.of_type(CLUSTER):
                why = name.why if isinstance(name, Unknown) else "no template here declares it"
                yield _Worker(function, f"its role {name} may do anything: {why}")
            continue
        around = Surroundings.of(function, function.region, inventory, perimeter)
        arns, clusters = data_of(identity, inventory)
        own = own_layers(identity, inventory)
        answers = [
            may_do_none(identity, own, actions, targets, around)
            for actions, targets in ((TABLE_DATA, arns), (_CACHE_DATA, clusters))
        ]
        if any(answer.verdict is Verdict.BROKEN for answer in answers):
            yield _Worker(function)
        elif doubts := [answer.why for answer in answers if not answer.holds]:
            yield _Worker(function, doubts[0])


def _sure(worker: _Worker, judgment: Judgment) -> Judgment:
    """Doubt what is wrong about a function of which nobody can tell whether it matters."""
    if not worker.doubt or judgment.verdict is not Verdict.BROKEN:
        return judgment
    return unknown(
        judgment.subject,
        f"{judgment.message}; whether it does cannot be told: {worker.doubt}",
        evidence=judgment.evidence,
    )


@control(
    id="lambda-in-vpc",
    title="Functions that work with the data run inside the VPC",
    severity=Severity.MEDIUM,
    why="A function outside the VPC calls from the internet: either the table denies it, and it "
    "fails, or somebody will exempt it.",
    source=f"{_LAMBDA}/configuration-vpc.html",
    fix="Give the function VpcConfig with the client subnets and the clients' security group.",
    types=_TYPES,
)
def functions_are_inside(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    for worker in _workers(inventory, perimeter):
        function = worker.function
        subnets = function.items("VpcConfig.SubnetIds")
        evidence = function.evidence("Properties.VpcConfig")
        if isinstance(subnets, Unknown):
            yield unknown(
                function.subject(),
                f"whether the function is in a VPC cannot be told: {subnets.text} ({subnets.why})",
                evidence=evidence,
            )
        elif not subnets:
            outside = broken(
                function.subject(),
                f"the function {function.logical_id} holds a role that reaches the data, and "
                "runs outside any VPC",
                evidence=evidence,
            )
            yield _sure(worker, outside)
        else:
            yield holds(function.subject())


@control(
    id="lambda-not-public",
    title="Nobody outside calls a function that works with the data",
    severity=Severity.CRITICAL,
    why="A public function is a door to the table that no policy of the table closes: it calls "
    "from inside, with a role of its own.",
    source=f"{_LAMBDA}/urls-auth.html",
    fix="Set AuthType to AWS_IAM, and name the caller with SourceArn or SourceAccount in every "
    "permission.",
    types=_TYPES,
)
def functions_are_not_public(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    for worker in _workers(inventory, perimeter):
        doors = [*_urls(worker, inventory), *_permissions(worker, inventory, perimeter)]
        yield from (_sure(worker, door) for door in doors)
        if not doors:
            yield holds(worker.function.subject())


def _about(function: Resource, other: Resource, pointer: str, inventory: Inventory) -> bool:
    """Return whether a property names a function, its alias or version, or may name it."""
    value = other.at(pointer)
    if isinstance(value, Unknown):
        return True
    named = inventory.by_id(value, FUNCTION, near=other)
    if named is None:
        qualified = inventory.by_id(value, *_QUALIFIED, near=other)
        if qualified is not None:
            named = inventory.by_id(qualified.at("FunctionName"), FUNCTION, near=qualified)
        else:
            named = inventory.by_id(str(value).rpartition(":")[0], FUNCTION, near=other)
    return named is function


def _example(function: Resource, caller: str, because: str) -> Counterexample:
    return Counterexample(
        caller=caller,
        action="lambda:InvokeFunction",
        resource=function.arn or function.logical_id,
        origin="the internet",
        outcome="allowed",
        because=because,
    )


def _urls(worker: _Worker, inventory: Inventory) -> Iterator[Judgment]:
    function = worker.function
    for url in inventory.of_type(_URL):
        if not _about(function, url, "TargetFunctionArn", inventory):
            continue
        kind, target = url.at("AuthType"), url.at("TargetFunctionArn")
        evidence = url.evidence("Properties.AuthType")
        if isinstance(kind, Unknown):
            yield unknown(url.subject(), f"AuthType is {kind.text}: {kind.why}", evidence=evidence)
        elif kind != "AWS_IAM" and isinstance(target, Unknown):
            yield unresolved(url.subject(), "TargetFunctionArn", target, evidence=evidence)
        elif kind != "AWS_IAM":
            # Without a signature a caller is nobody: a permission has to let everybody in, too.
            everybody = [
                permission
                for permission in inventory.of_type(_PERMISSION)
                if permission.at("Principal") == "*"
                and _about(function, permission, "FunctionName", inventory)
            ]
            asks = f"{url.logical_id} asks for no signature"
            example = _example(function, "anybody", asks)
            closed = replace(
                example, outcome="denied", because=f"{asks}, and only a missing permission stops it"
            )
            yield broken(
                url.subject(),
                f"anybody may call the function {function.logical_id} by its URL (AuthType {kind})"
                f"{'' if everybody else ', once a permission lets everybody in'}",
                exposure=Exposure.REACHABLE if everybody else Exposure.WEAKENED,
                evidence=evidence,
                counterexample=example if everybody else closed,
            )


def _permissions(worker: _Worker, inventory: Inventory, perimeter: Perimeter) -> Iterator[Judgment]:
    function = worker.function
    for permission in inventory.of_type(_PERMISSION):
        if not _about(function, permission, "FunctionName", inventory):
            continue
        principal = permission.at("Principal")
        evidence = permission.evidence("Properties.Principal")
        doubts = {
            name: value
            for name in ("Principal", "FunctionName", *_PINS)
            if isinstance(value := permission.at(name), Unknown)
        }
        if _is_ours(principal, permission, perimeter):
            continue
        if doubts:
            name, doubt = next(iter(doubts.items()))
            yield unresolved(permission.subject(), name, doubt, evidence=evidence)
        else:
            yield broken(
                permission.subject(),
                f"{principal} may call the function {function.logical_id}, which reaches the data",
                exposure=Exposure.REACHABLE,
                evidence=evidence,
                counterexample=_example(
                    function, str(principal), f"{permission.logical_id} lets it in"
                ),
            )


def _is_ours(principal: object, permission: Resource, perimeter: Perimeter) -> bool:
    """Return whether a permission surely lets nobody in but principals of this account."""
    ours = {permission.account, *perimeter.accounts} - {""}
    if permission.at("SourceAccount") in ours or _account(permission.at("SourceArn")) in ours:
        return True
    if perimeter.organization and permission.at("PrincipalOrgID") == perimeter.organization:
        return True
    return principal in ours or _account(principal) in ours


def _account(arn: object) -> str:
    """Return the account field of an ARN; empty where there is none."""
    fields = arn.split(":", _ARN_FIELDS - 1) if isinstance(arn, str) else []
    return fields[_ACCOUNT_FIELD] if len(fields) == _ARN_FIELDS else ""

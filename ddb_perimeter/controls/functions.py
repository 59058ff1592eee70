"""Lambda functions that reach the data: from where, and for whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ddb_perimeter.controls.control import broken, control, holds, unknown
from ddb_perimeter.controls.guarded import TABLE_DATA, Surroundings
from ddb_perimeter.controls.reach import data_of, may_do_none, own_layers
from ddb_perimeter.findings import Counterexample, Exposure, Severity, Verdict
from ddb_perimeter.inventory.caches import CLUSTER
from ddb_perimeter.inventory.iam import IAM_TYPES, ROLE, identities
from ddb_perimeter.inventory.network import ENDPOINT
from ddb_perimeter.inventory.tables import TABLE_TYPES
from ddb_perimeter.policy.actions import Plane, of_plane
from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddb_perimeter.controls.control import Judgments
    from ddb_perimeter.controls.perimeter import Perimeter
    from ddb_perimeter.inventory import Inventory, Resource

FUNCTION: Final = "AWS::Lambda::Function"
_URL: Final = "AWS::Lambda::Url"
_PERMISSION: Final = "AWS::Lambda::Permission"
_LAMBDA: Final = "https://docs.aws.amazon.com/lambda/latest/dg"
_TYPES: Final = TABLE_TYPES | IAM_TYPES | {CLUSTER, ENDPOINT, FUNCTION, _URL, _PERMISSION}
_CACHE_DATA: Final = of_plane(Plane.DATA, service="dax")


def _data_functions(inventory: Inventory, perimeter: Perimeter) -> Iterator[Resource]:
    """Yield the functions whose role reaches a table or a cache, or may."""
    found = identities(inventory)
    for function in inventory.of_type(FUNCTION):
        role = inventory.by_id(function.at("Role"), ROLE, near=function)
        identity = found.of(role) if role is not None else None
        if identity is None:
            continue
        around = Surroundings.of(function, function.region, inventory, perimeter)
        arns, clusters = data_of(identity, inventory)
        own = own_layers(identity, inventory)
        reaches = (
            may_do_none(identity, own, actions, targets, around).verdict is not Verdict.HOLDS
            for actions, targets in ((TABLE_DATA, arns), (_CACHE_DATA, clusters))
            if targets
        )
        if any(reaches):
            yield function


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
    for function in _data_functions(inventory, perimeter):
        subnets = function.items("VpcConfig.SubnetIds")
        evidence = function.evidence("Properties.VpcConfig")
        if isinstance(subnets, Unknown):
            yield unknown(
                function.subject(),
                f"whether the function is in a VPC cannot be told: {subnets.text} ({subnets.why})",
                evidence=evidence,
            )
        elif not subnets:
            yield broken(
                function.subject(),
                f"the function {function.logical_id} holds a role that reaches the data, and "
                "runs outside any VPC",
                evidence=evidence,
            )
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
    for function in _data_functions(inventory, perimeter):
        doors = [
            *_urls(function, inventory),
            *_permissions(function, inventory, perimeter),
        ]
        yield from doors
        if not doors:
            yield holds(function.subject())


def _of(function: Resource, other: Resource, pointer: str, inventory: Inventory) -> bool:
    """Return whether a property of another resource names this function."""
    return inventory.by_id(other.at(pointer), FUNCTION, near=other) is function


def _example(function: Resource, caller: str, because: str) -> Counterexample:
    return Counterexample(
        caller=caller,
        action="lambda:InvokeFunction",
        resource=function.arn or function.logical_id,
        origin="the internet",
        outcome="allowed",
        because=because,
    )


def _urls(function: Resource, inventory: Inventory) -> Judgments:
    for url in inventory.of_type(_URL):
        if not _of(function, url, "TargetFunctionArn", inventory):
            continue
        kind = url.at("AuthType")
        evidence = url.evidence("Properties.AuthType")
        if isinstance(kind, Unknown):
            yield unknown(url.subject(), f"AuthType is {kind.text}: {kind.why}", evidence=evidence)
        elif kind != "AWS_IAM":
            yield broken(
                url.subject(),
                f"anybody may call the function {function.logical_id} by its URL (AuthType {kind})",
                exposure=Exposure.REACHABLE,
                evidence=evidence,
                counterexample=_example(
                    function, "anybody", f"{url.logical_id} asks for no signature"
                ),
            )


def _permissions(function: Resource, inventory: Inventory, perimeter: Perimeter) -> Judgments:
    for permission in inventory.of_type(_PERMISSION):
        if not _of(function, permission, "FunctionName", inventory):
            continue
        principal = permission.at("Principal")
        evidence = permission.evidence("Properties.Principal")
        if isinstance(principal, Unknown):
            yield unknown(
                permission.subject(),
                f"Principal is {principal.text}: {principal.why}",
                evidence=evidence,
            )
        elif _is_stranger(str(principal), permission, perimeter):
            yield broken(
                permission.subject(),
                f"{principal} may call the function {function.logical_id}, which reaches the data",
                exposure=Exposure.REACHABLE,
                evidence=evidence,
                counterexample=_example(
                    function, str(principal), f"{permission.logical_id} lets it in"
                ),
            )


def _is_stranger(principal: str, permission: Resource, perimeter: Perimeter) -> bool:
    """Return whether a permission lets in somebody whom nothing pins to this account."""
    ours = {permission.account, *perimeter.accounts}
    pinned = [permission.at(key) for key in ("SourceAccount", "PrincipalOrgID")]
    if any(value in ours or value == perimeter.organization != "" for value in pinned):
        return False
    source = permission.at("SourceArn")
    if isinstance(source, str) and any(f":{account}:" in source for account in ours):
        return False
    if principal.endswith((".amazonaws.com", ".amazonaws.com.cn")):
        return True  # a service that acts for whoever asks it
    return not any(account in principal for account in ours)

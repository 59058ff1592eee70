"""Lambda functions whose role matters, with their URLs and permissions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ddb_perimeter.inventory.live import calls
from ddb_perimeter.inventory.live.place import document, told
from ddb_perimeter.inventory.resource import as_list, look_up
from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddb_perimeter.inventory.live.place import Place
    from ddb_perimeter.inventory.resource import Resource

_FUNCTION: Final = "AWS::Lambda::Function"
_URL: Final = "AWS::Lambda::Url"
_PERMISSION: Final = "AWS::Lambda::Permission"
_PINNING: Final = ("StringEquals", "StringLike", "ArnEquals", "ArnLike")
_CONDITIONS: Final = {
    "aws:sourceaccount": "SourceAccount",
    "aws:sourcearn": "SourceArn",
    "aws:principalorgid": "PrincipalOrgID",
    "lambda:functionurlauthtype": "FunctionUrlAuthType",
    "lambda:eventsourcetoken": "EventSourceToken",
}


def read_function(place: Place, function: dict[str, Any]) -> Iterator[Resource]:
    """Read one function.

    Args:
        place: its Region.
        function: what Lambda told about it in the list of all.
    """
    name, arn = str(function["FunctionName"]), str(function["FunctionArn"])
    vpc = function.get("VpcConfig") or {}
    inside = {"SubnetIds": vpc.get("SubnetIds"), "SecurityGroupIds": vpc.get("SecurityGroupIds")}
    properties = {
        "FunctionName": name,
        "Role": function.get("Role"),
        "Runtime": function.get("Runtime"),
        "VpcConfig": inside if vpc.get("SubnetIds") else None,
    }
    yield place.resource(_FUNCTION, name, properties, Arn=arn)
    for url in place.list(calls.LIST_FUNCTION_URL_CONFIGS, arn, FunctionName=name):
        properties = {"TargetFunctionArn": arn, "AuthType": url.get("AuthType")}
        yield place.resource(_URL, f"URL of {name}", properties)
    answer = place.ask(calls.GET_FUNCTION_POLICY, arn, FunctionName=name)
    if isinstance(answer, Unknown):
        place.miss(calls.GET_FUNCTION_POLICY, answer)
        return
    statements = as_list(look_up(document(told(answer, "Policy")), "Statement"))
    for statement in statements if isinstance(statements, list) else ():
        yield from _permissions(place, name, statement)


def _permissions(place: Place, name: str, statement: object) -> Iterator[Resource]:
    """Yield what a statement of a function's policy lets in, one principal at a time."""
    if look_up(statement, "Effect") != "Allow":
        return
    about = {"FunctionName": name, "Action": look_up(statement, "Action"), **_pins(statement)}
    principal = look_up(statement, "Principal")
    named = principal.values() if isinstance(principal, dict) else [principal]
    for values in named:
        each_of = values if isinstance(values, list) else [values]
        for value in each_of:
            id_ = str(look_up(statement, "Sid", f"statement of {name}"))
            yield place.resource(_PERMISSION, id_, {**about, "Principal": value})


def _pins(statement: object) -> dict[str, object]:
    """Return what the conditions of a statement pin to one value, as Lambda::Permission does."""
    pins: dict[str, object] = {}
    for operator in _PINNING:
        tests = look_up(statement, f"Condition.{operator}", {})
        for key, value in tests.items() if isinstance(tests, dict) else ():
            property_ = _CONDITIONS.get(str(key).lower())
            if property_ is not None and isinstance(value, str):
                pins[property_] = value
    return pins

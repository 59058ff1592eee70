"""Functions, who may call them and what they follow: moto's cannot be kept as bytes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from tests.live.emulation.stubs import Gap, RefusedError

if TYPE_CHECKING:
    from tests.live.emulation.stubs import Answer, Parameters, Store

_FUNCTIONS: Final = "moto keeps functions by references that cannot be pickled"
_TOLD: Final = (
    "Architectures", "Description", "FunctionName", "Handler", "LoggingConfig", "MemorySize",
    "Role", "Runtime", "Timeout",
)  # fmt: skip


def _arn(store: Store, name: str) -> str:
    return f"arn:aws:lambda:{store.region}:{store.account}:function:{name}"


def _name(parameters: Parameters) -> str:
    """Return a function's name, which a call may also spell as the end of its ARN."""
    return str(parameters["FunctionName"]).rpartition(":")[2]


def create(store: Store, parameters: Parameters) -> Answer:
    """Keep a function, without its code."""
    name = parameters["FunctionName"]
    told: Answer = {key: parameters[key] for key in _TOLD if key in parameters}
    subnets = parameters.get("VpcConfig")
    told |= {"FunctionArn": _arn(store, name), **({"VpcConfig": subnets} if subnets else {})}
    store.kind("function")[name] = told
    return told


def list_functions(store: Store, parameters: Parameters) -> Answer:
    """Return every function."""
    del parameters
    return {"Functions": list(store.kind("function").values())}


def list_addresses(store: Store, parameters: Parameters) -> Answer:
    """Return no address: no function here has one."""
    del store, parameters
    return {"FunctionUrlConfigs": []}


def add_permission(store: Store, parameters: Parameters) -> Answer:
    """Add a statement to a function's policy, as Lambda words it."""
    pins = {
        operator: {key: parameters[given]}
        for operator, key, given in (
            ("StringEquals", "AWS:SourceAccount", "SourceAccount"),
            ("ArnLike", "AWS:SourceArn", "SourceArn"),
        )
        if given in parameters
    }
    statement = {
        "Sid": parameters["StatementId"],
        "Effect": "Allow",
        "Principal": {"Service": parameters["Principal"]},
        "Action": parameters["Action"],
        "Resource": _arn(store, _name(parameters)),
        **({"Condition": pins} if pins else {}),
    }
    store.kind("permission").setdefault(_name(parameters), []).append(statement)
    return {"Statement": json.dumps(statement)}


def get_policy(store: Store, parameters: Parameters) -> Answer:
    """Return a function's policy."""
    statements = store.kind("permission").get(_name(parameters))
    if not statements:
        raise RefusedError("ResourceNotFoundException", "The resource you requested does not exist")
    document = {"Version": "2012-10-17", "Id": "default", "Statement": statements}
    return {"Policy": json.dumps(document), "RevisionId": "1"}


def follow(store: Store, parameters: Parameters) -> Answer:
    """Have a function follow a stream."""
    mappings = store.kind("mapping")
    mapping = {
        "UUID": f"00000000-0000-0000-0000-{len(mappings) + 1:012}",
        "EventSourceArn": parameters["EventSourceArn"],
        "FunctionArn": _arn(store, _name(parameters)),
        "State": "Enabled",
    }
    mappings[mapping["UUID"]] = mapping
    return mapping


def list_mappings(store: Store, parameters: Parameters) -> Answer:
    """Return what functions follow."""
    del parameters
    return {"EventSourceMappings": list(store.kind("mapping").values())}


GAPS: Final = (
    Gap("lambda", "CreateFunction", _FUNCTIONS, create),
    Gap("lambda", "ListFunctions", _FUNCTIONS, list_functions),
    Gap("lambda", "ListFunctionUrlConfigs", _FUNCTIONS, list_addresses),
    Gap("lambda", "AddPermission", _FUNCTIONS, add_permission),
    Gap("lambda", "GetPolicy", _FUNCTIONS, get_policy),
    Gap("lambda", "CreateEventSourceMapping", _FUNCTIONS, follow),
    Gap("lambda", "ListEventSourceMappings", _FUNCTIONS, list_mappings),
)

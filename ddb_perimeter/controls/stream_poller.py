"""The roles with which Lambda polls streams: a stream may exempt those that are Lambda's alone.

An event source mapping polls from the Lambda service, outside every VPC, with the execution role
of its function. A stream that denies everybody outside has to let that role through, so the
exemption counts only for a role that nobody but Lambda may assume.
Source: https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ddb_perimeter.controls.functions import FUNCTION
from ddb_perimeter.controls.guarded import Surroundings
from ddb_perimeter.controls.reach import ASSUME
from ddb_perimeter.controls.reading import policy_of
from ddb_perimeter.findings import Verdict
from ddb_perimeter.inventory.iam import IAM_TYPES, ROLE, identities
from ddb_perimeter.policy.callers import Callers
from ddb_perimeter.policy.origins import Origins
from ddb_perimeter.policy.principals import Document
from ddb_perimeter.policy.request import Kind
from ddb_perimeter.policy.space import Question

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddb_perimeter.controls.perimeter import Perimeter
    from ddb_perimeter.inventory import Inventory
    from ddb_perimeter.inventory.iam import Identity
    from ddb_perimeter.unknown import Unknown

MAPPING: Final = "AWS::Lambda::EventSourceMapping"
POLLER_TYPES: Final = IAM_TYPES | {FUNCTION, MAPPING}
_LAMBDA: Final = "lambda.amazonaws.com"


def polling_roles(
    inventory: Inventory, perimeter: Perimeter, stream_arn: str | Unknown
) -> tuple[str, ...]:
    """Return the ARNs of the roles with which Lambda, and nobody else, polls a stream.

    Args:
        inventory: where to look.
        perimeter: what is declared.
        stream_arn: the stream; one that cannot be told is nobody's.
    """
    return tuple(
        dict.fromkeys(
            role.arn
            for role in _pollers(inventory, stream_arn)
            if role.arn and _is_only_for_lambda(role, inventory, perimeter)
        )
    )


def _pollers(inventory: Inventory, stream_arn: str | Unknown) -> Iterator[Identity]:
    for mapping in inventory.of_type(MAPPING):
        source = mapping.at("EventSourceArn")
        if not isinstance(source, str) or source != stream_arn:
            continue
        function = inventory.by_id(mapping.at("FunctionName"), FUNCTION, near=mapping)
        if function is None:
            continue
        resource = inventory.by_id(function.at("Role"), ROLE, near=function)
        role = identities(inventory).of(resource) if resource is not None else None
        if role is not None:
            yield role


def _is_only_for_lambda(role: Identity, inventory: Inventory, perimeter: Perimeter) -> bool:
    around = Surroundings.of(role.resource, role.resource.region, inventory, perimeter)
    lambda_service = Callers(
        "Lambda",
        lambda caller: caller.kind is Kind.SERVICE and caller.service == _LAMBDA,
        services=(_LAMBDA,),
    )
    question = Question(
        Callers.anyone().but(lambda_service), Origins.anywhere(), ASSUME, (role.arn or "",)
    )
    trust = policy_of(role.trust, "trust policy", inventory)
    answer = around.prover.none_granted(question, trust, Document.TRUST)
    return answer.verdict is Verdict.HOLDS

"""What policy documents allow: parsing, the request space, proofs and a plain evaluator.

A control reads documents with `Policy.read`, asks a `Prover` about a `Question` (which callers,
from which origins, which actions on which resources) and gets an `Answer`: a verdict, and the
request that breaks the claim.

    prover = Prover(World(account, region, endpoints=(Endpoint(vpce, vpc, account),)))
    outside = Question(
        callers=Callers.anyone().but_arns(dax_role).but_services().but_service_linked_roles(),
        origins=Origins.outside(endpoints=[vpce]).but_forwarded(),
        actions=of_plane(Plane.DATA),
        resources=(table_arn, f"{table_arn}/index/*"),
    )
    answer = prover.every_denied(outside, Policy.read(document, "table policy"))
"""

from ddb_perimeter.policy.actions import Action, Idle, Plane, expand, idle, of_plane
from ddb_perimeter.policy.actions import table as action_table
from ddb_perimeter.policy.callers import Callers
from ddb_perimeter.policy.document import Effect, Policy, Statement
from ddb_perimeter.policy.evaluate import Decision, Outcome, decide
from ddb_perimeter.policy.layers import EndpointPolicy, Layers
from ddb_perimeter.policy.origins import Origins
from ddb_perimeter.policy.principals import Document
from ddb_perimeter.policy.proof import Answer, Prover, Reference
from ddb_perimeter.policy.request import Caller, Kind, Origin, Path, Request
from ddb_perimeter.policy.space import Question
from ddb_perimeter.policy.world import Endpoint, Relation, World

__all__ = [
    "Action",
    "Answer",
    "Caller",
    "Callers",
    "Decision",
    "Document",
    "Effect",
    "Endpoint",
    "EndpointPolicy",
    "Idle",
    "Kind",
    "Layers",
    "Origin",
    "Origins",
    "Outcome",
    "Path",
    "Plane",
    "Policy",
    "Prover",
    "Question",
    "Reference",
    "Relation",
    "Request",
    "Statement",
    "World",
    "action_table",
    "decide",
    "expand",
    "idle",
    "of_plane",
]

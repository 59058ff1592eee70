"""What exists: CloudFormation-shaped resources and their links.

`load` reads templates into a `System`; its `scenarios` yield one `Inventory` for every combination
of the conditions that matter for some types of resources. A control looks at every one of them::

    for inventory in load(["cdk.out"]).scenarios({"AWS::DAX::Cluster", "AWS::IAM::Role"}):
        for cluster in inventory.of_type("AWS::DAX::Cluster"):
            role = inventory.by_id(cluster.at("IAMRoleARN"), "AWS::IAM::Role", near=cluster)

Values are plain Python or `Unknown`. What is known only after deployment but certainly the same
everywhere (the id of an endpoint that a template creates) is a string with a placeholder, such as
``vpce-⟦Net.Endpoint⟧``, which equals only itself.
"""

from __future__ import annotations

from ddb_perimeter.inventory.assembly import load
from ddb_perimeter.inventory.errors import InputError, TooManyScenarios
from ddb_perimeter.inventory.inventory import Gap, Inventory, UndecidedTypeError
from ddb_perimeter.inventory.resource import Resource, as_flag, as_list, look_up
from ddb_perimeter.inventory.system import System

__all__ = [
    "Gap",
    "InputError",
    "Inventory",
    "Resource",
    "System",
    "TooManyScenarios",
    "UndecidedTypeError",
    "as_flag",
    "as_list",
    "load",
    "look_up",
]

"""What exists: CloudFormation-shaped resources and their links.

`load` reads templates into a `System`, and `load_templates` those that are in memory. Its
`scenarios` yield one `Inventory` for every combination of the conditions that matter for some
types of resources. A control looks at every one of them::

    for inventory in load(["cdk.out"]).scenarios({"AWS::DAX::Cluster", "AWS::IAM::Role"}):
        for cluster in inventory.of_type("AWS::DAX::Cluster"):
            role = inventory.by_id(cluster.at("IAMRoleARN"), "AWS::IAM::Role", near=cluster)

`tables`, `network` and `identities` are views that put together what templates spell in many ways;
`TABLE_TYPES`, `NETWORK_TYPES` and `IAM_TYPES` are the types that they look at. What may stand for
resources that nobody here can see (macros, missing nested templates) is in ``inventory.gaps``: with
a gap, no control can say that everything holds.

Values are plain Python or `Unknown`. What is known only after deployment but certainly the same
everywhere (the id of an endpoint that a template creates) is a string with a placeholder, such as
``vpce-⟦Net.Endpoint⟧``, which equals only itself.
"""

from __future__ import annotations

from ddb_perimeter.inventory.assembly import load, load_templates
from ddb_perimeter.inventory.errors import InputError, TooManyScenarios
from ddb_perimeter.inventory.iam import (
    IAM_TYPES,
    AttachedPolicy,
    Identities,
    Identity,
    LoosePolicy,
    PolicyKind,
    identities,
    managed_policies_date,
    managed_policy_services,
)
from ddb_perimeter.inventory.inventory import Gap, Inventory, UndecidedTypeError
from ddb_perimeter.inventory.network import (
    Endpoint,
    Gateway,
    HostedZone,
    Network,
    Record,
    Route,
    RouteTable,
    Subnet,
    Unplaced,
    Vpc,
    Way,
)
from ddb_perimeter.inventory.resource import Resource, as_flag, as_list, look_up
from ddb_perimeter.inventory.security_groups import Peer, Rule, SecurityGroup
from ddb_perimeter.inventory.system import System
from ddb_perimeter.inventory.tables import TABLE_TYPES, Table, tables
from ddb_perimeter.inventory.topology import NETWORK_TYPES, network

__all__ = [
    "IAM_TYPES",
    "NETWORK_TYPES",
    "TABLE_TYPES",
    "AttachedPolicy",
    "Endpoint",
    "Gap",
    "Gateway",
    "HostedZone",
    "Identities",
    "Identity",
    "InputError",
    "Inventory",
    "LoosePolicy",
    "Network",
    "Peer",
    "PolicyKind",
    "Record",
    "Resource",
    "Route",
    "RouteTable",
    "Rule",
    "SecurityGroup",
    "Subnet",
    "System",
    "Table",
    "TooManyScenarios",
    "UndecidedTypeError",
    "Unplaced",
    "Vpc",
    "Way",
    "as_flag",
    "as_list",
    "identities",
    "load",
    "load_templates",
    "look_up",
    "managed_policies_date",
    "managed_policy_services",
    "network",
    "tables",
]

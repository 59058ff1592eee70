"""DAX clusters with their subnet and parameter groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ddb_perimeter.inventory.caches import CLUSTER, PARAMETER_GROUP, SUBNET_GROUP
from ddb_perimeter.inventory.live import calls
from ddb_perimeter.inventory.live.place import told
from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddb_perimeter.inventory.live.place import Place
    from ddb_perimeter.inventory.resource import Resource

_ENCRYPTED: Final = frozenset({"ENABLED", "ENABLING"})


def read_caches(place: Place) -> list[Resource]:
    """Read the clusters of a Region, and the groups that they name.

    Args:
        place: the Region.
    """
    dax, dynamodb = (
        place.requests.offers(service, place.region, place.partition)
        for service in ("dax", "dynamodb")
    )
    if dynamodb and not dax:  # of a Region that botocore is too old for it tells nothing
        return []
    found = place.list(calls.DESCRIBE_CLUSTERS)
    if not found:
        return []
    subnets = {each["SubnetGroupName"]: each for each in place.list(calls.DESCRIBE_SUBNET_GROUPS)}
    resources = [_cluster(place, each) for each in found]
    used = dict.fromkeys(each.get("SubnetGroup") for each in found)
    resources += [_subnet_group(place, subnets[name]) for name in used if name in subnets]
    names = (told(each, "ParameterGroup", "ParameterGroupName") for each in found)
    resources += [_parameter_group(place, name) for name in dict.fromkeys(names) if name]
    return resources


def _cluster(place: Place, cluster: dict[str, Any]) -> Resource:
    name = str(cluster["ClusterName"])
    encrypted = told(cluster, "SSEDescription", "Status") in _ENCRYPTED
    zones = dict.fromkeys(each.get("AvailabilityZone") for each in cluster.get("Nodes") or ())
    properties = {
        "ClusterName": name,
        "Description": cluster.get("Description"),
        "NodeType": cluster.get("NodeType"),
        "ReplicationFactor": cluster.get("TotalNodes"),
        "AvailabilityZones": list(filter(None, zones)) or None,
        "IAMRoleARN": cluster.get("IamRoleArn"),
        "SubnetGroupName": cluster.get("SubnetGroup"),
        "SecurityGroupIds": [
            each["SecurityGroupIdentifier"] for each in cluster.get("SecurityGroups") or ()
        ],
        "ParameterGroupName": told(cluster, "ParameterGroup", "ParameterGroupName"),
        "ClusterEndpointEncryptionType": cluster.get("ClusterEndpointEncryptionType"),
        "SSESpecification": {"SSEEnabled": encrypted},
    }
    arn = cluster.get("ClusterArn") or place.arn("dax", f"cache/{name}")
    return place.resource(CLUSTER, name, properties, Arn=arn)


def _subnet_group(place: Place, group: dict[str, Any]) -> Resource:
    properties = {
        "SubnetGroupName": group["SubnetGroupName"],
        "Description": group.get("Description"),
        "SubnetIds": [each["SubnetIdentifier"] for each in group.get("Subnets") or ()],
    }
    return place.resource(
        SUBNET_GROUP, str(group["SubnetGroupName"]), properties, VpcId=group.get("VpcId")
    )


def _parameter_group(place: Place, name: str) -> Resource:
    parameters = place.requests.items(
        calls.DESCRIBE_PARAMETERS, place.region, name, {"ParameterGroupName": name}
    )
    values: object = parameters
    if not isinstance(parameters, Unknown):
        values = {
            each["ParameterName"]: each["ParameterValue"]
            for each in parameters
            if each.get("ParameterValue") is not None
        }
    properties = {"ParameterGroupName": name, "ParameterNameValues": values}
    return place.resource(PARAMETER_GROUP, name, properties)


def cache_vpcs(resources: list[Resource]) -> Iterator[str]:
    """Yield the ids of the VPCs that clusters are in.

    Args:
        resources: what `read_caches` returned.
    """
    for each in resources:
        vpc = each.attribute("VpcId") if each.type == SUBNET_GROUP else None
        if isinstance(vpc, str):
            yield vpc

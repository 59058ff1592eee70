"""DAX's control plane. moto knows clusters without groups, and invents what they are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tests.live.emulation.stubs import Gap, RefusedError

if TYPE_CHECKING:
    from tests.live.emulation.stubs import Answer, Parameters, Store

_GROUPS: Final = "moto has no subnet groups and no parameter groups"
_CLUSTERS: Final = (
    "moto forgets a cluster's groups, network type and topic, and invents its security groups"
)
_DEFAULT_TTL: Final = "300000"
"""Milliseconds for which a cache keeps what it read, unless told."""

_PORTS: Final = {"NONE": 8111, "TLS": 9111}


def _found(store: Store, kind: str, name: str, error: str) -> dict[str, Any]:
    try:
        found: dict[str, Any] = store.kind(kind)[name]
    except KeyError:
        raise RefusedError(error, f"{name} not found.") from None
    return found


# Subnet groups


def create_subnet_group(store: Store, parameters: Parameters) -> Answer:
    """Create a subnet group of subnets that exist."""
    group = {
        "SubnetGroupName": parameters["SubnetGroupName"],
        "Description": parameters.get("Description", ""),
        **_placed(store, parameters["SubnetIds"]),
    }
    store.kind("subnet group")[group["SubnetGroupName"]] = group
    return {"SubnetGroup": group}


def update_subnet_group(store: Store, parameters: Parameters) -> Answer:
    """Replace the subnets of a group."""
    name = parameters["SubnetGroupName"]
    group = _found(store, "subnet group", name, "SubnetGroupNotFoundFault")
    group.update(_placed(store, parameters["SubnetIds"]))
    return {"SubnetGroup": group}


def _placed(store: Store, ids: list[str]) -> Answer:
    """Return what DAX says about subnets; it asks EC2 for it."""
    ec2 = store.client("ec2")
    subnets = ec2.describe_subnets(SubnetIds=ids)["Subnets"]
    return {
        "VpcId": subnets[0]["VpcId"],
        "Subnets": [
            {
                "SubnetIdentifier": subnet["SubnetId"],
                "SubnetAvailabilityZone": subnet["AvailabilityZone"],
                "SupportedNetworkTypes": ["ipv4"],
            }
            for subnet in subnets
        ],
        "SupportedNetworkTypes": ["ipv4"],
    }


def describe_subnet_groups(store: Store, parameters: Parameters) -> Answer:
    """Return subnet groups."""
    names = parameters.get("SubnetGroupNames") or list(store.kind("subnet group"))
    return {
        "SubnetGroups": [
            _found(store, "subnet group", name, "SubnetGroupNotFoundFault") for name in names
        ]
    }


# Parameter groups


def create_parameter_group(store: Store, parameters: Parameters) -> Answer:
    """Create a parameter group with the default values."""
    name = parameters["ParameterGroupName"]
    described = {"ParameterGroupName": name, "Description": parameters.get("Description", "")}
    store.kind("parameter group")[name] = {
        "described": described,
        "values": {"query-ttl-millis": _DEFAULT_TTL, "record-ttl-millis": _DEFAULT_TTL},
    }
    return {"ParameterGroup": described}


def update_parameter_group(store: Store, parameters: Parameters) -> Answer:
    """Set values."""
    name = parameters["ParameterGroupName"]
    group = _found(store, "parameter group", name, "ParameterGroupNotFoundFault")
    for value in parameters["ParameterNameValues"]:
        group["values"][value["ParameterName"]] = value["ParameterValue"]
    return {"ParameterGroup": group["described"]}


def describe_parameter_groups(store: Store, parameters: Parameters) -> Answer:
    """Return parameter groups."""
    names = parameters.get("ParameterGroupNames") or list(store.kind("parameter group"))
    return {
        "ParameterGroups": [
            _found(store, "parameter group", name, "ParameterGroupNotFoundFault")["described"]
            for name in names
        ]
    }


def describe_parameters(store: Store, parameters: Parameters) -> Answer:
    """Return the values of a parameter group."""
    name = parameters["ParameterGroupName"]
    group = _found(store, "parameter group", name, "ParameterGroupNotFoundFault")
    return {
        "Parameters": [
            {
                "ParameterName": key,
                "ParameterType": "DEFAULT",
                "ParameterValue": value,
                "NodeTypeSpecificValues": [],
                "Description": "Milliseconds for which something is kept",
                "Source": "user" if value != _DEFAULT_TTL else "system",
                "DataType": "integer",
                "AllowedValues": "0-",
                "IsModifiable": "TRUE",
                "ChangeType": "IMMEDIATE",
            }
            for key, value in group["values"].items()
        ]
    }


# Clusters


def create_cluster(store: Store, parameters: Parameters) -> Answer:
    """Create a cluster of groups that exist; it is available at once."""
    name = parameters["ClusterName"]
    _found(store, "subnet group", parameters["SubnetGroupName"], "SubnetGroupNotFoundFault")
    group = parameters["ParameterGroupName"]
    _found(store, "parameter group", group, "ParameterGroupNotFoundFault")
    encryption = parameters.get("ClusterEndpointEncryptionType", "NONE")
    domain = f"{name}.abc123.dax-clusters.{store.region}.amazonaws.com"
    port = _PORTS[encryption]
    scheme = "daxs" if encryption == "TLS" else "dax"
    size = parameters["ReplicationFactor"]
    zones = [f"{store.region}{letter}" for letter in "abcabcabca"[:size]]
    zones = parameters.get("AvailabilityZones", zones)
    cluster = {
        "ClusterName": name,
        "Description": parameters.get("Description", ""),
        "ClusterArn": f"arn:aws:dax:{store.region}:{store.account}:cache/{name}",
        "TotalNodes": size,
        "ActiveNodes": size,
        "NodeType": parameters["NodeType"],
        "Status": "available",
        "ClusterDiscoveryEndpoint": {
            "Address": domain,
            "Port": port,
            "URL": f"{scheme}://{domain}",
        },
        "Nodes": [
            {
                "NodeId": f"{name}-{letter}",
                "Endpoint": {"Address": f"{name}-{letter}.{domain}", "Port": port},
                "AvailabilityZone": zone,
                "NodeStatus": "available",
                "ParameterGroupStatus": "in-sync",
            }
            for letter, zone in zip("abcdefghij", zones, strict=False)
        ],
        "PreferredMaintenanceWindow": parameters["PreferredMaintenanceWindow"],
        "NotificationConfiguration": _notifying(parameters),
        "SubnetGroup": parameters["SubnetGroupName"],
        "SecurityGroups": _secured(parameters),
        "IamRoleArn": parameters["IamRoleArn"],
        "ParameterGroup": _in_sync(group),
        "SSEDescription": {
            "Status": "ENABLED"
            if parameters.get("SSESpecification", {}).get("Enabled")
            else "DISABLED"
        },
        "ClusterEndpointEncryptionType": encryption,
        "NetworkType": parameters.get("NetworkType", "ipv4"),
    }
    store.kind("cluster")[name] = cluster
    store.kind("tags")[cluster["ClusterArn"]] = parameters.get("Tags", [])
    return {"Cluster": cluster}


def _notifying(parameters: Parameters) -> Answer:
    return {"TopicArn": parameters["NotificationTopicArn"], "TopicStatus": "active"}


def _secured(parameters: Parameters) -> list[Answer]:
    return [
        {"SecurityGroupIdentifier": id_, "Status": "active"}
        for id_ in parameters["SecurityGroupIds"]
    ]


def _in_sync(group: str) -> Answer:
    return {
        "ParameterGroupName": group,
        "ParameterApplyStatus": "in-sync",
        "NodeIdsToReboot": [],
    }


def update_cluster(store: Store, parameters: Parameters) -> Answer:
    """Change what may be changed of a cluster."""
    cluster = _found(store, "cluster", parameters["ClusterName"], "ClusterNotFoundFault")
    if "SecurityGroupIds" in parameters:
        cluster["SecurityGroups"] = _secured(parameters)
    if "ParameterGroupName" in parameters:
        cluster["ParameterGroup"] = _in_sync(parameters["ParameterGroupName"])
    if "NotificationTopicArn" in parameters:
        cluster["NotificationConfiguration"] = _notifying(parameters)
    return {"Cluster": cluster}


def delete_cluster(store: Store, parameters: Parameters) -> Answer:
    """Delete a cluster."""
    name = parameters["ClusterName"]
    cluster = _found(store, "cluster", name, "ClusterNotFoundFault")
    del store.kind("cluster")[name]
    return {"Cluster": {**cluster, "Status": "deleting"}}


def describe_clusters(store: Store, parameters: Parameters) -> Answer:
    """Return clusters."""
    names = parameters.get("ClusterNames") or list(store.kind("cluster"))
    return {"Clusters": [_found(store, "cluster", name, "ClusterNotFoundFault") for name in names]}


def list_tags(store: Store, parameters: Parameters) -> Answer:
    """Return the tags of a cluster."""
    return {"Tags": _found(store, "tags", parameters["ResourceName"], "ClusterNotFoundFault")}


GAPS: Final = (
    Gap("dax", "CreateSubnetGroup", _GROUPS, create_subnet_group),
    Gap("dax", "UpdateSubnetGroup", _GROUPS, update_subnet_group),
    Gap("dax", "DescribeSubnetGroups", _GROUPS, describe_subnet_groups),
    Gap("dax", "CreateParameterGroup", _GROUPS, create_parameter_group),
    Gap("dax", "UpdateParameterGroup", _GROUPS, update_parameter_group),
    Gap("dax", "DescribeParameterGroups", _GROUPS, describe_parameter_groups),
    Gap("dax", "DescribeParameters", _GROUPS, describe_parameters),
    Gap("dax", "CreateCluster", _CLUSTERS, create_cluster),
    Gap("dax", "UpdateCluster", _CLUSTERS, update_cluster),
    Gap("dax", "DeleteCluster", _CLUSTERS, delete_cluster),
    Gap("dax", "DescribeClusters", _CLUSTERS, describe_clusters),
    Gap("dax", "ListTags", _CLUSTERS, list_tags),
)

"""A small private network with an endpoint and a cache, to change one thing at a time."""

from typing import Any

Resources = dict[str, Any]

UNSET = {"Ref": "Unset"}
UNRESOLVED = (
    "is ${Unset}, which cannot be resolved: parameter Unset has no default and no --parameter "
    "gives it a value."
)


def get(resource: str, attribute: str = "GroupId") -> Resources:
    """Return a reference to an attribute."""
    return {"Fn::GetAtt": [resource, attribute]}


def resource(kind: str, **properties: object) -> Resources:
    """Return a resource with properties."""
    return {"Type": kind, "Properties": properties}


def route(table: object, to: str | None = "0.0.0.0/0", **target: object) -> Resources:
    """Return a route of a table."""
    destination = (
        {}
        if to is None
        else {"DestinationIpv6CidrBlock" if ":" in to else "DestinationCidrBlock": to}
    )
    if to is not None and to.startswith("pl-"):
        destination = {"DestinationPrefixListId": to}
    return resource("AWS::EC2::Route", RouteTableId=table, **destination, **target)


def ingress(group: object, **rule: object) -> Resources:
    """Return a rule that admits TCP 9111, or what it is told."""
    rule = {"IpProtocol": "tcp", "FromPort": 9111, "ToPort": 9111, **rule}
    return resource("AWS::EC2::SecurityGroupIngress", GroupId=group, **rule)


def network() -> Resources:
    """Return a VPC with two client subnets, a table for both, and a gateway endpoint."""
    resources: Resources = {
        "Vpc": resource(
            "AWS::EC2::VPC",
            CidrBlock="10.0.0.0/16",
            EnableDnsSupport=True,
            EnableDnsHostnames=True,
        ),
        "Closed": resource(
            "Custom::VpcRestrictDefaultSG",
            DefaultSecurityGroupId=get("Vpc", "DefaultSecurityGroup"),
        ),
        "Log": resource(
            "AWS::EC2::FlowLog", ResourceId={"Ref": "Vpc"}, ResourceType="VPC", TrafficType="ALL"
        ),
        "Clients": resource("AWS::EC2::RouteTable", VpcId={"Ref": "Vpc"}),
        "ClientGroup": resource("AWS::EC2::SecurityGroup", VpcId={"Ref": "Vpc"}),
        "Endpoint": resource(
            "AWS::EC2::VPCEndpoint",
            VpcId={"Ref": "Vpc"},
            ServiceName={"Fn::Sub": "com.amazonaws.${AWS::Region}.dynamodb"},
            RouteTableIds=[{"Ref": "Clients"}],
        ),
    }
    for number, zone in enumerate("ab", start=1):
        resources |= subnet(f"Client{number}", number, zone, "Clients")
    return resources


def subnet(name: str, number: int, zone: str, table: str) -> Resources:
    """Return a subnet and what ties it to its route table."""
    return {
        name: resource(
            "AWS::EC2::Subnet",
            VpcId={"Ref": "Vpc"},
            CidrBlock=f"10.0.{number}.0/24",
            AvailabilityZone=f"us-east-1{zone}",
        ),
        f"{name}Table": resource(
            "AWS::EC2::SubnetRouteTableAssociation",
            SubnetId={"Ref": name},
            RouteTableId={"Ref": table},
        ),
    }


def cached(**cluster: object) -> Resources:
    """Return the network with a cache in three subnets of its own; its properties may differ.

    Args:
        cluster: properties to add or replace; None leaves one out.
    """
    resources = network()
    resources["Caches"] = resource("AWS::EC2::RouteTable", VpcId={"Ref": "Vpc"})
    resources["Endpoint"]["Properties"]["RouteTableIds"].append({"Ref": "Caches"})
    for number, zone in enumerate("abc", start=1):
        resources |= subnet(f"Cache{number}", number + 10, zone, "Caches")
    properties = {
        "ClusterName": "orders",
        "IAMRoleARN": get("Role", "Arn"),
        "NodeType": "dax.t3.small",
        "ReplicationFactor": 3,
        "ClusterEndpointEncryptionType": "TLS",
        "SSESpecification": {"SSEEnabled": True},
        "SecurityGroupIds": [get("CacheGroup")],
        "SubnetGroupName": {"Ref": "CacheSubnets"},
        "ParameterGroupName": {"Ref": "CacheTimes"},
        **cluster,
    }
    resources |= {
        "Role": resource("AWS::IAM::Role"),
        "CacheTimes": resource(
            "AWS::DAX::ParameterGroup",
            ParameterNameValues={"record-ttl-millis": "5000", "query-ttl-millis": "5000"},
        ),
        "CacheSubnets": resource(
            "AWS::DAX::SubnetGroup", SubnetIds=[{"Ref": f"Cache{n}"} for n in (1, 2, 3)]
        ),
        "CacheGroup": resource("AWS::EC2::SecurityGroup", VpcId={"Ref": "Vpc"}),
        "FromClients": ingress(get("CacheGroup"), SourceSecurityGroupId=get("ClientGroup")),
        "Cluster": resource(
            "AWS::DAX::Cluster", **{k: v for k, v in properties.items() if v is not None}
        ),
    }
    return resources

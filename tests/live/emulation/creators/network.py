"""Creates VPCs and what is in them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from tests.live.emulation.deployment import tags

if TYPE_CHECKING:
    from typing import Any

    from tests.live.emulation.deployment import Create, Place, Properties


def _tagged(kind: str, properties: Properties) -> list[dict[str, object]]:
    return [{"ResourceType": kind, "Tags": tags(properties)}] if tags(properties) else []


def vpc(place: Place, properties: Properties) -> str:
    """Create a VPC; its default security group gets a name too."""
    ec2 = place.client("ec2")
    created = ec2.create_vpc(
        CidrBlock=properties["CidrBlock"], TagSpecifications=_tagged("vpc", properties)
    )
    id_: str = created["Vpc"]["VpcId"]
    for name in ("EnableDnsSupport", "EnableDnsHostnames"):
        ec2.modify_vpc_attribute(VpcId=id_, **{name: {"Value": properties[name]}})
    group = default_group(ec2, id_)
    place.also("default", group["GroupId"].removeprefix("sg-"))
    return id_


def default_group(ec2: Any, vpc_id: str) -> dict[str, Any]:  # noqa: ANN401 - boto3 has no types
    """Return the default security group of a VPC."""
    filters = [
        {"Name": "vpc-id", "Values": [vpc_id]},
        {"Name": "group-name", "Values": ["default"]},
    ]
    (group,) = ec2.describe_security_groups(Filters=filters)["SecurityGroups"]
    found: dict[str, Any] = group
    return found


def restricted_default_group(place: Place, properties: Properties) -> str:
    """Empty the default security group, as the function behind this type does."""
    ec2 = place.client("ec2")
    id_ = properties["DefaultSecurityGroupId"]
    (group,) = ec2.describe_security_groups(GroupIds=[id_])["SecurityGroups"]
    ec2.revoke_security_group_ingress(GroupId=id_, IpPermissions=group["IpPermissions"])
    ec2.revoke_security_group_egress(GroupId=id_, IpPermissions=group["IpPermissionsEgress"])
    return ""


def subnet(place: Place, properties: Properties) -> str:
    """Create a subnet."""
    ec2 = place.client("ec2")
    created = ec2.create_subnet(
        VpcId=properties["VpcId"],
        CidrBlock=properties["CidrBlock"],
        AvailabilityZone=properties["AvailabilityZone"],
        TagSpecifications=_tagged("subnet", properties),
    )
    id_: str = created["Subnet"]["SubnetId"]
    ec2.modify_subnet_attribute(
        SubnetId=id_, MapPublicIpOnLaunch={"Value": properties["MapPublicIpOnLaunch"]}
    )
    return id_


def route_table(place: Place, properties: Properties) -> str:
    """Create a route table."""
    created = place.client("ec2").create_route_table(
        VpcId=properties["VpcId"], TagSpecifications=_tagged("route-table", properties)
    )
    id_: str = created["RouteTable"]["RouteTableId"]
    return id_


def route_table_association(place: Place, properties: Properties) -> str:
    """Give a subnet its route table."""
    created = place.client("ec2").associate_route_table(
        RouteTableId=properties["RouteTableId"], SubnetId=properties["SubnetId"]
    )
    id_: str = created["AssociationId"]
    return id_


def security_group(place: Place, properties: Properties) -> str:
    """Create a security group without the rule that lets everything out."""
    ec2 = place.client("ec2")
    id_: str = ec2.create_security_group(
        GroupName=place.generated_name,
        Description=properties["GroupDescription"],
        VpcId=properties["VpcId"],
        TagSpecifications=_tagged("security-group", properties),
    )["GroupId"]
    (group,) = ec2.describe_security_groups(GroupIds=[id_])["SecurityGroups"]
    ec2.revoke_security_group_egress(GroupId=id_, IpPermissions=group["IpPermissionsEgress"])
    for direction in ("Ingress", "Egress"):
        rules = [_permission(rule) for rule in properties.get(f"SecurityGroup{direction}", ())]
        if rules:
            authorize = getattr(ec2, f"authorize_security_group_{direction.lower()}")
            authorize(GroupId=id_, IpPermissions=rules)
    return id_


def _permission(rule: Properties) -> dict[str, Any]:
    """Return a rule of CloudFormation as the API takes it."""
    words = {"Description": rule["Description"]} if "Description" in rule else {}
    permission: dict[str, Any] = {
        key: rule[key] for key in ("IpProtocol", "FromPort", "ToPort") if key in rule
    }
    if "CidrIp" in rule:
        permission["IpRanges"] = [{"CidrIp": rule["CidrIp"], **words}]
    else:
        pair = {"GroupId": rule["SourceSecurityGroupId"], **words}
        permission["UserIdGroupPairs"] = [pair]
    return permission


def endpoint(place: Place, properties: Properties) -> str:
    """Create a gateway or interface endpoint."""
    kept = (
        "VpcEndpointType", "VpcId", "ServiceName", "RouteTableIds", "SubnetIds",
        "SecurityGroupIds", "PrivateDnsEnabled",
    )  # fmt: skip
    created = place.client("ec2").create_vpc_endpoint(
        **{key: properties[key] for key in kept if key in properties},
        PolicyDocument=json.dumps(properties["PolicyDocument"]),
        TagSpecifications=_tagged("vpc-endpoint", properties),
    )
    id_: str = created["VpcEndpoint"]["VpcEndpointId"]
    return id_


def flow_log(place: Place, properties: Properties) -> str:
    """Record the traffic of a VPC."""
    created = place.client("ec2").create_flow_logs(
        ResourceIds=[properties["ResourceId"]],
        ResourceType=properties["ResourceType"],
        TrafficType=properties["TrafficType"],
        LogDestinationType=properties["LogDestinationType"],
        LogGroupName=properties["LogDestination"].split(":")[6],
        DeliverLogsPermissionArn=properties["DeliverLogsPermissionArn"],
    )
    assert not created["Unsuccessful"], created["Unsuccessful"]
    id_: str = created["FlowLogIds"][0]
    return id_


CREATORS: Final[dict[str, Create]] = {
    "AWS::EC2::VPC": vpc,
    "Custom::VpcRestrictDefaultSG": restricted_default_group,
    "AWS::EC2::Subnet": subnet,
    "AWS::EC2::RouteTable": route_table,
    "AWS::EC2::SubnetRouteTableAssociation": route_table_association,
    "AWS::EC2::SecurityGroup": security_group,
    "AWS::EC2::VPCEndpoint": endpoint,
    "AWS::EC2::FlowLog": flow_log,
}

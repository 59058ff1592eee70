"""The network: VPC, subnets, route tables, endpoints, security groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rehearsal.readers.reader import document, own_tags

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rehearsal.account import Account
    from rehearsal.readers.reader import Properties

_PEERS = {
    "IpRanges": ("CidrIp", "CidrIp"),
    "Ipv6Ranges": ("CidrIpv6", "CidrIpv6"),
    "PrefixListIds": ("PrefixListId", "{}PrefixListId"),
    "UserIdGroupPairs": ("GroupId", "{}SecurityGroupId"),
}


def vpc(account: Account, physical_id: str) -> Properties:
    """Return an ``AWS::EC2::VPC``."""
    client = account.client("ec2")
    (told,) = client.describe_vpcs(VpcIds=[physical_id])["Vpcs"]
    return {
        **_tagged(told),
        **{
            name: client.describe_vpc_attribute(VpcId=physical_id, Attribute=attribute)[name][
                "Value"
            ]
            for name, attribute in (
                ("EnableDnsHostnames", "enableDnsHostnames"),
                ("EnableDnsSupport", "enableDnsSupport"),
            )
        },
    }


def subnet(account: Account, physical_id: str) -> Properties:
    """Return an ``AWS::EC2::Subnet``."""
    (told,) = account.client("ec2").describe_subnets(SubnetIds=[physical_id])["Subnets"]
    return _tagged(told)


def route_table(account: Account, physical_id: str) -> Properties:
    """Return an ``AWS::EC2::RouteTable``."""
    (told,) = account.client("ec2").describe_route_tables(RouteTableIds=[physical_id])[
        "RouteTables"
    ]
    return _tagged(told)


def subnet_association(account: Account, physical_id: str) -> Properties:
    """Return an ``AWS::EC2::SubnetRouteTableAssociation``."""
    name = "association.route-table-association-id"
    tables = account.client("ec2").describe_route_tables(
        Filters=[{"Name": name, "Values": [physical_id]}]
    )["RouteTables"]
    (told,) = (
        association
        for table in tables
        for association in table["Associations"]
        if association["RouteTableAssociationId"] == physical_id
    )
    return dict(told)


def endpoint(account: Account, physical_id: str) -> Properties:
    """Return an ``AWS::EC2::VPCEndpoint``."""
    (told,) = account.client("ec2").describe_vpc_endpoints(VpcEndpointIds=[physical_id])[
        "VpcEndpoints"
    ]
    return {
        **_tagged(told),
        "PolicyDocument": document(told.get("PolicyDocument")),
        "SecurityGroupIds": [group["GroupId"] for group in told.get("Groups", [])],
    }


def security_group(account: Account, physical_id: str) -> Properties:
    """Return an ``AWS::EC2::SecurityGroup``."""
    (told,) = account.client("ec2").describe_security_groups(GroupIds=[physical_id])[
        "SecurityGroups"
    ]
    return {
        **_tagged(told),
        "GroupDescription": told["Description"],
        "SecurityGroupIngress": list(_rules(told["IpPermissions"], "Source")),
        "SecurityGroupEgress": list(_rules(told["IpPermissionsEgress"], "Destination")),
    }


def _rules(permissions: list[Properties], side: str) -> Iterator[Properties]:
    """Yield one rule for each peer, as a template writes them."""
    for permission in permissions:
        common: Properties = {
            key: permission[key]
            for key in ("IpProtocol", "FromPort", "ToPort")
            if key in permission
        }
        for kind, (told_as, written_as) in _PEERS.items():
            for peer in permission.get(kind, []):
                yield {
                    **common,
                    written_as.format(side): peer[told_as],
                    "Description": peer.get("Description"),
                }


def _tagged(told: dict[str, Any]) -> Properties:
    return {**told, "Tags": own_tags(told.get("Tags", []))}

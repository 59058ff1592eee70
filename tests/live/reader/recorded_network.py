"""The network of the recorded account."""

from __future__ import annotations

from typing import Any, Final

from tests.live.reader.names import (
    ACCOUNT,
    DEFAULT_GROUP,
    GATEWAY,
    GROUP,
    MAIN,
    PEERING,
    PREFIX_LIST,
    REGION,
    STREAMS,
    SUBNET,
    TABLE_OF_ROUTES,
    VPC,
    statement,
)

_RANGE: Final = {"IpProtocol": "tcp", "FromPort": 9111, "ToPort": 9111}

NETWORK: Final[dict[str, dict[str, Any]]] = {
    "ec2:DescribeRegions": {"Regions": [{"RegionName": r} for r in (REGION, "us-east-1")]},
    "ec2:DescribeVpcs": {
        "Vpcs": [
            {"VpcId": "vpc-0dddddddd", "CidrBlock": "172.31.0.0/16", "IsDefault": True},
            {
                "VpcId": VPC,
                "CidrBlock": "10.0.0.0/16",
                "CidrBlockAssociationSet": [
                    {
                        "AssociationId": f"vpc-cidr-assoc-{n}",
                        "CidrBlock": block,
                        "CidrBlockState": {"State": "associated"},
                    }
                    for n, block in enumerate(("10.0.0.0/16", "10.1.0.0/16"))
                ],
            },
        ]
    },
    "ec2:DescribeVpcAttribute": {
        "VpcId": VPC,
        "EnableDnsSupport": {"Value": True},
        "EnableDnsHostnames": {"Value": True},
    },
    "ec2:DescribeSubnets": {
        "Subnets": [
            {"SubnetId": "subnet-0dddddddd", "VpcId": "vpc-0dddddddd"},
            *(
                {
                    "SubnetId": id_,
                    "VpcId": VPC,
                    "CidrBlock": block,
                    "AvailabilityZone": f"{REGION}a",
                    "MapPublicIpOnLaunch": False,
                }
                for id_, block in (("subnet-0bbbbbbbb", "10.0.1.0/24"), (SUBNET, "10.0.0.0/24"))
            ),
        ]
    },
    "ec2:DescribeRouteTables": {
        "RouteTables": [
            {
                "RouteTableId": MAIN,
                "VpcId": VPC,
                "Associations": [{"Main": True, "RouteTableId": MAIN}],
                "Routes": [
                    {"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local"},
                    {"DestinationPrefixListId": PREFIX_LIST, "GatewayId": GATEWAY},
                ],
            },
            {
                "RouteTableId": TABLE_OF_ROUTES,
                "VpcId": VPC,
                "Associations": [{"SubnetId": SUBNET, "RouteTableId": TABLE_OF_ROUTES}],
                "PropagatingVgws": [{"GatewayId": "vgw-0aaaaaaaa"}],
                "Routes": [
                    {"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-0aaaaaaaa"},
                    {"DestinationIpv6CidrBlock": "::/0", "EgressOnlyInternetGatewayId": "eigw-0"},
                    {"DestinationPrefixListId": PREFIX_LIST, "VpcPeeringConnectionId": PEERING},
                ],
            },
        ]
    },
    "ec2:DescribeInternetGateways": {
        "InternetGateways": [
            {
                "InternetGatewayId": f"igw-0{n}",
                "Attachments": [{"VpcId": vpc, "State": "available"}],
            }
            for n, vpc in enumerate(("vpc-0dddddddd", VPC))
        ]
    },
    "ec2:DescribeVpnGateways": {
        "VpnGateways": [
            {
                "VpnGatewayId": "vgw-0aaaaaaaa",
                "VpcAttachments": [{"VpcId": VPC, "State": "attached"}],
            }
        ]
    },
    "ec2:DescribeEgressOnlyInternetGateways": {
        "EgressOnlyInternetGateways": [
            {"EgressOnlyInternetGatewayId": f"eigw-{n}", "Attachments": [{"VpcId": vpc}]}
            for n, vpc in enumerate((VPC, VPC))
        ]
    },
    "ec2:DescribeCarrierGateways": {
        "CarrierGateways": [{"CarrierGatewayId": f"cagw-{n}", "VpcId": VPC} for n in range(2)]
    },
    "ec2:DescribeVpcPeeringConnections": {
        "VpcPeeringConnections": [
            {
                "VpcPeeringConnectionId": id_,
                "RequesterVpcInfo": {"VpcId": VPC, "OwnerId": ACCOUNT, "Region": REGION},
                "AccepterVpcInfo": {"VpcId": "vpc-0f", "OwnerId": "444455556666"},
                "Status": {"Code": code},
            }
            for id_, code in (("pcx-0deleted", "deleted"), (PEERING, "active"))
        ]
    },
    "ec2:DescribeTransitGatewayVpcAttachments": {
        "TransitGatewayVpcAttachments": [
            {"TransitGatewayAttachmentId": f"tgw-attach-{n}", "VpcId": VPC, "State": "available"}
            for n in range(2)
        ]
    },
    "ec2:DescribeVpcEndpoints": {
        "VpcEndpoints": [
            {
                "VpcEndpointId": "vpce-0dddddddd",
                "VpcId": "vpc-0dddddddd",
                "ServiceName": f"com.amazonaws.{REGION}.dynamodb",
                "VpcEndpointType": "Gateway",
                "State": "available",
            },
            {
                "VpcEndpointId": GATEWAY,
                "VpcId": VPC,
                "ServiceName": f"com.amazonaws.{REGION}.dynamodb",
                "VpcEndpointType": "Gateway",
                "State": "available",
                "RouteTableIds": [MAIN],
                "PolicyDocument": statement("Allow", "*", Principal="*"),
            },
            {
                "VpcEndpointId": STREAMS,
                "VpcId": VPC,
                "ServiceName": f"com.amazonaws.{REGION}.dynamodb-streams",
                "VpcEndpointType": "Interface",
                "State": "Available",
                "SubnetIds": [SUBNET],
                "Groups": [{"GroupId": GROUP, "GroupName": "clients"}],
                "PolicyDocument": statement("Allow", "*", Principal="*"),
                "PrivateDnsEnabled": True,
            },
        ]
    },
    "ec2:DescribeSecurityGroups": {
        "SecurityGroups": [
            {
                "GroupId": DEFAULT_GROUP,
                "GroupName": "default",
                "Description": "default",
                "VpcId": VPC,
                "IpPermissions": [],
                "IpPermissionsEgress": [],
            },
            {
                "GroupId": GROUP,
                "GroupName": "clients",
                "Description": "Clients",
                "VpcId": VPC,
                "IpPermissions": [
                    _RANGE
                    | {
                        "UserIdGroupPairs": [{"GroupId": GROUP, "UserId": ACCOUNT}],
                        "IpRanges": [{"CidrIp": "10.0.0.0/24", "Description": "clients"}],
                        "Ipv6Ranges": [{"CidrIpv6": "fd00::/8"}],
                        "PrefixListIds": [{"PrefixListId": PREFIX_LIST}],
                    }
                ],
                "IpPermissionsEgress": [
                    {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
                ],
            },
        ]
    },
    "ec2:DescribeNetworkAcls": {
        "NetworkAcls": [
            {
                "NetworkAclId": "acl-0aaaaaaaa",
                "VpcId": VPC,
                "IsDefault": True,
                "Associations": [
                    {"NetworkAclAssociationId": "aclassoc-0a", "SubnetId": "subnet-0bbbbbbbb"}
                ],
                "Entries": [{"RuleNumber": 32767, "RuleAction": "deny"}],
            },
            {
                "NetworkAclId": "acl-0bbbbbbbb",
                "VpcId": VPC,
                "IsDefault": False,
                "Associations": [{"NetworkAclAssociationId": "aclassoc-0b", "SubnetId": SUBNET}],
            },
        ]
    },
    "ec2:DescribeFlowLogs": {
        "FlowLogs": [
            {
                "FlowLogId": f"fl-{n}",
                "ResourceId": id_,
                "TrafficType": "ALL",
                "FlowLogStatus": "ACTIVE",
            }
            for n, id_ in enumerate(("vpc-0dddddddd", VPC))
        ]
    },
    "ec2:GetManagedPrefixListEntries": {
        "Entries": [{"Cidr": "10.9.0.0/16"}, {"Cidr": "10.8.0.0/16"}]
    },
    "route53:ListHostedZonesByVPC": {
        "HostedZoneSummaries": [
            {"HostedZoneId": id_, "Name": name, "Owner": {"OwningAccount": ACCOUNT}}
            for id_, name in (("Z1", "example.org."), ("Z2", "dynamodb.eu-west-1.amazonaws.com."))
        ],
        "MaxItems": "100",
    },
    "route53resolver:ListResolverRules": {
        "ResolverRules": [
            {"Id": "rslvr-autodefined", "DomainName": ".", "RuleType": "RECURSIVE"},
            {"Id": "rslvr-rr-1", "DomainName": "amazonaws.com.", "RuleType": "FORWARD"},
        ]
    },
    "route53resolver:ListResolverRuleAssociations": {
        "ResolverRuleAssociations": [
            {"Id": id_, "ResolverRuleId": id_, "VPCId": VPC}
            for id_ in ("rslvr-autodefined", "rslvr-rr-1")
        ]
    },
}

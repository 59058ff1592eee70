"""Alerts about the network: endpoints, ways in and out, security groups."""

from __future__ import annotations

from typing import Final

from private_dynamodb.detection.alert import Alert, Calls, Records, Step, Thing
from private_dynamodb.detection.steps import revert

# EC2 spells the VPC of these calls in different places, or not at all: a rule that looked for it
# would miss some. So they are told for the whole account and Region.
ENDPOINT_CHANGED: Final = Alert(
    id="endpoint-changed",
    title="A VPC endpoint was made, changed or deleted",
    meaning="The endpoint's policy keeps strangers' credentials and strangers' tables out. "
    "Without the endpoint, clients lose the table, or reach it by the internet where there is a "
    "way. Endpoints of other VPCs in the account and Region are told too.",
    signals=(
        Calls(
            "ec2",
            (
                "AcceptVpcEndpointConnections",
                "CreateVpcEndpoint",
                "DeleteVpcEndpoints",
                "ModifyVpcEndpoint",
            ),
            shows=(
                "CreateVpcEndpointRequest.VpcId",
                "CreateVpcEndpointRequest.ServiceName",
                "DeleteVpcEndpointsRequest.VpcEndpointId.content",
                "ModifyVpcEndpointRequest.VpcEndpointId",
            ),
        ),
    ),
    look=(
        Step(
            "Read endpoints and their policies.",
            ("aws ec2 describe-vpc-endpoints --filters Name=vpc-id,Values=$VPC",),
        ),
    ),
    repair=(
        Step(
            "Delete an endpoint that nobody ordered.",
            ("aws ec2 delete-vpc-endpoints --vpc-endpoint-ids $ENDPOINT",),
        ),
        revert("network"),
        Step(
            "A deleted endpoint comes back with another id. Deploy the Data stack after it, whose "
            "policies name the id.",
            ('cdk deploy "$AWS_REGION/Network" "$AWS_REGION/Data"',),
        ),
    ),
    controls=(
        "vpce-policy-own-identities",
        "vpce-policy-own-resources",
        "vpce-policy-table-scoped",
        "vpce-all-private-route-tables",
    ),
)

NETWORK_OPENED: Final = Alert(
    id="network-opened",
    title="A route, gateway, peering or address was added or changed",
    meaning="The VPC has no way out. A route to a gateway, to NAT or to a peer gives it one, and "
    "others a way in. Changes of other VPCs in the account and Region are told too.",
    signals=(
        Calls(
            "ec2",
            (
                "AcceptVpcPeeringConnection",
                "AssociateRouteTable",
                "AssociateSubnetCidrBlock",
                "AssociateVpcCidrBlock",
                "AttachInternetGateway",
                "AttachVpnGateway",
                "CreateCarrierGateway",
                "CreateEgressOnlyInternetGateway",
                "CreateInternetGateway",
                "CreateNatGateway",
                "CreateRoute",
                "CreateTransitGatewayVpcAttachment",
                "CreateVpcPeeringConnection",
                "EnableVgwRoutePropagation",
                "ModifySubnetAttribute",
                "ModifyVpcAttribute",
                "ModifyVpcPeeringConnectionOptions",
                "ReplaceRoute",
                "ReplaceRouteTableAssociation",
            ),
            shows=(
                "vpcId",
                "routeTableId",
                "subnetId",
                "destinationCidrBlock",
                "destinationIpv6CidrBlock",
                "gatewayId",
                "natGatewayId",
                "vpcPeeringConnectionId",
                "internetGatewayId",
            ),
        ),
    ),
    look=(
        Step(
            "Read the routes, and what is attached.",
            (
                "aws ec2 describe-route-tables --filters Name=vpc-id,Values=$VPC",
                "aws ec2 describe-internet-gateways --filters Name=attachment.vpc-id,Values=$VPC",
                "aws ec2 describe-nat-gateways --filter Name=vpc-id,Values=$VPC",
                "aws ec2 describe-vpc-peering-connections",
            ),
        ),
    ),
    repair=(
        Step(
            "Close the way: delete the route first, then what it leads to.",
            (
                (
                    "aws ec2 delete-route --route-table-id $ROUTE_TABLE "
                    "--destination-cidr-block $DESTINATION"
                ),
                "aws ec2 detach-internet-gateway --internet-gateway-id $GATEWAY --vpc-id $VPC",
                "aws ec2 delete-nat-gateway --nat-gateway-id $NAT",
                "aws ec2 delete-vpc-peering-connection --vpc-peering-connection-id $PEERING",
            ),
        ),
        revert("network"),
    ),
    controls=(
        "vpc-no-igw-route",
        "vpc-no-nat-path",
        "vpc-no-ipv6-egress",
        "vpc-no-transit-path",
        "vpc-no-peering-path",
        "vpc-subnet-no-public-ip",
    ),
)

GROUP_OPENED: Final = Alert(
    id="security-group-changed",
    title="A security group of clients, cache or endpoints was changed",
    meaning="The group of the cache admits clients alone, on the TLS port alone. Whoever is "
    "admitted besides may read through the cache if IAM lets them call it.",
    signals=(
        Calls(
            "ec2",
            (
                "AuthorizeSecurityGroupEgress",
                "AuthorizeSecurityGroupIngress",
                "ModifySecurityGroupRules",
                "RevokeSecurityGroupEgress",
                "RevokeSecurityGroupIngress",
            ),
            (
                ("groupId", Thing.GROUP),
                ("ModifySecurityGroupRulesRequest.GroupId", Thing.GROUP),
            ),
        ),
    ),
    look=(
        Step(
            "Read the rules of the group.",
            ("aws ec2 describe-security-group-rules --filters Name=group-id,Values=$GROUP",),
        ),
    ),
    repair=(
        Step(
            "Take the rule away.",
            (
                (
                    "aws ec2 revoke-security-group-ingress --group-id $GROUP "
                    "--security-group-rule-ids $RULE"
                ),
                (
                    "aws ec2 revoke-security-group-egress --group-id $GROUP "
                    "--security-group-rule-ids $RULE"
                ),
            ),
        ),
        revert("network"),
    ),
    controls=("dax-sg-source-only", "vpc-sg-not-public", "vpc-default-sg-closed"),
)

ENDPOINT_REFUSED: Final = Alert(
    id="endpoint-refused",
    title="A VPC endpoint refused a request",
    meaning="Somebody inside the network used credentials of another account, or asked for "
    "another table. That is how data is carried out from inside; or an application is "
    "misconfigured.",
    signals=(Records.ENDPOINT_REFUSED,),
    look=(
        Step(
            "Read who asked for what from which address. Set LOG_GROUP to the trail's log group, "
            "in the home Region.",
            (
                (
                    "aws logs filter-log-events --log-group-name $LOG_GROUP --filter-pattern "
                    "'{ $.errorCode = \"VpceAccessDenied\" }'"
                ),
            ),
        ),
        Step(
            "Find the machine that has the address.",
            (
                (
                    "aws ec2 describe-network-interfaces "
                    "--filters Name=addresses.private-ip-address,Values=$ADDRESS"
                ),
            ),
        ),
    ),
    repair=(
        Step(
            "Isolate a machine that nobody can explain: give its interface a group without rules.",
            (
                (
                    "aws ec2 modify-network-interface-attribute --network-interface-id $INTERFACE "
                    "--groups $EMPTY_GROUP"
                ),
            ),
        ),
    ),
    controls=("vpce-policy-own-identities", "vpce-policy-own-resources"),
    deployed=False,
)

NETWORK_ALERTS: Final = (ENDPOINT_CHANGED, NETWORK_OPENED, GROUP_OPENED, ENDPOINT_REFUSED)

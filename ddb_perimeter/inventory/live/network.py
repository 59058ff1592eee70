"""The networks from which tables are reached: VPCs with all that routes, admits and names."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from ddb_perimeter.inventory.live import calls
from ddb_perimeter.inventory.live.groups import (
    DEFAULT,
    default_of,
    group,
    prefix_lists,
    unseen_default,
)
from ddb_perimeter.inventory.live.place import document, tags, told
from ddb_perimeter.inventory.live.routing import associations, routing
from ddb_perimeter.inventory.network import ENDPOINT, SUBNET, VPC

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ddb_perimeter.inventory.live.place import Place
    from ddb_perimeter.inventory.resource import Resource

_BLOCK: Final = "AWS::EC2::VPCCidrBlock"
_ACL_ASSOCIATION: Final = "AWS::EC2::SubnetNetworkAclAssociation"
_FLOW_LOG: Final = "AWS::EC2::FlowLog"
_ATTACHMENT: Final = "AWS::EC2::VPCGatewayAttachment"
_GONE: Final = frozenset({"deleted", "deleting", "expired", "failed", "rejected"})
_ASSOCIATED: Final = frozenset({"associated", "associating"})
_LAST_RULE: Final = 32767
_TYPES: Final = (("vpc-", "VPC"), ("subnet-", "Subnet"), ("eni-", "NetworkInterface"))
_ATTACHED: Final = (
    (calls.DESCRIBE_INTERNET_GATEWAYS, "Attachments", "InternetGatewayId", _ATTACHMENT),
    (calls.DESCRIBE_VPN_GATEWAYS, "VpcAttachments", "VpnGatewayId", _ATTACHMENT),
    (
        calls.DESCRIBE_EGRESS_ONLY_INTERNET_GATEWAYS,
        "Attachments",
        "EgressOnlyInternetGatewayId",
        "AWS::EC2::EgressOnlyInternetGateway",
    ),
)
_IN_ONE_VPC: Final = (
    (calls.DESCRIBE_CARRIER_GATEWAYS, "CarrierGatewayId", "AWS::EC2::CarrierGateway"),
    (
        calls.DESCRIBE_TRANSIT_GATEWAY_VPC_ATTACHMENTS,
        "TransitGatewayAttachmentId",
        "AWS::EC2::TransitGatewayVpcAttachment",
    ),
)
_LISTED: Final = (
    calls.DESCRIBE_VPCS,
    calls.DESCRIBE_SUBNETS,
    calls.DESCRIBE_ROUTE_TABLES,
    calls.DESCRIBE_INTERNET_GATEWAYS,
    calls.DESCRIBE_VPN_GATEWAYS,
    calls.DESCRIBE_EGRESS_ONLY_INTERNET_GATEWAYS,
    calls.DESCRIBE_CARRIER_GATEWAYS,
    calls.DESCRIBE_VPC_PEERING_CONNECTIONS,
    calls.DESCRIBE_TRANSIT_GATEWAY_VPC_ATTACHMENTS,
    calls.DESCRIBE_VPC_ENDPOINTS,
    calls.DESCRIBE_SECURITY_GROUPS,
    calls.DESCRIBE_NETWORK_ACLS,
    calls.DESCRIBE_FLOW_LOGS,
)


@dataclass(frozen=True, slots=True)
class Networks:
    """What EC2 told about every network of a Region.

    Args:
        place: the Region.
        told: answers by call.
    """

    place: Place
    told: dict[calls.Call, list[Any]]

    @classmethod
    def reads(cls, place: Place) -> list[Callable[[], tuple[calls.Call, list[Any]]]]:
        """Return the calls to make, each on its own.

        Args:
            place: the Region.
        """
        return [partial(_listed, place, call) for call in _LISTED]

    def endpoints(self) -> list[Resource]:
        """Return every endpoint of the Region that is not gone."""
        return [
            _endpoint(self.place, each)
            for each in self.told[calls.DESCRIBE_VPC_ENDPOINTS]
            if str(each.get("State", "")).lower() not in _GONE
        ]

    def inside(self, vpcs: frozenset[str]) -> Iterator[Resource]:
        """Yield what is in some VPCs; the rest of the Region is nobody's concern here.

        Args:
            vpcs: ids of the VPCs.
        """
        for each in self.told[calls.DESCRIBE_VPCS]:
            if each["VpcId"] in vpcs:
                yield self._vpc(each)
                yield from self._blocks(each)
        subnets = [s for s in self.told[calls.DESCRIBE_SUBNETS] if s["VpcId"] in vpcs]
        tables = [t for t in self.told[calls.DESCRIBE_ROUTE_TABLES] if t["VpcId"] in vpcs]
        yield from (_subnet(self.place, each) for each in subnets)
        for each in tables:
            yield from routing(self.place, each)
        yield from associations(self.place, subnets, tables)
        yield from self._gateways(vpcs)
        yield from (each for each in self.endpoints() if each.at("VpcId") in vpcs)
        groups = [
            group(self.place, each)
            for each in self.told[calls.DESCRIBE_SECURITY_GROUPS]
            if each.get("VpcId") in vpcs
        ]
        seen = {each.at("VpcId") for each in groups}
        groups += [unseen_default(self.place, vpc) for vpc in sorted(vpcs) if vpc not in seen]
        yield from groups
        yield from self._acls(vpcs)
        ids = vpcs | {subnet["SubnetId"] for subnet in subnets}
        yield from self._flow_logs(ids)
        yield from prefix_lists(self.place, groups, tables)

    def _vpc(self, vpc: dict[str, Any]) -> Resource:
        id_ = str(vpc["VpcId"])
        named = (
            str(each["GroupId"])
            for each in self.told[calls.DESCRIBE_SECURITY_GROUPS]
            if each.get("VpcId") == id_ and each["GroupName"] == DEFAULT
        )
        default = next(named, default_of(id_))
        dns = {
            name: told(
                self.place.ask(calls.DESCRIBE_VPC_ATTRIBUTE, id_, VpcId=id_, Attribute=attribute),
                name,
                "Value",
            )
            for name, attribute in (
                ("EnableDnsSupport", "enableDnsSupport"),
                ("EnableDnsHostnames", "enableDnsHostnames"),
            )
        }
        properties = {
            "CidrBlock": vpc.get("CidrBlock"),
            "InstanceTenancy": vpc.get("InstanceTenancy"),
            "Tags": tags(vpc.get("Tags")),
            **dns,
        }
        arn = self.place.arn("ec2", f"vpc/{id_}")
        return self.place.resource(VPC, id_, properties, Arn=arn, DefaultSecurityGroup=default)

    def _blocks(self, vpc: dict[str, Any]) -> Iterator[Resource]:
        """Yield the blocks of a VPC besides its first one."""
        for set_, state, property_ in (
            ("CidrBlockAssociationSet", "CidrBlockState", "CidrBlock"),
            ("Ipv6CidrBlockAssociationSet", "Ipv6CidrBlockState", "Ipv6CidrBlock"),
        ):
            for each in vpc.get(set_) or ():
                block = each.get(property_)
                associated = told(each, state, "State") in _ASSOCIATED
                if associated and block != vpc.get("CidrBlock"):
                    properties = {"VpcId": vpc["VpcId"], property_: block}
                    yield self.place.resource(_BLOCK, str(each["AssociationId"]), properties)

    def _gateways(self, vpcs: frozenset[str]) -> Iterator[Resource]:
        """Yield what is attached to the VPCs."""
        for call, list_, name, type_ in _ATTACHED:
            for each in self.told[call]:
                for attachment in each.get(list_) or ():
                    if attachment.get("VpcId") in vpcs and attachment.get("State") not in _GONE:
                        properties = {"VpcId": attachment["VpcId"], name: each[name]}
                        yield self.place.resource(type_, str(each[name]), properties)
        for call, id_, type_ in _IN_ONE_VPC:
            for each in self.told[call]:
                if each.get("VpcId") in vpcs and each.get("State") not in _GONE:
                    names = ("TransitGatewayId", "VpcId", "SubnetIds")
                    properties = {name: each.get(name) for name in names}
                    yield self.place.resource(type_, str(each[id_]), properties)
        for each in self.told[calls.DESCRIBE_VPC_PEERING_CONNECTIONS]:
            ends = {
                "VpcId": told(each, "RequesterVpcInfo", "VpcId"),
                "PeerVpcId": told(each, "AccepterVpcInfo", "VpcId"),
                "PeerOwnerId": told(each, "AccepterVpcInfo", "OwnerId"),
                "PeerRegion": told(each, "AccepterVpcInfo", "Region"),
            }
            if not vpcs.isdisjoint(ends.values()) and told(each, "Status", "Code") not in _GONE:
                id_ = str(each["VpcPeeringConnectionId"])
                yield self.place.resource("AWS::EC2::VPCPeeringConnection", id_, ends)

    def _acls(self, vpcs: frozenset[str]) -> Iterator[Resource]:
        """Yield the subnets whose network ACL is no longer the one that lets everything through."""
        for acl in self.told[calls.DESCRIBE_NETWORK_ACLS]:
            denies = any(
                entry.get("RuleAction") == "deny" and entry.get("RuleNumber", 0) < _LAST_RULE
                for entry in acl.get("Entries") or ()
            )
            if acl.get("VpcId") not in vpcs or (acl.get("IsDefault") and not denies):
                continue
            for each in acl.get("Associations") or ():
                properties = {"SubnetId": each["SubnetId"], "NetworkAclId": acl["NetworkAclId"]}
                id_ = str(each["NetworkAclAssociationId"])
                yield self.place.resource(_ACL_ASSOCIATION, id_, properties)

    def _flow_logs(self, ids: frozenset[str]) -> Iterator[Resource]:
        for log in self.told[calls.DESCRIBE_FLOW_LOGS]:
            resource = str(log.get("ResourceId"))
            if resource not in ids or log.get("FlowLogStatus") not in {None, "ACTIVE"}:
                continue
            properties = {
                "ResourceId": resource,
                "ResourceType": next((t for p, t in _TYPES if resource.startswith(p)), None),
                "TrafficType": log.get("TrafficType"),
                "LogDestinationType": log.get("LogDestinationType"),
                "LogDestination": log.get("LogDestination"),
                "LogGroupName": log.get("LogGroupName"),
                "DeliverLogsPermissionArn": log.get("DeliverLogsPermissionArn"),
                "MaxAggregationInterval": log.get("MaxAggregationInterval"),
            }
            yield self.place.resource(_FLOW_LOG, str(log["FlowLogId"]), properties)


def _listed(place: Place, call: calls.Call) -> tuple[calls.Call, list[Any]]:
    return call, place.list(call)


def _subnet(place: Place, subnet: dict[str, Any]) -> Resource:
    blocks = [
        each.get("Ipv6CidrBlock")
        for each in subnet.get("Ipv6CidrBlockAssociationSet") or ()
        if told(each, "Ipv6CidrBlockState", "State") in _ASSOCIATED
    ]
    properties = {
        "VpcId": subnet["VpcId"],
        "CidrBlock": subnet.get("CidrBlock"),
        "Ipv6CidrBlock": blocks[0] if blocks else None,
        "AvailabilityZone": subnet.get("AvailabilityZone"),
        "MapPublicIpOnLaunch": subnet.get("MapPublicIpOnLaunch", False),
        "AssignIpv6AddressOnCreation": subnet.get("AssignIpv6AddressOnCreation"),
        "Tags": tags(subnet.get("Tags")),
    }
    id_ = str(subnet["SubnetId"])
    return place.resource(SUBNET, id_, properties, Arn=place.arn("ec2", f"subnet/{id_}"))


def _endpoint(place: Place, endpoint: dict[str, Any]) -> Resource:
    properties = {
        "VpcId": endpoint.get("VpcId"),
        "ServiceName": endpoint.get("ServiceName"),
        "VpcEndpointType": endpoint.get("VpcEndpointType"),
        "PolicyDocument": document(endpoint.get("PolicyDocument")),
        "RouteTableIds": endpoint.get("RouteTableIds"),
        "SubnetIds": endpoint.get("SubnetIds"),
        "SecurityGroupIds": [each["GroupId"] for each in endpoint.get("Groups") or ()],
        "PrivateDnsEnabled": endpoint.get("PrivateDnsEnabled"),
        "Tags": tags(endpoint.get("Tags")),
    }
    id_ = str(endpoint["VpcEndpointId"])
    return place.resource(ENDPOINT, id_, properties, Arn=place.arn("ec2", f"vpc-endpoint/{id_}"))

"""Whatever a control reads, an account tells, or somebody said why it need not."""

from __future__ import annotations

from typing import Final

from ddb_perimeter.controls import catalogue
from ddb_perimeter.controls.control import Where
from ddb_perimeter.inventory.live.calls import CALLS

_IN_ITS_IDENTITY: Final = "told with the role, user or group that it belongs to"
_IN_ITS_GROUP: Final = "told as a rule of its security group"
_IN_ITS_ROUTES: Final = "told by the routes that lead there"
_IN_ITS_ZONE: Final = "the zone counts, whatever is in it"
_IN_ITS_RULES: Final = "AWS Config tells each rule of it as a rule of the account"

UNTOLD: Final = {
    "AWS::CloudFormation::StackSet": "how it deploys is foreseen of the template that declares it",
    "AWS::Config::ConformancePack": _IN_ITS_RULES,
    "AWS::Config::OrganizationConfigRule": _IN_ITS_RULES,
    "AWS::Config::OrganizationConformancePack": _IN_ITS_RULES,
    "AWS::DynamoDB::GlobalTable": "told replica by replica, as tables",
    "AWS::EC2::LocalGatewayRouteTableVPCAssociation": _IN_ITS_ROUTES,
    "AWS::EC2::SecurityGroupEgress": _IN_ITS_GROUP,
    "AWS::EC2::SecurityGroupIngress": _IN_ITS_GROUP,
    "AWS::EC2::SubnetCidrBlock": "told as a block of its subnet",
    "AWS::EC2::TransitGatewayAttachment": "told as TransitGatewayVpcAttachment",
    "AWS::Events::Rule": "an attempt names it by its stack, which only templates tell",
    "AWS::IAM::GroupPolicy": _IN_ITS_IDENTITY,
    "AWS::IAM::Policy": _IN_ITS_IDENTITY,
    "AWS::IAM::RolePolicy": _IN_ITS_IDENTITY,
    "AWS::IAM::UserPolicy": _IN_ITS_IDENTITY,
    "AWS::IAM::UserToGroupAddition": _IN_ITS_IDENTITY,
    "AWS::KMS::Alias": "AWS tells keys by their ARNs",
    "AWS::KMS::ReplicaKey": "told as a key",
    "AWS::Lambda::Alias": "addresses of it are told; its own permissions are not read",
    "AWS::Lambda::Version": "addresses of it are told; its own permissions are not read",
    "AWS::NetworkManager::VpcAttachment": _IN_ITS_ROUTES,
    "AWS::Route53::RecordSet": _IN_ITS_ZONE,
    "AWS::Route53::RecordSetGroup": _IN_ITS_ZONE,
    "Custom::DynamoDBReplica": "told as a replica of its table",
    "Custom::VpcRestrictDefaultSG": "what it did is told: the rules of the default group",
}
"""Types that controls read and no call tells, with the reason."""


def test_an_account_tells_every_type_that_controls_read() -> None:
    told = {type_ for call in CALLS for type_ in call.types}
    read = {
        type_
        for control in catalogue.controls()
        if control.where is not Where.TEMPLATES
        for type_ in control.types
    }

    assert read - told == UNTOLD.keys()

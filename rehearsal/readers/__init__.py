"""Reading a deployed resource back, in CloudFormation's shape, service by service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rehearsal.readers import data, identity, network, operations

if TYPE_CHECKING:
    from collections.abc import Callable

    from rehearsal.account import Account
    from rehearsal.readers.reader import Properties, Reader

READERS: Final[dict[str, Reader]] = {
    "AWS::Backup::BackupPlan": data.plan,
    "AWS::Backup::BackupVault": data.vault,
    "AWS::CloudWatch::Alarm": operations.alarm,
    "AWS::DynamoDB::GlobalTable": data.global_table,
    "AWS::EC2::RouteTable": network.route_table,
    "AWS::EC2::SecurityGroup": network.security_group,
    "AWS::EC2::Subnet": network.subnet,
    "AWS::EC2::SubnetRouteTableAssociation": network.subnet_association,
    "AWS::EC2::VPC": network.vpc,
    "AWS::EC2::VPCEndpoint": network.endpoint,
    "AWS::Events::Rule": operations.event_rule,
    "AWS::IAM::ManagedPolicy": identity.managed_policy,
    "AWS::IAM::Role": identity.role,
    "AWS::KMS::Key": identity.key,
    "AWS::Lambda::Function": operations.function,
    "AWS::Logs::LogGroup": operations.log_group,
    "AWS::Logs::MetricFilter": operations.metric_filter,
    "AWS::S3::Bucket": operations.bucket,
    "AWS::SNS::Topic": operations.topic,
}
"""By type: what is read by its physical id."""

NAMED_BY_TEMPLATE: Final[dict[str, Callable[[Account, Properties], Properties]]] = {
    "AWS::Lambda::Permission": operations.permission,
    "AWS::S3::BucketPolicy": operations.bucket_policy,
    "AWS::SNS::TopicPolicy": operations.topic_policy,
}
"""By type: what has no id of its own, and is read by what the template says that it belongs to."""

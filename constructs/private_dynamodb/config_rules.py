"""What an AWS Config rule is, and the managed ones that watch a private table.

Source: https://docs.aws.amazon.com/config/latest/developerguide/managed-rules-by-aws-config.html
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class ManagedRule:
    """A managed rule and how it is asked.

    Args:
        identifier: the rule's identifier. CDK's `ManagedRuleIdentifiers` lacks some of these.
        what: what it holds, for the rule's description.
        parameters: its parameters, spelled as AWS Config does.
        only: CloudFormation type and id of the one resource that it looks at; None: all that
            the rule covers. Periodic rules cannot be narrowed so.
    """

    identifier: str
    what: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    only: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class GuardRule:
    """A rule of our own in Guard, which AWS Config runs when a resource changes.

    Args:
        identifier: its name here, in the form of a managed rule's.
        what: what it holds, for the rule's description.
        text: the policy in Guard, at most 10,000 characters.
        resource_type: CloudFormation type of the resources that it looks at.
    """

    identifier: str
    what: str
    text: str
    resource_type: str


def table_rules(*, table_name: str, key_arn: str) -> tuple[ManagedRule, ...]:
    """Return the rules about the table's encryption, protection and capacity."""
    this_table = ("AWS::DynamoDB::Table", table_name)
    return (
        ManagedRule(
            "DYNAMODB_TABLE_ENCRYPTED_KMS",
            "The table is encrypted with its own key",
            {"kmsKeyArns": key_arn},
            only=this_table,
        ),
        ManagedRule("DYNAMODB_PITR_ENABLED", "Tables can be restored to a point in time"),
        ManagedRule(
            "DYNAMODB_TABLE_DELETION_PROTECTION_ENABLED",
            "The table is protected from deletion",
            only=this_table,
        ),
        ManagedRule("DYNAMODB_AUTOSCALING_ENABLED", "Tables scale with their load"),
        ManagedRule(
            "DYNAMODB_THROUGHPUT_LIMIT_CHECK",
            "The account has throughput to spare",
            {"accountRCUThresholdPercentage": "80", "accountWCUThresholdPercentage": "80"},
        ),
    )


def backup_rules(*, table_name: str) -> tuple[ManagedRule, ...]:
    """Return the rules about the table's backup plan."""
    return (
        ManagedRule("DYNAMODB_IN_BACKUP_PLAN", "Tables are in a backup plan"),
        ManagedRule(
            "DYNAMODB_RESOURCES_PROTECTED_BY_BACKUP_PLAN",
            "The table is protected by a backup plan",
            {"resourceId": table_name},
        ),
    )


def cache_rules() -> tuple[ManagedRule, ...]:
    """Return the rules about DAX clusters."""
    return (
        ManagedRule("DAX_ENCRYPTION_ENABLED", "Caches are encrypted at rest"),
        ManagedRule(
            "DAX_TLS_ENDPOINT_ENCRYPTION",
            "Caches talk TLS",
        ),
    )


def network_rules() -> tuple[ManagedRule, ...]:
    """Return the rules about the VPC."""
    return (
        ManagedRule(
            "SERVICE_VPC_ENDPOINT_ENABLED",
            "VPCs reach DynamoDB through an endpoint",
            {"serviceName": "dynamodb"},
        ),
        ManagedRule("VPC_FLOW_LOGS_ENABLED", "Flow logs are on", {"trafficType": "ALL"}),
        ManagedRule("VPC_DEFAULT_SECURITY_GROUP_CLOSED", "Default security groups admit nothing"),
        ManagedRule("NO_UNRESTRICTED_ROUTE_TO_IGW", "No route leads to the internet"),
        ManagedRule(
            "SUBNET_AUTO_ASSIGN_PUBLIC_IP_DISABLED", "Subnets give out no public addresses"
        ),
    )


def trail_rules() -> tuple[ManagedRule, ...]:
    """Return the rules about the trail."""
    return (
        ManagedRule("CLOUD_TRAIL_ENABLED", "A trail is on"),
        ManagedRule("MULTI_REGION_CLOUD_TRAIL_ENABLED", "A trail covers every Region"),
        ManagedRule("CLOUD_TRAIL_ENCRYPTION_ENABLED", "Trails are encrypted with a key"),
        ManagedRule("CLOUD_TRAIL_LOG_FILE_VALIDATION_ENABLED", "Log files are validated"),
        ManagedRule("CLOUD_TRAIL_CLOUD_WATCH_LOGS_ENABLED", "Trails are searchable in CloudWatch"),
    )

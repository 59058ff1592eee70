"""Every managed rule that the issue asks for, with its parameters."""

from __future__ import annotations

import pytest

from private_dynamodb import (
    ManagedRule,
    backup_rules,
    cache_rules,
    network_rules,
    table_rules,
    trail_rules,
)

THIS_TABLE = ("AWS::DynamoDB::Table", "messages")
EXPECTED: dict[str, dict[str, str]] = {
    "DYNAMODB_TABLE_ENCRYPTED_KMS": {"kmsKeyArns": "arn:key"},
    "DYNAMODB_PITR_ENABLED": {},
    "DYNAMODB_TABLE_DELETION_PROTECTION_ENABLED": {},
    "DYNAMODB_AUTOSCALING_ENABLED": {},
    "DYNAMODB_THROUGHPUT_LIMIT_CHECK": {
        "accountRCUThresholdPercentage": "80",
        "accountWCUThresholdPercentage": "80",
    },
    "DYNAMODB_IN_BACKUP_PLAN": {},
    "DYNAMODB_RESOURCES_PROTECTED_BY_BACKUP_PLAN": {"resourceId": "messages"},
    "DAX_ENCRYPTION_ENABLED": {},
    "DAX_TLS_ENDPOINT_ENCRYPTION": {},
    "SERVICE_VPC_ENDPOINT_ENABLED": {"serviceName": "dynamodb"},
    "VPC_FLOW_LOGS_ENABLED": {"trafficType": "ALL"},
    "VPC_DEFAULT_SECURITY_GROUP_CLOSED": {},
    "NO_UNRESTRICTED_ROUTE_TO_IGW": {},
    "SUBNET_AUTO_ASSIGN_PUBLIC_IP_DISABLED": {},
    "CLOUD_TRAIL_ENABLED": {},
    "MULTI_REGION_CLOUD_TRAIL_ENABLED": {},
    "CLOUD_TRAIL_ENCRYPTION_ENABLED": {},
    "CLOUD_TRAIL_LOG_FILE_VALIDATION_ENABLED": {},
    "CLOUD_TRAIL_CLOUD_WATCH_LOGS_ENABLED": {},
}
RULES = (
    *table_rules(table_name="messages", key_arn="arn:key"),
    *backup_rules(table_name="messages"),
    *cache_rules(),
    *network_rules(),
    *trail_rules(),
)


def test_the_rules_are_these_with_these_parameters() -> None:
    assert {rule.identifier: dict(rule.parameters) for rule in RULES} == EXPECTED


def test_no_rule_is_there_twice() -> None:
    assert len({rule.identifier for rule in RULES}) == len(RULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.identifier)
def test_a_rule_says_what_it_holds(rule: ManagedRule) -> None:
    assert rule.what
    assert len(rule.what) <= 256


def test_rules_about_this_table_look_at_this_table_only() -> None:
    """Periodic rules cannot be narrowed; these are triggered by changes."""
    assert {rule.identifier: rule.only for rule in RULES if rule.only} == {
        "DYNAMODB_TABLE_ENCRYPTED_KMS": THIS_TABLE,
        "DYNAMODB_TABLE_DELETION_PROTECTION_ENABLED": THIS_TABLE,
    }

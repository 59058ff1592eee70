"""What AWS refuses is unknown for the controls that need it, named, and never passes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from ddb_perimeter.controls import catalogue
from ddb_perimeter.controls.control import Where
from ddb_perimeter.controls.perimeter import Perimeter
from ddb_perimeter.findings import Verdict
from ddb_perimeter.inventory.live import calls
from ddb_perimeter.inventory.live.calls import CALLS
from tests.live.reader.transport import operation_of, refusing

if TYPE_CHECKING:
    from collections.abc import Callable

    from ddb_perimeter.findings import Result
    from ddb_perimeter.inventory.account import Account
    from ddb_perimeter.inventory.live.calls import Call

NEEDED: Final[dict[Call, str]] = {
    calls.LIST_TABLES: "ddb-pitr",
    calls.DESCRIBE_TABLE: "ddb-pitr",
    calls.GET_RESOURCE_POLICY: "ddb-table-policy-not-public",
    calls.DESCRIBE_CONTINUOUS_BACKUPS: "ddb-pitr",
    calls.DESCRIBE_KINESIS_DESTINATION: "ddb-no-kinesis-destination",
    calls.LIST_TABLE_TAGS: "ddb-backup-plan",
    calls.LIST_CONTRIBUTOR_INSIGHTS: "ddb-contributor-insights-reviewed",
    calls.LIST_EXPORTS: "ddb-no-foreign-export",
    calls.DESCRIBE_EXPORT: "ddb-no-foreign-export",
    calls.DESCRIBE_KEY: "ddb-table-cmk",
    calls.GET_KEY_POLICY: "ddb-cmk-key-policy",
    calls.GET_KEY_ROTATION_STATUS: "kms-key-rotation",
    calls.GET_ACCOUNT_AUTHORIZATION_DETAILS: "exempt-principal-exists",
    calls.LIST_ACCESS_KEYS: "iam-no-users",
    calls.DESCRIBE_VPCS: "vpc-dns-on",
    calls.DESCRIBE_VPC_ATTRIBUTE: "vpc-dns-on",
    calls.DESCRIBE_SUBNETS: "vpc-subnet-no-public-ip",
    calls.DESCRIBE_ROUTE_TABLES: "vpc-no-igw-route",
    calls.DESCRIBE_INTERNET_GATEWAYS: "vpc-no-igw-route",
    calls.DESCRIBE_VPN_GATEWAYS: "vpc-no-transit-path",
    calls.DESCRIBE_EGRESS_ONLY_INTERNET_GATEWAYS: "vpc-no-ipv6-egress",
    calls.DESCRIBE_CARRIER_GATEWAYS: "vpc-no-igw-route",
    calls.DESCRIBE_VPC_PEERING_CONNECTIONS: "vpc-no-peering-path",
    calls.DESCRIBE_TRANSIT_GATEWAY_VPC_ATTACHMENTS: "vpc-no-transit-path",
    calls.DESCRIBE_VPC_ENDPOINTS: "vpce-policy-not-default",
    calls.DESCRIBE_SECURITY_GROUPS: "vpc-default-sg-closed",
    calls.DESCRIBE_NETWORK_ACLS: "dax-sg-source-only",
    calls.DESCRIBE_FLOW_LOGS: "vpc-flow-logs",
    calls.GET_PREFIX_LIST_ENTRIES: "dax-sg-source-only",
    calls.LIST_HOSTED_ZONES_BY_VPC: "vpc-no-dns-override",
    calls.LIST_RESOLVER_RULES: "vpc-no-dns-override",
    calls.LIST_RESOLVER_RULE_ASSOCIATIONS: "vpc-no-dns-override",
    calls.DESCRIBE_CLUSTERS: "dax-tls",
    calls.DESCRIBE_SUBNET_GROUPS: "dax-private-subnets",
    calls.DESCRIBE_PARAMETERS: "dax-ttl-bounded",
    calls.LIST_FUNCTIONS: "lambda-in-vpc",
    calls.LIST_FUNCTION_URL_CONFIGS: "lambda-not-public",
    calls.GET_FUNCTION_POLICY: "lambda-not-public",
    calls.LIST_EVENT_SOURCE_MAPPINGS: "ddb-stream-deny-outside-vpce",
    calls.DESCRIBE_TRAILS: "trail-is-logging",
    calls.GET_TRAIL_STATUS: "trail-is-logging",
    calls.GET_EVENT_SELECTORS: "trail-ddb-data-events",
    calls.LIST_BUCKETS: "trail-bucket-private",
    calls.GET_PUBLIC_ACCESS_BLOCK: "trail-bucket-private",
    calls.GET_BUCKET_ACL: "trail-bucket-private",
    calls.GET_BUCKET_POLICY: "trail-bucket-sourcearn",
    calls.DESCRIBE_CONFIGURATION_RECORDERS: "config-recorder-all",
    calls.DESCRIBE_CONFIGURATION_RECORDER_STATUS: "config-recorder-all",
    calls.DESCRIBE_DELIVERY_CHANNELS: "config-recorder-all",
    calls.DESCRIBE_CONFIG_RULES: "config-rule-params-right",
    calls.DESCRIBE_COMPLIANCE_BY_CONFIG_RULE: "config-rules-comply",
    calls.LIST_BACKUP_PLANS: "ddb-backup-plan",
    calls.GET_BACKUP_PLAN: "ddb-vault-guarded",
    calls.LIST_BACKUP_SELECTIONS: "ddb-backup-plan",
    calls.GET_BACKUP_SELECTION: "ddb-backup-plan",
    calls.LIST_RECOVERY_POINTS_BY_RESOURCE: "ddb-vault-guarded",
    calls.GET_BACKUP_VAULT_ACCESS_POLICY: "ddb-vault-guarded",
    calls.DESCRIBE_ORGANIZATION: "org-policy-valid",
    calls.LIST_POLICIES: "org-policy-valid",
    calls.DESCRIBE_POLICY: "org-exemption-exact",
    calls.LIST_TARGETS_FOR_POLICY: "org-policy-attached",
}
"""A control that cannot do without the call."""

FOR_COMPARISON: Final = (
    calls.DESCRIBE_SCALABLE_TARGETS,
    calls.GET_BUCKET_ENCRYPTION,
    calls.GET_BUCKET_VERSIONING,
)
"""What no control asks for yet: it tells how an account differs from its templates."""

WIDER: Final = {calls.GET_RESOURCE_POLICY, calls.GET_ACCOUNT_AUTHORIZATION_DETAILS}
"""Without these more is looked at, not less: every network, every cache."""

QUICK: Final = (
    "posture",
    "copies",
    "cache",
    "cache_network",
    "routes",
    "network",
    "names",
    "audit",
    "recording",
    "managed_rules",
)
"""Areas that ask the policy engine nothing."""


def judged(account: Account, *only: str) -> Result:
    quick = [
        known.id
        for known in catalogue.select(where=Where.ACCOUNTS)
        if known.check.__module__.rpartition(".")[2] in QUICK
    ]
    return catalogue.run(account, Perimeter(), [*quick, *only])


@pytest.fixture(scope="module")
def untouched() -> dict[str, Verdict]:
    """Keep what the recorded account is judged to be, once it was asked."""
    return {}


@pytest.fixture(scope="module")
def counted() -> dict[tuple[str, ...], dict[str, int]]:
    """Keep on how many resources each control judges the recorded account."""
    return {}


def test_every_call_is_needed_or_read_for_comparison() -> None:
    first = {calls.GET_CALLER_IDENTITY, calls.DESCRIBE_REGIONS}

    assert NEEDED.keys() | {*FOR_COMPARISON} | first == set(CALLS)
    assert not NEEDED.keys() & {*FOR_COMPARISON}


@pytest.mark.parametrize("call", NEEDED, ids=lambda call: call.permission)
def test_a_refused_call_is_unknown_and_names_the_permission(
    call: Call, reading: Callable[..., Account], untouched: dict[str, Verdict]
) -> None:
    if not untouched:
        untouched.update({each.id: each.verdict for each in judged(reading()).controls})
    needed = NEEDED[call]
    result = judged(reading(refusing(operation_of(call))), needed)

    told = [
        each for each in result.findings if f"AWS refused {call.permission} on " in each.message
    ]
    assert needed in {each.control for each in told}
    assert {each.verdict for each in told} == {Verdict.UNKNOWN}
    needing = {each.id for each in catalogue.controls() if call.types & each.types}
    assert {each.control for each in told} <= needing
    changed = [
        each.id
        for each in result.controls
        if each.id in untouched and each.verdict is not untouched[each.id]
    ]
    assert call in WIDER or set(changed) <= needing


@pytest.mark.parametrize("tables", [(), ("orders",)], ids=["all", "one table"])
@pytest.mark.parametrize("call", NEEDED, ids=lambda call: call.permission)
def test_what_nobody_looked_at_does_not_hold(
    call: Call,
    tables: tuple[str, ...],
    reading: Callable[..., Account],
    counted: dict[tuple[str, ...], dict[str, int]],
) -> None:
    if tables not in counted:
        counted[tables] = {e.id: e.resources for e in judged(reading(tables=tables)).controls}
    after = judged(reading(refusing(operation_of(call)), tables=tables))

    for each in after.controls:
        if each.verdict is Verdict.HOLDS:
            assert each.resources >= counted[tables][each.id], each.id


@pytest.mark.parametrize(
    "call",
    FOR_COMPARISON,
    ids=[each.permission for each in FOR_COMPARISON],
)
def test_what_no_control_needs_may_be_refused(
    call: Call, reading: Callable[..., Account], untouched: dict[str, Verdict]
) -> None:
    if not untouched:
        untouched.update({each.id: each.verdict for each in judged(reading()).controls})
    after = judged(reading(refusing(operation_of(call))))

    assert {each.id: each.verdict for each in after.controls} == untouched

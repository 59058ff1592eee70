"""What is read of an account, and that none of it is lost between pages."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

import pytest

from ddb_perimeter.inventory.account import read_account
from ddb_perimeter.inventory.iam import identities
from ddb_perimeter.inventory.live.calls import CALLS
from ddb_perimeter.inventory.tables import tables
from ddb_perimeter.inventory.topology import network
from ddb_perimeter.unknown import Unknown
from tests.live.reader.names import (
    ACCOUNT,
    AWS_POLICY,
    CACHE_ROLE,
    DEFAULT_GROUP,
    GATEWAY,
    KEY,
    MAIN,
    READER,
    REGION,
    STREAM,
    STREAMS,
    SUBNET,
    TABLE,
    TABLE_OF_ROUTES,
    VPC,
    statement,
)
from tests.live.reader.recorded import answer
from tests.live.reader.transport import Transport, recorded, refusing

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable

    import boto3

    from ddb_perimeter.inventory import Inventory
    from ddb_perimeter.inventory.account import Account
    from ddb_perimeter.inventory.resource import Resource


NOWHERE = ("iam:GetAccountAuthorizationDetails", "ec2:DescribeRegions")


def the(inventory: Inventory, type_: str, physical: str) -> Resource:
    """Return one resource."""
    (found,) = [each for each in inventory.of_type(type_) if each.physical == physical]
    return found


def spelled(inventory: Inventory) -> list[tuple[str, object, str, str]]:
    """Return everything that an inventory says, in an order of its own."""
    return sorted(
        (each.type, str(each.physical), each.region, repr(each.properties)) for each in inventory
    )


def test_nothing_that_is_told_is_a_gap(inventory: Inventory) -> None:
    assert inventory.gaps == ()


def test_a_table_has_its_policies_stream_key_and_copies(inventory: Inventory) -> None:
    (table,) = [each for each in tables(inventory) if each.name == "orders"]

    assert table.arn == TABLE
    assert table.stream_arn == STREAM
    assert table.kms_key == KEY
    assert table.index_arns == [f"{TABLE}/index/by-day"]
    assert table.point_in_time_recovery is True
    assert table.deletion_protection is True
    assert table.kinesis_destination == f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/new"
    assert table.tags == {"a": "1", "backup": "yes"}
    assert table.policy == table.stream_policy
    assert table.resource.at("Replicas") == [{"Region": REGION}, {"Region": "eu-central-1"}]
    assert table.resource.at("GlobalSecondaryIndexes[0].ContributorInsightsSpecification") == {
        "Enabled": True
    }


def test_a_table_tells_where_it_was_exported_to(inventory: Inventory) -> None:
    """Not the export that failed, nor that of the table whose name begins alike."""
    assert the(inventory, "AWS::DynamoDB::Table", "orders").attribute("Exports") == [
        {"ExportArn": f"{TABLE}/export/01-a", "S3Bucket": "lake", "S3BucketOwner": ACCOUNT}
    ]


def test_the_key_of_dynamodb_itself_is_named_by_its_alias(reading: Callable[..., Account]) -> None:
    def managed(operation: str, region: str, parameters: dict[str, Any]) -> dict[str, Any]:
        if operation == "kms:DescribeKey":
            return {"KeyMetadata": {"KeyId": "1", "KeyManager": "AWS"}}
        return recorded(operation, region, parameters)

    inventory = reading(managed).inventory

    assert the(inventory, "AWS::DynamoDB::Table", "orders").at("SSESpecification") == {
        "SSEEnabled": True,
        "SSEType": "KMS",
        "KMSMasterKeyId": "alias/aws/dynamodb",
    }
    assert inventory.of_type("AWS::KMS::Key") == []


def test_a_subnet_without_a_table_of_its_own_uses_the_main_one(inventory: Inventory) -> None:
    used = {s.id: getattr(s.route_table, "id", None) for s in network(inventory).subnets}

    assert used == {SUBNET: TABLE_OF_ROUTES, "subnet-0bbbbbbbb": MAIN}


def test_routes_that_aws_adds_by_itself_are_none(inventory: Inventory) -> None:
    routes = {table.id: table.routes for table in network(inventory).route_tables}

    assert routes[MAIN] == []
    assert [route.way.value for route in routes[TABLE_OF_ROUTES]] == [
        "NAT gateway",
        "egress-only internet gateway",
        "VPC peering",
        "virtual private gateway",
    ]


def test_the_default_group_has_the_rules_that_it_has(inventory: Inventory) -> None:
    (vpc,) = network(inventory).vpcs
    default = vpc.groups[0]

    assert (default.id, default.default) == (DEFAULT_GROUP, True)
    assert (default.ingress, default.egress) == ([], [])
    assert [group.id for group in vpc.groups].count(DEFAULT_GROUP) == 1


def test_a_group_has_one_rule_for_each_peer(inventory: Inventory) -> None:
    (group,) = [each for each in network(inventory).groups if not each.default]

    assert [rule.peer_kind.value for rule in group.ingress] == [
        "IPv4 block",
        "IPv6 block",
        "security group",
        "prefix list",
    ]
    assert {rule.ports for rule in group.ingress} == {(9111, 9111)}


def test_a_network_that_no_policy_names_is_nobodys_concern(inventory: Inventory) -> None:
    assert [vpc.id for vpc in network(inventory).vpcs] == [VPC]
    assert [point.id for point in network(inventory).endpoints] == [GATEWAY, STREAMS]


def test_a_table_without_a_policy_is_open_to_every_endpoint(
    reading: Callable[..., Account],
) -> None:
    def bare(operation: str, region: str, parameters: dict[str, Any]) -> dict[str, Any]:
        if operation == "dynamodb:GetResourcePolicy":
            return {"Policy": statement("Allow", "dynamodb:GetItem")}
        return recorded(operation, region, parameters)

    assert len(network(reading(bare).inventory).vpcs) == 2


def test_identities_that_reach_the_data_or_are_named_are_read(inventory: Inventory) -> None:
    found = identities(inventory)

    assert {role.arn for role in found.roles} == {
        CACHE_ROLE,
        READER,
        f"arn:aws:iam::{ACCOUNT}:role/unrelated",  # a cluster names it
    }
    assert [user.resource.physical for user in found.users] == ["analyst"]
    (reader,) = [role for role in found.roles if role.arn == READER]
    (policy,) = reader.policies
    assert (policy.name, policy.kind.value, policy.partial) == (AWS_POLICY, "AWS managed", False)


def test_a_function_has_its_urls_and_permissions(inventory: Inventory) -> None:
    permission = the(inventory, "AWS::Lambda::Function", "consumer")
    permissions = [
        each
        for each in inventory.of_type("AWS::Lambda::Permission")
        if each.at("FunctionName") == permission.physical
    ]

    assert [each.at("SourceAccount") for each in permissions] == [ACCOUNT, None]
    assert [each.at("Principal") for each in permissions] == ["sns.amazonaws.com", "*"]


def test_a_trail_belongs_to_its_own_region_and_account(inventory: Inventory) -> None:
    central = the(inventory, "AWS::CloudTrail::Trail", "central")

    assert (central.region, central.account) == ("us-east-1", "444455556666")


ALL_USERS = "http://acs.amazonaws.com/groups/global/AllUsers"
ANY_ACCOUNT = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"
LOG_DELIVERY = "http://acs.amazonaws.com/groups/s3/LogDelivery"
LET_IN = "its ACL lets in others than the owner"


@pytest.mark.parametrize(
    ("grantee", "permission", "told"),
    [
        ({"ID": "own"}, "FULL_CONTROL", None),
        ({"URI": LOG_DELIVERY}, "WRITE", None),
        ({"URI": ALL_USERS}, "WRITE_ACP", "PublicReadWrite"),
        ({"URI": ANY_ACCOUNT}, "WRITE", "AuthenticatedRead"),
        ({"URI": ALL_USERS}, "READ_ACP", Unknown(f"READ_ACP to {ALL_USERS}", LET_IN)),
        ({"ID": "stranger"}, "READ", Unknown("READ to stranger", LET_IN)),
    ],
)
def test_whoever_an_acl_lets_in_is_told(
    grantee: dict[str, str], permission: str, told: object, reading: Callable[..., Account]
) -> None:
    type_ = "Group" if "URI" in grantee else "CanonicalUser"
    grant = {"Grantee": {"Type": type_, **grantee}, "Permission": permission}

    def respond(operation: str, region: str, parameters: dict[str, Any]) -> dict[str, Any]:
        if operation == "s3:GetBucketAcl":
            return {"Owner": {"ID": "own"}, "Grants": [grant]}
        return recorded(operation, region, parameters)

    (bucket,) = reading(respond).inventory.of_type("AWS::S3::Bucket")
    assert bucket.at("AccessControl") == told


def test_a_bucket_of_somebody_else_is_not_read(inventory: Inventory) -> None:
    assert [each.physical for each in inventory.of_type("AWS::S3::Bucket")] == ["logs"]


def test_a_recorder_that_is_stopped_counts_as_never_started(inventory: Inventory) -> None:
    recorder = the(inventory, "AWS::Config::ConfigurationRecorder", "default")

    assert recorder.flag("StartedOnCreate") is False


def test_vaults_that_have_a_backup_count_like_those_of_plans(inventory: Inventory) -> None:
    vaults = [each.physical for each in inventory.of_type("AWS::Backup::BackupVault")]

    assert vaults == ["planned", "by-hand"]


def test_what_aws_resolves_anyway_is_no_forwarding_rule(inventory: Inventory) -> None:
    rules = [each.physical for each in inventory.of_type("AWS::Route53Resolver::ResolverRule")]

    assert rules == ["rslvr-rr-1"]


def test_one_item_a_page_tells_the_same(
    answering: Callable[[Transport], Transport], session: boto3.Session, inventory: Inventory
) -> None:
    transport = answering(Transport(recorded, split=True))

    paged = read_account(session, [REGION]).inventory

    assert spelled(paged) == spelled(inventory)
    split = {
        f"{call.service}:{session.client(call.service, REGION).meta.method_to_api_mapping[name]}"
        for call in CALLS
        if call.pages is not None
        for name in [call.operation]
    }
    assert set(transport.pages) == split


def test_every_region_is_read_and_an_empty_one_costs_a_single_call(
    reading: Callable[..., Account],
) -> None:
    seen: list[str] = []
    account = reading(recorded, "us-east-1", REGION, progress=seen.append)

    assert account.regions == ("us-east-1", REGION)
    assert sorted(seen) == sorted(account.regions)
    assert {each.region for each in account.inventory.of_type("AWS::IAM::Role")} == {REGION}
    # The Region that is named first also answers for what has no Region: who asks, IAM, policies
    # of the organization.
    assert account.calls["us-east-1"] == 2 + 1 + 1 + 2 * (1 + 2 * 2)


def test_another_region_has_resources_of_the_same_name(reading: Callable[..., Account]) -> None:
    def everywhere(operation: str, region: str, parameters: dict[str, Any]) -> dict[str, Any]:
        told: dict[str, Any] = answer(operation, parameters)
        if operation.startswith("cloudtrail:") or operation in NOWHERE:
            return told
        moved: dict[str, Any] = json.loads(json.dumps(told).replace(REGION, region))
        return moved

    inventory = reading(everywhere, REGION, "us-east-1").inventory
    groups = {
        cluster.region: inventory.by_id("caches", "AWS::DAX::SubnetGroup", near=cluster)
        for cluster in inventory.of_type("AWS::DAX::Cluster")
    }

    assert {region: group.region for region, group in groups.items() if group} == {
        region: region for region in (REGION, "us-east-1")
    }
    assert len(inventory.of_type("AWS::IAM::User")) == 1
    assert len(inventory.of_type("AWS::CloudTrail::Trail")) == 2


def test_naming_a_table_leaves_out_what_serves_others(reading: Callable[..., Account]) -> None:
    inventory = reading(tables=["orders"]).inventory

    assert [table.name for table in tables(inventory)] == ["orders"]
    assert [each.physical for each in inventory.of_type("AWS::DAX::Cluster")] == ["own"]


def test_a_table_costs_a_constant_number_of_calls(
    answering: Callable[[Transport], Transport], session: boto3.Session
) -> None:
    def made(count: int) -> Counter[str]:
        def many(operation: str, region: str, parameters: dict[str, Any]) -> dict[str, Any]:
            if operation == "dynamodb:ListTables":
                return {"TableNames": [f"table-{number}" for number in range(count)]}
            if operation == "dynamodb:DescribeTable":
                return {"Table": {"TableName": parameters["TableName"]}}
            return recorded(operation, region, parameters)

        transport = answering(Transport(many))
        read_account(session, [REGION])
        return transport.asked

    assert made(13) - made(3) == dict.fromkeys(
        (
            "backup:ListRecoveryPointsByResource",
            "dynamodb:DescribeContinuousBackups",
            "dynamodb:DescribeKinesisStreamingDestination",
            "dynamodb:DescribeTable",
            "dynamodb:GetResourcePolicy",
            "dynamodb:ListTagsOfResource",
        ),
        10,
    )


def test_no_thread_outlives_the_reading(
    answering: Callable[[Transport], Transport], session: boto3.Session
) -> None:
    """Whoever has threads cannot judge with a second process."""
    answering(Transport(lambda operation, _, parameters: answer(operation, parameters)))
    read_account(session, [REGION])

    assert [each.name for each in threading.enumerate() if "aws-call" in each.name] == []


def test_what_every_region_tells_is_read_once(
    answering: Callable[[Transport], Transport], session: boto3.Session
) -> None:
    transport = answering(Transport(lambda operation, _, parameters: answer(operation, parameters)))
    read_account(session, [REGION, "us-east-1"])

    assert transport.asked["cloudtrail:GetTrailStatus"] == 2  # two trails
    assert transport.asked["s3:GetBucketPolicy"] == 1
    assert transport.asked["iam:GetAccountAuthorizationDetails"] == 1
    assert transport.asked["iam:ListAccessKeys"] == 1


def test_a_region_without_dax_has_no_cache_and_no_gap(
    answering: Callable[[Transport], Transport], session: boto3.Session
) -> None:
    transport = answering(Transport(lambda operation, _, parameters: answer(operation, parameters)))
    inventory = read_account(session, ["me-central-1"]).inventory

    assert transport.asked["dax:DescribeClusters"] == 0
    assert inventory.gaps == ()


def test_of_a_region_that_boto3_does_not_know_caches_are_asked(
    answering: Callable[[Transport], Transport], session: boto3.Session
) -> None:
    transport = answering(Transport(lambda operation, _, parameters: answer(operation, parameters)))
    read_account(session, ["eu-west-9"])

    assert transport.asked["dax:DescribeClusters"] == 1


def test_a_table_that_nobody_may_look_at_still_counts(reading: Callable[..., Account]) -> None:
    account = reading(refusing("dynamodb:DescribeTable"), tables=["orders"])

    assert account.tables == {"orders"}
    assert {each.subject.type for each in account.inventory.gaps} == {""}, "it is every table's"

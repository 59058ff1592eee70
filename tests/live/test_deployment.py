"""What the templates declare is in the emulated account, and every test has its own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ddb_perimeter.inventory import Resource, load
from tests.live.emulation.account import emulated
from tests.live.emulation.creators.catalogue import CREATORS
from tests.live.emulation.deployment import NOTHING, Deployment, UndeployableError, real
from tests.live.emulation.stubs import session

if TYPE_CHECKING:
    from pathlib import Path

    from tests.live.emulation.account import Account, Snapshot

TABLE = "cruddur-messages"


@pytest.fixture(scope="session")
def declared(assembly: Path, snapshot: Snapshot) -> dict[str, list[dict[str, Any]]]:
    """Return the properties that the templates declare, by type and with the real ids."""
    (inventory,) = load([assembly]).scenarios(CREATORS)
    found: dict[str, list[dict[str, Any]]] = {}
    for resource in inventory:
        properties = real(dict(resource.properties), snapshot.names)
        found.setdefault(resource.type, []).append(properties)
    return found


def test_every_type_is_created_or_known_to_need_nothing(declared: dict[str, object]) -> None:
    assert declared.keys() <= CREATORS.keys() | NOTHING.keys()
    assert not CREATORS.keys() & NOTHING.keys()
    assert CREATORS.keys() <= declared.keys()


def test_a_type_that_nobody_knows_stops_the_deployment() -> None:
    surprise = Resource.recorded("AWS::Bedrock::Agent", {}, physical="surprise")
    deployment = Deployment(session(), CREATORS)

    with pytest.raises(UndeployableError, match="AWS::Bedrock::Agent: nobody knows"):
        deployment.create([surprise])


def test_a_reference_to_nothing_stops_the_deployment() -> None:
    lost = Resource.recorded("AWS::EC2::RouteTable", {"VpcId": "vpc-⟦gone.Vpc⟧"}, physical="lost")
    deployment = Deployment(session(), CREATORS)

    with pytest.raises(UndeployableError, match="nothing creates what these need: lost"):
        deployment.create([lost])


def test_policies_are_deployed_as_they_are_declared(
    account: Account, declared: dict[str, list[dict[str, Any]]]
) -> None:
    dynamodb, ec2 = account.client("dynamodb"), account.client("ec2")
    (table,) = declared["AWS::DynamoDB::GlobalTable"]
    (replica,) = table["Replicas"]
    described = dynamodb.describe_table(TableName=TABLE)["Table"]

    def policy(arn: str) -> object:
        return json.loads(dynamodb.get_resource_policy(ResourceArn=arn)["Policy"])

    stream = replica["ReplicaStreamSpecification"]["ResourcePolicy"]["PolicyDocument"]
    assert policy(described["TableArn"]) == replica["ResourcePolicy"]["PolicyDocument"]
    assert policy(described["LatestStreamArn"]) == stream
    endpoints = ec2.describe_vpc_endpoints()["VpcEndpoints"]
    assert {each["ServiceName"]: json.loads(each["PolicyDocument"]) for each in endpoints} == {
        each["ServiceName"]: each["PolicyDocument"] for each in declared["AWS::EC2::VPCEndpoint"]
    }
    assert "⟦" not in json.dumps(declared, ensure_ascii=False)


def test_the_cache_is_deployed_with_its_groups(account: Account) -> None:
    dax, ec2 = account.client("dax"), account.client("ec2")
    (cluster,) = dax.describe_clusters()["Clusters"]
    (subnets,) = dax.describe_subnet_groups(SubnetGroupNames=[cluster["SubnetGroup"]])[
        "SubnetGroups"
    ]
    group = cluster["SecurityGroups"][0]["SecurityGroupIdentifier"]
    (rules,) = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"]

    assert cluster["ClusterEndpointEncryptionType"] == "TLS"
    assert subnets["VpcId"] == rules["VpcId"]
    assert [rule["FromPort"] for rule in rules["IpPermissions"]] == [9111]


def test_nobody_sees_what_another_test_did(snapshot: Snapshot) -> None:
    with emulated(snapshot) as account:
        account.client("dynamodb").delete_resource_policy(
            ResourceArn=account.client("dynamodb").describe_table(TableName=TABLE)["Table"][
                "TableArn"
            ]
        )
        account.client("dax").delete_cluster(ClusterName="live")

    with emulated(snapshot) as account:
        table = account.client("dynamodb").describe_table(TableName=TABLE)["Table"]
        policy = account.client("dynamodb").get_resource_policy(ResourceArn=table["TableArn"])
        assert "DenyDataPlaneOutsideEndpoints" in policy["Policy"]
        assert len(account.client("dax").describe_clusters()["Clusters"]) == 1


def test_an_account_that_is_empty_has_nothing() -> None:
    with emulated() as account:
        assert account.client("dynamodb").list_tables()["TableNames"] == []
        assert account.client("dax").describe_clusters()["Clusters"] == []

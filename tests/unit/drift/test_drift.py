"""What an account lacks, has besides, or has otherwise than templates promise."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from ddb_perimeter.drift.kinds import KINDS, Missing
from ddb_perimeter.inventory import Inventory
from tests.unit.drift.accounts import ACCOUNT, REGION, Account, promise, real, told, unknown

Change = Callable[[Account], object]


@pytest.fixture(scope="module")
def promised() -> Inventory:
    return promise()


def changed(promised: Inventory, change: Change) -> list[str]:
    """Tell what differs after one change of an account that has what is promised."""
    account = Account(promised)
    change(account)
    return told(promised, account.inventory())


def statement(account: Account, name: str, *path: str, sid: str = "") -> dict[str, Any]:
    """Return a statement of a policy."""
    node: Any = account.properties[name]
    for step in path:
        node = node[step]
    found: dict[str, Any] = next(each for each in node["Statement"] if each.get("Sid", "") == sid)
    return found


TABLE_POLICY = ("Table", "ResourcePolicy", "PolicyDocument")
STREAM_POLICY = ("Table", "StreamSpecification", "ResourcePolicy", "PolicyDocument")


def test_an_account_that_has_what_is_promised_holds(promised: Inventory) -> None:
    assert told(promised, Account(promised).inventory()) == []


def test_everything_that_is_promised_is_recognised(promised: Inventory) -> None:
    kinds = {kind.type for kind in KINDS if kind.properties}
    there = {each.type for each in Account(promised).inventory()}

    assert kinds <= there


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            lambda a: statement(a, *TABLE_POLICY, sid="Outside").update(Action="dynamodb:GetItem"),
            "broken critical Table: ResourcePolicy.PolicyDocument has another statement Outside: "
            'Action is ["dynamodb:getitem"], promised ["dynamodb:getitem", "dynamodb:query"] '
            "(promised.Table).",
        ),
        (
            lambda a: statement(a, *TABLE_POLICY, sid="Outside")["Condition"][
                "StringNotEquals"
            ].update({"aws:SourceVpce": "vpce-0123456789abcdef0"}),
            "broken critical Table: ResourcePolicy.PolicyDocument has another statement Outside: "
            "Condition is",
        ),
        (
            lambda a: a.properties["Table"].pop("ResourcePolicy"),
            "broken critical Table: ResourcePolicy.PolicyDocument is missing (promised.Table).",
        ),
        (
            lambda a: a.properties["Table"]["ResourcePolicy"]["PolicyDocument"]["Statement"].pop(),
            "broken critical Table: ResourcePolicy.PolicyDocument lacks the statement",
        ),
        (
            lambda a: a.properties["Table"]["ResourcePolicy"]["PolicyDocument"]["Statement"].append(
                {"Sid": "More", "Effect": "Allow", "Principal": "*", "Action": "*"}
            ),
            "broken critical Table: ResourcePolicy.PolicyDocument has a statement that is not "
            "promised: More (promised.Table).",
        ),
        (
            lambda a: a.properties["Table"]["ResourcePolicy"]["PolicyDocument"].pop("Version"),
            "ResourcePolicy.PolicyDocument has Version 2008-10-17, promised 2012-10-17",
        ),
        (
            lambda a: a.properties["Table"]["StreamSpecification"].pop("ResourcePolicy"),
            "StreamSpecification.ResourcePolicy.PolicyDocument is missing",
        ),
        (
            lambda a: statement(a, *STREAM_POLICY, sid="Nobody").update(Effect="Allow"),
            "another statement Nobody: Effect is Allow, promised Deny",
        ),
        (
            lambda a: a.properties["Table"].update(
                Replicas=[{"Region": REGION}, {"Region": "us-east-1"}]
            ),
            'Replicas is ["us-east-1"], promised []',
        ),
        (
            lambda a: a.properties["Table"].update(KinesisStreamSpecification={"StreamArn": "x"}),
            "KinesisStreamSpecification.StreamArn is x, promised nothing",
        ),
        (
            lambda a: a.properties["Table"].update(DeletionProtectionEnabled=False),
            "DeletionProtectionEnabled is false, promised true",
        ),
        (
            lambda a: a.properties["Table"]["SSESpecification"].update(SSEEnabled=False),
            "SSESpecification.SSEEnabled is false, promised true",
        ),
        (
            lambda a: a.properties["Cluster"].update(ClusterEndpointEncryptionType="NONE"),
            "broken high Cluster: ClusterEndpointEncryptionType is NONE, promised TLS "
            "(promised.Cluster).",
        ),
        (
            lambda a: a.properties["Cluster"].update(ReplicationFactor=1),
            "ReplicationFactor is 1, promised 3",
        ),
        (
            lambda a: a.properties["Parameters"]["ParameterNameValues"].update(
                {"record-ttl-millis": "300000"}
            ),
            "broken medium ParameterGroup: ParameterNameValues is",
        ),
        (
            lambda a: statement(a, "Endpoint", "PolicyDocument", sid="Own").update(Resource="*"),
            "broken high VPCEndpoint: PolicyDocument has another statement Own: Resource is",
        ),
        (
            lambda a: a.properties["Endpoint"].pop("PolicyDocument"),
            "broken high VPCEndpoint: PolicyDocument is missing",
        ),
        (
            lambda a: a.properties["Endpoint"]["RouteTableIds"].pop(),
            "broken high VPCEndpoint: RouteTableIds is",
        ),
        (
            lambda a: a.add(
                "igw route",
                "AWS::EC2::Route",
                {
                    "RouteTableId": a.id("RoutesA"),
                    "DestinationCidrBlock": "0.0.0.0/0",
                    "GatewayId": "igw-0123456789abcdef0",
                },
            ),
            'broken high RouteTable: Routes is [{"through": "igw-0123456789abcdef0", "to": '
            '"0.0.0.0/0"}], promised []',
        ),
        (
            lambda a: a.properties["UseA"].update(RouteTableId="rtb-0123456789abcdef0"),
            "broken medium SubnetRouteTableAssociation: RouteTableId is rtb-0123456789abcdef0",
        ),
        (
            lambda a: a.properties["Caches"]["SecurityGroupIngress"].append(
                {"IpProtocol": "tcp", "FromPort": 9111, "ToPort": 9111, "CidrIp": "0.0.0.0/0"}
            ),
            "broken high SecurityGroup: SecurityGroupIngress is",
        ),
        (
            lambda a: statement(a, "CacheReads", "PolicyDocument", sid="Read").update(
                Action="dynamodb:PutItem"
            ),
            "broken high Role: Policies has another statement Read: Action is",
        ),
        (
            lambda a: statement(a, "CacheRole", "AssumeRolePolicyDocument").update(
                Principal={"AWS": "111122223333"}
            ),
            "broken high Role: AssumeRolePolicyDocument has another statement: Principal is",
        ),
        (
            lambda a: a.properties["Key"].update(EnableKeyRotation=False),
            "EnableKeyRotation is false",
        ),
        (
            lambda a: statement(a, "Key", "KeyPolicy", sid="Admin").update(Principal={"AWS": "*"}),
            "broken high Key: KeyPolicy has another statement Admin: Principal is",
        ),
        (
            lambda a: a.properties["Trail"].update(IsLogging=False),
            "broken high Trail: IsLogging is false",
        ),
        (
            lambda a: a.properties["Trail"]["AdvancedEventSelectors"][0]["FieldSelectors"].pop(),
            "broken high Trail: AdvancedEventSelectors is",
        ),
        (
            lambda a: statement(a, "LogsPolicy", "PolicyDocument", sid="Tls").update(
                Effect="Allow"
            ),
            "broken high BucketPolicy: PolicyDocument has another statement Tls: Effect is Allow",
        ),
        (
            lambda a: a.properties["Recorder"].update(StartedOnCreate=False),
            "broken medium ConfigurationRecorder: StartedOnCreate is false, promised true",
        ),
        (
            lambda a: a.properties["Rule"].update(InputParameters=json.dumps({"days": "90"})),
            'InputParameters is {"days": "90"}, promised {"days": 30}',
        ),
        (
            lambda a: a.properties["Vault"].pop("AccessPolicy"),
            "broken high BackupVault: AccessPolicy is missing",
        ),
        (
            lambda a: a.properties["Plan"]["BackupPlan"]["BackupPlanRule"][0].update(
                ScheduleExpression="rate(1 day)"
            ),
            "broken medium BackupPlan: BackupPlan.BackupPlanRule is",
        ),
        (lambda a: a.properties["FlowLog"].update(TrafficType="REJECT"), "TrafficType is REJECT"),
        (
            lambda a: a.properties["Vpc"].update(EnableDnsHostnames=False),
            "EnableDnsHostnames is false",
        ),
    ],
)
def test_one_change_is_told_once(promised: Inventory, change: Change, expected: str) -> None:
    (line,) = changed(promised, change)

    assert expected in line


@pytest.mark.parametrize(
    ("name", "severity"),
    [
        ("Endpoint", "high"),
        ("Cluster", "high"),
        ("Parameters", "medium"),
        ("SubnetGroup", "medium"),
        ("Trail", "high"),
        ("Recorder", "medium"),
        ("Channel", "medium"),
        ("Rule", "medium"),
        ("Vault", "high"),
        ("Plan", "medium"),
        ("Selection", "medium"),
        ("FlowLog", "medium"),
        ("SubnetA", "medium"),
        ("UseA", "medium"),
        ("Caches", "high"),
        ("LogsPolicy", "high"),
        ("Table", "high"),
    ],
)
def test_what_is_missing_is_told(promised: Inventory, name: str, severity: str) -> None:
    lines = changed(promised, lambda account: account.remove(name))

    missing = f"promised.{name} promises it, and the account does not have it."
    assert any(line.startswith(f"broken {severity} ") and missing in line for line in lines)


def test_what_nobody_could_look_at_is_unknown(promised: Inventory) -> None:
    def deny(account: Account) -> None:
        account.remove("Trail")
        account.complete -= {"AWS::CloudTrail::Trail"}

    assert (
        "unknown medium Trail: promised.Trail promises it, and nobody could look whether"
        in (changed(promised, deny)[0])
    )


def test_a_vpc_that_nothing_uses_was_not_read(promised: Inventory) -> None:
    lines = changed(promised, lambda account: account.remove("Vpc"))

    assert [line for line in lines if line.startswith("unknown medium VPC: promised.Vpc")]
    assert not [line for line in lines if "Subnet:" in line]


def test_of_a_region_without_a_table_only_the_table_is_missing(promised: Inventory) -> None:
    (line,) = told(promised, Inventory([], complete=Account(promised).complete))

    assert "GlobalTable: promised.Table promises it" in line


@pytest.mark.parametrize(
    ("type_", "properties"),
    [
        ("AWS::EC2::VPCGatewayAttachment", {"InternetGatewayId": "igw-0123456789abcdef0"}),
        ("AWS::EC2::VPCPeeringConnection", {"PeerVpcId": "vpc-0123456789abcdef0"}),
        ("AWS::EC2::Subnet", {"CidrBlock": "10.0.9.0/24"}),
        ("AWS::EC2::VPCEndpoint", {"ServiceName": "com.amazonaws.eu-west-1.s3"}),
    ],
)
def test_what_opens_a_promised_network_is_told(
    promised: Inventory, type_: str, properties: dict[str, object]
) -> None:
    def here(account: Account) -> None:
        account.add("extra", type_, {**properties, "VpcId": account.id("Vpc")})

    def elsewhere(account: Account) -> None:
        account.add("extra", type_, {**properties, "VpcId": "vpc-0fedcba9876543210"})

    (line,) = changed(promised, here)
    assert "Nobody promised it" in line
    assert changed(promised, elsewhere) == []


def test_a_second_cache_with_the_same_role_is_told(promised: Inventory) -> None:
    def second(account: Account) -> None:
        role = account.properties["Cluster"]["IAMRoleARN"]
        account.add("other", "AWS::DAX::Cluster", {"ClusterName": "other", "IAMRoleARN": role})

    (line,) = changed(promised, second)
    assert line.startswith("broken high Cluster: Nobody promised it")


@pytest.mark.parametrize(
    "change",
    [
        lambda a: a.properties["Table"].update(ResourcePolicy={"PolicyDocument": unknown()}),
        lambda a: a.properties["Table"].update(PointInTimeRecoverySpecification=unknown()),
        lambda a: a.properties["Parameters"].update(ParameterNameValues=unknown()),
        lambda a: a.properties["Key"].update(KeyPolicy=unknown()),
        lambda a: a.properties["Trail"].update(IsLogging=unknown()),
        lambda a: a.properties["Vault"].update(AccessPolicy=unknown()),
    ],
)
def test_what_was_not_told_is_unknown_and_never_equal(promised: Inventory, change: Change) -> None:
    (line,) = changed(promised, change)

    assert line.startswith("unknown ")
    assert "the account did not tell it (AccessDenied)" in line


@pytest.mark.parametrize(
    "change",
    [
        lambda a: statement(a, *TABLE_POLICY, sid="Outside")["Action"].sort(),
        lambda a: statement(a, "CacheReads", "PolicyDocument", sid="Read").update(
            Action=["dynamodb:getitem"]
        ),
        lambda a: statement(a, "Key", "KeyPolicy", sid="Admin").update(
            Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
        ),
        lambda a: a.properties["Rule"].update(InputParameters='{"days":"30"}'),
        lambda a: a.properties["Plan"]["BackupPlan"]["BackupPlanRule"][0].update(
            StartWindowMinutes=480
        ),
        lambda a: a.properties["Cluster"].update(ReplicationFactor="3"),
        lambda a: a.add("other", "AWS::EC2::VPC", {"CidrBlock": "10.1.0.0/16"}),
        lambda a: a.add("main", "AWS::EC2::RouteTable", {"VpcId": a.id("Vpc")}),
        lambda a: a.add("orders", "AWS::DynamoDB::Table", {"TableName": "orders"}),
    ],
)
def test_what_means_the_same_is_no_drift(promised: Inventory, change: Change) -> None:
    assert changed(promised, change) == []


def test_an_id_stands_for_one_placeholder_only(promised: Inventory) -> None:
    def swap(account: Account) -> None:
        groups = account.properties["Cluster"]["SecurityGroupIds"]
        groups[0] = real("sg-⟦promised.Clients.GroupId⟧")
        groups[0] = account.properties["Caches"]["SecurityGroupIngress"][0]["SourceSecurityGroupId"]

    (line,) = changed(promised, swap)
    assert "Cluster: SecurityGroupIds is" in line


def test_only_what_matters_may_be_ignored_when_it_is_missing() -> None:
    ignored = {kind.type for kind in KINDS if kind.missing is Missing.IGNORED and kind.properties}

    assert ignored == {
        "AWS::EC2::RouteTable",
        "AWS::IAM::Role",
        "AWS::KMS::Key",
        "AWS::S3::Bucket",
    }

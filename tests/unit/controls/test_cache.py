"""DAX clusters by themselves."""

from collections.abc import Callable
from typing import Any

import pytest

from ddb_perimeter.controls.perimeter import Perimeter
from ddb_perimeter.findings import Exposure
from tests.unit.controls.networks import UNRESOLVED, UNSET, cached, resource

Tell = Callable[..., list[str]]

CONTROLS = (
    "dax-sse",
    "dax-tls",
    "dax-multi-az",
    "dax-cluster-name-neutral",
    "dax-node-type-encryptable",
    "dax-ttl-bounded",
    "dax-role-exists",
)
SSE = "SSESpecification.SSEEnabled"
TLS = "ClusterEndpointEncryptionType"


@pytest.mark.parametrize("control", CONTROLS)
def test_a_good_cache_holds(ask: Callable[..., Any], control: str) -> None:
    result = ask(control, cached())

    assert result.findings == ()
    assert result.controls[0].resources == 1


@pytest.mark.parametrize(
    ("control", "change", "expected"),
    [
        ("dax-sse", {"SSESpecification": None}, f"broken Cluster {SSE}: {SSE} is not true."),
        (
            "dax-sse",
            {"SSESpecification": {"SSEEnabled": "false"}},
            f"broken Cluster {SSE}: {SSE} is not true.",
        ),
        (
            "dax-sse",
            {"SSESpecification": {"SSEEnabled": UNSET}},
            f"unknown Cluster {SSE}: {SSE} {UNRESOLVED}",
        ),
        (
            "dax-tls",
            {TLS: None},
            f"broken Cluster {TLS}: {TLS} is left out, so items cross the network in plain text.",
        ),
        (
            "dax-tls",
            {TLS: "NONE"},
            f"broken Cluster {TLS}: {TLS} is NONE, so items cross the network in plain text.",
        ),
        ("dax-tls", {TLS: UNSET}, f"unknown Cluster {TLS}: {TLS} {UNRESOLVED}"),
        (
            "dax-multi-az",
            {"ReplicationFactor": 2},
            "broken Cluster ReplicationFactor: ReplicationFactor is 2: fewer than 3 nodes.",
        ),
        (
            "dax-multi-az",
            {"ReplicationFactor": UNSET},
            f"unknown Cluster ReplicationFactor: ReplicationFactor {UNRESOLVED}",
        ),
        (
            "dax-multi-az",
            {"AvailabilityZones": ["us-east-1a", "us-east-1b"]},
            "broken Cluster AvailabilityZones: Its nodes are in us-east-1a, us-east-1b, fewer "
            "than 3 zones.",
        ),
        (
            "dax-multi-az",
            {"AvailabilityZones": UNSET},
            f"unknown Cluster AvailabilityZones: A zone of its subnets {UNRESOLVED}",
        ),
        (
            "dax-multi-az",
            {"SubnetGroupName": "theirs"},
            "unknown Cluster SubnetGroupName: A zone of its subnets is theirs, which cannot be "
            "resolved: the subnet group is not in what was checked.",
        ),
        (
            "dax-cluster-name-neutral",
            {"ClusterName": "acme-444455556666"},
            "broken Cluster ClusterName: The name acme-444455556666 tells account 444455556666 "
            "to everybody.",
        ),
        (
            "dax-cluster-name-neutral",
            {"ClusterName": {"Fn::Sub": "a${AWS::AccountId}"}},
            "broken Cluster ClusterName: The name a111122223333 tells account 111122223333 to "
            "everybody.",
        ),
        (
            "dax-cluster-name-neutral",
            {"ClusterName": UNSET},
            f"unknown Cluster ClusterName: ClusterName {UNRESOLVED}",
        ),
        (
            "dax-node-type-encryptable",
            {"NodeType": "dax.r3.large"},
            "broken Cluster NodeType: NodeType is dax.r3.large, which cannot be encrypted.",
        ),
        (
            "dax-node-type-encryptable",
            {"NodeType": UNSET},
            f"unknown Cluster NodeType: NodeType {UNRESOLVED}",
        ),
        (
            "dax-ttl-bounded",
            {"ParameterGroupName": "theirs"},
            "unknown Cluster ParameterGroupName: Parameter group theirs is not in what was "
            "checked, so its times cannot be seen.",
        ),
        (
            "dax-ttl-bounded",
            {"ParameterGroupName": UNSET},
            f"unknown Cluster ParameterGroupName: ParameterGroupName {UNRESOLVED}",
        ),
        (
            "dax-role-exists",
            {"IAMRoleARN": "dax-role"},
            "broken Cluster IAMRoleARN: IAMRoleARN is dax-role, which is no role's ARN.",
        ),
        (
            "dax-role-exists",
            {"IAMRoleARN": UNSET},
            f"unknown Cluster IAMRoleARN: IAMRoleARN {UNRESOLVED}",
        ),
        (
            "dax-role-exists",
            {"SecurityGroupIds": ["default"]},
            "broken Cluster SecurityGroupIds[0]: SecurityGroupIds of cluster Cluster names "
            "default, which is no id (sg-…).",
        ),
        (
            "dax-role-exists",
            {"SecurityGroupIds": [UNSET]},
            f"unknown Cluster SecurityGroupIds[0]: SecurityGroupIds {UNRESOLVED}",
        ),
    ],
)
def test_one_change_is_found(
    tell: Tell, control: str, change: dict[str, object], expected: str
) -> None:
    assert tell(control, cached(**change)) == [expected]


@pytest.mark.parametrize(
    ("control", "change"),
    [
        ("dax-multi-az", {"ReplicationFactor": "5"}),
        ("dax-multi-az", {"AvailabilityZones": ["a", "b", "c"]}),
        ("dax-cluster-name-neutral", {"ClusterName": None}),
        ("dax-node-type-encryptable", {"NodeType": "dax.r5.large"}),
        ("dax-ttl-bounded", {"ParameterGroupName": None}),
        ("dax-ttl-bounded", {"ParameterGroupName": "default.dax1.0"}),
        ("dax-role-exists", {"IAMRoleARN": "arn:aws:iam::444455556666:role/path/dax"}),
        ("dax-role-exists", {"SecurityGroupIds": ["sg-0123456789abcdef0"]}),
    ],
)
def test_harmless_changes_hold(tell: Tell, control: str, change: dict[str, object]) -> None:
    assert tell(control, cached(**change)) == []


def test_lack_of_tls_weakens_the_perimeter(ask: Callable[..., Any]) -> None:
    (finding,) = ask("dax-tls", cached(ClusterEndpointEncryptionType=None)).findings

    assert finding.exposure is Exposure.WEAKENED


def test_the_name_of_a_declared_account_counts(tell: Tell) -> None:
    named = cached(ClusterName="x999988887777y")

    assert tell("dax-cluster-name-neutral", cached(ClusterName="x99998888777y")) == []
    assert len(tell("dax-cluster-name-neutral", named)) == 1
    assert len(tell("dax-cluster-name-neutral", named, Perimeter(accounts=frozenset({"1"})))) == 1


def test_subnets_are_in_enough_zones(tell: Tell) -> None:
    resources = cached()
    resources["Cache3"]["Properties"]["AvailabilityZone"] = "us-east-1b"
    assert tell("dax-multi-az", resources) == [
        "broken Cluster SubnetGroupName: Its nodes are in us-east-1a, us-east-1b, fewer than 3 "
        "zones."
    ]
    del resources["Cache3"]["Properties"]["AvailabilityZone"]
    assert tell("dax-multi-az", resources) == [
        "unknown Cluster SubnetGroupName: A zone of its subnets is AvailabilityZone, which cannot "
        "be resolved: left out."
    ]


def test_a_subnet_that_is_no_id_is_found(tell: Tell) -> None:
    resources = cached()
    resources["CacheSubnets"]["Properties"]["SubnetIds"][1] = "private"

    assert tell("dax-role-exists", resources) == [
        "broken CacheSubnets SubnetIds[1]: SubnetIds of cluster Cluster names private, which is "
        "no id (subnet-…)."
    ]


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ({}, []),
        ({"query-ttl-millis": "0"}, []),
        ({"record-ttl-millis": 300000}, []),
        (
            {"record-ttl-millis": "300001"},
            ["record-ttl-millis is 300001: more than five minutes (300000)."],
        ),
        ({"record-ttl-millis": 0}, ["record-ttl-millis is 0: items are served for ever."]),
        (
            {"query-ttl-millis": "86400000", "record-ttl-millis": "1"},
            ["query-ttl-millis is 86400000: more than five minutes (300000)."],
        ),
    ],
)
def test_times_to_live_are_bounded(
    tell: Tell, times: dict[str, object], expected: list[str]
) -> None:
    group = resource("AWS::DAX::ParameterGroup", ParameterNameValues=times)
    told = tell("dax-ttl-bounded", {**cached(), "CacheTimes": group})

    assert [line.split(": ", 1)[1] for line in told] == expected
    assert all(line.startswith("broken CacheTimes ParameterNameValues.") for line in told)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (UNSET, f"ParameterNameValues.query-ttl-millis {UNRESOLVED}"),
        ("soon", "query-ttl-millis is soon, which is no number."),
    ],
)
def test_times_that_cannot_be_read_are_unknown(tell: Tell, value: object, expected: str) -> None:
    group = resource("AWS::DAX::ParameterGroup", ParameterNameValues={"query-ttl-millis": value})

    assert tell("dax-ttl-bounded", {**cached(), "CacheTimes": group}) == [
        f"unknown CacheTimes ParameterNameValues.query-ttl-millis: {expected}"
    ]

"""Faults of the cache: its settings, its groups and its subnets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.mutation.areas.network import attached_gateway, route
from tests.mutation.mutant import NONE, REACHABLE, WEAKENED, Mutant, also, drop, put, together

if TYPE_CHECKING:
    from tests.mutation.mutant import Change
    from tests.mutation.templates import Templates

AREA: Final = "cache"
CLUSTER: Final = "Data/Cache/Cluster"
GROUP: Final = "Data/Cache/Group"
SUBNET: Final = "Network/Network/Vpc/cacheSubnet1"
PARAMETERS: Final = "Data/Cache/Parameters"
PEERING: Final = also("vpc-no-peering-path")
ADMITS: Final = "dax-sg-source-only"
PRIVATE: Final = "dax-private-subnets"


def _admit(**rule: object) -> Change:
    """Add a rule to the cache's group."""

    def change(templates: Templates) -> None:
        templates.properties(GROUP)["SecurityGroupIngress"].append(
            {"IpProtocol": "tcp", "FromPort": 9111, "ToPort": 9111, **rule}
        )

    return change


def _admit_elsewhere(templates: Templates) -> None:
    templates.add(
        "edge",
        "AddedRule",
        "AWS::EC2::SecurityGroupIngress",
        GroupId=templates.imported(GROUP, "GroupId"),
        IpProtocol="tcp",
        FromPort=9000,
        ToPort=9200,
        CidrIp="0.0.0.0/0",
    )


def _second_group(templates: Templates) -> None:
    """Put the cluster into one more group, which admits the world in two halves."""
    halves = [
        {"IpProtocol": "tcp", "FromPort": 9111, "ToPort": 9111, "CidrIp": half}
        for half in ("0.0.0.0/1", "128.0.0.0/1")
    ]
    templates.add(
        "data",
        "SecondGroup",
        "AWS::EC2::SecurityGroup",
        GroupDescription="Debugging",
        VpcId=templates.imported("Network/Network/Vpc"),
        SecurityGroupIngress=halves,
    )
    groups = templates.properties(CLUSTER)["SecurityGroupIds"]
    groups.append({"Fn::GetAtt": ["SecondGroup", "GroupId"]})


def _default_group(templates: Templates) -> None:
    """Give the cluster the VPC's default group, and that group a rule."""
    group = templates.imported("Network/Network/Vpc", "DefaultSecurityGroup")
    templates.properties(CLUSTER)["SecurityGroupIds"] = [group]
    templates.add(
        "data",
        "AddedRule",
        "AWS::EC2::SecurityGroupIngress",
        GroupId=group,
        IpProtocol="-1",
        SourceSecurityGroupId=group,
    )


def _listed(templates: Templates) -> None:
    """Admit a prefix list that holds public addresses."""
    templates.add(
        "data",
        "Offices",
        "AWS::EC2::PrefixList",
        AddressFamily="IPv4",
        MaxEntries=1,
        PrefixListName="offices",
        Entries=[{"Cidr": "198.51.100.0/24"}],
    )
    _admit(SourcePrefixListId={"Ref": "Offices"})(templates)


def _public_subnet(templates: Templates) -> None:
    """Open the group first, then the route: the packet arrives."""
    attached_gateway(templates)
    route(SUBNET, {"DestinationCidrBlock": "0.0.0.0/0"}, {"GatewayId": {"Ref": "Internet"}})(
        templates
    )


def _one_zone(templates: Templates) -> None:
    subnets = templates.properties("Data/Cache/Subnets")["SubnetIds"]
    templates.properties("Data/Cache/Subnets")["SubnetIds"] = subnets[:1]


MUTANTS: Final = (
    Mutant(
        "the cache talks without TLS",
        "dax-tls",
        WEAKENED,
        CLUSTER,
        drop(CLUSTER, "ClusterEndpointEncryptionType"),
    ),
    Mutant(
        "the cache is not encrypted",
        "dax-sse",
        WEAKENED,
        CLUSTER,
        put(CLUSTER, "SSESpecification.SSEEnabled", value=False),
    ),
    Mutant(
        "the cache has one node",
        "dax-multi-az",
        NONE,
        CLUSTER,
        put(CLUSTER, "ReplicationFactor", 1),
    ),
    Mutant(
        "the cache is in one zone",
        "dax-multi-az",
        NONE,
        CLUSTER,
        _one_zone,
        PEERING,  # two subnets with a route to the reader are no longer the cache's
    ),
    Mutant(
        "the cache's name tells the account",
        "dax-cluster-name-neutral",
        NONE,
        CLUSTER,
        put(CLUSTER, "ClusterName", {"Fn::Sub": "c-${AWS::AccountId}"}),
        also("ddb-deny-exempts-dax-role"),  # the role's trust names the old cluster
    ),
    Mutant(
        "the cache's nodes cannot be encrypted",
        "dax-node-type-encryptable",
        NONE,
        CLUSTER,
        put(CLUSTER, "NodeType", "dax.r3.large"),
    ),
    Mutant(
        "the cache keeps items for ever",
        "dax-ttl-bounded",
        NONE,
        PARAMETERS,
        put(PARAMETERS, "ParameterNameValues.record-ttl-millis", "0"),
    ),
    Mutant(
        "the cache keeps answers for a day",
        "dax-ttl-bounded",
        NONE,
        PARAMETERS,
        put(PARAMETERS, "ParameterNameValues.query-ttl-millis", "86400000"),
    ),
    Mutant(
        "the cache admits the world",
        ADMITS,
        WEAKENED,
        GROUP,
        _admit(CidrIp="0.0.0.0/0"),
    ),
    Mutant(
        "the cache admits the world over IPv6", ADMITS, WEAKENED, GROUP, _admit(CidrIpv6="::/0")
    ),
    Mutant("the cache admits an office by a prefix list", ADMITS, WEAKENED, GROUP, _listed),
    Mutant(
        "the cache admits every private network",
        ADMITS,
        WEAKENED,
        GROUP,
        _admit(CidrIp="10.0.0.0/8"),
    ),
    Mutant(
        "another stack admits the world to many ports of the cache",
        ADMITS,
        WEAKENED,
        "AddedRule",
        _admit_elsewhere,
        PEERING,
    ),
    Mutant(
        "the cache has a second group that admits the world in two halves",
        ADMITS,
        WEAKENED,
        "SecondGroup",
        _second_group,
    ),
    Mutant(
        "the cache is in the default group",
        ADMITS,
        WEAKENED,
        CLUSTER,
        _default_group,
        PEERING | {"vpc-default-sg-closed", "dax-no-plaintext-port"},
    ),
    Mutant(
        "the cache's port without TLS is open to its clients",
        "dax-no-plaintext-port",
        NONE,
        GROUP,
        put(GROUP, "SecurityGroupIngress.0.FromPort", 8111),
    ),
    Mutant(
        "the cache admits its clients by every protocol",
        "dax-no-plaintext-port",
        NONE,
        GROUP,
        put(GROUP, "SecurityGroupIngress.0.IpProtocol", "-1"),
    ),
    Mutant(
        "a subnet of the cache leads to the internet",
        PRIVATE,
        WEAKENED,
        CLUSTER,
        _public_subnet,
        also("vpc-no-igw-route"),
    ),
    Mutant(
        "the internet reaches the cache: a subnet leads there, and the group admits it",
        PRIVATE,
        REACHABLE,
        CLUSTER,
        together(_admit(CidrIp="198.51.100.0/24"), _public_subnet),
        also(ADMITS, "vpc-no-igw-route"),
    ),
    Mutant(
        "the cache refers to a role that is none",
        "dax-role-exists",
        NONE,
        CLUSTER,
        put(CLUSTER, "IAMRoleARN", "DaxToDynamoDb"),
        also(
            "dax-role-confused-deputy",
            "dax-role-read-only",
            "dax-role-table-scoped",
            "dax-role-trust-dax-only",
            "ddb-deny-exempts-dax-role",
            "ddb-deny-outside-vpce",  # the role that the table exempts is no cache's now
        ),
    ),
)

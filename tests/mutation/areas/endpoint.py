"""Faults of the endpoints: their policies, and where they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.mutation.mutant import (
    NONE,
    WEAKENED,
    Mutant,
    allow,
    also,
    drop,
    plus,
    put,
    recondition,
    reword,
    role,
    together,
)
from tests.mutation.templates import (
    ACCOUNT,
    STRANGER,
    gateway_policy,
    statement,
    streams_endpoint_policy,
)

if TYPE_CHECKING:
    from tests.mutation.mutant import Change
    from tests.mutation.templates import Templates

AREA: Final = "endpoint"
ARN: Final = f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/cruddur-messages"
GATEWAY: Final = "Network/Network/DynamoDbEndpoint"
STREAMS: Final = "Network/Network/StreamsInterfaceEndpoint"
OWN: Final = "AllowOwnPrincipalsOwnTable"
DISCOVERY: Final = "AllowDiscovery"
OWN_STREAM: Final = "AllowOwnPrincipalsOwnStream"
DEFAULT: Final = "vpce-policy-not-default"
IDENTITIES: Final = "vpce-policy-own-identities"
RESOURCES: Final = "vpce-policy-own-resources"
TABLES: Final = "vpce-policy-table-scoped"
HARDENED: Final = "vpce-interface-hardened"
GROUP: Final = "Network/Network/InterfaceEndpointGroup"
HTTPS: Final = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
EVERYWHERE: Final = "vpce-all-private-route-tables"


def _without_condition(key: str) -> object:
    def change(templates: Templates) -> None:
        del statement(gateway_policy(templates), OWN)["Condition"]["StringEquals"][key]

    return change


def _forget_tables(kind: str) -> object:
    """Take the route tables of some subnets off the gateway endpoint."""

    def change(templates: Templates) -> None:
        properties = templates.properties(GATEWAY)
        properties["RouteTableIds"] = [
            each for each in properties["RouteTableIds"] if f"Vpc{kind}Subnet" not in each["Ref"]
        ]

    return change


def _new_subnet(templates: Templates) -> None:
    """Add a subnet whose route table nobody tells the endpoint about."""
    vpc = {"Ref": templates.logical_id("Network/Network/Vpc")}
    templates.add("network", "Batch", "AWS::EC2::Subnet", VpcId=vpc, CidrBlock="10.64.250.0/24")
    templates.add("network", "BatchTable", "AWS::EC2::RouteTable", VpcId=vpc)
    templates.add(
        "network",
        "BatchAssociation",
        "AWS::EC2::SubnetRouteTableAssociation",
        SubnetId={"Ref": "Batch"},
        RouteTableId={"Ref": "BatchTable"},
    )


def _second_endpoint(templates: Templates) -> None:
    """Add an interface endpoint for the table, with the policy that AWS gives it."""
    template = templates.properties(STREAMS)
    templates.add(
        "network",
        "SecondEndpoint",
        "AWS::EC2::VPCEndpoint",
        VpcEndpointType="Interface",
        ServiceName="com.amazonaws.us-east-1.dynamodb",
        **{key: template[key] for key in ("SecurityGroupIds", "SubnetIds", "VpcId")},
    )


def _management(*, private: bool = True, **policy: object) -> Change:
    """Add an interface endpoint for the management of caches, like that for streams."""

    def change(templates: Templates) -> None:
        template = templates.properties(STREAMS)
        templates.add(
            "network",
            "Management",
            "AWS::EC2::VPCEndpoint",
            VpcEndpointType="Interface",
            ServiceName="com.amazonaws.us-east-1.dax",
            PrivateDnsEnabled=private,
            PolicyDocument={"Version": "2012-10-17", **policy},
            **{key: template[key] for key in ("SecurityGroupIds", "SubnetIds", "VpcId")},
        )

    return change


MUTANTS: Final = (
    Mutant(
        "the gateway has no policy",
        DEFAULT,
        WEAKENED,
        GATEWAY,
        drop(GATEWAY, "PolicyDocument"),
        also(IDENTITIES, RESOURCES, TABLES),
    ),
    Mutant(
        "the gateway also allows everything",
        DEFAULT,
        WEAKENED,
        GATEWAY,
        plus(gateway_policy, allow("*", "dynamodb:*")),
        also(IDENTITIES, RESOURCES, TABLES),
    ),
    Mutant(
        "the gateway lets anybody's credentials list tables",
        IDENTITIES,
        WEAKENED,
        GATEWAY,
        recondition(gateway_policy, DISCOVERY, "StringEquals", None),
    ),
    Mutant(
        "the gateway lists tables, and whatever else has no table's name",
        TABLES,
        WEAKENED,
        GATEWAY,
        reword(gateway_policy, DISCOVERY, Action=["dynamodb:Describe*", "dynamodb:*Item*"]),
        also(RESOURCES),
    ),
    Mutant(
        "the streams' endpoint has the policy that the console calls full access",
        DEFAULT,
        WEAKENED,
        STREAMS,
        put(
            STREAMS,
            "PolicyDocument.Statement",
            {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"},
        ),
        also(IDENTITIES, RESOURCES, TABLES),
    ),
    Mutant(
        "somebody adds an endpoint with the policy that AWS gives it",
        DEFAULT,
        WEAKENED,
        "SecondEndpoint",
        _second_endpoint,
        also(IDENTITIES, RESOURCES, TABLES),
    ),
    Mutant(
        "the gateway takes anybody's credentials",
        IDENTITIES,
        WEAKENED,
        GATEWAY,
        _without_condition("aws:PrincipalAccount"),  # type: ignore[arg-type]
    ),
    Mutant(
        "the gateway takes the credentials of a stranger's organization",
        IDENTITIES,
        WEAKENED,
        GATEWAY,
        plus(
            gateway_policy,
            allow(
                "*",
                "dynamodb:GetItem",
                Resource=ARN,
                Condition={"StringEquals": {"aws:PrincipalOrgID": "o-strangers00"}},
            ),
        ),
    ),
    Mutant(
        "the gateway takes one more account",
        IDENTITIES,
        WEAKENED,
        GATEWAY,
        recondition(
            gateway_policy,
            OWN,
            "StringEquals",
            {"aws:PrincipalAccount": [ACCOUNT, STRANGER], "aws:ResourceAccount": ACCOUNT},
        ),
    ),
    Mutant(
        "the gateway leads to any table of the account",
        TABLES,
        WEAKENED,
        GATEWAY,
        reword(gateway_policy, OWN, Resource="*"),
    ),
    Mutant(
        "the gateway leads to any table that begins so",
        TABLES,
        WEAKENED,
        GATEWAY,
        reword(gateway_policy, OWN, Resource={"Fn::Sub": "arn:aws:dynamodb:*:*:table/*"}),
    ),
    Mutant(
        "the gateway leads to every table but one",
        TABLES,
        WEAKENED,
        GATEWAY,
        reword(
            gateway_policy,
            OWN,
            Resource=None,
            NotResource=f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/secrets",
        ),
    ),
    Mutant(
        "the gateway leads to a stranger's tables",
        RESOURCES,
        WEAKENED,
        GATEWAY,
        together(
            reword(gateway_policy, OWN, Resource="*"),
            _without_condition("aws:ResourceAccount"),  # type: ignore[arg-type]
        ),
        also(TABLES),
    ),
    Mutant(
        "the gateway leads to one table of a stranger",
        RESOURCES,
        WEAKENED,
        GATEWAY,
        plus(
            gateway_policy,
            allow(
                "*",
                "dynamodb:PutItem",
                Resource=f"arn:aws:dynamodb:us-east-1:{STRANGER}:table/*",
                Condition={"StringEquals": {"aws:PrincipalAccount": ACCOUNT}},
            ),
        ),
    ),
    Mutant(
        "the gateway names its principal in a form that matches the root user alone",
        "vpce-gateway-principal-form",
        NONE,
        GATEWAY,
        reword(gateway_policy, OWN, Principal={"AWS": ACCOUNT}),
        also("ddb-workload-works"),
    ),
    Mutant(
        "the gateway names a role, which matches nobody there",
        "vpce-gateway-principal-form",
        NONE,
        GATEWAY,
        plus(
            gateway_policy,
            allow({"AWS": role("mutants-reader-us-east-1")}, "dynamodb:Scan", Resource=ARN),
        ),
    ),
    Mutant(
        "the streams' endpoint takes anybody's credentials",
        IDENTITIES,
        WEAKENED,
        STREAMS,
        recondition(
            streams_endpoint_policy, OWN_STREAM, "StringEquals", {"aws:ResourceAccount": ACCOUNT}
        ),
    ),
    Mutant(
        "the streams' endpoint leads to a stranger's streams",
        RESOURCES,
        WEAKENED,
        STREAMS,
        together(
            reword(streams_endpoint_policy, OWN_STREAM, Resource="*"),
            recondition(
                streams_endpoint_policy,
                OWN_STREAM,
                "StringEquals",
                {"aws:PrincipalAccount": ACCOUNT},
            ),
        ),
        also(TABLES),
    ),
    Mutant(
        "the gateway is not on the route tables of the cache",
        EVERYWHERE,
        WEAKENED,
        GATEWAY,
        _forget_tables("cache"),  # type: ignore[arg-type]
    ),
    Mutant(
        "the gateway is on no route table",
        EVERYWHERE,
        WEAKENED,
        GATEWAY,
        put(GATEWAY, "RouteTableIds", []),
    ),
    Mutant(
        "somebody adds a subnet without the endpoint's route",
        EVERYWHERE,
        WEAKENED,
        GATEWAY,
        _new_subnet,
    ),
    Mutant(
        "the endpoint for streams is for tables instead",
        "ddb-stream-private-path",
        NONE,
        "Data/Table/Table",
        put(STREAMS, "ServiceName", "com.amazonaws.us-east-1.dynamodb"),
    ),
    # The interfaces
    Mutant(
        "the streams' endpoint is in one zone",
        HARDENED,
        NONE,
        STREAMS,
        lambda templates: templates.properties(STREAMS).update(
            SubnetIds=templates.properties(STREAMS)["SubnetIds"][:1]
        ),
    ),
    Mutant(
        "the streams' endpoint is in the default security group",
        HARDENED,
        WEAKENED,
        STREAMS,
        drop(STREAMS, "SecurityGroupIds"),
    ),
    Mutant(
        "the streams' endpoint admits every private network",
        HARDENED,
        WEAKENED,
        GROUP,
        put(GROUP, "SecurityGroupIngress.0", {**HTTPS, "CidrIp": "172.16.0.0/12"}),
    ),
    Mutant(
        "the streams' endpoint admits clients on every port",
        HARDENED,
        NONE,
        GROUP,
        together(
            put(GROUP, "SecurityGroupIngress.0.FromPort", 0),
            put(GROUP, "SecurityGroupIngress.0.ToPort", 65535),
        ),
    ),
    Mutant(
        "somebody adds an endpoint that manages caches, for anybody's credentials",
        DEFAULT,
        WEAKENED,
        "Management",
        _management(Statement=[allow("*", "dax:*")]),
        also(IDENTITIES),
    ),
)

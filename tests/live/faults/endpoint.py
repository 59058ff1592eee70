"""Faults of the endpoints: their policies, and where they are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from tests.live.faults.fault import Fault, Policy, also, reword

if TYPE_CHECKING:
    from tests.live.emulation.account import Account
    from tests.live.faults.fault import Node

AREA: Final = "endpoint"
GATEWAY: Final = "Network/Network/DynamoDbEndpoint"
STREAMS: Final = "Network/Network/StreamsInterfaceEndpoint"
FULL_ACCESS: Final = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
"""What AWS gives an endpoint that nobody gives a policy."""

OPEN: Final = also(
    "vpce-policy-own-identities", "vpce-policy-own-resources", "vpce-policy-table-scoped"
)


def _policy(path: str) -> Policy:
    def read(account: Account) -> Node:
        answer = account.client("ec2").describe_vpc_endpoints(VpcEndpointIds=[account.id(path)])
        document: Node = json.loads(answer["VpcEndpoints"][0]["PolicyDocument"])
        return document

    def write(account: Account, document: str) -> None:
        account.client("ec2").modify_vpc_endpoint(
            VpcEndpointId=account.id(path), PolicyDocument=document
        )

    return Policy(read, write)


def _leave(account: Account) -> None:
    account.client("ec2").modify_vpc_endpoint(
        VpcEndpointId=account.id(GATEWAY),
        RemoveRouteTableIds=[account.id("Network/Network/Vpc/cacheSubnet1/RouteTable")],
    )


FAULTS: Final = (
    Fault(
        "the gateway's policy is replaced by full access",
        "vpce-policy-not-default",
        GATEWAY,
        _policy(GATEWAY).replaced(FULL_ACCESS),
        OPEN,
    ),
    Fault(
        "the streams' endpoint has full access",
        "vpce-policy-not-default",
        STREAMS,
        _policy(STREAMS).replaced(FULL_ACCESS),
        OPEN,
    ),
    Fault(
        "the gateway leads to any table of the account",
        "vpce-policy-table-scoped",
        GATEWAY,
        _policy(GATEWAY).edited(reword("AllowOwnPrincipalsOwnTable", Resource="*")),
    ),
    Fault(
        "the gateway takes anybody's credentials",
        "vpce-policy-own-identities",
        GATEWAY,
        _policy(GATEWAY).edited(
            reword(
                "AllowOwnPrincipalsOwnTable",
                Condition={"StringEquals": {"aws:ResourceAccount": "111122223333"}},
            )
        ),
    ),
    Fault(
        "the gateway leaves a route table of the cache",
        "vpce-all-private-route-tables",
        GATEWAY,
        _leave,
    ),
)

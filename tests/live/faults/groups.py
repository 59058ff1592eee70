"""Faults of security groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.live.faults.fault import Fault

if TYPE_CHECKING:
    from tests.live.emulation.account import Account
    from tests.live.faults.fault import Change

AREA: Final = "security groups"
CACHE: Final = "Data/Cache/Group"
CLIENTS: Final = "Network/Network/ClientGroup"
ENDPOINTS: Final = "Network/Network/InterfaceEndpointGroup"
WORLD: Final = {"IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
WORLD_V6: Final = {"Ipv6Ranges": [{"CidrIpv6": "::/0"}]}


def _admit(group: str, port: int, **whom: object) -> Change:
    def change(account: Account) -> None:
        account.client("ec2").authorize_security_group_ingress(
            GroupId=account.id(group),
            IpPermissions=[{"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **whom}],
        )

    return change


def _plaintext(account: Account) -> None:
    pair = {"GroupId": account.id(CLIENTS)}
    _admit(CACHE, 8111, UserIdGroupPairs=[pair])(account)


def _default_group(account: Account) -> str:
    ec2 = account.client("ec2")
    filters = [
        {"Name": "vpc-id", "Values": [account.id("Network/Network/Vpc")]},
        {"Name": "group-name", "Values": ["default"]},
    ]
    (group,) = ec2.describe_security_groups(Filters=filters)["SecurityGroups"]
    id_ = str(group["GroupId"])
    ec2.authorize_security_group_ingress(
        GroupId=id_,
        IpPermissions=[{"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": id_}]}],
    )
    return id_


FAULTS: Final = (
    Fault("the cache admits the world", "dax-sg-source-only", CACHE, _admit(CACHE, 9111, **WORLD)),
    Fault(
        "the cache's port without TLS is open to its clients",
        "dax-no-plaintext-port",
        CACHE,
        _plaintext,
    ),
    Fault(
        "the clients' group admits the world",
        "vpc-sg-not-public",
        CLIENTS,
        _admit(CLIENTS, 22, **WORLD),
    ),
    Fault(
        "the endpoint's group admits the world over IPv6",
        "vpc-sg-not-public",
        ENDPOINTS,
        _admit(ENDPOINTS, 443, **WORLD_V6),
    ),
    Fault("the default group admits itself again", "vpc-default-sg-closed", "", _default_group),
)

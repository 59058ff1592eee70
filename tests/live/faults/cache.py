"""Faults of the cache: its role, its cluster and its groups."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from tests.live.faults.fault import Fault, Policy, also, plus
from tests.mutation.templates import STRANGER

if TYPE_CHECKING:
    from tests.live.emulation.account import Account
    from tests.live.faults.fault import Change, Node

AREA: Final = "cache"
CLUSTER: Final = "Data/Cache/Cluster"
ROLE: Final = "Data/Cache/Role"
PARAMETERS: Final = "Data/Cache/Parameters"


def _grant(action: str, resource: str) -> Change:
    """Give the role of the cache an inline policy."""

    def change(account: Account) -> None:
        grant = {"Effect": "Allow", "Action": action, "Resource": resource}
        account.client("iam").put_role_policy(
            RoleName=account.id(ROLE),
            PolicyName="more",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [grant]}),
        )

    return change


def _read_trust(account: Account) -> Node:
    answer = account.client("iam").get_role(RoleName=account.id(ROLE))
    document: Node = answer["Role"]["AssumeRolePolicyDocument"]
    return document


def _write_trust(account: Account, document: str) -> None:
    account.client("iam").update_assume_role_policy(
        RoleName=account.id(ROLE), PolicyDocument=document
    )


TRUST: Final = Policy(_read_trust, _write_trust)


def trusting(principal: object) -> Node:
    """Return a statement of a trust policy."""
    return {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}


def _keep_for_a_day(account: Account) -> None:
    account.client("dax").update_parameter_group(
        ParameterGroupName=account.id(PARAMETERS),
        ParameterNameValues=[{"ParameterName": "record-ttl-millis", "ParameterValue": "86400000"}],
    )


def _anew(**changes: Any) -> Change:  # noqa: ANN401 - parameters of the call
    """Delete the cluster and create it with other settings: they cannot be changed."""

    def change(account: Account) -> None:
        dax = account.client("dax")
        (old,) = dax.describe_clusters()["Clusters"]
        dax.delete_cluster(ClusterName=old["ClusterName"])
        settings = {
            "ClusterName": old["ClusterName"],
            "NodeType": old["NodeType"],
            "ReplicationFactor": old["TotalNodes"],
            "IamRoleArn": old["IamRoleArn"],
            "SubnetGroupName": old["SubnetGroup"],
            "ParameterGroupName": old["ParameterGroup"]["ParameterGroupName"],
            "SecurityGroupIds": [each["SecurityGroupIdentifier"] for each in old["SecurityGroups"]],
            "PreferredMaintenanceWindow": old["PreferredMaintenanceWindow"],
            "NotificationTopicArn": old["NotificationConfiguration"]["TopicArn"],
            "SSESpecification": {"Enabled": True},
            "ClusterEndpointEncryptionType": "TLS",
        }
        dax.create_cluster(**{**settings, **changes})

    return change


FAULTS: Final = (
    Fault(
        "the cache's role may write",
        "dax-role-read-only",
        ROLE,
        _grant(
            "dynamodb:PutItem", "arn:aws:dynamodb:us-east-1:111122223333:table/cruddur-messages"
        ),
        also("ddb-deny-outside-vpce"),
    ),
    Fault(
        "the cache's role reads every table",
        "dax-role-table-scoped",
        ROLE,
        _grant("dynamodb:GetItem", "*"),
        also("ddb-deny-outside-vpce"),
    ),
    Fault(
        "another account may assume the cache's role",
        "dax-role-trust-dax-only",
        ROLE,
        TRUST.edited(plus(trusting({"AWS": f"arn:aws:iam::{STRANGER}:root"}))),
        also("ddb-deny-outside-vpce"),
    ),
    Fault(
        "Lambda may assume the cache's role, too",
        "dax-role-trust-dax-only",
        ROLE,
        TRUST.edited(plus(trusting({"Service": "lambda.amazonaws.com"}))),
        also("ddb-deny-outside-vpce"),
    ),
    Fault("the cache keeps items for a day", "dax-ttl-bounded", PARAMETERS, _keep_for_a_day),
    Fault(
        "the cache talks without TLS",
        "dax-tls",
        CLUSTER,
        _anew(ClusterEndpointEncryptionType="NONE"),
    ),
    Fault(
        "the cache is not encrypted",
        "dax-sse",
        CLUSTER,
        _anew(SSESpecification={"Enabled": False}),
    ),
    Fault("the cache has one node", "dax-multi-az", CLUSTER, _anew(ReplicationFactor=1)),
    Fault(
        "the cache is in one zone",
        "dax-multi-az",
        CLUSTER,
        _anew(AvailabilityZones=["us-east-1a"] * 3),
    ),
)

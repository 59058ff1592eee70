"""Faults that lock somebody out who has to work, or that say what they do not mean."""

from __future__ import annotations

from typing import Final

from tests.mutation.mutant import (
    NONE,
    Mutant,
    allow,
    also,
    forget,
    plus,
    put,
    recondition,
    reword,
    together,
)
from tests.mutation.templates import (
    ACCOUNT,
    cache_permissions,
    cache_trust,
    gateway_policy,
    statement,
    stream_policy,
    table_policy,
)

AREA: Final = "lock-out"
TABLE: Final = "Data/Table/Table"
READER: Final = "Data/Reader1/Role"
WRITER: Final = "Data/Writer1/Role"
CLUSTER: Final = "Data/Cache/Cluster"
NETWORK: Final = "DenyDataPlaneOutsideEndpoints"
WORKS: Final = "ddb-workload-works"
DEPLOYS: Final = "ddb-deny-is-data-plane-only"
LINKED: Final = "ddb-deny-exempts-slr"
CACHED: Final = "ddb-deny-exempts-dax-role"
REPAIRED: Final = "ddb-policy-repairable"
NOOP: Final = "ddb-no-noop-actions"

_DENY: Final = {"Sid": "Added", "Effect": "Deny", "Principal": "*", "Resource": "*"}


MUTANTS: Final = (
    Mutant(
        "the network Deny spares no cache",
        CACHED,
        NONE,
        CLUSTER,
        lambda templates: (
            statement(table_policy(templates), NETWORK)["Condition"]["ArnNotLike"][
                "aws:PrincipalArn"
            ].pop(0)
            and None
        ),
    ),
    Mutant(
        "the cache's role is forbidden to scan",
        CACHED,
        NONE,
        CLUSTER,
        forget(cache_permissions, "dynamodb:Scan", sids=("AllowReadingTable",)),
    ),
    Mutant(
        "the cache's role reads the table and not its indexes",
        CACHED,
        NONE,
        CLUSTER,
        reword(
            cache_permissions,
            "AllowReadingTable",
            Resource=f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/cruddur-messages",
        ),
    ),
    Mutant(
        "the network Deny is on everything",
        DEPLOYS,
        NONE,
        TABLE,
        reword(table_policy, NETWORK, Action="dynamodb:*"),
        also(REPAIRED),
    ),
    Mutant(
        "everybody is denied changes of the table",
        DEPLOYS,
        NONE,
        TABLE,
        reword(table_policy, "DenyTableChanges", Condition=None),
        also(LINKED),
    ),
    Mutant(
        "everybody is denied changes of the policy",
        REPAIRED,
        NONE,
        TABLE,
        reword(table_policy, "DenyPolicyChanges", Condition=None),
    ),
    Mutant(
        "everybody is denied changes of the stream's policy",
        REPAIRED,
        NONE,
        TABLE,
        plus(stream_policy, {**_DENY, "Action": "dynamodb:*ResourcePolicy"}),
    ),
    Mutant(
        "the Deny on changes of the table spares no service-linked role",
        LINKED,
        NONE,
        TABLE,
        lambda templates: (
            statement(table_policy(templates), "DenyTableChanges")["Condition"]["ArnNotLike"][
                "aws:PrincipalArn"
            ].pop(1)
            and None
        ),
    ),
    Mutant(
        "the Deny on plain HTTP is on TLS",
        WORKS,
        NONE,
        READER,
        reword(table_policy, "DenyPlainHttp", Condition={"Bool": {"aws:SecureTransport": "true"}}),
        also("ddb-deny-insecure-transport", CACHED, DEPLOYS, LINKED, REPAIRED),
    ),
    Mutant(
        "the network Deny goes by addresses that no endpoint shows",
        WORKS,
        NONE,
        WRITER,
        together(
            recondition(table_policy, NETWORK, "StringNotEquals", None),
            recondition(table_policy, NETWORK, "NotIpAddress", {"aws:SourceIp": ["10.64.0.0/16"]}),
        ),
    ),
    Mutant(
        "the network Deny compares an endpoint with a VPC",
        WORKS,
        NONE,
        WRITER,
        lambda templates: recondition(
            table_policy,
            NETWORK,
            "StringNotEquals",
            {"aws:SourceVpce": templates.imported("Network/Network/Vpc")},
        )(templates),
    ),
    Mutant(
        "the Deny on other accounts is on ours",
        WORKS,
        NONE,
        READER,
        reword(
            table_policy,
            "DenyOtherAccounts",
            Condition={"StringEquals": {"aws:PrincipalAccount": {"Ref": "AWS::AccountId"}}},
        ),
        also(CACHED, DEPLOYS, LINKED, REPAIRED),
    ),
    Mutant(
        "the gateway forgets to let writes through",
        WORKS,
        NONE,
        WRITER,
        forget(gateway_policy, "dynamodb:PutItem", sids=("AllowOwnPrincipalsOwnTable",)),
    ),
    Mutant(
        "the gateway leads to the table by its old name",
        WORKS,
        NONE,
        READER,
        reword(
            gateway_policy,
            "AllowOwnPrincipalsOwnTable",
            Resource={
                "Fn::Sub": "arn:aws:dynamodb:us-east-1:${AWS::AccountId}:table/cruddur-message"
            },
        ),
    ),
    Mutant(
        "a Deny names an operation that is no action",
        NOOP,
        NONE,
        TABLE,
        plus(
            table_policy,
            {**_DENY, "Action": ["dynamodb:ExecuteStatement", "dynamodb:TransactGetItems"]},
        ),
    ),
    Mutant(
        "a Deny misspells its action",
        NOOP,
        NONE,
        TABLE,
        plus(stream_policy, {**_DENY, "Action": "dynamodb:GetRecord"}),
    ),
    Mutant(
        "the reader is allowed what is no action",
        NOOP,
        NONE,
        "Data/ReaderPolicy",
        put(
            "Data/ReaderPolicy",
            "PolicyDocument.Statement.0.Action.0",
            "dynamodb:BatchExecuteStatement",
        ),
    ),
    Mutant(
        "the gateway allows what is no action",
        NOOP,
        NONE,
        "Network/Network/DynamoDbEndpoint",
        plus(
            gateway_policy,
            allow(
                "*",
                "dynamodb:TransactWriteItems",
                Resource=f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/cruddur-messages",
                Condition={"StringEquals": {"aws:PrincipalAccount": ACCOUNT}},
            ),
        ),
    ),
    Mutant(
        "the cache's trust names another cluster",
        CACHED,
        NONE,
        CLUSTER,
        recondition(
            cache_trust,
            "AllowDaxForThisCluster",
            "ArnEquals",
            {"aws:SourceArn": f"arn:aws:dax:us-east-1:{ACCOUNT}:cache/another"},
        ),
    ),
    Mutant(
        "the stream's network Deny names the gateway, which carries no streams",
        WORKS,
        NONE,
        READER,
        lambda templates: recondition(
            stream_policy,
            NETWORK,
            "StringNotEquals",
            {"aws:SourceVpce": templates.imported("Network/Network/DynamoDbEndpoint", "Id")},
        )(templates),
    ),
)

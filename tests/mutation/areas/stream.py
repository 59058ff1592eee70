"""Faults of the stream's policy."""

from __future__ import annotations

from typing import Final

from tests.mutation.mutant import (
    NONE,
    REACHABLE,
    WEAKENED,
    Mutant,
    allow,
    also,
    drop,
    exempting,
    forget,
    plus,
    put,
    recondition,
    respell,
    reword,
    role,
    together,
    without,
)
from tests.mutation.templates import ACCOUNT, STRANGER, stream_policy

AREA: Final = "stream policy"
TABLE: Final = "Data/Table/Table"
STREAM: Final = "Replicas.0.ReplicaStreamSpecification"
NETWORK: Final = "DenyDataPlaneOutsideEndpoints"
OUTSIDE: Final = "ddb-stream-deny-outside-vpce"
PUBLIC: Final = "ddb-stream-policy-not-public"
RECORDS: Final = "dynamodb:GetRecords"

MUTANTS: Final = (
    Mutant(
        "the stream has no policy",
        OUTSIDE,
        REACHABLE,
        TABLE,
        drop(TABLE, STREAM),
        also("ddb-stream-deny-insecure-transport", "ddb-stream-policy-change-guarded"),
    ),
    Mutant(
        "the stream's policy is that of a reader",
        OUTSIDE,
        REACHABLE,
        TABLE,
        put(
            TABLE,
            f"{STREAM}.ResourcePolicy.PolicyDocument.Statement",
            [allow({"AWS": role("mutants-reader-us-east-1")}, RECORDS)],
        ),
        also("ddb-stream-deny-insecure-transport", "ddb-stream-policy-change-guarded"),
    ),
    Mutant(
        "the stream's network Deny is dropped",
        OUTSIDE,
        REACHABLE,
        TABLE,
        without(stream_policy, NETWORK),
    ),
    Mutant(
        "the stream's network Deny asks for any endpoint",
        OUTSIDE,
        REACHABLE,
        TABLE,
        together(
            recondition(stream_policy, NETWORK, "StringNotEquals", None),
            recondition(stream_policy, NETWORK, "StringNotLike", {"aws:SourceVpce": "*"}),
        ),
    ),
    Mutant(
        "the stream's network Deny counts only when an endpoint is known",
        OUTSIDE,
        REACHABLE,
        TABLE,
        recondition(stream_policy, NETWORK, "Null", {"aws:SourceVpce": "false"}),
    ),
    Mutant(
        "the stream's network Deny compares the wrong way round",
        OUTSIDE,
        REACHABLE,
        TABLE,
        respell(stream_policy, NETWORK, "StringNotEquals", "ForAllValues:StringEquals"),
        also("ddb-workload-works"),
    ),
    Mutant(
        "the stream's network Deny forgets records",
        OUTSIDE,
        REACHABLE,
        TABLE,
        forget(stream_policy, RECORDS, sids=(NETWORK,)),
    ),
    Mutant(
        "the stream's network Deny is on what tables are read by",
        OUTSIDE,
        REACHABLE,
        TABLE,
        reword(stream_policy, NETWORK, Action=["dynamodb:*Item", "dynamodb:Query"]),
    ),
    Mutant(
        "the stream's network Deny names the table, which is no stream",
        OUTSIDE,
        REACHABLE,
        TABLE,
        reword(
            stream_policy,
            NETWORK,
            Resource={
                "Fn::Sub": "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:"
                "table/cruddur-messages"
            },
        ),
    ),
    Mutant(
        "the stream's network Deny spares every role of every account",
        OUTSIDE,
        REACHABLE,
        TABLE,
        exempting(stream_policy, NETWORK, role("*", "*")),
        also("exemption-arn-exact"),
    ),
    Mutant(
        "the stream's network Deny spares the cache's role, which reads no stream",
        OUTSIDE,
        REACHABLE,
        TABLE,
        exempting(stream_policy, NETWORK, {"Fn::GetAtt": ["CacheRoleE089D32A", "Arn"]}),
    ),
    Mutant(
        "the stream spares a misspelt role, and so nobody",
        "exemption-arn-exact",
        NONE,
        TABLE,
        exempting(stream_policy, NETWORK, f"arn:aws::iam::{ACCOUNT}:role/indexer"),
    ),
    Mutant(
        "everybody is allowed to read the stream",
        PUBLIC,
        WEAKENED,
        TABLE,
        plus(stream_policy, allow({"AWS": "*"}, RECORDS, "dynamodb:GetShardIterator")),
    ),
    Mutant(
        "the stream's Deny on other accounts is an Allow for all but ours",
        PUBLIC,
        WEAKENED,
        TABLE,
        reword(stream_policy, "DenyOtherAccounts", Effect="Allow"),
        also("ddb-stream-policy-no-cross-account"),
    ),
    Mutant(
        "another account is allowed to read the stream",
        "ddb-stream-policy-no-cross-account",
        WEAKENED,
        TABLE,
        plus(stream_policy, allow({"AWS": STRANGER}, "dynamodb:*")),
    ),
    Mutant(
        "the stream answers over plain HTTP",
        "ddb-stream-deny-insecure-transport",
        WEAKENED,
        TABLE,
        without(stream_policy, "DenyPlainHttp"),
    ),
    Mutant(
        "the stream's Deny on plain HTTP is on the table's actions",
        "ddb-stream-deny-insecure-transport",
        WEAKENED,
        TABLE,
        reword(stream_policy, "DenyPlainHttp", Action="dynamodb:GetItem"),
    ),
    Mutant(
        "everybody may change the stream's policy",
        "ddb-stream-policy-change-guarded",
        WEAKENED,
        TABLE,
        without(stream_policy, "DenyPolicyChanges"),
    ),
    Mutant(
        "every role may change the stream's policy",
        "ddb-stream-policy-change-guarded",
        WEAKENED,
        TABLE,
        exempting(stream_policy, "DenyPolicyChanges", role("admin*")),
        also("exemption-arn-exact"),
    ),
)

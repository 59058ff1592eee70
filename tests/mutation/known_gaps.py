"""What no control finds yet, and what one finds without need: kept out of the suite."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.mutation.mutant import (
    drop,
    exempting,
    forget,
    recondition,
    respell,
    reword,
    role,
    together,
    without,
)
from tests.mutation.templates import STRANGER, cache_trust, stream_policy, table_policy

if TYPE_CHECKING:
    from tests.mutation.mutant import Change

_NETWORK: Final = "DenyDataPlaneOutsideEndpoints"

SURVIVING: Final[dict[str, Change]] = {
    "the cache's trust names another cluster, so DAX cannot use the role": recondition(
        cache_trust,
        "AllowDaxForThisCluster",
        "ArnEquals",
        {"aws:SourceArn": "arn:aws:dax:us-east-1:111122223333:cache/another"},
    ),
    "the stream's network Deny names the gateway, which carries no streams": lambda templates: (
        recondition(
            stream_policy,
            _NETWORK,
            "StringNotEquals",
            {"aws:SourceVpce": templates.imported("Network/Network/DynamoDbEndpoint", "Id")},
        )(templates)
    ),
    "an exemption with a declared end never ends": without(table_policy, "DenyExpiredExemption1"),
    "everybody may call UpdateTable, which opens a stream or a replica": without(
        table_policy, "DenyTableChanges"
    ),
    "everybody may copy keys to CloudWatch": without(table_policy, "DenyContributorInsights"),
    "everybody may write for replication": forget(
        table_policy, "dynamodb:WriteDataForReplication", sids=("DenyReplicas",)
    ),
    "the network Deny spares a role of a stranger": exempting(
        table_policy, _NETWORK, role("partner", STRANGER)
    ),
    "the Deny on other accounts is dropped": without(table_policy, "DenyOtherAccounts"),
    "the vault of the backups has no policy": drop("Data/Backup/Vault", "AccessPolicy"),
}
"""Faults that no control finds."""

FLAGGED: Final[dict[str, Change]] = {
    "StringNotEqualsIgnoreCase on an endpoint's id, which has one case": respell(
        table_policy, _NETWORK, "StringNotEquals", "StringNotEqualsIgnoreCase"
    ),
    "every Deny names every principal of AWS": together(
        *(
            reword(policy, sid, Principal={"AWS": "*"})
            for policy in (table_policy, stream_policy)
            for sid in (_NETWORK, "DenyPlainHttp", "DenyOtherAccounts")
        )
    ),
}
"""Rewrites that a control finds all the same."""

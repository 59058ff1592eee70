"""Which Regions lack which of AWS Config's managed rules: CloudFormation fails to create those.

Each rule's page lists its Regions; rules that are not named here are in all of them. A rule that
only some Regions have is taken to be missing in a Region that is newer than this table.

Source: https://docs.aws.amazon.com/config/latest/developerguide/managed-rules-by-aws-config.html,
the pages of the 19 rules of the baseline, read in November 2026.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

LEFT_OUT: Final = "private-dynamodb:rule-left-out"
"""Type of the metadata in which an assembly names a rule that was left out."""

_ONLY_IN: Final[Mapping[str, frozenset[str]]] = {
    "DAX_ENCRYPTION_ENABLED": frozenset(
        {
            "ap-northeast-1",
            "ap-south-1",
            "ap-southeast-1",
            "ap-southeast-2",
            "cn-north-1",
            "cn-northwest-1",
            "eu-central-1",
            "eu-north-1",
            "eu-south-2",
            "eu-west-1",
            "eu-west-2",
            "eu-west-3",
            "sa-east-1",
            "us-east-1",
            "us-east-2",
            "us-west-1",
            "us-west-2",
        }
    ),
    "DAX_TLS_ENDPOINT_ENCRYPTION": frozenset(
        {
            "ap-northeast-1",
            "ap-south-1",
            "ap-southeast-1",
            "ap-southeast-2",
            "eu-central-1",
            "eu-west-1",
            "eu-west-2",
            "eu-west-3",
            "sa-east-1",
            "us-east-1",
            "us-east-2",
            "us-west-1",
            "us-west-2",
        }
    ),
}
_NOT_IN: Final[Mapping[str, frozenset[str]]] = {
    "DYNAMODB_RESOURCES_PROTECTED_BY_BACKUP_PLAN": frozenset(
        {
            "ap-east-2",
            "ap-southeast-5",
            "ap-southeast-6",
            "ap-southeast-7",
            "ca-west-1",
            "cn-north-1",
            "cn-northwest-1",
            "il-central-1",
            "mx-central-1",
        }
    ),
    "DYNAMODB_TABLE_DELETION_PROTECTION_ENABLED": frozenset({"ap-east-2"}),
}


def has_rule(region: str, identifier: str) -> bool:
    """Return whether AWS Config has a managed rule in a Region.

    Args:
        region: Region code.
        identifier: the rule's identifier, e.g. ``DAX_TLS_ENDPOINT_ENCRYPTION``.
    """
    return region in _ONLY_IN.get(identifier, {region}) and region not in _NOT_IN.get(
        identifier, ()
    )

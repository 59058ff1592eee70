"""Which of AWS Config's managed rules a Region has: one list for its stack and for the pack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from private_dynamodb import backup_rules, cache_rules, network_rules, table_rules, trail_rules

if TYPE_CHECKING:
    from private_dynamodb import ManagedRule
    from stacks.configuration import Configuration, RegionSettings


def managed_rules(
    configuration: Configuration, region: RegionSettings, *, table_name: str, key_arn: str
) -> list[ManagedRule]:
    """Return the managed rules of a Region.

    Args:
        configuration: the whole configuration.
        region: the Region.
        table_name: the table's name.
        key_arn: ARN of the table's key.
    """
    return [
        *table_rules(table_name=table_name, key_arn=key_arn),
        *(backup_rules(table_name=table_name) if configuration.table.backup_plan else ()),
        *(cache_rules() if region.cache.enabled else ()),
        *network_rules(),
        *trail_rules(),
    ]

"""Names of roles that the guardrails exempt: an organization policy cannot refer to a resource."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stacks.configuration import Configuration, RegionSettings


def cache_role_name(configuration: Configuration, region: RegionSettings) -> str:
    """Return the name of the role with which the cache of a Region reads.

    Args:
        configuration: the whole configuration.
        region: the Region.
    """
    return f"{configuration.project}-dax-{region.name}"


def backup_role_name(configuration: Configuration, region: RegionSettings) -> str:
    """Return the name of the role of a Region's backup plan.

    Args:
        configuration: the whole configuration.
        region: the Region.
    """
    return f"{configuration.project}-backup-{region.name}"


def consumer_role_name(configuration: Configuration, region: RegionSettings) -> str:
    """Return the name of the role of a Region's stream consumer.

    Args:
        configuration: the whole configuration.
        region: the Region.
    """
    return f"{configuration.project}-last-message-{region.name}"

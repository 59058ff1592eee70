"""AWS partitions: what a Region's ARNs start with and its host names end with."""

from __future__ import annotations

from functools import lru_cache

_PARTITIONS = (
    ("cn-", "aws-cn", "amazonaws.com.cn"),
    ("us-gov-", "aws-us-gov", "amazonaws.com"),
    ("us-isob-", "aws-iso-b", "sc2s.sgov.gov"),
    ("us-isof-", "aws-iso-f", "csp.hci.ic.gov"),
    ("us-iso-", "aws-iso", "c2s.ic.gov"),
    ("eu-isoe-", "aws-iso-e", "cloud.adc-e.uk"),
    ("eusc-", "aws-eusc", "amazonaws.eu"),
)


@lru_cache
def partition_of(region: str) -> str:
    """Return the partition of a Region, e.g. ``aws``.

    Args:
        region: Region code.
    """
    return next((name for prefix, name, _ in _PARTITIONS if region.startswith(prefix)), "aws")


@lru_cache
def url_suffix_of(region: str) -> str:
    """Return the domain of a Region's service endpoints, e.g. ``amazonaws.com``.

    Args:
        region: Region code.
    """
    return next(
        (suffix for prefix, _, suffix in _PARTITIONS if region.startswith(prefix)), "amazonaws.com"
    )

"""The perimeter that this project's own `baseline.toml` implies.

The CDK app validates the file; here it is only read, so that `check --config baseline.toml` and the
checks of a synth go by the same words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ddb_perimeter.controls.perimeter import DeclaredExemption, Perimeter

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


def is_baseline(document: Mapping[str, object]) -> bool:
    """Return whether a TOML document is the configuration of a baseline.

    Args:
        document: the decoded file.
    """
    return {"project", "regions"} <= document.keys()


def perimeter_of(document: Mapping[str, Any], today: date) -> Perimeter:
    """Return what a baseline's configuration declares to be inside.

    Args:
        document: the decoded file, or the configuration dumped in its shape.
        today: the day on which exemptions are judged.

    Raises:
        KeyError, TypeError, AttributeError: it has not the shape of a configuration.
    """
    regions = document["regions"]
    audit = document.get("audit") or {}
    existing = {name for name in ("trail", "recorder") if audit.get(name) == "existing"}
    if (document.get("table") or {}).get("backup_plan") is False:
        existing.add("backup-plan")  # the user backs the table up in another way
    return Perimeter(
        accounts=frozenset(
            reader["account"]
            for region in regions
            for reader in (region.get("cache") or {}).get("readers") or ()
        ),
        vpcs=frozenset(region["vpc"]["id"] for region in regions if region.get("vpc")),
        existing=frozenset(existing),
        exemptions=tuple(
            DeclaredExemption(each["arn"], each["reason"], each.get("expires"))
            for each in (document.get("access") or {}).get("exemptions") or ()
        ),
        today=today,
    )

"""Where tables were exported to: AWS tells of exports for 90 days, by the name of their table.

An export of a table that was deleted counts for the table that has its name now, and is not looked
at while there is none.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from ddb_perimeter.inventory.live import calls
from ddb_perimeter.inventory.live.place import told
from ddb_perimeter.inventory.resource import Recorded
from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ddb_perimeter.inventory.live.place import Place
    from ddb_perimeter.inventory.resource import Resource

_FAILED: Final = "FAILED"
_SHOWN: Final = ("ExportArn", "S3Bucket", "S3BucketOwner")


def list_exports(place: Place) -> list[str] | Unknown:
    """Return the ARNs of the exports of a Region that did not fail; `Unknown` if nobody said.

    Args:
        place: the Region.
    """
    found = place.requests.items(calls.LIST_EXPORTS, place.region, "", {})
    if isinstance(found, Unknown):
        return found
    return [each["ExportArn"] for each in found if each["ExportStatus"] != _FAILED]


def exports_of(tables: Iterable[Resource], listed: list[str] | Unknown) -> list[str]:
    """Return the listed exports of some tables.

    Args:
        tables: tables as they were read.
        listed: what `list_exports` returned.
    """
    if isinstance(listed, Unknown):
        return []
    names = {table.arn for table in tables}
    return [arn for arn in listed if arn.rpartition("/export/")[0] in names]


def read_export(place: Place, arn: str) -> dict[str, Any] | Unknown | None:
    """Return the bucket of an export, and its owner where one was named; None if it is forgotten.

    Args:
        place: its Region.
        arn: the export.
    """
    answer = place.ask(calls.DESCRIBE_EXPORT, arn, ExportArn=arn)
    if answer is None or isinstance(answer, Unknown):
        return answer
    export = told(answer, "ExportDescription")
    return {name: export.get(name) for name in _SHOWN}


def with_exports(
    table: Resource,
    listed: list[str] | Unknown,
    exports: Mapping[str, dict[str, Any] | Unknown | None],
) -> Resource:
    """Return a table that tells its exports as an attribute; `Unknown` when one is not told.

    Args:
        table: a table as it was read.
        listed: what `list_exports` returned.
        exports: what `read_export` returned, by ARN.
    """
    if not isinstance(table.origin, Recorded):
        raise TypeError(f"{table.logical_id} was not read from an account")
    own = [exports[arn] for arn in exports_of([table], listed)]
    doubt = listed if isinstance(listed, Unknown) else None
    doubt = next((each for each in own if isinstance(each, Unknown)), doubt)
    told_ = doubt or [each for each in own if each is not None]
    attributes = {**table.origin.attributes, "Exports": told_}
    return replace(table, origin=replace(table.origin, attributes=attributes))

"""Where tables were exported to, for as long as AWS tells: 90 days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ddb_perimeter.inventory.live import calls
from ddb_perimeter.inventory.live.place import told
from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from ddb_perimeter.inventory.live.place import Place

_FAILED: Final = "FAILED"
_SHOWN: Final = ("ExportArn", "S3Bucket", "S3BucketOwner")


@dataclass(frozen=True, slots=True)
class Exports:
    """The exports of a Region.

    Args:
        arns: those that did not fail; `Unknown` if nobody said.
    """

    arns: tuple[str, ...] | Unknown

    @classmethod
    def read(cls, place: Place) -> Exports:
        """Ask once for every table of a Region.

        Args:
            place: the Region.
        """
        found = place.requests.items(calls.LIST_EXPORTS, place.region, "", {})
        if isinstance(found, Unknown):
            return cls(found)
        return cls(tuple(each["ExportArn"] for each in found if each["ExportStatus"] != _FAILED))

    def of(self, table_arn: str, place: Place) -> list[dict[str, object]] | Unknown:
        """Return the bucket of each export of a table, and its owner where another was named.

        Args:
            table_arn: the table.
            place: its Region.
        """
        if isinstance(self.arns, Unknown):
            return self.arns
        found: list[dict[str, object]] = []
        for arn in self.arns:
            if not arn.startswith(f"{table_arn}/export/"):
                continue
            answer = place.ask(calls.DESCRIBE_EXPORT, arn, ExportArn=arn)
            if isinstance(answer, Unknown):
                return answer
            if answer is not None:
                export = told(answer, "ExportDescription")
                found.append({name: export.get(name) for name in _SHOWN})
        return found

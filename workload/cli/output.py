"""What people and programs see: tables of text, or JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ddb_perimeter.cli.output import write_stdout
from ddb_perimeter.report.wording import printable

if TYPE_CHECKING:
    from collections.abc import Sequence


def show_table(titles: Sequence[str], rows: Sequence[Sequence[str]], nothing: str) -> None:
    """Print columns as wide as they need to be; what people wrote cannot steer the terminal.

    Args:
        titles: of the columns.
        rows: texts, as many as titles.
        nothing: what to say when there are none.
    """
    if not rows:
        write_stdout(f"{nothing}\n")
        return
    cells = [tuple(titles), *(tuple(printable(cell) for cell in row) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    )
    write_stdout("\n".join(lines) + "\n")


def show_next(page: str | None) -> None:
    """Say how to go on, if there is more.

    Args:
        page: token of the next page, or None.
    """
    if page is not None:
        write_stdout(f"\nMore: the same command with --page {page}\n")


def show_json(document: object) -> None:
    """Print a document as JSON.

    Args:
        document: what `json` can write; numbers of DynamoDB are written as text.
    """
    write_stdout(json.dumps(document, indent=2, ensure_ascii=False, default=str) + "\n")


def say(line: str) -> None:
    """Print one line.

    Args:
        line: the line.
    """
    write_stdout(f"{printable(line)}\n")

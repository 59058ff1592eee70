"""Reads recorded CloudTrail events from files and folders, one at a time.

Trails write ``{"Records": […]}``, mostly gzipped; ``aws cloudtrail lookup-events`` prints
``{"Events": […]}`` whose records are strings; CloudTrail Lake answers ``QueryResultRows`` (ask it
for ``eventJson``); EventBridge wraps a record in ``detail``. One of these, one record, or an array
may stand on each line. The files are somebody else's: sizes, depth and types are checked.
Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html
"""

from __future__ import annotations

import gzip
import json
import os
import zlib
from typing import TYPE_CHECKING, BinaryIO, Final

from ddb_perimeter.inventory.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

LARGEST_DOCUMENT: Final = 128 * 2**20
"""Bytes of one JSON value, unpacked; a trail's files are about 50 MB at most."""

LARGEST_FILE: Final = 4 * 2**30
"""Bytes of one file, unpacked."""

_ENDINGS: Final = (".json", ".jsonl", ".ndjson", ".json.gz", ".jsonl.gz", ".ndjson.gz")
_GZIP: Final = b"\x1f\x8b"


def read(paths: Iterable[Path]) -> Iterator[object]:
    """Yield every record as it is written: mostly a dict, but nothing is promised.

    Args:
        paths: files, and folders that are searched for them; a file that is named twice is read
            once.

    Raises:
        InputError: a file cannot be read, or is no CloudTrail file.
    """
    seen: set[Path] = set()
    for path in paths:
        for file in _files(path):
            real = file.resolve()
            if real not in seen:
                seen.add(real)
                yield from _file(file)


def _files(path: Path) -> Iterator[Path]:
    """Yield the files of a path in a stable order; links to folders are not followed."""
    if not path.is_dir():
        yield path
        return
    found = False
    for folder, folders, names in os.walk(path, onerror=_refuse):
        folders.sort()
        for name in sorted(names):
            if name.lower().endswith(_ENDINGS):
                found = True
                yield path.__class__(folder, name)
    if not found:
        raise InputError.at(
            str(path), "has no event files", "give the folder that the trail's files were copied to"
        )


def _refuse(error: OSError) -> None:
    raise InputError.at(
        str(error.filename), f"cannot be read: {error.strerror}", "give a readable folder"
    ) from error


def _file(path: Path) -> Iterator[object]:
    try:
        with path.open("rb") as raw:
            if raw.peek(len(_GZIP)).startswith(_GZIP):
                with gzip.open(raw) as unpacked:
                    yield from _values(path, unpacked)
            else:
                yield from _values(path, raw)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError.at(
            str(path), "is a damaged gzip file", "copy it from the bucket again"
        ) from error
    except OSError as error:
        raise InputError.at(
            str(path), f"cannot be read: {error.strerror}", "give files or folders of events"
        ) from error


def _values(path: Path, stream: BinaryIO | gzip.GzipFile) -> Iterator[object]:
    """Yield the records of a file: of each line, or of the whole where a line is no value."""
    total = number = 0
    while text := stream.readline(LARGEST_DOCUMENT + 1):
        number += 1
        total += len(text)
        _demand_size(path, text, total)
        if not text.strip():
            continue
        where = f"{path}:{number}"
        try:
            value = _parsed(text, where)
        except InputError:
            if number > 1:
                raise
            text += stream.read(LARGEST_DOCUMENT + 1 - len(text))
            _demand_size(path, text, len(text))
            value, where = _parsed(text, str(path)), str(path)
        yield from _records(value, where)
    if not total:
        raise InputError.at(str(path), "is empty", "copy it from the bucket again")


def _demand_size(path: Path, text: bytes, total: int) -> None:
    if len(text) > LARGEST_DOCUMENT or total > LARGEST_FILE:
        raise InputError.at(
            str(path),
            f"unpacks to a value of more than {LARGEST_DOCUMENT >> 20} MB or to more than "
            f"{LARGEST_FILE >> 30} GB in all",
            "split it, or write one record a line",
        )


def _parsed(text: bytes | str, where: str) -> object:
    try:
        return json.loads(text)
    except RecursionError as error:
        raise InputError.at(where, "is nested too deeply", "no CloudTrail record is") from error
    except ValueError as error:
        raise InputError.at(
            where, f"is not JSON: {error}", "give CloudTrail's files as they are"
        ) from error


def _records(value: object, where: str) -> Iterator[object]:
    """Yield the records of one JSON value, whatever wraps them."""
    if isinstance(value, list):
        for each in value:
            yield from _wrapped(each, where) if isinstance(each, dict) else (each,)
    elif isinstance(value, dict):
        yield from _wrapped(value, where)
    else:
        raise _foreign(where)


def _wrapped(value: dict[str, object], where: str) -> Iterator[object]:
    if "eventName" in value or "eventSource" in value:
        yield value
    elif isinstance(records := value.get("Records"), list):
        yield from records
    elif isinstance(events := value.get("Events"), list):
        for event in events:
            yield _told(event.get("CloudTrailEvent") if isinstance(event, dict) else event, where)
    elif isinstance(rows := value.get("QueryResultRows"), list):
        for row in rows:
            yield _told(_cell(row, "eventJson"), where)
    elif "CloudTrailEvent" in value:
        yield _told(value["CloudTrailEvent"], where)
    elif isinstance(detail := value.get("detail"), dict):
        yield detail
    elif "digestStartTime" not in value:  # a trail's digests lie beside its files
        raise _foreign(where)


def _told(text: object, where: str) -> object:
    return _parsed(text, where) if isinstance(text, str) else text


def _cell(row: object, name: str) -> object:
    """Return a column of a row of CloudTrail Lake, which is a list of objects with one key each."""
    cells = row if isinstance(row, list) else [row]
    return next((cell[name] for cell in cells if isinstance(cell, dict) and name in cell), row)


def _foreign(where: str) -> InputError:
    return InputError.at(
        where,
        "holds no CloudTrail records",
        "give a trail's files, or what `aws cloudtrail lookup-events` prints",
    )

"""Who created a resource: construct paths and Python lines, where CDK recorded them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

_FRAME = re.compile(r"\(?(?P<file>[^()\s][^()]*\.py):(?P<line>\d+)(?::\d+)?\)?\s*$")


@dataclass(slots=True)
class Creation:
    """What an assembly's metadata says about the resources of one artifact, read on demand.

    Args:
        inline: metadata in the manifest itself, by construct path.
        file: the file that holds further metadata, or None.
        base: folder that source files are told relative to.
    """

    inline: dict[str, object]
    file: Path | None
    base: Path
    _by_template: dict[str, dict[str, str]] | None = field(default=None, init=False)
    _entries: dict[str, object] | None = field(default=None, init=False)

    def path(self, template: str, logical_id: str) -> str:
        """Return the construct path of a resource, or an empty string.

        Args:
            template: file name of the template inside its assembly.
            logical_id: the resource's logical id.
        """
        if self._by_template is None:
            self._by_template = self._index()
        return self._by_template.get(template, {}).get(logical_id, "")

    def source(self, path: str) -> str:
        """Return the innermost Python file and line that created a construct, or an empty string.

        Args:
            path: construct path without its leading slash.
        """
        frames: list[object] = []
        for entry in _list(self._metadata().get(f"/{path}")):
            if not isinstance(entry, dict):
                continue
            if entry.get("type") == "aws:cdk:creationStack":
                frames = _list(entry.get("data"))
                break
            if entry.get("type") == "aws:cdk:logicalId" and not frames:
                frames = _list(entry.get("trace"))
        for frame in frames:
            match = _FRAME.search(frame) if isinstance(frame, str) else None
            if match and "site-packages" not in match["file"]:
                return f"{self._relative(match['file'])}:{match['line']}"
        return ""

    def _metadata(self) -> dict[str, object]:
        if self._entries is None:
            entries: dict[str, object] = dict(self.inline)
            if self.file is not None:
                try:
                    read = json.loads(self.file.read_text(encoding="utf-8"))
                except (OSError, ValueError, RecursionError):
                    read = {}  # no more than a hint for readers: reports do without it
                if isinstance(read, dict):
                    entries.update(read)
            self._entries = entries
        return self._entries

    def _index(self) -> dict[str, dict[str, str]]:
        templates: dict[str, str] = {}
        logical_ids: list[tuple[str, str]] = []
        for path, entries in self._metadata().items():
            for entry in _list(entries):
                if not isinstance(entry, dict) or not isinstance(entry.get("data"), str):
                    continue
                if entry.get("type") == "aws:cdk:templateFile":
                    templates[path] = entry["data"]
                elif entry.get("type") == "aws:cdk:logicalId":
                    logical_ids.append((path, entry["data"]))
        index: dict[str, dict[str, str]] = {}
        for path, logical_id in logical_ids:
            owner = path
            while owner and owner not in templates:
                owner = owner.rpartition("/")[0]
            index.setdefault(templates.get(owner, ""), {})[logical_id] = path.removeprefix("/")
        return index

    def _relative(self, file: str) -> str:
        try:
            return Path(file).relative_to(self.base).as_posix()
        except ValueError:
            return file


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []

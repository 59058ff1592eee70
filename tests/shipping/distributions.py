"""What a wheel needs, and how a distribution of this environment is copied into another."""

from __future__ import annotations

import importlib.metadata
import shutil
import zipfile
from email.parser import Parser
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def requirements(wheel: Path) -> list[str]:
    """Return what a wheel says that it needs."""
    with zipfile.ZipFile(wheel) as content:
        (name,) = (each for each in content.namelist() if each.endswith(".dist-info/METADATA"))
        metadata = Parser().parsestr(content.read(name).decode())
    return metadata.get_all("Requires-Dist") or []


def needed(lines: list[str]) -> set[str]:
    """Return every distribution that requirements without extras lead to."""
    found: set[str] = set()
    waiting = list(lines)
    while waiting:
        requirement = Requirement(waiting.pop())
        name = canonicalize_name(requirement.name)
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            continue
        if name not in found:
            found.add(name)
            waiting += importlib.metadata.requires(name) or []
    return found


def copy(distribution: importlib.metadata.Distribution, packages: Path) -> None:
    """Copy the modules and the metadata of a distribution."""
    for file in inside(distribution):
        target = packages / file
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(str(distribution.locate_file(file)), target)


def inside(distribution: importlib.metadata.Distribution) -> Iterator[str]:
    for file in distribution.files or ():
        if ".." not in file.parts and file.suffix != ".pyc":
            yield str(file)

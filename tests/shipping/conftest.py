"""The wheel as a stranger gets it: built from a clean copy, in an environment of its own."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.shipping.distributions import copy, needed, requirements

ROOT = Path(__file__).parents[2]
SOURCES = ("constructs", "ddb_perimeter", "pyproject.toml", "README.md", "LICENSE")


@dataclass(frozen=True)
class Installation:
    """An environment that has the wheel and what the wheel says it needs."""

    folder: Path

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    @property
    def program(self) -> Path:
        return self.folder / "bin" / "ddb-perimeter"

    @property
    def packages(self) -> Path:
        paths = {"base": str(self.folder), "platbase": str(self.folder)}
        return Path(sysconfig.get_path("purelib", "venv", paths))

    def run(self, *command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
        """Run a command as somebody who never saw this repository."""
        kept = ("PATH", "HOME", "LANG", "TMPDIR")
        return subprocess.run(
            [str(part) for part in command],
            cwd=cwd,
            env={name: os.environ[name] for name in kept if name in os.environ},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel; from a copy, because setuptools leaves its work beside the sources."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(
                ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__")
            )
        else:
            shutil.copy(ROOT / name, source / name)
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    done = subprocess.run(
        [*build, str(source)], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def installation(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Install the wheel without extras; its dependencies are those of this environment.

    Copying them keeps the test off the network, and to the versions that are pinned.
    """
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=False)
    found = Installation(folder)
    install = ["uv", "pip", "install", "--quiet", "--offline", "--no-index", "--no-deps"]
    done = subprocess.run(
        [sys.executable, "-m", *install, "--python", str(found.python), str(wheel)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    for name in needed(requirements(wheel)):
        copy(importlib.metadata.distribution(name), found.packages)
    return found

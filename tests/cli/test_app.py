"""The commands as a user types them. Each starts node, so there are few."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[2]
CDK = ROOT / ".venv" / "bin" / "cdk"
ONE_REGION = 'project = "small"\n[[regions]]\nname = "eu-west-1"\nhome = true\n'
NO_HOME = ONE_REGION.replace("true", "false")
NO_HOME_TOLD = (
    "regions = []: exactly one Region is home (it has the trail and records global resources); "
    "write home = true in exactly one [[regions]]"
)


def run(
    command: Sequence[str | Path], *, folder: Path, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run a command without credentials and without what this test run set for itself."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AWS_", "CDK_", "JSII_"))
    }
    return subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env={
            **inherited,
            "PATH": f"{ROOT / '.venv' / 'bin'}:{os.environ['PATH']}",
            "PYTHONPATH": f"{ROOT}:{ROOT / 'constructs'}",
            **environment,
        },
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


def stack_paths(assembly: Path) -> set[str]:
    manifest = json.loads((assembly / "manifest.json").read_text(encoding="utf-8"))
    return {
        artifact["displayName"].split(" ")[0]
        for artifact in manifest["artifacts"].values()
        if artifact["type"] == "aws:cloudformation:stack"
    }


PRIVATE_LINE = "cache_role_arns=[self.cache.role.role_arn] if self.cache else [],"
PUBLIC_LINE = 'cache_role_arns=["arn:aws:iam::*:role/*"],'


@pytest.fixture(scope="module")
def default_assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Synthesize the shipped configuration with the real command line; warnings fail too."""
    folder = tmp_path_factory.mktemp("cdk") / "cdk.out"
    done = run([CDK, "synth", "--quiet", "--strict", "-o", folder], folder=ROOT)

    assert done.returncode == 0, done.stderr
    return folder


def test_cdk_synth_takes_the_default_configuration(default_assembly: Path) -> None:
    assert stack_paths(default_assembly) == {
        f"{region}/{kind}"
        for region in ("us-east-1", "eu-west-1")
        for kind in ("Network", "Data", "Audit")
    }


def test_a_region_is_selected_by_its_path(default_assembly: Path) -> None:
    done = run([CDK, "ls", "-a", default_assembly, "eu-west-1/*"], folder=ROOT)

    assert done.returncode == 0, done.stderr
    assert sorted(line.split(" ")[0] for line in done.stdout.splitlines()) == [
        "eu-west-1/Audit",
        "eu-west-1/Data",
        "eu-west-1/Network",
    ]


def test_python_app_synthesizes_into_the_working_folder(tmp_path: Path) -> None:
    (tmp_path / "baseline.toml").write_text(ONE_REGION, encoding="utf-8")

    done = run([sys.executable, ROOT / "app.py"], folder=tmp_path)

    assert (done.returncode, done.stderr) == (0, "")
    assert stack_paths(tmp_path / "cdk.out") == {
        "eu-west-1/Network",
        "eu-west-1/Data",
        "eu-west-1/Audit",
        "us-east-1/GlobalAudit",
    }


def test_python_app_tells_a_mistake_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "baseline.toml").write_text(NO_HOME, encoding="utf-8")

    done = run([sys.executable, ROOT / "app.py"], folder=tmp_path)

    assert done.returncode == 2
    assert done.stderr == f"baseline.toml: {NO_HOME_TOLD}\n"
    assert done.stdout == ""
    assert [*tmp_path.rglob("*.json")] == []


def test_cdk_synth_takes_another_file_and_writes_nothing_for_a_mistake(tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text(NO_HOME, encoding="utf-8")

    done = run(
        [CDK, "synth", "--quiet", "-o", tmp_path / "cdk.out", "-c", f"config={bad}"], folder=ROOT
    )

    assert done.returncode != 0
    assert f"{bad}: {NO_HOME_TOLD}" in done.stderr.splitlines()
    assert "Traceback" not in done.stderr
    assert [*tmp_path.rglob("*.json")] == []


@pytest.fixture(scope="module")
def public_app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the app, with one line of `stacks/` changed so that everybody is exempt."""
    folder = tmp_path_factory.mktemp("public")
    for name in ("app.py", "cdk.json", "baseline.toml"):
        shutil.copy(ROOT / name, folder)
    shutil.copytree(ROOT / "stacks", folder / "stacks")
    (folder / ".venv").symlink_to(ROOT / ".venv")
    stack = folder / "stacks" / "data.py"
    text = stack.read_text(encoding="utf-8")
    assert PRIVATE_LINE in text
    stack.write_text(text.replace(PRIVATE_LINE, PUBLIC_LINE), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    "command",
    [[sys.executable, "app.py"], [CDK, "synth", "--quiet"]],
    ids=["python app.py", "cdk synth"],
)
def test_one_public_line_fails_and_names_the_table(
    command: list[str | Path], public_app: Path
) -> None:
    done = run(command, folder=public_app)

    told = done.stdout + done.stderr
    assert done.returncode == 1
    assert "us-east-1/Data/Table/Table/Resource" in told
    assert "PrivateDynamoDb::ddb-deny-outside-vpce" in told
    assert "from the internet" in told
    assert "Traceback" not in told


def test_make_help_lists_every_target() -> None:
    done = run(["make", "--no-print-directory", "help"], folder=ROOT)
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^([a-z-]+):", makefile, flags=re.MULTILINE)

    assert done.returncode == 0
    assert {line.split()[1] for line in done.stdout.splitlines()} == set(targets)

"""The baseline, synthesized and deployed once; every test gets an account of its own."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest

from ddb_perimeter.controls.baseline import perimeter_of
from stacks.application import create_app, synthesize
from stacks.baseline import build_baseline
from tests.conftest import TODAY
from tests.live.emulation.account import ACCOUNT, HOME, Account, Snapshot, emulated, settle, take
from tests.live.emulation.creators.catalogue import CREATORS
from tests.live.emulation.deployment import Deployment
from tests.live.judging import Judge, read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ddb_perimeter.controls.perimeter import Perimeter
    from stacks.configuration import Configuration

BREAK_GLASS = "break-glass"
DEPLOYMENT = f"cdk-hnb659fds-cfn-exec-role-{ACCOUNT}-{HOME}"
BASELINE = f"""
project = "live"
account = "{ACCOUNT}"
table.stream = "NEW_IMAGE"
checks.packs = []

[access]
interface_endpoints = ["dynamodb-streams"]

[[access.exemptions]]
arn = "arn:aws:iam::{ACCOUNT}:role/{BREAK_GLASS}"
reason = "Repairs the table when everything else fails."
expires = 2027-12-31

[[regions]]
name = "{HOME}"
home = true
cidr = "10.64.0.0/16"
"""


@pytest.fixture(scope="session")
def configuration(configure: Callable[[str], Configuration]) -> Configuration:
    """Return the baseline with a stream and an exemption, in one Region."""
    return configure(BASELINE)


@pytest.fixture(scope="session")
def assembly(configuration: Configuration, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Synthesize it."""
    outdir = tmp_path_factory.mktemp("assembly") / "cdk.out"
    app = create_app(outdir=str(outdir))
    build_baseline(app, configuration)
    assert synthesize(app) == 0
    return outdir


@pytest.fixture(scope="session")
def perimeter(configuration: Configuration) -> Perimeter:
    """Return what the configuration declares to be inside."""
    return perimeter_of(configuration.model_dump(), TODAY)


@pytest.fixture(scope="session")
def snapshot(assembly: Path) -> Snapshot:
    """Deploy it into an empty account, and keep that."""
    with emulated() as empty:
        settle(empty, (BREAK_GLASS, DEPLOYMENT))
        deployment = Deployment(empty.session, CREATORS)
        deployment.deploy(assembly)
        snapshot = take(deployment)
    gc.collect()
    gc.freeze()  # API models and constructs stay: looking through them again and again is slow
    return snapshot


@pytest.fixture(scope="session")
def judge(snapshot: Snapshot, perimeter: Perimeter) -> Judge:
    """Judge the account as `ddb-perimeter verify --config baseline.toml` does."""
    with emulated(snapshot) as untouched:
        return Judge(read(untouched), perimeter)


@pytest.fixture
def account(snapshot: Snapshot) -> Iterator[Account]:
    """Open an account that has the baseline; whatever a test does to it is gone afterwards."""
    with emulated(snapshot) as opened:
        yield opened

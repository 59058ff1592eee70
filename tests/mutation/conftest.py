"""The baseline, synthesized once, and who judges its mutants."""

from __future__ import annotations

import datetime as dt
import json
import tomllib
from typing import TYPE_CHECKING

import pytest

from ddb_perimeter.controls.baseline import perimeter_of
from ddb_perimeter.controls.perimeter import DeclaredExemption, Perimeter
from stacks.application import create_app, synthesize
from stacks.baseline import build_baseline
from tests.mutation.judging import Judge
from tests.mutation.templates import ACCOUNT, BREAK_GLASS, FRIEND, REGION, Templates

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from stacks.configuration import Configuration
    from tests.mutation.templates import Node

REASON = "Repairs the table when everything else fails."
EXPIRES = dt.date(2027, 12, 31)
BASELINE = f"""
project = "mutants"
account = "{ACCOUNT}"
table.stream = "NEW_IMAGE"
checks.packs = []

[access]
interface_endpoints = ["dynamodb-streams"]

[[access.exemptions]]
arn = "{BREAK_GLASS}"
reason = "{REASON}"
expires = {EXPIRES}

[[regions]]
name = "{REGION}"
home = true
cidr = "10.64.0.0/16"

[[regions.cache.readers]]
account = "{FRIEND}"
external_id = "orders-and-more"
peering_connection = "pcx-0123456789abcdef0"
cidr = "10.99.0.0/16"
"""


ORGANIZATION = """
[organization]
id = "o-exampleorgid"
management_account = "444455556666"
targets = ["ou-ab12-11111111"]

[administration]
export = ["arn:aws:iam::111122223333:role/data-lake"]
restore = ["arn:aws:iam::111122223333:role/restorer"]
"""


@pytest.fixture(scope="session")
def baseline(
    configure: Callable[[str], Configuration], tmp_path_factory: pytest.TempPathFactory
) -> Templates:
    """Synthesize one Region with everything in it: stream, exemption, reader account."""
    stacks = synthesized(configure(BASELINE), tmp_path_factory.mktemp("synthesized"))
    assert set(stacks) == {"network", "data", "audit"}
    return Templates(stacks)


@pytest.fixture(scope="session")
def organized(
    configure: Callable[[str], Configuration], tmp_path_factory: pytest.TempPathFactory
) -> Templates:
    """Synthesize the same under an organization, with somebody who exports and restores."""
    outdir = tmp_path_factory.mktemp("organized")
    return Templates(synthesized(configure(BASELINE + ORGANIZATION), outdir))


def synthesized(configuration: Configuration, outdir: Path) -> dict[str, Node]:
    app = create_app(outdir=str(outdir))
    build_baseline(app, configuration)
    assert synthesize(app) == 0
    manifest = json.loads((outdir / "manifest.json").read_text(encoding="utf-8"))
    return {
        artifact["properties"]["stackName"].removeprefix("mutants-"): json.loads(
            (outdir / artifact["properties"]["templateFile"]).read_text(encoding="utf-8")
        )
        for artifact in manifest["artifacts"].values()
        if artifact["type"] == "aws:cloudformation:stack"
    }


@pytest.fixture(scope="session")
def judge(baseline: Templates, tmp_path_factory: pytest.TempPathFactory) -> Judge:
    """Judge templates as `ddb-perimeter check --config baseline.toml` does."""
    folder: Path = tmp_path_factory.mktemp("mutant")
    perimeter = Perimeter(
        accounts=frozenset({FRIEND}),
        exemptions=(DeclaredExemption(BREAK_GLASS, REASON, EXPIRES),),
        today=dt.date(2026, 11, 22),
    )
    return Judge(baseline, folder, perimeter)


@pytest.fixture(scope="session")
def organized_judge(organized: Templates, tmp_path_factory: pytest.TempPathFactory) -> Judge:
    """Judge the same under an organization, as its configuration declares it."""
    document = tomllib.loads(BASELINE + ORGANIZATION)
    perimeter = perimeter_of(document, dt.date(2026, 11, 22))
    return Judge(organized, tmp_path_factory.mktemp("guarded"), perimeter)

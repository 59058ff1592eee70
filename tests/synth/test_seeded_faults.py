"""The tests that fail on public DynamoDB access: every seeded fault stops the synth."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from stacks.application import create_app, synthesize
from stacks.baseline import RegionalBaseline, build_baseline
from stacks.checks import add_checks
from tests.synth.seeded_faults import FAULTS, Fault

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import aws_cdk as cdk

    from stacks.configuration import Configuration

REGION = "us-east-1"
ONE_REGION = f"""
project = "seeded"
regions = [{{ name = "{REGION}", home = true }}]
table.stream = "NEW_IMAGE"
access.interface_endpoints = ["dynamodb-streams"]
checks.packs = []
"""


# What nobody may acknowledge: public access, and a cache that is more than a private reader.
FATAL = {
    "dax-client-least",
    "dax-private-subnets",
    "dax-role-read-only",
    "dax-role-table-scoped",
    "dax-role-trust-dax-only",
    "dax-sg-source-only",
    "dax-sse",
    "dax-tls",
    "ddb-deny-insecure-transport",
    "ddb-deny-outside-vpce",
    "ddb-policy-no-cross-account",
    "ddb-stream-deny-outside-vpce",
    "ddb-stream-policy-not-public",
    "ddb-table-policy-not-public",
    "lambda-not-public",
    "vpce-policy-not-default",
    "vpce-policy-own-identities",
    "vpce-policy-table-scoped",
}


@pytest.fixture(scope="module")
def configuration(configure: Callable[[str], Configuration]) -> Configuration:
    return configure(ONE_REGION)


def build(configuration: Configuration, outdir: Path) -> tuple[cdk.App, RegionalBaseline]:
    app = create_app(outdir=str(outdir))
    baseline = build_baseline(app, configuration)[REGION]
    add_checks(app, configuration)
    return app, baseline


def violations(outdir: Path) -> list[dict[str, Any]]:
    report = json.loads((outdir / "validation-report.json").read_text(encoding="utf-8"))
    return [violation for pack in report["pluginReports"] for violation in pack["violations"]]


def test_without_a_fault_the_synth_passes(configuration: Configuration, tmp_path: Path) -> None:
    app, _ = build(configuration, tmp_path)

    assert synthesize(app) == 0
    assert violations(tmp_path) == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_stops_the_synth(
    fault: Fault, configuration: Configuration, tmp_path: Path
) -> None:
    app, baseline = build(configuration, tmp_path)
    fault.apply(baseline)

    exit_code = synthesize(app)

    found = violations(tmp_path)
    named = [each for each in found if each["ruleName"] == fault.check]
    assert exit_code == 1
    assert named, f"{fault.check} is silent; found {sorted({v['ruleName'] for v in found})}"
    assert any(fault.resource in each["description"] for each in named), named
    if fault.check in FATAL:
        assert {each["severity"] for each in named} == {"fatal"}


def test_every_area_has_three_faults_or_more() -> None:
    areas = Counter(fault.area for fault in FAULTS)

    assert len(FAULTS) >= 25
    assert set(areas) == {
        "table", "stream", "endpoint", "network", "cache", "identity", "key", "audit"
    }  # fmt: skip
    assert min(areas.values()) >= 3

"""The verdict of a synth, and the summary that `make synth` prints."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import aws_cdk as cdk
import pytest
from aws_cdk import aws_s3 as s3
from rich.console import Console

from private_dynamodb import ConfigBaseline, backup_rules, cache_rules
from stacks.application import create_app, synthesize
from stacks.checks import add_checks
from stacks.summary import print_summary, read_left_out, read_packs

if TYPE_CHECKING:
    from pathlib import Path

    from tests.synth.templates import Assembly


def test_an_open_finding_fails_the_synth_and_is_told(
    tmp_path: Path, default_app: Assembly, capfd: pytest.CaptureFixture[str]
) -> None:
    app = create_app(outdir=str(tmp_path))
    s3.Bucket(cdk.Stack(app, "Careless"), "Bucket")
    add_checks(app, default_app.configuration)

    assert synthesize(app) == 1
    told = capfd.readouterr().err
    assert "AwsSolutions-S1" in told
    assert "Careless/Bucket" in told


def test_what_is_no_finding_is_no_verdict(tmp_path: Path) -> None:
    app = create_app(outdir=str(tmp_path))
    stack = cdk.Stack(app, "Broken")
    for name in ("First", "Second"):
        cdk.CfnOutput(stack, name, value="1").override_logical_id("Same")

    with pytest.raises(RuntimeError, match="Same"):
        synthesize(app)


def test_the_summary_names_regions_stacks_findings_and_the_folder(default_app: Assembly) -> None:
    text = io.StringIO()
    print_summary(default_app.folder, Console(file=text, width=200))
    lines = text.getvalue().splitlines()

    for path in default_app.templates:
        assert any(line.startswith(f"{path} ") for line in lines)
    assert lines[-1] == f"2 Regions, assembly in {default_app.folder}"
    # CDK leaves out a plugin that found and acknowledged nothing: ours, here. The summary does not.
    assert {pack.name: pack.open for pack in read_packs(default_app.folder)} == {
        "PrivateDynamoDb": 0,
        "AwsSolutions": 0,
        "NIST.800.53.R5": 0,
        "HIPAA.Security": 0,
    }


def test_the_summary_names_the_rules_that_a_region_lacks(
    tmp_path: Path, default_app: Assembly
) -> None:
    app = create_app(outdir=str(tmp_path))
    env = cdk.Environment(region="cn-northwest-1")
    stack = cdk.Stack(app, "Audit", env=env, stack_name="their-audit")
    ConfigBaseline(stack, "Rules", rules=[*cache_rules(), *backup_rules(table_name="orders")])
    app.synth()
    text = io.StringIO()
    print_summary(tmp_path, Console(file=text, width=200))

    assert (
        "Audit: AWS Config has no rule DAX_TLS_ENDPOINT_ENCRYPTION, "
        "DYNAMODB_RESOURCES_PROTECTED_BY_BACKUP_PLAN there; left out\n" in text.getvalue()
    )
    assert read_left_out(default_app.folder) == {}


def test_acknowledgments_appear_in_the_report_with_their_reasons(assembly: Assembly) -> None:
    report = json.loads((assembly.folder / "validation-report.json").read_text(encoding="utf-8"))
    acknowledged = [
        finding
        for pack in report["pluginReports"]
        for finding in pack.get("suppressedViolations", ())
    ]

    assert acknowledged
    assert [finding for finding in acknowledged if len(json.dumps(finding)) < 100] == []

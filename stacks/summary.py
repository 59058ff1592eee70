"""`python -m stacks.summary ASSEMBLY`: what a synth made, in a few lines."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from ddb_perimeter.controls.rule_regions import LEFT_OUT

OWN_CHECKS = "PrivateDynamoDb"


@dataclass(frozen=True, slots=True)
class StackSummary:
    """One stack of an assembly.

    Args:
        path: construct path, which `cdk deploy` takes.
        name: its name in CloudFormation.
        region: Region code.
        resources: number of resources.
    """

    path: str
    name: str
    region: str
    resources: int


@dataclass(frozen=True, slots=True)
class PackSummary:
    """What one pack of checks concluded.

    Args:
        name: the pack.
        open: findings that nobody acknowledged.
        acknowledged: findings that somebody did, each with a reason.
    """

    name: str
    open: int
    acknowledged: int


def read_stacks(assembly: Path) -> list[StackSummary]:
    """List the stacks of an assembly, by Region.

    Args:
        assembly: the folder that a synth wrote.
    """
    manifest = _read(assembly / "manifest.json")
    stacks = [
        StackSummary(
            path=artifact["displayName"].split(" ")[0],
            name=artifact["properties"]["stackName"],
            region=artifact["environment"].rsplit("/", 1)[-1],
            resources=len(_read(assembly / artifact["properties"]["templateFile"])["Resources"]),
        )
        for artifact in manifest["artifacts"].values()
        if artifact["type"] == "aws:cloudformation:stack"
    ]
    return sorted(stacks, key=lambda stack: stack.path)


def read_packs(assembly: Path) -> list[PackSummary]:
    """List what each pack found, from CDK's validation report.

    CDK leaves out a pack that found nothing, and writes no report when none found anything: the
    baseline's own checks always run, so they are always listed.

    Args:
        assembly: the folder that a synth wrote.
    """
    path = assembly / "validation-report.json"
    reports = _read(path)["pluginReports"] if path.exists() else []
    packs = [
        PackSummary(
            name=pack["pluginName"],
            open=len(pack["violations"]),
            acknowledged=len(pack.get("suppressedViolations", [])),
        )
        for pack in reports
    ]
    if OWN_CHECKS not in {pack.name for pack in packs}:
        packs.insert(0, PackSummary(OWN_CHECKS, open=0, acknowledged=0))
    return packs


def read_left_out(assembly: Path) -> dict[str, list[str]]:
    """List the AWS Config rules that a Region does not have, by stack.

    Args:
        assembly: the folder that a synth wrote.
    """
    left_out: dict[str, list[str]] = {}
    for artifact in _read(assembly / "manifest.json")["artifacts"].values():
        if artifact["type"] != "aws:cloudformation:stack":
            continue
        # CDK writes a stack's metadata beside the manifest, or into it.
        file = artifact.get("additionalMetadataFile")
        metadata = _read(assembly / file) if file else artifact.get("metadata", {})
        rules = [
            entry["data"]
            for entries in metadata.values()
            for entry in entries
            if entry["type"] == LEFT_OUT
        ]
        if rules:
            left_out[artifact["displayName"].split(" ")[0]] = sorted(rules)
    return dict(sorted(left_out.items()))


def print_summary(assembly: Path, console: Console) -> None:
    """Print Regions, stacks, findings, what was left out and where the assembly is.

    Args:
        assembly: the folder that a synth wrote.
        console: where to print.
    """
    stacks = Table("Stack", "Name", "Region", "Resources", box=None, padding=(0, 2, 0, 0))
    for stack in read_stacks(assembly):
        stacks.add_row(stack.path, stack.name, stack.region, str(stack.resources))
    packs = Table("Checks", "Open", "Acknowledged", box=None, padding=(0, 2, 0, 0))
    for pack in read_packs(assembly):
        packs.add_row(pack.name, str(pack.open), str(pack.acknowledged))
    regions = {stack.region for stack in read_stacks(assembly)}
    console.print(stacks)
    console.print()
    console.print(packs)
    console.print()
    for path, rules in read_left_out(assembly).items():
        console.print(f"{path}: AWS Config has no rule {', '.join(rules)} there; left out")
    console.print(f"{len(regions)} Regions, assembly in {assembly}", highlight=False)


def _read(path: Path) -> Any:  # noqa: ANN401 - JSON can be anything
    return json.loads(path.read_text(encoding="utf-8"))


if __name__ == "__main__":
    print_summary(Path(sys.argv[1]), Console())

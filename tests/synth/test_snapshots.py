"""Every template as it was accepted last. `make snapshots` accepts the templates of today."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from syrupy.extensions.json import JSONSnapshotExtension

from stacks.configuration import load_configuration
from tests.conftest import TODAY

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

    from tests.synth.templates import Assembly

ROOT = Path(__file__).parents[2]
CONFIGURATIONS = {
    "default": ROOT / "baseline.toml",
    "full": ROOT / "tests" / "synth" / "full.toml",
}
STACKS = [
    (name, f"{region.name}/{kind}")
    for name, path in CONFIGURATIONS.items()
    for region in load_configuration(path, today=TODAY).regions
    for kind in ("Network", "Data", "Audit")
]
# Where no configured Region hears of the calls of IAM.
STACKS.append(("full", "us-east-1/GlobalAudit"))
# Of the organized baseline, only what it has besides.
STACKS.append(("organized", "organization/Guardrails"))
STACKS += [
    ("rolled_out", f"organization/Compliance-{region}") for region in ("eu-central-1", "ca-west-1")
]


def normalized(template: dict[str, Any]) -> Any:  # noqa: ANN401 - a template
    """Replace what changes without a meaning: the hashes of CDK's own assets."""
    return json.loads(re.sub(r"[0-9a-f]{64}", "<asset>", json.dumps(template)))


@pytest.mark.parametrize(
    ("configuration", "path"),
    [pytest.param(name, path, id=f"{name}-{path.replace('/', '-')}") for name, path in STACKS],
)
def test_template(
    configuration: str, path: str, snapshot: SnapshotAssertion, request: pytest.FixtureRequest
) -> None:
    assembly: Assembly = request.getfixturevalue(f"{configuration}_app")

    accepted = snapshot.use_extension(JSONSnapshotExtension)

    assert normalized(assembly.templates[path]) == accepted


def test_every_stack_has_a_snapshot(default_app: Assembly, full_app: Assembly) -> None:
    assert [path for name, path in STACKS if name == "default"] == [*default_app.templates]
    assert {path for name, path in STACKS if name == "full"} == {*full_app.templates}

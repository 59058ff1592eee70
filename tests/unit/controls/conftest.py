"""Asks one control about a small template, as the command line would."""

import copy
import functools
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from ddb_perimeter.controls import catalogue
from ddb_perimeter.controls.perimeter import Perimeter
from ddb_perimeter.findings import Result
from ddb_perimeter.inventory import load

Ask = Callable[..., Result]
Tell = Callable[..., list[str]]

PARAMETERS = {"Parameters": {"Unset": {"Type": "String"}}}
"""A parameter without a default: whatever refers to it cannot be resolved."""


@pytest.fixture
def ask(tmp_path: Path) -> Ask:
    """Return a function that asks one control about resources, in one stack or several."""

    def run(
        control: str,
        resources: Mapping[str, object],
        perimeter: Perimeter | None = None,
        **parameters: str,
    ) -> Result:
        file = tmp_path / "app.json"
        file.write_text(json.dumps({**PARAMETERS, "Resources": resources}, indent=1))
        result = catalogue.run(load([file], parameters), perimeter or Perimeter(), [control])
        _lines_fit(file.read_text().splitlines(), result)
        return result

    return run


@pytest.fixture
def tell(ask: Ask) -> Tell:
    """Return a function that tells what a control finds: verdict, resource, place and message."""

    def run(
        control: str,
        resources: Mapping[str, object],
        perimeter: Perimeter | None = None,
        **parameters: str,
    ) -> list[str]:
        result = ask(control, resources, perimeter, **parameters)
        assert not any(" failed: " in finding.message for finding in result.findings)
        return [
            f"{finding.verdict} {finding.subject.logical_id} "
            f"{finding.evidence.pointer.removeprefix('Properties.') or '-'}: {finding.message}"
            for finding in result.findings
        ]

    return run


@pytest.fixture
def private() -> dict[str, Any]:
    """Return the resources of a small private system of somebody else's, to change one."""
    return copy.deepcopy(_private())


@functools.cache
def _private() -> dict[str, Any]:
    text = Path(__file__).with_name("private.yaml").read_text(encoding="utf-8")
    resources: dict[str, Any] = yaml.safe_load(text)["Resources"]
    return resources


def _lines_fit(lines: Sequence[str], result: Result) -> None:
    """Check that each finding's line is where its pointer, or what is left of it, is written."""
    for finding in result.findings:
        evidence = finding.evidence
        if not evidence.pointer:
            continue
        assert evidence.line is not None
        text = lines[evidence.line - 1]
        names = [part.split("[")[0] for part in evidence.pointer.split(".")]
        inside_list = text.strip() in {"{", "["} or ":" not in text
        assert inside_list or any(
            f'"{name}"' in text
            for name in [*names, finding.subject.logical_id, "record-ttl-millis"]
        ), (text, evidence)

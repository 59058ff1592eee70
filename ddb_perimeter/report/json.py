"""The report that programs read: schema 1."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from ddb_perimeter.findings import (
        ControlResult,
        Counterexample,
        Evidence,
        Exemption,
        Finding,
        Result,
        Subject,
    )

SCHEMA: Final = 1
"""Rises when a key changes its meaning or goes away; new keys do not raise it."""


def render(result: Result) -> str:
    """Return the report as JSON, pure ASCII, with the keys in a fixed order."""
    return json.dumps(document(result), indent=2) + "\n"


def document(result: Result) -> dict[str, object]:
    """Return the report as the object that is written."""
    return {
        "schema": SCHEMA,
        "verdict": result.verdict.value,
        "findings": [_finding(finding) for finding in result.findings],
        "exemptions": [_exemption(exemption) for exemption in result.exemptions],
        "controls": [_control(control) for control in result.controls],
    }


def _finding(finding: Finding) -> dict[str, object]:
    return {
        "control": finding.control,
        "verdict": finding.verdict.value,
        "severity": finding.severity.value,
        "exposure": finding.exposure.value,
        "resource": _resource(finding.subject),
        "message": finding.message,
        "fix": finding.fix,
        "evidence": _evidence(finding.evidence),
        "counterexample": _counterexample(finding.counterexample),
    }


def _resource(subject: Subject) -> dict[str, object]:
    return {
        "type": subject.type,
        "logical_id": subject.logical_id,
        "stack": subject.stack,
        "region": subject.region,
        "template": subject.template,
        "path": subject.path,
    }


def _evidence(evidence: Evidence) -> dict[str, object]:
    return {
        "pointer": evidence.pointer,
        "sid": evidence.sid,
        "line": evidence.line,
        "source": evidence.source,
    }


def _counterexample(counterexample: Counterexample | None) -> dict[str, object] | None:
    if counterexample is None:
        return None
    return {
        "caller": counterexample.caller,
        "action": counterexample.action,
        "resource": counterexample.resource,
        "origin": counterexample.origin,
        "outcome": counterexample.outcome,
        "because": counterexample.because,
        "context": dict(sorted(counterexample.context.items())),
    }


def _exemption(exemption: Exemption) -> dict[str, object]:
    return {
        "principal": exemption.principal,
        "resource": _resource(exemption.subject),
        "reason": exemption.reason,
        "expires": exemption.expires,
    }


def _control(control: ControlResult) -> dict[str, object]:
    return {
        "id": control.id,
        "verdict": control.verdict.value,
        "resources": control.resources,
    }

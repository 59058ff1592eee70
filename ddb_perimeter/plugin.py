"""The controls as a CDK validation plugin, so that `cdk synth` fails on public access."""

from __future__ import annotations

import os
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import aws_cdk as cdk
import jsii

from ddb_perimeter.controls import catalogue
from ddb_perimeter.controls.control import Where
from ddb_perimeter.controls.perimeter import Perimeter
from ddb_perimeter.findings import Exposure, Severity, Verdict
from ddb_perimeter.inventory import load

if TYPE_CHECKING:
    from ddb_perimeter.findings import Finding


@jsii.implements(cdk.IPolicyValidationPlugin)
class PrivateDynamoDbChecks:
    """Judges every stack of an app by the controls of `ddb-perimeter`.

    A finding that loses a layer of the perimeter, or a critical one, is `fatal`: CDK lets
    nobody acknowledge it. Posture is an `error`, and so is what cannot be decided; what is of
    low severity is a `warning`.

    Args:
        perimeter: what is inside besides that which the app declares itself.
    """

    def __init__(self, perimeter: Perimeter | None = None) -> None:
        self._perimeter = perimeter or Perimeter()

    @property
    def name(self) -> str:
        """Return the name that the report shows, and that ids begin with."""
        return "PrivateDynamoDb"

    @property
    def version(self) -> str:
        """Return the version of the analyzer."""
        return version("dynamodb-perimeter")

    @property
    def rule_ids(self) -> list[str]:
        """Return the ids of the controls."""
        return [control.id for control in catalogue.select(where=Where.TEMPLATES)]

    def validate(self, context: cdk.IPolicyValidationContext) -> cdk.PolicyValidationPluginReport:
        """Judge the assembly that CDK has just written.

        Args:
            context: where its templates are.
        """
        templates = [Path(stack.template_path) for stack in context.stack_templates]
        if not templates:
            return cdk.PolicyValidationPluginReport(success=True, violations=[])
        assembly = Path(os.path.commonpath([template.parent for template in templates]))
        findings = catalogue.run(load([assembly]), self._perimeter).findings
        return cdk.PolicyValidationPluginReport(
            success=not findings, violations=[_violation(finding, assembly) for finding in findings]
        )


def _violation(finding: Finding, assembly: Path) -> cdk.PolicyViolation:
    subject = finding.subject
    example = f" For example, {finding.counterexample}." if finding.counterexample else ""
    return cdk.PolicyViolation(
        rule_name=finding.control,
        description=f"{subject.path or subject.logical_id}: {finding.message}{example}",
        fix=finding.fix,
        severity=_severity(finding),
        violating_resources=[
            cdk.PolicyViolatingResource(
                resource_logical_id=subject.logical_id,
                template_path=str(assembly / subject.template),
                locations=[finding.evidence.pointer] if finding.evidence.pointer else [],
            )
        ],
    )


def _severity(finding: Finding) -> str:
    """Return CDK's word for how bad it is; `fatal` cannot be acknowledged."""
    if finding.verdict is Verdict.UNKNOWN:
        return "error"
    if finding.exposure is not Exposure.NONE or finding.severity is Severity.CRITICAL:
        return "fatal"
    return "warning" if finding.severity.rank <= Severity.LOW.rank else "error"

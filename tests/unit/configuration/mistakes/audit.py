"""Mistakes in `[audit]` and `[checks]`."""

from __future__ import annotations

from tests.unit.configuration.mistakes.case import VALID, Case

CASES = [
    Case(
        "an unknown trail source",
        VALID + '[audit]\ntrail = "none"\n',
        (
            "audit.trail = \"none\": input should be 'create' or 'existing'; expected: "
            '"create" the trail, or use an "existing" one'
        ),
    ),
    Case(
        "a retention below its bounds",
        VALID + "[audit]\nretention_days = 30\n",
        (
            "audit.retention_days = 30: input should be greater than or equal to 90; "
            "expected: days that logs are kept, 90 to 3650"
        ),
    ),
    Case(
        "a malformed alarm e-mail",
        VALID + '[audit]\nalarm_email = "ops"\n',
        (
            'audit.alarm_email = "ops": string should match pattern '
            "'^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$'; expected: who is told about alarms; left "
            "out: the topic has no subscriber"
        ),
    ),
    Case(
        "an unknown pack",
        VALID + '[checks]\npacks = ["PCI"]\n',
        (
            "checks.packs[0] = \"PCI\": input should be 'AwsSolutions', 'NIST.800.53.R5' or"
            " 'HIPAA.Security'; expected: cdk-nag packs that a synth has to pass"
        ),
    ),
]

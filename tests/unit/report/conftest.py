"""One result that has everything a report must show."""

import pytest

from ddb_perimeter.findings import (
    ControlResult,
    Counterexample,
    Evidence,
    Exemption,
    Exposure,
    Finding,
    Result,
    Severity,
    Subject,
    Verdict,
)

TABLE = Subject(
    "AWS::DynamoDB::GlobalTable",
    "MessagesTable",
    stack="Data",
    region="eu-west-1",
    template="Data.template.json",
    path="Data/Messages/Resource",
)
CLUSTER = Subject(
    "AWS::DAX::Cluster", "Cache", stack="Data", region="eu-west-1", template="Data.template.json"
)
TRAIL = Subject("AWS::CloudTrail::Trail", "Trail", template="audit.yaml")
WHOLE_INPUT = Subject("", "")

PUBLIC = Finding(
    control="ddb-table-policy-not-public",
    verdict=Verdict.BROKEN,
    severity=Severity.CRITICAL,
    subject=TABLE,
    message="Statement AllowPublicRead lets every principal of every account read.",
    fix="Name the principals, or remove the statement.",
    exposure=Exposure.REACHABLE,
    evidence=Evidence(
        pointer="Properties.Replicas[0].ResourcePolicy.PolicyDocument.Statement[0]",
        sid="AllowPublicRead",
        line=42,
        source="stacks/data.py:31",
    ),
    counterexample=Counterexample(
        caller="arn:aws:iam::444455556666:user/stranger",
        action="dynamodb:GetItem",
        resource="arn:aws:dynamodb:eu-west-1:111122223333:table/messages",
        origin="the internet",
        outcome="allowed",
        because="AllowPublicRead lets it through",
        context={"aws:SecureTransport": "true", "aws:CurrentTime": "any"},
    ),
)
UNENCRYPTED = Finding(
    control="dax-tls",
    verdict=Verdict.BROKEN,
    severity=Severity.HIGH,
    subject=CLUSTER,
    message="ClusterEndpointEncryptionType is NONE (only when Data.Cheap is true).",
    fix="Set ClusterEndpointEncryptionType to TLS.",
    exposure=Exposure.WEAKENED,
    evidence=Evidence("Properties.ClusterEndpointEncryptionType", line=7),
)
UNPROTECTED = Finding(
    control="ddb-deletion-protection",
    verdict=Verdict.BROKEN,
    severity=Severity.MEDIUM,
    subject=TABLE,
    message="DeletionProtectionEnabled is false.",
    fix="Set DeletionProtectionEnabled to true.",
    evidence=Evidence("Properties.Replicas[0].DeletionProtectionEnabled"),
)
UNREADABLE = Finding(
    control="trail-kms",
    verdict=Verdict.UNKNOWN,
    severity=Severity.LOW,
    subject=TRAIL,
    message="KMSKeyId is ${KeyArn}: parameter KeyArn has no default.",
    fix="Give it with --parameter KeyArn=VALUE.",
)
CRASHED = Finding(
    control="vpc-dns-on",
    verdict=Verdict.UNKNOWN,
    severity=Severity.INFO,
    subject=WHOLE_INPUT,
    message="Control vpc-dns-on failed: KeyError: 'Properties' (network.py:12)",
    fix="Report it.",
)


@pytest.fixture
def result() -> Result:
    """Three resources and the whole input, five findings, two exemptions, six controls."""
    return Result(
        findings=(PUBLIC, UNENCRYPTED, UNPROTECTED, UNREADABLE, CRASHED),
        exemptions=(
            Exemption("aws:PrincipalIsAWSService", TABLE, "AWS services replicate the table."),
            Exemption(
                "arn:aws:iam::111122223333:role/dax",
                TABLE,
                "The DAX cluster Cache reads this table.",
                expires="2030-12-31",
            ),
        ),
        controls=(
            ControlResult("ddb-table-policy-not-public", Verdict.BROKEN, 1, (TABLE,)),
            ControlResult("ddb-pitr", Verdict.HOLDS, 1, (TABLE,)),
            ControlResult("ddb-deletion-protection", Verdict.BROKEN, 1, (TABLE,)),
            ControlResult("dax-tls", Verdict.BROKEN, 1, (CLUSTER,)),
            ControlResult("dax-sse", Verdict.HOLDS, 0),
            ControlResult("trail-kms", Verdict.UNKNOWN, 1, (TRAIL,)),
            ControlResult("vpc-dns-on", Verdict.UNKNOWN, 0),
        ),
    )


@pytest.fixture
def clean() -> Result:
    """Everything holds, and one principal is let through."""
    return Result(
        exemptions=(Exemption("arn:aws:iam::111122223333:role/dax", TABLE, "DAX reads."),),
        controls=(
            ControlResult("ddb-pitr", Verdict.HOLDS, 2, (TABLE, CLUSTER)),
            ControlResult("dax-sse", Verdict.HOLDS, 1, (CLUSTER,)),
        ),
    )

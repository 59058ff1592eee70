"""What the emulator lacks: the explicit list, with the reason for each entry.

Whatever else the emulator refuses or drops fails the rehearsal. So does an entry that nothing in
the templates needs, or that the emulator has learned meanwhile: then the line goes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_UNKNOWN_TYPE: Final = "Unrecognized resource types"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Resources that the emulator's CloudFormation refuses; the templates are deployed without.

    Args:
        type: CloudFormation type.
        reason: why that does not spoil the rehearsal: who looks at it instead.
        having: only those that have this property; empty for all of the type.
        says: what the emulator answers; anything else means that it has learned the type.
    """

    type: str
    reason: str
    having: str = ""
    says: str = _UNKNOWN_TYPE

    def __str__(self) -> str:
        """Return it for a reader."""
        return f"{self.type} with {self.having}" if self.having else self.type

    def applies(self, type_: str, properties: Mapping[str, object]) -> bool:
        """Return whether a resource is one of those.

        Args:
            type_: its CloudFormation type.
            properties: its properties.
        """
        return type_ == self.type and (not self.having or self.having in properties)


@dataclass(frozen=True, slots=True)
class Drop:
    """A property that the emulator accepts and then does not have.

    Args:
        type: CloudFormation type of the resource.
        path: where it is, with dots; an element of a list is ``[]``.
        reason: why that does not spoil the rehearsal: who looks at it instead.
        leaves: what the emulator has in its place, when that is neither nothing nor false.
    """

    type: str
    path: str
    reason: str
    leaves: object = None

    def __str__(self) -> str:
        """Return it for a reader."""
        return f"{self.type} {self.path}"


@dataclass(frozen=True, slots=True)
class Clash:
    """Resources of a global service to which the emulator gives one name in every Region.

    Args:
        type: CloudFormation type.
        reason: why that does not spoil the rehearsal: who looks at it instead.
    """

    type: str
    reason: str

    def __str__(self) -> str:
        """Return it for a reader."""
        return f"{self.type} of several Regions"


REFUSALS: Final = (
    Refusal(
        "AWS::AccessAnalyzer::Analyzer",
        "The emulator analyzes nobody's access; nothing else refers to the analyzer.",
    ),
    Refusal(
        "AWS::Backup::BackupSelection",
        "Nothing is backed up; the plan, its role and its vault are deployed without it.",
    ),
    Refusal(
        "AWS::CloudTrail::Trail",
        "The trail records nothing here; its bucket, key and log group are deployed.",
    ),
    Refusal(
        "AWS::CloudWatch::Alarm",
        "An alarm on a sum of metrics is refused; the alarms on one metric are deployed.",
        having="Metrics",
        says="metric math",
    ),
    Refusal(
        "AWS::Config::ConfigRule",
        "The emulator has no AWS Config; the tests compare the rules with AWS's list of them.",
    ),
    Refusal(
        "AWS::Config::ConfigurationRecorder",
        "The emulator has no AWS Config; the recorder's bucket and key are deployed.",
    ),
    Refusal(
        "AWS::Config::DeliveryChannel",
        "The emulator has no AWS Config; the channel's bucket and key are deployed.",
    ),
    Refusal(
        "AWS::DAX::Cluster",
        "The emulator has no DAX; the cluster's role and security group are deployed, and the"
        " workload reads the table itself.",
    ),
    Refusal("AWS::DAX::ParameterGroup", "It only serves the cluster, which is left out."),
    Refusal("AWS::DAX::SubnetGroup", "It only serves the cluster; its subnets are deployed."),
    Refusal(
        "AWS::EC2::FlowLog",
        "The emulator has no traffic to log; the log's group, key and role are deployed.",
    ),
    Refusal(
        "AWS::IAM::ServiceLinkedRole",
        "AWS Config alone uses this one, and the emulator has none.",
    ),
    Refusal(
        "Custom::VpcRestrictDefaultSG",
        "The emulator's Lambda lacks the AWS SDK that the function imports; the function itself"
        " is deployed, and the default group stays as AWS makes it.",
        says="client-ec2",
    ),
)

_UNENFORCED: Final = (
    "The emulator enforces no such policy, so having it would show nothing: ddb-perimeter check"
    " proves it on the template, and only a real account can deny."
)
_UNENCRYPTED: Final = (
    "The emulator encrypts nothing; the key and its policy are deployed, and ddb-perimeter check"
    " judges that they are used."
)
_UNTAGGED: Final = "Nothing in the baseline acts on these tags; every other type keeps its own."

DROPS: Final = (
    Drop("AWS::Backup::BackupVault", "AccessPolicy", _UNENFORCED),
    Drop(
        "AWS::DynamoDB::GlobalTable",
        "Replicas.[].DeletionProtectionEnabled",
        "The table is retained when its stack goes, which the rehearsal shows.",
    ),
    Drop(
        "AWS::DynamoDB::GlobalTable",
        "Replicas.[].PointInTimeRecoverySpecification",
        "The emulator keeps no earlier state to go back to.",
    ),
    Drop(
        "AWS::DynamoDB::GlobalTable",
        "Replicas.[].ReplicaStreamSpecification.ResourcePolicy",
        _UNENFORCED,
    ),
    Drop("AWS::DynamoDB::GlobalTable", "Replicas.[].ResourcePolicy", _UNENFORCED),
    Drop("AWS::DynamoDB::GlobalTable", "Replicas.[].SSESpecification", _UNENCRYPTED),
    Drop("AWS::DynamoDB::GlobalTable", "Replicas.[].Tags", _UNTAGGED),
    Drop("AWS::DynamoDB::GlobalTable", "SSESpecification", _UNENCRYPTED),
    Drop("AWS::EC2::VPCEndpoint", "PolicyDocument", _UNENFORCED),
    Drop(
        "AWS::EC2::VPCEndpoint",
        "SecurityGroupIds",
        "The emulator's endpoints carry no traffic; the group itself is deployed.",
    ),
    Drop(
        "AWS::S3::Bucket",
        "BucketEncryption.ServerSideEncryptionConfiguration",
        _UNENCRYPTED,
        leaves="AES256",
    ),
    Drop(
        "AWS::S3::Bucket",
        "LifecycleConfiguration.Rules",
        "The emulator runs for a minute, in which nothing expires.",
    ),
    Drop(
        "AWS::S3::Bucket",
        "LoggingConfiguration",
        "The emulator writes no access log; the bucket for it is deployed.",
    ),
    Drop("AWS::S3::Bucket", "Tags", _UNTAGGED),
    Drop("AWS::SNS::Topic", "KmsMasterKeyId", _UNENCRYPTED),
)

_ONE_NAME: Final = (
    "The emulator makes the name from stack and logical id alone, so the stacks of two Regions get"
    " one; in AWS each has its own. The one that was deployed last is compared."
)

CLASHES: Final = (
    Clash("AWS::IAM::ManagedPolicy", _ONE_NAME),
    Clash("AWS::IAM::Role", _ONE_NAME),
)

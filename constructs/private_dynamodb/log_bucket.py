"""A bucket for audit logs that nobody but the named service writes to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_cdk import aws_kms as kms


class LogBucket(Construct):
    """A private, versioned bucket for logs, and the bucket for its own access log.

    Creates two retained buckets without public access or ACLs that refuse plain HTTP; old
    versions and old logs expire. Costs what the logs weigh, 0.023 USD a GB and month.

    Args:
        scope: parent construct.
        construct_id: id in the parent.
        key: encrypts the logs. The access log is encrypted with a key of S3: server access
            logs do not arrive with any other.
        retention: how long logs are kept.

    Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/best-practices-security.html
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, key: kms.IKey, retention: cdk.Duration
    ) -> None:
        super().__init__(scope, construct_id)
        self.access_logs = self._bucket("AccessLogs", retention)
        self.bucket = self._bucket("Logs", retention, key)
        self._log_access()

    def _bucket(
        self, construct_id: str, retention: cdk.Duration, key: kms.IKey | None = None
    ) -> s3.Bucket:
        bucket = s3.Bucket(
            self,
            construct_id,
            encryption=s3.BucketEncryption.KMS if key else s3.BucketEncryption.S3_MANAGED,
            encryption_key=key,
            bucket_key_enabled=key is not None,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            versioned=True,
            removal_policy=cdk.RemovalPolicy.RETAIN,
            lifecycle_rules=[
                s3.LifecycleRule(
                    id="ExpireOldLogs",
                    expiration=retention,
                    noncurrent_version_expiration=cdk.Duration.days(30),
                    abort_incomplete_multipart_upload_after=cdk.Duration.days(7),
                )
            ],
        )
        # Nobody is exempt, in either.
        self._deny(bucket, "DenyPlainHttp", {"Bool": {"aws:SecureTransport": "false"}})
        self._deny(bucket, "DenyOldTls", {"NumericLessThan": {"s3:TlsVersion": "1.2"}})
        return bucket

    def _deny(self, bucket: s3.Bucket, sid: str, conditions: Mapping[str, object]) -> None:
        bucket.add_to_resource_policy(
            iam.PolicyStatement(
                sid=sid,
                effect=iam.Effect.DENY,
                principals=[iam.StarPrincipal()],
                actions=["s3:*"],
                resources=[bucket.bucket_arn, bucket.arn_for_objects("*")],
                conditions=conditions,
            )
        )

    def _log_access(self) -> None:
        """Log access by a bucket policy; CDK's own way uses an ACL unless a flag is set."""
        logs = self.bucket.node.default_child
        assert isinstance(logs, s3.CfnBucket)  # noqa: S101 - what a Bucket's default child is
        logs.logging_configuration = s3.CfnBucket.LoggingConfigurationProperty(
            destination_bucket_name=self.access_logs.bucket_name, log_file_prefix="logs/"
        )
        self.access_logs.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AllowAccessLogDelivery",
                principals=[iam.ServicePrincipal("logging.s3.amazonaws.com")],
                actions=["s3:PutObject"],
                resources=[self.access_logs.arn_for_objects("logs/*")],
                conditions={
                    "StringEquals": {"aws:SourceAccount": cdk.Stack.of(self).account},
                    "ArnLike": {"aws:SourceArn": self.bucket.bucket_arn},
                },
            )
        )

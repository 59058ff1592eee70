"""Who outside the account has access, as IAM Access Analyzer proves it."""

from __future__ import annotations

from aws_cdk import aws_accessanalyzer as accessanalyzer
from constructs import Construct


class ExternalAccessAnalyzer(Construct):
    """An analyzer of external access, with the account as its zone of trust.

    Creates the analyzer of one Region. It finds policies of tables, streams, keys, buckets,
    topics and roles that let in somebody outside the account. It costs nothing. An account has
    one of these in a Region: where there is one, this fails.

    Args:
        scope: parent construct.
        construct_id: id in the parent.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/what-is-access-analyzer.html
    """

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        self.analyzer = accessanalyzer.CfnAnalyzer(self, "Analyzer", type="ACCOUNT")

"""What is known about condition keys: who sets them, and which values they can have."""

from __future__ import annotations

from typing import Final

# Set by the caller's identity: one dimension.
CALLER_KEYS: Final = frozenset(
    key.lower()
    for key in (
        "aws:PrincipalArn",
        "aws:PrincipalAccount",
        "aws:PrincipalOrgID",
        "aws:PrincipalOrgPaths",
        "aws:PrincipalType",
        "aws:PrincipalIsAWSService",
        "aws:PrincipalServiceName",
        "aws:PrincipalServiceNamesList",
        "aws:userid",
        "aws:username",
        "aws:SourceAccount",
        "aws:SourceArn",
        "aws:SourceOrgID",
        "aws:SourceOrgPaths",
        "aws:FederatedProvider",
        "kms:CallerAccount",
    )
)
# Set by the way a request takes: one dimension.
ORIGIN_KEYS: Final = frozenset(
    key.lower()
    for key in (
        "aws:SourceVpce",
        "aws:SourceVpc",
        "aws:VpceAccount",
        "aws:VpceOrgID",
        "aws:VpceOrgPaths",
        "aws:SourceIp",
        "aws:VpcSourceIp",
        "aws:ViaAWSService",
        "aws:CalledVia",
        "aws:CalledViaFirst",
        "aws:CalledViaLast",
    )
)
# Those of them that are addresses.
ADDRESS_KEYS: Final = frozenset({"aws:sourceip", "aws:vpcsourceip"})
# Follow from the resource that is asked for.
RESOURCE_KEYS: Final = frozenset({"aws:requestedregion", "aws:resourceaccount"})
# Variables over these are replaced by every value they can have before classes are split.
ENUMERATED: Final = RESOURCE_KEYS | frozenset(
    {
        "aws:principalaccount",
        "aws:principalorgid",
        "aws:resourceorgid",
        "aws:sourceaccount",
        "aws:sourceorgid",
    }
)
MULTI_VALUED: Final = frozenset(
    key.lower()
    for key in (
        "aws:TagKeys",
        "aws:CalledVia",
        "aws:PrincipalOrgPaths",
        "aws:PrincipalServiceNamesList",
        "aws:ResourceOrgPaths",
        "aws:SourceOrgPaths",
        "aws:VpceOrgPaths",
        "dynamodb:Attributes",
        "dynamodb:LeadingKeys",
        "dynamodb:FisTargetArns",
    )
)
TRUTH: Final = (("true",), ("false",))
# Keys with few values: every value, and None where the key can be absent.
FIXED: Final[dict[str, tuple[tuple[str, ...] | None, ...]]] = {
    "aws:securetransport": TRUTH,
    "aws:multifactorauthpresent": (*TRUTH, None),
    "aws:assumedroot": (None, ("true",)),
    "aws:viaawsmcpservice": (None, *TRUTH),
    "aws:ismcpserviceaction": (None, *TRUTH),
    "dynamodb:fulltablescan": (None, *TRUTH),
}
NOW_DATE: Final = "aws:currenttime"
NOW_EPOCH: Final = "aws:epochtime"
# AWS lists DynamoDB neither for the VPC's ARN, nor DAX for any endpoint owner key.
UNSUPPORTED: Final = {
    "dynamodb": frozenset({"aws:sourcevpcarn"}),
    "dax": frozenset({"aws:sourcevpcarn", "aws:vpceaccount", "aws:vpceorgid", "aws:vpceorgpaths"}),
}
# These services take signed requests only (AWS: anonymous callers are for S3, SNS and SQS).
SIGNED_SERVICES: Final = frozenset({"dynamodb", "dax", "kms", "sts", "iam"})
FEDERATION_ACTIONS: Final = frozenset({"sts:assumerolewithwebidentity", "sts:assumerolewithsaml"})

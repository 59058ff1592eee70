"""Where DynamoDB Accelerator can be used, and with which nodes."""

from __future__ import annotations

from functools import cache

import botocore.session

_PARTITIONS = ("aws", "aws-cn", "aws-us-gov")

# botocore knows where the DAX API is; CloudFormation's resource type exists in fewer Regions.
# Source: cfn-lint 1.58 (rule E3006), confirmed by the control reference of AWS Control Tower.
_CLOUDFORMATION_DAX_REGIONS = frozenset(
    {
        "ap-northeast-1",
        "ap-south-1",
        "ap-southeast-1",
        "ap-southeast-2",
        "cn-northwest-1",
        "eu-central-1",
        "eu-west-1",
        "eu-west-2",
        "eu-west-3",
        "sa-east-1",
        "us-east-1",
        "us-east-2",
        "us-west-1",
        "us-west-2",
    }
)

# Most accounts see two zones there.
# Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-subnets-azs.html
_TWO_ZONE_REGIONS = frozenset({"us-west-1"})

# Where IAM has its endpoint, and so the only Region in which its calls are told about.
_GLOBAL_REGIONS = {"cn": "cn-north-1", "us-gov": "us-gov-west-1"}

_SMALL = ("small", "medium")
_LARGE = ("large", "xlarge", "2xlarge", "4xlarge", "8xlarge")
# Every family but r3, which cannot encrypt at rest.
# Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DAXEncryptionAtRest.html
NODE_TYPES = frozenset(
    f"dax.{family}.{size}"
    for family, sizes in {
        "r4": (*_LARGE, "16xlarge"),
        "r5": (*_LARGE, "12xlarge", "16xlarge", "24xlarge"),
        "r7i": (*_LARGE, "12xlarge", "16xlarge", "24xlarge"),
        "t2": _SMALL,
        "t3": _SMALL,
    }.items()
    for size in sizes
)


@cache
def _regions_of(service: str) -> frozenset[str]:
    session = botocore.session.get_session()
    return frozenset(
        region
        for partition in _PARTITIONS
        for region in session.get_available_regions(service, partition_name=partition)
    )


def dynamodb_regions() -> frozenset[str]:
    """Return the Regions of every public partition that have DynamoDB."""
    return _regions_of("dynamodb")


def dax_regions() -> frozenset[str]:
    """Return the Regions where CloudFormation can create a DAX cluster."""
    return _regions_of("dax") & _CLOUDFORMATION_DAX_REGIONS


def global_region(region: str) -> str:
    """Return the Region of the partition in which CloudTrail reports the calls of IAM.

    Args:
        region: any Region of the partition.
    """
    return next(
        (home for start, home in _GLOBAL_REGIONS.items() if region.startswith(f"{start}-")),
        "us-east-1",
    )


def default_zones(region: str) -> int:
    """Return how many Availability Zones the baseline uses in a Region unless told otherwise."""
    return 2 if region in _TWO_ZONE_REGIONS else 3

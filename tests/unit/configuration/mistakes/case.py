"""What a row of mistakes is made of."""

from __future__ import annotations

from typing import NamedTuple

PROJECT = 'project = "cruddur"\n'
HOME = '[[regions]]\nname = "us-east-1"\nhome = true\n'
SECOND = '[[regions]]\nname = "eu-west-1"\n'
VALID = PROJECT + HOME

DAX_REGIONS = (
    "ap-northeast-1, ap-south-1, ap-southeast-1, ap-southeast-2, cn-northwest-1, eu-central-1, "
    "eu-west-1, eu-west-2, eu-west-3, sa-east-1, us-east-1, us-east-2, us-west-1, us-west-2"
)
NODE_TYPES = (
    "dax.r4.16xlarge, dax.r4.2xlarge, dax.r4.4xlarge, dax.r4.8xlarge, dax.r4.large, "
    "dax.r4.xlarge, dax.r5.12xlarge, dax.r5.16xlarge, dax.r5.24xlarge, dax.r5.2xlarge, "
    "dax.r5.4xlarge, dax.r5.8xlarge, dax.r5.large, dax.r5.xlarge, dax.r7i.12xlarge, "
    "dax.r7i.16xlarge, dax.r7i.24xlarge, dax.r7i.2xlarge, dax.r7i.4xlarge, dax.r7i.8xlarge, "
    "dax.r7i.large, dax.r7i.xlarge, dax.t2.medium, dax.t2.small, dax.t3.medium, dax.t3.small"
)


class Case(NamedTuple):
    sentence: str
    document: str
    message: str


def reader(cidr: str, account: str = "444455556666") -> str:
    return (
        f'[[regions.cache.readers]]\naccount = "{account}"\n'
        f'peering_connection = "pcx-0123456789abcdef0"\ncidr = "{cidr}"\n'
    )


def exemption(*, arn: str = "arn:aws:iam::111122223333:role/operations", more: str = "") -> str:
    return (
        f'[[access.exemptions]]\narn = "{arn}"\nreason = "moves data out of the old table"\n{more}'
    )


VPC = (
    '[regions.vpc]\nid = "vpc-0123456789abcdef0"\nclient_subnets = ["subnet-00000001"]\n'
    'cache_subnets = ["subnet-00000002", "subnet-00000003"]\nroute_tables = ["rtb-00000001"]\n'
)

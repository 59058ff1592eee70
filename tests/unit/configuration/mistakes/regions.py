"""Mistakes in `[[regions]]`."""

from __future__ import annotations

from tests.unit.configuration.mistakes.case import (
    DAX_REGIONS,
    PROJECT,
    SECOND,
    VALID,
    VPC,
    Case,
    reader,
)

CASES = [
    Case(
        "no home Region",
        PROJECT + SECOND,
        (
            "regions = []: exactly one Region is home (it has the trail and records global "
            "resources); write home = true in exactly one [[regions]]"
        ),
    ),
    Case(
        "two home Regions",
        VALID + SECOND + "home = true\n",
        (
            'regions = ["us-east-1", "eu-west-1"]: exactly one Region is home (it has the '
            "trail and records global resources); write home = true in exactly one "
            "[[regions]]"
        ),
    ),
    Case(
        "no Region",
        PROJECT + "regions = []\n",
        ("regions = []: too few entries; expected: where to deploy; exactly one Region is home"),
    ),
    Case(
        "Regions as a number",
        PROJECT + "regions = 1\n",
        (
            "regions = 1: input should be a list; expected: where to deploy; exactly one "
            "Region is home"
        ),
    ),
    Case(
        "a Region as a number",
        PROJECT + "regions = [1]\n",
        (
            "regions[0] = 1: input should be a table; expected: where to deploy; exactly "
            "one Region is home"
        ),
    ),
    Case(
        "a duplicate Region",
        VALID + '[[regions]]\nname = "us-east-1"\n',
        ('regions = "us-east-1": named twice; write one [[regions]] for each Region'),
    ),
    Case(
        "a Region without DAX",
        VALID + '[[regions]]\nname = "me-south-1"\n',
        (
            'regions[1].name = "me-south-1": CloudFormation has no AWS::DAX::Cluster in this '
            "Region; write cache.enabled = false there, or use one of " + DAX_REGIONS
        ),
    ),
    Case(
        "a Region with DAX but without AWS::DAX::Cluster",
        VALID + '[[regions]]\nname = "eu-north-1"\n',
        (
            'regions[1].name = "eu-north-1": CloudFormation has no AWS::DAX::Cluster in this '
            "Region; write cache.enabled = false there, or use one of " + DAX_REGIONS
        ),
    ),
    Case(
        "an unknown Region",
        VALID + '[[regions]]\nname = "eu-west-9"\n',
        (
            'regions[1].name = "eu-west-9": not a Region with DynamoDB; write its code, '
            "e.g. eu-west-1"
        ),
    ),
    Case(
        "a Region that is a zone",
        VALID + '[[regions]]\nname = "eu-west-1a"\n',
        (
            'regions[1].name = "eu-west-1a": not a Region with DynamoDB; write its code, '
            "e.g. eu-west-1"
        ),
    ),
    Case(
        "too many zones",
        VALID + "zones = 4\n",
        (
            "regions[0].zones = 4: input should be less than or equal to 3; expected: "
            "Availability Zones, 2 or 3; left out: what the Region has"
        ),
    ),
    Case(
        "one zone",
        VALID + "zones = 1\n",
        (
            "regions[0].zones = 1: input should be greater than or equal to 2; expected: "
            "Availability Zones, 2 or 3; left out: what the Region has"
        ),
    ),
    Case(
        "home as a string",
        VALID.replace("true", '"yes"'),
        (
            'regions[0].home = "yes": input should be a valid boolean; expected: whether '
            "this Region has the trail and records global resources"
        ),
    ),
    Case(
        "overlapping ranges",
        VALID + SECOND + 'cidr = "10.64.128.0/20"\n',
        (
            'regions[1].cidr = "10.64.128.0/20": overlaps 10.64.0.0/16 of us-east-1, so the'
            " two could never be connected; give every Region a range of its own"
        ),
    ),
    Case(
        "a range that is too small",
        VALID + 'cidr = "10.64.0.0/25"\n',
        (
            'regions[0].cidr = "10.64.0.0/25": too small for the subnets of clients and '
            "cache; use /24 or larger"
        ),
    ),
    Case(
        "a range that is too large",
        VALID + 'cidr = "10.0.0.0/8"\n',
        ('regions[0].cidr = "10.0.0.0/8": larger than a VPC can be; use /16 or smaller'),
    ),
    Case(
        "a malformed range",
        VALID + 'cidr = "10.64.0/16"\n',
        (
            'regions[0].cidr = "10.64.0/16": not an IPv4 range (Expected 4 octets in '
            "'10.64.0'); write it like \"10.64.0.0/16\""
        ),
    ),
    Case(
        "a range with host bits",
        VALID + 'cidr = "10.64.0.1/16"\n',
        (
            'regions[0].cidr = "10.64.0.1/16": not an IPv4 range (10.64.0.1/16 has host '
            'bits set); write it like "10.64.0.0/16"'
        ),
    ),
    Case(
        "a public range",
        VALID + 'cidr = "8.8.0.0/16"\n',
        (
            'regions[0].cidr = "8.8.0.0/16": a range of public addresses; use a private '
            "one, e.g. 10.64.0.0/16"
        ),
    ),
    Case(
        "every address as a range",
        VALID + 'cidr = "0.0.0.0/0"\n',
        (
            'regions[0].cidr = "0.0.0.0/0": a range of public addresses; use a private one,'
            " e.g. 10.64.0.0/16"
        ),
    ),
    Case(
        "an IPv6 range",
        VALID + 'cidr = "fd00::/56"\n',
        (
            'regions[0].cidr = "fd00::/56": not an IPv4 range (Expected 4 octets in '
            "'fd00::'); write it like \"10.64.0.0/16\""
        ),
    ),
    Case(
        "a range beside an existing VPC",
        VALID + 'cidr = "10.64.0.0/16"\n' + VPC,
        (
            'regions[0].cidr = "10.64.0.0/16": an existing VPC has its range already; '
            "remove either cidr or vpc"
        ),
    ),
    Case(
        "a malformed VPC id",
        VALID + VPC.replace("vpc-0123456789abcdef0", "vpc-XYZ"),
        (
            'regions[0].vpc.id = "vpc-XYZ": string should match pattern '
            "'^vpc-[0-9a-f]{8,17}$'; expected: id of the VPC"
        ),
    ),
    Case(
        "an existing VPC with one cache subnet",
        VALID + VPC.replace(', "subnet-00000003"', ""),
        (
            'regions[0].vpc.cache_subnets = ["subnet-00000002"]: too few entries; expected:'
            " subnets of the cache, two or more"
        ),
    ),
    Case(
        "a cache route table without the endpoint",
        VALID + VPC + 'cache_route_tables = ["rtb-00000002"]\n',
        (
            'regions[0].vpc.cache_route_tables = "rtb-00000002": without the endpoint, '
            "since it is not in route_tables; add it to route_tables"
        ),
    ),
    Case(
        "a client range outside the VPC",
        VALID + '[regions.cache]\nclient_subnets = ["10.99.0.0/24"]\n',
        (
            'regions[0].cache.client_subnets = "10.99.0.0/24": outside the VPC\'s range '
            "10.64.0.0/16; name a range inside it, or declare a reader account"
        ),
    ),
    Case(
        "a malformed security group",
        VALID + '[regions.cache]\nclient_security_groups = ["default"]\n',
        (
            'regions[0].cache.client_security_groups[0] = "default": string should match '
            "pattern '^sg-[0-9a-f]{8,17}$'; expected: groups that may connect, beside the "
            "baseline's own client group"
        ),
    ),
    Case(
        "a reader account without 12 digits",
        VALID + reader("10.80.0.0/16", "12345"),
        (
            'regions[0].cache.readers[0].account = "12345": string should match pattern '
            "'^[0-9]{12}$'; expected: AWS account id: 12 digits in quotes"
        ),
    ),
    Case(
        "a reader account as a number",
        VALID + reader("10.80.0.0/16").replace('"444455556666"', "444455556666"),
        (
            "regions[0].cache.readers[0].account = 444455556666: input should be a valid "
            "string; expected: AWS account id: 12 digits in quotes"
        ),
    ),
    Case(
        "a reader account named twice",
        VALID + reader("10.80.0.0/16") + reader("10.81.0.0/16"),
        (
            'regions[0].cache.readers = "444455556666": named twice; write one '
            "[[regions.cache.readers]] for each account"
        ),
    ),
    Case(
        "reader accounts with the same range",
        VALID + reader("10.80.0.0/16") + reader("10.80.1.0/24", "777788889999"),
        (
            'regions[0].cache.readers = "10.80.1.0/24": overlaps 10.80.0.0/16 of '
            "444455556666, so one route would serve both; peered VPCs need ranges that "
            "differ"
        ),
    ),
    Case(
        "a reader account inside the VPC's range",
        VALID + reader("10.64.8.0/24"),
        (
            'regions[0].cache.readers = "10.64.8.0/24": overlaps the VPC\'s own range '
            "10.64.0.0/16; peered VPCs need ranges that differ"
        ),
    ),
    Case(
        "a reader account with a public range",
        VALID + reader("0.0.0.0/0"),
        (
            'regions[0].cache.readers[0].cidr = "0.0.0.0/0": a range of public addresses; '
            "use a private one, e.g. 10.64.0.0/16"
        ),
    ),
    Case(
        "the own account as a reader account",
        'account = "444455556666"\n' + VALID + reader("10.80.0.0/16"),
        (
            'regions[0].cache.readers = "444455556666": this is the account of the table, '
            "not another one; name it in access.readers, which needs no peering"
        ),
    ),
    Case(
        "a reader account without peering",
        VALID + reader("10.80.0.0/16").replace("peering_connection", "#"),
        (
            "regions[0].cache.readers[0].peering_connection: missing; add it: peering "
            "connection to the account's VPC"
        ),
    ),
    Case(
        "a reader account with a malformed peering connection",
        VALID + reader("10.80.0.0/16").replace("pcx-", "vpc-"),
        (
            'regions[0].cache.readers[0].peering_connection = "vpc-0123456789abcdef0": '
            "string should match pattern '^pcx-[0-9a-f]{8,17}$'; expected: peering "
            "connection to the account's VPC"
        ),
    ),
    Case(
        "a reader account with a malformed external id",
        VALID + reader("10.80.0.0/16") + 'external_id = "#"\n',
        (
            'regions[0].cache.readers[0].external_id = "#": string should match pattern '
            "'^[A-Za-z0-9_+=,.@:/-]{2,1224}$'; expected: external id that the account has "
            "to send"
        ),
    ),
    Case(
        "a reader account of a cache that is off",
        VALID + "[regions.cache]\nenabled = false\n" + reader("10.80.0.0/16"),
        (
            'regions[0].cache.readers = ["444455556666"]: accounts cannot read through a '
            "cache that is off; turn the cache on, or remove its readers"
        ),
    ),
    Case(
        "a reader account in an existing VPC without cache route tables",
        VALID + VPC + reader("10.80.0.0/16"),
        (
            "regions[0].vpc.cache_route_tables = []: reader accounts need a route in the "
            "cache subnets; name the route tables of the cache subnets"
        ),
    ),
    Case(
        "an unknown key inside a Region",
        VALID + 'cdir = "10.64.0.0/16"\n',
        ('regions[0].cdir = "10.64.0.0/16": unknown key; did you mean cidr?'),
    ),
    Case(
        "missing Regions",
        PROJECT,
        ("regions: missing; add it: where to deploy; exactly one Region is home"),
    ),
    Case(
        "a Region without a name",
        PROJECT + "[[regions]]\nhome = true\n",
        ("regions[0].name: missing; add it: Region code, e.g. eu-west-1"),
    ),
]

"""Every mistake in `baseline.toml` is told in one line: file, key, value, problem, remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from stacks.configuration import Configuration, ConfigurationError, load_configuration
from tests.conftest import TODAY

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

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
        "a dax.r3 node",
        VALID + '[cache]\nnode_type = "dax.r3.large"\n',
        (
            'cache.node_type = "dax.r3.large": dax.r3 nodes cannot encrypt at rest; use '
            '"dax.t3.small" or "dax.r5.large"'
        ),
    ),
    Case(
        "an unknown node type",
        VALID + '[cache]\nnode_type = "cache.t3.small"\n',
        ('cache.node_type = "cache.t3.small": not a DAX node type; use one of ' + NODE_TYPES),
    ),
    Case(
        "a cluster name that is too long",
        VALID + '[cache]\nname = "cruddur-messages-cache"\n',
        (
            'cache.name = "cruddur-messages-cache": a cluster name has at most 20 '
            "characters, this one has 22; shorten it"
        ),
    ),
    Case(
        "a cluster name with an account id",
        VALID + '[cache]\nname = "dax-111122223333"\n',
        (
            'cache.name = "dax-111122223333": a cluster name appears in public certificate '
            "logs, and this one holds an account id; leave the number out"
        ),
    ),
    Case(
        "a cluster name that starts with a digit",
        VALID + '[cache]\nname = "1st-cache"\n',
        (
            'cache.name = "1st-cache": a cluster name starts with a letter and has letters,'
            ' digits and single hyphens; write it like "messages-cache"'
        ),
    ),
    Case(
        "a cluster name with two hyphens",
        VALID + '[cache]\nname = "my--cache"\n',
        (
            'cache.name = "my--cache": a cluster name starts with a letter and has letters,'
            ' digits and single hyphens; write it like "messages-cache"'
        ),
    ),
    Case(
        "a project that is too long",
        VALID.replace("cruddur", "cruddur-direct-messages"),
        (
            'project = "cruddur-direct-messages": string should have at most 20 characters;'
            " expected: prefix of every name: 2 to 20 lower-case letters, digits and "
            "hyphens"
        ),
    ),
    Case(
        "a project with an account id, which names the cluster",
        VALID.replace("cruddur", "p111122223333"),
        (
            'project = "p111122223333": a cluster name appears in public certificate logs, '
            "and this one holds an account id (the cache is named after the project); leave"
            " the number out, or name the cache in cache.name"
        ),
    ),
    Case(
        "a project in capitals",
        VALID.replace("cruddur", "Cruddur"),
        (
            "project = \"Cruddur\": string should match pattern '^[a-z](-?[a-z0-9])+$'; "
            "expected: prefix of every name: 2 to 20 lower-case letters, digits and hyphens"
        ),
    ),
    Case(
        "an item time to live below its bounds",
        VALID + "[cache]\nitem_ttl_seconds = 0\n",
        (
            "cache.item_ttl_seconds = 0: input should be greater than or equal to 1; "
            "expected: how long an item is served without asking the table, 1 to 300 s"
        ),
    ),
    Case(
        "an item time to live above its bounds",
        VALID + "[cache]\nitem_ttl_seconds = 301\n",
        (
            "cache.item_ttl_seconds = 301: input should be less than or equal to 300; "
            "expected: how long an item is served without asking the table, 1 to 300 s"
        ),
    ),
    Case(
        "a query time to live above its bounds",
        VALID + "[cache]\nquery_ttl_seconds = 86400\n",
        (
            "cache.query_ttl_seconds = 86400: input should be less than or equal to 300; "
            "expected: how long a query result is served without asking, 1 to 300 s"
        ),
    ),
    Case(
        "a time to live as a fraction",
        VALID + "[cache]\nitem_ttl_seconds = 5.0\n",
        (
            "cache.item_ttl_seconds = 5.0: input should be a valid integer; expected: how "
            "long an item is served without asking the table, 1 to 300 s"
        ),
    ),
    Case(
        "too many nodes",
        VALID + "[cache]\nnodes = 12\n",
        (
            "cache.nodes = 12: input should be less than or equal to 11; expected: nodes, 1"
            " to 11; three survive the loss of a zone"
        ),
    ),
    Case(
        "a malformed maintenance window",
        VALID + '[cache]\nmaintenance_window = "Sunday"\n',
        (
            'cache.maintenance_window = "Sunday": string should match pattern '
            "'^(mon|tue|wed|thu|fri|sat|sun):[0-2][0-9]:[0-5][0-9]-(mon|tue|wed|thu|fri|sat|sun):[0-2][0-9]:[0-5][0-9]$';"
            ' expected: weekly window in UTC, e.g. "sun:03:00-sun:04:00"'
        ),
    ),
    Case(
        "an exemption with a wildcard",
        VALID + exemption(arn="arn:aws:iam::111122223333:role/*"),
        (
            'access.exemptions[0].arn = "arn:aws:iam::111122223333:role/*": a wildcard '
            "would let in whoever creates a matching principal; name one role or user "
            "exactly"
        ),
    ),
    Case(
        "an exemption with a one-letter wildcard",
        VALID + exemption(arn="arn:aws:iam::111122223333:role/op?"),
        (
            'access.exemptions[0].arn = "arn:aws:iam::111122223333:role/op?": a wildcard '
            "would let in whoever creates a matching principal; name one role or user "
            "exactly"
        ),
    ),
    Case(
        "an exemption that is no ARN",
        VALID + exemption(arn="operations"),
        (
            'access.exemptions[0].arn = "operations": not the ARN of a role or user (a '
            "session ARN never matches aws:PrincipalArn); write it as "
            '"arn:aws:iam::111122223333:role/NAME"'
        ),
    ),
    Case(
        "an exemption of a whole account",
        VALID + exemption(arn="arn:aws:iam::111122223333:root"),
        (
            'access.exemptions[0].arn = "arn:aws:iam::111122223333:root": not the ARN of a '
            "role or user (a session ARN never matches aws:PrincipalArn); write it as "
            '"arn:aws:iam::111122223333:role/NAME"'
        ),
    ),
    Case(
        "an exemption of a session",
        VALID + exemption(arn="arn:aws:sts::111122223333:assumed-role/operations/me"),
        (
            "access.exemptions[0].arn = "
            '"arn:aws:sts::111122223333:assumed-role/operations/me": not the ARN of a role '
            "or user (a session ARN never matches aws:PrincipalArn); write it as "
            '"arn:aws:iam::111122223333:role/NAME"'
        ),
    ),
    Case(
        "an exemption with a short account id",
        VALID + exemption(arn="arn:aws:iam::11112222333:role/operations"),
        (
            'access.exemptions[0].arn = "arn:aws:iam::11112222333:role/operations": not the'
            " ARN of a role or user (a session ARN never matches aws:PrincipalArn); write "
            'it as "arn:aws:iam::111122223333:role/NAME"'
        ),
    ),
    Case(
        "an exemption with digits of another script",
        VALID
        + exemption(
            arn="arn:aws:iam::\u0661\u0661\u0661\u0661\u0662\u0662\u0662\u06623333:role/operations"
        ),
        (
            "access.exemptions[0].arn = "
            '"arn:aws:iam::\\u0661\\u0661\\u0661\\u0661\\u0662\\u0662\\u0662\\u06623333:role/operations":'
            " not the ARN of a role or user (a session ARN never matches aws:PrincipalArn);"
            ' write it as "arn:aws:iam::111122223333:role/NAME"'
        ),
    ),
    Case(
        "an exemption with a space",
        VALID + exemption(arn="arn:aws:iam::111122223333:role/oper ations"),
        (
            'access.exemptions[0].arn = "arn:aws:iam::111122223333:role/oper ations": not '
            "the ARN of a role or user (a session ARN never matches aws:PrincipalArn); "
            'write it as "arn:aws:iam::111122223333:role/NAME"'
        ),
    ),
    Case(
        "an exemption without a name",
        VALID + exemption(arn="arn:aws:iam::111122223333:role/"),
        (
            'access.exemptions[0].arn = "arn:aws:iam::111122223333:role/": not the ARN of a'
            " role or user (a session ARN never matches aws:PrincipalArn); write it as "
            '"arn:aws:iam::111122223333:role/NAME"'
        ),
    ),
    Case(
        "an exemption without a reason",
        VALID + '[[access.exemptions]]\narn = "arn:aws:iam::111122223333:role/operations"\n',
        (
            "access.exemptions[0].reason: missing; add it: why, in words that would "
            "convince an auditor (10 characters or more)"
        ),
    ),
    Case(
        "an exemption with a lazy reason",
        VALID + exemption().replace("moves data out of the old table", "needed"),
        (
            'access.exemptions[0].reason = "needed": string should have at least 10 '
            "characters; expected: why, in words that would convince an auditor (10 "
            "characters or more)"
        ),
    ),
    Case(
        "an exemption named twice",
        VALID + exemption() + exemption(),
        (
            'access.exemptions = "arn:aws:iam::111122223333:role/operations": named twice; '
            "name it once"
        ),
    ),
    Case(
        "an exemption that expired yesterday",
        VALID + exemption(more="expires = 2026-11-21\n"),
        (
            'access.exemptions[0].expires = "2026-11-21": the exemption of '
            "arn:aws:iam::111122223333:role/operations has expired; remove it, or renew it "
            "with a date that is still to come"
        ),
    ),
    Case(
        "an exemption with a malformed date",
        VALID + exemption(more='expires = "tomorrow"\n'),
        (
            'access.exemptions[0].expires = "tomorrow": input should be a valid date or '
            "datetime, input is too short; expected: last day, e.g. 2030-01-31; the policy "
            "denies it from the next day on"
        ),
    ),
    Case(
        "a reader that is neither ARN nor name",
        VALID + '[access]\nreaders = ["read er"]\n',
        (
            'access.readers[0] = "read er": neither the ARN of an existing role nor a name '
            "for a new one; write an ARN, or at most 20 letters, digits and hyphens, "
            "starting with a letter"
        ),
    ),
    Case(
        "a reader in another script",
        VALID + '[access]\nreaders = ["leser\u00e9"]\n',
        (
            'access.readers[0] = "leser\\u00e9": neither the ARN of an existing role nor a '
            "name for a new one; write an ARN, or at most 20 letters, digits and hyphens, "
            "starting with a letter"
        ),
    ),
    Case(
        "a reader named twice",
        VALID + '[access]\nreaders = ["app", "app"]\n',
        ('access.readers = "app": named twice; name it once'),
    ),
    Case(
        "a role that is reader and writer",
        VALID + '[access]\nreaders = ["app"]\nwriters = ["app"]\n',
        ('access.writers = "app": named twice; name it once'),
    ),
    Case(
        "an unknown interface endpoint",
        VALID + '[access]\ninterface_endpoints = ["s3"]\n',
        (
            "access.interface_endpoints[0] = \"s3\": input should be 'dynamodb', "
            "'dynamodb-streams' or 'dax'; expected: interface endpoints to add; the gateway"
            " endpoint is always there"
        ),
    ),
    Case(
        "a trusted service that is none",
        VALID + '[access]\ntrusted_services = ["*"]\n',
        (
            'access.trusted_services[0] = "*": string should match pattern '
            "'^[a-z0-9-]+\\.amazonaws\\.com$'; expected: compute services that the created "
            "roles are for"
        ),
    ),
    Case(
        "an empty deploy list",
        VALID + "[administration]\ndeploy = []\n",
        (
            "administration.deploy = []: nobody could repair the policy of the table, or "
            "deploy again; name a role, or leave the key out for CDK's execution role"
        ),
    ),
    Case(
        "a deploy role with a wildcard",
        VALID + '[administration]\ndeploy = ["arn:aws:iam::111122223333:role/cdk-*"]\n',
        (
            'administration.deploy[0] = "arn:aws:iam::111122223333:role/cdk-*": a wildcard '
            "would let in whoever creates a matching principal; name one role or user "
            "exactly"
        ),
    ),
    Case(
        "a malformed bootstrap qualifier",
        VALID + '[administration]\nbootstrap_qualifier = "TOOLONG-QUALIFIER"\n',
        (
            'administration.bootstrap_qualifier = "TOOLONG-QUALIFIER": string should '
            "match pattern '^[a-z0-9]{1,10}$'; expected: qualifier of `cdk bootstrap`, 1 to"
            " 10 lower-case letters or digits"
        ),
    ),
    Case(
        "a partition key that is no attribute",
        VALID + '[table]\npartition_key = "id"\n',
        (
            'table.partition_key = "id": a key that is no attribute; add id = "S" to '
            "table.attributes"
        ),
    ),
    Case(
        "a sort key that is no attribute",
        VALID + '[table]\nsort_key = "created"\n',
        (
            'table.sort_key = "created": a key that is no attribute; add created = "S" to '
            "table.attributes"
        ),
    ),
    Case(
        "an index key that is no attribute",
        VALID + '[[table.indexes]]\nname = "by-author"\npartition_key = "author"\n',
        (
            'table.indexes[0].partition_key = "author": a key that is no attribute; add '
            'author = "S" to table.attributes'
        ),
    ),
    Case(
        "an attribute that is no key",
        VALID + '[table.attributes]\npk = "S"\nsk = "S"\nmessage_group_uuid = "S"\nbody = "S"\n',
        (
            'table.attributes.body = "S": DynamoDB declares key attributes only, and this '
            "one is in no key; remove it, or use it in a key"
        ),
    ),
    Case(
        "an attribute of an unknown type",
        VALID + '[table.attributes]\npk = "string"\n',
        (
            "table.attributes.pk = \"string\": input should be 'S', 'N' or 'B'; expected: "
            "key attributes and their types"
        ),
    ),
    Case(
        "two indexes with one name",
        VALID + '[[table.indexes]]\nname = "idx"\npartition_key = "message_group_uuid"\n' * 2,
        (
            'table.indexes[1].name = "idx": two indexes have this name; give every index a '
            "name of its own"
        ),
    ),
    Case(
        "a table name that is too short",
        VALID + '[table]\nname = "t"\n',
        (
            "table.name = \"t\": string should match pattern '^[A-Za-z0-9_.-]{3,255}$'; "
            "expected: table name, the same in every Region"
        ),
    ),
    Case(
        "too many recovery days",
        VALID + "[table]\nrecovery_days = 36\n",
        (
            "table.recovery_days = 36: input should be less than or equal to 35; expected: "
            "days of point-in-time recovery, 1 to 35"
        ),
    ),
    Case(
        "a least capacity above the most",
        VALID + "[table.provisioned]\nread_min = 200\n",
        (
            "table.provisioned.read_min = 200: the least is above the most (100); set it to"
            " 100 or less, or raise read_max"
        ),
    ),
    Case(
        "a target that autoscaling refuses",
        VALID + "[table.provisioned]\ntarget_percent = 95\n",
        (
            "table.provisioned.target_percent = 95: input should be less than or equal to "
            "90; expected: utilization to scale at, 20 to 90 percent"
        ),
    ),
    Case(
        "a stream that nobody could read",
        VALID + '[table]\nstream = "NEW_IMAGE"\n',
        (
            'table.stream = "NEW_IMAGE": the gateway endpoint does not carry DynamoDB '
            'Streams, so nobody could read it; add "dynamodb-streams" to '
            "access.interface_endpoints, or exempt its consumer"
        ),
    ),
    Case(
        "an unknown stream view",
        VALID + '[table]\nstream = "ALL"\n',
        (
            "table.stream = \"ALL\": input should be 'KEYS_ONLY', 'NEW_IMAGE', 'OLD_IMAGE' "
            "or 'NEW_AND_OLD_IMAGES'; expected: what the stream carries; left out: no "
            "stream"
        ),
    ),
    Case(
        "an account id without 12 digits",
        'account = "1234"\n' + VALID,
        (
            "account = \"1234\": string should match pattern '^[0-9]{12}$'; expected: the "
            "only account to deploy to, 12 digits in quotes; left out: the one of the "
            "credentials"
        ),
    ),
    Case(
        "an account id as a number",
        "account = 111122223333\n" + VALID,
        (
            "account = 111122223333: input should be a valid string; expected: the only "
            "account to deploy to, 12 digits in quotes; left out: the one of the "
            "credentials"
        ),
    ),
    Case(
        "an unknown key with a near match",
        'projct = "x"\n' + VALID,
        ('projct = "x": unknown key; did you mean project?'),
    ),
    Case(
        "an unknown key with nothing near",
        "zzz = 1\n" + VALID,
        (
            "zzz = 1: unknown key; remove it; known here: access, account, administration, "
            "audit, cache, checks, project, regions, table, tags"
        ),
    ),
    Case(
        "an unknown key inside a Region",
        VALID + 'cdir = "10.64.0.0/16"\n',
        ('regions[0].cdir = "10.64.0.0/16": unknown key; did you mean cidr?'),
    ),
    Case(
        "an unknown section",
        VALID + "[tables]\n",
        ("tables = {}: unknown key; did you mean table?"),
    ),
    Case(
        "a key with a line break",
        '"pro\\nject" = 1\n' + VALID,
        ("pro\\nject = 1: unknown key; did you mean project?"),
    ),
    Case(
        "a number of thousands of digits",
        "zzz = 0x" + "f" * 5000 + "\n" + VALID,
        (
            "zzz = (a number of thousands of digits): unknown key; remove it; known here: "
            "access, account, administration, audit, cache, checks, project, regions, "
            "table, tags"
        ),
    ),
    Case(
        "a missing project",
        HOME,
        (
            "project: missing; add it: prefix of every name: 2 to 20 lower-case letters, "
            "digits and hyphens"
        ),
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
    Case(
        "a project of the wrong type",
        VALID.replace('"cruddur"', "1"),
        (
            "project = 1: input should be a valid string; expected: prefix of every name: 2"
            " to 20 lower-case letters, digits and hyphens"
        ),
    ),
    Case(
        "a section of the wrong type",
        "table = 1\n" + VALID,
        ("table = 1: input should be a table; expected: the table"),
    ),
    Case(
        "a number as a string",
        VALID + '[table]\nrecovery_days = "35"\n',
        (
            'table.recovery_days = "35": input should be a valid integer; expected: days of'
            " point-in-time recovery, 1 to 35"
        ),
    ),
    Case(
        "tags of the wrong type",
        VALID + "[tags]\nowner = 1\n",
        ("tags.owner = 1: input should be a valid string; expected: tags of every resource"),
    ),
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


@pytest.mark.parametrize(
    ("document", "message"),
    [pytest.param(case.document, case.message, id=case.sentence) for case in CASES],
)
def test_a_mistake_is_told_in_one_line(document: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "baseline.toml"
    path.write_text(document, encoding="utf-8")

    with pytest.raises(ConfigurationError) as refusal:
        load_configuration(path, today=TODAY)

    assert str(refusal.value) == f"{path}: {message}"
    assert "\n" not in str(refusal.value)


def test_two_mistakes_are_told_in_two_lines(tmp_path: Path) -> None:
    path = tmp_path / "baseline.toml"
    path.write_text(VALID + "[cache]\nnodes = 12\n[table]\nrecovery_days = 0\n", encoding="utf-8")

    with pytest.raises(ConfigurationError) as refusal:
        load_configuration(path, today=TODAY)

    table, cache = str(refusal.value).splitlines()
    assert table.startswith(f"{path}: table.recovery_days = 0: ")
    assert cache.startswith(f"{path}: cache.nodes = 12: ")


def test_a_missing_file_is_told_with_the_option_that_names_another(tmp_path: Path) -> None:
    path = tmp_path / "elsewhere.toml"

    with pytest.raises(ConfigurationError) as refusal:
        load_configuration(path, today=TODAY)

    assert str(refusal.value) == f"{path}: no such file; name another one with -c config=PATH"


def test_a_folder_is_told_as_unreadable(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        load_configuration(tmp_path, today=TODAY)

    assert str(refusal.value) == f"{tmp_path}: cannot be read: Is a directory"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        pytest.param(
            b'project = "cruddur\n',
            "Illegal character '\\n' (at line 1, column 19)",
            id="malformed",
        ),
        pytest.param(
            b'project = "cruddur\xff"\n',
            "'utf-8' codec can't decode byte 0xff in position 18: invalid start byte",
            id="not UTF-8",
        ),
        pytest.param(
            b"x = 1" + b"0" * 5000,
            "Exceeds the limit (4300 digits) for integer string conversion: value has 5001 digits; "
            "use sys.set_int_max_str_digits() to increase the limit",
            id="an endless number",
        ),
        pytest.param(b"x = " + b"[" * 5000, "maximum recursion depth exceeded", id="deep nesting"),
    ],
)
def test_what_is_no_toml_is_told_in_one_line(content: bytes, problem: str, tmp_path: Path) -> None:
    path = tmp_path / "baseline.toml"
    path.write_bytes(content)

    with pytest.raises(ConfigurationError) as refusal:
        load_configuration(path, today=TODAY)

    assert str(refusal.value).startswith(f"{path}: not a TOML file: {problem}")
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("expires", ["2026-11-22", "2026-11-23", "2030-01-31"])
def test_an_exemption_is_valid_through_its_last_day(
    expires: str, configure: Callable[[str], Configuration]
) -> None:
    configuration = configure(VALID + exemption(more=f"expires = {expires}\n"))

    assert str(configuration.access.exemptions[0].expires) == expires


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:iam::111122223333:role/operations",
        "arn:aws:iam::111122223333:user/people/ops/alice@example.com",
        "arn:aws-cn:iam::111122223333:role/service-role/nightly-export",
        "arn:aws-us-gov:iam::111122223333:role/operations",
    ],
)
def test_an_exemption_names_one_role_or_user_in_any_partition(
    arn: str, configure: Callable[[str], Configuration]
) -> None:
    configuration = configure(VALID + exemption(arn=arn))

    assert configuration.access.exemptions[0].arn == arn


@pytest.mark.parametrize(
    "more",
    [
        '[access]\ninterface_endpoints = ["dynamodb-streams"]\n',
        exemption(),
    ],
    ids=["an interface endpoint", "an exemption"],
)
def test_a_stream_needs_a_way_to_read_it(
    more: str, configure: Callable[[str], Configuration]
) -> None:
    configuration = configure(f'{VALID}[table]\nstream = "NEW_IMAGE"\n{more}')

    assert configuration.table.stream is not None

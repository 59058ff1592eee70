"""Names in the recorded account, and how its policies are told."""

from __future__ import annotations

import json
from typing import Any, Final

ACCOUNT: Final = "111122223333"
REGION: Final = "eu-west-1"
VPC, SUBNET, MAIN, TABLE_OF_ROUTES = "vpc-0aaaaaaaa", "subnet-0aaaaaaaa", "rtb-0aaaaaaaa", "rtb-0b"
GATEWAY, STREAMS = "vpce-0aaaaaaaa", "vpce-0bbbbbbbb"
PREFIX_LIST, PEERING = "pl-0aaaaaaaa", "pcx-0aaaaaaaa"
DEFAULT_GROUP, GROUP = "sg-0aaaaaaaa", "sg-0bbbbbbbb"
KEY: Final = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"
TABLE: Final = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/orders"
STREAM: Final = f"{TABLE}/stream/2026-11-22T00:00:00.000"
TRAIL: Final = f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/audit"
PLAN: Final = f"arn:aws:backup:{REGION}:{ACCOUNT}:backup-plan:daily"
FUNCTION: Final = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:consumer"
POLICY: Final = f"arn:aws:organizations::{ACCOUNT}:policy/o-exampleorgid/service_control_policy/p-1"
REMOVED: Final = f"arn:aws:iam::{ACCOUNT}:role/removed"
READER: Final = f"arn:aws:iam::{ACCOUNT}:role/reader"
CACHE_ROLE: Final = f"arn:aws:iam::{ACCOUNT}:role/cache"
AWS_POLICY: Final = "arn:aws:iam::aws:policy/SampleReadOnly"
WHEN: Final = "2026-11-22T00:00:00Z"


def statement(effect: str, action: object, resource: object = "*", **more: object) -> str:
    """Return a policy of one statement as AWS tells it: text."""
    one = {"Effect": effect, "Action": action, "Resource": resource, **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [one]})


def role(name: str, service: str, document: str | None = None) -> dict[str, Any]:
    """Return a role that a service may assume."""
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}}
    inline = [{"PolicyName": "inline", "PolicyDocument": json.loads(document)}] if document else []
    return {
        "RoleName": name,
        "Arn": f"arn:aws:iam::{ACCOUNT}:role/{name}",
        "Path": "/",
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
        "RolePolicyList": inline,
        "AttachedManagedPolicies": [],
    }

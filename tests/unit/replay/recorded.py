"""Recorded events in the shapes of DynamoDB's documentation."""

import itertools
from collections.abc import Mapping
from typing import Any

Record = dict[str, Any]

ACCOUNT = "444455556666"
STRANGER = "111122223333"
ENDPOINT = "vpce-0a1b2c3d4e5f60718"
ADDRESS = "203.0.113.7"

_numbers = itertools.count()


def role(name: str = "etl", account: str = ACCOUNT, session: str = "nightly") -> Record:
    """Return the userIdentity of a role's session."""
    last = name.rpartition("/")[2]
    return {
        "type": "AssumedRole",
        "principalId": f"AROAIDPPEZS35WEXAMPLE:{session}",
        "arn": f"arn:aws:sts::{account}:assumed-role/{last}/{session}",
        "accountId": account,
        "accessKeyId": "ASIAEXAMPLE",
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "principalId": "AROAIDPPEZS35WEXAMPLE",
                "arn": f"arn:aws:iam::{account}:role/{name}",
                "accountId": account,
                "userName": last,
            },
            "attributes": {"mfaAuthenticated": "false", "creationDate": "2026-11-01T00:00:00Z"},
        },
    }


def record(
    name: str = "GetItem",
    identity: Mapping[str, object] | None = None,
    parameters: Mapping[str, object] | None = None,
    **fields: object,
) -> Record:
    """Return a data event as DynamoDB's documentation shows it, with some fields replaced."""
    number = next(_numbers)
    return {
        "eventVersion": "1.11",
        "userIdentity": role() if identity is None else identity,
        "eventTime": "2026-11-01T12:00:00Z",
        "eventSource": "dynamodb.amazonaws.com",
        "eventName": name,
        "awsRegion": "eu-west-1",
        "sourceIPAddress": ADDRESS,
        "userAgent": "aws-cli/2",
        "requestParameters": {"tableName": "messages"} if parameters is None else parameters,
        "responseElements": None,
        "requestID": f"request-{number}",
        "eventID": f"event-{number}",
        "readOnly": True,
        "resources": [
            {
                "accountId": ACCOUNT,
                "type": "AWS::DynamoDB::Table",
                "ARN": f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/messages",
            }
        ],
        "eventType": "AwsApiCall",
        "managementEvent": False,
        "recipientAccountId": ACCOUNT,
        "eventCategory": "Data",
        "tlsDetails": {"tlsVersion": "TLSv1.3"},
        **fields,
    }


def inside(
    name: str = "GetItem",
    identity: Mapping[str, object] | None = None,
    parameters: Mapping[str, object] | None = None,
    **fields: object,
) -> Record:
    """Return an event that came through an endpoint."""
    came = {"vpcEndpointId": ENDPOINT, "sourceIPAddress": "10.0.0.5"}
    return record(name, identity, parameters, **{**came, **fields})

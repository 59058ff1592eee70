"""What went wrong, in one line that says what to do."""

from __future__ import annotations

from typing import Final

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ReadTimeoutError,
)

_CREDENTIALS: Final = "the credentials are {}; renew them, then try again"
_BUSY: Final = "the table is throttled; try again in a moment"
_DENIED_OUTSIDE: Final = (
    "the table answers only inside its VPC: run this there, with the reader or the writer role"
)
_DENIED: Final = {
    "ListTables": "listing tables takes dynamodb:ListTables, which the reader and writer roles do "
    "not have: use a role that has it",
    "ListUsers": "listing users takes cognito-idp:ListUsers, and a way to Cognito: use a role that "
    "has it, or --users FILE",
}
_BY_CODE: Final = {
    "ExpiredToken": _CREDENTIALS.format("expired"),
    "ExpiredTokenException": _CREDENTIALS.format("expired"),
    "InvalidSignatureException": _CREDENTIALS.format("not right"),
    "UnrecognizedClientException": _CREDENTIALS.format("not known to AWS"),
    "ProvisionedThroughputExceededException": _BUSY,
    "RequestLimitExceeded": _BUSY,
    "ThrottlingException": _BUSY,
    "TooManyRequestsException": "Cognito throttles; try again in a moment",
    "TransactionInProgressException": "somebody writes the same items; try again in a moment",
}


def explain(error: ClientError | BotoCoreError) -> str:
    """Say in one line what an error of AWS means here.

    Args:
        error: what boto3 or the client of DAX raised.
    """
    if isinstance(error, ClientError):
        return _of_service(error)
    if isinstance(error, (NoCredentialsError, PartialCredentialsError)):
        return (
            "no credentials; use a role, aws configure or AWS_PROFILE (a local DynamoDB takes "
            "any: AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local)"
        )
    if isinstance(error, NoRegionError):
        return "no Region; give --region, or set AWS_REGION"
    if isinstance(error, (ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError)):
        url = error.kwargs.get("endpoint_url", "the endpoint")
        return f"{url} does not answer; check --endpoint-url, --region and the way there"
    return str(error)


def _of_service(error: ClientError) -> str:
    answer = error.response.get("Error", {})
    code, message = answer.get("Code", ""), answer.get("Message", "")
    if code in _BY_CODE:
        return _BY_CODE[code]
    if code == "ResourceNotFoundException" and error.operation_name != "ListUsers":
        return (
            f"the table or its index is not here ({message}); check --table and --region, deploy "
            "the stack, or run load-schema for a local DynamoDB"
        )
    if code == "AccessDeniedException":
        return f"access denied ({message}); {_DENIED.get(error.operation_name, _DENIED_OUTSIDE)}"
    if code == "TransactionCanceledException":
        reasons = {reason.get("Code") for reason in error.response.get("CancellationReasons", [])}
        if "TransactionConflict" in reasons:
            return _BY_CODE["TransactionInProgressException"]
        if reasons & {"ThrottlingError", "ProvisionedThroughputExceeded"}:
            return _BUSY
    return f"{error.operation_name or 'the cache'} failed: {code}: {message}"

"""An account in answers: one for every call that may be made, in the shapes of botocore's models.

Every list has at least two things, of which the last one counts: whoever reads the first page only
misses it.
"""

from __future__ import annotations

from typing import Any, Final

from tests.live.reader.recorded_audit import AUDIT
from tests.live.reader.recorded_data import DATA, TABLES
from tests.live.reader.recorded_network import NETWORK

ANSWERS: Final[dict[str, dict[str, Any]]] = {**DATA, **NETWORK, **AUDIT}


def answer(operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """Return what the account answers.

    Args:
        operation: service and operation, e.g. ``kms:DescribeKey``.
        parameters: of the call.
    """
    if operation == "dynamodb:DescribeTable":
        return {"Table": TABLES[parameters["TableName"]]}
    return ANSWERS[operation]

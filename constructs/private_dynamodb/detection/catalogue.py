"""The ordered list of all alerts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from private_dynamodb.detection.access_alerts import ACCESS_ALERTS
from private_dynamodb.detection.audit_alerts import AUDIT_ALERTS
from private_dynamodb.detection.network_alerts import NETWORK_ALERTS
from private_dynamodb.detection.table_alerts import TABLE_ALERTS

if TYPE_CHECKING:
    from private_dynamodb.detection.alert import Alert

ALERTS: Final[tuple[Alert, ...]] = (
    *TABLE_ALERTS,
    *ACCESS_ALERTS,
    *NETWORK_ALERTS,
    *AUDIT_ALERTS,
)
"""Every alert, in the order in which they are listed."""

"""Who changed what guards the data, and who was refused: alerts within minutes."""

from private_dynamodb.detection.access_analyzer import ExternalAccessAnalyzer
from private_dynamodb.detection.alert import Alert, Thing
from private_dynamodb.detection.cache_alarms import CacheAlarms
from private_dynamodb.detection.catalogue import ALERTS
from private_dynamodb.detection.event_rules import PerimeterAlerts, Reach
from private_dynamodb.detection.log_alarms import TrailAlarms
from private_dynamodb.detection.watched import Named, Watched

__all__ = [
    "ALERTS",
    "Alert",
    "CacheAlarms",
    "ExternalAccessAnalyzer",
    "Named",
    "PerimeterAlerts",
    "Reach",
    "Thing",
    "TrailAlarms",
    "Watched",
]

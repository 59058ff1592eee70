"""Faults of the trail: what it records, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.live.faults.fault import TABLE, Fault, also

if TYPE_CHECKING:
    from tests.live.emulation.account import Account
    from tests.live.faults.fault import Change

AREA: Final = "trail"
TRAIL: Final = "Audit/Trail/Trail"
BUCKET: Final = "Audit/Trail/Bucket/Logs"
GATEWAY: Final = "Network/Network/DynamoDbEndpoint"
DATA: Final = "trail-ddb-data-events"
STREAMS: Final = "trail-ddb-stream-events"
ACTIVITY: Final = "trail-ddb-network-activity"


def _stop(account: Account) -> None:
    account.client("cloudtrail").stop_logging(Name=account.id(TRAIL))


def _delete(account: Account) -> None:
    account.client("cloudtrail").delete_trail(Name=account.id(TRAIL))


def _selecting(*positions: int, **narrower: object) -> Change:
    """Keep some selectors, each narrowed by one more field if told."""

    def change(account: Account) -> None:
        cloudtrail = account.client("cloudtrail")
        answer = cloudtrail.get_event_selectors(TrailName=account.id(TRAIL))
        selectors = [answer["AdvancedEventSelectors"][each] for each in positions]
        if narrower:
            selectors[0]["FieldSelectors"].append(narrower)
        cloudtrail.put_event_selectors(
            TrailName=account.id(TRAIL), AdvancedEventSelectors=selectors
        )

    return change


def _updating(**settings: object) -> Change:
    def change(account: Account) -> None:
        account.client("cloudtrail").update_trail(Name=account.id(TRAIL), **settings)

    return change


def _unblock(account: Account) -> None:
    account.client("s3").delete_public_access_block(Bucket=account.id(BUCKET))


def _share(account: Account) -> None:
    account.client("s3").put_bucket_acl(Bucket=account.id(BUCKET), ACL="authenticated-read")


FAULTS: Final = (
    Fault("the trail is stopped", "trail-is-logging", TRAIL, _stop, also(DATA, STREAMS, ACTIVITY)),
    Fault(
        "the trail is deleted", "trail-is-logging", TABLE, _delete, also(DATA, STREAMS, ACTIVITY)
    ),
    Fault("nobody records what is read", DATA, TABLE, _selecting(0, 2, 3)),
    Fault("nobody records reads of the stream", STREAMS, TABLE, _selecting(0, 3), also(DATA)),
    Fault("nobody records what the endpoint refuses", ACTIVITY, GATEWAY, _selecting(0, 1, 2)),
    Fault(
        "the trail records changes alone",
        "trail-multi-region",
        TRAIL,
        _selecting(0, 1, 2, 3, Field="readOnly", Equals=["false"]),
    ),
    Fault(
        "the trail sees one Region",
        "trail-multi-region",
        TRAIL,
        _updating(IsMultiRegionTrail=False),
    ),
    Fault(
        "log files are not validated",
        "trail-validation",
        TRAIL,
        _updating(EnableLogFileValidation=False),
    ),
    Fault("the trail's bucket may become public", "trail-bucket-private", BUCKET, _unblock),
    Fault(
        "the trail's bucket is readable for everybody who signs in",
        "trail-bucket-private",
        BUCKET,
        _share,
    ),
)

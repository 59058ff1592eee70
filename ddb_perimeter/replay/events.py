"""A recorded call of DynamoDB, read from the record that CloudTrail wrote.

Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
and https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/understanding-ddb-log-entries.html
"""

from __future__ import annotations

import enum
import hashlib
import ipaddress
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ddb_perimeter.replay.calls import Call, calls
from ddb_perimeter.replay.identities import Recorded, recorded

if TYPE_CHECKING:
    from collections.abc import Mapping

SOURCE: Final = "dynamodb.amazonaws.com"
_ENDPOINT: Final = re.compile(r"vpce-[0-9a-f]{8,17}", re.ASCII)
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d", re.ASCII)
_DENIED: Final = frozenset({"AccessDenied", "AccessDeniedException"})
_PRIVATE: Final = tuple(
    ipaddress.ip_network(block)
    for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
)


class Skipped(enum.Enum):
    """Why a record says nothing about access to a table."""

    OTHER = "of other services, or no API calls"
    TABLELESS = "about no table"
    UNREADABLE = "not readable"


@dataclass(frozen=True, slots=True)
class Origin:
    """From where a call came, as it is recorded.

    Args:
        endpoint: id of the VPC endpoint, or empty.
        owner: account of that endpoint, where it is recorded.
        address: IP address, or empty where the record has none.
        service: the AWS service that stands in the place of an address, or empty.
    """

    endpoint: str = ""
    owner: str = ""
    address: str = ""
    service: str = ""

    @property
    def private(self) -> bool:
        """Say whether the address is a private one, which only an endpoint carries."""
        if not self.address:
            return False
        address = ipaddress.ip_address(self.address)
        return any(address in block for block in _PRIVATE if block.version == address.version)

    def __str__(self) -> str:
        """Tell the origin without its address, so that alike ones look alike."""
        if self.endpoint:
            return f"endpoint {self.endpoint}"
        if self.service:
            return self.service
        return "an endpoint that is not recorded" if self.private else "the internet"


@dataclass(frozen=True, slots=True)
class Event:
    """One recorded call.

    Args:
        caller: who made it.
        origin: from where.
        calls: what it asked for; never empty.
        tls: whether it used TLS; None where the record does not say.
        mfa: whether the session was authenticated with a second factor; None likewise.
        time: when, as ISO 8601 in UTC; empty where the record does not say.
        denied: whether it was denied already.
    """

    caller: Recorded
    origin: Origin
    calls: tuple[Call, ...]
    tls: bool | None
    mfa: bool | None
    time: str
    denied: bool


def read_event(record: object) -> Event | Skipped:
    """Read one record.

    Args:
        record: as `records.read` yields it.
    """
    if not isinstance(record, dict):
        return Skipped.UNREADABLE
    source, name = record.get("eventSource"), record.get("eventName")
    if not isinstance(source, str) or not isinstance(name, str):
        return Skipped.UNREADABLE
    if source != SOURCE or record.get("eventType", "AwsApiCall") != "AwsApiCall":
        return Skipped.OTHER
    asked = calls(record)
    if not asked:
        return Skipped.TABLELESS
    caller = recorded(record.get("userIdentity"))
    time = record.get("eventTime")
    found = _TIME.match(time) if isinstance(time, str) else None
    origin = _origin(record, caller.service)
    return Event(
        caller=caller,
        origin=origin,
        calls=asked,
        tls=_tls(record, origin),
        mfa=_mfa(record.get("userIdentity")),
        time=found[0].replace(" ", "T") + "Z" if found else "",
        denied=str(record.get("errorCode")) in _DENIED,
    )


def fingerprint(record: object) -> tuple[bytes, ...]:
    """Return what tells a record from others: its event id, and the id that accounts share.

    Args:
        record: as `records.read` yields it.
    """
    if not isinstance(record, dict):
        return ()
    ids = (record.get("eventID"), record.get("sharedEventID"))
    return tuple(
        hashlib.blake2b(id_.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        for id_ in ids
        if isinstance(id_, str) and id_
    )


def _origin(record: Mapping[str, object], service: str) -> Origin:
    endpoint, owner = record.get("vpcEndpointId"), record.get("vpcEndpointAccountId")
    source = record.get("sourceIPAddress")
    text = source if isinstance(source, str) else ""
    try:
        address = str(ipaddress.ip_address(text))
    except ValueError:
        address = ""
    known = isinstance(endpoint, str) and _ENDPOINT.fullmatch(endpoint)
    return Origin(
        endpoint=str(endpoint) if known else "",
        owner=owner if isinstance(owner, str) else "",
        address=address,
        service="" if known or (address and not service) else service or text or "nowhere recorded",
    )


def _tls(record: Mapping[str, object], origin: Origin) -> bool | None:
    """Say whether a call used TLS: what the record says, and calls of AWS services do."""
    details = record.get("tlsDetails")
    if isinstance(details, dict) and details.get("tlsVersion"):
        return True
    return True if origin.service.endswith(".amazonaws.com") else None


def _mfa(identity: object) -> bool | None:
    context = identity.get("sessionContext") if isinstance(identity, dict) else None
    attributes = context.get("attributes") if isinstance(context, dict) else None
    told = attributes.get("mfaAuthenticated") if isinstance(attributes, dict) else None
    return {"true": True, "false": False}.get(told) if isinstance(told, str) else None

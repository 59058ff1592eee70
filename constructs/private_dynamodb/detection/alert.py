"""What an alert is: what sets it off, what it means, how to look and how to repair.

One alert is the source of the EventBridge rules and CloudWatch alarms that detect it, of the
message that somebody gets, and of its page in `docs/runbooks`.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from typing import TypeAlias

_SLUG = re.compile(r"[a-z]+(-[a-z]+)+")


class Thing(enum.Enum):
    """What a call can be about, named when the alerts are deployed."""

    TABLE = "the table, its indexes, its stream and its backups"
    VAULT = "the backup vault"
    CLUSTER = "the DAX cluster"
    GROUP = "the security groups"
    KEY = "the keys"
    PROJECT = "whatever is named after the project"
    ROLE = "the roles that reach the data, or may repair what guards it"
    BREAK_GLASS = "the roles that get in on purpose"


@dataclass(frozen=True, slots=True)
class Calls:
    """API calls that CloudTrail tells EventBridge about.

    Args:
        service: the service as in its event source, e.g. ``dynamodb``.
        names: names of the calls.
        where: request parameters, as dotted paths, and the thing that one of them has to name;
            empty: whatever the call is about.
        shows: further request parameters that the message shows.
    """

    service: str
    names: tuple[str, ...]
    where: tuple[tuple[str, Thing], ...] = ()
    shows: tuple[str, ...] = ()

    @property
    def parameters(self) -> tuple[str, ...]:
        """Return the request parameters that the message shows."""
        return (*(path for path, _ in self.where), *self.shows)


class Records(enum.Enum):
    """Records of the trail that a metric filter counts, in the home Region for all Regions."""

    ENDPOINT_REFUSED = "CloudTrail records network activity events with VpceAccessDenied"
    TABLE_REFUSED = "CloudTrail records data events of the table or its stream with AccessDenied"
    BREAK_GLASS = "CloudTrail records that such a role is assumed, in whichever Region"
    NONE = "the trail has delivered nothing to its log group for an hour"


@dataclass(frozen=True, slots=True)
class CacheErrors:
    """Requests that the DAX cluster answered with an error.

    Args:
        metric: the metric in ``AWS/DAX``.
        threshold: how many in five minutes are worth telling.
        what: what is counted.
    """

    metric: str
    threshold: int
    what: str


@dataclass(frozen=True, slots=True)
class ExternalAccess:
    """Active findings of IAM Access Analyzer."""


Signal: TypeAlias = Calls | Records | CacheErrors | ExternalAccess


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a runbook.

    Args:
        text: what to do, and why.
        commands: how, as shell commands.
    """

    text: str
    commands: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing that somebody is told about.

    Args:
        id: slug, and name of the runbook's file.
        title: what happened, in one line.
        meaning: what it may mean for the data.
        signals: what sets it off.
        look: how to find out what happened.
        repair: how to set it right.
        controls: ids of the controls that may be broken now.
        deployed: whether the deployment role does this too, which is then told as expected.
        services_do_it: whether service-linked roles do this routinely, which is then not told.
    """

    id: str
    title: str
    meaning: str
    signals: tuple[Signal, ...]
    look: tuple[Step, ...]
    repair: tuple[Step, ...]
    controls: tuple[str, ...] = ()
    deployed: bool = True
    services_do_it: bool = False

    def __post_init__(self) -> None:
        """Refuse an alert that has no page, or that nothing sets off."""
        if not _SLUG.fullmatch(self.id):
            raise ValueError(f"alert id {self.id!r}: use lower-case words joined by hyphens")
        if not (self.signals and self.look and self.repair):
            raise ValueError(f"alert {self.id}: say what sets it off, how to look and to repair")

    @property
    def runbook(self) -> str:
        """Return the page of this alert, from the root of the repository."""
        return f"docs/runbooks/{self.id}.md"

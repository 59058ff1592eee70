"""CloudTrail trails as controls see them: what each records, however its selectors are written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ddb_perimeter.inventory.resource import as_flag, as_list, look_up
from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ddb_perimeter.inventory.inventory import Inventory
    from ddb_perimeter.inventory.resource import Resource

TRAIL: Final = "AWS::CloudTrail::Trail"

READS: Final = "reads"
WRITES: Final = "writes"
EVERYTHING: Final = frozenset({READS, WRITES})

_MODES: Final = {
    "All": EVERYTHING,
    "ReadOnly": frozenset({READS}),
    "WriteOnly": frozenset({WRITES}),
}
_OPERATORS: Final[dict[str, tuple[Callable[[str, str], bool], bool]]] = {
    "Equals": (str.__eq__, True),
    "StartsWith": (str.startswith, True),
    "EndsWith": (str.endswith, True),
    "NotEquals": (str.__eq__, False),
    "NotStartsWith": (str.startswith, False),
    "NotEndsWith": (str.endswith, False),
}
_READ_ONLY: Final = {"true": READS, "false": WRITES}
_REQUIRED: Final = frozenset({"eventCategory", "resources.type"})
_LINKED_ROLES: Final = "AWSServiceRoleFor"


@dataclass(frozen=True, slots=True)
class Asked:
    """An event that a selector may record.

    Args:
        values: what its fields are, e.g. ``{"eventCategory": "Data"}``; a field that is not
            here differs from event to event.
    """

    values: dict[str, str]


@dataclass(frozen=True, slots=True)
class Record:
    """What selectors record of some events.

    Args:
        modes: reads and writes that are certainly recorded.
        doubts: what cannot be told, and may record more.
        narrowed: why selectors that are about these events do not record them all.
    """

    modes: frozenset[str] = frozenset()
    doubts: tuple[Unknown, ...] = ()
    narrowed: tuple[str, ...] = ()

    def __or__(self, other: Record) -> Record:
        """Return what both record together."""
        return Record(
            self.modes | other.modes, self.doubts + other.doubts, self.narrowed + other.narrowed
        )


@dataclass(frozen=True, slots=True)
class Trail:
    """A trail.

    Args:
        resource: what declares it.
    """

    resource: Resource

    @property
    def logging(self) -> bool | Unknown:
        """Return whether it is on."""
        return self.resource.flag("IsLogging")

    @property
    def multi_region(self) -> bool | Unknown:
        """Return whether it records every Region."""
        return self.resource.flag("IsMultiRegionTrail")

    def watches(self, region: object, account: str) -> bool:
        """Return whether it records a Region of an account at all, or may do so.

        Args:
            region: Region code.
            account: account id.
        """
        organization = self.resource.flag("IsOrganizationTrail")
        if self.resource.account != account and organization is False:
            return False
        return self.resource.region == region or self.multi_region is not False

    def management_events(self) -> Record:
        """Return which management events it records, and what it leaves out of them."""
        advanced = self.resource.items("AdvancedEventSelectors")
        if isinstance(advanced, Unknown) or advanced:
            asked = Asked({"eventCategory": "Management"})
            return _advanced(advanced, asked, ignored=frozenset({"eventSource"}))
        basic = self.resource.items("EventSelectors")
        if isinstance(basic, Unknown):
            return Record(doubts=(basic,))
        record = Record() if basic else Record(EVERYTHING)
        for selector in basic:
            included = as_flag(look_up(selector, "IncludeManagementEvents"), default=True)
            if included is not False:
                record |= _basic_mode(selector, included=included)
        return record

    def excluded_sources(self) -> Iterator[tuple[str, object]]:
        """Yield services whose management events it leaves out, each with where it says so."""
        basic = self.resource.items("EventSelectors")
        for position, selector in enumerate(basic if isinstance(basic, list) else []):
            name = "ExcludeManagementEventSources"
            values = as_list(look_up(selector, name))
            for value in [values] if isinstance(values, Unknown) else values:
                yield f"EventSelectors[{position}].{name}", value
        advanced = self.resource.items("AdvancedEventSelectors")
        for position, selector in enumerate(advanced if isinstance(advanced, list) else []):
            fields = as_list(look_up(selector, "FieldSelectors"))
            fields = [] if isinstance(fields, Unknown) else fields
            category = [f for f in fields if look_up(f, "Field") == "eventCategory"]
            if not any("Management" in _texts(look_up(f, "Equals")) for f in category):
                continue
            for place, field in enumerate(fields):
                if look_up(field, "Field") != "eventSource":
                    continue
                for operator in _OPERATORS:
                    values = as_list(look_up(field, operator))
                    for value in [values] if isinstance(values, Unknown) else values:
                        where = f"AdvancedEventSelectors[{position}].FieldSelectors[{place}]"
                        yield where, value

    def data_events(self, type_: str, arn: str) -> Record:
        """Return which data events of a resource it records.

        Args:
            type_: e.g. ``AWS::DynamoDB::Table``.
            arn: the resource's ARN.
        """
        advanced = self.resource.items("AdvancedEventSelectors")
        if isinstance(advanced, Unknown) or advanced:
            fields = {"eventCategory": "Data", "resources.type": type_, "resources.ARN": arn}
            return _advanced(advanced, Asked({**fields, "eventSource": "dynamodb.amazonaws.com"}))
        basic = self.resource.items("EventSelectors")
        if isinstance(basic, Unknown):
            return Record(doubts=(basic,))
        record = Record()
        for selector in basic:
            resources = as_list(look_up(selector, "DataResources"))
            if isinstance(resources, Unknown):
                record |= Record(doubts=(resources,))
                continue
            for data in resources:
                record |= _basic_data(selector, data, type_, arn)
        return record

    def network_activity(self, source: str, error: str, endpoint: str) -> Record:
        """Return whether it records what an endpoint refuses.

        Args:
            source: e.g. ``dynamodb.amazonaws.com``.
            error: e.g. ``VpceAccessDenied``.
            endpoint: id of the endpoint.
        """
        fields = {"eventCategory": "NetworkActivity", "eventSource": source, "errorCode": error}
        asked = Asked({**fields, "vpcEndpointId": endpoint})
        return _advanced(self.resource.items("AdvancedEventSelectors"), asked)


def trails(inventory: Inventory) -> list[Trail]:
    """Return every trail.

    Args:
        inventory: where to look.
    """
    return [Trail(resource) for resource in inventory.of_type(TRAIL)]


def _basic_mode(selector: object, *, included: bool | Unknown = True) -> Record:
    mode = look_up(selector, "ReadWriteType", "All")
    for doubt in (included, mode):
        if isinstance(doubt, Unknown):
            return Record(doubts=(doubt,))
    modes = _MODES.get(str(mode), frozenset())
    narrowed = () if modes == EVERYTHING else (f"ReadWriteType is {mode}",)
    return Record(modes, narrowed=narrowed)


def _basic_data(selector: object, data: object, type_: str, arn: str) -> Record:
    kind = look_up(data, "Type")
    if isinstance(kind, Unknown):
        return Record(doubts=(kind,))
    if kind != type_:
        return Record()
    values = as_list(look_up(data, "Values"))
    if isinstance(values, Unknown):
        return Record(doubts=(values,))
    every = ":".join(arn.split(":")[:3])
    if any(value in {arn, every} for value in values if isinstance(value, str)):
        return _basic_mode(selector)
    return Record(doubts=tuple(value for value in values if isinstance(value, Unknown)))


def _advanced(
    selectors: list[object] | Unknown, asked: Asked, *, ignored: frozenset[str] = frozenset()
) -> Record:
    if isinstance(selectors, Unknown):
        return Record(doubts=(selectors,))
    record = Record()
    for selector in selectors:
        record |= _selector(selector, asked, ignored)
    return record


def _selector(selector: object, asked: Asked, ignored: frozenset[str]) -> Record:
    """Return what one advanced selector records: all of its fields have to agree."""
    fields = as_list(look_up(selector, "FieldSelectors"))
    if isinstance(fields, Unknown):
        return Record(doubts=(fields,))
    if not _REQUIRED.intersection(asked.values) <= {str(look_up(f, "Field")) for f in fields}:
        return Record()
    total = Record(EVERYTHING)
    for field in fields:
        record = _field(field, asked, ignored)
        if record is None:
            return Record()
        modes = total.modes & record.modes
        total = Record(modes, total.doubts + record.doubts, total.narrowed + record.narrowed)
    return Record(frozenset(), total.doubts) if total.doubts else total


def _field(field: object, asked: Asked, ignored: frozenset[str]) -> Record | None:
    """Return what one field lets pass; None when it lets none of the events pass."""
    name = look_up(field, "Field")
    if not isinstance(name, str):
        return Record(doubts=(name if isinstance(name, Unknown) else Unknown("Field", "no text"),))
    if name == "readOnly":
        values = _texts(look_up(field, "Equals"))
        modes = frozenset(mode for text, mode in _READ_ONLY.items() if text in values)
        narrowed = () if modes == EVERYTHING else (f"readOnly is {', '.join(sorted(values))}",)
        return Record(modes, narrowed=narrowed)
    answer = _agrees(field, asked.values.get(name), tolerant=name == "userIdentity.arn")
    if isinstance(answer, Unknown):
        return Record(doubts=(answer,))
    if answer or name in ignored:
        return Record(EVERYTHING)
    return None if name in asked.values else Record(narrowed=(f"{name} is limited",))


def _agrees(field: object, value: str | None, *, tolerant: bool) -> bool | Unknown:
    """Return whether a field selector lets a value pass; of a value that varies, whether any."""
    for operator, (test, wanted) in _OPERATORS.items():
        given = as_list(look_up(field, operator))
        if isinstance(given, Unknown):
            return given
        if not given:
            continue
        doubt = next((item for item in given if isinstance(item, Unknown)), None)
        texts = [str(item) for item in given]
        if value is None:
            harmless = tolerant and not wanted and all(_LINKED_ROLES in text for text in texts)
            if not harmless:
                return False
            continue
        met = any(
            test(value, t)
            for t, item in zip(texts, given, strict=True)
            if not isinstance(item, Unknown)
        )
        if met is wanted and (wanted or doubt is None):
            continue
        if doubt is not None and met is False:
            return doubt
        return False
    return True


def _texts(value: object) -> set[str]:
    values = as_list(value)
    if isinstance(values, Unknown):
        return set()
    return {str(item).lower() if isinstance(item, bool) else str(item) for item in values}

"""AWS Config's recorder: without it, no rule has anything to judge."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ddb_perimeter.controls.control import broken, control, holds, unresolved
from ddb_perimeter.findings import Severity
from ddb_perimeter.inventory.tables import TABLE_TYPES, tables
from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ddb_perimeter.controls.control import Judgment, Judgments
    from ddb_perimeter.controls.perimeter import Perimeter
    from ddb_perimeter.inventory import Inventory, Resource

_RECORDER: Final = "AWS::Config::ConfigurationRecorder"
_CHANNEL: Final = "AWS::Config::DeliveryChannel"
_TABLE: Final = "AWS::DynamoDB::Table"
_RECORDED: Final = (
    _TABLE,
    "AWS::EC2::RouteTable",
    "AWS::EC2::SecurityGroup",
    "AWS::EC2::VPCEndpoint",
    "AWS::KMS::Key",
)


@control(
    id="config-recorder-all",
    title="AWS Config records tables and what guards them",
    severity=Severity.HIGH,
    why="Rules judge what is recorded and nothing else: a recorder without tables reports that "
    "all of them comply.",
    source="https://docs.aws.amazon.com/config/latest/developerguide/select-resources.html",
    fix="Record all supported types, or at least "
    f"{', '.join(_RECORDED)}, with a delivery channel beside the recorder; declare one that "
    'exists elsewhere with existing = ["recorder"] in [perimeter].',
    types=(*TABLE_TYPES, _RECORDER, _CHANNEL),
)
def recorder_covers_all(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    """Judge each recorder, and each table in a Region that none records."""
    recorders = inventory.of_type(_RECORDER)
    for recorder in recorders:
        yield from list(_unrecorded(inventory, recorder)) or [holds(recorder.subject())]
    places = {(recorder.region, recorder.account) for recorder in recorders}
    for table in tables(inventory):
        if "recorder" in perimeter.existing or (table.region, table.resource.account) in places:
            yield holds(table.subject())
        else:
            yield broken(
                table.subject(),
                f"No configuration recorder in what was checked records {table.region}.",
            )


def _unrecorded(inventory: Inventory, recorder: Resource) -> Iterator[Judgment]:
    """Yield what keeps a recorder from recording what counts."""
    subject = recorder.subject()
    started = recorder.flag("StartedOnCreate", default=True)
    evidence = recorder.evidence("Properties.StartedOnCreate")
    if isinstance(started, Unknown):
        yield unresolved(subject, "StartedOnCreate", started, evidence=evidence)
    elif not started:
        yield broken(subject, "StartedOnCreate is false, so nothing starts it.", evidence=evidence)
    place = (recorder.region, recorder.account)
    if place not in {(c.region, c.account) for c in inventory.of_type(_CHANNEL)}:
        yield broken(
            subject, "Its Region has no delivery channel in what was checked, so it cannot start."
        )
    types = _types(recorder)
    group = recorder.evidence("Properties.RecordingGroup")
    if isinstance(types, Unknown):
        yield unresolved(subject, "RecordingGroup", types, evidence=group)
        return
    lacking = [type_ for type_ in _RECORDED if not types(type_)]
    if lacking:
        yield broken(subject, f"It does not record {', '.join(lacking)}.", evidence=group)


def _types(recorder: Resource) -> Callable[[str], bool] | Unknown:
    """Return what tells whether a recorder records a type; left out, it records all."""
    group = recorder.at("RecordingGroup")
    if group is None:
        return lambda _: True
    every = recorder.flag("RecordingGroup.AllSupported")
    strategy = recorder.at("RecordingGroup.RecordingStrategy.UseOnly")
    listed = recorder.items("RecordingGroup.ResourceTypes")
    excluded = recorder.items("RecordingGroup.ExclusionByResourceTypes.ResourceTypes")
    written = [
        item
        for types in (listed, excluded)
        for item in ([types] if isinstance(types, Unknown) else types)
    ]
    for value in (group, every, strategy, *written):
        if isinstance(value, Unknown):
            return value
    if strategy == "EXCLUSION_BY_RESOURCE_TYPES" or (excluded and strategy is None):
        return lambda type_: type_ not in written
    if every is True or strategy == "ALL_SUPPORTED_RESOURCE_TYPES":
        return lambda _: True
    return lambda type_: type_ in written

"""Reads one Region: its tables, and what they depend on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from ddb_perimeter.inventory.caches import CLUSTER
from ddb_perimeter.inventory.iam import ROLE, USER
from ddb_perimeter.inventory.live import calls
from ddb_perimeter.inventory.live.backups import (
    read_plan,
    read_vault,
    target_vaults,
    vaults_of,
)
from ddb_perimeter.inventory.live.caches import cache_vpcs, read_caches
from ddb_perimeter.inventory.live.exports import (
    exports_of,
    list_exports,
    read_export,
    with_exports,
)
from ddb_perimeter.inventory.live.functions import mapping, read_function
from ddb_perimeter.inventory.live.identities import read_access_keys
from ddb_perimeter.inventory.live.keys import key_arns, read_key, with_keys
from ddb_perimeter.inventory.live.names import read_resolver_rules, read_zones
from ddb_perimeter.inventory.live.network import Networks
from ddb_perimeter.inventory.live.recording import CHANNEL, read_recording
from ddb_perimeter.inventory.live.scope import client_vpcs, named_in
from ddb_perimeter.inventory.live.tables import (
    Insights,
    read_capacity,
    read_table,
    table_names,
)
from ddb_perimeter.inventory.live.trails import own_buckets, read_bucket, read_trails
from ddb_perimeter.inventory.resource import Resource
from ddb_perimeter.inventory.tables import TABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from concurrent.futures import Future

    from ddb_perimeter.inventory.live.identities import Identities
    from ddb_perimeter.inventory.live.place import Place


Given = ParamSpec("Given")
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Region:
    """What was read of one Region.

    Args:
        tables: names of its tables.
        resources: the tables, and what they depend on.
        identities: who reaches them.
    """

    tables: tuple[str, ...] = ()
    resources: tuple[Resource, ...] = ()
    identities: tuple[Resource, ...] = ()


def read_region(place: Place, wanted: tuple[str, ...], known: Future[Identities]) -> Region:
    """Read a Region; one without tables costs a single call.

    Args:
        place: the Region.
        wanted: names of the only tables that count; empty for all.
        known: every identity of the account, when they are told.
    """
    names = table_names(place, wanted)
    if not names:
        return Region()
    return _Reader(place, names, narrow=bool(wanted)).read(known)


class _Reader:
    """Reads what does not depend on one another side by side, in two waves."""

    def __init__(self, place: Place, names: list[str], *, narrow: bool) -> None:
        self.place = place
        self.names = names
        self.narrow = narrow
        self.start = place.requests.start

    def read(self, known: Future[Identities]) -> Region:
        """Return what was read.

        Args:
            known: every identity of the account, when they are told.
        """
        place, start = self.place, self.start
        listed_exports = start(list_exports, place)
        insights = Insights.read(place)
        found_tables = [start(read_table, place, name, insights) for name in self.names]
        found_caches = start(read_caches, place)
        found_networks = [start(read) for read in Networks.reads(place)]
        found_functions = start(place.list, calls.LIST_FUNCTIONS)
        found_mappings = start(place.list, calls.LIST_EVENT_SOURCE_MAPPINGS)
        found_trails = start(read_trails, place)
        found_plans = start(place.list, calls.LIST_BACKUP_PLANS)
        found_recording = self._all(read_recording, place)
        found_capacity = self._all(read_capacity, place)

        tables = [table for each in found_tables if (table := each.result()) is not None]
        found_keys = {arn: start(read_key, place, arn) for arn in key_arns(place, tables)}
        listed = listed_exports.result()
        found_exports = {arn: start(read_export, place, arn) for arn in exports_of(tables, listed)}
        found_points = [start(vaults_of, place, table.arn or "") for table in tables]
        plans = _joined([start(read_plan, place, each) for each in found_plans.result()])
        networks = Networks(place, dict(each.result() for each in found_networks))
        identities = known.result()
        caches = self._own(found_caches.result(), tables, identities)
        vpcs = client_vpcs(tables, networks.endpoints(), cache_vpcs(caches))
        found_inside = self._all(networks.inside, vpcs)
        found_zones = self._all(read_zones, place, sorted(vpcs))
        found_rules = self._all(read_resolver_rules, place, vpcs)
        trails, recording = found_trails.result(), found_recording.result()
        buckets = start(own_buckets, place, [*trails, *recording])
        channels = [each for each in recording if each.type == CHANNEL]
        for arn in key_arns(place, [*trails, *channels]):
            found_keys.setdefault(arn, start(read_key, place, arn))
        vaults = dict.fromkeys([*target_vaults(plans), *_joined(found_points)])
        found_vaults = [start(read_vault, place, name) for name in vaults]
        found_buckets = [self._all(read_bucket, place, name) for name in buckets.result()]

        keys = {arn: each.result() for arn, each in found_keys.items()}
        exports = {arn: each.result() for arn, each in found_exports.items()}
        resources: list[Resource] = [
            *(with_exports(with_keys(table, keys), listed, exports) for table in tables),
            *(key for key in keys.values() if isinstance(key, Resource)),
            *caches,
            *found_inside.result(),
            *found_zones.result(),
            *found_rules.result(),
            *plans,
            *(vault.result() for vault in found_vaults),
            *trails,
            *recording,
            *_joined(found_buckets),
            *found_capacity.result(),
        ]
        data = [each.arn for each in resources if each.arn and each.type in {TABLE, CLUSTER}]
        who = list(identities.that_matter(named_in(resources), data))
        roles = {each.arn for each in who if each.type == ROLE}
        functions = [
            self._all(read_function, place, each)
            for each in found_functions.result()
            if each.get("Role") in roles
        ]
        found_access_keys = self._all(
            read_access_keys, place, [each for each in who if each.type == USER]
        )
        streams = {table.attribute("StreamArn") for table in tables} - {None}
        resources += (
            mapping(place, each)
            for each in found_mappings.result()
            if each.get("EventSourceArn") in streams
        )
        resources += _joined([*functions, found_access_keys])
        return Region(tuple(self.names), tuple(resources), tuple(who))

    def _all(
        self, read: Callable[Given, Iterable[Resource]], *args: Given.args, **kwargs: Given.kwargs
    ) -> Future[list[Resource]]:
        """Start reading several resources that are told one by one."""
        return self.start(lambda: list(read(*args, **kwargs)))

    def _own(
        self, found: list[Resource], tables: list[Resource], identities: Identities
    ) -> list[Resource]:
        """Return the clusters that may serve one of the tables, with their groups."""
        if not self.narrow:
            return found
        arns = [table.arn for table in tables if table.arn]
        own = [
            each
            for each in found
            if each.type == CLUSTER and identities.may_reach(each.at("IAMRoleARN"), arns)
        ]
        named = {
            each.at(name) for each in own for name in ("SubnetGroupName", "ParameterGroupName")
        }
        return [*own, *(each for each in found if each.type != CLUSTER and each.physical in named)]


def _joined(found: Iterable[Future[list[Made]]]) -> list[Made]:
    """Return what several tasks told, one after the other."""
    return [each for task in found for each in task.result()]

"""Reads a live account into the inventory that templates give, by read-only calls."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from botocore.exceptions import BotoCoreError, ProfileNotFound

from ddb_perimeter.inventory.errors import InputError
from ddb_perimeter.inventory.inventory import Gap, Inventory
from ddb_perimeter.inventory.live import calls
from ddb_perimeter.inventory.live.identities import Identities
from ddb_perimeter.inventory.live.organization import read_policies
from ddb_perimeter.inventory.live.place import Place, told
from ddb_perimeter.inventory.live.region import Region, read_region
from ddb_perimeter.inventory.live.requests import Requests
from ddb_perimeter.inventory.live.sessions import reading_session
from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    import boto3

    from ddb_perimeter.inventory.resource import Resource

Progress: TypeAlias = "Callable[[str], object]"
"""Is told the name of each Region as soon as it has been read."""

_FIRST: Final = "us-east-1"
_PARTITION: Final = 1  # field of an ARN
_TYPES: Final = frozenset(type_ for call in calls.CALLS for type_ in call.types)


@dataclass(frozen=True, slots=True)
class Account:
    """An account as it is now: a system with a single scenario.

    Args:
        id: account id.
        regions: the Regions that were read, in the order in which they were asked for.
        inventory: what exists there.
        calls: number of API calls by Region.
        tables: names of the tables that count, also of those that nobody may look at.
    """

    id: str
    regions: tuple[str, ...]
    inventory: Inventory
    calls: Mapping[str, int]
    tables: frozenset[str] = frozenset()

    def scenarios(self, types: frozenset[str]) -> Iterator[Inventory]:
        """Yield the one inventory; an account has no conditions.

        Args:
            types: ignored: everything was read.
        """
        del types
        yield self.inventory


def open_session(profile: str | None = None) -> boto3.Session:
    """Return a session of boto3 whose clients know the declared operations alone.

    Args:
        profile: a profile of the user's AWS configuration; None for the usual credentials.

    Raises:
        InputError: there is no such profile, or the configuration cannot be read.
    """
    try:
        session = reading_session(profile)
        _ = session.available_profiles  # boto3 reads its files when it is asked
    except ProfileNotFound as error:
        named = f"--profile {profile}" if profile else f"AWS_PROFILE {error.kwargs['profile']}"
        raise InputError.at(named, "is not in the AWS configuration", "name one that is") from error
    except BotoCoreError as error:
        raise InputError.at(
            "AWS configuration", f"cannot be used: {error}", "repair it, or name another --profile"
        ) from error
    return session


def choose_regions(
    session: boto3.Session, named: Sequence[str], *, every: bool = False
) -> tuple[str, ...]:
    """Return the Regions to read: those that are named, else every enabled one or the session's.

    Args:
        session: whose credentials are used.
        named: Region codes.
        every: take all enabled Regions, also those that boto3 is too old to know.

    Raises:
        InputError: no Region is told, one is not enabled, or nobody may say which are.
    """
    first = next(iter(named), session.region_name or (_FIRST if every else ""))
    if not first:
        raise InputError.at("Region", "none is told", "name one with --region, or --all-regions")
    available = set(_available(session))
    for region in named:
        if region not in available:
            raise InputError.at(
                f"--region {region}", "is no Region with DynamoDB", "name one such as eu-west-1"
            )
    requests = Requests(session)
    try:
        found = requests.items(calls.DESCRIBE_REGIONS, first, "the account", {})
    finally:
        requests.close()
    if isinstance(found, Unknown):
        if not every:
            return tuple(dict.fromkeys(named)) or (first,)
        raise InputError.at(
            "--all-regions", f"nobody said which are enabled: {found.why}", "name them by --region"
        )
    enabled = [str(each["RegionName"]) for each in found]
    if every:
        return tuple(sorted(enabled))
    chosen = tuple(dict.fromkeys(named)) or (first,)
    for region in chosen:
        if region not in enabled:
            raise InputError.at(
                f"Region {region}", "is not enabled in the account", "enable it, or leave it out"
            )
    return chosen


def _available(session: boto3.Session) -> Iterator[str]:
    for partition in session.get_available_partitions():
        yield from session.get_available_regions("dynamodb", partition_name=partition)


def read_account(
    session: boto3.Session,
    regions: Sequence[str],
    *,
    tables: Sequence[str] = (),
    progress: Progress | None = None,
) -> Account:
    """Read the tables of some Regions, and what they depend on, by read-only calls.

    What nobody may look at is a gap of the inventory, or an unknown value in it: no error.

    Args:
        session: whose credentials sign the calls.
        regions: Region codes, at least one.
        tables: names of the only tables that count; empty for all.
        progress: is told each Region as soon as it has been read.

    Raises:
        InputError: the credentials are no good, or there is no such table.
    """
    requests = Requests(session)
    try:
        account = _read(requests, tuple(dict.fromkeys(regions)), tuple(tables), progress)
    except BaseException:
        requests.close()
        raise
    requests.close(wait=True)  # whoever judges with a second process can have no other thread
    return account


def _read(
    requests: Requests, regions: tuple[str, ...], tables: tuple[str, ...], progress: Progress | None
) -> Account:
    caller = _caller(requests, regions[0])
    partition = str(caller["Arn"]).split(":")[_PARTITION]
    places = [Place(requests, region, str(caller["Account"]), partition) for region in regions]
    home = places[0]
    with ThreadPoolExecutor(len(places), "region") as threads:
        identities = requests.start(Identities.read, home)
        policies = requests.start(lambda: list(read_policies(home)))
        reading = {
            threads.submit(read_region, place, tables, identities): place for place in places
        }
        for done in as_completed(reading):
            done.result()
            if progress is not None:
                progress(reading[done].region)
        found = [each.result() for each in reading]
        resources = _together(found, policies.result())
        identities.result()
    gaps = tuple(gap for place in places for gap in place.gaps)
    _demand_tables(found, tables, regions, gaps)
    hidden = frozenset(type_ for gap in gaps for type_ in gap.types)
    inventory = Inventory(resources, gaps=gaps, complete=_TYPES - hidden)
    names = frozenset(name for region in found for name in region.tables)
    return Account(home.account, regions, inventory, dict(requests.made), names)


def _caller(requests: Requests, region: str) -> dict[str, Any]:
    """Return who asks."""
    answer = requests.answer(calls.GET_CALLER_IDENTITY, region, "the account", {})
    if answer is None or isinstance(answer, Unknown):
        why = told(answer, "why") if answer is None else answer.why
        raise InputError.at("AWS account", f"cannot be asked: {why}", "check network and Region")
    return answer


def _together(found: Iterable[Region], policies: Iterable[Resource]) -> Iterator[Resource]:
    """Yield everything that was read, each thing once: trails and identities have no Region."""
    seen: set[tuple[str, str]] = set()
    home = ""
    for region in found:
        if region.tables:
            home = home or next((each.region for each in region.resources), "")
        for each in region.resources:
            key = (each.type, each.arn or "")
            if not each.arn or key not in seen:
                seen.add(key)
                yield each
        for each in region.identities:
            key = (each.type, each.arn or "")
            if key not in seen:
                seen.add(key)
                yield replace(each, region=home)
    yield from policies


def _demand_tables(
    found: Iterable[Region], wanted: Sequence[str], regions: Sequence[str], gaps: Sequence[Gap]
) -> None:
    """Refuse an account in which there is nothing to judge, unless nobody could look."""
    names = {name for region in found for name in region.tables}
    missing = [name for name in wanted if name not in names]
    if any(calls.LIST_TABLES.types <= gap.types for gap in gaps) or not (missing or not names):
        return
    where = ", ".join(regions)
    if missing:
        raise InputError.at(
            f"--table {missing[0]}", f"there is no such table in {where}", "check name and Region"
        )
    raise InputError.at(where, "there is no table", "name another --region")

"""Times `ddb-perimeter verify` as an account grows: prints what was measured as JSON.

The account is the baseline in memory (`tests/live/emulation`), asked once. From then on every call
takes the latency that AWS would, and is answered with what was said about the one Region and its
one table, under the name of the Region and table that is asked about.
"""

from __future__ import annotations

import json
import re
import sys
import threading
import time
import tracemalloc
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from unittest.mock import patch

from botocore.client import BaseClient

from ddb_perimeter import processes
from ddb_perimeter.controls import catalogue
from ddb_perimeter.controls.perimeter import Perimeter
from ddb_perimeter.inventory.account import open_session, read_account
from tests.live.emulation.account import ACCOUNT, HOME, emulated, settle
from tests.live.emulation.creators.catalogue import CREATORS
from tests.live.emulation.deployment import Deployment
from tests.live.emulation.stubs import session

if TYPE_CHECKING:
    from collections.abc import Callable

LATENCY: Final = 0.1  # seconds that a call takes
REGIONS: Final = (
    HOME, "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "sa-east-1",
    "eu-west-1", "eu-west-2", "eu-west-3", "eu-central-1", "eu-north-1",
    "ap-south-1", "ap-southeast-1", "ap-southeast-2",
    "ap-northeast-1", "ap-northeast-2", "ap-northeast-3",
)  # fmt: skip
"""The Regions that every account has enabled."""

TABLE_COUNTS: Final = (1, 10, 100, 1000)
PAGE: Final = 100  # names that ListTables returns at a time
TABLE: Final = "cruddur-messages"
_ID: Final = re.compile(r"\b[a-z]{2,10}-[0-9a-f]{17}\b")
_NAMED: Final = re.compile(rf"{TABLE}-\d{{4}}")


@dataclass(slots=True)
class Far:
    """Answers for many Regions and tables with what one account in memory said.

    Args:
        tables: names of the tables of each Region.
        latency: seconds that a call takes.
        known: answers by service, operation and parameters.
        ids: ids of the one Region by those of others.
    """

    tables: tuple[str, ...] = (TABLE,)
    latency: float = 0.0
    known: dict[tuple[str, str, str], Any] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    _lock: Any = field(default_factory=threading.RLock)
    _ask: Any = BaseClient._make_api_call  # noqa: SLF001 - all calls pass here

    def answer(self, client: Any, name: str, parameters: dict[str, Any]) -> Any:  # noqa: ANN401 - botocore's
        """Answer one call, after a while."""
        time.sleep(self.latency)
        if name == "ListTables":
            return self._page(parameters)
        service, region = client.meta.service_model.service_name, client.meta.region_name
        region = region if region in REGIONS else HOME  # some services have none
        asked = _NAMED.search(repr(parameters))
        table = asked[0] if asked else TABLE
        plain = _changed(parameters, lambda text: self._home(text, region, table))
        key = (service, name, repr(plain))
        with self._lock:  # moto answers one at a time, and may ask itself
            if key not in self.known:
                home = session().client(service, region_name=HOME)
                self.known[key] = self._known(self._ask(home, name, plain), service)
        if service == "iam":
            return self.known[key]
        return _changed(self.known[key], lambda text: self._away(text, region, table))

    def _known(self, answer: dict[str, Any], service: str) -> dict[str, Any]:
        """Return what is said, of identities for all Regions at once."""
        if service != "iam":
            return answer
        everywhere = [
            _changed(answer, lambda text, region=region: self._away(text, region, TABLE))  # type: ignore[misc]
            for region in REGIONS
        ]
        found = dict(answer)
        for kind in ("RoleDetailList", "Policies"):
            each = {item["Arn"]: item for one in everywhere for item in one[kind]}
            found[kind] = list(each.values())
        return found

    def _away(self, text: str, region: str, table: str) -> str:
        """Say the same of another Region and table: ids are of one Region only."""
        number = f"{REGIONS.index(region):02x}"

        def elsewhere(found: re.Match[str]) -> str:
            there = f"{found[0][:-2]}{number}"
            self.ids[there] = found[0]
            return there

        return _ID.sub(elsewhere, text).replace(TABLE, table).replace(HOME, region)

    def _home(self, text: str, region: str, table: str) -> str:
        """Undo that."""
        plain = text.replace(table, TABLE).replace(region, HOME)
        return _ID.sub(lambda found: self.ids.get(found[0], found[0]), plain)

    def _page(self, parameters: dict[str, Any]) -> dict[str, Any]:
        last = parameters.get("ExclusiveStartTableName")
        start = self.tables.index(last) + 1 if last else 0
        names = list(self.tables[start : start + PAGE])
        more = start + PAGE < len(self.tables)
        return {"TableNames": names, **({"LastEvaluatedTableName": names[-1]} if more else {})}


def _changed(value: Any, change: Callable[[str], str]) -> Any:  # noqa: ANN401 - any part of an answer
    """Return a value with its texts changed."""
    match value:
        case str():
            return change(value)
        case dict():
            return {key: _changed(item, change) for key, item in value.items()}
        case list():
            return [_changed(item, change) for item in value]
    return value


def main(assembly: str) -> None:
    """Measure on the baseline of an assembly, and print it."""
    catalogue.controls()
    with emulated() as account:
        settle(account, tuple(f"cdk-hnb659fds-cfn-exec-role-{ACCOUNT}-{r}" for r in REGIONS))
        Deployment(account.session, CREATORS).deploy(Path(assembly))
        far = Far()

        def answer(client: Any, name: str, parameters: dict[str, Any]) -> Any:  # noqa: ANN401 - as above
            """Hand the client over, which a method of something else would not get."""
            return far.answer(client, name, parameters)

        with patch.object(BaseClient, "_make_api_call", answer):
            read_account(open_session(), [HOME])  # what follows finds every answer known
            regions = [_regions(far, count) for count in (1, len(REGIONS))]
            tables = [_tables(far, count) for count in TABLE_COUNTS]
    print(json.dumps({"regions": regions, "tables": tables}))


def _regions(far: Far, count: int) -> dict[str, object]:
    """Verify some Regions, each call at a distance."""
    far.tables, far.latency = (TABLE,), LATENCY
    start = time.perf_counter()
    account = read_account(open_session(), REGIONS[:count])
    read = time.perf_counter()
    result = catalogue.run(account, Perimeter(), workers=processes.shared)
    return {
        "count": count,
        "read": read - start,
        "judge": time.perf_counter() - read,
        "calls": sum(account.calls.values()),
        "verdict": result.verdict.value,
    }


def _tables(far: Far, count: int) -> dict[str, object]:
    """Read one Region with many tables, and see what each costs."""
    far.latency = 0.0
    far.tables = tuple(f"{TABLE}-{number:04}" for number in range(count))
    start = time.perf_counter()
    calls = sum(read_account(open_session(), [HOME]).calls.values())
    read = time.perf_counter() - start
    tracemalloc.start()
    read_account(open_session(), [HOME])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return {"count": count, "read": read, "calls": calls, "peak": peak}


if __name__ == "__main__":
    main(sys.argv[1])

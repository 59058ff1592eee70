"""Whatever the records say: nothing crashes, and every record is counted exactly once."""

import contextlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ddb_perimeter.inventory import InputError
from ddb_perimeter.replay import records, report
from ddb_perimeter.replay.deployed import Templates
from ddb_perimeter.replay.judge import Answer
from ddb_perimeter.replay.replay import replay
from tests.unit.replay.recorded import ACCOUNT, ENDPOINT, STRANGER, record, role

_STEERING = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")  # controls but line ends

HOSTILE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
NAMES = st.sampled_from(
    ["GetItem", "Query", "TransactWriteItems", "ExecuteStatement", "GetRecords", "UpdateTable"]
)
IDENTITIES = st.sampled_from(
    [role(), role("application"), role(account=STRANGER), {"type": "AWSAccount"}, {}]
)
FIELDS = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(
        (
            "userIdentity",
            "requestParameters",
            "resources",
            "sourceIPAddress",
            "vpcEndpointId",
            "vpcEndpointAccountId",
            "tlsDetails",
            "eventTime",
            "eventID",
            "eventName",
            "eventSource",
            "awsRegion",
            "errorCode",
            "recipientAccountId",
        ),
        HOSTILE,
    )
    | {
        "vpcEndpointId": st.sampled_from([ENDPOINT, "vpce-0ffffffff", None]),
        "sourceIPAddress": st.sampled_from(["10.0.0.5", "203.0.113.7", "x.amazonaws.com", None]),
        "eventID": st.sampled_from(["one", "two", None]),
    },
)


@st.composite
def events(draw: st.DrawFn) -> Any:  # noqa: ANN401 - a record may be anything
    """Return a record with some of its fields replaced by whatever there is."""
    if draw(st.integers(0, 9)) == 0:
        return draw(HOSTILE)
    told = record(draw(NAMES), draw(IDENTITIES))
    return told | draw(FIELDS)


@given(batch=st.lists(events(), max_size=4))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_every_record_is_counted_once(
    batch: list[Any], templates: Callable[..., Templates]
) -> None:
    known = record(eventID="known")
    found = replay([known, *batch], templates({ENDPOINT: "Endpoint"}))

    counted = (
        sum(found.events(answer) for answer in Answer)
        + sum(found.skipped.values())
        + found.duplicates
        + found.elsewhere
        + found.denied_already
    )
    assert counted == found.read == len(batch) + 1
    assert json.loads(report.as_json(found))["events"]["read"] == found.read
    assert not _STEERING.search(report.text(found, 80))


@given(order=st.permutations(range(6)))
@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_order_of_the_records_does_not_matter(
    order: list[int], templates: Callable[..., Templates]
) -> None:
    batch = [
        record(eventTime=f"2026-11-0{n + 1}T00:00:00Z", identity=role(f"r{n % 2}"))
        for n in range(6)
    ]
    told = [
        report.as_json(replay(each, templates())) for each in (batch, [batch[n] for n in order])
    ]

    assert told[0] == told[1]


@given(content=st.binary(max_size=60) | HOSTILE.map(json.dumps).map(str.encode))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_file_is_read_or_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "events.json"
    for start in (b"", b"\x1f\x8b"):
        path.write_bytes(start + content)
        with contextlib.suppress(InputError):
            list(records.read([path]))


def test_an_account_s_events_are_judged_as_of_that_account(
    templates: Callable[..., Templates],
) -> None:
    there = [
        record(
            identity=role(account=account),
            resources=[{"ARN": f"arn:aws:dynamodb:us-east-1:{account}:table/messages"}],
            vpcEndpointId=ENDPOINT,
        )
        for account in (ACCOUNT, STRANGER)
    ]
    found = replay(there, templates({ENDPOINT: "Endpoint"}))

    assert found.events(Answer.PASSES) == 2

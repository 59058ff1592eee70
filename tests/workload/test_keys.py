"""Keys sort as time does, and take nothing that is no key."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workload import keys
from workload.page_token import BadPageTokenError, key_in, read_token, write_token

if TYPE_CHECKING:
    import uuid

MOMENTS = st.datetimes(
    min_value=dt.datetime(2, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=dt.datetime(9998, 12, 31),  # noqa: DTZ001 - as above
    timezones=st.integers(-14, 14).map(lambda hours: dt.timezone(dt.timedelta(hours=hours))),
)
FEW = settings(max_examples=40, deadline=None)
GROUP = "5ae290ed-55d1-47a0-bc6d-fe2bc2700399"


@FEW
@given(MOMENTS, MOMENTS)
def test_timestamps_sort_as_time_does(first: dt.datetime, second: dt.datetime) -> None:
    spelled = (keys.timestamp(first), keys.timestamp(second))

    assert (spelled[0] < spelled[1]) == (first.astimezone(dt.UTC) < second.astimezone(dt.UTC))
    assert all(keys.is_timestamp(each) for each in spelled)


@FEW
@given(MOMENTS)
def test_a_year_is_a_prefix_of_its_moments_and_of_no_others(moment: dt.datetime) -> None:
    year = moment.astimezone(dt.UTC).year
    spelled = keys.timestamp(moment)

    assert spelled.startswith(keys.year_prefix(year))
    assert not spelled.startswith(keys.year_prefix(year - 1 or 2))


@FEW
@given(st.text())
def test_only_timestamps_are_timestamps(text: str) -> None:
    assert not keys.is_timestamp(text) or keys.timestamp(dt.datetime.fromisoformat(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-02T09:30:00+00:00",  # no fraction: shorter, so it would sort wrong
        "2026-01-02T09:30:00.000000Z",
        "2026-01-02T09:30:00.000000+02:00",
        "2026-13-02T09:30:00.000000+00:00",
        "2026-01-02T09:30:00.000000+00:00#",
        "",
    ],
)
def test_other_spellings_of_time_are_refused(text: str) -> None:
    assert not keys.is_timestamp(text)


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(keys.BadKeyError, match="time zone"):
        keys.timestamp(dt.datetime(2026, 1, 2))  # noqa: DTZ001 - the point of the test


@FEW
@given(st.uuids())
def test_partitions_name_their_kind(id_: uuid.UUID) -> None:
    assert keys.messages_of(str(id_).upper()) == f"MSG#{id_}"
    assert keys.conversations_of(str(id_)) == f"GRP#{id_}"


@pytest.mark.parametrize("value", ["", "andrew", f"{{{GROUP}}}", GROUP.replace("-", ""), "MSG#1"])
def test_what_is_no_uuid_is_no_key(value: str) -> None:
    with pytest.raises(keys.BadKeyError, match="is no UUID; write it like"):
        keys.messages_of(value)


@pytest.mark.parametrize("year", [0, -1, 10_000])
def test_a_year_has_four_digits(year: int) -> None:
    with pytest.raises(keys.BadKeyError, match="write for example 2026"):
        keys.year_prefix(year)


KEYS = st.dictionaries(
    st.sampled_from(["pk", "sk", "message_group_uuid"]),
    st.text(st.characters(exclude_categories=["Cs"])),
    min_size=1,
)


@FEW
@given(KEYS)
def test_a_token_brings_its_key_back(key: dict[str, str]) -> None:
    assert read_token(write_token(key)) == key


@FEW
@given(st.one_of(st.text(), st.text("eyJ_-ABCabc012=+/"), st.binary().map(lambda b: b.hex())))
def test_a_token_is_refused_or_exact(text: str) -> None:
    try:
        key = read_token(text)
    except BadPageTokenError:
        return
    assert write_token(key) == text


@FEW
@given(KEYS, st.data())
def test_a_changed_token_is_refused_or_another_key(
    key: dict[str, str], data: st.DataObject
) -> None:
    token = write_token(key)
    place = data.draw(st.integers(0, len(token) - 1))
    changed = token[:place] + data.draw(st.sampled_from("AZaz09-_=")) + token[place + 1 :]
    try:
        other = read_token(changed)
    except BadPageTokenError:
        return
    assert (other == key) == (changed == token)


@pytest.mark.parametrize("text", ["", "x", "e30", "W10", "eyJwayI6MX0", "bnVsbA", "\ud800"])
def test_what_is_no_token_is_refused_with_a_remedy(text: str) -> None:
    with pytest.raises(BadPageTokenError, match="take it from the page before, unchanged"):
        read_token(text)


def test_a_token_of_another_list_is_refused() -> None:
    key = {"pk": f"MSG#{GROUP}", "sk": "2026-01-02T09:30:00.000000+00:00"}

    assert key_in(write_token(key), f"MSG#{GROUP}", "2026-") == key
    for partition, prefix in ((f"GRP#{GROUP}", ""), (f"MSG#{GROUP}", "2025-")):
        with pytest.raises(BadPageTokenError, match="of another list"):
            key_in(write_token(key), partition, prefix)
    with pytest.raises(BadPageTokenError, match="of another list"):
        key_in(write_token({**key, "message_group_uuid": GROUP}), f"MSG#{GROUP}", "")

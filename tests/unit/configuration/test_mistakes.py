"""Every mistake in `baseline.toml` is told in one line: file, key, value, problem, remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stacks.configuration import Configuration, ConfigurationError, load_configuration
from tests.conftest import TODAY
from tests.unit.configuration.mistakes import (
    access,
    audit,
    cache,
    organization,
    regions,
    table,
    top_level,
    workload,
)
from tests.unit.configuration.mistakes.case import VALID, exemption

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CASES = [
    case
    for section in (access, audit, cache, organization, regions, table, top_level, workload)
    for case in section.CASES
]


@pytest.mark.parametrize(
    ("document", "message"),
    [pytest.param(case.document, case.message, id=case.sentence) for case in CASES],
)
def test_a_mistake_is_told_in_one_line(document: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "baseline.toml"
    path.write_text(document, encoding="utf-8")

    with pytest.raises(ConfigurationError) as refusal:
        load_configuration(path, today=TODAY)

    assert str(refusal.value) == f"{path}: {message}"
    assert "\n" not in str(refusal.value)


def test_two_mistakes_are_told_in_two_lines(tmp_path: Path) -> None:
    path = tmp_path / "baseline.toml"
    path.write_text(VALID + "[cache]\nnodes = 12\n[table]\nrecovery_days = 0\n", encoding="utf-8")

    with pytest.raises(ConfigurationError) as refusal:
        load_configuration(path, today=TODAY)

    table, cache = str(refusal.value).splitlines()
    assert table.startswith(f"{path}: table.recovery_days = 0: ")
    assert cache.startswith(f"{path}: cache.nodes = 12: ")


def test_a_missing_file_is_told_with_the_option_that_names_another(tmp_path: Path) -> None:
    path = tmp_path / "elsewhere.toml"

    with pytest.raises(ConfigurationError) as refusal:
        load_configuration(path, today=TODAY)

    assert str(refusal.value) == f"{path}: no such file; name another one with -c config=PATH"


def test_a_folder_is_told_as_unreadable(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        load_configuration(tmp_path, today=TODAY)

    assert str(refusal.value) == f"{tmp_path}: cannot be read: Is a directory"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        pytest.param(
            b'project = "cruddur\n',
            "Illegal character '\\n' (at line 1, column 19)",
            id="malformed",
        ),
        pytest.param(
            b'project = "cruddur\xff"\n',
            "'utf-8' codec can't decode byte 0xff in position 18: invalid start byte",
            id="not UTF-8",
        ),
        pytest.param(
            b"x = 1" + b"0" * 5000,
            "Exceeds the limit (4300 digits) for integer string conversion: value has 5001 digits; "
            "use sys.set_int_max_str_digits() to increase the limit",
            id="an endless number",
        ),
        pytest.param(b"x = " + b"[" * 5000, "maximum recursion depth exceeded", id="deep nesting"),
    ],
)
def test_what_is_no_toml_is_told_in_one_line(content: bytes, problem: str, tmp_path: Path) -> None:
    path = tmp_path / "baseline.toml"
    path.write_bytes(content)

    with pytest.raises(ConfigurationError) as refusal:
        load_configuration(path, today=TODAY)

    assert str(refusal.value).startswith(f"{path}: not a TOML file: {problem}")
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("expires", ["2026-11-22", "2026-11-23", "2030-01-31"])
def test_an_exemption_is_valid_through_its_last_day(
    expires: str, configure: Callable[[str], Configuration]
) -> None:
    configuration = configure(VALID + exemption(more=f"expires = {expires}\n"))

    assert str(configuration.access.exemptions[0].expires) == expires


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:iam::111122223333:role/operations",
        "arn:aws:iam::111122223333:user/people/ops/alice@example.com",
        "arn:aws-cn:iam::111122223333:role/service-role/nightly-export",
        "arn:aws-us-gov:iam::111122223333:role/operations",
    ],
)
def test_an_exemption_names_one_role_or_user_in_any_partition(
    arn: str, configure: Callable[[str], Configuration]
) -> None:
    configuration = configure(VALID + exemption(arn=arn))

    assert configuration.access.exemptions[0].arn == arn


@pytest.mark.parametrize(
    "more",
    [
        '[access]\ninterface_endpoints = ["dynamodb-streams"]\n',
        exemption(),
    ],
    ids=["an interface endpoint", "an exemption"],
)
def test_a_stream_needs_a_way_to_read_it(
    more: str, configure: Callable[[str], Configuration]
) -> None:
    configuration = configure(f'{VALID}[table]\nstream = "NEW_IMAGE"\n{more}')

    assert configuration.table.stream is not None

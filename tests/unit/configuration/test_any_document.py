"""Whatever a file says, reading it gives a configuration or a `ConfigurationError`."""

from __future__ import annotations

import copy
import datetime as dt
import tomllib
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from stacks.configuration import Configuration, ConfigurationError, load_configuration
from tests.conftest import TODAY
from tests.toml_text import toml_text

if TYPE_CHECKING:
    from pathlib import Path

VALID: dict[str, Any] = {
    "project": "cruddur",
    "account": "111122223333",
    "tags": {"owner": "platform"},
    "regions": [
        {
            "name": "us-east-1",
            "home": True,
            "cidr": "10.64.0.0/16",
            "cache": {
                "client_subnets": ["10.64.8.0/24"],
                "readers": [
                    {
                        "account": "444455556666",
                        "peering_connection": "pcx-0123456789abcdef0",
                        "cidr": "10.80.0.0/16",
                    }
                ],
            },
        },
        {"name": "eu-west-1", "zones": 2, "cache": {"enabled": False}},
    ],
    "table": {
        "name": "messages",
        "attributes": {"pk": "S", "sk": "S"},
        "indexes": [{"name": "by-sk", "partition_key": "sk"}],
        "stream": "NEW_IMAGE",
        "provisioned": {"read_min": 5},
    },
    "cache": {"name": "messages", "nodes": 3, "item_ttl_seconds": 5},
    "access": {
        "readers": ["app"],
        "exemptions": [
            {
                "arn": "arn:aws:iam::111122223333:role/operations",
                "reason": "moves data out of the old table",
                "expires": dt.date(2030, 1, 31),
            }
        ],
    },
    "administration": {"deploy": ["arn:aws:iam::111122223333:role/deploy"]},
    "audit": {"trail": "existing", "retention_days": 400},
}

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    ["us-east-1", "10.0.0.0/8", "arn:aws:iam::111122223333:role/x", "vpc-00000000", "pk", ""]
)
keys = text | st.sampled_from([*VALID, *VALID["regions"][0], *VALID["table"], *VALID["access"]])
scalars = (
    text
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.dates(min_value=dt.date(1000, 1, 1))
    | st.datetimes(min_value=dt.datetime(1000, 1, 1))  # noqa: DTZ001 - TOML's local date-time
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=8,
)
documents = st.dictionaries(keys, values, max_size=6)


def paths(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:  # noqa: ANN401
    """List where every value of a document is."""
    inner = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    return [found for key, item in inner for found in [(*path, key), *paths(item, (*path, key))]]


@st.composite
def mutations(draw: st.DrawFn) -> dict[str, Any]:
    """Change one to three values of a valid document: replace, remove or add."""
    document = copy.deepcopy(VALID)
    for _ in range(draw(st.integers(1, 3))):
        *parents, last = draw(st.sampled_from(paths(document) or [("project",)]))
        owner: Any = document
        for part in parents:
            owner = owner[part]
        change = draw(st.sampled_from(["replace", "remove", "add"]))
        if change == "remove" and last in (owner if isinstance(owner, dict) else range(len(owner))):
            del owner[last]
        elif change == "add" and isinstance(owner, dict):
            owner[draw(keys)] = draw(values)
        else:
            owner[last] = draw(values)
    return document


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("any") / "baseline.toml"


def read(path: Path, document: str) -> Configuration | ConfigurationError:
    path.write_text(document, encoding="utf-8", newline="")
    try:
        return load_configuration(path, today=TODAY)
    except ConfigurationError as error:
        lines = str(error).splitlines()
        told = error
    assert all(line.startswith(f"{path}: ") for line in lines)
    return told


def test_the_document_that_mutations_start_from_is_valid(path: Path) -> None:
    assert isinstance(read(path, toml_text(VALID)), Configuration)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(document=documents)
@example(document={"pro\nject": 1})
@example(document={"regions": {"name": "us-east-1"}})
def test_any_document_is_a_configuration_or_a_mistake(document: Any, path: Path) -> None:  # noqa: ANN401
    written = toml_text(document)
    # The writer of this test wrote what it was told, so the refusal is not about spelling.
    assert set(tomllib.loads(written)) == set(document)

    assert isinstance(read(path, written), (Configuration, ConfigurationError))


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(document=mutations())
def test_a_valid_document_with_changes_is_a_configuration_or_a_mistake(
    document: Any,  # noqa: ANN401
    path: Path,
) -> None:
    assert isinstance(read(path, toml_text(document)), (Configuration, ConfigurationError))


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    content=st.binary(max_size=64)
    | st.text(max_size=64).map(lambda text: text.encode("utf-8", "surrogatepass"))
)
def test_any_bytes_are_a_mistake(content: bytes, path: Path) -> None:
    path.write_bytes(content)

    with pytest.raises(ConfigurationError):
        load_configuration(path, today=TODAY)

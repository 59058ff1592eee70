"""What a configuration says when its file says almost nothing, and that nobody can change it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pydantic
import pytest

from stacks.configuration import CheckPack, Configuration, Source, load_configuration
from stacks.configuration.base import Settings
from tests.conftest import TODAY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[3]
ALMOST_EMPTY = 'project = "cruddur"\n[[regions]]\nname = "eu-west-1"\nhome = true\n'


@pytest.fixture(scope="session")
def defaults(configure: Callable[[str], Configuration]) -> Configuration:
    return configure(ALMOST_EMPTY)


def settings_classes(parent: type[Settings] = Settings) -> Iterator[type[Settings]]:
    for child in parent.__subclasses__():
        yield child
        yield from settings_classes(child)


def test_an_almost_empty_file_works(defaults: Configuration) -> None:
    assert defaults.home.name == "eu-west-1"


def test_the_default_table_has_the_access_patterns_of_the_messages(defaults: Configuration) -> None:
    table = defaults.table
    (index,) = table.indexes

    assert table.name == "cruddur-messages"
    assert {name: kind.value for name, kind in table.attributes.items()} == {
        "pk": "S",
        "sk": "S",
        "message_group_uuid": "S",
    }
    assert (table.partition_key, table.sort_key) == ("pk", "sk")
    assert index.name == "message-group-sk-index"
    assert (index.partition_key, index.sort_key) == ("message_group_uuid", "sk")
    assert index.attributes is None


def test_the_default_table_is_on_demand_recoverable_and_backed_up(defaults: Configuration) -> None:
    table = defaults.table

    assert table.provisioned is None
    assert table.recovery_days == 35
    assert table.backup_plan
    assert table.stream is None
    assert table.ttl_attribute is None


def test_the_default_cache_has_a_node_in_each_zone_and_is_seconds_stale(
    defaults: Configuration,
) -> None:
    assert defaults.cluster_name == "cruddur"
    assert defaults.cache.nodes == 3
    assert defaults.cache.node_type == "dax.t3.small"
    assert (defaults.cache.item_ttl_seconds, defaults.cache.query_ttl_seconds) == (5, 5)
    assert defaults.home.cache.enabled
    assert defaults.home.cache.readers == ()


def test_by_default_nobody_is_exempt_and_cdk_deploys(defaults: Configuration) -> None:
    assert defaults.access.exemptions == ()
    assert defaults.access.interface_endpoints == ()
    assert defaults.administration.deploy is None
    assert defaults.administration.export == ()
    assert defaults.administration.restore == ()
    assert defaults.administration.backup == ()


def test_by_default_the_audit_is_created_and_every_pack_judges(defaults: Configuration) -> None:
    assert (defaults.audit.trail, defaults.audit.recorder) == (Source.CREATE, Source.CREATE)
    assert defaults.audit.retention_days == 365
    assert defaults.checks.packs == tuple(CheckPack)


@pytest.mark.parametrize(
    ("region", "zones"), [("eu-west-1", 3), ("us-west-1", 2), ("us-east-1", 3)]
)
def test_a_region_uses_three_zones_or_as_many_as_it_has(
    region: str, zones: int, configure: Callable[[str], Configuration]
) -> None:
    configuration = configure(ALMOST_EMPTY.replace("eu-west-1", region))

    assert configuration.home.zone_count == zones


def test_a_region_uses_the_zones_that_it_is_told(
    configure: Callable[[str], Configuration],
) -> None:
    assert configure(ALMOST_EMPTY + "zones = 2\n").home.zone_count == 2


def test_every_region_gets_a_range_of_its_own(configure: Callable[[str], Configuration]) -> None:
    configuration = configure(
        f'{ALMOST_EMPTY}[[regions]]\nname = "us-east-1"\n[[regions]]\nname = "us-east-2"\n'
    )

    assert [region.cidr for region in configuration.regions] == [
        "10.64.0.0/16",
        "10.65.0.0/16",
        "10.66.0.0/16",
    ]


def test_a_region_without_dax_works_without_a_cache(
    configure: Callable[[str], Configuration],
) -> None:
    configuration = configure(
        f'{ALMOST_EMPTY}[[regions]]\nname = "me-south-1"\ncache.enabled = false\n'
    )

    assert not configuration.regions[1].cache.enabled


def test_the_shipped_file_has_two_regions_and_says_little_else() -> None:
    configuration = load_configuration(ROOT / "baseline.toml", today=TODAY)

    assert [region.name for region in configuration.regions] == ["us-east-1", "eu-west-1"]
    assert configuration.home.name == "us-east-1"
    assert configuration.model_fields_set == {"project", "tags", "regions", "table"}


def test_nobody_changes_a_configuration(defaults: Configuration) -> None:
    with pytest.raises(pydantic.ValidationError, match="frozen"):
        defaults.table.name = "other"  # type: ignore[misc] # what mypy refuses, the run does too


@pytest.mark.parametrize("part", [*settings_classes()], ids=lambda part: part.__name__)
def test_every_part_is_frozen_and_refuses_unknown_keys(part: type[Settings]) -> None:
    assert part.model_config["frozen"] is True
    assert part.model_config["extra"] == "forbid"

"""Where DAX is, by our table and by the data of the tools that we pin."""

from __future__ import annotations

import botocore.session
import pytest
from cfnlint.helpers import REGIONS
from cfnlint.schema import ResourceNotFoundError
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from stacks.configuration.availability import (
    NODE_TYPES,
    dax_regions,
    default_zones,
    dynamodb_regions,
)


def cloudformation_has_dax(region: str) -> bool:
    try:
        PROVIDER_SCHEMA_MANAGER.get_resource_schema(region, "AWS::DAX::Cluster")
    except ResourceNotFoundError:
        return False
    return True


def botocore_has_dax(region: str) -> bool:
    session = botocore.session.get_session()
    partition = session.get_partition_for_region(region)
    return region in session.get_available_regions("dax", partition_name=partition)


def test_a_cache_is_offered_where_both_the_api_and_the_resource_type_are() -> None:
    public = [region for region in REGIONS if region in dynamodb_regions()]
    both = {
        region for region in public if cloudformation_has_dax(region) and botocore_has_dax(region)
    }

    assert dax_regions() == both


@pytest.mark.parametrize("region", ["me-south-1", "me-central-1", "eu-north-1", "us-gov-west-1"])
def test_a_cache_is_not_offered_elsewhere(region: str) -> None:
    assert region in dynamodb_regions()
    assert region not in dax_regions()


def test_no_node_type_is_one_that_cannot_encrypt() -> None:
    assert [name for name in NODE_TYPES if name.startswith("dax.r3")] == []


@pytest.mark.parametrize("region", sorted(dax_regions()))
def test_every_region_has_the_zones_that_it_is_given(region: str) -> None:
    assert default_zones(region) == (2 if region == "us-west-1" else 3)

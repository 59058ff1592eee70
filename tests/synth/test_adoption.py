"""Adopting a table by `cdk import`, as far as docs/adopt.md can be followed offline."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.synth.templates import Assembly

PAGE = Path(__file__).parents[2] / "docs" / "adopt.md"
# What step 4 of the page removes from a table that does not have it yet.
REMOVED = (
    "DeletionProtectionEnabled",
    "PointInTimeRecoverySpecification",
    "ResourcePolicy",
    "SSESpecification",
    "Tags",
)


def imported_table(assembly: Assembly) -> tuple[str, dict[str, Any]]:
    """Return the logical id and the definition of the table, as step 4 leaves it."""
    resources = assembly.templates["us-east-1/Data"]["Resources"]
    ((logical_id, resource),) = (
        (name, resource)
        for name, resource in resources.items()
        if resource["Type"] == "AWS::DynamoDB::GlobalTable"
    )
    copy: dict[str, Any] = json.loads(json.dumps(resource))
    for holder in (copy["Properties"], *copy["Properties"]["Replicas"]):
        for name in REMOVED:
            holder.pop(name, None)
    return logical_id, copy


def test_the_page_names_the_table_and_what_to_remove(default_app: Assembly) -> None:
    text = PAGE.read_text(encoding="utf-8")
    logical_id, table = imported_table(default_app)

    assert f'{{ "{logical_id}": {{ "TableName": "{table["Properties"]["TableName"]}" }} }}' in text
    for name in REMOVED:
        assert f"`{name}`" in text


def test_what_is_left_can_be_imported(default_app: Assembly) -> None:
    """An import needs a DeletionPolicy and literal properties: it sees no other resource."""
    _, table = imported_table(default_app)
    properties = json.dumps(table["Properties"])

    assert table["DeletionPolicy"] == "Retain"
    assert table["Properties"]["TableName"] == "cruddur-messages"
    assert '"Ref"' not in properties
    assert "Fn::" not in properties

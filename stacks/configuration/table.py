"""`[table]`: the keys, indexes, capacity and protection of the table."""

from __future__ import annotations

import enum
from typing import Annotated, Final, Self

from pydantic import (
    BeforeValidator,
    Field,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

from stacks.configuration.base import Flag, Mistake, Number, Settings

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{3,255}$")]
Attribute = Annotated[str, StringConstraints(min_length=1, max_length=255)]


class AttributeKind(enum.StrEnum):
    """The scalar types that a key can have."""

    STRING = "S"
    NUMBER = "N"
    BINARY = "B"


class StreamView(enum.StrEnum):
    """What a stream record carries."""

    KEYS_ONLY = "KEYS_ONLY"
    NEW_IMAGE = "NEW_IMAGE"
    OLD_IMAGE = "OLD_IMAGE"
    NEW_AND_OLD_IMAGES = "NEW_AND_OLD_IMAGES"


class IndexSettings(Settings):
    """A global secondary index."""

    name: Annotated[Name, Field(description="name of the index: 3 to 255 letters, digits, _ . -")]
    partition_key: Annotated[Attribute, Field(description="attribute to partition by")]
    sort_key: Annotated[Attribute | None, Field(description="attribute to sort by")] = None
    attributes: Annotated[
        tuple[Attribute, ...] | None,
        Field(description="non-key attributes to project; left out: all, empty: keys only"),
    ] = None


class ProvisionedCapacity(Settings):
    """Provisioned capacity with autoscaling."""

    read_min: Annotated[Number, Field(ge=1, description="least read capacity units")] = 5
    read_max: Annotated[Number, Field(ge=1, description="most read capacity units")] = 100
    write_min: Annotated[Number, Field(ge=1, description="least write capacity units")] = 5
    write_max: Annotated[Number, Field(ge=1, description="most write capacity units")] = 100
    target_percent: Annotated[
        Number, Field(ge=20, le=90, description="utilization to scale at, 20 to 90 percent")
    ] = 70

    @model_validator(mode="after")
    def _minimum_is_least(self) -> Self:
        for kind in ("read", "write"):
            least, most = getattr(self, f"{kind}_min"), getattr(self, f"{kind}_max")
            if least > most:
                raise Mistake(
                    f"the least is above the most ({most})",
                    f"set it to {most} or less, or raise {kind}_max",
                    key=f"{kind}_min",
                    value=least,
                )
        return self


def _default_attributes() -> dict[Attribute, AttributeKind]:
    return dict.fromkeys(("pk", "sk", "message_group_uuid"), AttributeKind.STRING)


MESSAGE_INDEX: Final = IndexSettings(
    name="message-group-sk-index", partition_key="message_group_uuid", sort_key="sk"
)
"""The index by which the sample workload finds the two items of a conversation."""


def _default_indexes() -> tuple[IndexSettings, ...]:
    return (MESSAGE_INDEX,)


class TableSettings(Settings):
    """The table; every Region has one of its own, and none is replicated."""

    name: Annotated[Name, Field(description="table name, the same in every Region")] = (
        "cruddur-messages"
    )
    attributes: Annotated[
        dict[Attribute, AttributeKind],
        Field(default_factory=_default_attributes, description="key attributes and their types"),
    ]
    partition_key: Annotated[Attribute, Field(description="attribute to partition by")] = "pk"
    sort_key: Annotated[
        Attribute | None,
        BeforeValidator(lambda value: None if value == "" else value),  # TOML has no null
        WithJsonSchema({"type": "string", "maxLength": 255}),
        Field(description='attribute to sort by; "" for a table without a sort key'),
    ] = "sk"
    indexes: Annotated[
        tuple[IndexSettings, ...],
        Field(
            default_factory=_default_indexes, max_length=20, description="global secondary indexes"
        ),
    ]
    ttl_attribute: Annotated[
        Attribute | None, Field(description="attribute with the expiry time, in epoch seconds")
    ] = None
    stream: Annotated[
        StreamView | None, Field(description="what the stream carries; left out: no stream")
    ] = None
    provisioned: Annotated[
        ProvisionedCapacity | None,
        Field(description="provisioned capacity with autoscaling; left out: on-demand"),
    ] = None
    recovery_days: Annotated[
        Number, Field(ge=1, le=35, description="days of point-in-time recovery, 1 to 35")
    ] = 35
    backup_plan: Annotated[Flag, Field(description="whether AWS Backup keeps daily copies")] = True

    @model_validator(mode="after")
    def _keys_are_attributes(self) -> Self:
        keys = {"partition_key": self.partition_key, "sort_key": self.sort_key}
        for position, index in enumerate(self.indexes):
            keys[f"indexes[{position}].partition_key"] = index.partition_key
            keys[f"indexes[{position}].sort_key"] = index.sort_key
        for key, attribute in keys.items():
            if attribute is not None and attribute not in self.attributes:
                raise Mistake(
                    "a key that is no attribute",
                    f'add {attribute} = "S" to table.attributes',
                    key=key,
                    value=attribute,
                )
        for attribute in self.attributes:
            if attribute not in keys.values():
                raise Mistake(
                    "DynamoDB declares key attributes only, and this one is in no key",
                    "remove it, or use it in a key",
                    key=f"attributes.{attribute}",
                    value=self.attributes[attribute].value,
                )
        return self

    @model_validator(mode="after")
    def _index_names_differ(self) -> Self:
        names = [index.name for index in self.indexes]
        for position, name in enumerate(names):
            if name in names[:position]:
                raise Mistake(
                    "two indexes have this name",
                    "give every index a name of its own",
                    key=f"indexes[{position}].name",
                    value=name,
                )
        return self

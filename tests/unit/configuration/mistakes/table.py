"""Mistakes in `[table]`."""

from __future__ import annotations

from tests.unit.configuration.mistakes.case import VALID, Case

CASES = [
    Case(
        "a partition key that is no attribute",
        VALID + '[table]\npartition_key = "id"\n',
        (
            'table.partition_key = "id": a key that is no attribute; add id = "S" to '
            "table.attributes"
        ),
    ),
    Case(
        "a sort key that is no attribute",
        VALID + '[table]\nsort_key = "created"\n',
        (
            'table.sort_key = "created": a key that is no attribute; add created = "S" to '
            "table.attributes"
        ),
    ),
    Case(
        "an index key that is no attribute",
        VALID + '[[table.indexes]]\nname = "by-author"\npartition_key = "author"\n',
        (
            'table.indexes[0].partition_key = "author": a key that is no attribute; add '
            'author = "S" to table.attributes'
        ),
    ),
    Case(
        "an attribute that is no key",
        VALID + '[table.attributes]\npk = "S"\nsk = "S"\nmessage_group_uuid = "S"\nbody = "S"\n',
        (
            'table.attributes.body = "S": DynamoDB declares key attributes only, and this '
            "one is in no key; remove it, or use it in a key"
        ),
    ),
    Case(
        "an attribute of an unknown type",
        VALID + '[table.attributes]\npk = "string"\n',
        (
            "table.attributes.pk = \"string\": input should be 'S', 'N' or 'B'; expected: "
            "key attributes and their types"
        ),
    ),
    Case(
        "two indexes with one name",
        VALID + '[[table.indexes]]\nname = "idx"\npartition_key = "message_group_uuid"\n' * 2,
        (
            'table.indexes[1].name = "idx": two indexes have this name; give every index a '
            "name of its own"
        ),
    ),
    Case(
        "a table name that is too short",
        VALID + '[table]\nname = "t"\n',
        (
            "table.name = \"t\": string should match pattern '^[A-Za-z0-9_.-]{3,255}$'; "
            "expected: table name, the same in every Region"
        ),
    ),
    Case(
        "too many recovery days",
        VALID + "[table]\nrecovery_days = 36\n",
        (
            "table.recovery_days = 36: input should be less than or equal to 35; expected: "
            "days of point-in-time recovery, 1 to 35"
        ),
    ),
    Case(
        "a least capacity above the most",
        VALID + "[table.provisioned]\nread_min = 200\n",
        (
            "table.provisioned.read_min = 200: the least is above the most (100); set it to"
            " 100 or less, or raise read_max"
        ),
    ),
    Case(
        "a target that autoscaling refuses",
        VALID + "[table.provisioned]\ntarget_percent = 95\n",
        (
            "table.provisioned.target_percent = 95: input should be less than or equal to "
            "90; expected: utilization to scale at, 20 to 90 percent"
        ),
    ),
    Case(
        "a stream that nobody could read",
        VALID + '[table]\nstream = "NEW_IMAGE"\n',
        (
            'table.stream = "NEW_IMAGE": the gateway endpoint does not carry DynamoDB '
            'Streams, so nobody could read it; add "dynamodb-streams" to '
            "access.interface_endpoints, or exempt its consumer"
        ),
    ),
    Case(
        "an unknown stream view",
        VALID + '[table]\nstream = "ALL"\n',
        (
            "table.stream = \"ALL\": input should be 'KEYS_ONLY', 'NEW_IMAGE', 'OLD_IMAGE' "
            "or 'NEW_AND_OLD_IMAGES'; expected: what the stream carries; left out: no "
            "stream"
        ),
    ),
    Case(
        "a section of the wrong type",
        "table = 1\n" + VALID,
        ("table = 1: input should be a table; expected: the table"),
    ),
    Case(
        "a number as a string",
        VALID + '[table]\nrecovery_days = "35"\n',
        (
            'table.recovery_days = "35": input should be a valid integer; expected: days of'
            " point-in-time recovery, 1 to 35"
        ),
    ),
]

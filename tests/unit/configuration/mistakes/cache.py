"""Mistakes in `[cache]`."""

from __future__ import annotations

from tests.unit.configuration.mistakes.case import NODE_TYPES, VALID, Case

CASES = [
    Case(
        "a dax.r3 node",
        VALID + '[cache]\nnode_type = "dax.r3.large"\n',
        (
            'cache.node_type = "dax.r3.large": dax.r3 nodes cannot encrypt at rest; use '
            '"dax.t3.small" or "dax.r5.large"'
        ),
    ),
    Case(
        "an unknown node type",
        VALID + '[cache]\nnode_type = "cache.t3.small"\n',
        ('cache.node_type = "cache.t3.small": not a DAX node type; use one of ' + NODE_TYPES),
    ),
    Case(
        "a cluster name that is too long",
        VALID + '[cache]\nname = "cruddur-messages-cache"\n',
        (
            'cache.name = "cruddur-messages-cache": a cluster name has at most 20 '
            "characters, this one has 22; shorten it"
        ),
    ),
    Case(
        "a cluster name with an account id",
        VALID + '[cache]\nname = "dax-111122223333"\n',
        (
            'cache.name = "dax-111122223333": a cluster name appears in public certificate '
            "logs, and this one holds an account id; leave the number out"
        ),
    ),
    Case(
        "a cluster name that starts with a digit",
        VALID + '[cache]\nname = "1st-cache"\n',
        (
            'cache.name = "1st-cache": a cluster name starts with a letter and has letters,'
            ' digits and single hyphens; write it like "messages-cache"'
        ),
    ),
    Case(
        "a cluster name with two hyphens",
        VALID + '[cache]\nname = "my--cache"\n',
        (
            'cache.name = "my--cache": a cluster name starts with a letter and has letters,'
            ' digits and single hyphens; write it like "messages-cache"'
        ),
    ),
    Case(
        "an item time to live below its bounds",
        VALID + "[cache]\nitem_ttl_seconds = 0\n",
        (
            "cache.item_ttl_seconds = 0: input should be greater than or equal to 1; "
            "expected: how long an item is served without asking the table, 1 to 300 s"
        ),
    ),
    Case(
        "an item time to live above its bounds",
        VALID + "[cache]\nitem_ttl_seconds = 301\n",
        (
            "cache.item_ttl_seconds = 301: input should be less than or equal to 300; "
            "expected: how long an item is served without asking the table, 1 to 300 s"
        ),
    ),
    Case(
        "a query time to live above its bounds",
        VALID + "[cache]\nquery_ttl_seconds = 86400\n",
        (
            "cache.query_ttl_seconds = 86400: input should be less than or equal to 300; "
            "expected: how long a query result is served without asking, 1 to 300 s"
        ),
    ),
    Case(
        "a time to live as a fraction",
        VALID + "[cache]\nitem_ttl_seconds = 5.0\n",
        (
            "cache.item_ttl_seconds = 5.0: input should be a valid integer; expected: how "
            "long an item is served without asking the table, 1 to 300 s"
        ),
    ),
    Case(
        "too many nodes",
        VALID + "[cache]\nnodes = 12\n",
        (
            "cache.nodes = 12: input should be less than or equal to 11; expected: nodes, 1"
            " to 11; three survive the loss of a zone"
        ),
    ),
    Case(
        "a malformed maintenance window",
        VALID + '[cache]\nmaintenance_window = "Sunday"\n',
        (
            'cache.maintenance_window = "Sunday": string should match pattern '
            "'^(mon|tue|wed|thu|fri|sat|sun):[0-2][0-9]:[0-5][0-9]-(mon|tue|wed|thu|fri|sat|sun):[0-2][0-9]:[0-5][0-9]$';"
            ' expected: weekly window in UTC, e.g. "sun:03:00-sun:04:00"'
        ),
    ),
]

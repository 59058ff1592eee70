"""Mistakes in `[workload]`."""

from __future__ import annotations

from tests.unit.configuration.mistakes.case import VALID, Case

_NO_NEW_ITEM = (
    "workload.consumer = true: the consumer reads new messages from the stream, which does not "
    'carry them; write stream = "NEW_IMAGE" in [table]'
)
_ANOTHER_TABLE = (
    "workload.consumer = true: the consumer moves the items of the sample workload, and this is "
    "another table; leave the keys of [table] at their defaults, with the index "
    "message-group-sk-index"
)
_CONSUMER = "[workload]\nconsumer = true\n"
_STREAM = '[table]\nstream = "NEW_IMAGE"\n'

CASES = [
    Case("a consumer without a stream", VALID + _CONSUMER, _NO_NEW_ITEM),
    Case(
        "a consumer of a stream of keys",
        VALID + '[table]\nstream = "KEYS_ONLY"\n' + _CONSUMER,
        _NO_NEW_ITEM,
    ),
    Case(
        "a consumer of a table without the index",
        VALID + _STREAM + 'indexes = []\n[table.attributes]\npk = "S"\nsk = "S"\n' + _CONSUMER,
        _ANOTHER_TABLE,
    ),
    Case(
        "a consumer of a table with other keys",
        VALID
        + _STREAM
        + 'sort_key = "message_group_uuid"\n[[table.indexes]]\nname = "message-group-sk-index"\n'
        + 'partition_key = "message_group_uuid"\nsort_key = "sk"\n'
        + _CONSUMER,
        _ANOTHER_TABLE,
    ),
    Case(
        "a consumer of a table whose index lacks attributes",
        VALID
        + _STREAM
        + '[[table.indexes]]\nname = "message-group-sk-index"\n'
        + 'partition_key = "message_group_uuid"\nsort_key = "sk"\nattributes = []\n'
        + _CONSUMER,
        _ANOTHER_TABLE,
    ),
    Case(
        "a consumer that is no boolean",
        VALID + '[workload]\nconsumer = "yes"\n',
        (
            'workload.consumer = "yes": input should be a valid boolean; expected: whether a '
            "Lambda function keeps conversations in step with the messages in the stream; it "
            "needs the table of the sample, with its stream on"
        ),
    ),
]

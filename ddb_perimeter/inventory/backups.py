"""What backup plans take, as controls see it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ddb_perimeter.inventory.resource import as_list, look_up
from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ddb_perimeter.inventory.inventory import Inventory
    from ddb_perimeter.inventory.resource import Resource
    from ddb_perimeter.inventory.tables import Table

SELECTION: Final = "AWS::Backup::BackupSelection"

_TAG_KEY: Final = "aws:ResourceTag/"
_Answer = bool | Unknown


@dataclass(frozen=True, slots=True)
class Selection:
    """What a backup plan takes.

    Args:
        resource: what declares it.
    """

    resource: Resource

    def takes(self, table: Table) -> bool | Unknown:
        """Return whether the plan takes a table or replica.

        A table is taken when an ARN pattern or one of the listed tags names it, all conditions
        agree, and no pattern excludes it. A plan works in its own account and Region.

        Args:
            table: the table or replica.
        """
        if isinstance(table.region, Unknown) or isinstance(table.arn, Unknown):
            return table.region if isinstance(table.region, Unknown) else Unknown("Arn", "unknown")
        own = (self.resource.region, self.resource.account)
        if own != (table.region, table.resource.account):
            return False
        names = self._list("Resources")
        listed = self._list("ListOfTags")
        named = _any(_matches(pattern, table.arn) for pattern in _values(names))
        if names == [] and listed == []:
            named = True
        tagged = _any(
            _tagged(table, look_up(tag, "ConditionKey"), look_up(tag, "ConditionValue"))
            for tag in _values(listed)
        )
        excluded = _any(_matches(p, table.arn) for p in _values(self._list("NotResources")))
        return _all([_any([named, tagged]), _not(excluded), *self._conditions(table)])

    def _conditions(self, table: Table) -> Iterable[_Answer]:
        conditions = self.resource.at("BackupSelection.Conditions")
        if isinstance(conditions, Unknown):
            yield conditions
        for operator, wanted, like in (
            ("StringEquals", True, False),
            ("StringLike", True, True),
            ("StringNotEquals", False, False),
            ("StringNotLike", False, True),
        ):
            for entry in _values(as_list(look_up(conditions, operator))):
                key = look_up(entry, "ConditionKey")
                name = key.removeprefix(_TAG_KEY) if isinstance(key, str) else key
                answer = _tagged(table, name, look_up(entry, "ConditionValue"), like=like)
                yield answer if wanted else _not(answer)

    def _list(self, property_: str) -> list[object] | Unknown:
        return self.resource.items(f"BackupSelection.{property_}")


def selections(inventory: Inventory) -> list[Selection]:
    """Return what every backup plan takes.

    Args:
        inventory: where to look.
    """
    return [Selection(resource) for resource in inventory.of_type(SELECTION)]


def _values(values: list[object] | Unknown) -> list[object]:
    return [values] if isinstance(values, Unknown) else values


def _matches(pattern: object, text: str) -> _Answer:
    if isinstance(pattern, Unknown):
        return pattern
    parts = (re.escape(part) for part in str(pattern).split("*"))
    return re.fullmatch(".*".join(parts), text, re.DOTALL) is not None


def _tagged(table: Table, key: object, value: object, *, like: bool = False) -> _Answer:
    tags = table.tags
    for part in (key, value, tags):
        if isinstance(part, Unknown):
            return part
    if isinstance(tags, Unknown) or str(key) not in tags:
        return False
    own = tags[str(key)]
    if isinstance(own, Unknown):
        return own
    return _matches(value, str(own)) if like else str(own) == str(value)


def _any(answers: Iterable[_Answer]) -> _Answer:
    doubt: Unknown | None = None
    for answer in answers:
        if isinstance(answer, Unknown):
            doubt = answer
        elif answer:
            return True
    return doubt or False


def _all(answers: Iterable[_Answer]) -> _Answer:
    return _not(_any(_not(answer) for answer in answers))


def _not(answer: _Answer) -> _Answer:
    return answer if isinstance(answer, Unknown) else not answer

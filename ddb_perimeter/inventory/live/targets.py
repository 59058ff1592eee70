"""Tables and clusters as policies name them: which documents may be about them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_SERVICES: Final = frozenset({"dax", "dynamodb"})
_BELOW: Final = ("", "/index/an-index", "/stream/a-stream")


@dataclass(frozen=True, slots=True)
class Targets:
    """Data that somebody may reach.

    Args:
        arns: ARNs of tables and clusters.
        names: these, and what is below them.
    """

    arns: tuple[str, ...]
    names: tuple[str, ...]

    @classmethod
    def of(cls, arns: Iterable[str]) -> Targets:
        """Return some tables and clusters as targets.

        Args:
            arns: their ARNs.
        """
        own = tuple(arns)
        return cls(own, tuple(f"{arn}{below}" for arn in own for below in _BELOW))

    def covered_by(self, document: object) -> bool:
        """Return whether some Allow of a document covers an action on them, or may do so.

        Args:
            document: a policy of an identity; anything that cannot be read may.
        """
        statements = document.get("Statement") if isinstance(document, dict) else None
        if statements is None:
            return True
        return any(
            self._allowed_by(each)
            for each in (statements if isinstance(statements, list) else [statements])
        )

    def _allowed_by(self, statement: object) -> bool:
        if not isinstance(statement, dict):
            return True
        if statement.get("Effect") != "Allow":
            return False
        if "NotAction" not in statement and not any(map(_of_data, _listed(statement, "Action"))):
            return False
        return "NotResource" in statement or any(
            map(self._named_by, _listed(statement, "Resource"))
        )

    def _named_by(self, pattern: str) -> bool:
        if pattern == "*" or "${" in pattern:
            return True
        if any(pattern.startswith(f"{arn}/") for arn in self.arns):
            return True
        matches = _regex(pattern).fullmatch
        return any(matches(name) for name in self.names)


def _of_data(action: str) -> bool:
    """Return whether a pattern of actions may cover one of DynamoDB or DAX."""
    service, colon, _ = action.lower().partition(":")
    if not colon or "*" in service or "?" in service:
        return "*" in service or "?" in service
    return service in _SERVICES


def _listed(statement: dict[str, object], element: str) -> list[str]:
    value = statement.get(element)
    values = value if isinstance(value, list) else [value]
    return [each for each in values if isinstance(each, str)]


@lru_cache(maxsize=4096)
def _regex(pattern: str) -> re.Pattern[str]:
    escaped = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.compile(escaped, re.DOTALL)

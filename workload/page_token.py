"""Page tokens: where a list goes on, as a word that fits into a command or a URL."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_REMEDY = "take it from the page before, unchanged"


class BadPageTokenError(ValueError):
    """A text that is no page token of this list; the message says what to do."""


def write_token(key: Mapping[str, str]) -> str:
    """Return the token of the page that begins after a key.

    Args:
        key: the key attributes of the last item of a page.
    """
    spelled = json.dumps(dict(sorted(key.items())), separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(spelled.encode()).rstrip(b"=").decode()


def read_token(token: str) -> dict[str, str]:
    """Return the key that a token stands for.

    Args:
        token: what `write_token` returned.

    Raises:
        BadPageTokenError: it is nothing that `write_token` returned.
    """
    try:
        padding = "=" * (-len(token) % 4)
        spelled = base64.b64decode(token + padding, altchars=b"-_", validate=True)
        key = json.loads(spelled)
        texts = isinstance(key, dict) and all(isinstance(value, str) for value in key.values())
        if texts and key and write_token(key) == token:
            return dict(key)
    except (ValueError, RecursionError) as error:
        raise BadPageTokenError(f"{token!r} is no page token; {_REMEDY}") from error
    raise BadPageTokenError(f"{token!r} is no page token; {_REMEDY}")


def key_in(token: str, partition: str, prefix: str) -> dict[str, str]:
    """Return the key that a token stands for, if it is one of this list.

    Args:
        token: what `write_token` returned.
        partition: partition key of the list.
        prefix: what its sort keys begin with, or empty.

    Raises:
        BadPageTokenError: it is no token, or one of another list.
    """
    key = read_token(token)
    if key.keys() != {"pk", "sk"} or key["pk"] != partition or not key["sk"].startswith(prefix):
        raise BadPageTokenError(
            f"the page token {token!r} is of another list; ask for its first page without one"
        )
    return key

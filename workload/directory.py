"""Who can write messages: built-in users, those of a file, or those of a Cognito user pool."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from workload import keys
from workload.entities import User
from workload.store import BadRequestError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

BUILT_IN: Final = (
    User("andrewbrown", "Andrew Brown", "3a1f9f2c-6a0e-4f0d-9b51-2f6f1f7a0c11"),
    User("bayko", "Andrew Bayko", "8c5d1a7e-0b43-4c8e-8a2d-5e9b64d3f722"),
)
_PAGE: Final = 60  # the most that Cognito gives at once


class Directory:
    """Users by handle and by id.

    Args:
        users: the users.
        source: where they come from, for messages.

    Raises:
        BadRequestError: a handle or an id is there twice, or an id is no UUID.
    """

    def __init__(self, users: Iterable[User], source: str) -> None:
        self.source = source
        self.users = tuple(sorted(_with_canonical_id(user, source) for user in users))
        for what in ("handle", "uuid"):
            values = [getattr(user, what) for user in self.users]
            for value in values:
                if values.count(value) > 1:
                    raise BadRequestError(
                        f"{source}: two users have the {what} {value}; give each one of their own"
                    )

    @classmethod
    def built_in(cls) -> Directory:
        """Return the two users that need no source."""
        return cls(BUILT_IN, "the built-in users")

    @classmethod
    def from_file(cls, path: Path) -> Directory:
        """Read users from a file, as `list-users --format json` writes them.

        Args:
            path: a JSON document with a list ``users`` of ``handle``, ``display_name``, ``uuid``.

        Raises:
            BadRequestError: it cannot be read, or is no such document.
        """
        try:
            document = json.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise BadRequestError(
                f"--users {path}: {error.strerror}; give a file that can be read"
            ) from error
        except (ValueError, RecursionError) as error:
            raise BadRequestError(
                f"--users {path}: is no JSON; write it with list-users --format json"
            ) from error
        listed = document.get("users") if isinstance(document, dict) else None
        if not isinstance(listed, list):
            raise BadRequestError(
                f'--users {path}: has no list "users"; write it with list-users --format json'
            )
        return cls(
            (_listed(entry, f"--users {path}: users[{n}]") for n, entry in enumerate(listed)),
            f"--users {path}",
        )

    @classmethod
    def from_user_pool(cls, pool: str, cognito: Any) -> Directory:  # noqa: ANN401 - boto3 makes its clients' classes at run time
        """Read users from a Cognito user pool, page by page.

        The handle is ``preferred_username``, else the user name; the id is ``sub``. Cognito
        cannot be reached from an isolated subnet: there, use a file.

        Args:
            pool: id of the user pool.
            cognito: a boto3 client of ``cognito-idp``.

        Raises:
            BadRequestError: two users have the same handle.
        """
        return cls(_pool_users(pool, cognito), f"the user pool {pool}")

    def find(self, name: str) -> User:
        """Return the user with this handle or id.

        Args:
            name: what was typed.

        Raises:
            BadRequestError: there is none.
        """
        for user in self.users:
            if name in {user.handle, user.uuid}:
                return user
        known = ", ".join(user.handle for user in self.users[:5]) or "nobody"
        more = ", …" if len(self.users) > 5 else ""  # noqa: PLR2004 - as many as fit into a line
        raise BadRequestError(f"unknown user {name!r}; {self.source}: {known}{more}")

    def find_id(self, name: str) -> str:
        """Return the id of a user; an id need not be known here.

        Args:
            name: handle or id, as it was typed.

        Raises:
            BadRequestError: a handle that nobody has.
        """
        try:
            return keys.canonical_uuid(name, "the user")
        except keys.BadKeyError:
            return self.find(name).uuid

    def pair(self) -> tuple[User, User]:
        """Return the first two users by handle.

        Raises:
            BadRequestError: there are fewer.
        """
        if len(self.users) < 2:  # noqa: PLR2004 - a conversation has two sides
            raise BadRequestError(f"{self.source}: a conversation needs two users; add one")
        return self.users[0], self.users[1]


def _with_canonical_id(user: User, source: str) -> User:
    try:
        return replace(user, uuid=keys.canonical_uuid(user.uuid, f"the id of {user.handle},"))
    except keys.BadKeyError as error:
        raise BadRequestError(f"{source}: {error}") from error


def _listed(entry: object, where: str) -> User:
    if not isinstance(entry, dict):
        entry = {}
    values = [entry.get(name) for name in ("handle", "display_name", "uuid")]
    if not all(isinstance(value, str) and value.strip() for value in values):
        raise BadRequestError(f"{where} is no user; give handle, display_name and uuid as text")
    handle, display_name, uuid = values
    return User(handle=str(handle), display_name=str(display_name), uuid=str(uuid))


def _pool_users(pool: str, cognito: Any) -> Iterator[User]:  # noqa: ANN401 - as above
    pages = cognito.get_paginator("list_users").paginate(
        UserPoolId=pool, PaginationConfig={"PageSize": _PAGE}
    )
    for page in pages:
        for user in page["Users"]:
            attributes = {each["Name"]: each.get("Value", "") for each in user["Attributes"]}
            handle = attributes.get("preferred_username") or user["Username"]
            yield User(
                handle=handle,
                display_name=attributes.get("name") or handle,
                uuid=attributes.get("sub", ""),
            )

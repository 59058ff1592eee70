"""The workload on a deployed table: `setup` and every access pattern, as a user types them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from rehearsal.failure import RehearsalFailed

if TYPE_CHECKING:
    from pathlib import Path

    from rehearsal.toolkit import Toolkit

_REFUSED: Final = 2


@dataclass(frozen=True, slots=True)
class Workload:
    """The workload's command line, pointed at one Region's table.

    Args:
        toolkit: runs it.
        endpoint: where the emulator listens.
        region: Region code.
        table: name of the table.
        assembly: the assembly that declares the table, for `setup`.
    """

    toolkit: Toolkit
    endpoint: str
    region: str
    table: str
    assembly: Path

    def use(self) -> None:
        """Read and write in every way that the workload has; the table has been set up.

        Raises:
            RehearsalFailed: a command fails, or answers otherwise than it should.
        """
        first, second = self._users()
        group = self._read(first)
        self._write(group, first, second)
        self._look()

    def items(self) -> int:
        """Return how many items the table has.

        Raises:
            RehearsalFailed: it cannot be read.
        """
        return len(self._json("scan", "--limit", "100")["items"])

    def send(self) -> str:
        """Send a message to the newest conversation of the first user, and return its text.

        Raises:
            RehearsalFailed: the command fails.
        """
        first, _ = self._users()
        (newest, *_) = self._json("list-conversations", first)["conversations"]
        text = "Is everything still here?"
        self._json("send", newest["group"], text, "--from", first)
        return text

    def set_up(self) -> None:
        """Fill the table, which must be there and empty, and do it again.

        Raises:
            RehearsalFailed: a command fails, or the table is another one.
        """
        assembly = ("--assembly", str(self.assembly))
        written = self._run("setup", *assembly)
        self._must("is there already" in written, "setup finds the deployed table")
        self._must("is written" in written, "setup fills the table, which was empty")
        items = self.items()
        self._run("load-schema", *assembly)
        self._run("seed")
        self._must(self.items() == items, "setting up twice leaves the items as they are")

    def _users(self) -> tuple[str, str]:
        users = [user["handle"] for user in self._json("list-users")["users"]]
        self._must(len(users) >= 2, "list-users lists two users")  # noqa: PLR2004 - a pair
        return users[0], users[1]

    def _read(self, user: str) -> str:
        """Read the seeded conversation whole, by pages, and by year."""
        tables = self._json("list-tables")["tables"]
        self._must(self.table in tables, f"list-tables lists {self.table}")
        (seeded,) = self._json("list-conversations", user)["conversations"]
        group = str(seeded["group"])
        whole = self._messages(group)
        times = [message["sent_at"] for message in whole]
        self._must(times == sorted(times, reverse=True), "get-conversation is newest first")
        by_pages: list[Any] = []
        page: list[str] = []
        while True:
            answer = self._json("get-conversation", group, "--limit", "4", *page)
            by_pages += answer["messages"]
            if answer["next_page"] is None:
                break
            page = ["--page", answer["next_page"]]
        self._must(by_pages == whole, "pages together are the whole conversation")
        year = times[-1][:4]
        of_year = self._messages(group, "--year", year)
        wanted = [message for message in whole if message["sent_at"].startswith(year)]
        self._must(0 < len(of_year) < len(whole) and of_year == wanted, "a year reads just that")
        return group

    def _write(self, group: str, first: str, second: str) -> None:
        """Send a message and begin a conversation, and see each at once."""
        self._json("send", group, "Hello from the rehearsal", "--from", second)
        newest = self._messages(group, "--consistent")[0]
        self._must(newest["text"] == "Hello from the rehearsal", "what is sent is newest")
        begun = self._json("new-conversation", "And another thing", "--from", first, "--to", second)
        (listed, *_) = self._json("list-conversations", second, "--consistent")["conversations"]
        self._must(
            listed["group"] == begun["conversation"]["group"],
            f"a new conversation is the newest of {second}",
        )

    def _look(self) -> None:
        items = self.items()
        indexed = len(self._json("scan", "--index", "--limit", "100")["items"])
        self._must(0 < indexed < items, "the index has the conversations only")
        self._run("drop", expected=_REFUSED)
        self._must(self.items() == items, "drop without a yes drops nothing")

    def _messages(self, group: str, *options: str) -> list[Any]:
        answer = self._json("get-conversation", group, "--limit", "100", *options)
        return list(answer["messages"])

    def _must(self, kept: bool, promise: str) -> None:  # noqa: FBT001 - it reads as a sentence
        if not kept:
            raise RehearsalFailed(f"workload in {self.region}: it is not so that {promise}")

    def _json(self, *command: str) -> Any:  # noqa: ANN401 - JSON can be anything
        return json.loads(self._run(*command, "--format", "json"))

    def _run(self, *command: str, expected: int = 0) -> str:
        target = ("--endpoint-url", self.endpoint, "--region", self.region, "--table", self.table)
        return self.toolkit.python("-m", "workload", *command, *target, expected=expected)

"""Reads the `[perimeter]` table of a TOML file: what the user declares to be inside.

::

    [perimeter]
    accounts = ["111122223333"]
    organization = "o-exampleorgid"
    endpoints = ["vpce-0123456789abcdef0"]
    vpcs = ["vpc-0123456789abcdef0"]
    regions = ["eu-west-1"]
    existing = ["trail", "recorder"]
    units = ["ou-ab12-11111111"]

    [[perimeter.exemptions]]
    arn = "arn:aws:iam::111122223333:role/break-glass"
    reason = "Repairs the table policy when the deployment role cannot."
    expires = 2030-12-31

`existing` names what the account has already, so that nothing that is checked needs to declare it:
``backup-plan`` (a plan that covers the tables), ``config-rules`` (AWS Config rules, e.g. of a
conformance pack), ``flow-logs`` (of every VPC), ``log-bucket`` (the trail's and AWS Config's,
private, with their keys), ``recorder`` (AWS Config's), ``table-key`` (with rotation on) and
``trail`` (multi-Region, with the tables' data events). What is declared so is believed, not
checked; `verify` looks at the account.

`units` says where the accounts are: each is one of these accounts, or in one of these
organizational units or roots. An organization policy counts as a layer where it is attached to the
account itself, or to all of them.

Other tables of the file belong to somebody else and are ignored. The `baseline.toml` of this
project needs no such table: what it says of exemptions, accounts and VPCs is understood.
"""

from __future__ import annotations

import difflib
import json
import re
import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from ddb_perimeter.controls.baseline import is_baseline, perimeter_of
from ddb_perimeter.controls.perimeter import (
    EXISTING,
    DeclaredExemption,
    Perimeter,
    current_day,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

_LARGEST_FILE: Final = 1_000_000
_LONGEST_VALUE: Final = 80


@dataclass(frozen=True, slots=True)
class _Form:
    """How a value must be written, for the check and for the person who got it wrong."""

    pattern: re.Pattern[str]
    words: str


_ACCOUNT: Final = _Form(re.compile(r"[0-9]{12}"), 'a 12-digit account id, e.g. "111122223333"')
_ORGANIZATION: Final = _Form(
    re.compile(r"o-[a-z0-9]{10,32}"), 'an organization id, e.g. "o-exampleorgid"'
)
_ENDPOINT: Final = _Form(
    re.compile(r"vpce-([0-9a-f]{8}|[0-9a-f]{17})"),
    'a VPC endpoint id, e.g. "vpce-0123456789abcdef0"',
)
_VPC: Final = _Form(
    re.compile(r"vpc-([0-9a-f]{8}|[0-9a-f]{17})"), 'a VPC id, e.g. "vpc-0123456789abcdef0"'
)
_REGION: Final = _Form(
    re.compile(r"[a-z]{2,4}(-[a-z]+)+-[0-9]", re.ASCII), 'a Region, e.g. "eu-west-1"'
)
_UNIT: Final = _Form(
    re.compile(r"ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}|r-[0-9a-z]{4,32}|[0-9]{12}"),
    'the id of an organizational unit, a root or an account, e.g. "ou-ab12-11111111"',
)
_EXISTING: Final = _Form(
    re.compile("|".join(EXISTING)), "one of " + ", ".join(f'"{word}"' for word in EXISTING)
)
_PRINCIPAL: Final = _Form(
    re.compile(r"arn:aws(-[a-z-]+)?:iam::[0-9]{12}:(root|(role|user)/[\w+=,.@/-]+)", re.ASCII),
    "the exact ARN of one role, user or root without wildcards, "
    'e.g. "arn:aws:iam::111122223333:role/break-glass"',
)


class DeclarationError(ValueError):
    """The declaration cannot be used; the message is one line with file, key and remedy."""


def read(path: Path, today: date | None = None) -> Perimeter:
    """Return the perimeter that a file declares; without a `[perimeter]` table, nothing more.

    Args:
        path: TOML file.
        today: the day on which exemptions are judged; today when it is not given.

    Raises:
        DeclarationError: the file or a value in it cannot be used.
    """
    document = _parse(path)
    file = str(path)
    if "perimeter" not in document and is_baseline(document):
        try:
            return perimeter_of(document, today or current_day())
        except (AttributeError, KeyError, TypeError) as error:
            raise DeclarationError(
                f"{file}: cannot be read as a baseline: synthesize it to see what is wrong"
            ) from error
    if "perimeter" not in document:
        misspelled = difflib.get_close_matches("perimeter", document, n=1, cutoff=0.75)
        if misspelled:
            raise DeclarationError(
                f"{file}: table [{misspelled[0]}] is not known: did you mean [perimeter]?"
            )
        return Perimeter(today=today or current_day())
    table = _Table(file, "perimeter", document["perimeter"])
    table.allow(
        "accounts",
        "organization",
        "endpoints",
        "vpcs",
        "regions",
        "existing",
        "units",
        "exemptions",
    )
    organization = table.get("organization", "")
    return Perimeter(
        accounts=frozenset(table.strings("accounts", _ACCOUNT)),
        organization=table.string("organization", _ORGANIZATION) if organization != "" else "",
        endpoints=frozenset(table.strings("endpoints", _ENDPOINT)),
        vpcs=frozenset(table.strings("vpcs", _VPC)),
        regions=frozenset(table.strings("regions", _REGION)),
        existing=frozenset(table.strings("existing", _EXISTING)),
        exemptions=_exemptions(table),
        units=frozenset(table.strings("units", _UNIT)),
        today=today or current_day(),
    )


def write(perimeter: Perimeter) -> str:
    """Return the `[perimeter]` table that `read` understands as this perimeter.

    Args:
        perimeter: what is inside; the day on which it is judged is not written.
    """
    lists = ("accounts", "endpoints", "vpcs", "regions", "existing")
    lines = ["[perimeter]"]
    lines += [f"{key} = {json.dumps(sorted(getattr(perimeter, key)))}" for key in lists]
    if perimeter.organization:
        lines.append(f"organization = {_text(perimeter.organization)}")
    for exemption in perimeter.exemptions:
        lines += [
            "[[perimeter.exemptions]]",
            f"arn = {_text(exemption.arn)}",
            f"reason = {_text(exemption.reason)}",
        ]
        if exemption.expires is not None:
            lines.append(f"expires = {exemption.expires.isoformat()}")
    return "".join(f"{line}\n" for line in lines)


def _text(value: str) -> str:
    """Spell a string: JSON escapes as TOML does, but for the one control character it leaves."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _parse(path: Path) -> Mapping[str, object]:
    try:
        with path.open("rb") as stream:
            content = stream.read(_LARGEST_FILE + 1)
    except OSError as error:
        raise DeclarationError(f"{path}: cannot be read: {error.strerror}") from error
    if len(content) > _LARGEST_FILE:
        raise DeclarationError(f"{path}: is larger than 1 MB; is it a TOML file?")
    try:
        return tomllib.loads(content.decode())
    except UnicodeDecodeError as error:
        raise DeclarationError(f"{path}: is not UTF-8 at byte {error.start}") from error
    except tomllib.TOMLDecodeError as error:
        raise DeclarationError(f"{path}: is not valid TOML: {error}") from error
    except RecursionError as error:
        raise DeclarationError(f"{path}: is nested too deeply") from error


def _exemptions(perimeter: _Table) -> tuple[DeclaredExemption, ...]:
    found: dict[str, DeclaredExemption] = {}
    for table in perimeter.tables("exemptions"):
        table.allow("arn", "reason", "expires")
        arn = table.string("arn", _PRINCIPAL)
        if arn in found:
            raise table.error("arn", arn, "it is declared twice; keep one of them")
        found[arn] = DeclaredExemption(
            arn, table.sentence("reason", "say why it is let through"), table.day("expires")
        )
    return tuple(found.values())


class _Table:
    """One TOML table, and the place that its errors name."""

    def __init__(self, file: str, name: str, value: object) -> None:
        self._file = file
        self._name = name
        if not isinstance(value, dict):
            raise DeclarationError(
                f"{file}: {name} = {_shown(value)}: must be a table, written [{name}]"
            )
        self._values: Mapping[str, object] = value

    def get(self, key: str, default: object = None) -> object:
        return self._values.get(key, default)

    def allow(self, *keys: str) -> None:
        """Refuse every other key by its name."""
        for key in self._values:
            if key not in keys:
                raise DeclarationError(
                    f"{self._file}: {self._name}.{_shown_key(key)} is not known: "
                    f"{_proposal(key, keys)}"
                )

    def string(self, key: str, form: _Form) -> str:
        """Return a required string of the given form."""
        return self._matching(key, self.get(key), form)

    def strings(self, key: str, form: _Form) -> list[str]:
        """Return a list of strings of the given form; empty when the key is absent."""
        values = self.get(key, [])
        if not isinstance(values, list):
            raise self.error(key, values, f"must be a list; write each item as {form.words}")
        return [
            self._matching(f"{key}[{index}]", value, form) for index, value in enumerate(values)
        ]

    def sentence(self, key: str, remedy: str) -> str:
        """Return a required string that says something, on one line."""
        value = self.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.error(key, value, f"{remedy}, as a string")
        return " ".join(value.split())

    def day(self, key: str) -> date | None:
        """Return a date, written as TOML date or as ISO string; None when the key is absent."""
        value = self.get(key)
        if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
            return value
        try:
            if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
                return date.fromisoformat(value)
        except ValueError:
            pass
        raise self.error(key, value, "must be a date, e.g. 2030-12-31")

    def tables(self, key: str) -> list[_Table]:
        """Return the tables of an array; empty when the key is absent."""
        values = self.get(key, [])
        name = f"{self._name}.{key}"
        if not isinstance(values, list):
            raise self.error(key, values, f"must be an array of tables, written [[{name}]]")
        return [_Table(self._file, f"{name}[{index}]", value) for index, value in enumerate(values)]

    def error(self, key: str, value: object, remedy: str) -> DeclarationError:
        shown = "is missing" if value is None else f"= {_shown(value)}"
        return DeclarationError(f"{self._file}: {self._name}.{key} {shown}: {remedy}")

    def _matching(self, key: str, value: object, form: _Form) -> str:
        if isinstance(value, str) and form.pattern.fullmatch(value):
            return value
        quotes = "" if value is None or isinstance(value, str) else "in quotes, "
        raise self.error(key, value, f"write {quotes}{form.words}")


def _shown(value: object) -> str:
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"


def _shown_key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _shown(key)


def _proposal(key: str, keys: Collection[str]) -> str:
    close = difflib.get_close_matches(key, keys, n=1)
    return f"did you mean {close[0]}?" if close else f"use one of {', '.join(keys)}"

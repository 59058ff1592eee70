"""What a text for the policy engine fixes, and which of its words only name something.

A table called ``orders`` and one called ``invoices`` behave alike: the engine compares names and
matches them with patterns, and never looks inside one. So a question whose words are renamed one
to one has the same answer, as long as every renamed word

* stands between colons, slashes and dots, or is a placeholder: nothing is renamed in part;
* has no meaning of its own (``role``, ``GetItem``, an account id, an address);
* is spelled with letters of the same alphabet: no Region, and no service, has a capital, and an
  endpoint's id is no name of a table;
* is matched by patterns as a whole: it contains no text that a wildcard stands next to.
"""

from __future__ import annotations

import functools
import itertools
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from ddb_perimeter.policy.operators import Comparison, Family
from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ddb_perimeter.policy.document import Condition, Statement

END: Final = ""
"""Ends every name in `Spelling.words`."""

_WORDS: Final = re.compile(r"⟦[^⟧]*⟧|[:/.⟦⟧]|[^:/.⟦⟧]+")
_PARTLY_WILD: Final = re.compile(r"[*?]+")
_NETWORK: Final = r"vpce?-[0-9a-f]+"
_REGION: Final = r"[a-z]+(?:-[a-z]+)+-\d+"
# Accounts, most ids that AWS issues, and text that is no plain name keep their spelling.
_ISSUED: Final = re.compile(
    rf"\d{{12}}|(?!{_NETWORK}\Z)(?:vpc|vpce|o|ou|r)-.*"
    r"|A(?:ROA|IDA|GPA|NPA|KIA|SIA).*|.*[$*?].*",
    re.DOTALL,
)
_RESERVED: Final = frozenset(
    {
        *("arn", "aws", "aws-cn", "aws-us-gov", "iam", "sts", "root", "role", "user", "group"),
        *("assumed-role", "federated-user", "aws-service-role", "service-role", "amazonaws"),
        *("com", "table", "index", "stream", "backup", "export", "import", "cache", "key"),
        *("global-table", "anonymous", "Anonymous", "Account", "User", "AssumedRole"),
        "FederatedUser",
        *("vpce-0fedcba9876543210", "vpc-0fedcba9876543210"),  # stand for those of others
    }
)
# What the engine's shapes of names tell apart; the first that spells a word is its own.
_ALPHABETS: Final = tuple(
    re.compile(letters)
    for letters in (
        "⟦[^⟧/:]*⟧",  # placeholders
        r"vpce-[0-9a-f]+",
        r"vpc-[0-9a-f]+",
        _REGION,
        "[a-z0-9-]+",  # services
        "[A-Za-z0-9+=,@_-]+",
    )
)
_PLACE: Final = re.compile(rf"{_NETWORK}|{_REGION}")
NAMING_KEYS: Final = frozenset(
    {
        *("aws:principalarn", "aws:requestedregion", "aws:sourcearn", "aws:sourcevpc"),
        *("aws:sourcevpce", "aws:username", "kms:viaservice"),
    }
)
"""Condition keys whose values name something; those of others have a meaning of their own."""

_COMPARED: Final = frozenset({Family.STRING, Family.ARN})
_TRUTH: Final = frozenset({"true", "false"})  # in any case
_REGION_FIELD: Final = 3
_ARN_FIELDS: Final = 6
_MOST: Final = 50_000  # outlines that are remembered


@dataclass(frozen=True, slots=True)
class Outline:
    """A part of a question without its names.

    Args:
        number: stands for everything that is fixed, and for where each name stands.
        names: the words that were taken out, each once.
    """

    number: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Spelling:
    """One part of a question, taken apart.

    Args:
        form: what is fixed, in one hashable value.
        words: the names, word by word with what divides them, each closed by `END`.
        free: the words that may be renamed as far as this part can tell.
        fixed: words that have a meaning here.
        fragments: texts that wildcards stand next to.
        comparable: whether renaming is understood here at all.
    """

    form: object
    words: tuple[str, ...] = ()
    free: frozenset[str] = frozenset()
    fixed: frozenset[str] = frozenset()
    fragments: frozenset[str] = frozenset()
    comparable: bool = True
    _outlines: dict[frozenset[str], Outline] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def without(self, names: frozenset[str]) -> Outline:
        """Take names out.

        Args:
            names: words that are renamed.
        """
        own = names.intersection(self.words)  # also where it is not free: it is the same word
        if own not in self._outlines:
            places: dict[str, int] = {}
            words = [
                (places.setdefault(word, len(places)), alphabet_of(word)) if word in own else word
                for word in self.words
            ]
            self._outlines[own] = Outline(_number((self.form, *words)), tuple(places))
        return self._outlines[own]

    @classmethod
    def of(
        cls,
        form: object,
        names: Iterable[str],
        *,
        fixed: Iterable[str] = (),
        places: Iterable[str] = (),
        comparable: bool = True,
    ) -> Spelling:
        """Take names apart.

        Args:
            form: what is fixed.
            names: texts in which words may be renamed: ARNs, ids, values of conditions.
            fixed: texts whose words have a meaning.
            places: words that name a place, e.g. a Region.
            comparable: whether renaming is understood here at all.
        """
        words: list[str] = []
        free: set[str] = set(places)
        fragments: set[str] = set()
        for name in names:
            each = _taken_apart(name)
            words += each.words
            free |= each.free
            fragments |= each.fragments
            comparable = comparable and each.comparable
        meant: set[str] = set()
        for text in fixed:
            each = _taken_apart(text)
            meant.update(each.words)
            fragments |= each.fragments
            comparable = comparable and each.comparable
        return cls(
            form,
            tuple(words),
            frozenset(filter(may_be_renamed, free)),
            frozenset(meant),
            frozenset(fragments),
            comparable,
        )


@dataclass(frozen=True, slots=True)
class _Name:
    """One name, taken apart; the parts are those of `Spelling`."""

    words: tuple[str, ...]
    free: frozenset[str]
    fragments: frozenset[str]
    comparable: bool


@functools.lru_cache(maxsize=8192)
def _taken_apart(name: str) -> _Name:
    split = words_of(name)
    return _Name(
        (*split, END),
        frozenset(_free(name, split)),
        frozenset[str]().union(*(_fragments(word) for word in split if "*" in word)),
        comparable="?" not in name and "${" not in name,
    )


_NUMBERS: Final[dict[tuple[object, ...], int]] = {}
_NEXT: Final = itertools.count()


def _number(outline: tuple[object, ...]) -> int:
    """Return a number that no other outline has, because numbers are compared faster."""
    known = _NUMBERS.get(outline)
    if known is None:
        if len(_NUMBERS) >= _MOST:
            _NUMBERS.clear()
        known = _NUMBERS[outline] = next(_NEXT)
    return known


def _free(name: str, split: list[str]) -> Iterator[str]:
    """Yield the words of a name that only name something.

    Of ARNs, these are the Region and the resource; of others, networks and a service's Region.
    """
    if not name.startswith("arn:"):
        yield from (word for word in split if word[0] == "⟦" or _PLACE.fullmatch(word))
        return
    colons = 0
    for word in split:
        if word == ":":
            colons += 1
        elif word[0] == "⟦" or (
            (colons == _REGION_FIELD or colons >= _ARN_FIELDS - 1) and word not in "/."
        ):
            yield word


def _fragments(word: str) -> set[str]:
    """Return the texts of a word that wildcards stand next to."""
    return {piece for piece in _PARTLY_WILD.split(word) if piece}


def words_of(name: str) -> list[str]:
    """Return the words of a name with what divides them.

    Args:
        name: any text.
    """
    return _WORDS.findall(name)


@functools.lru_cache(maxsize=8192)
def may_be_renamed(word: str) -> bool:
    """Say whether a word has no meaning of its own anywhere.

    Args:
        word: a word of a name.
    """
    known = word not in _RESERVED and not _ISSUED.fullmatch(word) and word.lower() not in _TRUTH
    return known and alphabet_of(word) is not None


@functools.lru_cache(maxsize=8192)
def alphabet_of(word: str) -> int | None:
    """Return the number of the smallest alphabet that spells a word; None where none does.

    Args:
        word: a word of a name.
    """
    return next((at for at, each in enumerate(_ALPHABETS) if each.fullmatch(word)), None)


def of_statements(statements: Iterable[Statement]) -> Spelling:
    """Take the statements of a policy apart.

    Args:
        statements: in the order of the document.
    """
    forms: list[object] = []
    names: list[str] = []
    fixed: list[str] = []
    comparable = True
    for each in statements:
        named = each.principals.named if each.principals else ()
        kinds = tuple(
            (kind, _hold(value, names) if kind == "AWS" else value) for kind, value in named
        )
        fixed += (value for kind, value in named if kind != "AWS" and isinstance(value, str))
        fixed += (action for action in each.actions if isinstance(action, str))
        resources = tuple(_hold(value, names) for value in each.resources or ())
        conditions = tuple(_condition(condition, names, fixed) for condition in each.conditions)
        comparable = comparable and all(condition for condition in conditions)
        forms.append(
            (
                each.effect,
                each.principals and (each.principals.everyone, each.principals.inverted, kinds),
                (each.actions, each.not_actions),
                each.resources is None,
                (resources, each.not_resources),
                conditions,
                (each.variables, each.problem),
            )
        )
    return Spelling.of(tuple(forms), names, fixed=fixed, comparable=comparable)


def _condition(condition: Condition, names: list[str], fixed: list[str]) -> tuple[object, ...]:
    """Return the form of a condition; empty where letter case hides what a word is."""
    fixed.append(condition.name)
    operator = condition.operator
    if operator and operator.comparison is Comparison.EQUAL_ANY_CASE:
        return ()
    values: tuple[object, ...] = condition.values
    if operator and operator.family in _COMPARED and condition.name in NAMING_KEYS:
        values = tuple(_hold(value, names) for value in condition.values)
    else:
        fixed += (value for value in condition.values if isinstance(value, str))
    return (condition.spelled, condition.name, condition.readable, values)


def _hold(value: str | Unknown, texts: list[str]) -> Unknown | None:
    """Keep a text among others and leave a hole for it; what is unknown stays in the form."""
    if isinstance(value, Unknown):
        return value
    texts.append(value)
    return None

"""No single change of what is compared is missed, and everything equals itself."""

from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ddb_perimeter.drift.binding import Binding
from ddb_perimeter.drift.kinds import KINDS
from ddb_perimeter.drift.meaning import How, differences
from ddb_perimeter.inventory import look_up
from tests.unit.drift.accounts import Account, promise, told

PROMISED = promise()
POINTERS = {kind.type: [each.name for each in kind.properties] for kind in KINDS}
Path = tuple[str | int, ...]


def leaves(value: object, path: Path = ()) -> Iterator[Path]:
    """Yield the way to every value that is no collection."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from leaves(each, (*path, key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from leaves(each, (*path, index))
    else:
        yield path


def compared() -> list[Path]:
    """Return the way to every value of the account that is compared."""
    account = Account(PROMISED)
    return [
        (name, *pointer.split("."), *rest)
        for name, each in zip(account.properties, account.inventory(), strict=True)
        for pointer in POINTERS.get(each.type, ())
        if (value := look_up(each.properties, pointer)) is not None
        for rest in leaves(value)
        # The ports of a rule for ICMP are none.
        if not (rest and rest[-1] in {"FromPort", "ToPort"} and pointer.endswith("Egress"))
    ]


@given(path=st.sampled_from(compared()))
@settings(max_examples=20, deadline=None)
def test_any_single_change_is_told(path: Path) -> None:
    account = Account(PROMISED)
    node: Any = account.properties
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = "false" if node[path[-1]] is True else "changed"

    assert told(PROMISED, account.inventory()), path


VALUES = st.recursive(
    st.text("ab⟦⟧.:*", max_size=6) | st.booleans() | st.integers() | st.none(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["Version", "Statement", "Action", "Sid", "Principal", "Condition", "x"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(value=VALUES, how=st.sampled_from(How))
@settings(max_examples=25, deadline=None)
def test_every_value_equals_itself(value: object, how: How) -> None:
    assert list(differences(value, value, how, Binding())) == []


@given(text=st.text("ab⟦⟧.", max_size=8), symbols=st.lists(st.sampled_from("ABC"), max_size=4))
@settings(max_examples=25, deadline=None)
def test_a_placeholder_always_stands_for_the_same(text: str, symbols: list[str]) -> None:
    binding = Binding()
    plain = text.replace("⟦", "").replace("⟧", "")
    promised = "".join(f"{plain}⟦{symbol}⟧" for symbol in symbols)
    found = "".join(f"{plain}{ord(symbol):03}" for symbol in symbols)

    if binding.bind(promised, found):
        assert binding.spell(promised) == found
        assert not symbols or not binding.bind(promised, f"{found}x")

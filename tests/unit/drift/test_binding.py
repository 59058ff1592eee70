"""What placeholders stand for."""

from ddb_perimeter.drift.binding import Binding
from ddb_perimeter.drift.meaning import How, differences, unmatched


def test_two_placeholders_never_stand_for_the_same_id() -> None:
    binding = Binding()

    assert binding.bind("vpce-⟦A⟧", "vpce-1")
    assert not binding.bind("vpce-⟦B⟧", "vpce-1")
    assert not Binding().bind("⟦A⟧:⟦B⟧", "x:x")
    assert binding.bind("vpce-⟦B⟧", "vpce-2")
    assert binding.spell("⟦A⟧ ⟦B⟧ ⟦C⟧") == "1 2 ⟦C⟧"


def test_a_placeholder_takes_what_nothing_else_is() -> None:
    binding = Binding()

    assert unmatched(["⟦A⟧", "x"], ["x", "y"], binding) == ([], [])
    assert binding.spell("⟦A⟧") == "y"


def test_a_substitution_holds_over_the_whole_comparison() -> None:
    binding = Binding()
    promised = {"a": "sg-⟦A⟧", "b": ["sg-⟦A⟧"]}

    assert not list(differences(promised, {"a": "sg-1", "b": ["sg-1"]}, How.VALUE, binding))
    assert list(differences(promised, {"a": "sg-1", "b": ["sg-2"]}, How.VALUE, Binding()))

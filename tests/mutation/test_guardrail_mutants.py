"""Every fault of the guardrails is found by the control that is there for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from ddb_perimeter.controls import catalogue
from ddb_perimeter.findings import Exposure, Verdict
from tests.mutation.areas.guardrails import MUTANTS, WORKS

if TYPE_CHECKING:
    from tests.mutation.judging import Judge
    from tests.mutation.mutant import Mutant
    from tests.mutation.templates import Templates

OWN: Final = frozenset(each.id for each in catalogue.controls() if each.id.startswith("org-"))


def test_the_guardrails_are_flawless(organized: Templates, organized_judge: Judge) -> None:
    assert organized_judge.some(organized, OWN - {WORKS}).findings == ()


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_is_found(mutant: Mutant, organized: Templates, organized_judge: Judge) -> None:
    changed = organized.copy()
    mutant.change(changed)

    # Trying everything legitimate takes longest: only where it is the point.
    asked = OWN if mutant.control == WORKS else OWN - {WORKS}
    findings = organized_judge.some(changed, asked).findings

    own = [finding for finding in findings if finding.control == mutant.control]
    here = [each for each in own if each.subject.logical_id == changed.logical_id(mutant.on)]
    assert {each.verdict for each in own} == {Verdict.BROKEN}
    assert here, f"{mutant.control} blames {[each.subject.logical_id for each in own]}"
    assert max(here, key=lambda f: list(Exposure).index(f.exposure)).exposure is mutant.exposure
    assert {each.control for each in findings} - {mutant.control} == mutant.also


def test_every_control_of_the_guardrails_has_a_mutant() -> None:
    assert {mutant.control for mutant in MUTANTS} == OWN

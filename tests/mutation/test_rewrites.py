"""What means the same to AWS, or denies more, is no finding, and names the same exemptions."""

from __future__ import annotations

import functools
import json
import re
from typing import TYPE_CHECKING, Final

import pytest

from ddb_perimeter.findings import Result, Verdict
from tests.mutation.rewrites import REWRITES

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.mutation.judging import Judge
    from tests.mutation.mutant import Rewrite
    from tests.mutation.templates import Templates

_PLACEHOLDER: Final = re.compile("⟦.*⟧")


def exempted(result: Result) -> list[str]:
    """Return who is let through; what is named after a logical id has another name later."""
    return sorted(_PLACEHOLDER.sub("…", each.principal) for each in result.exemptions)


@pytest.fixture(scope="session")
def expected(baseline: Templates, judge: Judge) -> Callable[[frozenset[str]], list[str]]:
    """Return whom the baseline lets through, as far as some controls tell."""

    @functools.cache
    def told_by(only: frozenset[str]) -> list[str]:
        return exempted(judge.some(baseline, only))

    return told_by


def test_the_baseline_holds(baseline: Templates, judge: Judge) -> None:
    result = judge.all(baseline)

    assert result.findings == ()
    assert result.verdict is Verdict.HOLDS


@pytest.mark.parametrize("rewrite", REWRITES, ids=lambda rewrite: rewrite.name)
def test_a_rewrite_is_not_found(
    rewrite: Rewrite,
    baseline: Templates,
    judge: Judge,
    expected: Callable[[frozenset[str]], list[str]],
) -> None:
    changed = baseline.copy()
    rewrite.change(changed)
    same_text = json.dumps(changed.stacks) == json.dumps(baseline.stacks)
    assert changed.spelling or not same_text, "it changes nothing"
    only = judge.concerned(changed)

    result = judge.some(changed, only)

    assert result.findings == ()
    assert result.verdict is Verdict.HOLDS
    assert exempted(result) == expected(only)


def test_there_are_forty_rewrites_or_more() -> None:
    assert len({rewrite.name for rewrite in REWRITES}) == len(REWRITES) >= 40

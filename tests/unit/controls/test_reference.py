"""The page of all controls, generated from them."""

from __future__ import annotations

from pathlib import Path

from ddb_perimeter.controls import catalogue
from ddb_perimeter.controls.reference import markdown

PAGE = Path(__file__).parents[3] / "docs" / "controls.md"


def test_the_page_is_current() -> None:
    """`make docs` writes it."""
    assert PAGE.read_text(encoding="utf-8") == markdown()


def test_every_control_has_a_row_and_a_section() -> None:
    lines = markdown().splitlines()

    for control in catalogue.controls():
        assert (
            f"| [`{control.id}`](#{control.id}) | {control.severity} | {control.title} |" in lines
        )
        assert f"## {control.id}" in lines

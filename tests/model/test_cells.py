"""Cells of exports: no spreadsheet takes one for a formula, and nothing is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.model.cells import defused, restored

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=cmd|'/c calc'!A0")


@pytest.mark.parametrize("text", FORMULAS)
def test_what_could_be_a_formula_is_text(text: str) -> None:
    assert defused(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "ada@example.net", "o'neil@example.net", "'tis", "1-2", "a=b"])
def test_other_cells_stay_as_they_are(text: str) -> None:
    assert defused(text) == restored(text) == text


@given(st.text(alphabet="'=+-@\t\rab", max_size=6))
def test_a_defused_cell_never_begins_as_a_formula_and_can_be_restored(text: str) -> None:
    assert defused(text)[:1] not in tuple("=+-@\t\r")
    assert restored(defused(text)) == text

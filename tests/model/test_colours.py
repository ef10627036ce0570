from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.model.colours import READABLE, contrast, readable

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#0000ff", "#ffffff", 8.59)],
)
def test_contrast_is_what_the_guidelines_say(one: str, other: str, ratio: float) -> None:
    assert round(contrast(one, other), 2) == ratio


@given(COLOURS, COLOURS)
def test_contrast_does_not_depend_on_the_order(one: str, other: str) -> None:
    assert contrast(one, other) == contrast(other, one)


@given(COLOURS, COLOURS)
def test_any_colour_has_a_shade_that_can_be_read_on_any_background(colour: str, background: str) -> None:
    assert contrast(readable(colour, on=background), background) >= READABLE


@given(COLOURS, COLOURS)
def test_a_colour_that_can_be_read_stays_as_it_is(colour: str, background: str) -> None:
    if contrast(colour, background) >= READABLE:
        assert readable(colour, on=background) == colour


def test_the_nearest_shade_is_taken() -> None:
    assert readable("#6cb0f2", on="#ffffff") == "#46729d"

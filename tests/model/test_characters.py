from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree  # type: ignore[import-untyped]  # lxml has no types

from publisher.model.characters import clean, clean_line

ANYTHING = st.text(st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    "bad", ["\x00", "\x0b", "\x1b", "\x7f", "\x85", "\ud800", "\ufffe", "\uffff", "\U0001fffe"]
)
def test_a_forbidden_character_goes_and_its_neighbours_stay(bad: str) -> None:
    assert clean(f"a{bad}b") == "ab"


@pytest.mark.parametrize("good", ["👩‍👩‍👧‍👦", "🏴‍☠️", "🇪🇸", "𠮷野", "میخواهم", "tab\tand\nline", "é"])
def test_what_people_write_stays_as_it_is(good: str) -> None:
    assert clean(good) == good


def test_line_ends_become_newlines() -> None:
    assert clean("a\r\nb\rc\n") == "a\nb\nc\n"


def test_a_title_is_one_line_in_composed_form_without_bidi_controls() -> None:
    assert clean_line(" Cafe\u0301\n\tand\u202e tea\u2066 ") == "Café and tea"


def test_a_combining_mark_after_a_tag_does_not_swallow_it() -> None:
    assert clean("<b>\u0338x</b>") == "<b>\u0338x</b>"


@given(ANYTHING)
def test_every_text_is_fit_for_xml_and_utf_8_and_stays_so(text: str) -> None:
    element = etree.Element("title")
    element.text = clean(text)

    read = etree.fromstring(etree.tostring(element, encoding="utf-8")).text or ""

    assert read == clean(clean(text))


@given(ANYTHING)
def test_a_title_never_changes_when_it_is_made_a_title_again(text: str) -> None:
    assert clean_line(clean_line(text)) == clean_line(text)

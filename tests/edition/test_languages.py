from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.edition.languages import direction, language, turned
from publisher.model.edition import Direction


@pytest.mark.parametrize(
    "lang", ["ar", "ar-EG", "he", "fa-IR", "ur", "yi", "dv", "ckb", "az-Arab", "pa-Arab-PK", "ff-Adlm"]
)
def test_languages_written_from_right_to_left(lang: str) -> None:
    assert direction(lang) is Direction.RTL


@pytest.mark.parametrize("lang", ["en", "ja", "zh-Hant-TW", "ar-Latn", "ku", "az", "und", "ru", "sr-Cyrl"])
def test_languages_written_from_left_to_right(lang: str) -> None:
    assert direction(lang) is Direction.LTR


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (("fr", "en"), "fr"),
        ((None, "", "en"), "en"),
        (("en_GB",), "en-GB"),
        (('en" onload="x', "de"), "de"),
        ((None,), "und"),
    ],
)
def test_the_first_real_language_tag_is_taken(wanted: tuple[str | None, ...], found: str) -> None:
    assert language(*wanted) == found


@pytest.mark.parametrize(
    ("text", "usual", "way"),
    [
        ("plain words", Direction.LTR, None),
        ("café – naïve", Direction.LTR, None),
        ("مرحبا بالعالم", Direction.LTR, Direction.RTL),
        ("שלום", Direction.LTR, Direction.RTL),
        ("مرحبا means welcome, says everybody here", Direction.LTR, None),
        ("مرحبا", Direction.RTL, None),
        ("plain words", Direction.RTL, Direction.LTR),
        ("水の紙", Direction.RTL, Direction.LTR),
        ("12:30", Direction.RTL, None),
        ("", Direction.RTL, None),
    ],
)
def test_most_letters_tell_which_way_a_text_runs(text: str, usual: Direction, way: Direction | None) -> None:
    assert turned(text, usual) is way


@given(st.text(st.characters(codec="utf-8")))
def test_no_text_runs_both_ways(text: str) -> None:
    ways = {turned(text, usual) for usual in Direction}

    assert ways in ({None}, {None, Direction.LTR}, {None, Direction.RTL})

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.outputs.wrapping import columns, wrap

WORDS = st.lists(
    st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=20)
    | st.just("電池の秋「二〇二六年」。"),
)


@pytest.mark.parametrize(
    ("text", "width"),
    [("cell", 4), ("電池", 4), ("e\u0301", 1), ("👩\u200d👧", 4), ("ﾃﾞ", 2), ("“ça” – oui…", 11), ("", 0)],
)
def test_columns_are_those_of_a_terminal(text: str, width: int) -> None:
    assert columns(text) == width


def test_lines_that_fit_stay_as_they_are() -> None:
    text = "one\n  two   three\n\n* four\t"

    assert wrap(text, width=20) == text


def test_words_are_not_broken_and_addresses_stay_whole() -> None:
    text = "see https://example.org/a/very/long/address and on"

    assert wrap(text, width=20) == "see\nhttps://example.org/a/very/long/address\nand on"


@pytest.mark.parametrize(
    ("text", "wrapped"),
    [
        ("* one two three four", "* one two\n  three four"),
        ("> one two three four", "> one two\n> three four"),
        ("> * one two three four", "> * one two\n>   three\n>   four"),
        ("12. one two three four", "12. one two\n    three\n    four"),
        ("¹ one two three", "¹ one two\n  three"),
        ("    one two three", "    one two\n    three"),
    ],
)
def test_the_rest_of_an_item_hangs_under_its_first_word(text: str, wrapped: str) -> None:
    assert wrap(text, width=12) == wrapped


def test_ideographs_break_anywhere_but_before_a_close_or_after_an_opening() -> None:
    assert wrap("夕方の電力需要を、次", width=16) == "夕方の電力需要\nを、次"
    assert wrap("夕方の電力需要「支え」", width=16) == "夕方の電力需要\n「支え」"
    assert wrap("ソーラーパネルっていいね", width=6) == "ソー\nラーパ\nネルっ\nていい\nね"


def test_hangul_and_emoji_of_several_parts_break_at_spaces_only() -> None:
    assert wrap("태양광이 싸졌다", width=8) == "태양광이\n싸졌다"
    assert wrap("a 👩\u200d👩\u200d👧 b", width=4) == "a\n👩\u200d👩\u200d👧\nb"


@given(WORDS, st.integers(10, 80))
def test_wrapping_loses_and_adds_nothing_but_line_breaks(words: list[str], width: int) -> None:
    text = " ".join(words)

    wrapped = wrap(text, width=width)

    assert "".join(wrapped.split()) == "".join(text.split())


@given(st.lists(st.text("abcdefgh電池", min_size=1, max_size=10)), st.integers(10, 40))
def test_no_line_is_wider_than_asked_if_no_word_is(words: list[str], width: int) -> None:
    wrapped = wrap(" ".join(words), width=width)

    assert all(columns(line) <= width for line in wrapped.split("\n"))

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.edition.words import (
    Names,
    ascii_name,
    beginning,
    clean,
    one_line,
    sentences,
)
from publisher.model.length import columns, count, cut, minutes

FAMILY = "👩‍👩‍👧‍👦"


@pytest.mark.parametrize(
    "bad",
    [
        "\0",
        "\x0b",
        "\x0c",
        "\x1b",
        "\x7f",
        "\x80",
        "\x85",
        "\x9f",
        "\ud83d",
        "\ufffe",
        "\uffff",
        "\U0001ffff",
    ],
)
def test_characters_that_xml_or_html_forbid_are_removed(bad: str) -> None:
    assert clean(f"before{bad}after") == "beforeafter"


@pytest.mark.parametrize("good", [FAMILY, "🇪🇸🇯🇵", "𠮷野", "☀️", "\u200f", "a\tb\nc", "\u00a0", "\ue000"])
def test_joiners_marks_and_all_planes_are_kept(good: str) -> None:
    assert clean(good) == good


def test_text_is_normalised_and_lines_end_in_newlines() -> None:
    assert clean("Cafe\u0301\r\nbar\rbaz") == "Café\nbar\nbaz"


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("  A\n\ttitle  of \u2028 two ", "A title of two"),
        ("safe\u202etxt.exe\u2066!", "safetxt.exe!"),
        ("« un\u202fdeux\u00a0»", "« un\u202fdeux\u00a0»"),
        ("電池\u3000夕方", "電池\u3000夕方"),
        ("\x1b \n", ""),
        (None, ""),
    ],
)
def test_a_title_is_one_clean_line_without_bidi_controls(written: str | None, printed: str) -> None:
    assert one_line(written) == printed


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("It rained. Then it stopped.", "It rained."),
        ("It rained!) Then it stopped.", "It rained!)"),
        ("The U.S. Senate met Dr. Who and J. Smith. It rained.", "The U.S. Senate met Dr. Who and J. Smith."),
        ("It cost 3.5 euros. Cheap.", "It cost 3.5 euros."),
        ("He went to St. Ives e.g. by train. So.", "He went to St. Ives e.g. by train."),
        ("初めて支えた。静かな交代だった。", "初めて支えた。"),
        ("「もう終わり。」彼は言った。", "「もう終わり。」"),
        ("هل انتهى؟ نعم.", "هل انتهى؟"),
        ("No mark at all", "No mark at all"),
    ],
)
def test_a_sentence_ends_where_a_reader_would_say(text: str, first: str) -> None:
    assert next(sentences(text)) == first


@given(st.text(alphabet="ab .!?。…\"'」A1"))
def test_no_character_is_lost_between_sentences(text: str) -> None:
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())


def test_a_beginning_is_whole_sentences_as_far_as_they_fit() -> None:
    text = "One two three. Four five six. Seven eight nine."

    assert beginning(text, 30) == "One two three. Four five six."


def test_a_beginning_of_one_long_sentence_is_cut() -> None:
    assert beginning("One two three four five six. Seven.", 14) == "One two three…"


def test_sentences_of_ideographs_are_joined_without_a_space() -> None:
    assert beginning("支えた。交代だった。終わり。", 20) == "支えた。交代だった。"


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [
        ("short", 10, "short"),
        ("one two, three", 9, "one two…"),
        ("one two, three", 10, "one two…"),
        ("unbreakableword", 6, "unbre…"),
        ("初めて一か月を通して", 9, "初めて一…"),
        (f"ab {FAMILY}{FAMILY}", 7, "ab…"),
        ("xyz" + "🇪🇸🇯🇵", 6, "xyz🇪🇸…"),
        ("abcde\u0301fgh", 6, "abcd…"),
    ],
)
def test_text_is_cut_between_words_and_never_inside_a_character(text: str, limit: int, short: str) -> None:
    assert cut(text, limit) == short


@given(st.text(), st.integers(min_value=2, max_value=60))
def test_cut_text_fits_and_is_a_beginning(text: str, limit: int) -> None:
    short = cut(text, limit)

    assert columns(short) <= max(limit, 2)
    assert short == text or text.startswith(short.removesuffix("…"))


@given(
    st.lists(st.sampled_from(["a", "e\u0301", "🇪🇸", FAMILY, "👍🏽", "☀️"]), min_size=2, max_size=12),
    st.integers(3, 20),
)
def test_what_readers_see_as_one_character_is_not_torn(clusters: list[str], limit: int) -> None:
    whole = "".join(clusters)

    kept = cut(whole, limit).removesuffix("…")

    assert kept in {"".join(clusters[:end]) for end in range(len(clusters) + 1)}


def test_words_and_ideographs_are_counted_and_numbers_of_links_are_not() -> None:
    texts = ["* See the list\u00a0[1] and[^2] it’s — done", "電池、夕方 ok"]

    assert count(texts) == (7, 4)


@pytest.mark.parametrize(
    ("words", "characters", "time"), [(0, 0, 1), (220, 0, 1), (330, 0, 2), (2200, 0, 10), (0, 1500, 3)]
)
def test_reading_time_is_by_script_and_at_least_a_minute(words: int, characters: int, time: int) -> None:
    assert minutes(words, characters) == time


def test_names_are_ascii_and_given_once() -> None:
    names = Names()

    given_out = [
        names.take(ascii_name(text, otherwise="section")) for text in ("Über uns", "uber-uns", "要点", "？")
    ]

    assert given_out == ["uber-uns", "uber-uns-2", "section", "section-2"]


@given(st.text())
def test_clean_text_is_clean(text: str) -> None:
    once = clean(text)

    assert clean(once) == once
    assert unicodedata.is_normalized("NFC", once)
    once.encode()

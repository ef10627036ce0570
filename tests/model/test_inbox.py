from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.model.inbox import CLIENTS, columns, cut, inbox_row

LETTERS = st.text(alphabet="ab é水🇪🇸👩\u200d🚀❤\ufe0f👍🏽e\u0301", max_size=60)


@given(LETTERS, st.integers(min_value=0, max_value=40))
def test_a_cut_text_fits_and_is_the_beginning_of_the_whole(text: str, room: int) -> None:
    shown = cut(text, room)

    assert columns(shown) <= room
    assert shown == text or not shown or (shown.endswith("…") and text.startswith(shown[:-1]))


@given(LETTERS)
def test_a_text_that_fits_stays_as_it_is(text: str) -> None:
    assert cut(text, columns(text)) == text


def test_wide_letters_and_emoji_take_two_columns_and_accents_none() -> None:
    assert [columns(text) for text in ("ab", "水", "e\u0301", "👩\u200d🚀", "👍🏽", "🇪🇸", "❤\ufe0f")] == [
        *(2, 2, 1),
        *(2, 2, 2, 2),
    ]


@pytest.mark.parametrize("letter", ["e\u0301", "👩\u200d🚀", "👍🏽", "🇪🇸", "❤\ufe0f"])
def test_what_a_reader_takes_for_one_letter_is_never_divided(letter: str) -> None:
    for room in range(2, 12):
        shown = cut(letter * 6, room).removesuffix("…")

        assert shown.replace(letter, "") == ""


def test_no_space_stands_before_the_ellipsis_and_without_room_there_is_nothing() -> None:
    assert cut("one two three", 5) == "one…"
    assert cut("one", 1) == ""
    assert cut("one", -5) == ""


@pytest.mark.parametrize("name", CLIENTS)
@given(LETTERS, LETTERS, LETTERS)
def test_a_row_fits_into_its_client(name: str, sender: str, subject: str, preview: str) -> None:
    client = CLIENTS[name]

    row = inbox_row(client, sender=sender, subject=subject, preview=preview)

    assert columns(row.sender) <= client.sender
    assert columns(row.subject) <= client.subject
    if client.one_line:
        assert columns(row.subject) + 3 + columns(row.preview) <= client.subject or not row.preview
    else:
        assert columns(row.preview) <= client.preview


def test_a_long_subject_leaves_no_room_for_the_preview_where_both_share_a_line() -> None:
    web = CLIENTS["web"]

    assert inbox_row(web, sender="A", subject="s" * 70, preview="words").preview == ""
    assert inbox_row(web, sender="A", subject="s" * 30, preview="words " * 20).preview == (
        "words words words words words words wo…"
    )

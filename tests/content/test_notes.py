from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.content.notes import without_notes


@pytest.mark.parametrize(
    ("text", "left"),
    [
        pytest.param("a <!-- n --> b", "a  b", id="in a line"),
        pytest.param("a %%n%%\nb", "a\nb", id="at the end of a line leaves no blanks"),
        pytest.param("a\n\n<!-- n\nm -->\n\nb", "a\n\n\n\n\nb", id="on lines of its own"),
        pytest.param("a <!-- n\n\n## m --> b\n\nc", "a  b\n\n\n\nc", id="over lines joins its paragraph"),
        pytest.param("<!-- ```\n-->\na **b**\n", "\n\na **b**\n", id="with a fence in it"),
        pytest.param("%% <!-- %% a -->", " a -->", id="the one that opens first wins"),
        pytest.param("- a\n  %% n %%\n- b", "- a\n\n- b", id="in a list"),
        pytest.param("a<!---->b", "ab", id="empty"),
    ],
)
def test_notes_are_taken_out_wherever_readers_could_see_them(text: str, left: str) -> None:
    noted = without_notes(text)

    assert (noted.text, noted.count) == (left, 1)
    assert noted.text.count("\n") == text.count("\n")


@pytest.mark.parametrize(
    "text",
    [
        "`<!-- a -->`",
        "`` ` <!-- a --> ``",
        "```html\n<!-- a -->\n```",
        "~~~\n%% a %%",
        "> ```\n> %% a %%\n> ```",
        "- ```\n  %% a %%\n  ```",
        "a\n\n    <!-- a -->\n    %%b%%\n",
        "\\%% a \\%%",
        "\\<!-- a -->",
        "100 % of 50 %",
    ],
)
def test_code_and_escaped_signs_stay(text: str) -> None:
    assert without_notes(text).text == text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a ` b <!-- n --> c", "a ` b  c"),
        ("a `b\n\n<!-- n --> c`", "a `b\n\n c`"),
        ("- a\n\n      <!-- n -->", "- a\n\n"),
        ("<!-- ```\n-->\n<!-- n -->", "\n\n"),
        ("a\n    <!-- n --> b", "a\n     b"),
        ("> ```\n> a\n\n<!-- n -->", "> ```\n> a\n\n"),
    ],
)
def test_what_only_looks_like_code_hides_no_note(text: str, left: str) -> None:
    assert without_notes(text).text == left


def test_a_note_that_never_ends_stays_for_others_to_complain_of() -> None:
    noted = without_notes("a %%n%%\nb\n<!-- c\n")

    assert (noted.text, noted.count) == ("a\nb\n<!-- c\n", 1)


pieces = st.sampled_from(
    ["a", " ", "\n", "\n\n", "<!-- secret -->", "%%secret%%", "`", "```\n", "~~~", "    ", "- ", "> ", "\\"]
)


@given(st.lists(pieces, max_size=25).map("".join))
def test_lines_keep_their_number_whatever_is_taken_out(text: str) -> None:
    noted = without_notes(text)

    assert noted.text.rstrip().count("\n") <= text.count("\n")
    assert noted.count + noted.text.count("secret") == text.count("secret")

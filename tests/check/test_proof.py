"""The proof: what checks look at, with and without a parser."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from publisher.check.proof import _lines, _pieces, _plain
from publisher.model.story import Passage
from tests.check.issues import found, picture, read, single

MARKED = "see [a link](https://a.example)"
TEXTS = st.lists(
    st.sampled_from(
        ["A plain line.", "Two words", "é, and 水", "1. one", "- a", "x\ny", MARKED, " a", "=", "A|B"]
    ),
    max_size=4,
).map("\n\n".join)


@given(TEXTS, st.sampled_from(["", "\n", "\n\n"]), st.integers(1, 40))
@example("A\n\n\nB", "", 1)
@example("A\n\nB", "\n", 7)
def test_what_is_read_without_a_parser_is_what_the_parser_reads(text: str, end: str, line: int) -> None:
    plain = _plain(Passage(markdown=text + end, line=line), "heat.md", None)
    with_a_mark = [*_pieces([Passage(markdown=f"{text}{end}\n\n*mark*", line=line)], "heat.md", None)][:-1]

    if plain:
        assert [(_lines(each.token), each.place, each.heading) for each in plain] == [
            (_lines(each.token), each.place, each.heading) for each in with_a_mark
        ]


def test_plain_paragraphs_need_no_parser_and_marked_ones_do() -> None:
    assert len(_plain(Passage(markdown="One.\n\nTwo.\n", line=3), "heat.md", None)) == 2
    assert _plain(Passage(markdown=f"One.\n\n{MARKED}", line=3), "heat.md", None) == []


@pytest.mark.parametrize(
    ("body", "places"),
    [
        ("A `span\nof code` and TK.\nMore TK.", ["heat.md:10 E302", "heat.md:11 E302"]),
        ('A [report](https://a.b "a title\nof two lines") and TK.', ["heat.md:10 E302"]),
        ("A [link\nof two](https://a.b 'a\ntitle') and\nTK.", ["heat.md:12 E302"]),
        ("A\\\n`b\nc\nd` [click\nhere](https://a.b)", ["heat.md:12 W405"]),
        ("&#10;a\nb TK", ["heat.md:10 E302"]),
        ("> [!did-you-know]\n> One.\n> TK.", ["heat.md:11 E302"]),
        ("A <!-- note\nof two --> word\nand TK.\n\nTK", ["heat.md:11 E302", "heat.md:13 E302"]),
        (
            "A %%note\nof\nthree%%\nTK.\n==Mark==\n\nTK",
            ["heat.md:12 E302", "heat.md:13 E016", "heat.md:15 E302"],
        ),
        ("A <!-- n\nm -->\nb <!-- n\nm -->\nTK\n\nTK", ["heat.md:13 E302", "heat.md:15 E302"]),
        (
            "## Did You Know?\n\n- a <!-- n\nm -->\n- TK\n- [here](https://a.b)",
            ["heat.md:13 E302", "heat.md:14 W405"],
        ),
        ("> [!did-you-know]\n>\n> TK.", ["heat.md:11 E302"]),
        ("> [!did-you-know] A title\n>\n> TK.", ["heat.md:11 E302"]),
        ("> [!did-you-know] A title\n> TK.", ["heat.md:10 E302"]),
    ],
)
def test_what_is_found_in_a_paragraph_is_told_on_its_line(
    tmp_path: Path, body: str, places: list[str]
) -> None:
    assert found(single(tmp_path, body=body)) == places


def test_a_picture_below_an_editors_note_is_told_on_its_line(tmp_path: Path) -> None:
    body = f"{'word ' * 50} <!-- a note\nof two lines -->\n![Rows](c.png)"

    assert found(single(tmp_path, body=body)) == ["heat.md:11 E502"]


def test_an_issues_own_words_below_an_editors_note_are_told_on_their_lines(tmp_path: Path) -> None:
    files = {
        "heat/issue.md": "---\nid: i\ntitle: Heat\n---\n\nA <!-- note\nof two -->\nTK\n",
        "heat/a.md": "---\nid: a\ntitle: A\nsource: A\n---\nText.\n\n\nTK\n",
    }

    assert found(read(tmp_path, files)) == ["a.md:9 E302", "issue.md:8 E302"]


def test_two_pictures_of_one_paragraph_are_told_on_their_lines(tmp_path: Path) -> None:
    one_of_two = "Look:\n![](a.png)\n![a.png](a.png)\n![Rows\nof cells](c.png) ![Suns](d.png)"

    assert found(single(tmp_path, body=f"{one_of_two} {'word ' * 50}", a_png=picture(9, 9))) == [
        "heat.md:10 E501",
        "heat.md:11 W503",
        "heat.md:12 E502",
        "heat.md:13 E502",
    ]

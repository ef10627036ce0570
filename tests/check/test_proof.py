"""The proof: what checks look at, with and without a parser."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from publisher.check.proof import _lines, _pieces, _plain
from publisher.model.story import Passage

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

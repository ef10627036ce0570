from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from publisher.content.importers.escape import escaped
from publisher.content.text import CONTROL

MARKS = """# |## |- |+ |* |1. |1) |> |`|``|~~~|~~|*|**|_|__|[|]|[a](b)|![a](b)|[^1]|<b>|</b>|<!-- a -->
<https://a.b>|&amp;|&#65;|\\|\\\\|a_b_c|==|===|---|***|%%|[[a]]|https://a.b/c_d?e=f&g=h|"|'|：|word|http://a.b/*x*
- [ ] |{{"""


@given(st.lists(st.sampled_from(re.split(r"[|\n]", MARKS)) | st.text(max_size=3), min_size=1, max_size=12))
def test_any_line_of_text_is_the_same_text_as_markdown(pieces: list[str]) -> None:
    text = re.sub(r"\s+", " ", CONTROL.sub("", "".join(pieces))).strip() or "a"
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])

    tokens = parser.parse(escaped(text))

    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    assert "".join(child.content for child in tokens[1].children or ()) == text


@pytest.mark.parametrize(
    "text",
    [
        'Plain words, with (brackets), "quotes", 5 < 6, R&D, 100 % and snake_case stay.',
        "https://example.org/a_b_c?d=1&e=2#f",
        "C# and F# - and a dash",
        "2024 was a year. 3 more",
    ],
)
def test_text_that_means_nothing_in_markdown_stays_as_it_is(text: str) -> None:
    assert escaped(text) == text

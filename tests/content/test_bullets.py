from __future__ import annotations

import pytest

from publisher.content.bullets import item_text, lazy_line, split_lead

LONG = "A lead phrase that is longer than sixty characters, but strong all the same"


@pytest.mark.parametrize(
    ("text", "lead", "colon", "rest"),
    [
        ("**Lead:** text", "Lead", ":", "text"),
        ("**Lead**: text", "Lead", ":", "text"),
        ("__Lead:__ text", "Lead", ":", "text"),
        ("Lead: text", "Lead", ":", "text"),
        ("Lead:\ntext", "Lead", ":", "text"),
        ("**Price, *not* policy:** text", "Price, *not* policy", ":", "text"),
        ("**At 10:30 sharp:** text", "At 10:30 sharp", ":", "text"),
        ("**要点：**本文", "要点", "：", "本文"),
        ("要点：本文", "要点", "：", "本文"),
        ("**要点**：本文", "要点", "：", "本文"),
        ("The *Nature* paper: text", "The *Nature* paper", ":", "text"),
        ("[Linked](https://a.b/c): text", "[Linked](https://a.b/c)", ":", "text"),
        ("`code`: text", "`code`", ":", "text"),
        ("snake_case: text", "snake_case", ":", "text"),
        ("3.5 GW more: text", "3.5 GW more", ":", "text"),
        ("**Lead:** ", "Lead", ":", ""),
        (f"**{LONG}:** text", LONG, ":", "text"),
    ],
)
def test_a_lead_phrase_is_parted_from_its_text(text: str, lead: str, colon: str, rest: str) -> None:
    assert split_lead(text) == (lead, colon, rest)


@pytest.mark.parametrize(
    "text",
    [
        "No colon at all",
        "https://example.org/a",
        "At 10:30 it began",
        "It rained. Then: sun",
        "Really? Then: sun",
        "雨だった。そして：晴れ",
        "These are clearly far too many characters for a lead phrase, so: text",
        "**Whole sentence: strong** and more",
        "[a: b](https://c.d) text",
        "`a: b` text",
        "*a: b* text",
        "Lead:",
    ],
)
def test_what_is_no_lead_phrase_stays_in_the_text(text: str) -> None:
    assert split_lead(text) == ("", "", text)


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (["- a", "  b"], "a\nb"),
        (["- a", "b"], "a\nb"),
        (["1. a", "   - b", "", "     c"], "a\n- b\n\n  c"),
        (["-\ta", "\t- b"], "a\n- b"),
        (["  * a", "    b"], "a\nb"),
        (["-", "  a"], "a"),
        (["-     code"], "    code"),
        (["- ```", "  x", "    y", "  ```"], "```\nx\n  y\n```"),
    ],
)
def test_the_text_of_an_item_has_neither_marker_nor_indent(lines: list[str], text: str) -> None:
    assert item_text(lines) == text


def test_a_line_that_only_lazily_belongs_to_a_bullet_is_found() -> None:
    assert lazy_line(["- a", "  b", "c"]) == 2
    assert lazy_line(["- a", "  b", "", "  c"]) is None
    assert lazy_line(["- a"]) is None

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.content.fields import Where
from publisher.content.frontmatter import read_front_matter, set_field
from publisher.content.trouble import UnreadableError

UUID = "0d0f4a0e-2b0b-4d7e-8e0f-9b6a4b0f8c01"
TIDY = """---
# Who wrote this?   Ana.
id: a1
title:   "Heat:  a   very long title that some tools would wrap, as it is longer than eighty letters"   # keep
tags:
    - energy   # first
    - storage

# below the list
status: draft
notes: |
  two
   lines

x_mine: {a:   [1,2]}
---
title: this is text
"""


def changed_lines(before: str, after: str) -> tuple[list[str], list[str]]:
    """Return the lines that only one of the two texts has."""
    old, new = before.split("\n"), after.split("\n")
    return [line for line in old if line not in new], [line for line in new if line not in old]


@pytest.mark.parametrize(
    ("key", "value", "gone", "new"),
    [
        ("status", "ready", ["status: draft"], ["status: ready"]),
        (
            "id",
            "0d0f4a0e-2b0b-4d7e-8e0f-9b6a4b0f8c01",
            ["id: a1"],
            ["id: 0d0f4a0e-2b0b-4d7e-8e0f-9b6a4b0f8c01"],
        ),
        ("number", 7, [], ["number: 7"]),
        ("image_decorative", True, [], ["image_decorative: true"]),
        ("tags", ("R&D", "heat"), ["    - energy   # first", "    - storage"], ['    - "R&D"', "    - heat"]),
        ("tags", (), ["    - energy   # first", "    - storage"], ["    []"]),
        ("lists", ("weekly", "daily"), [], ["lists: [weekly, daily]"]),
        ("notes", "one line", ["notes: |", "  two", "   lines"], ["notes: one line"]),
        ("status", None, ["status: draft"], []),
        ("notes", None, ["notes: |", "  two", "   lines"], []),
        ("number", None, [], []),
    ],
)
def test_only_the_lines_of_the_field_change(
    key: str, value: str | int | tuple[str, ...] | None, gone: list[str], new: list[str]
) -> None:
    after = set_field(TIDY, key, value)

    assert changed_lines(TIDY, after) == (gone, new)


def test_a_comment_behind_a_value_stays() -> None:
    after = set_field(TIDY, "title", "Short")

    assert 'title:   "Short"   # keep\n' in after


def test_a_field_without_a_value_gets_one_on_its_line() -> None:
    assert set_field("---\ntitle:\nlink: # soon\n---\n", "title", "A") == "---\ntitle: A\nlink: # soon\n---\n"
    assert (
        set_field("---\nlink: # soon\n---\n", "link", "https://a.b")
        == '---\nlink: "https://a.b" # soon\n---\n'
    )


def test_an_id_comes_first_and_any_other_new_field_last() -> None:
    text = "\ufeff---\r\ntitle: A\r\n---\r\nBody"

    assert set_field(text, "id", "a1") == "\ufeff---\r\nid: a1\r\ntitle: A\r\n---\r\nBody"
    assert set_field(text, "source", "B") == "\ufeff---\r\ntitle: A\r\nsource: B\r\n---\r\nBody"


def test_an_alias_keeps_its_name_unless_it_says_something_else() -> None:
    text = "---\nurl: https://a.b\ndraft: true\n---\n"

    assert set_field(text, "link", "https://c.d") == '---\nurl: "https://c.d"\ndraft: true\n---\n'
    assert set_field(text, "status", "ready") == "---\nurl: https://a.b\nstatus: ready\n---\n"


def test_a_text_without_front_matter_gets_one() -> None:
    assert set_field("Just text.\n", "id", "a1") == "---\nid: a1\n---\nJust text.\n"


def test_toml_is_edited_above_its_tables_and_keeps_its_comments() -> None:
    text = '+++\ntitle = "A" # keep\ntags = [ # c\n  "x",\n]\n[params]\ntitle = "no"\n+++\nBody'

    after = set_field(set_field(set_field(text, "title", 'B "c"'), "tags", ("y",)), "number", 3)

    assert after == (
        '+++\ntitle = "B \\"c\\"" # keep\ntags = ["y"]\nnumber = 3\n[params]\ntitle = "no"\n+++\nBody'
    )


def test_nothing_is_changed_in_front_matter_that_cannot_be_understood() -> None:
    with pytest.raises(UnreadableError):
        set_field("---\ntitle: a: b\n---\n", "id", "a1")


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30)
one_line = texts.map(lambda text: re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]", "", text))
comments = one_line.map(lambda text: f"  # {text}")


TITLES = [[], ["title: Old"], ['title:    "Old"  # c'], ["title:"], ["title: >", "  Old"]]


@st.composite
def files(draw: st.DrawFn) -> str:
    """Draw a file whose front matter has comments, lists and odd spacing."""
    lines = []
    for number, kind in enumerate(draw(st.lists(st.sampled_from("#slqe"), max_size=8))):
        tail = draw(st.one_of(st.just(""), comments))
        lines += {
            "#": [f"#{tail}"],
            "s": [f"x_{number}:   plain value{tail}"],
            "q": [f'x_{number}: "quoted: # value"{tail}'],
            "l": [f"x_{number}:{tail}", "   - a", f"   - b{tail}"],
            "e": [""],
        }[kind]
    position = draw(st.integers(0, len(lines)))
    field = draw(
        st.sampled_from([[], ["title: Old"], ['title:    "Old"  # c'], ["title:"], ["title: >", "  Old"]])
    )
    inside = lines[:position] + field + lines[position:]
    if position < len(lines) and lines[position].startswith("   -"):
        inside = field + lines
    line_end = draw(st.sampled_from(["\n", "\r\n"]))
    mark = draw(st.sampled_from(["", "\ufeff"]))
    return mark + line_end.join(["---", *inside, "---", "Body: a", "", "title: no"])


@given(files(), texts)
def test_whatever_is_written_is_read_back_and_every_other_byte_stays(text: str, value: str) -> None:
    before = [line for line in text.split("\n") if not line.startswith(("title:", "  Old"))]

    after = set_field(text, "title", value)

    again = read_front_matter(after, path="x.md", where=Where.SINGLE)
    control = any(finding.code == "E009" for finding in again.findings)
    assert control or (again.text("title") or "") == " ".join(re.split(r"[ \t\r\n]+", value)).strip()
    assert [line for line in after.split("\n") if not line.startswith(("title:", "  Old"))] == before

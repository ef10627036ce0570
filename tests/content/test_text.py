from __future__ import annotations

import pytest

from publisher.content.text import FILE_BYTES, Lines, body_lines, decode
from publisher.content.trouble import UnreadableError


@pytest.mark.parametrize(
    ("data", "code", "where"),
    [
        pytest.param(b"a\n\xe9t\xe9", "E002", "x.md:2:1", id="Windows-1252"),
        pytest.param("Übung\n".encode() + b"\xc3", "E002", "x.md:2:1", id="cut in the middle of a letter"),
        pytest.param("a".encode("utf-16"), "E002", "x.md:1:1", id="UTF-16"),
        pytest.param(b"a\r\nbc\0d", "E004", "x.md:2:3", id="NUL"),
        pytest.param(b"a\x1b[31m", "E004", "x.md:1:2", id="escape sequence"),
        pytest.param("a\x85".encode(), "E004", "x.md:1:2", id="C1 control"),
        pytest.param("a\ufffe".encode(), "E004", "x.md:1:2", id="non-character"),
        pytest.param(b"a" * (FILE_BYTES + 1), "E003", "x.md", id="too large"),
    ],
)
def test_bytes_that_are_no_text_are_one_error_with_a_place(data: bytes, code: str, where: str) -> None:
    with pytest.raises(UnreadableError) as error:
        decode(data, path="x.md")

    assert (error.value.finding().code, str(error.value.place)) == (code, where)


def test_text_keeps_its_byte_order_mark_line_ends_and_emoji() -> None:
    text = "\ufeff---\r\nü 👩‍🚀\tb\u2028c\r"

    assert decode(text.encode(), path="x.md") == text


def test_every_kind_of_line_end_counts_once_and_no_other_separator_does() -> None:
    text = "a\r\nb\rc\nd\u2028e\x0cf"

    assert body_lines(text) == ["a", "b", "c", "d\u2028e\x0cf"]
    assert [Lines(text).line(text.index(letter)) for letter in "abcdef"] == [1, 2, 3, 4, 4, 4]

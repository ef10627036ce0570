"""Whatever stands in a file, reading it ends, and what is wrong is said with a place."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.content.article import read_article, read_frame
from publisher.content.fields import Where
from publisher.content.frontmatter import read_front_matter, set_field
from publisher.content.text import decode
from publisher.content.trouble import UnreadableError
from publisher.errors import Place

ROOM = 60_000
MARKDOWN = """
## Key Takeaways|## Did You Know?|## Closing|# |- |1. |> |> [!did-you-know] |```|~~~|`|<!--|-->|%%|[[|]]|==
<b>|---|===|**|*|_|[^1]: |[a]: /u|![p](x)|    |\t|\\|：|-|Key Takeaways|Deep Analysis
"""
FIELDS = """
title: |id: |tags:|  - |"|'|#|: |[|]|{|}|&x|*x|!t|? |...|%YAML|draft: true|\"""|= |key = 1|[a]|a.b.|---
"""
LINE_ENDS = ["\n", "\r", "\r\n", "\u2028", "\ufeff", "|", "|\n", "|a|\n|-|\n"]
PIECES = """
<!-- a
|<!---->|%%a%% |%%|[[a|==a |<a |<!--|<?|`a |\\`|> a
b
|- **a
|*a |a**b|**a *a |[a](|![a](b.png) |[^1]|https://|a:|&|ab
|Key Takeaways
|## a
|a

---

|- a
b
|## Did You Know?
- a

b

| """


def made_of(pieces: str) -> st.SearchStrategy[str]:
    """Make texts of pieces, which stand between bars, of line ends, and of anything else."""
    known = st.sampled_from([*pieces.strip("\n").replace("\n", "|").split("|"), *LINE_ENDS])
    return st.lists(known | st.text(max_size=3), max_size=25).map("".join)


@given(made_of(MARKDOWN))
def test_any_body_is_read_or_refused(text: str) -> None:
    for read in (read_article, read_frame):
        try:
            places = [finding.place for finding in read(text, path="x.md").findings]
        except UnreadableError as error:
            places = [error.place or Place(path="nowhere")]

        assert all(place.line for place in places)


@given(st.sampled_from(["---", "+++"]), made_of(FIELDS))
def test_any_front_matter_is_read_or_refused(fence: str, text: str) -> None:
    for whole in (f"{fence}\n{text}\n{fence}\nBody.", text):
        try:
            body = read_front_matter(whole, path="x.md", where=Where.SINGLE).body
            after = set_field(whole, "title", "New", path="x.md")
        except UnreadableError as error:
            body, after = "", str(error.place)

        assert after.endswith(body)
        assert body or after.startswith(("x.md:", "---", "\ufeff---", "+++"))


@given(st.binary(max_size=60))
def test_any_bytes_are_text_or_refused(data: bytes) -> None:
    try:
        again = decode(data, path="x.md").encode()
    except UnreadableError as error:
        again = data if error.place else b"nowhere"

    assert again == data


@pytest.mark.parametrize("piece", ["\n", "|a|\n|-|\n", *PIECES.lstrip("\n").split("|")])
def test_a_large_text_takes_a_time_in_proportion_to_its_length(piece: str) -> None:
    """Of three tries one must do: what else goes on in the process may disturb the others."""

    def seconds(length: int) -> float:
        body = "## Key Takeaways\n- " + piece * (length // len(piece))
        begin = time.thread_time()
        with suppress(UnreadableError):
            read_article(body, path="x.md")
        return time.thread_time() - begin

    def is_in_proportion() -> bool:
        small = seconds(ROOM // 8)
        return seconds(ROOM) < 0.5 + 20 * small

    assert any(is_in_proportion() for _ in range(3))


@pytest.mark.parametrize("fence", ["---", "+++"])
@pytest.mark.parametrize(
    "piece",
    [
        " ",
        "\t",
        "\n",
        "a",
        "1",
        "a.",
        '"',
        "'",
        '"""',
        "[",
        "{",
        "#",
        "a=",
        "a: ",
        "- ",
        "x: 1\n",
        "x = 1\n",
        "= ",
    ],
)
def test_a_large_front_matter_takes_a_time_in_proportion_to_its_length(fence: str, piece: str) -> None:
    begin = time.thread_time()

    for start in ("", "title: a", "title = a", "x_a = [", 'notes = """', "x_a: ["):
        with suppress(UnreadableError):
            text = start + piece * (ROOM // 2 // len(piece)) + "b"
            read_front_matter(f"{fence}\n{text}\n{fence}\n", path="x.md", where=Where.SINGLE)

    assert time.thread_time() - begin < 10

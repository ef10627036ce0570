"""Style: remarks that keep nothing back."""

from __future__ import annotations

from pathlib import Path

import pytest

from publisher.check.all import check
from publisher.check.rules import Rules
from tests.check.issues import HEAD, read, short, single
from tests.check.printed import proofread

THREE = "- **A:** b\n- **C:** d\n- **E:** f"


def told(tmp_path: Path, body: str, *, rules: Rules | None = None) -> list[str]:
    """Return place and code of what group 8 says; the body begins on line 9."""
    reading = single(tmp_path, "tags: []", body)
    return [short(each) for each in check(reading.issue, rules=rules) if each.code[1] == "8"]


def point(words: int, lead: str = "A") -> str:
    return f"## Key Takeaways\n\n- **{lead}:** {'word ' * words}\n- **C:** d\n- **E:** f"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("One.\n\nTwo.", []),
        ("One.\n\nTwo.\n\nThree.", ["heat.md:9 I801"]),
        ("One.\n\nTwo.\n\n## Three\n\nText.\n\nText.", []),
        (point(30), []),
        (point(31), ["heat.md:11 I802"]),
        (point(5, lead="one two three four five six"), []),
        (point(5, lead="one two three four five six seven"), ["heat.md:11 I803"]),
        (f"## Key Takeaways\n\n- **A:** {'水' * 60}\n- **C:** d\n- **E:** f", []),
        (f"## Key Takeaways\n\n- **A:** {'水' * 62}\n- **C:** d\n- **E:** f", ["heat.md:11 I802"]),
        (
            "## Key Takeaways\n\n- **A:** [b](https://a.example/one-two-three?four=five&six=seven)"
            + " word" * 29
            + "\n- c\n- d",
            [],
        ),
        ("No takeaways.", []),
        (f"## Key Takeaways\n\n{THREE}", []),
        (f"## Key Takeaways\n\n{THREE}\n- g\n- h", []),
        ("## Key Takeaways\n\n- a\n- b", ["heat.md:11 I804"]),
        (f"## Key Takeaways\n\n{THREE}\n- g\n- h\n- i", ["heat.md:11 I804"]),
        ("## Did You Know?\n\n- It began in 1986.", ["heat.md:11 I805"]),
        ("## Did You Know?\n\n- بدأت عام ١٩٨٦.", ["heat.md:11 I805"]),
        ("## Did You Know?\n\n- It began in 1986. [Source](https://a.example)", []),
        ("## Did You Know?\n\n- It began in 1986. https://a.example", []),
        ("## Did You Know?\n\n- It began in 1986.[^1]\n\n[^1]: See the archive.", []),
        ("## Did You Know?\n\n- Nobody counted.", []),
    ],
)
def test_style_is_remarked_on(tmp_path: Path, body: str, expected: list[str]) -> None:
    assert told(tmp_path, body) == expected


@pytest.mark.parametrize(
    ("title", "codes"),
    [("HEAT RETURNS", ["I806"]), ("Heat returns", []), ("NASA, ESA and JAXA", []), ("水がつくるもの", [])],
)
def test_titles_are_not_in_capitals(tmp_path: Path, title: str, codes: list[str]) -> None:
    head = HEAD.replace("Heat returns to the north", f'"{title}"')
    reading = read(tmp_path, {"heat.md": head.format(fields="tags: []", body="Text.")})

    assert [each.code for each in check(reading.issue) if each.code[1] == "8"] == codes


def test_the_length_of_an_issue_is_told_once(tmp_path: Path) -> None:
    head = "---\nid: {0}\ntitle: {0}\nsource: A\n---\n\n{1}"
    files = {
        "e/issue.md": "---\nid: i\ntitle: E\n---\n",
        "e/a.md": head.format("a", "word " * 660),
        "e/b.md": head.format("b", "水" * 1000),
    }

    found = [each for each in proofread(read(tmp_path, files, "e")) if each.code == "I807"]

    assert [short(each) for each in found] == ["issue.md:3 I807"]
    assert found[0].what == "about 1,160 words, 5 minutes to read"


def test_a_newsroom_sets_the_lengths_of_leads_and_takeaways(tmp_path: Path) -> None:
    rules = Rules(lead_paragraphs=3, takeaway_words=40)

    assert told(tmp_path / "lead", "One.\n\nTwo.\n\nThree.", rules=rules) == []
    assert told(tmp_path / "point", point(40), rules=rules) == []
    assert told(tmp_path / "long", point(41), rules=rules) == ["heat.md:11 I802"]


def test_one_word_is_one_word(tmp_path: Path) -> None:
    found = [each.what for each in proofread(single(tmp_path, body="Come.")) if each.code == "I807"]

    assert found == ["about 1 word, 1 minute to read"]

from __future__ import annotations

from pathlib import Path

import pytest

from tests.check.issues import BODY, found, read, single


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("The plant cost TK million.", "heat.md:9 E302"),
        ("a\n\nTKTK", "heat.md:11 E302"),
        ("TODO: ask Ana", "heat.md:9 E302"),
        ("a\nb TK\nc", "heat.md:10 E302"),
        ("## TK\n\na", "heat.md:9 E302"),
        ("## Key Takeaways\n\n- **TK:** a", "heat.md:11 E302"),
        ("## Did You Know?\n\n- a\n- TK", "heat.md:12 E302"),
        ("a[^1]\n\n[^1]: TK", "heat.md:11 E302"),
        ("[TK](https://a.b)", "heat.md:9 E302"),
        ("TK million, TK 5", "heat.md:9 E302"),
        ("TK\nElevator", "heat.md:9 E302"),
        ("TK The plant has paid for itself.", "heat.md:9 E302"),
        ("Das Werk kostet TK Euro.", "heat.md:9 E302"),
        ("TKTK Maxx", "heat.md:9 E302"),
        ("a\nb[^9] c", "heat.md:10 E310"),
        ("a[^1][^9]\n\n[^1]: b", "heat.md:9 E310"),
        ("## Did You Know?\n\n- a[^9]", "heat.md:11 E310"),
        ("a\n\u202eb", "heat.md:10 W311"),
        ("a\nb &#x2066;c", "heat.md:10 W311"),
        ("費用はTK円です。", "heat.md:9 E302"),
        ("TODOを確認する。", "heat.md:9 E302"),
        ("ราคาTKบาท", "heat.md:9 E302"),
        ("費用はexample.comにある。", "heat.md:9 W308"),
        ("これはlorem ipsumです。", "heat.md:9 E303"),
        ("Lorem ipsum dolor", "heat.md:9 E303"),
        ("Dear {{ name }}", "heat.md:9 E304"),
        ("{% if %}", "heat.md:9 E304"),
        ("See https://example.com/x or <https://www.example.com>", "heat.md:9 W308"),
        ("[a](https://example.com)", "heat.md:9 W308"),
        ("[a][1]\n\n[1]: https://example.com", "heat.md:9 W308"),
    ],
)
def test_what_is_still_to_come_is_found_on_its_line(tmp_path: Path, body: str, expected: str) -> None:
    assert found(single(tmp_path, body=body)) == [expected]


@pytest.mark.parametrize(
    "body",
    [
        "`TK` and `{{ name }}`",
        "```\nTODO {% x %}\n```",
        "https://a.b/TK",
        "[a](https://a.b/TODO)",
        "TKs, a-TK, stock and todo",
        "métodoTODO und TKé",
        "the example.community",
        "<!-- TK -->b",
        "TK Maxx and TK\u00a0Elevator",
        "We keep `TODO` lists",
    ],
)
def test_code_addresses_and_other_words_are_no_gaps(tmp_path: Path, body: str) -> None:
    assert found(single(tmp_path, body=body)) == []


@pytest.mark.parametrize(
    ("lang", "expected"), [("es", []), ("pt-BR", []), ("en", ["heat.md:9 E302"]), ("it", ["heat.md:9 E302"])]
)
def test_todo_is_a_word_in_some_languages(tmp_path: Path, lang: str, expected: list[str]) -> None:
    head = f"---\nid: i\ntitle: Heat\nsource: A\nlang: {lang}\n\n---\n\nLO CAMBIA TODO"

    assert found(read(tmp_path, {"heat.md": head})) == expected


@pytest.mark.parametrize(
    "field", ["subject: TK", "preheader: TK", "summary: TK", "author: TK", "category: TK", "sponsor: By TK"]
)
def test_fields_that_readers_see_are_looked_at_too(tmp_path: Path, field: str) -> None:
    assert found(single(tmp_path, field)) == ["heat.md:6 E302"]


@pytest.mark.parametrize("sign", [chr(number) for number in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))])
def test_every_sign_that_turns_the_direction_is_told_in_fields_too(tmp_path: Path, sign: str) -> None:
    assert found(single(tmp_path, f"summary: a{sign}b")) == ["heat.md:6 W311"]


def test_a_footnote_may_be_defined_anywhere_and_its_marks_escaped(tmp_path: Path) -> None:
    body = "a[^1] \\[^2] `[^3]`\n\n## Deep Analysis\n\nb[^4]\n\n[^1]: c[^4]\n[^4]: d"

    assert found(single(tmp_path, body=body)) == []


@pytest.mark.parametrize(
    "words", ["Why `${{ secrets }}` leak", "What `TK` is, and ``TODO``", "TK Maxx sells up"]
)
def test_code_in_backticks_is_code_in_a_title_too(tmp_path: Path, words: str) -> None:
    assert found(single(tmp_path, f"subject: {words}")) == []


def test_a_lone_backtick_in_a_title_hides_nothing(tmp_path: Path) -> None:
    assert found(single(tmp_path, "subject: It`s {{ name }}")) == ["heat.md:6 E304"]


def test_editors_notes_may_be_unfinished(tmp_path: Path) -> None:
    assert found(single(tmp_path, "notes: TK {{")) == []


@pytest.mark.parametrize(
    ("source", "expected"),
    [("", ["heat.md:3 W306"]), ("link: https://a.b", []), ("source: A", [])],
)
def test_a_story_names_a_source_or_a_link(tmp_path: Path, source: str, expected: list[str]) -> None:
    head = f"---\nid: i\ntitle: Heat\n{source or 'tags: []'}\n---\n\n{BODY}"

    assert found(read(tmp_path, {"heat.md": head})) == expected


def test_empty_takeaways_are_told_on_their_lines(tmp_path: Path) -> None:
    reading = single(tmp_path, body="## Key Takeaways\n\n- **A:** b\n- **C:**\n-\n- d")

    assert found(reading) == ["heat.md:12 W307", "heat.md:13 W307"]

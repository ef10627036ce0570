"""The subject row: what an inbox shows, given or derived."""

from __future__ import annotations

from pathlib import Path

import pytest

from publisher.check.facts import Facts
from publisher.check.rules import Rules
from publisher.model.finding import Finding
from tests.check.issues import HEAD, read, short, single
from tests.check.printed import proofread

GOOD = "Batteries carry the evening"


def row(tmp_path: Path, fields: str, *, facts: Facts | None = None, rules: Rules | None = None) -> list[str]:
    """Return place and code of what group 2 says of an issue with these fields."""
    return [short(each) for each in findings(tmp_path, fields, facts=facts, rules=rules)]


def findings(
    tmp_path: Path, fields: str, *, facts: Facts | None = None, rules: Rules | None = None
) -> list[Finding]:
    found = proofread(single(tmp_path, fields), facts=facts, rules=rules)
    return [each for each in found if each.code[1] == "2"]


@pytest.mark.parametrize(
    ("subject", "codes"),
    [
        (GOOD, []),
        ("…!", ["E201"]),
        ("\u200b\u200d \u2028", ["E201"]),
        ("🔋🔋🔋🔋🔋", []),
        ("Heat", ["W202"]),
        ("123456789", ["W202"]),
        ("1234567890", []),
        ("x" * 35 + " " + "x" * 42, ["I207"]),
        ("x" * 35 + " " + "x" * 43, ["W202", "I207"]),
        ("熱が戻る", ["W202"]),
        ("北に熱が戻る", []),
        ("熱" * 39, ["I207"]),
        ("熱" * 40, ["W202", "I207"]),
        ("أَفْلَاجُ", ["W202"]),
        ("THE BATTERIES HAVE WON", ["W205"]),
        ("DIE BATTERIEN SIEGEN", ["W205"]),
        ("БАТАРЕИ ПОБЕДИЛИ ВЕЧЕР", ["W205"]),
        ("NASA and ESA go to the moon", []),
        ("BRICS, NATO, OPEC, ASEAN", []),
        ("北京 BRICS 首脑会议", []),
        ("Batteries win!!", ["W206"]),
        ("Wirklich gewonnen???", ["W206"]),
        ("バッテリーの勝利！！", ["W206"]),
        ("Save $$$ with batteries", ["W206"]),
        ("Did batteries win?!", []),
        ("¡Ganaron las baterías!", []),
        ("¿Ganaron las baterías?", []),
    ],
)
def test_a_subject_is_judged_as_an_inbox_shows_it(tmp_path: Path, subject: str, codes: list[str]) -> None:
    fields = f'subject: "{subject}"\npreheader: "What it means for the winter."'

    assert sorted(row(tmp_path, fields)) == sorted(f"heat.md:6 {code}" for code in codes)


def test_a_subject_that_is_left_out_is_the_title_and_is_judged_there(tmp_path: Path) -> None:
    head = HEAD.replace("Heat returns to the north", "Heat")
    reading = read(tmp_path, {"heat.md": head.format(fields="tags: []", body="A lead of a few words.")})

    assert [short(each) for each in proofread(reading) if each.code[1] == "2"] == ["heat.md:3 W202"]


@pytest.mark.parametrize("fields", ["subject: Heat\nlists: []", "subject: Heat\nstatus: archived"])
def test_what_is_never_mailed_has_no_subject_row(tmp_path: Path, fields: str) -> None:
    assert row(tmp_path, fields) == []


@pytest.mark.parametrize(
    ("subject", "last", "codes"),
    [
        (GOOD, GOOD, ["W203"]),
        (GOOD, "BATTERIES carry the evening.", ["W203"]),
        (GOOD, "Batteries carry the morning", []),
        ("水がつくるもの：紙", "水がつくるもの：紙", ["W203"]),
        ("水がつくるもの：紙", "水がつくるもの：路", []),
    ],
)
def test_the_subject_of_the_last_issue_is_not_used_again(
    tmp_path: Path, subject: str, last: str, codes: list[str]
) -> None:
    found = row(tmp_path, f'subject: "{subject}"', facts=Facts(last_subject=last))

    assert found == [f"heat.md:6 {code}" for code in codes]


@pytest.mark.parametrize(
    ("fields", "body", "expected"),
    [
        (f"subject: {GOOD}", "The price fell.", []),
        (f"subject: {GOOD}\npreheader: The price fell.", "", []),
        (f"subject: {GOOD}", "## Key Takeaways\n\n- **A:** b", ["heat.md:3 W204"]),
        (f'subject: {GOOD}\npreheader: "…"', "The price fell.", ["heat.md:7 W204"]),
        (f"subject: {GOOD}\npreheader: {GOOD}.", "The price fell.", ["heat.md:7 W204"]),
        (f"subject: {GOOD}", f"{GOOD}. And so on.", ["heat.md:3 W204"]),
    ],
)
def test_what_follows_the_subject_says_something_else(
    tmp_path: Path, fields: str, body: str, expected: list[str]
) -> None:
    reading = read(tmp_path, {"heat.md": HEAD.format(fields=fields, body=body)})

    assert [short(each) for each in proofread(reading) if each.code[1] == "2"] == expected


def test_the_cuts_are_shown_where_a_subject_is_cut(tmp_path: Path) -> None:
    subject = "Borrowed power: noon for the evening, heat for a pool, a drill for a day"

    (found,) = findings(tmp_path, f'subject: "{subject}"')

    assert found.code == "I207"
    assert "'Borrowed power: noon for the…' (35)" in found.what
    assert "(60)" in found.what
    assert "(90)" not in found.what


def test_a_newsroom_sets_the_lengths_of_its_subjects(tmp_path: Path) -> None:
    assert row(tmp_path, "subject: Heat", rules=Rules(subject_min=4)) == []
    assert row(tmp_path, f"subject: {GOOD}", rules=Rules(subject_max=20)) == ["heat.md:6 W202"]

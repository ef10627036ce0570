from __future__ import annotations

import re
import time
from dataclasses import replace
from pathlib import Path

import pytest

import publisher
from publisher.check.all import check
from publisher.check.codes import CODES, GROUPS
from publisher.check.facts import Facts
from publisher.check.rules import Rules
from publisher.content.importers.plain_text import to_markdown
from publisher.errors import Place
from publisher.model.finding import Finding, Severity
from tests.check.issues import found, read, single
from tests.content.seeds import PLAIN

ROOMS = (Path(publisher.__file__).parent / room for room in ("content", "check", "actions"))
TABLE = "codes_of_"


def test_the_imported_seed_shape_has_no_error_and_one_warning(tmp_path: Path) -> None:
    reading = read(tmp_path, {"trains.md": to_markdown(PLAIN, id="i1").text}, "trains")

    findings = check(reading.issue, found=reading.findings, facts=Facts(audience=3, timezone="Europe/Madrid"))

    assert [finding.code for finding in findings if finding.severity is not Severity.INFO] == ["W306"]


def test_a_whole_issue_has_no_findings(tmp_path: Path) -> None:
    assert found(single(tmp_path)) == []


def test_every_code_that_can_be_found_is_explained_and_no_other() -> None:
    files = [file for room in ROOMS for file in room.rglob("*.py") if not file.name.startswith(TABLE)]

    used = {
        code for file in files for code in re.findall(r'"([EWI]\d{3})"', file.read_text(encoding="utf-8"))
    }

    assert used == set(CODES)


@pytest.mark.parametrize("code", CODES.values(), ids=lambda code: str(code.code))
def test_every_explanation_is_whole(code: object) -> None:
    row = next(each for each in CODES.values() if each is code)

    assert row.code[1] in GROUPS
    assert all(sentence.strip() for sentence in (row.title, row.why, row.example, row.fix))
    assert row.why.endswith(".")
    assert row.fix.endswith(".")


def test_of_two_severities_a_number_has_one() -> None:
    numbers = [code[1:] for code in CODES]

    assert len(numbers) == len(set(numbers))


def test_a_warning_is_allowed_by_the_issue_or_by_its_own_story(tmp_path: Path) -> None:
    files = {
        "e/issue.md": "---\nid: i\ntitle: E\n---\n",
        "e/a.md": "---\nid: a\ntitle: A\nallow: [W306]\n---\nText.",
        "e/b.md": "---\nid: b\ntitle: B\n---\nText.",
    }
    own = read(tmp_path / "own", files, "e")
    both = read(tmp_path / "both", {**files, "e/issue.md": "---\nid: i\ntitle: E\nallow: [W306]\n---\n"}, "e")

    assert [finding.allowed for finding in check(own.issue)] == [True, False]
    assert [finding.allowed for finding in check(both.issue)] == [True, True]


def test_what_reading_found_is_allowed_too_and_errors_never_are(tmp_path: Path) -> None:
    reading = single(tmp_path, "titel: x\nallow: [W301, E009]\nnumber: x")

    findings = check(reading.issue, found=reading.findings)

    assert [(finding.code, finding.allowed, finding.blocks) for finding in findings] == [
        ("W301", True, False),
        ("I309", False, False),
        ("E009", False, True),
    ]


def test_a_newsroom_switches_codes_off_but_not_those_that_keep_readers_safe(tmp_path: Path) -> None:
    reading = single(tmp_path, "number: x\ntitel: y", "TK https://example.com")

    rules = Rules(off=frozenset({"E302", "W308", "W301", "E009"}))

    assert found(reading, rules=rules) == ["heat.md:6 E009"]


def test_an_unreadable_issue_has_the_findings_of_reading_alone() -> None:
    finding = Finding(code="E004", what="a", fix="b", place=Place(path="issues/x.md", line=2))

    assert check(None, found=[finding]) == (finding,)


def test_findings_come_in_the_order_of_the_file_and_each_once(tmp_path: Path) -> None:
    reading = single(tmp_path, body="TK\n\nlorem ipsum\n\n## TK TK")

    findings = check(reading.issue, found=[*reading.findings, *reading.findings])

    assert [(finding.place.line, finding.code) for finding in findings] == [
        (9, "E302"),
        (11, "E303"),
        (13, "E302"),
    ]


def test_two_hundred_stories_are_read_and_checked_in_well_under_two_seconds(tmp_path: Path) -> None:
    one = to_markdown(PLAIN, id="i").text.replace("status: draft\n", "source: x\n")
    stories = {f"e/s{number}.md": one.replace("id: i", f"id: s{number}") for number in range(200)}
    frame = {"e/issue.md": "---\nid: i\ntitle: E\n---\n"}

    def seconds() -> float:
        begin = time.thread_time()
        reading = read(tmp_path, {**frame, **stories}, "e")
        findings = check(reading.issue, found=reading.findings)
        assert {finding.code for finding in findings} == {"I805"}
        return time.thread_time() - begin

    assert any(seconds() < 2 for _ in range(3))


def test_checking_changes_nothing(tmp_path: Path) -> None:
    reading = single(tmp_path)

    check(reading.issue, found=reading.findings)

    assert reading.issue is not None
    assert reading == replace(reading, issue=replace(reading.issue))

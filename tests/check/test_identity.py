from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest

from publisher.check.all import check
from publisher.check.facts import Facts
from publisher.edition.press import press
from publisher.model.edition import Edition, Masthead
from publisher.model.issue import Issue
from tests.check.issues import found, read, short, single
from tests.check.printed import proofread

MASTHEAD = Masthead(
    title="Daily",
    home_url="https://news.example.org",
    tag="example.org,2026",
    lang="en",
    timezone="UTC",
    sender_name="Daily",
    sender_address="daily@news.example",
    reply_to="",
    postal_address="1 Road",
)


def edition_of(issue: Issue | None) -> Edition:
    assert issue is not None
    return press(issue, MASTHEAD, default_lists=("weekly",))


def test_ids_are_asked_for_with_the_command_that_writes_them(tmp_path: Path) -> None:
    files = {"e/issue.md": "---\ntitle: E\n---\n", "e/a.md": "---\ntitle: A\nsource: x\n---\nText."}
    folder = read(tmp_path, files, "e")
    alone = read(tmp_path, {"s.md": "---\ntitle: S\nsource: x\n---\nText."}, "s")

    assert found(folder) == ["a.md:1 E113", "issue.md:1 E113"]
    assert found(alone) == ["s.md:1 E113"]
    assert check(alone.issue)[0].fix == "run `publisher check --fix`"


def test_an_id_is_used_once_in_an_issue_and_in_all_files(tmp_path: Path) -> None:
    files = {
        "e/issue.md": "---\nid: i\ntitle: E\n---\n",
        "e/a.md": "---\nid: same\ntitle: A\nsource: x\n---\nText.",
        "e/b.md": "---\nid: same\ntitle: B\nsource: x\n---\nText.",
    }
    reading = read(tmp_path, files, "e")
    elsewhere = Facts(ids={"i": "issues/other.md", "same": "issues/e/a.md"})

    assert found(reading) == ["a.md:2 E105", "b.md:2 E105"]
    assert found(reading, facts=elsewhere) == ["a.md:2 E105", "b.md:2 E105", "issue.md:2 E105"]


def test_its_own_id_slug_and_number_are_no_other_issues(tmp_path: Path) -> None:
    own = "issues/heat.md"
    facts = Facts(ids={"i1": own}, slugs={"heat": own}, numbers={4: own})

    assert found(single(tmp_path, "number: 4"), facts=facts) == []


def test_slugs_and_numbers_of_other_issues_are_taken(tmp_path: Path) -> None:
    facts = Facts(slugs={"heat": "issues/2025-heat.md"}, numbers={4: "issues/2025-heat.md"})

    assert found(single(tmp_path, "number: 4"), facts=facts) == ["heat.md:1 E106", "heat.md:6 E107"]


def test_a_story_has_its_slug_again_in_another_issue(tmp_path: Path) -> None:
    reading = single(tmp_path)
    (story,) = edition_of(reading.issue).stories
    slugs = {"heat": "issues/2025-heat.md"}

    same = proofread(reading, facts=Facts(slugs=slugs, story_ids={"heat": story.id}))
    other = proofread(reading, facts=Facts(slugs=slugs, story_ids={"heat": "another"}))

    assert "E106" not in [each.code for each in same]
    assert "E106" in [each.code for each in other]


def test_the_same_content_is_not_sent_twice(tmp_path: Path) -> None:
    reading = single(tmp_path)
    edition = edition_of(reading.issue)

    again = check(reading.issue, facts=Facts(contents={edition.content_hash: "old"}), edition=edition)
    same = check(reading.issue, facts=Facts(contents={edition.content_hash: "heat"}), edition=edition)

    assert [short(finding) for finding in again] == ["heat.md:3 E108", "heat.md:3 I807"]
    assert [finding.code for finding in same] == ["I807"]


@pytest.mark.parametrize(
    ("facts", "codes"),
    [
        (Facts(postal_address="  "), ["E101"]),
        (Facts(postal_address="1 Road"), []),
        (Facts(samples=("sender", "postal_address"), transport="smtp"), ["E104", "E104"]),
        (Facts(samples=("sender", "postal_address"), transport="folder"), []),
        (Facts(audience=0), ["W103"]),
        (Facts(audience=1), []),
    ],
)
def test_sender_and_audience_are_real(tmp_path: Path, facts: Facts, codes: list[str]) -> None:
    assert [each.split()[1] for each in found(single(tmp_path), facts=facts)] == codes


def test_an_issue_for_no_list_needs_no_audience(tmp_path: Path) -> None:
    assert found(single(tmp_path, "lists: []"), facts=Facts(audience=0)) == []


def test_the_print_is_from_the_configured_sender(tmp_path: Path) -> None:
    reading = single(tmp_path)
    edition = edition_of(reading.issue)

    other = check(reading.issue, facts=Facts(sender="weekly@news.example"), edition=edition)
    same = check(reading.issue, facts=Facts(sender="daily@news.example"), edition=edition)

    assert [finding.code for finding in other] == ["E102", "I807"]
    assert [finding.code for finding in same] == ["I807"]


@pytest.mark.parametrize(
    ("segment", "expected", "fix"),
    [
        ("fans", [], ""),
        ("list:weekly AND NOT role", [], ""),
        ("fens", ["heat.md:6 E115"], "did you mean fans?"),
        ("list:weekyl", ["heat.md:6 E114"], "did you mean weekly?"),
        ("old-list", ["heat.md:6 E114"], "the lists are weekly"),
    ],
)
def test_a_segment_can_be_read_and_names_lists_that_exist(
    tmp_path: Path, segment: str, expected: list[str], fix: str
) -> None:
    facts = Facts(lists=frozenset({"weekly"}), segments={"fans": "tag:energy", "old-list": "list:gone"})
    reading = single(tmp_path, f"segment: {segment}")

    findings = check(reading.issue, facts=facts)

    assert found(reading, facts=facts) == expected
    assert fix in [finding.fix for finding in findings] or not fix


def test_an_unknown_list_is_an_error_with_the_nearest_name(tmp_path: Path) -> None:
    reading = single(tmp_path, "lists: [weekly, weekyl]")

    findings = check(reading.issue, facts=Facts(lists=frozenset({"weekly", "daily"})))

    assert [short(finding) for finding in findings] == ["heat.md:6 E114"]
    assert findings[0].fix == "did you mean weekly?"


@pytest.mark.parametrize(
    ("fields", "expected", "fix"),
    [
        ("date: 2026-03-29T02:30", "heat.md:6 E109", "write 2026-03-29T01:30 or 2026-03-29T03:30"),
        (
            "date: 2026-10-25T02:30",
            "heat.md:6 W112",
            "write 2026-10-25T02:30+02:00 or 2026-10-25T02:30+01:00",
        ),
        (
            "date: 2026-04-05T01:45\ntimezone: Australia/Lord_Howe",
            "heat.md:6 W112",
            "write 2026-04-05T01:45+11:00 or 2026-04-05T01:45+10:30",
        ),
        ("date: 2026-03-29T02:30\ntimezone: UTC", None, ""),
        ("date: 2026-03-29T02:30+01:00", None, ""),
        ("date: 2026-03-29T06:30", None, ""),
        ("date: 2026-03-29", "heat.md:6 E109", "write 2026-03-29T01:00 or 2026-03-29T03:00"),
    ],
)
def test_an_hour_that_the_clock_skips_or_repeats_is_told_with_both_choices(
    tmp_path: Path, fields: str, expected: str | None, fix: str
) -> None:
    reading = single(tmp_path, fields)

    findings = check(reading.issue, facts=Facts(timezone="Europe/Madrid", usual_hour=time(2)))

    assert [(short(finding), finding.fix) for finding in findings] == ([(expected, fix)] if expected else [])

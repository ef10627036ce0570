from __future__ import annotations

from pathlib import Path

import pytest

from publisher.actions import manuscript as made
from publisher.actions.check import Checked, check_issue
from publisher.actions.manuscript import Sheet, manuscript
from publisher.app import Publisher
from tests.newsrooms import Newsroom

ISSUE = "---\ntitle: Two stories\nstatus: draft\nlink: x\n---\n\nAn opening.\n"
STORY = (
    "---\ntitle: {title}\nlink: https://example.net/{title}\nsource: S\nweight: {weight}\n---\n\nTK words.\n"
)


@pytest.fixture
def folder(newsroom: Newsroom) -> Path:
    """An issue of two stories, of which the later name comes first."""
    newsroom.saves("two/issue.md", ISSUE)
    newsroom.saves("two/apples.md", STORY.format(title="Apples", weight=2))
    newsroom.saves("two/pears.md", STORY.format(title="Pears", weight=1))
    return newsroom.issues / "two"


def shown(publisher: Publisher, slug: str = "two") -> tuple[Checked, dict[str, Sheet]]:
    checked = check_issue(publisher.settings, publisher.theme, slug)
    return checked, {sheet.path: sheet for sheet in manuscript(publisher.settings, checked)}


def texts(sheet: Sheet) -> list[str]:
    return [line.text for line in sheet.lines]


def test_the_issues_own_file_comes_first_and_its_stories_as_readers_meet_them(
    folder: Path, publisher: Publisher
) -> None:
    _, sheets = shown(publisher)

    assert list(sheets) == [f"issues/two/{name}.md" for name in ("issue", "pears", "apples")]
    assert texts(sheets["issues/two/issue.md"]) == (folder / "issue.md").read_text().split("\n")


def test_every_finding_stands_at_its_line_and_nowhere_else(folder: Path, publisher: Publisher) -> None:
    (folder / "apples.md").write_text(STORY.format(title="Apples", weight=2) + "![](gone.png)\n")

    checked, sheets = shown(publisher)

    at = [
        (finding.place.path, finding.place.line, finding)
        for finding in checked.findings
        if finding.place.line is not None
    ]
    stand = [
        (sheet.path, line.number, finding)
        for sheet in sheets.values()
        for line in sheet.lines
        for finding in line.findings
    ]
    whole = [finding for sheet in sheets.values() for finding in sheet.findings]
    assert ("issues/two/apples.md", 8, "E302") in [(path, line, each.code) for path, line, each in stand]
    assert sorted(stand, key=str) == sorted(at, key=str)
    assert len(stand) + len(whole) == len(checked.findings)


def test_a_file_that_is_no_text_is_shown_as_far_as_it_goes(folder: Path, publisher: Publisher) -> None:
    (folder / "pears.md").write_bytes(b"---\ntitle: \xff\x00\n---\n\nWords.\n")

    checked, sheets = shown(publisher)

    assert checked.issue is None
    assert texts(sheets["issues/two/pears.md"])[1:5] == ["title: \ufffd\ufffd", "---", "", "Words."]
    assert [finding.code for finding in sheets["issues/two/pears.md"].lines[1].findings] == ["E002"]


def test_a_file_of_the_folder_that_is_no_story_is_shown_too(folder: Path, publisher: Publisher) -> None:
    (folder / "issue.md").write_text(ISSUE.replace("link: x", "stories: [pears]"))

    _, sheets = shown(publisher)

    assert texts(sheets["issues/two/apples.md"])


def test_nothing_is_read_through_a_link_out_of_the_folder(
    folder: Path, publisher: Publisher, tmp_path: Path
) -> None:
    (tmp_path / "secret.md").write_text("secret words")
    (folder / "pears.md").unlink()
    (folder / "pears.md").symlink_to(tmp_path / "secret.md")

    _, sheets = shown(publisher)

    sheet = sheets["issues/two/pears.md"]
    assert not sheet.lines
    assert [finding.code for finding in sheet.findings] == ["E025"]


def test_a_finding_about_a_picture_is_not_lost(folder: Path, publisher: Publisher) -> None:
    (folder / "pears.md").write_text(STORY.format(title="Pears", weight=1))
    (folder / "pears.png").write_bytes(b"no picture")
    text = STORY.format(title="Pears", weight=1).replace(
        "weight", "image: pears.png\nimage_alt: A pear\nweight"
    )
    (folder / "pears.md").write_text(text)

    checked, sheets = shown(publisher)

    placed = [finding for sheet in sheets.values() for finding in sheet.findings]
    placed += [each for sheet in sheets.values() for line in sheet.lines for each in line.findings]
    assert sorted(map(str, placed)) == sorted(map(str, checked.findings))


def test_of_a_very_long_file_only_what_findings_are_about_is_shown(
    folder: Path, publisher: Publisher
) -> None:
    long = STORY.format(title="Pears", weight=1) + "Words.\n\n" * made.MOST_LINES + "TK again.\n" + "w" * 5000
    (folder / "pears.md").write_text(long)

    _, sheets = shown(publisher)

    lines = sheets["issues/two/pears.md"].lines
    found = [line.number for line in lines if line.findings]
    assert found == [1, 8, 9 + 2 * made.MOST_LINES]
    assert [line.number for line in lines] == [*range(1, 12), *range(found[2] - 3, found[2] + 2)]
    assert [line.number for line in lines if line.after_gap] == [found[2] - 3]
    assert max(len(line.text) for line in lines) == 1001
    assert len(sheets["issues/two/apples.md"].lines) == 9

from __future__ import annotations

from pathlib import Path

import pytest

from publisher.content.fields import Where
from publisher.content.folder import read_issue
from publisher.content.ids import files_without_id, with_id
from publisher.content.skeleton import new_file
from publisher.model.issue import Intent
from tests.content.seeds import story, write


@pytest.mark.parametrize("lang", ["en", "es", "ja", "nl"])
def test_a_new_issue_is_a_draft_with_every_part_of_a_story(tmp_path: Path, lang: str) -> None:
    text = new_file('Heat: a "new" use', id="i1", lang=lang)

    reading = read_issue(write(tmp_path, {"heat.md": text}), "heat")

    assert reading.issue is not None
    assert reading.findings == ()
    assert (reading.issue.id, reading.issue.status) == ("i1", Intent.DRAFT)
    only = reading.issue.stories[0]
    assert only.title == 'Heat: a "new" use'
    assert (len(only.takeaways), len(only.facts), bool(only.closing)) == (3, 1, True)


def test_a_new_folder_is_made_of_an_issue_file_and_stories(tmp_path: Path) -> None:
    frame, part = new_file("Energy", id="i1", where=Where.ISSUE), new_file("Heat", id="s1", where=Where.STORY)

    reading = read_issue(write(tmp_path, {"energy/issue.md": frame, "energy/heat.md": part}), "energy")

    assert reading.findings == ()
    assert reading.issue is not None
    assert (reading.issue.id, reading.issue.stories[0].id) == ("i1", "s1")


def test_files_without_an_id_are_named_and_get_one_without_another_change(tmp_path: Path) -> None:
    without = story("x").replace("id: id-x\n", "")
    root = write(
        tmp_path,
        {"e/issue.md": "---\ntitle: E\n---\n", "e/x.md": without, "e/y.md": story("y"), "single.md": without},
    )

    issues = [read_issue(root, name).issue for name in ("e", "single")]

    assert [files_without_id(issue) for issue in issues if issue] == [
        ("issues/e/issue.md", "issues/e/x.md"),
        ("issues/single.md",),
    ]
    assert with_id(without, "id-x", path="x.md") == story("x")

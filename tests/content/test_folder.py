from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from publisher.content.folder import is_stable, issue_names, locate, read_issue, signature, slug_of
from publisher.errors import NotFoundError
from tests.content.seeds import story, write

NOW = datetime(2026, 10, 6, 6, 30, tzinfo=UTC)


def codes(root: Path, name: str) -> list[str]:
    reading = read_issue(root, name)
    assert reading.issue is None
    return [finding.code for finding in reading.findings]


def test_files_and_folders_are_issues_and_nothing_else_is(tmp_path: Path) -> None:
    root = write(
        tmp_path,
        {
            "2026-10-09-kazan.md": story("Kazan"),
            "2026-10-06-energy/issue.md": "",
            "half/heat.md": "",
            "_inbox/a.md": "",
            "_draft.md": "",
            ".hidden.md": "",
            ".git/x.md": "",
            "README.md": "",
            "notes.txt": "",
            "pictures/cover.jpg": b"",
        },
    )

    names = issue_names(root)

    assert names == {
        "energy": root / "2026-10-06-energy",
        "half": root / "half",
        "kazan": root / "2026-10-09-kazan.md",
    }
    assert codes(root, "half") == ["E001"]


def test_a_newsroom_without_issues_has_none(tmp_path: Path) -> None:
    assert issue_names(tmp_path / "issues") == {}


@pytest.mark.parametrize(
    "name",
    [
        "kazan",
        "2026-10-09-kazan.md",
        "2026-10-09-kazan",
        "issues/2026-10-09-kazan.md",
        "./issues/2026-10-09-kazan.md",
    ],
)
def test_an_issue_is_found_by_slug_name_and_path(tmp_path: Path, name: str) -> None:
    root = write(tmp_path, {"2026-10-09-kazan.md": story("Kazan"), "2026-10-09-other.md": story("Other")})

    assert locate(root, name) == root / "2026-10-09-kazan.md"
    assert slug_of(locate(root, name)) == "kazan"


@pytest.mark.parametrize("name", ["", ".", "..", "/", "issues", "\0"])
def test_what_names_no_issue_is_not_found(tmp_path: Path, name: str) -> None:
    root = write(tmp_path, {"kazan.md": story("Kazan"), "../beside.md": story("x")})

    with pytest.raises(NotFoundError):
        locate(root, name)


def test_a_story_leads_to_its_issue_and_a_wrong_name_to_the_nearest(tmp_path: Path) -> None:
    root = write(tmp_path, {"2026-10-06-energy/issue.md": "", "2026-10-06-energy/heat.md": ""})

    assert locate(root, "issues/2026-10-06-energy/heat.md") == root / "2026-10-06-energy"
    with pytest.raises(NotFoundError, match=r"no issue 'enrgy' \(did you mean energy\?\)"):
        locate(root, "enrgy")


@pytest.mark.parametrize(
    "copy",
    [
        "kazan (Ana's conflicted copy 2026-10-01).md",
        "kazan.sync-conflict-20261001-101500-ABCDEFG.md",
        "kazan 1.md",
        "kazan (2).md",
        "kazan copy.md",
        "kazan.orig.md",
    ],
)
def test_copies_that_tools_left_are_errors_and_never_issues(tmp_path: Path, copy: str) -> None:
    root = write(tmp_path, {"kazan.md": story("Kazan"), copy: story("Kazan")})

    assert codes(root, copy) == ["E024"]
    assert read_issue(root, "kazan.md").issue is not None


def test_a_number_at_the_end_is_a_copy_only_beside_the_original(tmp_path: Path) -> None:
    root = write(tmp_path, {"apollo 13.md": story("Apollo 13")})

    assert read_issue(root, "apollo-13").issue is not None


def test_two_paths_with_one_slug_are_an_error_and_neither_is_read(tmp_path: Path) -> None:
    root = write(
        tmp_path, {"2026-10-06-energy.md": story("A"), "2026-11-03-energy/issue.md": "", "b.md": story("B")}
    )

    reading = read_issue(root, "energy")

    assert reading.issue is None
    assert [finding.code for finding in reading.findings] == ["E026"]
    assert "2026-10-06-energy.md and 2026-11-03-energy" in reading.findings[0].what
    assert codes(root, "2026-11-03-energy") == ["E026"]
    assert read_issue(root, "b").issue is not None


def test_a_name_without_letters_is_an_error(tmp_path: Path) -> None:
    root = write(tmp_path, {"!!!.md": story("A")})

    assert list(issue_names(root)) == ["!!!.md"]
    assert codes(root, "!!!.md") == ["E026"]


def test_links_that_lead_out_of_the_folder_are_refused_and_links_within_are_not(tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text(story("Secret"))
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "issue.md").write_text(story("Secret"))
    root = write(tmp_path, {"kazan.md": story("Kazan")})
    (root / "file.md").symlink_to(tmp_path / "secret.md")
    (root / "folder").symlink_to(tmp_path / "outside")
    (root / "within.md").symlink_to(root / "kazan.md")
    (root / "broken.md").symlink_to(root / "nowhere.md")

    assert codes(root, "file") == ["E025"]
    assert codes(root, "folder") == ["E025"]
    assert codes(root, "broken") == ["E001"]
    assert read_issue(root, "within").issue is not None


def test_a_link_to_itself_is_one_finding_and_keeps_nobody_waiting(tmp_path: Path) -> None:
    root = write(tmp_path, {"kazan.md": story("Kazan")})
    (root / "loop.md").symlink_to("loop.md")

    assert codes(root, "loop") == ["E001"]
    assert signature(root / "loop.md")
    assert is_stable(root / "loop.md", NOW)
    assert read_issue(root, "kazan").issue is not None


def test_what_is_no_file_is_refused_and_never_waited_for(tmp_path: Path) -> None:
    root = write(tmp_path, {})
    os.mkfifo(root / "pipe.md")

    assert codes(root, "pipe") == ["E025"]


def test_a_name_that_is_not_utf_8_is_one_error(tmp_path: Path) -> None:
    root = write(tmp_path, {})
    (Path(os.fsdecode(os.fsencode(root) + b"/caf\xe9.md"))).write_text(story("A"))

    assert [codes(root, name) for name in issue_names(root)] == [["E001"]]


@pytest.mark.parametrize(
    "change",
    [
        lambda root: (root / "2026-10-06-energy" / "heat.md").write_text("other"),
        lambda root: (root / "2026-10-06-energy" / "new.md").write_text(""),
        lambda root: (root / "2026-10-06-energy" / "heat.md").unlink(),
        lambda root: (root / "2026-10-06-energy" / "pictures" / "a.png").write_bytes(b"2"),
        lambda root: (root / "_stories" / "shared.md").write_text("other"),
        lambda root: (root / "elsewhere.md").write_text("there"),
        lambda root: os.utime(root / "2026-10-06-energy" / "heat.md", (1, 1)),
    ],
)
def test_the_signature_changes_with_every_file_of_the_issue(tmp_path: Path, change: object) -> None:
    files = {"issue.md": "", "heat.md": "", "pictures/a.png": "1"}
    root = write(tmp_path, {f"2026-10-06-energy/{name}": text for name, text in files.items()})
    write(tmp_path, {"_stories/shared.md": ""})
    path, elsewhere = root / "2026-10-06-energy", [root / "_stories/shared.md", root / "elsewhere.md"]
    before = signature(path, elsewhere)

    assert signature(path, elsewhere) == before
    assert callable(change)
    change(root)
    assert signature(path, elsewhere) != before


def test_the_signature_leaves_other_issues_and_hidden_files_alone(tmp_path: Path) -> None:
    root = write(tmp_path, {"a.md": "", "b.md": "", "_stories/unused.md": ""})
    before = signature(root / "a.md")

    (root / "b.md").write_text("other")
    (root / "_stories" / "unused.md").write_text("other")
    (root / "_sponsors").mkdir()
    (root / ".a.md.swp").write_text("other")

    assert signature(root / "a.md") == before
    assert signature(root / "gone.md") != before


def test_an_issue_is_stable_when_nothing_has_moved_for_two_seconds(tmp_path: Path) -> None:
    root = write(tmp_path, {"energy/issue.md": "", "energy/heat.md": ""})
    moved = max((root / "energy").stat().st_mtime, (root / "energy" / "heat.md").stat().st_ctime)
    moment = datetime.fromtimestamp(moved, UTC)

    assert not is_stable(root / "energy", moment + timedelta(seconds=1))
    assert is_stable(root / "energy", moment + timedelta(seconds=3))


def test_a_copy_with_an_old_date_has_moved_all_the_same(tmp_path: Path) -> None:
    root = write(tmp_path, {"a.md": ""})
    os.utime(root / "a.md", (1, 1))

    assert not is_stable(root / "a.md", datetime.fromtimestamp((root / "a.md").stat().st_ctime, UTC))


def test_a_date_in_the_future_does_not_keep_an_issue_waiting(tmp_path: Path) -> None:
    root = write(tmp_path, {"a.md": ""})
    os.utime(root / "a.md", (NOW.timestamp() + 9e8, NOW.timestamp() + 9e8))

    assert is_stable(root / "a.md", NOW + timedelta(days=9000))


def test_nothing_is_stable_while_git_writes(tmp_path: Path) -> None:
    root = write(tmp_path, {"a.md": ""})
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "index.lock").touch()

    assert not is_stable(root / "a.md", NOW)
    (tmp_path / ".git" / "index.lock").unlink()
    assert is_stable(root / "a.md", NOW)


def test_looking_for_changes_opens_no_file(tmp_path: Path) -> None:
    root = write(tmp_path, {"energy/heat.md": ""})
    os.mkfifo(root / "energy" / "issue.md")  # opening it would wait for ever
    os.mkfifo(root / "kazan.md")

    for path in issue_names(root).values():
        assert signature(path)
        assert is_stable(path, NOW)

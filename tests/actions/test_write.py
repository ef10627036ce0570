from __future__ import annotations

import os
import uuid
from datetime import date
from pathlib import Path

import pytest

from publisher.actions.check import check_issue
from publisher.actions.write import (
    give_ids,
    import_article,
    mend_in_place,
    new_issue,
    replace_file,
)
from publisher.app import Publisher
from publisher.content.text import FILE_BYTES
from publisher.errors import ContentError, NotFoundError, PublisherError
from publisher.settings import Settings
from tests.newsrooms import Newsroom

TODAY = date(2026, 10, 5)
ARTICLE = """\
Heat returns to the north

The second warm year in a row has surprised nobody who measures it.

Key Takeaways

-
Warm water: It stays for longer than the models said.
-
Thin ice: It broke a month early.

Deep Analysis

The reasons are many, and this paragraph names one of them.

Did You Know?

-
The first measurements are from 1853.
"""


@pytest.fixture
def settings(publisher: Publisher) -> Settings:
    return publisher.settings


def field(path: Path, name: str) -> str:
    """Return what the front matter of a file says under a name."""
    line = next(line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith(f"{name}:"))
    return line.partition(":")[2].strip()


def codes(publisher: Publisher, name: str) -> list[str]:
    """Return what the check finds, without remarks."""
    checked = check_issue(publisher.settings, publisher.theme, name)
    return [finding.code for finding in checked.findings if finding.code[0] in "EW"]


def test_an_article_becomes_a_draft_that_only_lacks_a_source(publisher: Publisher) -> None:
    path = import_article(publisher.settings, ARTICLE, name="article.txt")

    assert path == publisher.settings.issues / "heat-returns-to-the-north.md"
    assert field(path, "status") == "draft"
    assert uuid.UUID(field(path, "id")).version == 4
    assert codes(publisher, path.stem) == ["W306"]


def test_an_article_may_become_a_story_of_an_issue(newsroom: Newsroom, publisher: Publisher) -> None:
    newsroom.saves("2026-10-06-climate/issue.md", "---\nid: a\ntitle: Climate\n---\n\nHello.\n")

    path = import_article(publisher.settings, ARTICLE, name="article.txt", into="climate")

    checked = check_issue(publisher.settings, publisher.theme, "climate")
    assert path.parent.name == "2026-10-06-climate"
    assert "status:" not in path.read_text(encoding="utf-8")
    assert checked.issue is not None
    assert [story.title for story in checked.issue.stories] == ["Heat returns to the north"]


def test_a_single_file_takes_no_further_stories(newsroom: Newsroom, settings: Settings) -> None:
    newsroom.writes("heat")

    with pytest.raises(NotFoundError, match="issue 'heat' is a single file"):
        import_article(settings, ARTICLE, name="article.txt", into="heat")
    with pytest.raises(NotFoundError, match="there is no issue 'rain'"):
        import_article(settings, ARTICLE, name="article.txt", into="rain")


def test_no_file_is_ever_written_over(settings: Settings) -> None:
    first = import_article(settings, ARTICLE, name="article.txt")
    before = first.read_bytes()

    second = import_article(settings, ARTICLE, name="article.txt")
    new_issue(settings, "Heat", template=None, today=TODAY)
    again = new_issue(settings, "Heat", template=None, today=TODAY)

    assert second.name == "heat-returns-to-the-north-2.md"
    assert again.name == "2026-10-05-heat-2.md"
    assert first.read_bytes() == before
    assert field(first, "id") != field(second, "id")


@pytest.mark.parametrize("text", ["", " \n\n", "\0", "x" * (FILE_BYTES + 1)])
def test_what_is_no_article_is_told_and_nothing_is_written(settings: Settings, text: str) -> None:
    with pytest.raises(ContentError) as refused:
        import_article(settings, text, name="article.txt")

    assert refused.value.fix
    assert list(settings.issues.iterdir()) == []


def test_a_new_issue_is_a_draft_that_begins_today_with_an_id_of_its_own(publisher: Publisher) -> None:
    path = new_issue(publisher.settings, "  Was das Meer erinnert: Teil 1  ", template=None, today=TODAY)

    assert path.name == "2026-10-05-was-das-meer-erinnert-teil-1.md"
    assert field(path, "title") == '"Was das Meer erinnert: Teil 1"'
    assert field(path, "status") == "draft"
    assert uuid.UUID(field(path, "id")).version == 4


@pytest.mark.parametrize(
    "title", ["海は何を覚えているか", "!!!", "a" * 500, 'He said "no" — \\ and left', "yes"]
)
def test_any_title_makes_a_file_that_can_be_read(publisher: Publisher, title: str) -> None:
    path = new_issue(publisher.settings, title, template=None, today=TODAY)

    issue = check_issue(publisher.settings, publisher.theme, str(path)).issue
    assert issue is not None
    assert issue.title == title
    assert len(path.name.encode()) < 120


@pytest.mark.parametrize("title", ["", "   ", "\t"])
def test_an_issue_needs_a_title(settings: Settings, title: str) -> None:
    with pytest.raises(PublisherError, match="an issue needs a title"):
        new_issue(settings, title, template=None, today=TODAY)


@pytest.mark.parametrize("title", ["bell\a", "nul\0", "not UTF-8 \udcff"])
def test_a_title_that_no_file_can_hold_is_refused(settings: Settings, title: str) -> None:
    with pytest.raises(PublisherError, match="the title:1"):
        new_issue(settings, title, template=None, today=TODAY)

    assert list(settings.issues.iterdir()) == []


def test_a_template_is_copied_with_its_pictures_and_new_ids(newsroom: Newsroom, settings: Settings) -> None:
    newsroom.saves("_templates/weekly/issue.md", "---\nid: old\ntitle: Weekly\n---\n")
    newsroom.saves("_templates/weekly/first.md", "---\ntitle: First\n---\n\nHello.\n")
    newsroom.saves("_templates/weekly/logo.svg", "<svg/>")

    by_option = new_issue(settings, "Heat", template="weekly", today=TODAY)
    by_name = new_issue(settings, "weekly", template=None, today=TODAY)

    assert (by_option.name, by_name.name) == ("2026-10-05-heat", "2026-10-05-weekly")
    assert {path.name for path in by_option.iterdir()} == {"issue.md", "first.md", "logo.svg"}
    ids = {field(folder / name, "id") for folder in (by_option, by_name) for name in ("issue.md", "first.md")}
    assert len(ids) == 4
    assert "old" not in ids


def test_a_template_that_is_not_there_is_told_with_those_that_are(
    newsroom: Newsroom, settings: Settings
) -> None:
    newsroom.saves("_templates/weekly/issue.md", "---\ntitle: Weekly\n---\n")

    for name in ("daily", "..", "../..", ""):
        with pytest.raises(NotFoundError, match=r"there is no template '.*' \(there are: weekly\)"):
            new_issue(settings, "Heat", template=name, today=TODAY)


def test_a_template_that_cannot_be_copied_leaves_nothing_half_done(
    newsroom: Newsroom, settings: Settings
) -> None:
    newsroom.saves("_templates/weekly/a.md", "---\ntitle: Weekly\n---\n")
    newsroom.saves("_templates/weekly/b.md", "---\ntitle: [\n---\n")

    with pytest.raises(PublisherError, match=r"b\.md"):
        new_issue(settings, "Heat", template="weekly", today=TODAY)

    assert [path.name for path in settings.issues.iterdir()] == ["_templates"]


def test_files_without_an_id_get_one_and_no_other_byte_changes(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    text = "---\ntitle: Heat # hot\ntags: [ a,b ]\n---\n\nHello.\r\n"
    bare, other = newsroom.saves("heat.md", text), newsroom.writes("rain")
    before = other.read_bytes()

    given = give_ids(publisher.settings, ["heat"])
    again = give_ids(publisher.settings, [])

    assert (given, again) == ([bare], [])
    assert bare.read_bytes().replace(f"id: {field(bare, 'id')}\n".encode(), b"") == text.encode()
    assert other.read_bytes() == before


def test_of_two_files_with_one_id_the_newer_one_gets_another(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    same = "0d0f4a0e-2b0b-4d7e-8e0f-000000000001"
    old, new = newsroom.writes("rain", id=same), newsroom.writes("heat", id=same)
    os.utime(old, (1, 1))

    assert give_ids(publisher.settings, []) == [new]
    assert field(old, "id") == same
    assert field(new, "id") != same


def test_files_that_cannot_be_understood_keep_no_other_from_an_id(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    broken = newsroom.saves("broken.md", "---\ntitle: [\n---\n")
    bare = newsroom.saves("heat.md", "---\ntitle: Heat\n---\n\nHello.\n")

    assert give_ids(publisher.settings, []) == [bare]
    assert broken.read_text() == "---\ntitle: [\n---\n"


def test_an_id_for_an_issue_that_is_not_there_is_refused(settings: Settings) -> None:
    with pytest.raises(NotFoundError, match="there is no issue 'heat'"):
        give_ids(settings, ["heat"])


def test_pasted_plain_text_is_mended_in_its_file(newsroom: Newsroom, publisher: Publisher) -> None:
    path = newsroom.saves("heat.md", f"---\nid: a\ntitle: Heat returns\nsource: Us\n---\n\n{ARTICLE}")
    before = codes(publisher, "heat")

    mend_in_place(path)

    assert any(code.startswith("E") for code in before)
    assert codes(publisher, "heat") in ([], ["W306"])
    assert field(path, "source") == "Us"


def test_a_file_that_is_not_there_cannot_be_mended(tmp_path: Path) -> None:
    with pytest.raises(PublisherError, match=r"none\.md' cannot be read: No such file"):
        mend_in_place(tmp_path / "none.md")


def test_a_file_is_replaced_in_one_step_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "heat.md"
    path.write_text("old")
    with path.open() as reader:
        replace_file(path, "new")

        assert reader.read() == "old"
    assert path.read_text() == "new"
    assert [each.name for each in tmp_path.iterdir()] == ["heat.md"]


def test_a_file_that_cannot_be_written_is_told_and_the_old_one_stays(tmp_path: Path) -> None:
    folder = tmp_path / "heat.md"
    folder.mkdir()

    with pytest.raises(PublisherError, match=r"heat\.md' cannot be written: Is a directory"):
        replace_file(folder, "new")
    with pytest.raises(PublisherError, match=r"x\.md' cannot be written"):
        replace_file(tmp_path / "none" / "x.md", "new")

    assert [each.name for each in tmp_path.iterdir()] == ["heat.md"]


def test_a_name_that_no_file_can_have_is_told(tmp_path: Path) -> None:
    with pytest.raises(PublisherError, match="cannot be written: File name too long"):
        replace_file(tmp_path / f"{'a' * 250}.md", "text")


def test_a_file_in_the_place_of_the_folder_of_issues_is_told(newsroom: Newsroom, settings: Settings) -> None:
    newsroom.issues.rmdir()
    newsroom.issues.write_text("not a folder")

    with pytest.raises(PublisherError, match=r"issues' cannot be made: File exists"):
        new_issue(settings, "Heat", template=None, today=TODAY)
    with pytest.raises(PublisherError, match=r"issues' cannot be made: File exists"):
        import_article(settings, ARTICLE, name="article.txt")

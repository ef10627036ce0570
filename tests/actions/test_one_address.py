"""No two issues get one page, whatever their files call themselves."""

from __future__ import annotations

import pytest

from publisher.actions.approve import approve
from publisher.actions.archive import archive
from publisher.actions.check import CheckFailedError, check_issues
from publisher.actions.queue import Place, queue
from publisher.actions.scan import scan
from publisher.app import Publisher
from publisher.model.states import IssueState
from publisher.store import public
from tests.newsrooms import STORY, Newsroom, record_of, state_of


def folder_issue(newsroom: Newsroom, name: str, *, slug: str, number: int) -> None:
    """Save a folder issue of another name than its slug, with one story."""
    id_ = f"0d0f4a0e-2b0b-4d7e-8e0f-{number:012d}"
    newsroom.saves(
        f"{name}/issue.md", f"---\nid: {id_}\ntitle: The issue {name}\nslug: {slug}\nstatus: ready\n---\n"
    )
    story = STORY.format(
        id=f"1{id_[1:]}", title=f"Story of {name}", status="ready", slug=f"{name}-story", more=""
    )
    newsroom.saves(f"{name}/{name}-story.md", story.replace("status: ready\n", ""))


def test_a_second_folder_with_the_slug_of_a_printed_issue_is_refused(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    folder_issue(newsroom, "one", slug="same", number=1)
    folder_issue(newsroom, "two", slug="same", number=2)
    approve(publisher, "one")

    with pytest.raises(CheckFailedError, match=r"E106 .*the slug 'same' is used by one"):
        approve(publisher, "two")


def test_a_file_whose_name_is_the_slug_of_a_printed_issue_is_refused(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    folder_issue(newsroom, "one", slug="same", number=1)
    newsroom.writes("same")
    approve(publisher, "one")

    with pytest.raises(CheckFailedError, match="E106"):
        approve(publisher, "same")


def test_what_nobody_checked_does_not_overwrite_a_page_either(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    folder_issue(newsroom, "one", slug="same", number=1)
    folder_issue(newsroom, "two", slug="same", number=2)
    scan(publisher, patient=False)

    (trouble,) = archive(publisher, ["one", "two"], checked=False)

    with publisher.database.read() as db:
        page = public.find(db, "/issues/same/")
    assert "the page /issues/same/ belongs to issue 'one'" in trouble
    assert state_of(publisher, "one") is IssueState.ARCHIVED
    assert record_of(publisher, "two").published_at is None
    assert page is not None
    assert b"The issue one" in page.body


def test_a_link_to_itself_is_one_finding_and_the_other_issues_go_on(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    (newsroom.issues / "loop.md").symlink_to("loop.md")
    newsroom.writes("heat")

    found = check_issues(publisher.settings, publisher.theme, [])
    troubles = scan(publisher).troubles
    scan(publisher, patient=False)

    assert {each.slug: [finding.code for finding in each.findings] for each in found}["loop"] == ["E001"]
    assert all("loop.md" in trouble for trouble in troubles)
    assert queue(publisher, "heat", Place()).state is IssueState.QUEUED

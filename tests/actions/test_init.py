from __future__ import annotations

from pathlib import Path

import pytest

from publisher.actions.check import check_issues
from publisher.actions.init import init_newsroom
from publisher.actions.send_now import publish_now
from publisher.actions.status import status
from publisher.actions.subscribe import add
from publisher.app import opened
from publisher.errors import PublisherError
from publisher.model.states import IssueState
from publisher.settings_file import load_settings
from tests.newsrooms import HandClock, deliver, served


def test_a_new_newsroom_works_at_once(tmp_path: Path) -> None:
    root, clock = tmp_path / "deep" / "newsroom", HandClock()

    slugs = init_newsroom(root, clock=clock, actor="ann")

    with opened(root, clock=clock, actor="ann") as publisher:
        states = {record.slug: record.state for record in status(publisher).issues}
        checked = check_issues(publisher.settings, publisher.theme, [])
        public = served(publisher)
        add(publisher, "you@example.net")
        publish_now(publisher, "borrowed-power")
        deliver(publisher)
    assert set(slugs) == set(states)
    assert set(states.values()) >= {IssueState.ARCHIVED, IssueState.HELD}
    assert IssueState.QUEUED not in states.values()
    assert not [str(finding) for each in checked for finding in each.findings if finding.blocks]
    assert {"/", "/feed.rss"} <= set(public)
    assert len(list((root / "var" / "mail" / "new").iterdir())) == 1
    assert (root / ".gitignore").read_text(encoding="utf-8").splitlines()[-1] == "var/"


def test_the_address_of_the_front_page_may_be_given(tmp_path: Path) -> None:
    init_newsroom(tmp_path / "n", clock=HandClock(), actor="ann", home_url="https://news.example.net")

    assert load_settings(tmp_path / "n").publication.home_url == "https://news.example.net"


def test_an_empty_folder_may_be_filled(tmp_path: Path) -> None:
    assert init_newsroom(tmp_path, clock=HandClock(), actor="ann")


def test_a_folder_with_something_in_it_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")

    for folder in (tmp_path, tmp_path / "mine.txt"):
        with pytest.raises(PublisherError, match=r"' is not empty \(name a new folder\)"):
            init_newsroom(folder, clock=HandClock(), actor="ann")

    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(PublisherError, match="cannot be written: Not a directory"):
        init_newsroom(tmp_path / "file" / "below", clock=HandClock(), actor="ann")

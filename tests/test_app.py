from __future__ import annotations

from pathlib import Path

import pytest

from publisher.actions.check import check_issue
from publisher.app import open_publisher, opened
from publisher.errors import SettingsError, StoreError
from publisher.settings_file import load_settings
from tests.newsrooms import MONDAY, HandClock, Newsroom, newsroom_in


@pytest.fixture
def newsroom(tmp_path: Path, sqlite_template: Path) -> Newsroom:
    return newsroom_in(tmp_path / "newsroom", sqlite_template)


def test_a_publisher_is_settings_database_theme_and_clock(newsroom: Newsroom) -> None:
    with opened(newsroom.root, clock=newsroom.clock, actor="ann") as publisher:
        assert publisher.settings == load_settings(newsroom.root)
        assert publisher.database.path == newsroom.root / "var" / "publisher.db"
        assert publisher.actor == "ann"
        assert publisher.now() == MONDAY
        newsroom.clock.passes(hours=1)
        assert (publisher.now() - MONDAY).total_seconds() == 3600


def test_a_new_newsroom_gets_its_database_when_it_is_opened(newsroom: Newsroom) -> None:
    for path in (newsroom.root / "var").iterdir():
        path.unlink()
    (newsroom.root / "var").rmdir()

    with opened(newsroom.root, clock=newsroom.clock, actor="ann"):
        assert (newsroom.root / "var" / "publisher.db").is_file()


def test_the_newsroom_s_own_templates_come_before_those_of_the_program(newsroom: Newsroom) -> None:
    own = newsroom.root / "templates" / "email" / "issue.txt"
    own.parent.mkdir(parents=True)
    own.write_text("Mine. {{ slots.unsubscribe }}")

    with opened(newsroom.root, clock=newsroom.clock, actor="ann") as publisher:
        newsroom.writes("heat")
        printed = check_issue(publisher.settings, publisher.theme, "heat").printed

    assert printed is not None
    assert printed.part("text").startswith(b"Mine. ")


def test_after_the_block_the_database_is_closed(newsroom: Newsroom) -> None:
    with opened(newsroom.root, clock=newsroom.clock, actor="ann"):
        pass

    assert [path.name for path in (newsroom.root / "var").iterdir()] == ["publisher.db"]


def test_a_folder_that_is_no_newsroom_is_told(tmp_path: Path) -> None:
    with (
        pytest.raises(SettingsError, match=r"there is no publisher\.toml"),
        opened(tmp_path, clock=HandClock(), actor="ann"),
    ):
        pass


def test_a_database_that_cannot_be_opened_is_told(newsroom: Newsroom) -> None:
    (newsroom.root / "var" / "publisher.db").write_bytes(b"no database" * 1000)

    with pytest.raises(StoreError, match="is not a database"):
        open_publisher(load_settings(newsroom.root), clock=newsroom.clock, actor="ann")


def test_a_publisher_on_postgresql_has_the_server_s_clock(newsroom: Newsroom, postgresql_url: str) -> None:
    newsroom.sets(f'[database]\nurl = "{postgresql_url}"\n')

    with opened(newsroom.root, clock=newsroom.clock, actor="ann") as publisher:
        assert publisher.database.path is None
        assert publisher.now() != MONDAY
        assert publisher.now().utcoffset() is not None

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.editions import HOME
from tests.readers.conftest import TITLES, Polled, run, second_issue
from tests.tools import tool

BOTH = pytest.mark.parametrize("path", ["/feed.rss", "/feed.atom"])


class Newsboat:
    """Somebody who reads one feed with newsboat."""

    def __init__(self, home: Path, url: str) -> None:
        self._program, self._home = tool("newsboat"), home
        (home / "urls").write_text(f"{url}\n", encoding="utf-8")
        (home / "config").write_text("", encoding="utf-8")

    def reloads(self) -> list[tuple[str, str, str]]:
        """Fetch the feed, and return title, link and text of every entry that it has, the newest first."""
        cache = self._home / "cache.db"
        files = ("-u", str(self._home / "urls"), "-C", str(self._home / "config"), "-c", str(cache))
        run(self._home, self._program, *files, "-x", "reload")
        with closing(sqlite3.connect(cache)) as db:
            rows = db.execute("SELECT title, url, content FROM rss_item ORDER BY pubDate DESC").fetchall()
        return [(title, url, content) for title, url, content in rows]


@BOTH
def test_newsboat_shows_every_story_as_it_was_written(polled: Polled, home: Path, path: str) -> None:
    reader = Newsboat(home, polled.url + path)

    entries = reader.reloads()

    assert [title for title, _, _ in entries] == TITLES
    assert [link for _, link, _ in entries] == [
        f"{HOME}/stories/{slug}/" for slug in ("laboratory", "meta-element", "shams")
    ]
    assert "<h2>Key Takeaways</h2>" in entries[0][2]
    assert "]]&gt;" in entries[0][2]
    assert 'dir="rtl"' in entries[2][2]


@BOTH
def test_newsboat_is_told_that_nothing_is_new_and_then_gets_what_is(
    polled: Polled, home: Path, path: str
) -> None:
    reader = Newsboat(home, polled.url + path)
    first = reader.reloads()
    reader.reloads()  # newsboat has no row for the validators of a feed before its second poll
    polled.told()

    again, told_again = reader.reloads(), polled.told()
    polled.has_news(second_issue())
    later, told_later = reader.reloads(), polled.told()

    assert [told_again, told_later] == [[304], [200]]
    assert again == first
    assert [title for title, _, _ in later] == [second_issue().stories[0].title, *TITLES]

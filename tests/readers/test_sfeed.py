from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.editions import HOME, rich_edition
from tests.readers.conftest import TITLES, Polled, run, second_issue
from tests.tools import tool

BOTH = pytest.mark.parametrize("path", ["/feed.rss", "/feed.atom"])

SETTINGS = """\
sfeedpath={home}/feeds
fetch() {{
  curl -s -f --etag-compare {home}/etag --etag-save {home}/etag "$2"
}}
feeds() {{
  feed heat {url}
}}
"""
"""Fetches as the manual of sfeed proposes it, and notes the ETag."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What sfeed keeps of an entry."""

    moment: str
    title: str
    link: str
    content: str
    content_type: str
    id: str
    author: str
    enclosure: str
    category: str


class Sfeed:
    """Somebody who keeps feeds as lines of text."""

    def __init__(self, home: Path, url: str) -> None:
        tool("sfeed")
        tool("curl")
        self._program, self._home = tool("sfeed_update"), home
        (home / "feeds").mkdir()
        (home / "sfeedrc").write_text(SETTINGS.format(home=home, url=url), encoding="utf-8")

    def updates(self) -> list[Line]:
        """Fetch the feed, and return its entries, the newest first."""
        run(self._home, self._program, str(self._home / "sfeedrc"))
        lines = (self._home / "feeds" / "heat").read_text(encoding="utf-8").splitlines()
        names = tuple(Line.__dataclass_fields__)
        return [Line(**dict(zip(names, line.split("\t"), strict=True))) for line in lines]


@BOTH
def test_sfeed_keeps_every_story_with_its_id_date_author_and_tags(
    polled: Polled, home: Path, path: str
) -> None:
    stories = rich_edition().stories

    entries = Sfeed(home, polled.url + path).updates()

    assert [entry.title for entry in entries] == TITLES
    assert [entry.id for entry in entries] == [story.id for story in stories]
    assert [entry.link for entry in entries] == [story.url for story in stories]
    assert [entry.author for entry in entries] == [story.author or entries[1].author for story in stories]
    assert entries[0].category == "energy|R&D/é"
    assert entries[0].content_type == "html"
    assert entries[0].link.startswith(HOME)
    assert datetime.fromtimestamp(int(entries[0].moment), UTC) == datetime(2026, 10, 6, 4, 29, 59, tzinfo=UTC)


@BOTH
def test_sfeed_is_told_that_nothing_is_new_and_then_gets_what_is(
    polled: Polled, home: Path, path: str
) -> None:
    reader = Sfeed(home, polled.url + path)

    first = reader.updates()
    again = reader.updates()
    polled.has_news(second_issue())
    later = reader.updates()

    assert polled.told() == [200, 304, 200]
    assert again == first
    assert [entry.title for entry in later] == [second_issue().stories[0].title, *TITLES]

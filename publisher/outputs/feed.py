"""What the three feed formats share: which entries there are, in which order, and within which limits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from publisher.model.characters import clean_line
from publisher.model.edition import Direction, Edition, Masthead, PrintedPicture, PrintedStory
from publisher.model.fillins import Ink
from publisher.model.rendered import Site
from publisher.outputs.article import issue_html, source_name, story_html
from publisher.outputs.words import words

WINDOW: Final = timedelta(days=14)
AT_LEAST: Final = 25
AT_MOST: Final = 510_000
"""A feed holds all entries of the window that ends with its newest, or more if they are few, of so many bytes
together (its head adds about one kilobyte): some readers delete what has left the feed.
"""

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""When a feed without entries was updated."""

GENERATOR: Final = "Publisher"
"""Without a version, so that a release changes no feed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of a feed; `published`, `pubdate` and `updated` are tokens, every text is clean.

    `key` is the slug of its story, "" for a whole issue.
    """

    key: str
    id: str
    url: str
    title: str
    lang: str
    dir: Direction
    summary: str
    html: str
    published: str
    pubdate: str
    updated: str
    author: str = ""
    link: str = ""
    source: str = ""
    tags: tuple[str, ...] = ()
    picture: PrintedPicture | None = None
    story: PrintedStory | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A feed around its entries, which are filled-in bytes, newest first."""

    id: str
    path: str
    url: str
    home: str
    title: str
    description: str
    lang: str
    author: str
    stylesheet: str
    updated: datetime
    entries: tuple[bytes, ...]


@lru_cache(maxsize=1)
def entries(edition: Edition, *, ink: Ink) -> tuple[Entry, ...]:
    """Return the entry of the whole issue, then one for each story; the formats ask in turn for the same."""
    stories = (_of_story(edition, position, ink) for position in range(1, len(edition.stories) + 1))
    return (_of_issue(edition, ink), *stories)


def channels(site: Site, *, output: str) -> tuple[Channel, ...]:
    """Return the feed of stories (`/feed.<output>`) and that of issues (`/issues/feed.<output>`).

    A story that ran in two issues stands once, as it was first published.
    """
    stories: dict[str, tuple[datetime, bytes]] = {}
    for issue in reversed(site.recent):
        for story in issue.stories:
            if output in story.entries:
                stories.setdefault(story.id, (story.updated, story.entries[output]))
    issues = {
        issue.id: (issue.updated, issue.entries[output]) for issue in site.recent if output in issue.entries
    }
    return (
        _channel(site.masthead, f"/feed.{output}", name="stories", dated=stories, suffix=""),
        _channel(
            site.masthead,
            f"/issues/feed.{output}",
            name="issues",
            dated=issues,
            suffix=f" – {words(site.masthead.lang).issues}",
        ),
    )


def chosen(dated: dict[str, tuple[datetime, bytes]]) -> list[tuple[datetime, bytes]]:
    """Return the entries that a feed shows, newest first; equal moments are ordered by id."""
    newest_first = [dated[key] for key in sorted(dated, key=lambda key: (-dated[key][0].timestamp(), key))]
    found: list[tuple[datetime, bytes]] = []
    size = 0
    for updated, entry in newest_first:
        size += len(entry)
        if len(found) >= AT_LEAST and updated < newest_first[0][0] - WINDOW:
            break
        if found and size > AT_MOST:
            break
        found.append((updated, entry))
    return found


def _of_issue(edition: Edition, ink: Ink) -> Entry:
    return Entry(
        key="",
        id=edition.id,
        url=edition.url,
        title=_title(edition.title, edition.subject),
        lang=edition.lang,
        dir=edition.dir,
        summary=clean_line(edition.preheader),
        html=_directed(issue_html(edition), edition, edition.masthead),
        published=ink.token("published-0"),
        pubdate=ink.token("pubdate-0"),
        updated=ink.token("updated-0"),
        tags=tuple(clean_line(tag) for tag in edition.tags),
        picture=next((story.picture for story in edition.stories if story.picture), None),
    )


def _of_story(edition: Edition, position: int, ink: Ink) -> Entry:
    story = edition.stories[position - 1]
    return Entry(
        key=story.slug,
        id=story.id,
        url=story.url,
        title=_title(story.title, story.summary or story.lead.text),
        lang=story.lang,
        dir=story.dir,
        summary=clean_line(story.summary),
        html=_directed(story_html(story), story, edition.masthead),
        published=ink.token(f"published-{position}"),
        pubdate=ink.token(f"pubdate-{position}"),
        updated=ink.token(f"updated-{position}"),
        author=clean_line(story.author),
        link=story.link,
        source=clean_line(source_name(story)),
        tags=tuple(clean_line(tag) for tag in story.tags),
        picture=story.picture,
        story=story,
    )


def _channel(
    masthead: Masthead, path: str, *, name: str, dated: dict[str, tuple[datetime, bytes]], suffix: str
) -> Channel:
    shown = chosen(dated)
    title = clean_line(masthead.title)
    return Channel(
        id=f"tag:{masthead.tag}:feed/{name}",
        path=path,
        url=masthead.home_url + path,
        home=f"{masthead.home_url}/",
        title=title + suffix,
        description=clean_line(masthead.description) or title,
        lang=masthead.lang,
        author=title,
        stylesheet=f"{urlsplit(masthead.home_url).path}/feed.css",
        updated=max((updated for updated, _ in shown), default=EPOCH),
        entries=tuple(entry for _, entry in shown),
    )


def _title(title: str, instead: str) -> str:
    """Return a title that is never empty: at worst the first words of something else."""
    return clean_line(title) or " ".join(clean_line(instead).split()[:12]) or "…"


def _directed(html: str, text: Edition | PrintedStory, masthead: Masthead) -> str:
    """Tell language and direction in the HTML itself where readers could not know them from the feed."""
    if text.lang == masthead.lang and text.dir is Direction.LTR:
        return html
    return f'<div lang="{text.lang}" dir="{text.dir}">\n{html}\n</div>'

"""What is public after sample editions were printed and published: parts filled in, cards, a site."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache

from publisher.model.edition import Edition, Masthead
from publisher.model.fillins import Ink, first_moments, story_moment, values
from publisher.model.phrases import phrases
from publisher.model.rendered import Counted, Document, IssueCard, Item, Part, Site, StoryCard, TagPage
from publisher.model.shelves import ISSUES, STORIES, tag_shelf
from publisher.outputs.all import render_all
from publisher.theme import Theme, open_theme
from tests.editions import MASTHEAD

INK = Ink(nonce="5eed")
MOMENT = datetime(2026, 10, 6, 4, 30, tzinfo=UTC)


@cache
def theme() -> Theme:
    """Return the theme that ships with the publisher."""
    return open_theme(None)


def fillins(edition: Edition, *, published: datetime = MOMENT) -> dict[str, str]:
    """Return what is put into an edition's parts when it is published."""
    return values(
        moments=first_moments(published, len(edition.stories)),
        number=edition.number or 42,
        date_text=phrases(edition.lang).date(published.date()),
    )


def publish(edition: Edition, *, published: datetime = MOMENT) -> tuple[IssueCard, tuple[Part, ...]]:
    """Print an edition in all formats, fill it in, and return its card and its filled-in parts."""
    filled = fillins(edition, published=published)
    parts = tuple(
        Part(
            output=part.output,
            key=part.key,
            media_type=part.media_type,
            body=INK.fill(part.body, filled),
            path=part.path,
        )
        for part in render_all(edition, theme=theme(), ink=INK)
    )
    return card(edition, published=published), parts


def card(edition: Edition, *, published: datetime = MOMENT) -> IssueCard:
    """Return the card of an edition."""
    return IssueCard(
        id=edition.id,
        slug=edition.slug,
        url=edition.url,
        title=edition.title,
        number=edition.number or 42,
        lang=edition.lang,
        dir=edition.dir,
        summary=edition.preheader,
        minutes=edition.minutes,
        published=published,
        updated=published,
        lists=edition.lists,
        tags=edition.tags,
        stories=tuple(
            StoryCard(
                id=story.id,
                slug=story.slug,
                url=story.url,
                title=story.title,
                lang=story.lang,
                dir=story.dir,
                summary=story.summary,
                minutes=story.minutes,
                published=story_moment(published, position),
                updated=story_moment(published, position),
                tags=story.tags,
            )
            for position, story in enumerate(edition.stories, 1)
        ),
    )


def site(*published: IssueCard | tuple[IssueCard, Sequence[Part]], masthead: Masthead = MASTHEAD) -> Site:
    """Return the site of these issues, with what was printed of them, and with everything touched."""
    found = [each if isinstance(each, tuple) else (each, ()) for each in published]
    found.sort(key=lambda each: each[0].published, reverse=True)
    recent = tuple(card for card, _ in found)
    stories = [(story, _item(story.slug, story, parts)) for card, parts in found for story in card.stories]
    shelves = {tag_shelf(tag).key: tag_shelf(tag) for story, _ in stories for tag in story.tags}
    tagged = {
        shelf: [(story, item) for story, item in stories if key in {tag_shelf(tag).key for tag in story.tags}]
        for key, shelf in sorted(shelves.items())
    }
    years = sorted({issue.published.year for issue in recent}, reverse=True)
    return Site(
        masthead=masthead,
        recent=recent,
        touched={year: tuple(issue for issue in recent if issue.published.year == year) for year in years},
        years=tuple(years),
        lists={"weekly": "The Weekly"},
        documents=(
            Document(shelf=STORIES, items=tuple(item for _, item in stories)),
            Document(shelf=ISSUES, items=tuple(_item("", card, parts) for card, parts in found)),
            *(Document(shelf=shelf, items=tuple(item for _, item in held)) for shelf, held in tagged.items()),
        ),
        tags=tuple(Counted(shelf=shelf, count=len(held)) for shelf, held in tagged.items()),
        tag_pages=tuple(
            TagPage(
                shelf=shelf, count=len(held), number=0, pages=0, stories=tuple(story for story, _ in held)
            )
            for shelf, held in tagged.items()
        ),
    )


def _item(key: str, of: IssueCard | StoryCard, parts: Sequence[Part]) -> Item:
    bodies = {part.output: part.body for part in parts if part.key == key}
    return Item(id=of.id, published=of.published, updated=of.updated, bodies=bodies)


def days_before(days: float) -> datetime:
    """Return the moment so many days before the newest sample is published."""
    return MOMENT - timedelta(days=days)

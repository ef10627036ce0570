"""What is public after sample editions were printed and published: parts filled in, cards, a site."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache

from publisher.model.edition import Edition, Masthead
from publisher.model.fillins import Ink, story_moment, values
from publisher.model.phrases import phrases
from publisher.model.rendered import IssueCard, Part, Site, StoryCard
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
        published=published,
        number=edition.number or 42,
        date_text=phrases(edition.lang).date(published.date()),
        stories=len(edition.stories),
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
    return card(edition, parts, published=published), parts


def card(edition: Edition, parts: tuple[Part, ...] = (), *, published: datetime = MOMENT) -> IssueCard:
    """Return the card of an edition; its entries are those of `parts`."""

    def entries(key: str) -> Mapping[str, bytes]:
        return {part.output: part.body for part in parts if part.key == key}

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
        entries=entries(""),
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
                updated=story_moment(published, position),
                tags=story.tags,
                entries=entries(story.slug),
            )
            for position, story in enumerate(edition.stories, 1)
        ),
    )


def site(*cards: IssueCard, masthead: Masthead = MASTHEAD) -> Site:
    """Return the site of these issues, newest first, with all their years touched."""
    recent = tuple(sorted(cards, key=lambda issue: issue.published, reverse=True))
    years = sorted({issue.published.year for issue in recent}, reverse=True)
    return Site(
        masthead=masthead,
        recent=recent,
        touched={year: tuple(issue for issue in recent if issue.published.year == year) for year in years},
        years=tuple(years),
        lists={"weekly": "The Weekly"},
    )


def days_before(days: float) -> datetime:
    """Return the moment so many days before the newest sample is published."""
    return MOMENT - timedelta(days=days)

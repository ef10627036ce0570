"""Web pages: one for the issue and one for each story, printed once; front page and archive, joined."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final
from zoneinfo import ZoneInfo

from publisher.model.characters import clean
from publisher.model.colours import readable
from publisher.model.edition import Direction, Edition, Masthead, PrintedStory
from publisher.model.fillins import DATE, NUMBER, Ink, rfc3339
from publisher.model.phrases import phrases
from publisher.model.rendered import Artefact, IssueCard, Part, Site
from publisher.outputs.article import is_single, raised, sponsor_place
from publisher.outputs.head import HTML, Page, frame
from publisher.outputs.standin import moved_page, withdrawn_page
from publisher.outputs.words import words
from publisher.theme import Theme

__all__ = ["PageOutput", "moved_page", "withdrawn_page"]

CSS: Final = "text/css; charset=utf-8"

SHOWN: Final = 12
"""How many issues the front page and the archive's first page show."""

PAPER: Final = {"light": "#fbfaf7", "dark": "#16181b"}
BOX: Final = {"light": "#f3f0e8", "dark": "#212429"}
"""Backgrounds of a page and of the boxes on it; the accent is shaded until it can be read on both."""


class PageOutput:
    """`/issues/<slug>/` and `/stories/<slug>/`; then `/`, `/archive/…`, `/feeds/`, `/404.html` and CSS."""

    name = "page"

    def render(self, edition: Edition, *, theme: Theme, ink: Ink) -> tuple[Part, ...]:
        """Return the page of the issue and those of its stories, with tokens for dates and number."""
        pages = [("", f"/issues/{edition.slug}/", _issue(edition, theme, ink))]
        pages += [
            (story.slug, f"/stories/{story.slug}/", _story(edition, position, theme, ink))
            for position, story in enumerate(edition.stories, 1)
        ]
        return tuple(
            Part(output=self.name, key=key, media_type=HTML, body=clean(html).encode(), path=path)
            for key, path, html in pages
        )

    def join(self, site: Site, *, theme: Theme) -> tuple[Artefact, ...]:
        """Return front page, archive, the touched years, the page of feeds, the 404 page and stylesheets."""
        return (
            _front(site, theme),
            _archive(site, theme),
            *(_archive(site, theme, year) for year in site.touched),
            _feeds(site, theme),
            _missing(site, theme),
            _stylesheet(site, theme, "style.css"),
            _stylesheet(site, theme, "feed.css"),
        )


def _issue(edition: Edition, theme: Theme, ink: Ink) -> str:
    page = Page(
        url=edition.url,
        title=edition.title,
        description=edition.preheader or edition.subject,
        lang=edition.lang,
        dir=edition.dir,
        kind="article",
        picture=next((story.picture for story in edition.stories if story.picture), None),
    )
    html = theme.html(
        "issue.html",
        **frame(edition.masthead, page),
        edition=edition,
        stories=[(story, phrases(story.lang), words(story.lang)) for story in edition.stories],
        single=is_single(edition),
        sponsor_after=sponsor_place(edition),
        moment=_moment(edition, 0, ink),
    )
    html = _within(html, edition.url, *(story.url for story in edition.stories))
    return raised(html) if is_single(edition) else html


def _story(edition: Edition, position: int, theme: Theme, ink: Ink) -> str:
    story = edition.stories[position - 1]
    page = Page(
        url=story.url,
        title=story.title,
        description=story.summary or story.title,
        lang=story.lang,
        dir=story.dir,
        kind="article",
        picture=story.picture,
    )
    moment = _moment(edition, position, ink)
    html = theme.html(
        "story.html",
        **frame(edition.masthead, page),
        edition=edition,
        story=story,
        single=is_single(edition),
        others=[other for other in edition.stories if other is not story],
        moment=moment,
        data=_news_article(story, edition.masthead, moment),
    )
    return raised(_within(html, story.url))


def _within(html: str, *urls: str) -> str:
    """Make links to places in pages `urls`, such as footnotes, links to the same places in this page."""
    for url in urls:
        html = html.replace(f'href="{url}#', 'href="#')
    return html


def _front(site: Site, theme: Theme) -> Artefact:
    masthead = site.masthead
    page = _page(site, path="/", title=masthead.title, description=masthead.description or masthead.title)
    html = theme.html("front.html", **frame(masthead, page), cards=_dated(site.recent[:SHOWN], masthead))
    return _artefact("/", html)


def _archive(site: Site, theme: Theme, year: int | None = None) -> Artefact:
    """Return the page of one year with all its issues, else the first page with the newest issues."""
    masthead, archive = site.masthead, words(site.masthead.lang).archive
    title = archive if year is None else f"{archive} {year}"
    path = "/archive/" if year is None else f"/archive/{year}/"
    page = _page(site, path=path, title=title, description=f"{masthead.title}: {title}")
    html = theme.html(
        "archive.html",
        **frame(masthead, page),
        cards=_dated(site.recent[:SHOWN] if year is None else site.touched[year], masthead),
        years=site.years,
        this_year=year,
    )
    return _artefact(path, html)


def _feeds(site: Site, theme: Theme) -> Artefact:
    masthead, title = site.masthead, words(site.masthead.lang).feeds
    page = _page(site, path="/feeds/", title=title, description=f"{masthead.title}: {title}")
    return _artefact("/feeds/", theme.html("feeds.html", **frame(masthead, page)))


def _missing(site: Site, theme: Theme) -> Artefact:
    missing = words(site.masthead.lang)
    page = _page(site, path="/404.html", title=missing.missing, description=missing.missing_text)
    page = replace(page, robots="noindex")
    return _artefact("/404.html", theme.html("missing.html", **frame(site.masthead, page)))


def _stylesheet(site: Site, theme: Theme, name: str) -> Artefact:
    accents = {mode: readable(readable(site.masthead.accent, on=PAPER[mode]), on=BOX[mode]) for mode in PAPER}
    css = theme.html(name, paper=PAPER, box=BOX, accent=accents, words=words(site.masthead.lang))
    return Artefact(path=f"/{name}", media_type=CSS, body=clean(css).encode())


def _artefact(path: str, html: str) -> Artefact:
    return Artefact(path=path, media_type=HTML, body=clean(html).encode())


def _page(site: Site, *, path: str, title: str, description: str) -> Page:
    """Return a page in the publication's own language, in the direction that its issues have."""
    lang = site.masthead.lang
    direction = next((card.dir for card in site.recent if card.lang == lang), Direction.LTR)
    return Page(
        url=site.masthead.home_url + path, title=title, description=description, lang=lang, dir=direction
    )


def _moment(edition: Edition, position: int, ink: Ink) -> dict[str, str]:
    return {
        "date": ink.token(DATE),
        "number": ink.token(NUMBER) if edition.number is None else str(edition.number),
        "published": ink.token(f"published-{position}"),
        "updated": ink.token(f"updated-{position}"),
    }


def _dated(cards: Iterable[IssueCard], masthead: Masthead) -> list[tuple[IssueCard, dict[str, str]]]:
    """Pair each card with its day on the publication's wall clock, in the issue's language."""
    zone = ZoneInfo(masthead.timezone)
    return [
        (
            card,
            {
                "iso": rfc3339(card.published),
                "text": phrases(card.lang).date(card.published.astimezone(zone).date()),
            },
        )
        for card in cards
    ]


def _news_article(story: PrintedStory, masthead: Masthead, moment: dict[str, str]) -> dict[str, object]:
    """Return the schema.org description of a story; what it was curated from is its `isBasedOn`."""
    publisher = {"@type": "Organization", "name": masthead.title, "url": f"{masthead.home_url}/"}
    members: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": story.title,
        "description": story.summary,
        "inLanguage": story.lang,
        "mainEntityOfPage": story.url,
        "datePublished": moment["published"],
        "dateModified": moment["updated"],
        "image": [story.picture.url] if story.picture else [],
        "keywords": list(story.tags),
        "wordCount": story.words,
        "timeRequired": f"PT{story.minutes}M",
        "author": publisher,
        "publisher": publisher,
        "isBasedOn": story.link,
    }
    return {name: value for name, value in members.items() if value}

"""Pages that all issues share: front page, archive, tags, feeds, what is missing, and the files they need."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final
from zoneinfo import ZoneInfo

from publisher.model.characters import clean, clean_line
from publisher.model.colours import readable
from publisher.model.edition import Direction, Masthead
from publisher.model.fillins import rfc3339
from publisher.model.phrases import Phrases, phrases
from publisher.model.rendered import Artefact, Counted, IssueCard, Site, StoryCard, TagPage
from publisher.model.shelves import Kind, Shelf, address
from publisher.outputs.feed import feed_path, feed_title, main_shelves
from publisher.outputs.head import HTML, Named, Page, frame, page_of, page_path, tag_links
from publisher.outputs.labels import labels
from publisher.outputs.structured import website
from publisher.outputs.words import words
from publisher.theme import Theme

CSS: Final = "text/css; charset=utf-8"
SCRIPT: Final = "text/javascript; charset=utf-8"

SVG: Final = "image/svg+xml"

SHOWN: Final = 12
"""How many issues the front page and the archive's first page show."""

TOPICS: Final = 16
"""How many tags the front page shows: those with the most stories."""

PAPER: Final = {"light": "#fbfaf7", "dark": "#16181b"}
BOX: Final = {"light": "#f3f0e8", "dark": "#212429"}
"""Backgrounds of a page and of the boxes on it; the accent is shaded until it can be read on both."""

FEED_FORMATS: Final = (("Atom", "atom"), ("RSS", "rss"), ("JSON Feed", "json"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What a card does not say by itself: its day, for programs and in words, and where its tags lead.

    `say` are the phrases of the card's language, `lang` is the language that they are in.
    """

    iso: str
    text: str
    say: Phrases
    lang: str
    tags: tuple[Named, ...] = ()


def shared_pages(site: Site, theme: Theme) -> tuple[Artefact, ...]:
    """Return the pages; those of years and of tags only where something has changed.

    Raises:
        ThemeError: a template cannot be rendered.
    """
    return (
        _front(site, theme),
        _archive(site, theme),
        *(_archive(site, theme, year) for year in site.touched),
        _tags(site, theme),
        *(_tag(site, theme, page) for page in site.tag_pages),
        _feeds(site, theme),
        _missing(site, theme),
        _stylesheet(site, theme, "style.css"),
        _stylesheet(site, theme, "feed.css"),
        _icon(site, theme),
        Artefact(path="/copy.js", media_type=SCRIPT, body=clean(theme.html("copy.js")).encode()),
    )


def _front(site: Site, theme: Theme) -> Artefact:
    masthead = site.masthead
    page = _page(site, path="/", title=masthead.title, description=masthead.description or masthead.title)
    most = sorted(site.tags, key=lambda tag: -tag.count)[:TOPICS]
    html = theme.html(
        "front.html",
        **frame(masthead, page),
        cards=_dated(site.recent[:SHOWN], masthead),
        topics=_counted(most),
        data=website(masthead, has_search=site.search),
    )
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
        has_tags=bool(site.tags),
    )
    return _artefact(path, html)


def _tags(site: Site, theme: Theme) -> Artefact:
    title = labels(site.masthead.lang).tags
    page = _page(site, path="/tags/", title=title, description=f"{site.masthead.title}: {title}")
    html = theme.html("tags.html", **frame(site.masthead, page), tags=_counted(site.tags))
    return _artefact("/tags/", html)


def _tag(site: Site, theme: Theme, shown: TagPage) -> Artefact:
    """Return a page of a tag: its own feed, its stories newest first, and the ways to the pages beside it."""
    masthead, shelf, number = site.masthead, shown.shelf, shown.number
    path = page_path(shelf, number)
    title = f"{shelf.title} ({number})" if number else shelf.title
    feed = Named(title=feed_title(masthead, shelf), href=address(feed_path(shelf, "atom")))
    page = replace(
        _page(site, path=path, title=title, description=f"{masthead.title}: {title}"),
        feeds=(feed,),
        robots="" if shown.stories else "noindex",
    )
    html = theme.html(
        "tag.html",
        **frame(masthead, page),
        tag=shelf.title,
        count=shown.count,
        feed=feed.href,
        cards=_dated(shown.stories, masthead),
        newer=_newer(shown),
        older=_older(shown),
    )
    return _artefact(path, html)


def _newer(shown: TagPage) -> str:
    """Return the address of the page with newer stories, "" for the first one."""
    if not shown.number:
        return ""
    return page_of(shown.shelf, shown.number + 1 if shown.number < shown.pages else 0)


def _older(shown: TagPage) -> str:
    """Return the address of the page with older stories, "" for the last one."""
    number = shown.number - 1 if shown.number else shown.pages
    return page_of(shown.shelf, number) if number else ""


def _feeds(site: Site, theme: Theme) -> Artefact:
    masthead, said = site.masthead, words(site.masthead.lang)
    page = _page(site, path="/feeds/", title=said.feeds, description=f"{masthead.title}: {said.feeds}")
    html = theme.html(
        "feeds.html",
        **frame(masthead, page),
        shelves=[_addresses(site, shelf) for shelf in main_shelves(site)],
        tags=[Named(title=tag.shelf.title, href=address(feed_path(tag.shelf, "atom"))) for tag in site.tags],
    )
    return _artefact("/feeds/", html)


def _addresses(site: Site, shelf: Shelf) -> tuple[str, list[tuple[str, str]]]:
    """Return what a shelf is called, and its feeds by name of their format."""
    said = words(site.masthead.lang)
    title = {Kind.STORIES: said.stories, Kind.ISSUES: said.issues}.get(shelf.kind, shelf.title)
    return title, [(name, address(feed_path(shelf, output))) for name, output in FEED_FORMATS]


def _missing(site: Site, theme: Theme) -> Artefact:
    missing = words(site.masthead.lang)
    page = _page(site, path="/404.html", title=missing.missing, description=missing.missing_text)
    page = replace(page, robots="noindex")
    return _artefact("/404.html", theme.html("missing.html", **frame(site.masthead, page)))


def _stylesheet(site: Site, theme: Theme, name: str) -> Artefact:
    accents = {mode: readable(readable(site.masthead.accent, on=PAPER[mode]), on=BOX[mode]) for mode in PAPER}
    lang = site.masthead.lang
    css = theme.html(name, paper=PAPER, box=BOX, accent=accents, words=words(lang), labels=labels(lang))
    return Artefact(path=f"/{name}", media_type=CSS, body=clean(css).encode())


def _icon(site: Site, theme: Theme) -> Artefact:
    """Return the picture of a tab: the first letter or digit of the title, white on the accent."""
    letter = next((char for char in clean_line(site.masthead.title) if char.isalnum()), "")
    svg = theme.html("icon.svg", letter=letter.upper(), accent=readable(site.masthead.accent, on="#ffffff"))
    return Artefact(path="/icon.svg", media_type=SVG, body=clean(svg).encode())


def _artefact(path: str, html: str) -> Artefact:
    return Artefact(path=path, media_type=HTML, body=clean(html).encode())


def _page(site: Site, *, path: str, title: str, description: str) -> Page:
    """Return a page in the publication's own language, in the direction that its issues have."""
    lang = site.masthead.lang
    direction = next((card.dir for card in site.recent if card.lang == lang), Direction.LTR)
    return Page(
        url=site.masthead.home_url + address(path),
        title=title,
        description=description,
        lang=lang,
        dir=direction,
        has_search=site.search,
        can_join=site.joining,
    )


def _counted(tags: Iterable[Counted]) -> list[tuple[Named, int]]:
    """Return tags with the addresses of their pages and how many stories they have, by title."""
    found = sorted(tags, key=lambda tag: (tag.shelf.title.casefold(), tag.shelf.name))
    return [(Named(title=tag.shelf.title, href=page_of(tag.shelf)), tag.count) for tag in found]


def _dated(
    cards: Iterable[IssueCard | StoryCard], masthead: Masthead
) -> list[tuple[IssueCard | StoryCard, Beside]]:
    """Pair each card with its day on the publication's wall clock, in its own language, and with its tags."""
    zone = ZoneInfo(masthead.timezone)
    return [
        (
            card,
            Beside(
                iso=rfc3339(card.published),
                text=phrases(card.lang).date(card.published.astimezone(zone).date()),
                say=phrases(card.lang),
                lang=words(card.lang).lang,
                tags=tag_links(card.tags),
            ),
        )
        for card in cards
    ]

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from html import unescape

import html5lib
import pytest

from publisher.model.edition import Direction
from publisher.model.rendered import Artefact
from publisher.outputs.all import join_all
from publisher.outputs.head import Page
from tests.editions import AWKWARD_TITLE, HOME, MASTHEAD, japanese_edition, rich_edition, single_edition
from tests.sites import days_before, publish, site, theme

TITLE = "Field Notes & Co."


@cache
def public() -> dict[str, str]:
    """Return every page there is, by path."""
    editions = ((rich_edition(), 0), (japanese_edition(), 300), (single_edition(), 301))
    published = [publish(edition, published=days_before(days)) for edition, days in editions]
    own = [part for _, parts in published for part in parts if part.path]
    shared: tuple[Artefact, ...] = join_all(site(*published), theme=theme())
    found = {part.path or "": part.body for part in own} | {each.path: each.body for each in shared}
    return {path: body.decode() for path, body in found.items() if path.endswith(("/", ".html"))}


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What a page says of itself."""

    title: str | None
    description: str | None
    canonical: str | None
    lang: str | None
    dir: str | None


def head(page: str) -> Head:
    """Read a page as a search engine does."""
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    found = {
        "description": tree.find("head/meta[@name='description']"),
        "canonical": tree.find("head/link[@rel='canonical']"),
    }
    return Head(
        title=tree.findtext("head/title"),
        description=None if found["description"] is None else found["description"].get("content"),
        canonical=None if found["canonical"] is None else found["canonical"].get("href"),
        lang=tree.get("lang"),
        dir=tree.get("dir"),
    )


HEADS = {
    "/": (TITLE, MASTHEAD.description, "/"),
    "/archive/": (f"Archive · {TITLE}", f"{TITLE}: Archive", "/archive/"),
    "/archive/2026/": (f"Archive 2026 · {TITLE}", f"{TITLE}: Archive 2026", "/archive/2026/"),
    "/tags/": (f"Tags · {TITLE}", f"{TITLE}: Tags", "/tags/"),
    "/tags/r&d-é/": (f"R&D/é · {TITLE}", f"{TITLE}: R&D/é", "/tags/r%26d-%C3%A9/"),
    "/feeds/": (f"Feeds · {TITLE}", f"{TITLE}: Feeds", "/feeds/"),
    "/404.html": (
        f"There is no such page · {TITLE}",
        "It may have moved, or the address has a slip in it. Every issue is in the archive.",
        None,
    ),
    "/issues/notebooks/": (
        f"Notebooks, <meta> & the sun · {TITLE}",
        "A laboratory opens its notebooks; four bytes decide a page; the sun gets cheap.",
        "/issues/notebooks/",
    ),
    "/stories/laboratory/": (
        f"{AWKWARD_TITLE} · {TITLE}",
        'A famous laboratory opens its notebooks & says "look".',
        "/stories/laboratory/",
    ),
    "/stories/shams/": (
        f"الشمس فوق السطوح: أرخص مما ظنّوا · {TITLE}",
        "صارت ألواح السطوح أرخص من فاتورة شهر واحد.",
        "/stories/shams/",
    ),
    "/stories/denchi/": (
        f"蓄電池、夕方の主役へ · {TITLE}",
        "初めて一か月を通して、夕方の電力需要を蓄電池が支えた。",
        "/stories/denchi/",
    ),
}
LANGUAGES = {"/stories/shams/": ("ar", "rtl"), "/stories/denchi/": ("ja", "ltr")}


@pytest.mark.parametrize("path", HEADS)
def test_a_page_says_what_it_is_where_it_is_and_in_which_language(path: str) -> None:
    title, description, canonical = HEADS[path]
    lang, direction = LANGUAGES.get(path, ("en", "ltr"))

    assert head(public()[path]) == Head(
        title=title,
        description=description,
        canonical=canonical and HOME + canonical,
        lang=lang,
        dir=direction,
    )


def test_no_two_pages_have_the_same_title_and_each_is_described() -> None:
    single = {"/issues/failures/", "/stories/failures/"}
    heads = {
        path: head(page) for path, page in public().items() if path not in single | {"/stories/meta-element/"}
    }

    assert len({each.title for each in heads.values()}) == len(heads)
    assert all(each.title and each.description for each in heads.values())


def properties(path: str) -> dict[str, list[str]]:
    """Return the properties of a page for Open Graph and its like."""
    found: dict[str, list[str]] = {}
    pattern = r'<meta (?:property|name)="((?:og|article|twitter):[^"]*)" content="([^"]*)">'
    for name, content in re.findall(pattern, public()[path]):
        found.setdefault(name, []).append(unescape(content))
    return found


def test_a_story_that_is_passed_on_shows_its_picture_title_and_tags() -> None:
    assert properties("/stories/laboratory/") == {
        "og:type": ["article"],
        "og:title": [AWKWARD_TITLE],
        "og:description": ['A famous laboratory opens its notebooks & says "look".'],
        "og:url": [f"{HOME}/stories/laboratory/"],
        "og:site_name": [TITLE],
        "og:locale": ["en_US"],
        "og:image": [f"{HOME}/media/4f1c2a9be07d33c1.png"],
        "og:image:type": ["image/png"],
        "og:image:width": ["1200"],
        "og:image:height": ["675"],
        "og:image:alt": ['Four bars, each "taller" than the last, under a sun'],
        "twitter:card": ["summary_large_image"],
        "article:published_time": ["2026-10-06T04:29:59Z"],
        "article:modified_time": ["2026-10-06T04:29:59Z"],
        "article:section": ["Research"],
        "article:tag": ["energy", "R&D/é"],
    }


def test_an_issue_that_is_passed_on_shows_the_first_picture_in_it() -> None:
    found = properties("/issues/notebooks/")

    assert found["og:image"] == [f"{HOME}/media/4f1c2a9be07d33c1.png"]
    assert found["article:published_time"] == found["article:modified_time"] == ["2026-10-06T04:30:00Z"]
    assert found["article:tag"] == ["energy", "web"]


def test_a_page_without_a_picture_promises_none() -> None:
    found = properties("/stories/shams/")

    assert "og:image" not in found
    assert found["twitter:card"] == ["summary"]
    assert found["og:locale"] == ["ar_AR"]


@pytest.mark.parametrize(
    ("lang", "locale"),
    [("en-GB", "en_GB"), ("zh-Hant-TW", "zh_TW"), ("DE", "de_DE"), ("fi", ""), ("sr-Latn", ""), ("und", "")],
)
def test_a_locale_has_a_territory_or_is_not_told(lang: str, locale: str) -> None:
    page = Page(url=HOME, title="x", description="x", lang=lang, dir=Direction.LTR)

    assert page.locale == locale


def test_what_is_missing_is_not_passed_on() -> None:
    assert properties("/404.html") == {}


FORM = '<form class="find" role="search" action="/search" method="get" lang="en">'


@pytest.mark.parametrize(
    "path", ["/", "/archive/", "/archive/2026/", "/tags/", "/tags/web/", "/feeds/", "/404.html"]
)
def test_shared_pages_have_a_form_to_search_where_the_site_can(path: str) -> None:
    published = publish(rich_edition())
    found = {
        searched: next(
            each.body.decode()
            for each in join_all(replace(site(published), search=searched), theme=theme())
            if each.path == path
        )
        for searched in (True, False)
    }

    assert found[True].count(FORM) == 1
    assert '<label for="find">Search</label>\n<input id="find" type="search" name="q"' in found[True]
    assert "search" not in found[False]


@pytest.mark.parametrize("path", ["/issues/notebooks/", "/stories/laboratory/"])
def test_pages_that_are_printed_once_have_no_form_to_search(path: str) -> None:
    assert "<form" not in public()[path]

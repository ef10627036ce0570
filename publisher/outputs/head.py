"""What the head of a page says, and what every template of a page is given."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from publisher.model.edition import Direction, Masthead, PrintedPicture
from publisher.model.phrases import phrases
from publisher.model.shelves import Shelf, address, tag_shelf
from publisher.outputs.labels import labels
from publisher.outputs.words import words

HTML: Final = "text/html; charset=utf-8"

TERRITORIES: Final = {
    "ar": "AR",
    "de": "DE",
    "en": "US",
    "es": "ES",
    "fr": "FR",
    "it": "IT",
    "ja": "JP",
    "pt": "PT",
    "ru": "RU",
    "zh": "CN",
}
"""What Open Graph adds to a language that names no territory, as its readers know it: `en_US`, `ar_AR`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Something with a page: its title, and the address of the page below the home URL, percent-encoded."""

    title: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What the head of a page says of it; `robots` keeps it out of indexes.

    `feeds` are further feeds that show what the page shows, besides the publication's own. `has_search` puts
    a form to search into its top, and `can_join` the way to the form to join, which only pages that are made
    anew with every change can promise.
    """

    url: str
    title: str
    description: str
    lang: str
    dir: Direction
    kind: str = "website"
    robots: str = ""
    picture: PrintedPicture | None = None
    feeds: tuple[Named, ...] = ()
    has_search: bool = False
    can_join: bool = False

    @property
    def locale(self) -> str:
        """Language and territory as Open Graph writes them, or "" if no territory is known."""
        language, *subtags = self.lang.split("-")
        named = (subtag.upper() for subtag in subtags if len(subtag) == len("US") and subtag.isalpha())
        territory = next(named, TERRITORIES.get(language.lower(), ""))
        return f"{language.lower()}_{territory}" if territory else ""


def frame(masthead: Masthead, page: Page) -> dict[str, object]:
    """Return what every template needs; links within the site are made relative to its `root`."""
    home = urlsplit(masthead.home_url)
    return {
        "masthead": masthead,
        "page": page,
        "root": home.path,
        "origin": f"{home.scheme}://{home.netloc}",
        "say": phrases(page.lang),
        "words": words(page.lang),
        "labels": labels(page.lang),
    }


def tag_links(tags: Iterable[str]) -> tuple[Named, ...]:
    """Return the tags with the addresses of their pages, each page once, in the order of the author."""
    found: dict[str, Named] = {}
    for link in map(_tag_link, tags):
        if link.title:
            found.setdefault(link.href, link)
    return tuple(found.values())


@lru_cache(maxsize=4096)
def _tag_link(tag: str) -> Named:
    """Return a tag with its address; cards of an archive ask for the same ones again and again."""
    shelf = tag_shelf(tag)
    return Named(title=shelf.title, href=page_of(shelf))


def page_of(shelf: Shelf, number: int = 0) -> str:
    """Return the address of a tag's page below the home URL, the newest stories being on number 0."""
    return address(page_path(shelf, number))


def page_path(shelf: Shelf, number: int = 0) -> str:
    """Return the public path of a tag's page; not percent-encoded."""
    return f"{shelf.folder}/{number}/" if number else f"{shelf.folder}/"

"""What the head of a page says, and what every template of a page is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from publisher.model.edition import Direction, Masthead, PrintedPicture
from publisher.model.phrases import phrases
from publisher.outputs.labels import labels
from publisher.outputs.words import words

HTML: Final = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What the head of a page says of it; `robots` keeps it out of indexes."""

    url: str
    title: str
    description: str
    lang: str
    dir: Direction
    kind: str = "website"
    robots: str = ""
    picture: PrintedPicture | None = None


def frame(masthead: Masthead, page: Page) -> dict[str, object]:
    """Return what every template needs; links within the site are made relative to its `root`."""
    address = urlsplit(masthead.home_url)
    return {
        "masthead": masthead,
        "page": page,
        "root": address.path,
        "origin": f"{address.scheme}://{address.netloc}",
        "say": phrases(page.lang),
        "words": words(page.lang),
        "labels": labels(page.lang),
    }

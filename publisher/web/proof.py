"""A proof: an issue as it would go out now, with sample values where readers' own will stand."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from markupsafe import escape

from publisher.actions.printing import Print
from publisher.errors import NotFoundError
from publisher.model import fillins
from publisher.model.edition import PrintedPicture
from publisher.model.phrases import phrases
from publisher.settings import Settings

FEEDS: Final = {"rss": "RSS", "atom": "Atom", "json": "JSON Feed"}
"""The outputs that make entries of feeds, and what people call them."""

_DARK: Final = re.compile(rb"\(\s*prefers-color-scheme\s*:\s*dark\s*\)")
_BOTH: Final = re.compile(rb'((?:content="|color-scheme:\s*))light dark\b')

_READER: Final = """<!doctype html>
<meta charset="utf-8">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ max-width: 40rem; margin: 2rem auto; padding: 0 1.25rem; font: 1.0625rem/1.6 system-ui, sans-serif; }}
img {{ max-width: 100%; height: auto; }}
</style>
<h1>{title}</h1>
{content}
"""
"""How a plain reader's program shows an entry."""


class Proof:
    """The parts of a print, filled in as if it were published at `now`.

    Links to leave lead nowhere; pictures and stylesheet are looked for beside the document, at `media/…` and
    `style.css`.
    """

    def __init__(self, printed: Print, settings: Settings, *, now: datetime) -> None:
        self.edition = printed.edition
        self._printed = printed
        home = settings.publication.home_url
        places = "|".join(re.escape(place) for place in (home, urlsplit(home).path))
        self._beside = re.compile(rf'="(?:{places})/(media/|style\.css")'.encode())
        self._values = {
            **fillins.values(
                published=now,
                number=self.edition.number or 1,
                date_text=phrases(self.edition.lang).date(
                    now.astimezone(ZoneInfo(settings.publication.timezone)).date()
                ),
                stories=len(self.edition.stories),
            ),
            fillins.UNSUBSCRIBE: "#",
            fillins.LIST: settings.list_title(next(iter(self.edition.lists), "")),
        }

    def mail(self, *, dark: bool = False) -> bytes:
        """Return the HTML of the mail, in light or dark whatever the mode of the browser."""
        query, scheme = (b"(min-width:0)", rb"\1dark") if dark else (b"(max-width:0)", rb"\1light")
        html = self._with_own_files(self._filled("email", list=escape(self._values[fillins.LIST])))
        return _BOTH.sub(scheme, _DARK.sub(query, html))

    def text(self) -> str:
        """Return the text mail."""
        return self._filled("text").decode()

    def page(self, story: str = "") -> bytes:
        """Return the page of the issue, or of the story of that slug.

        Raises:
            NotFoundError: there is no such story.
        """
        return self._with_own_files(self._filled("page", story))

    def entry(self, story: str = "") -> bytes:
        """Return the entry of the issue, or of the story of that slug, as a reader's program shows it.

        Raises:
            NotFoundError: there is no such story.
        """
        item = json.loads(self._filled("json", story))
        html = _READER.format(title=escape(item["title"]), content=item["content_html"])
        return self._with_own_files(html.encode())

    def sources(self, story: str = "") -> dict[str, str]:
        """Return the same entry as it stands in each feed, by what people call the feed."""
        return {name: self._filled(output, story).decode() for output, name in FEEDS.items()}

    def picture(self, name: str) -> PrintedPicture | None:
        """Return the picture of that name."""
        return next((picture for picture in self.edition.pictures if picture.name == name), None)

    def _with_own_files(self, html: bytes) -> bytes:
        """Return a document that looks beside itself for pictures and stylesheet, and not on the site."""
        return self._beside.sub(rb'="\1', html)

    def _filled(self, output: str, key: str = "", **values: str) -> bytes:
        parts = {(part.output, part.key): part.body for part in self._printed.parts}
        if (output, key) not in parts:
            raise NotFoundError(f"there is no story '{key}' in this issue")
        return self._printed.ink.fill(parts[output, key], self._values | values)

"""A document of the newsroom's made ready for a frame of the preview: what is changed in it, and why.

Apart from what stands here a frame shows the bytes that readers get.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urlsplit

from markupsafe import escape


class Scheme(StrEnum):
    """How a client shows a mail: in light, as the mail wants it in dark, or inverted by force."""

    LIGHT = "light"
    DARK = "dark"
    FORCED = "forced"


_DARK: Final = re.compile(r"\(\s*prefers-color-scheme\s*:\s*dark\s*\)")
_BOTH: Final = re.compile(r'((?:content="|color-scheme:\s*))light dark\b')
_INVERTED: Final = (
    "<style>html{background:#fff;filter:invert(1) hue-rotate(180deg)}"
    "img,video,picture{filter:invert(1) hue-rotate(180deg)}</style>"
)
"""What a client does that turns light into dark by force: all colours, but not those of pictures."""

_WAY_OUT: Final = re.compile(r"<a (?=[^>]*\bhref=\"(?:https?:|mailto:|tel:|sms:))")
_UNSEEN: Final = ("style", "script", "title", "head", "template")
_WORDS: Final = 200
"""More characters than any inbox row shows."""


def in_scheme(html: str, scheme: Scheme) -> str:
    """Return a mail that shows itself in `scheme`, whatever the mode of the browser.

    The media query is answered in its text: a page cannot choose the mode of a single frame.
    """
    dark = scheme is Scheme.DARK
    html = _DARK.sub("(min-width:0)" if dark else "(max-width:0)", html)
    html = _BOTH.sub(rf"\1{'dark' if dark else 'light'}", html)
    return html.replace("</head>", f"{_INVERTED}</head>", 1) if scheme is Scheme.FORCED else html


def beside_itself(html: str, home_url: str) -> str:
    """Return a document that looks beside itself for pictures and stylesheet, and not on the site.

    Before publication they are nowhere else. Links open in a tab of their own: none would work in a frame.
    """
    home = urlsplit(home_url)
    places = "|".join(re.escape(place) for place in (home_url, home.path))
    html = re.sub(rf'="(?:{places})/(media/|style\.css")', r'="\1', html)
    html = re.sub(r'href="(?=/(?!/))', f'href="{escape(f"{home.scheme}://{home.netloc}")}', html)
    return _WAY_OUT.sub('<a target="_blank" rel="noopener" ', html)


def with_own_pages(html: str, pages: Mapping[str, str], *, target: str) -> str:
    """Return a document whose links to the issue's own pages lead to the preview of these, in `target`.

    `pages` has by the address of each where it is shown; the site does not have them yet.
    """
    for url, place in pages.items():
        for address in (url, urlsplit(url).path):
            html = html.replace(f'href="{escape(address)}"', f'href="{place}" target="{target}"')
    return html


def with_anchors(html: str, urls: Sequence[str]) -> str:
    """Return a mail in which the heading of each story has an id to go to, from `story-1` on.

    It is known by its link, which for the i-th story is `urls[i]`.
    """
    for position, url in enumerate(urls, 1):
        heading = re.compile(rf'<h2(?=[^>]*>\s*<a [^>]*href="{re.escape(escape(url))}")')
        html = heading.sub(f'<h2 id="story-{position}"', html, count=1)
    return html


def first_words(html: str) -> str:
    """Return the beginning of what a mail says, as inboxes show it behind the subject; hidden text too."""
    reader = _Words()
    reader.feed(html)
    return " ".join("".join(reader.words).split())[:_WORDS]


class _Words(HTMLParser):
    """Collects the text of a document without its head."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 (every tag is read alike)
        """Begin to leave out, if it is no text that begins."""
        self._unseen += tag in _UNSEEN
        self.words.append("" if tag in _WITHIN_WORDS else " ")

    def handle_endtag(self, tag: str) -> None:
        """Go on, if it is no text that has ended."""
        self._unseen -= tag in _UNSEEN
        self.words.append("" if tag in _WITHIN_WORDS else " ")

    def handle_data(self, data: str) -> None:
        """Take a text."""
        if not self._unseen:
            self.words.append(data)


_WITHIN_WORDS: Final = (
    "a",
    "abbr",
    "b",
    "bdi",
    "code",
    "del",
    "em",
    "i",
    "s",
    "small",
    "span",
    "strong",
    "u",
)

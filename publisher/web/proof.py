"""A proof: an issue as it would go out now, with sample values where readers' own will stand."""

from __future__ import annotations

import json
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import cached_property
from typing import Final

from markupsafe import escape

from publisher.actions.printing import Print
from publisher.actions.proof import sample_message, sample_slots, sample_values
from publisher.errors import NotFoundError
from publisher.model.edition import PrintedPicture
from publisher.model.inbox import CLIENTS, Client, InboxRow, inbox_row
from publisher.settings import Settings
from publisher.web.in_frame import Scheme, beside_itself, first_words, in_scheme, with_anchors, with_own_pages

FEEDS: Final = {"rss": "RSS", "atom": "Atom", "json": "JSON Feed"}
"""The outputs that make entries of feeds, and what people call them."""

LEAVING: Final = "leaving"
"""Where the way out of a mail in a frame leads, beside the frame's document."""

_READER: Final = """<!doctype html>
<html lang="{lang}" dir="{dir}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; background: Canvas; color: CanvasText; }}
body {{ max-width: 40rem; margin: 2rem auto; padding: 0 1.25rem; font: 1.0625rem/1.6 system-ui, sans-serif; }}
img {{ max-width: 100%; height: auto; }}
</style>
<h1>{title}</h1>
{content}
"""
"""How a plain reader's program shows an entry."""


class Proof:
    """The parts of a print, filled in as if it were published at `now`.

    The mail is taken out of the very message that would be sent, to a reader who does not exist. Pictures and
    stylesheet are looked for beside the document, at `media/…` and `style.css`.
    """

    def __init__(self, printed: Print, settings: Settings, *, now: datetime) -> None:
        self.edition = printed.edition
        self._printed = printed
        self._settings = settings
        self._now = now
        self._values = sample_values(printed, now=now)

    @property
    def is_mailed(self) -> bool:
        """Whether anybody is mailed, and not only pages and feeds are made."""
        return bool(self.edition.lists)

    @cached_property
    def message(self) -> bytes:
        """The mail (RFC 5322) as it would go out, but for what the transport adds, such as a signature.

        Raises:
            MessageError: the masthead has what cannot stand in a mail.
        """
        return sample_message(self._printed, self._settings, name=self._list, now=self._now)

    def mail(self, scheme: Scheme = Scheme.LIGHT) -> str:
        """Return the HTML of the mail as a client shows it in `scheme`.

        Its bytes are those of the message but for what `in_frame` changes, and the reader's links lead beside
        it.
        """
        html, slots = self._body("html"), sample_slots(self._settings, self._list)
        for link in (slots.unsubscribe, slots.preferences):
            html = html.replace(f'"{escape(link)}"', f'"{LEAVING}" target="_blank"')
        html = with_anchors(html, [story.url for story in self.edition.stories])
        html = with_own_pages(html, self._pages, target="_blank")
        return in_scheme(beside_itself(html, self._home), scheme)

    def text(self) -> str:
        """Return the text of the mail."""
        return self._body("plain").replace("\r\n", "\n")

    def source(self) -> tuple[str, str]:
        """Return the headers and the body of the message, as they stand in it."""
        headers, _, body = self.message.decode("utf-8", "replace").replace("\r\n", "\n").partition("\n\n")
        return headers, body

    def inbox(self) -> dict[str, tuple[Client, InboxRow]]:
        """Return how inboxes would show the message, by kind of client."""
        sender = self._parsed["From"].addresses[0]
        words = {
            "sender": sender.display_name or sender.addr_spec,
            "subject": str(self._parsed["Subject"]),
            "preview": first_words(self._body("html")),
        }
        return {name: (client, inbox_row(client, **words)) for name, client in CLIENTS.items()}

    def page(self, story: str = "") -> str:
        """Return the page of the issue, or of the story of that slug.

        Raises:
            NotFoundError: there is no such story.
        """
        html = with_own_pages(self._filled("page", story), self._pages, target="_self")
        return beside_itself(html, self._home)

    def entry(self, story: str = "") -> str:
        """Return the entry of the issue, or of the story of that slug, as a reader's program shows it.

        Raises:
            NotFoundError: there is no such story.
        """
        item = json.loads(self._filled("json", story))
        spoken = next((each for each in self.edition.stories if each.slug == story), self.edition)
        html = _READER.format(
            lang=escape(spoken.lang),
            dir=spoken.dir.value,
            title=escape(item["title"]),
            content=item["content_html"],
        )
        return beside_itself(html, self._home)

    def sources(self, story: str = "") -> dict[str, str]:
        """Return the same entry as it stands in each feed, by what people call the feed."""
        return {name: self._filled(output, story) for output, name in FEEDS.items()}

    def picture(self, name: str) -> PrintedPicture | None:
        """Return the picture of that name."""
        return next((picture for picture in self.edition.pictures if picture.name == name), None)

    @property
    def _list(self) -> str:
        """The list whose mail is shown: the issue's first, or the usual one where nobody is mailed."""
        return next(iter((*self.edition.lists, *self._settings.default_lists)), "list")

    @property
    def _pages(self) -> dict[str, str]:
        """Where the pages of the issue and its stories are shown, by their public addresses."""
        stories = {story.url: f"page?story={story.slug}" for story in self.edition.stories}
        return {self.edition.url: "page", **stories}

    @property
    def _home(self) -> str:
        return self._settings.publication.home_url

    @cached_property
    def _parsed(self) -> EmailMessage:
        return message_from_bytes(self.message, policy=default)

    def _body(self, kind: str) -> str:
        part = self._parsed.get_body((kind,))
        return str(part.get_content()) if part else ""

    def _filled(self, output: str, key: str = "") -> str:
        parts = {(part.output, part.key): part.body for part in self._printed.parts}
        if (output, key) not in parts:
            raise NotFoundError(f"there is no story '{key}' in this issue")
        return self._printed.ink.fill(parts[output, key], self._values).decode()

"""JSON Feed 1.1 of stories and of issues, with takeaways and facts as data under `_publisher`."""

from __future__ import annotations

import json
from typing import Final

from publisher.model.characters import clean_line
from publisher.model.edition import Edition, Masthead, PrintedStory
from publisher.model.fillins import Ink
from publisher.model.rendered import Artefact, Part, Site
from publisher.outputs.feed import Channel, Entry, channels, entries
from publisher.theme import Theme

MEDIA_TYPE: Final = "application/feed+json"


class JsonFeedOutput:
    """`/feed.json` and `/issues/feed.json`."""

    name = "json"

    def render(self, edition: Edition, *, theme: Theme, ink: Ink) -> tuple[Part, ...]:  # noqa: ARG002 (every output's signature)
        """Return one item for the issue and one for each story, with tokens for dates."""
        return tuple(
            Part(
                output=self.name,
                key=entry.key,
                media_type=MEDIA_TYPE,
                body=_bytes(_item(entry, edition.masthead)),
            )
            for entry in entries(edition, ink=ink)
        )

    def join(self, site: Site, *, theme: Theme) -> tuple[Artefact, ...]:  # noqa: ARG002 (every output's signature)
        """Return every feed that has to be made, and the volumes of their archives."""
        return tuple(
            Artefact(
                path=channel.path,
                media_type=MEDIA_TYPE,
                body=json_feed(channel),
                link=channel.link,
            )
            for channel in channels(site, output=self.name)
        )


def json_feed(channel: Channel) -> bytes:
    """Return a feed around entries that are made already."""
    head = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": channel.title,
        "home_page_url": channel.home,
        "feed_url": channel.url,
        **({"next_url": channel.older} if channel.older else {}),
        "description": channel.description,
        "language": channel.lang,
        "authors": [{"name": channel.author, "url": channel.site}],
        **({"hubs": [{"type": "WebSub", "url": hub} for hub in channel.hubs]} if channel.hubs else {}),
        "items": [],
    }
    return _bytes(head).removesuffix(b"]}") + b",\n".join(channel.entries) + b"]}\n"


def _item(entry: Entry, masthead: Masthead) -> dict[str, object]:
    """Return an item with the members that have something to say, in the order of the specification."""
    members: dict[str, object] = {
        "id": entry.id,
        "url": entry.url,
        "external_url": entry.link,
        "title": entry.title,
        "content_html": entry.html,
        "summary": entry.summary,
        "image": entry.picture.url if entry.picture else "",
        "date_published": entry.published,
        "date_modified": entry.updated,
        "authors": [{"name": entry.author}] if entry.author else [],
        "tags": list(entry.tags),
        "language": entry.lang,
        "_publisher": _extension(entry.story, masthead) if entry.story else {},
    }
    return {name: value for name, value in members.items() if value}


def _extension(story: PrintedStory, masthead: Masthead) -> dict[str, object]:
    """Return what a story says in short, as plain text; `about` is a page that explains it."""
    return {
        "about": f"{masthead.home_url}/feeds/",
        "takeaways": [
            {
                "lead": clean_line(takeaway.lead.html.striptags()),
                "text": clean_line(takeaway.text.html.striptags()),
            }
            for takeaway in story.takeaways
        ],
        "facts": [clean_line(fact.html.striptags()) for fact in story.facts],
    }


def _bytes(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()

"""A reader's own feed: entries that were printed long ago, under a head of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from publisher.model.characters import clean_line
from publisher.model.edition import Masthead
from publisher.model.rendered import Artefact, Item
from publisher.outputs import json_feed
from publisher.outputs.feed import EPOCH, Channel
from publisher.outputs.feedgen_adapter import MEDIA_TYPE, PURE_ATOM, PURE_RSS, atom_feed, rss_feed
from publisher.outputs.words import words


@dataclass(frozen=True, slots=True)
class _Format:
    make: Callable[[Channel], bytes]
    media_type: str
    pure: str


_FORMATS: Final = {
    "atom": _Format(atom_feed, MEDIA_TYPE, PURE_ATOM),
    "rss": _Format(rss_feed, MEDIA_TYPE, PURE_RSS),
    "json": _Format(json_feed.json_feed, json_feed.MEDIA_TYPE, json_feed.MEDIA_TYPE),
}


def own_path(token: str, output: str) -> str:
    """Return the path of a reader's own feed, which has the secret of its address in it."""
    return f"/own/{token}/feed.{output}"


def own_feed(  # noqa: PLR0913 - what a head says
    masthead: Masthead, items: Sequence[Item], *, output: str, token: str, name: str, is_purist: bool
) -> Artefact:
    """Return the feed at the secret address of `token` with these entries, newest first.

    Programs know it by `name`, which is no secret: a feed's id is repeated wherever an entry is passed on.
    """
    form, title, home = _FORMATS[output], clean_line(masthead.title), masthead.home_url
    channel = Channel(
        id=f"tag:{masthead.tag}:feed/own/{name}",
        path=own_path(token, output),
        url=home + own_path(token, output),
        home=f"{home}/",
        site=f"{home}/",
        title=f"{title} – {words(masthead.lang).own}",
        description=clean_line(masthead.description) or title,
        lang=masthead.lang,
        author=title,
        stylesheet=f"{urlsplit(home).path}/feed.css",
        updated=max((item.updated for item in items), default=EPOCH),
        entries=tuple(item.bodies[output] for item in items if output in item.bodies),
        is_purist=is_purist,
    )
    return Artefact(
        path=channel.path,
        media_type=form.pure if is_purist else form.media_type,
        body=form.make(channel),
        link=channel.link,
    )

"""Bringing in what was written elsewhere: a site's texts, a feed, a page. Nothing of it is ever mailed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from publisher.actions.already import keys_of
from publisher.actions.arrivals import Arrival, Arrivals, Fate, Wishes
from publisher.actions.landing import Landing, landing
from publisher.actions.moving import move
from publisher.actions.online import judge
from publisher.actions.unpacking import unpacked
from publisher.app import Publisher
from publisher.content.importers.feed import Feed, is_feed, read_feed
from publisher.content.importers.imported import short_slug
from publisher.content.importers.page import Clip, clip
from publisher.content.importers.site import Prepared
from publisher.errors import ContentError, PublisherError
from publisher.fetch import Fetcher
from publisher.model.fetching import Fetched, FetchError

NO_WISHES: Final = Wishes()
_PAGES: Final = ("text/html", "application/xhtml+xml")


def bring_in_site(publisher: Publisher, path: Path, *, wishes: Wishes = NO_WISHES) -> Arrivals:
    """Make an issue of each Markdown text in a folder or zip, with its pictures, under its old date and id.

    What was public is held until somebody archives it, and is for no list; drafts stay drafts.

    Raises:
        PublisherError: the folder or zip cannot be read, or is this newsroom.
    """
    if path.is_dir() and publisher.settings.issues.resolve().is_relative_to(path.resolve()):
        raise PublisherError(f"'{path}' is this newsroom", fix="name the folder of the other site")
    with unpacked(path) as material, landing(publisher, dry_run=wishes.dry_run) as place:
        return move(material, place, path.name, wishes.progress)


def bring_in_feed(
    publisher: Publisher, data: bytes, *, name: str, url: str = "", wishes: Wishes = NO_WISHES
) -> Arrivals:
    """Put each entry of a feed into the inbox, or make an issue of each, under its old date.

    Raises:
        ContentError: it is no feed, or has no entry that can be read.
    """
    feed = read_feed(data, url=url)
    if not feed.entries:
        why = f" ({feed.troubles[0].partition(';')[0]})" if feed.troubles else ""
        raise ContentError(f"'{name}': no entry could be read{why}", fix="look at the feed, or save it anew")
    with landing(publisher, dry_run=wishes.dry_run) as place:
        return _entries(place, feed, name, wishes)


def bring_in_page(
    publisher: Publisher, fetcher: Fetcher, url: str, *, wishes: Wishes = NO_WISHES
) -> Arrivals:
    """Put the page at an address into the inbox, as a story that waits for words; a feed there is imported.

    Raises:
        PublisherError: the address cannot be asked, says no, or is neither a page nor a feed.
    """
    page = _fetched(fetcher, url)
    if is_feed(page.body):
        return bring_in_feed(publisher, page.body, name=url, url=page.url, wishes=wishes)
    kind = page.headers.get("content-type", "")
    if not kind.lower().startswith(_PAGES):
        what = f"'{url}' is neither a page nor a feed ({kind.partition(';')[0] or 'it does not say what'})"
        raise PublisherError(what, fix="name the page that tells of it")
    found = clip(page.body, url=page.url, content_type=kind)
    with landing(publisher, dry_run=wishes.dry_run) as place:
        arrival = place.in_inbox(url, _clipped(found))
    feeds = [
        f"the page names a feed; `publisher import {feed}` brings in all of it" for feed in found.feeds[:1]
    ]
    return Arrivals(arrivals=(replace(arrival, remarks=(*arrival.remarks, *feeds)),), dry_run=wishes.dry_run)


def _entries(place: Landing, feed: Feed, name: str, wishes: Wishes) -> Arrivals:
    arrivals: list[Arrival] = []
    troubles = list(feed.troubles)
    land = partial(_as_issue, place) if wishes.as_issues else place.in_inbox
    for number, entry in enumerate(feed.entries, 1):
        source = f"{name}#{number}"
        try:
            arrivals.append(land(source, entry))
        except PublisherError as error:
            arrivals.append(
                Arrival(source=source, fate=Fate.REFUSED, title=entry.title, remarks=(str(error),))
            )
        if wishes.progress is not None:
            wishes.progress(number, len(feed.entries))
    return Arrivals(arrivals=tuple(arrivals), troubles=tuple(troubles), dry_run=place.dry_run)


def _as_issue(place: Landing, source: str, entry: Prepared) -> Arrival:
    slug = place.slug_for(entry.slug, keys_of(entry.fields, entry.title, day=entry.when, by_link=True))
    return place.as_issue(source, entry, slug=slug, by_link=True)


def _fetched(fetcher: Fetcher, url: str) -> Fetched:
    try:
        page = asyncio.run(fetcher.get(url))
    except FetchError as error:
        raise PublisherError(f"'{url}' cannot be imported: {error.what}") from None
    trouble = judge(url, page).trouble
    if trouble:
        raise PublisherError(f"'{url}' cannot be imported: {trouble}", fix="write the story by hand")
    return page


def _clipped(page: Clip) -> Prepared:
    fields = {"link": page.link, "source": page.site or (urlsplit(page.link).hostname or "")}
    fields |= {"author": page.author} if page.author else {}
    fields |= {"x_image": page.picture} if page.picture else {}
    return Prepared(
        title=page.title,
        slug=short_slug(page.title),
        when=page.when,
        why_draft="",
        fields=fields,
        body=page.lead,
    )


def together(parts: Sequence[Arrivals], *, dry_run: bool) -> Arrivals:
    """Return several imports as one."""
    left_out: dict[str, int] = {}
    for part in parts:
        for what, number in part.left_out.items():
            left_out[what] = left_out.get(what, 0) + number
    return Arrivals(
        arrivals=tuple(arrival for part in parts for arrival in part.arrivals),
        left_out=left_out,
        troubles=tuple(trouble for part in parts for trouble in part.troubles),
        dry_run=dry_run,
    )

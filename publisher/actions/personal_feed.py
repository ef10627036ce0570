"""A reader's own feed: the stories on the reader's topics, at an address that only the reader knows."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from sqlalchemy import Connection

from publisher import __version__
from publisher.actions.asking_readers import ask_to_remove_feed
from publisher.actions.own_reader import note_choice, own_reader
from publisher.actions.preferences import choices_of
from publisher.app import Publisher
from publisher.model.pace import Gate
from publisher.model.reader_token import TokenPurpose
from publisher.model.rendered import Artefact, Item
from publisher.model.shelves import STORIES, Filed, tag_shelf
from publisher.outputs.feed import FORMATS, Sized, window
from publisher.outputs.own_feed import own_feed
from publisher.store import issues, own_choices, rates, reader_tokens, shelves
from publisher.store.own_choices import OwnReader

MOST: Final = 100
"""So many entries an own feed has at most; it is made when it is asked for."""

A_DAY: Final = 10
"""So many addresses a reader can have made in a day."""

_INTERVAL_US: Final = timedelta(days=1) // A_DAY // timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnFeed:
    """What stands in a reader's own feed, before it is joined. `tag` is another one whenever the bytes are.

    `due_at` is when the next issue is planned, `now` the present moment.
    """

    token: str
    name: str
    output: str
    tag: str
    filed: tuple[Filed, ...]
    due_at: datetime | None
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPage:
    """What a reader's page about the own feed shows. `made` is the secret of a feed made just now.

    `is_mailed` says that the reader was written to, so as to decide whether it is removed.
    """

    reader: OwnReader
    has_feed: bool
    made: str = ""
    is_mailed: bool = False
    is_refused: bool = False


def look_up(publisher: Publisher, token: str, output: str) -> OwnFeed | None:
    """Return what the feed of `token` has now; None if there is no such feed, or not any more.

    Its cost is that of looking for `MOST` entries; no story is read.
    """
    with publisher.database.read() as db:
        now = publisher.now(db)
        found = reader_tokens.find(db, token, purpose=TokenPurpose.FEED, now=now)
        if found is None or found.subscriber is None:
            return None
        filed = _shown(db, found.subscriber)
        due_at = issues.next_due(db)
    masthead, is_purist = publisher.settings.masthead(), publisher.settings.feeds.purist
    stands = [(each.edition, each.key, each.updated.isoformat()) for each in filed]
    state = repr((__version__, masthead, is_purist, output, found.hash, stands))
    return OwnFeed(
        token=token,
        name=found.hash[:16],
        output=output,
        tag=sha256(state.encode()).hexdigest()[:32],
        filed=tuple(filed),
        due_at=due_at,
        now=now,
    )


def join(publisher: Publisher, own: OwnFeed) -> Artefact:
    """Return the feed, joined from entries that are printed already."""
    with publisher.database.read() as db:
        bodies = shelves.bodies(db, own.filed, (own.output,))
        inks = shelves.inks(db, {each.edition for each in own.filed})
    items = []
    for each in own.filed:
        ink, values = inks[each.edition]
        made = bodies.get((each.edition, each.key), {})
        items.append(
            Item(
                id=each.entry,
                published=each.published,
                updated=each.updated,
                bodies={output: ink.fill(body, values) for output, body in made.items()},
            )
        )
    return own_feed(
        publisher.settings.masthead(),
        items,
        output=own.output,
        token=own.token,
        name=own.name,
        is_purist=publisher.settings.feeds.purist,
    )


def page_of(publisher: Publisher, token: str) -> OwnPage | None:
    """Return what the owner of a link to the preferences sees of the own feed; None if it is nobody's."""
    with publisher.database.read() as db:
        reader = own_reader(db, token)
        return _page(db, reader) if reader else None


def make(publisher: Publisher, token: str) -> OwnPage | None:
    """Make the feed of the owner of a link, or one more address for it; those there are go on working.

    So whoever was passed a mail takes no feed from its reader. The address cannot be shown again. Whoever had
    too many made in a day is refused.
    """
    with publisher.database.begin() as db:
        reader, now = own_reader(db, token), publisher.now(db)
        if reader is None:
            return None
        budget = Gate(name=f"reader {reader.subscriber} feed", interval_us=_INTERVAL_US, burst=A_DAY)
        if rates.take_for_each(db, [[budget]], now=now) != (None,):
            return _page(db, reader, is_refused=True)
        made = secrets.token_urlsafe(16)
        reader_tokens.keep(
            db, made, purpose=TokenPurpose.FEED, subscriber=reader.subscriber, payload={}, now=now
        )
        note_choice(publisher, db, reader.subscriber, "make feed")
        return _page(db, reader, made=made)


def ask_to_remove(publisher: Publisher, token: str) -> OwnPage | None:
    """Write to the owner of a link, who alone can remove the feed, if there is one."""
    page, found = page_of(publisher, token), choices_of(publisher, token)
    if page is None or found is None or not page.has_feed:
        return page
    is_mailed = ask_to_remove_feed(publisher, found)
    return replace(page, is_mailed=is_mailed, is_refused=not is_mailed)


def remove_by_link(publisher: Publisher, token: str) -> bool:
    """Remove the feed of the reader who has got `token` by mail; return False if it is not or no more good.

    None of its addresses is good for anything from now on.
    """
    with publisher.database.begin() as db:
        now = publisher.now(db)
        found = reader_tokens.find(db, token, purpose=TokenPurpose.REMOVE_FEED, now=now)
        if found is None or found.subscriber is None or not reader_tokens.use(db, found, now=now):
            return False
        if reader_tokens.revoke(db, found.subscriber, TokenPurpose.FEED):
            note_choice(publisher, db, found.subscriber, "remove feed")
    return True


def _page(db: Connection, reader: OwnReader, *, made: str = "", is_refused: bool = False) -> OwnPage:
    return OwnPage(
        reader=reader,
        has_feed=reader_tokens.has(db, reader.subscriber, TokenPurpose.FEED),
        made=made,
        is_refused=is_refused,
    )


def _shown(db: Connection, subscriber: int) -> Sequence[Filed]:
    """Return the entries on the reader's topics, on all if there are none, that feeds would show."""
    chosen = [tag_shelf(topic).key for topic in own_choices.topics_of(db, subscriber)] or [STORIES.key]
    candidates = shelves.newest_among(db, chosen, most=MOST)
    sizes = shelves.sizes(db, candidates, FORMATS)
    sized = [Sized(updated=each.updated, size=sizes.get((each.edition, each.key), 0)) for each in candidates]
    return candidates[: window(sized)]

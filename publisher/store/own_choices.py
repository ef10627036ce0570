"""What the pages behind a reader's own link need to know of the reader, and what is set there."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from publisher.store.schema import subscribers, subscriptions
from publisher.store.schema_readers import topics


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnReader:
    """A reader by the number, with the language of notices (None: the publication's) and all lists."""

    subscriber: int
    lang: str | None
    counts_clicks: bool
    lists: frozenset[str]


def reader(db: Connection, public_id: str) -> OwnReader | None:
    """Return the reader whom links in mails call so, None if there is none."""
    found = select(subscribers.c.id, subscribers.c.lang, subscribers.c.counts_clicks)
    row = db.execute(found.where(subscribers.c.public_id == public_id)).first()
    if row is None:
        return None
    lists = db.scalars(select(subscriptions.c.list).where(subscriptions.c.subscriber == row.id))
    return OwnReader(
        subscriber=row.id, lang=row.lang, counts_clicks=row.counts_clicks, lists=frozenset(lists)
    )


def topics_of(db: Connection, subscriber: int) -> tuple[str, ...]:
    """Return the topics that a reader has chosen, by name; none means all."""
    found = select(topics.c.topic).where(topics.c.subscriber == subscriber).order_by(topics.c.topic)
    return tuple(db.scalars(found))


def count_clicks(db: Connection, subscriber: int, *, agrees: bool) -> bool:
    """Note whether a reader agrees that clicks are counted; return False if that was so already."""
    changed = db.execute(
        subscribers.update()
        .where(subscribers.c.id == subscriber, subscribers.c.counts_clicks.is_not(agrees))
        .values(counts_clicks=agrees)
    )
    return changed.rowcount == 1
